//! Linux: the Secret Service over D-Bus (GNOME Keyring, KWallet, KeePassXC).
//!
//! Secrets cross the bus under a Diffie-Hellman session key. A locked collection opens the desktop's own dialog, and the call
//! waits for it, as long as the service that opened it is there (`link`).

mod link;
mod owner;
mod store;

use std::collections::HashMap;
use std::io::ErrorKind;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use keyring_core::api::CredentialStore as Keyring;
use keyring_core::error::PlatformError;
use secret_service::{EncryptionType, Error as ServiceError};
use zbus::DBusError as _;

use crate::store::StoreError;
use link::Link;

pub(in crate::store) const NAME: &str = "Secret Service";
pub(in crate::store) const LIMIT: Option<usize> = None;

/// How long a question waits for its answer. No dialog can be the reason.
const READY_LIMIT: Duration = Duration::from_secs(5);

/// `limit` is for the answer to each message.
pub(in crate::store) fn open(limit: Duration) -> keyring_core::Result<Arc<Keyring>> {
    let link = Link::open(EncryptionType::Dh, limit).map_err(store::failure)?;
    Ok(Arc::new(store::Store(Arc::new(link))))
}

/// Asks what opens no dialog, on a connection of its own, so that it does not wait for one that is open. The connection is
/// kept: gnome-keyring (42) ends now and then when clients come and go all the time, and comes back locked.
#[derive(Debug, Default)]
pub(in crate::store) struct Questions(Mutex<Option<Link>>);

impl Questions {
    /// Whether the default collection and all items of the service are unlocked. The bus may start the service.
    pub(in crate::store) fn ready(&self, service: &str) -> keyring_core::Result<()> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let (link, is_old) = match kept.take() {
                Some(link) => (link, true),
                // No secret is asked for, so the session is a plain one.
                None => (
                    Link::open(EncryptionType::Plain, READY_LIMIT).map_err(store::failure)?,
                    false,
                ),
            };
            let answer = unlocked(&link, service);
            if matches!(
                answer,
                Ok(()) | Err(ServiceError::Locked | ServiceError::NoResult)
            ) {
                *kept = Some(link);
            } else if is_old {
                // The other side may have closed it since.
                continue;
            }
            return answer.map_err(store::failure);
        }
    }
}

/// What people call the program that is there.
pub(in crate::store) fn name() -> &'static str {
    owner::name()
}

/// No message here opens a dialog.
fn unlocked(link: &Link, service: &str) -> Result<(), ServiceError> {
    // First the collection: some services (KeePassXC) ask for the password in order to search a locked one.
    link.service.get_default_collection()?.ensure_unlocked()?;
    let items = link.service.search_items(HashMap::from([("service", service)]))?;
    if items.locked.is_empty() {
        Ok(())
    } else {
        Err(ServiceError::Locked)
    }
}

/// The label is what the desktop's password program lists.
pub(in crate::store) fn modifiers(label: &str) -> HashMap<&str, &str> {
    HashMap::from([("label", label)])
}

pub(in crate::store) fn fact(cause: &PlatformError) -> Option<StoreError> {
    let cause = cause.downcast_ref::<ServiceError>()?;
    if let ServiceError::Zbus(error) = cause {
        return bus_fact(error);
    }
    if let ServiceError::ZbusFdo(error) = cause {
        return named(error.name().as_str());
    }
    if matches!(cause, ServiceError::Unavailable) {
        return Some(StoreError::Missing);
    }
    if matches!(cause, ServiceError::PromptDisconnected) {
        return Some(StoreError::Broken(format!(
            "{NAME}: it ended while its dialog was open"
        )));
    }
    // NoResult: there is no default collection yet, and nobody created one.
    matches!(
        cause,
        ServiceError::Locked | ServiceError::Prompt | ServiceError::NoResult
    )
    .then_some(StoreError::Locked)
}

fn bus_fact(error: &zbus::Error) -> Option<StoreError> {
    if let zbus::Error::MethodError(name, ..) = error {
        return named(name.as_str());
    }
    if let zbus::Error::FDO(error) = error {
        return named(error.name().as_str());
    }
    if let zbus::Error::InputOutput(error) | zbus::Error::Connection(error, _) = error {
        let kind = error.kind();
        return Some(
            if matches!(kind, ErrorKind::NotFound | ErrorKind::ConnectionRefused) {
                StoreError::Missing
            } else if kind == ErrorKind::TimedOut {
                StoreError::Silent
            } else if matches!(
                kind,
                ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::NotConnected
            ) {
                // Closed under the call, when the service's name changed hands.
                StoreError::Broken(format!("{NAME}: it ended before it answered"))
            } else {
                StoreError::Broken(format!("{NAME}: the bus connection failed: {kind}"))
            },
        );
    }
    matches!(error, zbus::Error::Address(_)).then_some(StoreError::Missing)
}

/// By the D-Bus error's name; its message is free text.
fn named(name: &str) -> Option<StoreError> {
    match name.strip_prefix("org.freedesktop.")? {
        "DBus.Error.ServiceUnknown" | "DBus.Error.NameHasNoOwner" => Some(StoreError::Missing),
        // It comes from the bus, when the service ends before it has answered.
        "DBus.Error.NoReply" => Some(StoreError::Broken(format!("{NAME}: it ended before it answered"))),
        "DBus.Error.TimedOut" | "DBus.Error.Timeout" => Some(StoreError::Silent),
        "Secret.Error.IsLocked" => Some(StoreError::Locked),
        other if other.starts_with("DBus.Error.Spawn.") => Some(StoreError::Missing),
        _ => Some(StoreError::Broken(format!("{NAME}: {name}"))),
    }
}

#[cfg(test)]
mod tests {
    use secret_service::Error as ServiceError;

    use super::fact;
    use crate::store::StoreError;

    fn of(error: ServiceError) -> Option<StoreError> {
        fact(&(Box::new(error) as _))
    }

    #[test]
    fn bus_errors_become_facts() {
        let unknown = zbus::fdo::Error::ServiceUnknown("org.freedesktop.secrets".to_owned());
        assert_eq!(
            of(ServiceError::ZbusFdo(unknown.clone())),
            Some(StoreError::Missing)
        );
        assert_eq!(
            of(ServiceError::Zbus(zbus::Error::FDO(Box::new(unknown)))),
            Some(StoreError::Missing)
        );
        let timed_out = zbus::fdo::Error::TimedOut(String::new());
        assert_eq!(of(ServiceError::ZbusFdo(timed_out)), Some(StoreError::Silent));
        let late = std::io::Error::from(std::io::ErrorKind::TimedOut);
        assert_eq!(of(ServiceError::Zbus(late.into())), Some(StoreError::Silent));
        let no_reply = zbus::fdo::Error::NoReply(String::new());
        for ended in [ServiceError::ZbusFdo(no_reply), ServiceError::PromptDisconnected] {
            assert!(matches!(of(ended), Some(StoreError::Broken(text)) if text.contains("it ended")));
        }
        let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
        assert_eq!(of(ServiceError::Zbus(refused.into())), Some(StoreError::Missing));
        assert_eq!(of(ServiceError::Unavailable), Some(StoreError::Missing));
        assert_eq!(of(ServiceError::Prompt), Some(StoreError::Locked));
        assert_eq!(of(ServiceError::Crypto("x")), None);
    }
}
