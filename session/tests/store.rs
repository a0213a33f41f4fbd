//! The contract of a credential store, kept by the one in memory. `keyring.rs` runs it against the operating system's.

#![allow(clippy::unwrap_used, reason = "tests")]

mod contract;

use latchkey_session::store::{Call, CredentialStore as _, MemoryStore, StoreError};

#[test]
fn memory() {
    contract::holds(&MemoryStore::new());
}

#[test]
fn memory_with_the_limit_of_windows() {
    contract::holds(&MemoryStore::with_limit(2560));
}

#[test]
fn clones_share_their_content() {
    let store = MemoryStore::new();
    store.clone().set("a", b"b").unwrap();
    assert_eq!(store.get("a").unwrap().unwrap().as_slice(), b"b");
}

#[test]
fn failures_as_scripted() {
    let store = MemoryStore::new();
    store.script([None, Some(StoreError::Locked), None]);
    store.fail_with(Some(StoreError::Missing));
    assert_eq!(store.set("a", b"b"), Ok(()));
    assert_eq!(store.delete("a"), Err(StoreError::Locked));
    assert!(store.get("a").unwrap().is_some());
    assert_eq!(store.get("a"), Err(StoreError::Missing));
    store.fail_with(None);
    assert!(store.get("a").unwrap().is_some());
}

#[test]
fn readiness_is_told_without_a_call() {
    let store = MemoryStore::new();
    store.script([Some(StoreError::Broken("next".to_owned()))]);
    assert_eq!(store.ready(), Ok(()));
    store.fail_with(Some(StoreError::Missing));
    assert_eq!(store.ready(), Err(StoreError::Missing));
    store.hold(true);
    assert_eq!(store.ready(), Err(StoreError::Locked), "a dialog is open");
    store.hold(false);
    store.fail_with(None);
    assert_eq!(store.calls(), [Call::Ready, Call::Ready, Call::Ready]);
    assert_eq!(
        store.get("a"),
        Err(StoreError::Broken("next".to_owned())),
        "the script is for calls"
    );
}

#[test]
#[cfg(any(windows, target_os = "macos"))]
#[ignore = "writes to the real credential store of this account"]
fn the_real_store_keeps_the_contract() {
    let store = latchkey_session::store::OsStore::new("dev.latchkey.desktop.test");
    // The contract goes to the limit and one byte beyond it.
    assert_eq!(store.limit(), cfg!(windows).then_some(2560));
    contract::holds(&store);
}
