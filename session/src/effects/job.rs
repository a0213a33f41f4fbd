//! One effect at work: what it asks of a port or the provider, and the event it brings back.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use super::kept::{self, Taken};
use super::{Engine, World, open};
use crate::account::Wish;
use crate::actor::Message;
use crate::attempt::Attempt;
use crate::callback::ValidatedCallback;
use crate::config;
use crate::device::Device;
use crate::error::{Code, Error, Result, Stage};
use crate::exchange;
use crate::log;
use crate::loopback::Loopback;
use crate::par;
use crate::ports::{Page, Purpose};
use crate::record;
use crate::secret::SecretUrl;
use crate::state::{AttemptId, Event};
use crate::text::{MESSAGE_LIMIT, neutral};
use crate::tokens::TokenSet;
use crate::view::{Detour, How, WhyLoopback};

/// How long a write is waited for. A late answer still counts.
pub(super) const WRITE_LIMIT: Duration = Duration::from_secs(10);
/// How long the deletion before an exchange may take.
const CONSUME_LIMIT: Duration = Duration::from_secs(10);
/// How long the browser waits for the attempt to be kept.
const KEEP_LIMIT: Duration = Duration::from_secs(3);

/// How long a link to ourselves is waited for, whatever the port does.
const LINK_LIMIT: Duration = Duration::from_secs(5);

/// What a browser is to open for an attempt.
#[derive(Debug)]
pub(crate) enum Opened {
    /// The authorization request.
    Request(Box<Attempt>),
    /// The address for another device.
    Device(SecretUrl),
}

/// One effect at work.
#[derive(Clone)]
pub(super) struct Job {
    pub(super) world: Arc<World>,
    pub(super) engine: Arc<Engine>,
    outbox: mpsc::Sender<Message>,
}

impl Job {
    pub(super) fn new(world: &Arc<World>, engine: &Arc<Engine>, outbox: &mpsc::Sender<Message>) -> Self {
        Self {
            world: Arc::clone(world),
            engine: Arc::clone(engine),
            outbox: outbox.clone(),
        }
    }

    pub(super) async fn send(&self, message: Message) {
        // The session is gone: nobody is left to hear it.
        let _ = self.outbox.send(message).await;
    }

    pub(super) async fn answer(&self, event: Event) {
        self.send(Message::Answer(event, Arc::clone(&self.engine))).await;
    }

    /// So many revocations are still owed.
    pub(super) async fn owing(&self, left: usize) {
        self.send(Message::Owing(left, Arc::clone(&self.engine))).await;
    }

    pub(super) async fn prepare(&self, id: AttemptId, how: How, check: bool, wish: &Wish) {
        let prepared = match how {
            How::Device => self.on_device(id).await,
            How::DeepLink | How::Loopback => self.prepared(id, how, check, wish).await,
        };
        let event = prepared.unwrap_or_else(|error| Event::Failed { id, error });
        self.answer(event).await;
    }

    async fn prepared(&self, id: AttemptId, how: How, check: bool, wish: &Wish) -> Result<Event> {
        let redirects = self.world.redirects.load_full();
        let redirect_uri = match (how, &redirects.deep_link) {
            (How::DeepLink, Some(deep_link)) => deep_link.clone(),
            (How::DeepLink | How::Device, _) => return Err(no_handler()),
            (How::Loopback, _) => {
                let listener = Loopback::bind_for(&self.world.product).await?;
                let redirect_uri = listener.redirect_uri().to_owned();
                self.send(Message::Listening(id, listener)).await;
                redirect_uri
            }
        };
        // The way back is tried while the provider is asked.
        let (lost, metadata) = tokio::join!(self.link_is_lost(check), self.engine.provider.metadata_now());
        if let Some(finding) = lost {
            log::detour();
            let detour = Detour {
                why: WhyLoopback::LinkLost,
                finding: Some(neutral(&finding, MESSAGE_LIMIT)).filter(|finding| !finding.is_empty()),
            };
            return Ok(Event::Detoured { id, detour });
        }
        let metadata = metadata?;
        let attempt = Attempt::begin(
            &self.engine.provider_config,
            &self.engine.session_config,
            &metadata,
            how,
            redirect_uri,
            wish,
            self.world.clock.now(),
        )?;
        Ok(Event::Prepared {
            id,
            attempt: Box::new(attempt),
            device_offered: metadata.device_authorization_endpoint.is_some(),
        })
    }

    /// What was found when a link to ourselves did not arrive; nothing when it did, or nobody is to find out.
    async fn link_is_lost(&self, check: bool) -> Option<String> {
        let links = self.world.links.clone().filter(|_| check)?;
        let asking = tokio::task::spawn_blocking(move || links.arrive());
        match tokio::time::timeout(LINK_LIMIT, asking).await {
            Ok(Ok(answer)) => answer.err(),
            Ok(Err(_)) | Err(_) => Some(String::new()),
        }
    }

    async fn on_device(&self, id: AttemptId) -> Result<Event> {
        let device = exchange::begin_device(&self.engine.provider, &*self.world.clock).await?;
        Ok(Event::OnDevice {
            id,
            device: Box::new(device),
        })
    }

    pub(super) async fn poll(&self, id: AttemptId, device: &Device) {
        let answer = exchange::poll_device(&self.engine.provider, device, &*self.world.clock).await;
        self.answer(Event::Polled { id, answer }).await;
    }

    pub(super) async fn identify(&self, id: AttemptId, device: &Device, tokens: TokenSet) {
        let grant = exchange::identify(&self.engine.provider, device, tokens, &*self.world.clock).await;
        self.redeemed(id, grant).await;
    }

