//! What effects work with: the ports and places of a session's whole life, and what a configured provider needs.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;

use crate::config::{Config, ProviderConfig, SessionConfig};
use crate::departure::Departures;
use crate::error::Error;
use crate::error::Result;
use crate::failpoint::Failpoint;
use crate::http::Http;
use crate::lock::{self, LockError, SessionLock};
use crate::outbox::Owed;
use crate::picture::Pictures;
use crate::ports::{Browser, Clock, Links, Publisher};
use crate::provider::Provider;
use crate::redirects::Redirects;
use crate::shared::Shared;
use crate::store::StoreError;
use crate::store::parts::{Key, Vault};
use crate::store::thread::{Pending, StoreThread};
use crate::tokens::Fingerprint;
use crate::watch::Bell;

/// How long a write waits for another process's turn to end.
const LOCK_LIMIT: Duration = Duration::from_secs(5);
/// Held by a process that has renewed and could not save.
const UNSAVED: &str = "unsaved.lock";
/// How long it waits for those who are just asking whether somebody holds it.
const UNSAVED_LIMIT: Duration = Duration::from_secs(1);
/// How long a renewal waits for another process's renewal: longer than one can take.
const TURN_LIMIT: Duration = Duration::from_secs(40);

/// The ports, and where things are: the same for the session's whole life.
pub(crate) struct World {
    pub(crate) configure: Box<dyn Fn() -> Result<Config> + Send + Sync>,
    pub(crate) browser: Arc<dyn Browser>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) publisher: Box<dyn Publisher>,
    pub(crate) store: StoreThread,
    /// Who finds out whether a deep link arrives.
    pub(crate) links: Option<Arc<dyn Links>>,
    /// The configuration file that may be written.
    pub(crate) user_config: Option<PathBuf>,
    /// Where answers of the browser arrive; may change when the handler of our scheme is registered.
    pub(crate) redirects: ArcSwap<Redirects>,
    /// What people call the program; may be empty.
    pub(crate) product: String,
    /// Where the lock files are, and what other processes should notice.
    pub(crate) data_dir: Option<PathBuf>,
    pub(crate) cache_dir: Option<PathBuf>,
    pub(crate) shared: Arc<Shared>,
    /// The tokens of the last sign-out: its receipt is about them.
    pub(crate) left: Mutex<Vec<Fingerprint>>,
    /// Revocations the provider has heard of in this run.
    pub(crate) told: Mutex<Vec<Fingerprint>>,
    /// Held while tokens of this process are not in the credential store and should be.
    pub(crate) unsaved: Mutex<Option<SessionLock>>,
    /// Tells other processes that the stored session has changed.
    pub(crate) bell: Bell,
    pub(crate) at_failpoint: Box<dyn Fn(Failpoint) + Send + Sync>,
}

/// What turn of several processes is waited for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Turn {
    /// To renew.
    Renewal,
    /// To send what is owed.
    Revocation,
}

impl Turn {
    fn file(self) -> &'static str {
        match self {
            Self::Renewal => "renewal.lock",
            Self::Revocation => "revocation.lock",
        }
    }
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
    pub(super) outbox_key: Key,
    pub(super) aside_key: Key,
    pub(super) outbox_aside_key: Key,
    pub(super) departures: Departures,
    /// Revocations owed to this provider, and to no other, that the credential store has not taken.
    pub(super) owed: Mutex<Vec<Owed>>,
}

