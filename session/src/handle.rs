//! [`Session`]: the public handle. Cheap to clone; every method sends one command to the session's task.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::actor::{Command, Reply};
use crate::builder::Builder;
use crate::claim::Claim;
use crate::config::{Config, ProviderConfig};
use crate::error::{Code, Error, Result, Stage};
use crate::picture::Picture;
use crate::ports::Clock;
use crate::redirects::Redirects;
use crate::secret::{AccessToken, SecretUrl};
use crate::shared::Shared;
use crate::timeline::Entry;
use crate::view::{How, Receipt, View};

/// A session of one person at one provider. Clones are handles to the same session; it ends with [`Session::close`] or with
/// the last handle.
#[derive(Clone)]
pub struct Session {
    pub(crate) inbox: mpsc::UnboundedSender<Command>,
    pub(crate) closer: mpsc::UnboundedSender<oneshot::Sender<()>>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// How to sign in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SignIn {
    /// Which way; `None`: as the configuration says.
    pub how: Option<How>,
    /// Ask the provider for another account than the one its browser session would bring back (`prompt`, OpenID Connect Core,
    /// section 3.1.2.1). Whoever comes is taken, without a question.
    pub another_account: bool,
}

/// An attempt that has begun.
#[derive(Debug)]
pub struct Begun(oneshot::Receiver<Result<()>>);

