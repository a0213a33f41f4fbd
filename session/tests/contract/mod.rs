//! What every credential store promises, whoever made it.

use latchkey_session::store::{CredentialStore, StoreError};

/// Runs the whole contract. The store may hold other entries; those of the contract are gone afterwards.
pub(crate) fn holds(store: &dyn CredentialStore) {
    for name in ["contract-a", "contract-b"] {
        store.delete(name).unwrap();
    }
    absent_is_no_error(store);
    what_was_set_is_read_back(store);
    setting_replaces_whole(store);
    names_are_kept_apart(store);
    sizes(store);
    for name in ["contract-a", "contract-b"] {
        store.delete(name).unwrap();
        assert_eq!(store.get(name).unwrap(), None);
    }
}

fn read(store: &dyn CredentialStore, name: &str) -> Vec<u8> {
    store.get(name).unwrap().unwrap().to_vec()
}

fn absent_is_no_error(store: &dyn CredentialStore) {
    assert_eq!(store.get("contract-a").unwrap(), None);
    store.delete("contract-a").unwrap();
}

fn what_was_set_is_read_back(store: &dyn CredentialStore) {
    for text in ["a", "{\"name\":\"Zoë 東京 👋\"}", "line\nline\r\n\0end"] {
        store.set("contract-a", text.as_bytes()).unwrap();
        assert_eq!(read(store, "contract-a"), text.as_bytes());
    }
}

fn setting_replaces_whole(store: &dyn CredentialStore) {
    store.set("contract-a", &[b'x'; 2000]).unwrap();
    store.set("contract-a", b"short").unwrap();
    assert_eq!(read(store, "contract-a"), b"short");
}

fn names_are_kept_apart(store: &dyn CredentialStore) {
    store.set("contract-b", b"other").unwrap();
    assert_eq!(read(store, "contract-a"), b"short");
    store.delete("contract-b").unwrap();
    assert_eq!(store.get("contract-b").unwrap(), None);
    assert_eq!(read(store, "contract-a"), b"short");
}

fn sizes(store: &dyn CredentialStore) {
    let Some(limit) = store.limit() else {
        let large = vec![b'x'; 64 * 1024];
        store.set("contract-a", &large).unwrap();
        assert_eq!(read(store, "contract-a"), large);
        return;
    };
    store.set("contract-a", &vec![b'x'; limit]).unwrap();
    assert_eq!(
        store.set("contract-a", &vec![b'y'; limit + 1]),
        Err(StoreError::Full)
    );
    assert_eq!(
        read(store, "contract-a"),
        vec![b'x'; limit],
        "a refused write changes nothing"
    );
}
