//! Windows: Credential Manager. It never asks the person and never locks; it limits what one entry takes.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use keyring_core::api::CredentialStore as Keyring;
use keyring_core::error::PlatformError;

use crate::store::StoreError;

pub(in crate::store) const NAME: &str = "Windows Credential Manager";
/// `CRED_MAX_CREDENTIAL_BLOB_SIZE`, bytes.
pub(in crate::store) const LIMIT: Option<usize> = Some(2560);

pub(in crate::store) fn open(_limit: Duration) -> keyring_core::Result<Arc<Keyring>> {
    Ok(windows_native_keyring_store::Store::new()?)
}

/// Local-machine persistence: the store crate's default would roam with the profile to other computers.
pub(in crate::store) fn modifiers(_label: &str) -> HashMap<&str, &str> {
    HashMap::from([("persistence", "Local")])
}

/// It never asks the person.
pub(in crate::store) fn ready(_service: &str) -> keyring_core::Result<()> {
    Ok(())
}

/// The store crate keeps its error's type to itself, and shows the code in its text.
pub(in crate::store) fn fact(cause: &PlatformError) -> Option<StoreError> {
    // The one cause of "no access": a logon without a credential set (a service, a network logon).
    cause
        .to_string()
        .contains("ERROR_NO_SUCH_LOGON_SESSION")
        .then_some(StoreError::Missing)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{modifiers, open};

    #[test]
    #[ignore = "writes to the real credential store of this account"]
    fn entries_of_the_real_store_stay_on_this_computer() {
        let store = open(Duration::ZERO).unwrap();
        let entry = store
            .build(
                "dev.latchkey.desktop.test",
                "does-not-roam",
                Some(&modifiers("a test")),
            )
            .unwrap();
        entry.set_secret(b"here").unwrap();
        let persistence = entry.get_attributes().unwrap().remove("persistence");
        entry.delete_credential().unwrap();
        assert_eq!(persistence.as_deref(), Some("Local"));
    }
}
