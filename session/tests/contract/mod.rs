//! What every credential store promises, whoever made it.

use latchkey_session::store::{CredentialStore, StoreError};

/// What the contract writes; one name begins like another.
const NAMES: [&str; 3] = ["contract-a", "contract-b", "contract-a-longer"];
const A: &str = NAMES[0];
const B: &str = NAMES[1];

/// Runs the whole contract. The store may hold other entries; those of the contract are gone afterwards.
pub(crate) fn holds(store: &dyn CredentialStore) {
    remove_all(store);
    assert_eq!(store.ready(), Ok(()), "it is open for everything that follows");
    absent_is_no_error(store);
    what_was_set_is_read_back(store);
    empty_is_not_absent(store);
    setting_replaces_whole(store);
    names_are_kept_apart(store);
    sizes(store);
    remove_all(store);
    for name in NAMES {
        assert_eq!(store.get(name).unwrap(), None);
    }
}

fn remove_all(store: &dyn CredentialStore) {
    for name in NAMES {
        store.delete(name).unwrap();
    }
}

fn read(store: &dyn CredentialStore, name: &str) -> Vec<u8> {
    store.get(name).unwrap().unwrap().to_vec()
}

fn absent_is_no_error(store: &dyn CredentialStore) {
    assert_eq!(store.get(A).unwrap(), None);
    store.delete(A).unwrap();
    store.set(A, b"there").unwrap();
    store.delete(A).unwrap();
    assert_eq!(store.get(A).unwrap(), None);
    store.delete(A).unwrap();
}

fn what_was_set_is_read_back(store: &dyn CredentialStore) {
    for text in [
        "a",
        " spaces ",
        "{\"name\":\"Zoë 東京 👋\"}",
        "line\nline\r\n\0end",
        "ends in zeros\0\0",
    ] {
        store.set(A, text.as_bytes()).unwrap();
        assert_eq!(read(store, A), text.as_bytes());
    }
}

fn empty_is_not_absent(store: &dyn CredentialStore) {
    store.set(A, b"").unwrap();
    assert_eq!(read(store, A), b"");
}

fn setting_replaces_whole(store: &dyn CredentialStore) {
    store.set(A, &[b'x'; 2000]).unwrap();
    store.set(A, b"short").unwrap();
    assert_eq!(read(store, A), b"short");
}

fn names_are_kept_apart(store: &dyn CredentialStore) {
    for name in &NAMES[1..] {
        store.set(name, name.as_bytes()).unwrap();
    }
    assert_eq!(read(store, A), b"short");
    for name in &NAMES[1..] {
        assert_eq!(read(store, name), name.as_bytes());
    }
    store.delete(B).unwrap();
    assert_eq!(store.get(B).unwrap(), None);
    assert_eq!(read(store, A), b"short");
    assert_eq!(read(store, NAMES[2]), NAMES[2].as_bytes());
}

/// Up to the limit, and 64 KiB where there is none: around the blocks of ciphers and the pages of files too.
fn sizes(store: &dyn CredentialStore) {
    let largest = store.limit().unwrap_or(64 * 1024);
    for size in [15, 16, 17, 255, 256, 257, 2048, largest - 1, largest] {
        let value = pattern(size);
        store.set(A, &value).unwrap();
        assert!(read(store, A) == value, "{size} bytes are read back as they were");
    }
    let Some(limit) = store.limit() else { return };
    for size in [limit + 1, 2 * limit, 64 * 1024] {
        assert_eq!(store.set(A, &pattern(size)), Err(StoreError::Full));
        assert_eq!(store.set(B, &pattern(size)), Err(StoreError::Full));
    }
    assert_eq!(read(store, A), pattern(limit), "a refused write changes nothing");
    assert_eq!(store.get(B).unwrap(), None, "and leaves nothing");
}

/// Text in which every place differs from its neighbours.
fn pattern(size: usize) -> Vec<u8> {
    (b'!'..=b'~').cycle().take(size).collect()
}
