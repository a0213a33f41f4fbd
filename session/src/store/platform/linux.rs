//! Linux: the Secret Service over D-Bus (GNOME Keyring, KWallet, KeePassXC).
//!
//! Secrets cross the bus under a Diffie-Hellman session key. A locked collection opens the desktop's own dialog, and the call
//! waits for it.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::sync::Arc;

use keyring_core::api::CredentialStore as Keyring;
use keyring_core::error::PlatformError;
use secret_service::Error as ServiceError;
use zbus::DBusError as _;

use crate::store::StoreError;

pub(in crate::store) const NAME: &str = "Secret Service";
pub(in crate::store) const LIMIT: Option<usize> = None;

pub(in crate::store) fn open() -> keyring_core::Result<Arc<Keyring>> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

/// The label is what the desktop's password program lists.
pub(in crate::store) fn modifiers() -> HashMap<&'static str, &'static str> {
    HashMap::from([("label", "Latchkey sign-in")])
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
        "DBus.Error.NoReply" | "DBus.Error.TimedOut" | "DBus.Error.Timeout" => Some(StoreError::Silent),
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
        let no_reply = zbus::fdo::Error::NoReply(String::new());
        assert_eq!(of(ServiceError::ZbusFdo(no_reply)), Some(StoreError::Silent));
        let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
        assert_eq!(of(ServiceError::Zbus(refused.into())), Some(StoreError::Missing));
        assert_eq!(of(ServiceError::Unavailable), Some(StoreError::Missing));
        assert_eq!(of(ServiceError::Prompt), Some(StoreError::Locked));
        assert_eq!(of(ServiceError::Crypto("x")), None);
    }
}
