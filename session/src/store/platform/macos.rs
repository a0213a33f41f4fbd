//! macOS: the login keychain. The first use by a newly signed program may open the system's own dialog; the call waits for it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use keyring_core::api::CredentialStore as Keyring;
use keyring_core::error::PlatformError;
use security_framework::base::Error as SecurityError;

use crate::store::StoreError;

pub(in crate::store) const NAME: &str = "macOS Keychain";
pub(in crate::store) const LIMIT: Option<usize> = None;

pub(in crate::store) fn open(_limit: Duration) -> keyring_core::Result<Arc<Keyring>> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

pub(in crate::store) fn modifiers(_label: &str) -> HashMap<&str, &str> {
    HashMap::new()
}

/// The keychain is asked when it is used: whether it would open a dialog depends on the program that asks, and the crate does not
/// tell.
pub(in crate::store) fn ready(_service: &str) -> keyring_core::Result<()> {
    Ok(())
}

/// By the `OSStatus` (Security/SecBase.h); the message is in the system's language and says less.
pub(in crate::store) fn fact(cause: &PlatformError) -> Option<StoreError> {
    match cause.downcast_ref::<SecurityError>()?.code() {
        // errSecNotAvailable, errSecNoSuchKeychain, errSecInvalidKeychain, errSecNoDefaultKeychain
        -25291 | -25294 | -25295 | -25307 => Some(StoreError::Missing),
        // errSecAuthFailed, errSecInteractionNotAllowed, errSecInteractionRequired, userCanceledErr
        -25293 | -25308 | -25315 | -128 => Some(StoreError::Locked),
        // errSecDataTooLarge
        -25302 => Some(StoreError::Full),
        code => Some(StoreError::Broken(format!("{NAME}: OSStatus {code}"))),
    }
}