impl Begun {
    /// Waits until the attempt has ended: `Ok` when the person is signed in.
    ///
    /// # Errors
    /// How it ended otherwise; the code `cancelled`, `timed-out` and `denied` among them.
    pub async fn ended(self) -> Result<()> {
        self.0.await.unwrap_or_else(|_| Err(closing()))
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

impl Session {
    /// Begins to put a session together. `configure` is called at the start, and again by [`Session::retry`] as long as
    /// there is no usable configuration.
    pub fn builder(configure: impl Fn() -> Result<Config> + Send + Sync + 'static) -> Builder {
        Builder::new(configure)
    }

    /// The current view.
    pub fn view(&self) -> View {
        self.shared.view()
    }

    /// Begins to sign in. `how`: `None` as the configuration says. Over a live session: it stays until the new one is there.
    ///
    /// # Errors
    /// [`Code::Busy`] while an attempt is alive; the configuration's problem.
    pub async fn begin_sign_in(&self, how: Option<How>) -> Result<Begun> {
        self.begin(SignIn {
            how,
            another_account: false,
        })
        .await
    }

    /// Begins to sign in, with everything that can be said about it. The provider is told who was signed in last (`login_hint`), where
    /// that is known; when somebody else comes back, the view's phase is `choosing` until [`take_another`](Session::take_another) or
    /// [`cancel`](Session::cancel).
    ///
    /// # Errors
    /// Those of [`begin_sign_in`](Session::begin_sign_in).
    pub async fn begin(&self, options: SignIn) -> Result<Begun> {
        self.ask(|accepted| Command::Begin { options, accepted })
            .await
            .map(Begun)
    }

    /// Signs in at a provider that is not configured, made by [`setup::candidate`](crate::setup::candidate). Only when somebody has
    /// signed in there is it written into the file of [`Builder::user_config`]. Otherwise everything is as it was, and the view says
    /// why.
    ///
    /// # Errors
    /// [`Code::Busy`] while an attempt is alive; a provider is configured already; there is no file to write.
    pub async fn try_provider(&self, provider: ProviderConfig) -> Result<Begun> {
        let provider = Box::new(provider);
        self.ask(|accepted| Command::TryProvider { provider, accepted })
            .await
            .map(Begun)
    }

    /// Lets the attempt go on another way: as a new one, with a deadline of its own. What the old one had open is closed, and its
    /// [`Begun`] waits for the new one.
    ///
    /// # Errors
    /// [`Code::NoAttempt`]: none waits for the person. [`Code::DeviceNotOffered`], or a deep link nobody would bring: the attempt
    /// goes on as it was.
    pub async fn switch(&self, how: How) -> Result<()> {
        self.ask(|reply| Command::Switch { how, reply }).await
    }

    /// Hands over what the person copied from the browser's address bar, where the way back did not work. White space and quotes
    /// around it do not matter; it is judged like any [`callback`](Session::callback).
    ///
    /// # Errors
    /// [`Code::PasteUnusable`]: not the address a sign-in ends at. Else those of [`callback`](Session::callback).
    pub async fn paste(&self, text: &str) -> Result<()> {
        let text = SecretUrl::new(text);
        self.ask(|reply| Command::Paste { text, reply }).await
    }

    /// Takes who came instead of who was expected (phase `choosing`). Otherwise nothing happens.
    ///
    /// # Errors
    /// The session is closing.
    pub async fn take_another(&self) -> Result<()> {
        self.ask(|reply| Command::TakeAnother { reply }).await
    }

    /// Says anew where the program is registered: for one that has registered its scheme while it ran.
    ///
    /// # Errors
    /// The session is closing.
    pub async fn set_redirects(&self, redirects: Redirects) -> Result<()> {
        self.ask(|reply| Command::Redirects { redirects, reply }).await
    }

    /// Signs in: begins, and waits for the end.
    ///
    /// # Errors
    /// Those of [`begin_sign_in`](Session::begin_sign_in) and [`Begun::ended`].
    pub async fn sign_in(&self, how: Option<How>) -> Result<()> {
        self.begin_sign_in(how).await?.ended().await
    }

    /// Hands over a URL that arrived for this program: an authorization response, or the return from the provider's sign-out
    /// page. Answers without the network: `Ok` means that it was ours and was in order, also when it says that the person
    /// declined.
    ///
    /// # Errors
    /// Why it was not taken: [`Code::NoAttempt`], [`Code::StateMismatch`] (the attempt lives on), or what is wrong with it
    /// (the attempt is over).
    pub async fn callback(&self, url: &str) -> Result<()> {
        let url = SecretUrl::new(url);
        self.ask(|reply| Command::Callback { url, reply }).await
    }

    /// Whether this URL carries the `state` of the attempt that waits for its answer. Answers at once and changes nothing: for a
    /// program that is handed more links than it can queue, to keep the one that counts.
    pub fn expects(&self, url: &str) -> bool {
        self.shared.expects(url)
    }

    /// Gives the attempt up. Without one nothing happens.
    ///
    /// # Errors
    /// The session is closing.
    pub async fn cancel(&self) -> Result<()> {
        self.ask(|reply| Command::Cancel { reply }).await
    }

    /// Opens the attempt's page once more.
    ///
    /// # Errors
    /// No attempt waits, or the browser could not be opened.
    pub async fn open_again(&self) -> Result<()> {
        self.ask(|reply| Command::OpenAgain { reply }).await
    }

    /// The attempt's authorization request, to be copied by the person. It carries `state` and `nonce`.
    ///
    /// # Errors
    /// No attempt waits.
    pub async fn authorization_url(&self) -> Result<SecretUrl> {
        self.ask(|reply| Command::AuthorizationUrl { reply }).await
    }

    /// Tries again now what is blocked or stale.
    ///
    /// # Errors
    /// The session is closing.
    pub async fn retry(&self) -> Result<()> {
        self.ask(|reply| Command::Retry { reply }).await
    }

    /// Goes on without the credential store, in memory and for this run only. Only while the store is what blocks.
    ///
    /// # Errors
    /// The session is closing.
    pub async fn use_this_run(&self) -> Result<()> {
        self.ask(|reply| Command::UseThisRun { reply }).await
    }

    /// Renews now, whatever the age of the access token. Joins a renewal that is under way.
    ///
    /// # Errors
    /// [`Code::NotSignedIn`], what blocks the session, [`Code::NoRefreshToken`], or why the renewal failed; stage refresh. Only
    /// [`Code::InvalidGrant`] ends the session.
    pub async fn refresh(&self) -> Result<()> {
        self.ask(|reply| Command::Refresh { reply }).await
    }

    /// An access token that lives at least `min_ttl` longer. A fresh one costs no more than an atomic load; otherwise one
    /// renewal serves all callers. A new token is written to the credential store before anybody gets it. When the provider
    /// gives tokens that live shorter than `min_ttl`, the newest one is returned. After a failed renewal callers get its error
    /// until the next try is due ([`Freshness::Stale`](crate::view::Freshness::Stale)); [`refresh`](Self::refresh) asks at once.
    ///
    /// # Errors
    /// [`Code::NotSignedIn`], what blocks the session, [`Code::NoRefreshToken`] when the token is over and cannot be renewed, or why the renewal
    /// failed.
    pub async fn access_token(&self, min_ttl: Duration) -> Result<AccessToken> {
        match self.shared.usable_token(self.clock.now(), min_ttl) {
            Some(token) => Ok(token),
            None => self.ask(|reply| Command::Token { min_ttl, reply }).await,
        }
    }

    /// Signs out: this device first, then the tokens at the provider (RFC 7009), then the provider's own session in the
    /// browser. The receipt says what was reached; the view is signed out long before.
    ///
    /// # Errors
    /// What blocks the session, when it is blocked.
    pub async fn sign_out(&self) -> Result<Receipt> {
        self.ask(|reply| Command::SignOut { reply }).await
    }

    /// What the provider says about who is signed in: issuer and subject, then every claim of the ID token and of userinfo about
    /// the person. The protocol's own claims (`exp`, `nonce`, `at_hash` and the like) are not among them.
    ///
    /// # Errors
    /// [`Code::NotSignedIn`], or what blocks the session.
    pub async fn claims(&self) -> Result<Vec<Claim>> {
        self.ask(|reply| Command::Claims { reply }).await
    }

    /// The picture of who is signed in: from the cache, else from where the provider says. `None` when there is none, or
    /// none that is a raster image of at most 1 MiB.
    pub async fn picture(&self) -> Option<Picture> {
        let View::SignedIn { profile, .. } = self.view() else {
            return None;
        };
        let engine = self.shared.engine.load_full()?;
        let picture = engine
            .pictures
            .get(&profile.sub, profile.picture.as_deref()?, &self.shared.quiet)
            .await
            .ok()?;
        // Who signed out meanwhile has no picture here any more.
        if !matches!(self.view(), View::SignedIn { profile: now, .. } if now == profile) {
            engine.pictures.forget().await;
            return None;
        }
        Some(picture)
    }

    /// Notices what happened while nobody looked: another process's sign-in or sign-out, a clock that jumped, a credential store
    /// that was unlocked. For when the window comes to the front. Asks the person for nothing and returns at once.
    pub fn look(&self) {
        // A session that is closing has nothing to look at.
        let _ = self.inbox.send(Command::Look);
    }

    /// The window shows the current view: what a launch asks of the provider by itself need not wait any longer
    /// ([`Builder::quiet_until_shown`]). Said again, it changes nothing.
    pub fn shown(&self) {
        self.shared.quiet.end();
    }

    /// Waits until the window shows something, for whoever has requests of their own for a launch. Without
    /// [`Builder::quiet_until_shown`], or after its limit, there is nothing to wait for.
    pub async fn until_shown(&self) {
        self.shared.quiet.over().await;
    }

    /// What happened to this session, the newest last: at most 200 entries, without names, addresses or secrets. Where
    /// [`Builder::data_dir`] is set also what happened in earlier runs and in other processes; it outlives a sign-out.
    pub async fn timeline(&self) -> Vec<Entry> {
        self.shared.timeline.entries().await
    }

    /// Ends the session of this process, not the person's: waits, at most 4 seconds, for an exchange or a write in flight.
    pub async fn close(&self) {
        let (reply, closed) = oneshot::channel();
        if self.closer.send(reply).is_ok() {
            let _ = closed.await;
        }
    }

    async fn ask<T>(&self, command: impl FnOnce(Reply<T>) -> Command) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        if self.inbox.send(command(reply)).is_err() {
            return Err(closing());
        }
        answer.await.unwrap_or_else(|_| Err(closing()))
    }
}

fn closing() -> Error {
    Error::new(Stage::Browser, Code::Closing)
}
