//! The operating system's credential store: Secret Service, macOS Keychain, Windows Credential Manager.
//!
//! What differs between them is in `platform`, one file each. The connection is made at the first call and again after a
//! failure, so a store that appears or comes back later is picked up without a restart. (The crate `keyring` remembers its
//! first failure for good; the stores below it do not.)

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use keyring_core::api::CredentialStore as Keyring;
use keyring_core::{Entry, Error as KeyringError};
use zeroize::Zeroizing;

use super::platform;
use super::{CredentialStore, StoreError};
use crate::text;

/// The longest technical text of a failure, in characters.
const DETAIL_LIMIT: usize = 200;
/// See [`OsStore::answering_within`].
const ANSWER_LIMIT: Duration = Duration::from_secs(5 * 60);

/// The operating system's credential store, under one service name.
pub struct OsStore {
    service: String,
    label: String,
    answer_limit: Duration,
    connection: Mutex<Option<Arc<Keyring>>>,
    questions: platform::Questions,
}

impl OsStore {
    /// The entries of this service (`com.acme.notes`). Nothing is opened yet.
    pub fn new(service: &str) -> Self {
        Self {
            service: service.to_owned(),
            label: service.to_owned(),
            answer_limit: ANSWER_LIMIT,
            connection: Mutex::new(None),
            questions: platform::Questions::default(),
        }
    }

    /// What the desktop's password program lists the entries as, where it lists any (Linux): "Acme Notes sign-in"; the service,
    /// unless told otherwise.
    #[must_use]
    pub fn labelled(mut self, label: &str) -> Self {
        label.clone_into(&mut self.label);
        self
    }

    /// On Linux, how long the Secret Service may take for one answer before it is [`Silent`](StoreError::Silent) and its
    /// connection is given up; five minutes, unless told otherwise. It is long because some services let a message wait for
    /// their password dialog (others answer that there is one, and then nothing limits the waiting). Whoever calls has a
    /// limit of his own.
    #[must_use]
    pub fn answering_within(mut self, limit: Duration) -> Self {
        self.answer_limit = limit;
        self
    }

    /// Makes one call. A connection that fails is dropped; one from an earlier call, which the other side may have closed
    /// since, gets a second try with a new one.
    fn call<T>(&self, name: &str, work: impl Fn(&Entry) -> Result<T, KeyringError>) -> Result<T, StoreError> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let (keyring, is_old) = match connection.take() {
                Some(keyring) => (keyring, true),
                None => (platform::open(self.answer_limit).map_err(fact)?, false),
            };
            let answer = keyring
                .build(&self.service, name, Some(&platform::modifiers(&self.label)))
                .and_then(|entry| work(&entry))
                .map_err(fact);
            match answer {
                Err(StoreError::Broken(_) | StoreError::Missing) if is_old => {}
                Err(error @ (StoreError::Broken(_) | StoreError::Missing | StoreError::Silent)) => {
                    return Err(error);
                }
                Ok(_) | Err(StoreError::Locked | StoreError::Full) => {
                    *connection = Some(keyring);
                    return answer;
                }
            }
        }
    }
}

impl CredentialStore for OsStore {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        self.call(name, |entry| match entry.get_secret() {
            Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
            Err(KeyringError::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })
    }

    fn set(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        self.call(name, |entry| entry.set_secret(bytes))
    }

    fn delete(&self, name: &str) -> Result<(), StoreError> {
        self.call(name, |entry| match entry.delete_credential() {
            Err(KeyringError::NoEntry) => Ok(()),
            answer => answer,
        })
    }

    /// On a connection of its own: it neither waits for a call in progress nor depends on how the last one ended.
    fn ready(&self) -> Result<(), StoreError> {
        self.questions.ready(&self.service).map_err(fact)
    }

    fn limit(&self) -> Option<usize> {
        platform::LIMIT
    }

    fn name(&self) -> &'static str {
        platform::name()
    }
}

impl std::fmt::Debug for OsStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OsStore")
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}

/// Which of the five facts an error is. Its text is only used where it cannot hold the entry's data.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the enum is non-exhaustive, and its unknown variants may hold data"
)]
fn fact(error: KeyringError) -> StoreError {
    match error {
        KeyringError::TooLong(..) => StoreError::Full,
        KeyringError::PlatformFailure(cause) => {
            platform::fact(&cause).unwrap_or_else(|| broken(&cause.to_string()))
        }
        KeyringError::NoStorageAccess(cause) => platform::fact(&cause).unwrap_or(StoreError::Locked),
        KeyringError::Ambiguous(_) => broken("two entries of the same name"),
        KeyringError::NoEntry => broken("the entry has vanished"),
        KeyringError::BadStoreFormat(_) => broken("the store's format is unknown"),
        KeyringError::BadEncoding(_) | KeyringError::BadDataFormat(..) => {
            broken("the entry's format is unknown")
        }
        KeyringError::Invalid(..) | KeyringError::NotSupportedByStore(_) => {
            broken("the store refuses such an entry")
        }
        _ => broken("an unknown failure"),
    }
}

fn broken(what: &str) -> StoreError {
    StoreError::Broken(text::neutral(
        &format!("{}: {what}", platform::NAME),
        DETAIL_LIMIT,
    ))
}

#[cfg(test)]
mod tests {
    use keyring_core::Error as KeyringError;

    use super::fact;
    use crate::store::StoreError;

    #[test]
    fn no_data_of_an_entry_gets_into_an_error() {
        let secret = b"s3cret".to_vec();
        let cause = || Box::new(std::io::Error::other("cause"));
        for error in [
            KeyringError::BadEncoding(secret.clone()),
            KeyringError::BadDataFormat(secret, cause()),
        ] {
            let StoreError::Broken(text) = fact(error) else {
                panic!("not broken")
            };
            assert!(!text.contains("s3cret") && !text.contains("115"), "{text}");
        }
    }

    #[test]
    fn the_facts_are_told_apart() {
        let cause = || Box::new(std::io::Error::other("cause"));
        assert_eq!(fact(KeyringError::NoStorageAccess(cause())), StoreError::Locked);
        assert_eq!(
            fact(KeyringError::TooLong("secret".to_owned(), 2560)),
            StoreError::Full
        );
        assert!(
            matches!(fact(KeyringError::PlatformFailure(cause())), StoreError::Broken(text) if text.ends_with(": cause"))
        );
    }
}
