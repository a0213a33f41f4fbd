//! [`Builder`]: puts a session together from its ports and places, and starts it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::mpsc;

use crate::actor::Actor;
use crate::config::Config;
use crate::effects::World;
use crate::error::{Code, Error, Result, Stage};
use crate::failpoint::Failpoint;
use crate::handle::Session;
use crate::ports::{Browser, Clock, Links, Page, Publisher, SystemClock};
use crate::quiet::Quiet;
use crate::redirects::Redirects;
use crate::shared::Shared;
use crate::store::thread::StoreThread;
use crate::store::{CredentialStore, MemoryStore};
use crate::timeline::Timeline;
use crate::view::View;
use crate::watch::Bell;

/// Puts a session together. Without a store it is kept in memory; without a browser nothing can be opened.
pub struct Builder {
    configure: Box<dyn Fn() -> Result<Config> + Send + Sync>,
    store: Arc<dyn CredentialStore>,
    browser: Arc<dyn Browser>,
    clock: Arc<dyn Clock>,
    publisher: Box<dyn Publisher>,
    links: Option<Arc<dyn Links>>,
    user_config: Option<PathBuf>,
    redirects: Redirects,
    product: String,
    data_dir: Option<PathBuf>,
    cache_dir: Option<PathBuf>,
    quiet: Duration,
    at_failpoint: Box<dyn Fn(Failpoint) + Send + Sync>,
}

struct NoBrowser;

impl Browser for NoBrowser {
    fn open(&self, _page: &Page) -> Result<()> {
        Err(Error::new(Stage::Browser, Code::BrowserFailed)
            .with_detail("the session was built without a browser"))
    }
}

impl Builder {
    /// Without anything else said: in memory, without a browser, at no redirect URI but loopback.
    pub(crate) fn new(configure: impl Fn() -> Result<Config> + Send + Sync + 'static) -> Self {
        Self {
            configure: Box::new(configure),
            store: Arc::new(MemoryStore::new()),
            browser: Arc::new(NoBrowser),
            clock: Arc::new(SystemClock),
            publisher: Box::new(|_: &View| {}),
            links: None,
            user_config: None,
            redirects: Redirects::default(),
            product: String::new(),
            data_dir: None,
            cache_dir: None,
            quiet: Duration::ZERO,
            at_failpoint: Box::new(|_| {}),
        }
    }

    /// Where the session is kept: the operating system's credential store ([`OsStore`](crate::store::OsStore)), or memory.
    pub fn store(mut self, store: Arc<dyn CredentialStore>) -> Self {
        self.store = store;
        self
    }

    /// Who opens pages.
    pub fn browser(mut self, browser: impl Browser) -> Self {
        self.browser = Arc::new(browser);
        self
    }

    /// Who gets every view.
    pub fn publisher(mut self, publisher: impl Publisher) -> Self {
        self.publisher = Box::new(publisher);
        self
    }

    /// What tells the time; the operating system's clock if nothing else is said.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Where the program is registered.
    pub fn redirects(mut self, redirects: Redirects) -> Self {
        self.redirects = redirects;
        self
    }

    /// What people call the program: in the browser, at the end of a sign-in that came back by loopback. "The app" without it.
    pub fn product(mut self, name: impl Into<String>) -> Self {
        self.product = name.into();
        self
    }

    /// Who finds out whether a deep link arrives. Without it one is trusted to, where [`Redirects`] names it.
    pub fn links(mut self, links: impl Links) -> Self {
        self.links = Some(Arc::new(links));
        self
    }

    /// The configuration file that [`Session::try_provider`] writes a provider into, once somebody has signed in there. The file is
    /// to be one of those that `configure` reads. Without it no provider can be tried.
    pub fn user_config(mut self, file: PathBuf) -> Self {
        self.user_config = Some(file);
        self
    }

    /// Where the session's lock files are, its [timeline](Session::timeline), and a few small files without secrets. With it,
    /// several processes on the same credential store take turns, renew once for all, and notice each other's sign-ins and
    /// sign-outs.
    pub fn data_dir(mut self, directory: PathBuf) -> Self {
        self.data_dir = Some(directory);
        self
    }

    /// Where public documents and the person's picture may be cached. Without it nothing is.
    pub fn cache_dir(mut self, directory: PathBuf) -> Self {
        self.cache_dir = Some(directory);
        self
    }

    /// How long the session leaves the provider alone at its start, at most: until [`Session::shown`] says that the window shows
    /// something. Then a launch renews what is old and looks whether what is fresh still counts. Without a window there is nothing to
    /// wait for, and without this nothing waits. Who asks for a token meanwhile, and needs the renewal that waits, waits with it; an
    /// hour is the longest there is.
    pub fn quiet_until_shown(mut self, at_most: Duration) -> Self {
        self.quiet = at_most;
        self
    }

    /// Called at each point of a renewal, for tests that stop the process there.
    #[doc(hidden)]
    pub fn at_failpoint(mut self, passed: impl Fn(Failpoint) + Send + Sync + 'static) -> Self {
        self.at_failpoint = Box::new(passed);
        self
    }

    /// Starts the session: the credential store is asked at once.
    ///
    /// Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// The operating system gives no thread for the credential store.
    pub fn start(self) -> Result<Session> {
        let shared = Arc::new(Shared::new(
            Timeline::new(self.data_dir.clone()),
            Quiet::at_most(self.quiet),
        ));
        let (inbox, commands) = mpsc::unbounded_channel();
        let (closer, closers) = mpsc::unbounded_channel();
        let clock = Arc::clone(&self.clock);
        let world = Arc::new(World {
            configure: self.configure,
            browser: self.browser,
            clock: self.clock,
            publisher: self.publisher,
            store: StoreThread::start(self.store)?,
            links: self.links,
            user_config: self.user_config,
            redirects: ArcSwap::from_pointee(self.redirects),
            product: self.product,
            bell: Bell::new(self.data_dir.as_deref()),
            data_dir: self.data_dir,
            cache_dir: self.cache_dir,
            shared: Arc::clone(&shared),
            left: Mutex::default(),
            told: Mutex::default(),
            unsaved: Mutex::default(),
            at_failpoint: self.at_failpoint,
        });
        tokio::spawn(Actor::new(Arc::clone(&world), commands, closers).run());
        Ok(Session {
            inbox,
            closer,
            shared,
            clock,
        })
    }
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder")
            .field("redirects", &self.redirects)
            .finish_non_exhaustive()
    }
}