impl World {
    /// Queues a write to the credential store. It happens under the session's lock file, so that several processes take turns.
    pub(super) fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Vault) -> Result<T, StoreError> + Send + 'static,
    ) -> Pending<T> {
        let lock_file = self
            .data_dir
            .as_ref()
            .map(|directory| directory.join("session.lock"));
        self.store.write(move |vault| {
            let turn = lock_file
                .as_deref()
                .map(|path| SessionLock::acquire(path, LOCK_LIMIT));
            let _turn = match turn {
                Some(Err(error @ LockError::Held)) => return Err(error.into()),
                // A write without a turn is better than none.
                Some(Err(LockError::Unavailable(kind))) => {
                    tracing::warn!(%kind, "a lock file cannot be used");
                    None
                }
                Some(Ok(turn)) => Some(turn),
                None => None,
            };
            work(vault)
        })
    }

    /// The same for what changes the stored session: other processes are told.
    pub(super) fn write_session<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Vault) -> Result<T, StoreError> + Send + 'static,
    ) -> Pending<T> {
        let bell = self.bell.clone();
        self.write(move |vault| {
            let answer = work(vault)?;
            bell.ring();
            Ok(answer)
        })
    }

    /// Waits for a turn among processes; it ends when the answer is dropped, or with the process. `None`: there are no turns to
    /// take, because there is no place for a lock file.
    ///
    /// # Errors
    /// Another process kept its turn for longer than it can need.
    pub(super) async fn turn(&self, turn: Turn) -> Result<Option<SessionLock>, Error> {
        let Some(path) = self
            .data_dir
            .as_ref()
            .map(|directory| directory.join(turn.file()))
        else {
            return Ok(None);
        };
        // A thread of its own: the runtime waits for its blocking tasks when it ends, and this one may be long.
        let (sender, taken) = tokio::sync::oneshot::channel();
        let waiting = std::thread::Builder::new()
            .name("session-turn".to_owned())
            .spawn(move || sender.send(SessionLock::acquire(&path, TURN_LIMIT)));
        if waiting.is_err() {
            return Ok(None);
        }
        match taken.await {
            Ok(Ok(lock)) => Ok(Some(lock)),
            Ok(Err(error @ LockError::Held)) => Err(StoreError::from(error).into()),
            // A renewal without a turn is better than none.
            Ok(Err(LockError::Unavailable(kind))) => {
                tracing::warn!(%kind, "a lock file cannot be used");
                Ok(None)
            }
            Err(_) => Ok(None),
        }
    }

    /// This process has tokens that it cannot save now: others must not spend the ones they replace.
    pub(super) fn is_unsaved(&self) {
        let mut unsaved = self.unsaved.lock().unwrap_or_else(PoisonError::into_inner);
        if unsaved.is_none()
            && let Some(directory) = &self.data_dir
        {
            *unsaved = SessionLock::acquire(&directory.join(UNSAVED), UNSAVED_LIMIT).ok();
        }
    }

    /// Nothing is unsaved any more.
    pub(crate) fn all_is_saved(&self) {
        *self.unsaved.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Whether another process has tokens that it cannot save now.
    pub(super) async fn is_unsaved_elsewhere(&self) -> bool {
        let ours = self
            .unsaved
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some();
        let Some(directory) = self.data_dir.clone().filter(|_| !ours) else {
            return false;
        };
        let held = tokio::task::spawn_blocking(move || lock::is_held(&directory.join(UNSAVED)));
        held.await.unwrap_or(false)
    }

    /// A test may stop the process here.
    pub(crate) fn pass(&self, point: Failpoint) {
        (self.at_failpoint)(point);
    }
}

impl Engine {
    /// Whether this is the same provider for the same client, however it was configured.
    pub(crate) fn is_at(&self, other: &Self) -> bool {
        self.session_key == other.session_key
    }

    /// `None`: no provider is configured.
    pub(crate) fn new(config: Config, world: &World) -> Result<Option<Self>> {
        let Some(provider_config) = config.provider.map(Arc::new) else {
            return Ok(None);
        };
        let http = Http::new(Arc::clone(&world.clock));
        let leeway = config.session.clock_leeway;
        let cache = world.cache_dir.clone();
        let session_key = Key::session(&provider_config.issuer, &provider_config.client_id);
        world.shared.timeline.keep(&session_key.timeline_file());
        Ok(Some(Self {
            session_config: config.session,
            session_key,
            attempt_key: Key::attempt(&provider_config.issuer, &provider_config.client_id),
            outbox_key: Key::outbox(&provider_config.issuer, &provider_config.client_id),
            aside_key: Key::aside(&provider_config.issuer, &provider_config.client_id),
            outbox_aside_key: Key::outbox_aside(&provider_config.issuer, &provider_config.client_id),
            departures: Departures::new(
                world.data_dir.as_deref(),
                &Key::session(&provider_config.issuer, &provider_config.client_id),
            ),
            owed: Mutex::default(),
            pictures: Pictures::new(http.clone(), cache.clone(), &provider_config),
            provider: Provider::new(Arc::clone(&provider_config), leeway, http, cache),
            provider_config,
        }))
    }
}
