//! Records with the longest tokens we have to expect (16 KiB each, full of groups and roles) in a store with small entries.

use std::sync::Arc;

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::parts::{Key, Stored, Vault, Written};
use super::{CredentialStore as _, MemoryStore, StoreError};
use crate::profile::Identity;
use crate::record::Record;
use crate::secret::{AccessToken, IdToken, RefreshToken};
use crate::tokens::TokenSet;
use crate::view::How;

const ISSUER: &str = "https://id.example";
const CLIENT: &str = "desktop";
/// What Windows takes.
const LIMIT: usize = 2560;
const TOKEN: usize = 16 * 1024;

fn key() -> Key {
    Key::session(ISSUER, CLIENT)
}

/// Text that is nowhere the same, so that a part in the wrong place is noticed.
fn token(kind: &str) -> String {
    let mut text: String = (0..TOKEN).map(|index| format!("{kind}{index}.")).collect();
    text.truncate(TOKEN);
    text
}

fn record(mark: &str) -> Record {
    Record {
        tokens: TokenSet {
            access_token: AccessToken::new(token(&format!("{mark}a"))),
            expires_at: None,
            obtained_at: Timestamp::UNIX_EPOCH,
            refresh_token: Some(RefreshToken::new(token(&format!("{mark}r")))),
            id_token: Some(IdToken::new(token(&format!("{mark}i")))),
            scope: None,
        },
        identity: Identity {
            issuer: ISSUER.to_owned(),
            sub: "ada".to_owned(),
            claims: serde_json::Map::new(),
            auth_time: None,
            nonce: None,
        },
        since: Timestamp::UNIX_EPOCH,
        how: How::Loopback,
        consent: crate::account::Consent::Unneeded,
    }
}

fn bytes(record: &Record) -> Zeroizing<Vec<u8>> {
    let bytes = record.to_bytes(ISSUER, CLIENT).unwrap();
    assert!(bytes.len() > 3 * TOKEN);
    bytes
}

fn vault(store: &MemoryStore) -> Vault {
    Vault::new(Arc::new(store.clone()))
}

fn write(vault: &Vault, record: &Record) -> Result<Written, StoreError> {
    vault.write(&key(), None, &bytes(record))
}

/// The tokens as the next launch finds them.
fn read(vault: &Vault) -> TokenSet {
    match vault.read(&key()).unwrap() {
        Stored::Record { bytes, .. } => Record::from_bytes(&bytes, ISSUER, CLIENT).unwrap().tokens,
        other @ (Stored::Nothing | Stored::Cleared { .. } | Stored::Unreadable { .. }) => panic!("{other:?}"),
    }
}

fn is_same(found: &TokenSet, expected: &TokenSet) -> bool {
    found.access_token == expected.access_token
        && found.refresh_token == expected.refresh_token
        && found.id_token == expected.id_token
}

#[test]
fn three_long_tokens_come_back_whole() {
    for store in [MemoryStore::new(), MemoryStore::with_limit(LIMIT)] {
        for mark in ["1", "2", "3"] {
            write(&vault(&store), &record(mark)).unwrap();
            assert!(is_same(&read(&vault(&store)), &record(mark).tokens), "{mark}");
        }
        let is_small = |name: &String| store.get(name).unwrap().unwrap().len() <= LIMIT;
        assert!(store.limit().is_none() || store.names().iter().all(is_small));
        let entries = store.names().len();
        write(&vault(&store), &record("4")).unwrap();
        assert_eq!(store.names().len(), entries, "nothing piles up");
        vault(&store)
            .clear(&key(), None, crate::view::Why::ByUser)
            .unwrap();
        assert_eq!(store.names().len(), 1, "only the tombstone is left");
    }
}

#[test]
fn a_replacement_cut_short_anywhere_leaves_one_of_both() {
    let (old, new) = (record("1"), record("2"));
    let mut found_old = false;
    for calls in 0.. {
        let store = MemoryStore::with_limit(LIMIT);
        write(&vault(&store), &old).unwrap();
        let before = store.calls().len();
        store.script(std::iter::repeat_n(None, calls));
        store.fail_with(Some(StoreError::Broken("cut short".to_owned())));
        let answer = write(&vault(&store), &new);
        let is_whole = store.calls().len() - before <= calls;
        store.fail_with(None);
        store.clear_script();
        let found = read(&vault(&store));
        let is_new = is_same(&found, &new.tokens);
        assert_eq!(
            answer.is_ok(),
            is_new,
            "the answer is the truth, after {calls} calls"
        );
        assert!(is_new || is_same(&found, &old.tokens), "after {calls} calls");
        found_old |= !is_new;
        if is_whole {
            assert!(is_new && found_old);
            return;
        }
    }
}

/// The operating system's own store, which outlives the process.
#[cfg(any(windows, target_os = "macos"))]
mod real_store {
    use std::process::Command;
    use std::sync::Arc;

    use super::{is_same, key, read, record, write};
    use crate::store::OsStore;
    use crate::store::parts::{Stored, Vault};

    /// Set in the child process: which record it should find.
    const CHILD: &str = "LATCHKEY_TEST_RECORD";

    fn vault() -> Vault {
        Vault::new(Arc::new(OsStore::new("dev.latchkey.desktop.test")))
    }

    #[test]
    #[ignore = "writes to the real credential store of this account"]
    fn the_next_process_finds_three_long_tokens() {
        for mark in ["1", "2"] {
            write(&vault(), &record(mark)).unwrap();
            assert!(is_same(&read(&vault()), &record(mark).tokens), "{mark}");
            let next = Command::new(std::env::current_exe().unwrap())
                .args([
                    "--exact",
                    "store::big_tests::real_store::next_process",
                    "--ignored",
                    "--nocapture",
                ])
                .env(CHILD, mark)
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&next.stdout);
            assert!(next.status.success() && said.contains("found it"), "{next:?}");
        }
        vault().remove(&key()).unwrap();
        assert_eq!(vault().read(&key()).unwrap(), Stored::Nothing);
    }

    #[test]
    #[ignore = "run by the test above"]
    #[expect(clippy::disallowed_methods, reason = "how the parent says what to find")]
    fn next_process() {
        let Ok(mark) = std::env::var(CHILD) else { return };
        assert!(is_same(&read(&vault()), &record(&mark).tokens));
        println!("found it");
    }
}
