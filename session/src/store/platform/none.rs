//! Systems without a credential store we know: the session lives for one run.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use keyring_core::api::CredentialStore as Keyring;
use keyring_core::error::PlatformError;

use crate::store::StoreError;

pub(in crate::store) const NAME: &str = "no credential store";
pub(in crate::store) const LIMIT: Option<usize> = None;

pub(in crate::store) fn open(_limit: Duration) -> keyring_core::Result<Arc<Keyring>> {
    Err(keyring_core::Error::NoStorageAccess(Box::new(
        std::io::Error::from(std::io::ErrorKind::Unsupported),
    )))
}

pub(in crate::store) fn ready(_service: &str) -> keyring_core::Result<()> {
    open(Duration::ZERO).map(drop)
}

pub(in crate::store) fn modifiers(_label: &str) -> HashMap<&str, &str> {
    HashMap::new()
}

pub(in crate::store) fn fact(_cause: &PlatformError) -> Option<StoreError> {
    Some(StoreError::Missing)
}
