//! The words of `package`.

use super::Ask;
use crate::failure::{Failure, Result};

pub(super) fn package(options: &[&str]) -> Result<Ask> {
    match options {
        [] => Ok(Ask::Package { appimage: false }),
        ["--appimage"] => Ok(Ask::Package { appimage: true }),
        [unknown, ..] => Err(Failure::Usage(format!(
            "`package` knows only --appimage, not `{unknown}`"
        ))),
    }
}

pub(super) const PACKAGE: &str = "\
cargo xtask package [--appimage]

Builds the release, writes down the licences of everything that is compiled in, and makes the packages of this system: .deb and
.rpm on Linux, installers on Windows, a disk image on macOS. They land in target/packages/. The first time it takes about ten
minutes on two cores. With --appimage also an AppImage (Linux; the bundler downloads what it needs for that).

`cargo xtask test package` then tries the .deb and the .rpm: it installs the .deb on this machine, as root or with sudo, and
removes it again.";

#[cfg(test)]
mod tests {
    use super::super::tests::{asks, parse};
    use super::*;
    use crate::words::Part;

    #[test]
    fn packages_are_built_and_tried() {
        assert_eq!(asks("package"), Ask::Package { appimage: false });
        assert_eq!(asks("package --appimage"), Ask::Package { appimage: true });
        assert_eq!(
            asks("test package upgrade"),
            Ask::Test {
                part: Some(Part::Package),
                filter: Some("upgrade".to_owned())
            }
        );
        assert!(matches!(parse("package deb"), Err(Failure::Usage(_))));
    }
}
