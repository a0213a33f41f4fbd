//! Credential stores. The one of files takes the place of the operating system's, which not every machine has and which would be measured
//! with the session: each entry is a file, written beside its place and renamed into it.

use std::collections::BTreeSet;
use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use latchkey_session::store::{CredentialStore, OsStore, StoreError};
use zeroize::Zeroizing;

/// Entries in a folder.
#[derive(Debug)]
pub struct FileStore {
    folder: PathBuf,
    writes: AtomicU64,
}

impl FileStore {
    /// The entries in this folder, which is made when it is not there.
    pub fn new(folder: PathBuf) -> std::io::Result<Self> {
        fs::create_dir_all(&folder)?;
        Ok(Self {
            folder,
            writes: AtomicU64::new(0),
        })
    }
}

impl CredentialStore for FileStore {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        match fs::read(self.folder.join(name)) {
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::Broken(error.kind().to_string())),
        }
    }

    fn set(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let number = self.writes.fetch_add(1, Ordering::Relaxed);
        let fresh = self
            .folder
            .join(format!("{name}.{}-{number}", std::process::id()));
        let written = fs::File::create(&fresh)
            .and_then(|mut file| file.write_all(bytes))
            .and_then(|()| fs::rename(&fresh, self.folder.join(name)));
        written.map_err(|error| StoreError::Broken(error.kind().to_string()))
    }

    fn delete(&self, name: &str) -> Result<(), StoreError> {
        match fs::remove_file(self.folder.join(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(StoreError::Broken(error.kind().to_string()))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    fn limit(&self) -> Option<usize> {
        None
    }

    fn name(&self) -> &'static str {
        "files of a benchmark"
    }
}

/// The operating system's store, and the names of what was written to it, so that nothing of a benchmark stays there.
#[derive(Debug)]
pub struct SweptStore {
    store: OsStore,
    names: Mutex<BTreeSet<String>>,
}

impl SweptStore {
    /// Entries of this service.
    pub fn new(service: &str) -> Self {
        Self {
            store: OsStore::new(service),
            names: Mutex::default(),
        }
    }

    /// Removes everything that was written.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn sweep(&self) -> Result<(), StoreError> {
        let names = std::mem::take(&mut *self.names());
        names.iter().try_for_each(|name| self.store.delete(name))
    }

    fn names(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CredentialStore for SweptStore {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        self.store.get(name)
    }

    fn set(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        self.names().insert(name.to_owned());
        self.store.set(name, bytes)
    }

    fn delete(&self, name: &str) -> Result<(), StoreError> {
        self.store.delete(name)
    }

    fn ready(&self) -> Result<(), StoreError> {
        self.store.ready()
    }

    fn limit(&self) -> Option<usize> {
        self.store.limit()
    }

    fn name(&self) -> &'static str {
        self.store.name()
    }
}
