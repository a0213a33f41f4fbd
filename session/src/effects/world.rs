//! What effects work with: the ports and places of a session's whole life, and what a configured provider needs.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::config::{Config, ProviderConfig, SessionConfig};
use crate::error::Result;
use crate::http::Http;
use crate::lock::SessionLock;
use crate::picture::Pictures;
use crate::ports::{Browser, Clock, Publisher};
use crate::provider::Provider;
use crate::redirects::Redirects;
use crate::shared::Shared;
use crate::store::StoreError;
use crate::store::parts::{Key, Vault};
use crate::store::thread::{Pending, StoreThread};

/// How long a write waits for another process's turn to end.
const LOCK_LIMIT: Duration = Duration::from_secs(5);

/// The ports, and where things are: the same for the session's whole life.
pub(crate) struct World {
    pub(crate) configure: Box<dyn Fn() -> Result<Config> + Send + Sync>,
    pub(crate) browser: Arc<dyn Browser>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) publisher: Box<dyn Publisher>,
    pub(crate) store: StoreThread,
    pub(crate) redirects: Redirects,
    pub(crate) lock_file: Option<PathBuf>,
    pub(crate) cache_dir: Option<PathBuf>,
    pub(crate) shared: Arc<Shared>,
}

/// What a configured provider needs.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) provider_config: Arc<ProviderConfig>,
    pub(crate) session_config: SessionConfig,
    pub(crate) provider: Provider,
    pub(crate) pictures: Pictures,
    pub(super) session_key: Key,
    pub(super) attempt_key: Key,
}

impl World {
    /// Queues a write to the credential store. It happens under the session's lock file, so that several processes take turns.
    pub(super) fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Vault) -> Result<T, StoreError> + Send + 'static,
    ) -> Pending<T> {
        let lock_file = self.lock_file.clone();
        self.store.write(move |vault| {
            let _turn = lock_file
                .as_deref()
                .map(|path| SessionLock::acquire(path, LOCK_LIMIT))
                .transpose()?;
            work(vault)
        })
    }
}

impl Engine {
    /// `None`: no provider is configured.
    pub(crate) fn new(config: Config, world: &World) -> Result<Option<Self>> {
        let Some(provider_config) = config.provider.map(Arc::new) else {
            return Ok(None);
        };
        let http = Http::new();
        let leeway = config.session.clock_leeway;
        let cache = world.cache_dir.clone();
        Ok(Some(Self {
            session_config: config.session,
            session_key: Key::session(&provider_config.issuer, &provider_config.client_id),
            attempt_key: Key::attempt(&provider_config.issuer, &provider_config.client_id),
            pictures: Pictures::new(http.clone(), cache.clone(), &provider_config),
            provider: Provider::new(Arc::clone(&provider_config), leeway, http, cache),
            provider_config,
        }))
    }
}
