#!/bin/sh
# After the package's files are gone. dpkg says `remove` or `purge`, rpm how many versions are left. What belongs to people stays
# theirs: their keyring and their folders are not a package's.
set -e

case "$1" in
  remove | 0)
    cat <<'TEXT'
@PRODUCT@ is removed. Who has used it still has, in their own account:
  - the session in the keyring, if they were signed in. It is removed by
      secret-tool clear service @IDENTIFIER@
    or with the keyring's own program (the entries called "@PRODUCT@ sign-in").
    At the provider the session goes on until it expires or is ended there.
  - ~/.local/share/@IDENTIFIER@, ~/.config/@IDENTIFIER@ and ~/.cache/@IDENTIFIER@
TEXT
    ;;
  purge)
    # The administrator's configuration.
    rm -f '/etc/@PROGRAM@/@PROGRAM@.toml'
    if [ -d '/etc/@PROGRAM@' ]; then
      rmdir --ignore-fail-on-non-empty '/etc/@PROGRAM@'
    fi
    ;;
esac
