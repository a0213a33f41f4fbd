//! The credential store: the port, and the facts it can answer with.
//!
//! [`CredentialStore`] is the narrow, blocking port: named entries of bytes. [`OsStore`] is the operating system's,
//! [`MemoryStore`] the one of tests and of `--store memory`. Above the port, and private to the crate: `parts` (records with
//! generations, cut to the platform's limit) and `thread` (the one thread all calls run on).
//!
//! Not here on purpose: a listing of entries. Names are fixed, so nothing has to be searched for.

#[cfg(test)]
mod big_tests;
mod head;
#[cfg(any(test, feature = "inside"))]
pub(crate) mod inside;
mod key;
mod keyring;
mod memory;
pub(crate) mod parts;
mod pieces;
mod platform;
mod stored;
pub(crate) mod thread;

use zeroize::Zeroizing;

use crate::error::{Code, Error, Stage};

pub use keyring::OsStore;
pub use memory::{Call, MemoryStore};

/// Named entries of bytes, kept by the operating system for this person alone.
///
/// Every call blocks, perhaps for long (a password dialog): the session makes them on a thread of their own. Bytes should be
/// UTF-8 text: some stores (KWallet) take nothing else.
pub trait CredentialStore: Send + Sync + 'static {
    /// The entry's bytes; `None` when there is no such entry.
    ///
    /// # Errors
    /// See [`StoreError`].
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError>;

    /// Creates or replaces the entry, whole or not at all.
    ///
    /// # Errors
    /// See [`StoreError`]; [`StoreError::Full`] for more than [`limit`](Self::limit) bytes.
    fn set(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError>;

    /// Removes the entry. An absent one is fine.
    ///
    /// # Errors
    /// See [`StoreError`].
    fn delete(&self, name: &str) -> Result<(), StoreError>;

    /// Whether a call would go through now without asking the person for anything. It never opens a dialog and does not wait
    /// for one that is open, so it may be asked again and again. A store that cannot tell says yes.
    ///
    /// # Errors
    /// [`StoreError::Locked`] when a dialog would open, [`StoreError::Missing`] when there is no store, and whatever else
    /// would fail a call.
    fn ready(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// The most bytes one entry takes, where the platform has such a limit.
    fn limit(&self) -> Option<usize>;

    /// What people call it: "macOS Keychain", "GNOME Keyring". It may have to be asked for, and opens no dialog.
    fn name(&self) -> &'static str;
}

/// Why a credential store did not do what was asked. Five facts, each with its own sentence for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// There is none: no service answers, or this kind of logon has no store.
    #[error("there is no credential store")]
    Missing,
    /// It is there, but locked, and nobody unlocked it.
    #[error("the credential store is locked")]
    Locked,
    /// It did not answer within the time limit. The call may still come to an end.
    #[error("the credential store did not answer in time")]
    Silent,
    /// It failed. The text is technical and never holds data of an entry.
    #[error("{0}")]
    Broken(String),
    /// It does not take an entry of this size.
    #[error("the credential store does not take an entry of this size")]
    Full,
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        let code = match &error {
            StoreError::Missing => Code::StoreMissing,
            StoreError::Locked => Code::StoreLocked,
            StoreError::Silent => Code::StoreSilent,
            StoreError::Broken(_) => Code::StoreBroken,
            StoreError::Full => Code::StoreFull,
        };
        Error::new(Stage::Store, code).with_detail(error.to_string())
    }
}
