//! How the core speaks outward: browser, clock, publisher. (The credential store's port is in [`store`](crate::store), HTTP is
//! one concrete client in `http`.)
//!
//! Not here on purpose: windows, notifications, directories. The core is told where its files may be and which redirect URIs
//! are registered; it asks nobody.

use jiff::Timestamp;

use crate::error::Result;
use crate::secret::SecretUrl;
use crate::view::View;

/// Why a page is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The authorization request of a sign-in.
    SignIn,
    /// The provider's end-session page (OpenID Connect RP-Initiated Logout 1.0).
    SignOut,
}

/// A page for the person's own browser.
#[derive(Clone, Debug)]
pub struct Page {
    /// Why it is opened.
    pub purpose: Purpose,
    /// Where to. Always https, or http on a loopback address. It carries `state`: open it, never log it.
    pub url: SecretUrl,
    /// Where the provider will send the browser afterwards, when it was asked to.
    pub redirect_uri: Option<String>,
}

/// Opens pages in the person's own browser.
pub trait Browser: Send + Sync + 'static {
    /// Hands the page to the operating system and returns; it does not wait for the page.
    ///
    /// # Errors
    /// Nothing could be started: [`Code::BrowserFailed`](crate::Code::BrowserFailed).
    fn open(&self, page: &Page) -> Result<()>;
}

impl<F: Fn(&Page) -> Result<()> + Send + Sync + 'static> Browser for F {
    fn open(&self, page: &Page) -> Result<()> {
        self(page)
    }
}

/// Whether a link of the program's own scheme reaches it: asked before a sign-in whose answer would come by deep link, where the
/// configuration leaves the way to the program (`redirect = "auto"`).
pub trait Links: Send + Sync + 'static {
    /// Sends a link to ourselves and waits for it, on a thread that may block: a few seconds at most, the person is waiting. After 5
    /// seconds nobody waits for the answer any more, and the link counts as lost.
    ///
    /// # Errors
    /// It did not arrive: what was found, one sentence in English without anything personal.
    fn arrive(&self) -> Result<(), String>;
}

impl<F: Fn() -> Result<(), String> + Send + Sync + 'static> Links for F {
    fn arrive(&self) -> Result<(), String> {
        self()
    }
}

/// Tells the time of day. Elapsed time inside one wait is tokio's business; this is the wall clock, which may jump.
pub trait Clock: Send + Sync + 'static {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// The operating system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "this is the clock")]
    fn now(&self) -> Timestamp {
        // Whole milliseconds: nothing here is measured finer, and they are what a web view can read.
        let now = Timestamp::now();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }
}

/// Receives every view, in order, before the command that caused it is answered.
pub trait Publisher: Send + Sync + 'static {
    /// Called on the session's task: it must return soon.
    fn publish(&self, view: &View);
}

impl<F: Fn(&View) + Send + Sync + 'static> Publisher for F {
    fn publish(&self, view: &View) {
        self(view);
    }
}
