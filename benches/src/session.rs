//! A session as a program has it: by its public interface, with a store and folders of its own.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use latchkey_session::config::Config;
use latchkey_session::ports::{Clock, Page, Purpose, SystemClock};
use latchkey_session::store::CredentialStore;
use latchkey_session::view::View;
use latchkey_session::{Redirects, Session};

use crate::store::FileStore;

/// The redirect scheme of the deep links.
const SCHEME: &str = "example.latchkey.bench";
/// Nothing here takes as long.
const PATIENCE: Duration = Duration::from_secs(60);

/// The system's clock, and so many seconds more.
#[derive(Clone, Debug, Default)]
pub struct Ahead(Arc<AtomicI64>);

impl Ahead {
    /// Goes forward.
    pub fn by(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        SystemClock.now() + SignedDuration::from_secs(self.0.load(Ordering::SeqCst))
    }
}

/// A session, with what it shows and the pages it opens.
#[derive(Debug)]
pub struct Open {
    /// The session.
    pub session: Session,
    /// Its clock.
    pub ahead: Ahead,
    /// When it was asked for.
    pub begun: Instant,
    views: mpsc::Receiver<(Instant, View)>,
    pages: mpsc::Receiver<String>,
}

impl Open {
    /// Opens the session of this issuer that is kept in this folder. Call it inside a tokio runtime.
    ///
    /// # Panics
    /// The folder or a thread is not to be had.
    pub fn new(issuer: &str, folder: &Path) -> Self {
        let store = FileStore::new(folder.join("store")).expect("a folder");
        Self::on(Arc::new(store), issuer, folder)
    }

    /// The same with what is secret in another store.
    ///
    /// # Panics
    /// A thread is not to be had.
    pub fn on(store: Arc<dyn CredentialStore>, issuer: &str, folder: &Path) -> Self {
        let begun = Instant::now();
        let text = format!("[provider]\nname = \"Bench\"\nissuer = \"{issuer}\"\nclient_id = \"desktop\"\n");
        let ahead = Ahead::default();
        let (shown, views) = mpsc::channel();
        let (opened, pages) = mpsc::channel();
        let session = Session::builder(move || Config::parse(&text, "bench"))
            .store(store)
            .data_dir(folder.join("data"))
            .cache_dir(folder.join("cache"))
            .redirects(Redirects::of_scheme(SCHEME))
            .clock(ahead.clone())
            .browser(move |page: &Page| {
                if page.purpose == Purpose::SignIn {
                    let _ = opened.send(page.url.secret().to_owned());
                }
                Ok(())
            })
            .publisher(move |view: &View| {
                let _ = shown.send((Instant::now(), view.clone()));
            })
            .start()
            .expect("a session");
        Self {
            session,
            ahead,
            begun,
            views,
            pages,
        }
    }

    /// Waits for a view like this: when it was published.
    ///
    /// # Panics
    /// It does not come.
    pub fn until(&self, wanted: impl Fn(&View) -> bool) -> Instant {
        let mut last = None;
        loop {
            match self.views.recv_timeout(PATIENCE) {
                Ok((at, view)) if wanted(&view) => return at,
                Ok((_, view)) => last = Some(view),
                Err(_) => panic!("the view that was waited for did not come; the last was {last:?}"),
            }
        }
    }

    /// The page of the sign-in that was begun.
    ///
    /// # Panics
    /// None was.
    pub fn page(&self) -> String {
        self.pages.recv_timeout(PATIENCE).expect("a page is opened")
    }
}

/// Whether somebody is signed in.
pub fn is_signed_in(view: &View) -> bool {
    matches!(view, View::SignedIn { .. })
}

/// Whether nobody is.
pub fn is_signed_out(view: &View) -> bool {
    matches!(view, View::SignedOut { .. })
}

/// Two threads for tasks, as many as the app has on a small machine.
///
/// # Panics
/// The operating system gives no thread.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
}
