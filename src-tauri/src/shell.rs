//! What the commands share besides the session's handle: names, places, the outlet of views. Nothing in it changes the session.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use latchkey_session::config::Config;
use latchkey_session::doctor::Report;
use latchkey_session::ports::Links;
use latchkey_session::store::CredentialStore;
use latchkey_session::view::View;
use latchkey_session::{Redirects, Result, Session};

use crate::WINDOWLESS;
use crate::browser::DefaultBrowser;
use crate::doctor;
use crate::info::{self, AppInfo};
use crate::metadata::Metadatas;
use crate::names::Names;
use crate::places::Places;
use crate::views::Views;

/// How long a sign-in waits for a link to ourselves.
const LINK_LIMIT: Duration = Duration::from_secs(4);

/// How long a launch asks the provider nothing while the window shows nothing. A page that never comes costs no more than this.
const QUIET: Duration = Duration::from_secs(3);

/// The shell's own things.
pub(crate) struct Shell {
    pub(crate) names: Names,
    pub(crate) places: Places,
    pub(crate) views: Arc<Views>,
    pub(crate) metadata: Arc<Metadatas>,
    store: Arc<dyn CredentialStore>,
    /// Links of our scheme reach this program.
    handler_registered: bool,
    /// One look at a time.
    examining: tokio::sync::Mutex<()>,
    /// One address at a time.
    pub(crate) probing: tokio::sync::Mutex<()>,
    /// What the last one found.
    found: Mutex<Option<Report>>,
}

impl Shell {
    /// A shell whose views nobody watches yet.
    pub(crate) fn new(names: Names, places: Places, handler_registered: bool) -> Self {
        let store = Arc::new(names.store());
        Self {
            names,
            places,
            views: Arc::new(Views::new()),
            metadata: Arc::default(),
            store,
            handler_registered,
            examining: tokio::sync::Mutex::default(),
            probing: tokio::sync::Mutex::default(),
            found: Mutex::default(),
        }
    }

    /// Looks at everything a sign-in depends on, and remembers what was found. Who asks meanwhile waits for a turn.
    pub(crate) async fn examine(&self) -> Report {
        let _turn = self.examining.lock().await;
        let report = doctor::examine(&self.names, &self.places).await;
        *self.found.lock().unwrap_or_else(PoisonError::into_inner) = Some(report.clone());
        report
    }

    /// What was found last.
    pub(crate) fn last_report(&self) -> Option<Report> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Starts the session. It asks the credential store at once, on a thread of its own; nothing here waits for the answer.
    ///
    /// # Errors
    /// The operating system gives no thread.
    pub(crate) fn start_session(&self) -> Result<Session> {
        let layers = self.places.layers.clone();
        let views = Arc::clone(&self.views);
        let (metadata, places) = (Arc::clone(&self.metadata), self.places.clone());
        let builder = Session::builder(move || Config::load(&layers))
            .store(Arc::clone(&self.store))
            .browser(DefaultBrowser)
            .publisher(move |view: &View| {
                views.publish(view);
                metadata.follow(view, &places);
            })
            .product(&self.names.product)
            .redirects(self.redirects())
            .links(self.links())
            .quiet_until_shown(if WINDOWLESS { Duration::ZERO } else { QUIET })
            .user_config(self.places.config_file.clone())
            .data_dir(self.places.data.clone())
            .cache_dir(self.places.cache.clone());
        tauri::async_runtime::block_on(async { builder.start() })
    }

    /// What `app_info` answers. Reads the configuration anew: the person may have written it just now.
    pub(crate) fn info(&self) -> AppInfo {
        let config: Result<Config> = Config::load(&self.places.layers);
        AppInfo {
            product: self.names.product.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            provider: info::provider(&config),
            config_path: self.places.config_file.display().to_string(),
            store: self.store.name().to_owned(),
            language: info::language(&config),
            redirect: info::redirect(&config, self.handler_registered).to_owned(),
            editor: info::editor(&config),
        }
    }

    /// Whether a link to ourselves arrives, asked before a sign-in relies on one. The person waits for it, so not for long.
    fn links(&self) -> impl Links {
        let (scheme, places) = (self.names.scheme.clone(), self.places.clone());
        move || {
            let answer = tauri::async_runtime::block_on(doctor::arrives(&scheme, &places, LINK_LIMIT));
            answer.map(drop).map_err(|lost| doctor::homeless(&lost.sentence))
        }
    }

    fn redirects(&self) -> Redirects {
        if self.handler_registered {
            Redirects::of_scheme(&self.names.scheme)
        } else {
            Redirects::default()
        }
    }
}

impl std::fmt::Debug for Shell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shell")
            .field("names", &self.names)
            .field("places", &self.places)
            .finish_non_exhaustive()
    }
}
