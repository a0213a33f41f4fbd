//! Whole lives of a session against the provider double: the actor, the effects and the handle together.

mod accounts;
mod adversity;
mod clocks;
mod faults;
mod first_run;
mod journal;
mod keeping;
mod ladder;
mod launching;
mod lost_answers;
mod on_device;
mod renewing;
mod several;
mod signing_in;
mod signing_out;
mod storms;
mod strangers;
mod strays;
mod telling;

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{mpsc, watch};

use crate::config::{Config, SessionConfig};
use crate::ports::{Clock, Page, Purpose, SystemClock};
use crate::secret::SecretUrl;
use crate::store::{CredentialStore, MemoryStore, StoreError};
use crate::testing::{Answer, Endpoint, IdTokenPlan, TestProvider};
use crate::view::{Freshness, How, Kept, Phase, Step, View, Why};
use crate::{Code, Failpoint, Redirects, Result, Session, Stage};

/// Real time plus what the test adds, or takes away.
#[derive(Clone, Default)]
struct TestClock(Arc<AtomicI64>);

impl TestClock {
    fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }

    /// So many seconds ahead of real time; behind it when negative.
    fn set(&self, ahead: i64) {
        self.0.store(ahead, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        SystemClock.now() + jiff::SignedDuration::from_secs(self.0.load(Ordering::SeqCst))
    }
}

/// What stays when the app is closed: the provider, the credential store, the clock.
struct Desk {
    provider: TestProvider,
    store: MemoryStore,
    clock: TestClock,
    rules: SessionConfig,
    /// Lock files and the like: runs that share them are processes on one machine.
    files: Option<tempfile::TempDir>,
}

/// Whether the credential store holds this text, in whatever entry.
fn holds(store: &MemoryStore, text: &str) -> bool {
    store.names().iter().any(|name| {
        let entry = store.get(name).unwrap().unwrap_or_default();
        entry.windows(text.len()).any(|piece| piece == text.as_bytes())
    })
}

/// One run of the app.
struct Run {
    session: Session,
    pages: mpsc::UnboundedReceiver<Page>,
    views: Arc<Mutex<Vec<View>>>,
    current: watch::Receiver<View>,
}

impl Desk {
    async fn new() -> Self {
        Self::at(TestProvider::start().await)
    }

    fn at(provider: TestProvider) -> Self {
        let rules = SessionConfig::default();
        Self {
            provider,
            store: MemoryStore::new(),
            clock: TestClock::default(),
            rules,
            files: None,
        }
    }

    async fn with_files() -> Self {
        Self {
            files: Some(tempfile::tempdir().unwrap()),
            ..Self::new().await
        }
    }

    fn launch(&self) -> Run {
        self.launch_passing(|_| {})
    }

    fn launch_passing(&self, passed: impl Fn(Failpoint) + Send + Sync + 'static) -> Run {
        self.launch_with(|builder| builder.at_failpoint(passed))
    }

    fn launch_with(&self, more: impl FnOnce(crate::Builder) -> crate::Builder) -> Run {
        let config = Config {
            provider: Some(self.provider.config()),
            session: self.rules,
            language: String::new(),
            profile: crate::config::ProfileConfig::default(),
        };
        self.launch_configured(move || Ok(config.clone()), more)
    }

    fn launch_configured(
        &self,
        configure: impl Fn() -> Result<Config> + Send + Sync + 'static,
        more: impl FnOnce(crate::Builder) -> crate::Builder,
    ) -> Run {
        let (opened, pages) = mpsc::unbounded_channel();
        let views = Arc::new(Mutex::new(Vec::new()));
        let (tell, current) = watch::channel(View::Restoring);
        let seen = Arc::clone(&views);
        let mut builder = Session::builder(configure);
        if let Some(files) = &self.files {
            builder = builder.data_dir(files.path().to_owned());
        }
        let builder = builder
            .store(Arc::new(self.store.clone()))
            .clock(self.clock.clone())
            .redirects(Redirects::of_scheme("dev.latchkey.desktop"))
            .browser(move |page: &Page| -> Result<()> {
                let _ = opened.send(page.clone());
                Ok(())
            })
            .publisher(move |view: &View| {
                seen.lock().unwrap().push(view.clone());
                tell.send_replace(view.clone());
            });
        let session = more(builder).start().unwrap();
        Run {
            session,
            pages,
            views,
            current,
        }
    }

    /// A run in which the person has signed in.
    async fn signed_in(&self) -> Run {
        let mut run = self.launch();
        self.sign_in(&mut run).await;
        run
    }

    async fn sign_in(&self, run: &mut Run) {
        let begun = run.session.begin_sign_in(None).await.unwrap();
        let callback = self.provider.authorize(&run.page().await);
        run.session.callback(&callback).await.unwrap();
        begun.ended().await.unwrap();
    }
}

/// Waits until it is so.
async fn eventually(is_so: impl Fn() -> bool) {
    for _ in 0..2000 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("waited in vain");
}

impl Run {
    async fn page(&mut self) -> SecretUrl {
        self.pages.recv().await.unwrap().url
    }

    async fn until(&mut self, wanted: impl Fn(&View) -> bool) -> View {
        tokio::time::timeout(
            Duration::from_secs(20),
            self.current.wait_for(|view| wanted(view)),
        )
        .await
        .unwrap_or_else(|_| panic!("waited in vain; saw {:?}", self.views.lock().unwrap()))
        .unwrap()
        .clone()
    }

    fn kinds(&self) -> Vec<String> {
        let kind = |view: &View| {
            serde_json::to_value(view).unwrap()["kind"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        self.views.lock().unwrap().iter().map(kind).collect()
    }
}

fn fresh(view: &View) -> bool {
    matches!(
        view,
        View::SignedIn {
            freshness: Freshness::Fresh,
            ..
        }
    )
}

fn signed_out(view: &View, wanted: Why) -> bool {
    matches!(view, View::SignedOut { why, .. } if *why == wanted)
}
