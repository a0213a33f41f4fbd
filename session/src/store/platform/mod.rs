//! What differs between the operating systems' credential stores: one file each, all with the same items.
//!
//! `NAME` is what errors call the store and `name` what people call the one that is there, `LIMIT` the most bytes an entry
//! takes, `open` connects (with a limit for answers, where messages are sent), `modifiers` is what an entry is created with,
//! `ready` is whether a call would do without a dialog, and `fact` knows the platform's own errors (`None`: nothing special).

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub(super) use linux::{LIMIT, NAME, Questions, fact, modifiers, name, open};

#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "macos")]
pub(super) use macos::{LIMIT, NAME, fact, modifiers, open, ready};

#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub(super) use windows::{LIMIT, NAME, fact, modifiers, open, ready};

#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
mod none;
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
pub(super) use none::{LIMIT, NAME, fact, modifiers, open, ready};

/// There is one, and it has one name.
#[cfg(not(target_os = "linux"))]
pub(super) fn name() -> &'static str {
    NAME
}

/// Asks what opens no dialog.
#[cfg(not(target_os = "linux"))]
#[derive(Debug, Default)]
pub(super) struct Questions;

#[cfg(not(target_os = "linux"))]
impl Questions {
    /// See [`CredentialStore::ready`](super::CredentialStore::ready).
    #[allow(clippy::unused_self, reason = "another platform keeps a connection")]
    pub(super) fn ready(&self, service: &str) -> keyring_core::Result<()> {
        ready(service)
    }
}