    /// Writes the provider that was tried into the person's configuration. A file that does not answer in time (it may be far away)
    /// counts as one that cannot be written, although the write may still come to its end: the provider is configured then, and
    /// nobody is signed in.
    pub(super) async fn adopt(&self, id: AttemptId) {
        let provider = Arc::clone(&self.engine.provider_config);
        let world = Arc::clone(&self.world);
        let (sender, written) = tokio::sync::oneshot::channel();
        // A thread of its own: the runtime waits for its blocking tasks when it ends, and this one may never.
        let writing = std::thread::Builder::new()
            .name("session-adopt".to_owned())
            .spawn(move || {
                let _ = sender.send(match &world.user_config {
                    Some(file) => config::write_what_counts(file, &provider, &*world.configure),
                    None => Err(config::no_file()),
                });
            });
        let unwritable =
            |detail| Error::new(Stage::Configuration, Code::ConfigurationUnwritable).with_detail(detail);
        let result = match tokio::time::timeout(WRITE_LIMIT, written).await {
            _ if writing.is_err() => Err(unwritable("there is no thread to write the file")),
            Ok(answer) => answer.unwrap_or_else(|_| Err(unwritable("the write came to no end"))),
            Err(_) => Err(unwritable("the file does not answer")),
        };
        self.answer(Event::Adopted { id, result }).await;
    }

    pub(super) async fn present(&self, id: AttemptId, attempt: &Attempt, this_run: bool) {
        let kept = attempt.how() == How::DeepLink && !this_run && self.keep_attempt(attempt).await;
        let state = attempt.state.clone();
        self.answer(Event::Presented { id, kept, state }).await;
        let opened = match self.page(&Opened::Request(Box::new(attempt.clone()))).await {
            // Pushing the request may have taken a while: a page of an attempt that is over would only mislead.
            Ok(_) if !self.world.shared.awaits(&attempt.state) => return,
            Ok(page) => open(Arc::clone(&self.world.browser), page).await,
            Err(error) => Err(error),
        };
        if let Err(error) = opened {
            self.answer(Event::OpenFailed { id, error }).await;
        }
    }

    /// The page of an attempt that somebody wants once more. Pushing the request may take a while: a page of an attempt that is over
    /// by then would only mislead.
    pub(super) async fn page_still_awaited(&self, opened: &Opened) -> Result<Page> {
        let page = self.page(opened).await?;
        match opened {
            Opened::Request(attempt) if !self.world.shared.awaits(&attempt.state) => {
                Err(Error::new(Stage::Browser, Code::NoAttempt))
            }
            Opened::Request(_) | Opened::Device(_) => Ok(page),
        }
    }

    /// The page of an attempt, as the browser gets it.
    pub(super) async fn page(&self, opened: &Opened) -> Result<Page> {
        let (url, redirect_uri) = match opened {
            Opened::Request(attempt) => (
                par::page(&self.engine.provider, attempt).await?,
                Some(attempt.redirect_uri().to_owned()),
            ),
            Opened::Device(address) => (address.clone(), None),
        };
        Ok(Page {
            purpose: Purpose::SignIn,
            url,
            redirect_uri,
        })
    }

    /// Keeps the attempt for a cold start. Where that fails, the attempt works as long as the app stays open.
    async fn keep_attempt(&self, attempt: &Attempt) -> bool {
        let Ok(bytes) = record::attempt_to_bytes(attempt) else {
            return false;
        };
        let key = self.engine.attempt_key.clone();
        let mut pending = self.world.write(move |vault| vault.write(&key, None, &bytes));
        match pending.within(KEEP_LIMIT).await {
            Ok(_) => true,
            Err(error) => {
                log::problem(
                    "the attempt could not be kept for a cold start",
                    Error::from(error).problem(),
                );
                false
            }
        }
    }

    /// Takes away what was kept of the attempt.
    ///
    /// # Errors
    /// The credential store did not do it, or another process was there before.
    async fn take_attempt(&self, attempt: &Attempt) -> Result<()> {
        let (key, state) = (self.engine.attempt_key.clone(), attempt.state.clone());
        let mut taking = self.world.write(move |vault| kept::take(vault, &key, &state));
        match taking.within(CONSUME_LIMIT).await? {
            Taken::Ours | Taken::Another => Ok(()),
            Taken::Nothing => {
                let detail = "the attempt was finished or given up in another process";
                Err(Error::new(Stage::Callback, Code::NoAttempt).with_detail(detail))
            }
        }
    }

    pub(super) async fn redeem(
        &self,
        id: AttemptId,
        attempt: &Attempt,
        callback: ValidatedCallback,
        kept: bool,
    ) {
        if attempt.how() == How::DeepLink
            && let Err(error) = self.take_attempt(attempt).await
            && kept
        {
            self.answer(Event::Failed { id, error }).await;
            return;
        }
        let grant = exchange::redeem(&self.engine.provider, attempt, callback, &*self.world.clock).await;
        self.redeemed(id, grant).await;
    }

    async fn redeemed(&self, id: AttemptId, grant: Result<exchange::Grant>) {
        self.answer(match grant {
            Ok(grant) => Event::Redeemed {
                id,
                grant: Box::new(grant),
            },
            Err(error) => Event::Failed { id, error },
        })
        .await;
    }
}

/// A deep link was asked for, but nobody would bring it.
pub(crate) fn no_handler() -> Error {
    Error::new(Stage::Configuration, Code::ConfigurationInvalid)
        .with_detail("redirect is deep-link, but this program is not the handler of its scheme")
}
