//! One effect at work: what it asks of a port or the provider, and the event it brings back.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use super::kept::{self, Taken};
use super::{Engine, World, open};
use crate::actor::Message;
use crate::attempt::Attempt;
use crate::callback::ValidatedCallback;
use crate::error::{Code, Error, Result, Stage};
use crate::exchange;
use crate::log;
use crate::loopback::Loopback;
use crate::ports::{Page, Purpose};
use crate::record::{self};
use crate::state::{AttemptId, Event};
use crate::view::How;

/// How long a write is waited for. A late answer still counts.
pub(super) const WRITE_LIMIT: Duration = Duration::from_secs(10);
/// How long the deletion before an exchange may take.
const CONSUME_LIMIT: Duration = Duration::from_secs(10);
/// How long the browser waits for the attempt to be kept.
const KEEP_LIMIT: Duration = Duration::from_secs(3);

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
        self.send(Message::Answer(event)).await;
    }

    pub(super) async fn prepare(&self, id: AttemptId, how: How) {
        match self.prepared(id, how).await {
            Ok(attempt) => {
                self.answer(Event::Prepared {
                    id,
                    attempt: Box::new(attempt),
                })
                .await
            }
            Err(error) => self.answer(Event::Failed { id, error }).await,
        }
    }

    async fn prepared(&self, id: AttemptId, how: How) -> Result<Attempt> {
        let redirect_uri = match how {
            How::DeepLink | How::Device => self.world.redirects.deep_link.clone().unwrap_or_default(),
            How::Loopback => {
                let listener = Loopback::bind_for(&self.world.product).await?;
                let redirect_uri = listener.redirect_uri().to_owned();
                self.send(Message::Listening(id, listener)).await;
                redirect_uri
            }
        };
        let metadata = self.engine.provider.metadata_now().await?;
        let config = &self.engine.provider_config;
        Attempt::begin(
            config,
            &self.engine.session_config,
            &metadata,
            how,
            redirect_uri,
            self.world.clock.now(),
        )
    }

    pub(super) async fn present(&self, id: AttemptId, attempt: &Attempt, this_run: bool) {
        let kept = attempt.how() == How::DeepLink && !this_run && self.keep_attempt(attempt).await;
        self.answer(Event::Presented { id, kept }).await;
        let page = Page {
            purpose: Purpose::SignIn,
            url: attempt.authorization_url().clone(),
            redirect_uri: Some(attempt.redirect_uri().to_owned()),
        };
        if let Err(error) = open(Arc::clone(&self.world.browser), page).await {
            self.answer(Event::OpenFailed { id, error }).await;
        }
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
