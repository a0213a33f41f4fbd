//! Runs what the state asks for: each effect is a task that talks to a port or the provider and sends its answer back.
//!
//! Nothing is decided here. Tasks whose work must not be lost (an exchange, a renewal, a write) are counted, so that a close
//! can wait for them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};

use crate::actor::{Message, Reply};
use crate::attempt::Attempt;
use crate::callback::ValidatedCallback;
use crate::config::{Config, ProviderConfig, SessionConfig};
use crate::error::{Code, Error, Result, Stage};
use crate::exchange;
use crate::handle::Redirects;
use crate::http::Http;
use crate::log;
use crate::lock::SessionLock;
use crate::logout;
use crate::loopback::Loopback;
use crate::picture::Pictures;
use crate::ports::{Browser, Clock, Page, Publisher};
use crate::provider::Provider;
use crate::record::{self, Record};
use crate::shared::Shared;
use crate::state::{AttemptId, Effect, Event, Generation, Leaving, SignOutStep, Stored};
use crate::store::parts::{self, Key, Vault};
use crate::store::thread::{Pending, StoreThread};
use crate::store::StoreError;
use crate::tokens::TokenSet;
use crate::view::{How, Step};

/// How long a launch waits for the credential store before it says so. A late answer still counts.
const READ_LIMIT: Duration = Duration::from_secs(10);
/// How long a write is waited for. A late answer still counts.
const WRITE_LIMIT: Duration = Duration::from_secs(10);
/// How long the deletion before an exchange may take.
const CONSUME_LIMIT: Duration = Duration::from_secs(10);
/// How long the browser waits for the attempt to be kept.
const KEEP_LIMIT: Duration = Duration::from_secs(3);
/// How long a sign-out waits for the local record to be gone before it goes on to the provider.
const CLEAR_LIMIT: Duration = Duration::from_secs(5);
/// How long a write waits for another process's turn to end.
const LOCK_LIMIT: Duration = Duration::from_secs(5);
/// How long handing a page to the operating system may take.
const OPEN_LIMIT: Duration = Duration::from_secs(10);

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
    session_key: Key,
    attempt_key: Key,
}

impl World {
    /// Queues a write to the credential store. It happens under the session's lock file, so that several processes take turns.
    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Vault) -> Result<T, StoreError> + Send + 'static,
    ) -> Pending<T> {
        let lock_file = self.lock_file.clone();
        self.store.write(move |vault| {
            let _turn = lock_file.as_deref().map(|path| SessionLock::acquire(path, LOCK_LIMIT)).transpose()?;
            work(vault)
        })
    }
}

