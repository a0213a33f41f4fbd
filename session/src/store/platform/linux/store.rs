//! Named entries in the Secret Service: items with the attributes `service` and `username`, in the default collection.
//!
//! The crate `zbus-secret-service-keyring-store` does the same (and finds what is written here), but keeps its connection to
//! itself: a call that waits for a dialog nobody will ever answer could not be ended, and might still write much later.

use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;

use keyring_core::api::{Credential, CredentialApi, CredentialStoreApi};
use keyring_core::{Entry, Error as KeyringError};
use secret_service::Error as ServiceError;
use secret_service::blocking::{Collection, Item};

use super::link::Link;

const CONTENT_TYPE: &str = "application/octet-stream";
/// What libsecret calls a default collection it has to create.
const NEW_COLLECTION: &str = "Default keyring";

/// The items behind one connection.
#[derive(Debug)]
pub(super) struct Store(pub(super) Arc<Link>);

impl CredentialStoreApi for Store {
    fn vendor(&self) -> String {
        super::NAME.to_owned()
    }

    fn id(&self) -> String {
        format!("{:?}", self.0)
    }

    /// The one modifier is `label`, what a new item is listed as.
    fn build(
        &self,
        service: &str,
        user: &str,
        modifiers: Option<&HashMap<&str, &str>>,
    ) -> keyring_core::Result<Entry> {
        let label = modifiers.and_then(|all| all.get("label")).unwrap_or(&service);
        Ok(Entry::new_with_credential(Arc::new(Named {
            link: Arc::clone(&self.0),
            service: service.to_owned(),
            name: user.to_owned(),
            label: (*label).to_owned(),
        })))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// One name, whether there is an item of it or not.
#[derive(Debug)]
struct Named {
    link: Arc<Link>,
    service: String,
    name: String,
    label: String,
}

impl Named {
    fn attributes(&self) -> HashMap<&str, &str> {
        HashMap::from([
            ("service", self.service.as_str()),
            ("username", self.name.as_str()),
        ])
    }

    /// The items of this name, unlocked: this may open a dialog.
    fn items(&self) -> Result<Vec<Item<'_>>, ServiceError> {
        let service = &self.link.service;
        let mut found = service.search_items(self.attributes())?;
        if found.unlocked.is_empty() && found.locked.is_empty() && self.open_what_hides_its_items()? {
            found = service.search_items(self.attributes())?;
        }
        if !found.locked.is_empty() {
            let locked: Vec<&Item<'_>> = found.locked.iter().collect();
            service.unlock_all(&locked)?;
            found.unlocked.append(&mut found.locked);
        }
        Ok(found.unlocked)
    }

    /// Unlocks the default collection if it is locked and shows no items at all. Most services tell which items a locked
    /// collection has; of one that does not (KeePassXC, by its settings), nothing found does not mean that nothing is there.
    fn open_what_hides_its_items(&self) -> Result<bool, ServiceError> {
        let collection = match self.link.service.get_default_collection() {
            Err(ServiceError::NoResult) => return Ok(false),
            answer => answer?,
        };
        let hides = collection.is_locked()? && collection.get_all_items()?.is_empty();
        if hides {
            collection.unlock()?;
        }
        Ok(hides)
    }

    /// The collection for new items, unlocked. Without one, the person is asked for a password for it.
    fn collection(&self) -> Result<Collection<'_>, ServiceError> {
        let service = &self.link.service;
        let collection = match service.get_default_collection() {
            Err(ServiceError::NoResult) => service.create_collection(NEW_COLLECTION, "default"),
            answer => answer,
        }?;
        if collection.is_locked()? {
            collection.unlock()?;
        }
        Ok(collection)
    }

    fn write(&self, bytes: &[u8]) -> Result<(), ServiceError> {
        let mut items = self.items()?;
        // There should be one. The value is replaced in any case, so one is kept, and it is written before others go.
        let Some(kept) = items.pop() else {
            self.collection()?
                .create_item(&self.label, self.attributes(), bytes, true, CONTENT_TYPE)?;
            return Ok(());
        };
        kept.set_secret(bytes, CONTENT_TYPE)?;
        items.iter().try_for_each(Item::delete)
    }
}

impl CredentialApi for Named {
    fn set_secret(&self, secret: &[u8]) -> keyring_core::Result<()> {
        self.write(secret).map_err(failure)
    }

    fn get_secret(&self) -> keyring_core::Result<Vec<u8>> {
        match self.items().map_err(failure)?.as_slice() {
            [] => Err(KeyringError::NoEntry),
            [item] => item.get_secret().map_err(failure),
            _ => Err(KeyringError::Ambiguous(Vec::new())),
        }
    }

    fn delete_credential(&self) -> keyring_core::Result<()> {
        let items = self.items().map_err(failure)?;
        items.iter().try_for_each(Item::delete).map_err(failure)
    }

    fn get_credential(&self) -> keyring_core::Result<Option<Arc<Credential>>> {
        self.get_secret().map(|_| None)
    }

    fn get_specifiers(&self) -> Option<(String, String)> {
        Some((self.service.clone(), self.name.clone()))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Wraps the error, for [`fact`](super::fact) to look at.
pub(super) fn failure(error: ServiceError) -> KeyringError {
    KeyringError::PlatformFailure(Box::new(error))
}