impl Engine {
    /// `None`: no provider is configured.
    pub(crate) fn new(config: Config, world: &World) -> Result<Option<Self>> {
        let Some(provider_config) = config.provider.map(Arc::new) else { return Ok(None) };
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

/// The tasks that run, and how they report.
pub(crate) struct Running {
    world: Arc<World>,
    outbox: mpsc::WeakSender<Message>,
    tasks: JoinSet<()>,
    /// Tasks whose work must not be lost.
    owed: usize,
    listener: Option<(AttemptId, AbortHandle)>,
}

impl Running {
    pub(crate) fn new(world: Arc<World>, outbox: mpsc::WeakSender<Message>) -> Self {
        Self { world, outbox, tasks: JoinSet::new(), owed: 0, listener: None }
    }

    /// Whether nothing runs that a close must wait for.
    pub(crate) fn is_idle(&self) -> bool {
        self.owed == 0
    }

    /// One of the tasks that are waited for has ended.
    pub(crate) fn settled(&mut self) {
        self.owed = self.owed.saturating_sub(1);
    }

    /// Ends everything.
    pub(crate) fn stop(&mut self) {
        self.tasks.abort_all();
    }

    /// Starts an effect.
    pub(crate) fn run(&mut self, engine: &Arc<Engine>, effect: Effect) {
        let job = Job { world: Arc::clone(&self.world), engine: Arc::clone(engine), outbox: self.outbox.clone() };
        match effect {
            Effect::ReadStore => self.spawn(async move { job.read_store().await }),
            Effect::Prepare { id, how } => self.spawn(async move { job.prepare(id, how).await }),
            Effect::Present { id, attempt, this_run } => {
                self.spawn(async move { job.present(id, &attempt, this_run).await });
            }
            Effect::Redeem { id, attempt, callback, kept } => {
                self.spawn_owed(async move { job.redeem(id, &attempt, callback, kept).await });
            }
            Effect::PurgePending => self.forget_attempt(engine),
            Effect::Save { generation, record } => {
                self.spawn_owed(async move { job.save(generation, &record).await });
            }
            Effect::Clear => self.spawn_owed(async move {
                job.clear().await;
            }),
            Effect::Leave(leaving) => self.spawn_owed(async move { job.leave(leaving).await }),
            Effect::Probe { generation, access, identity } => self.spawn(async move {
                let answer = exchange::probe(&job.engine.provider, &access, &identity).await;
                job.answer(Event::Probed { generation, answer }).await;
            }),
            Effect::Renew { generation, refresh, identity } => self.spawn_owed(async move {
                let renewal = exchange::renew(&job.engine.provider, &refresh, &identity, &*job.world.clock).await;
                job.answer(match renewal {
                    Ok(renewal) => Event::Renewed { generation, renewal: Box::new(renewal) },
                    Err(error) => Event::RenewalFailed { generation, error },
                })
                .await;
            }),
            Effect::Revoke(tokens) => self.spawn_owed(async move {
                job.revoke(&tokens).await;
            }),
            // These two concern who waits, and are the actor's.
            Effect::EndAttempt { .. } | Effect::RenewalEnded(_) => {}
        }
    }

    /// Deletes what was kept of an attempt. Nobody waits for it, but a close does.
    pub(crate) fn forget_attempt(&mut self, engine: &Arc<Engine>) {
        let key = engine.attempt_key.clone();
        let pending = self.world.write(move |vault| vault.remove(&key));
        self.spawn_owed(async move {
            if let Err(error) = pending.await {
                log::problem("the pending attempt could not be deleted", Error::from(error).problem());
            }
        });
    }

    /// Serves the attempt's listener.
    pub(crate) fn listen(&mut self, id: AttemptId, mut listener: Loopback) {
        let outbox = self.outbox.clone();
        let task = self.tasks.spawn(async move {
            loop {
                let arrival = listener.next().await;
                let Some(outbox) = outbox.upgrade() else { return };
                if outbox.send(Message::Arrived(id, arrival)).await.is_err() {
                    return;
                }
            }
        });
        self.listener = Some((id, task));
    }

    /// Closes the attempt's listener.
    pub(crate) fn stop_listening(&mut self, id: AttemptId) {
        if let Some((_, task)) = self.listener.take_if(|(listening, _)| *listening == id) {
            task.abort();
        }
    }

    /// Opens a page for somebody who waits.
    pub(crate) fn open(&self, page: Page, reply: Reply<()>) {
        let browser = Arc::clone(&self.world.browser);
        tokio::spawn(async move {
            let _ = reply.send(open(browser, page).await);
        });
    }

    fn spawn(&mut self, work: impl Future<Output = ()> + Send + 'static) {
        while self.tasks.try_join_next().is_some() {}
        self.tasks.spawn(work);
    }

    fn spawn_owed(&mut self, work: impl Future<Output = ()> + Send + 'static) {
        self.owed += 1;
        let outbox = self.outbox.clone();
        self.spawn(async move {
            work.await;
            if let Some(outbox) = outbox.upgrade() {
                let _ = outbox.send(Message::Settled).await;
            }
        });
    }
}

/// One effect at work.
struct Job {
    world: Arc<World>,
    engine: Arc<Engine>,
    outbox: mpsc::WeakSender<Message>,
}

impl Job {
    async fn send(&self, message: Message) {
        if let Some(outbox) = self.outbox.upgrade() {
            // The session is gone: nobody is left to hear it.
            let _ = outbox.send(message).await;
        }
    }

    async fn answer(&self, event: Event) {
        self.send(Message::Answer(event)).await;
    }

    async fn read_store(&self) {
        let (session, attempt) = (self.engine.session_key.clone(), self.engine.attempt_key.clone());
        // Write, not read: a call that waits for a password dialog must not be dropped when the wait is over.
        let mut pending = self.world.store.write(move |vault| Ok((vault.read(&session)?, vault.read(&attempt)?)));
        let answer = match pending.within(READ_LIMIT).await {
            Err(StoreError::Silent) => {
                self.answer(Event::ReadFailed(Error::from(StoreError::Silent).into())).await;
                pending.await
            }
            answer => answer,
        };
        let event = match answer {
            Ok((session, attempt)) => Event::Read(self.understand(session, attempt)),
            Err(error) => Event::ReadFailed(Error::from(error).into()),
        };
        self.answer(event).await;
    }

    fn understand(&self, session: parts::Stored, attempt: parts::Stored) -> Stored {
        let config = &self.engine.provider_config;
        let mut stored = Stored::default();
        match session {
            parts::Stored::Record { bytes, .. } => {
                match Record::from_bytes(&bytes, &config.issuer, &config.client_id) {
                    Ok(record) => stored.record = Some(Box::new(record)),
                    Err(error) => stored.unreadable = Some(error.into()),
                }
            }
            parts::Stored::Unreadable { .. } => {
                stored.unreadable = Some(Error::new(Stage::Store, Code::RecordUnreadable).into());
            }
            parts::Stored::Nothing | parts::Stored::Cleared { .. } => {}
        }
        if let parts::Stored::Record { bytes, .. } = attempt {
            let redirect_uri = self.world.redirects.deep_link.as_deref().unwrap_or_default();
            match record::attempt_from_bytes(&bytes) {
                Ok(attempt) if attempt.fits(config, redirect_uri) => stored.pending = Some(Box::new(attempt)),
                Ok(_) => {}
                Err(error) => log::problem("the pending attempt cannot be read", error.problem()),
            }
        }
        stored
    }

    async fn prepare(&self, id: AttemptId, how: How) {
        match self.prepared(id, how).await {
            Ok(attempt) => self.answer(Event::Prepared { id, attempt: Box::new(attempt) }).await,
            Err(error) => self.answer(Event::Failed { id, error }).await,
        }
    }

    async fn prepared(&self, id: AttemptId, how: How) -> Result<Attempt> {
        let redirect_uri = match how {
            How::DeepLink | How::Device => self.world.redirects.deep_link.clone().unwrap_or_default(),
            How::Loopback => {
                let listener = Loopback::bind().await?;
                let redirect_uri = listener.redirect_uri().to_owned();
                self.send(Message::Listening(id, listener)).await;
                redirect_uri
            }
        };
        let metadata = self.engine.provider.metadata_now().await?;
        let config = &self.engine.provider_config;
        Attempt::begin(config, &self.engine.session_config, &metadata, how, redirect_uri, self.world.clock.now())
    }

    async fn present(&self, id: AttemptId, attempt: &Attempt, this_run: bool) {
        let kept = attempt.how() == How::DeepLink && !this_run && self.keep(attempt).await;
        self.answer(Event::Presented { id, kept }).await;
        let page = Page {
            purpose: crate::ports::Purpose::SignIn,
            url: attempt.authorization_url().clone(),
            redirect_uri: Some(attempt.redirect_uri().to_owned()),
        };
        if let Err(error) = open(Arc::clone(&self.world.browser), page).await {
            self.answer(Event::Failed { id, error }).await;
        }
    }

    /// Keeps the attempt for a cold start. Where that fails, the attempt works as long as the app stays open.
    async fn keep(&self, attempt: &Attempt) -> bool {
        let Ok(bytes) = record::attempt_to_bytes(attempt) else { return false };
        let key = self.engine.attempt_key.clone();
        let mut pending = self.world.write(move |vault| vault.write(&key, None, &bytes));
        match pending.within(KEEP_LIMIT).await {
            Ok(_) => true,
            Err(error) => {
                log::problem("the attempt could not be kept for a cold start", Error::from(error).problem());
                false
            }
        }
    }

    async fn redeem(&self, id: AttemptId, attempt: &Attempt, callback: ValidatedCallback, kept: bool) {
        let key = self.engine.attempt_key.clone();
        if attempt.how() == How::DeepLink {
            let deleted = self.world.write(move |vault| vault.remove(&key)).within(CONSUME_LIMIT).await;
            if let (Err(error), true) = (deleted, kept) {
                self.answer(Event::Failed { id, error: error.into() }).await;
                return;
            }
        }
        let grant = exchange::redeem(&self.engine.provider, attempt, callback, &*self.world.clock).await;
        self.answer(match grant {
            Ok(grant) => Event::Redeemed { id, grant: Box::new(grant) },
            Err(error) => Event::Failed { id, error },
        })
        .await;
    }

    async fn save(&self, generation: Generation, record: &Record) {
        let config = &self.engine.provider_config;
        let bytes = match record.to_bytes(&config.issuer, &config.client_id) {
            Ok(bytes) => bytes,
            Err(error) => {
                self.answer(Event::SaveFailed { generation, problem: error.into() }).await;
                return;
            }
        };
        let key = self.engine.session_key.clone();
        let mut pending = self.world.write(move |vault| vault.write(&key, None, &bytes));
        let mut answer = pending.within(WRITE_LIMIT).await;
        if answer == Err(StoreError::Silent) {
            let problem = Error::from(StoreError::Silent).into();
            self.answer(Event::SaveFailed { generation, problem }).await;
            answer = pending.await;
        }
        self.answer(match answer {
            Ok(_) => Event::Saved(generation),
            Err(error) => Event::SaveFailed { generation, problem: Error::from(error).into() },
        })
        .await;
    }

    async fn clear(&self) -> Step {
        self.engine.pictures.forget().await;
        let key = self.engine.session_key.clone();
        let mut pending = self.world.write(move |vault| vault.clear(&key, None));
        match pending.within(CLEAR_LIMIT).await {
            Ok(_) => Step::Done,
            Err(error) => {
                log::problem("the stored session could not be removed", Error::from(error).problem());
                Step::Failed
            }
        }
    }

    /// The sign-out, in its order: this device, then the tokens, then the provider's own session.
    async fn leave(&self, leaving: Option<Box<Leaving>>) {
        let device = self.clear().await;
        self.answer(Event::SignOutStep(SignOutStep::Device(device))).await;
        let Some(leaving) = leaving else { return };
        let tokens = self.revoke(&leaving.tokens).await;
        self.answer(Event::SignOutStep(SignOutStep::Tokens(tokens))).await;
        let page = self.end_provider_session(&leaving).await;
        self.answer(Event::SignOutStep(SignOutStep::ProviderSession(page))).await;
    }

    async fn revoke(&self, tokens: &TokenSet) -> Step {
        match exchange::revoke(&self.engine.provider, tokens).await {
            Ok(step) => step,
            Err(error) => {
                log::problem("the tokens could not be revoked", error.problem());
                Step::Failed
            }
        }
    }

    async fn end_provider_session(&self, leaving: &Leaving) -> Step {
        let metadata = match self.engine.provider.metadata().await {
            Ok(metadata) => metadata,
            Err(error) => {
                log::problem("the provider's sign-out page is not known", error.problem());
                return Step::Failed;
            }
        };
        let back = self.world.redirects.post_logout.as_deref().filter(|_| leaving.how != How::Loopback);
        let config = &self.engine.provider_config;
        let Some((page, state)) = logout::end_session_page(&metadata, config, leaving.tokens.id_token.as_ref(), back)
        else {
            return Step::Skipped;
        };
        if back.is_some() {
            self.send(Message::AwaitReturn(state)).await;
        }
        match open(Arc::clone(&self.world.browser), page).await {
            Ok(()) => Step::Done,
            Err(error) => {
                log::problem("the provider's sign-out page could not be opened", error.problem());
                Step::Failed
            }
        }
    }
}

/// Hands a page to the operating system, on a thread that may block.
async fn open(browser: Arc<dyn Browser>, page: Page) -> Result<()> {
    let failed = |detail| Error::new(Stage::Browser, Code::BrowserFailed).with_detail(detail);
    let opening = tokio::task::spawn_blocking(move || browser.open(&page));
    match tokio::time::timeout(OPEN_LIMIT, opening).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(failed("opening the browser failed")),
        Err(_) => Err(failed("opening the browser took too long")),
    }
}
