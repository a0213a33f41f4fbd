//! Runs what the state asks for: each effect is a task that talks to a port or the provider and sends its answer back.
//!
//! Nothing is decided here. Tasks whose work must not be lost (an exchange, a renewal, a write) are counted, so that a close
//! can wait for them.

mod job;
mod keeping;
mod kept;
mod leaving;
mod owing;
mod renewed;
mod renewing;
mod verdicts;
mod world;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};

use crate::actor::{Message, Reply};
use crate::error::{Code, Error, Result, Stage};
use crate::exchange;
use crate::log;
use crate::loopback::Loopback;
use crate::ports::{Browser, Page};
use crate::secret::{SecretUrl, StateValue};
use crate::state::{AttemptId, Effect, Event};

use job::Job;
pub(crate) use job::{Opened, no_handler};
use renewing::Due;
pub(crate) use world::{Engine, World};

/// How long handing a page to the operating system may take.
const OPEN_LIMIT: Duration = Duration::from_secs(10);

/// The tasks that run, and how they report.
pub(crate) struct Running {
    world: Arc<World>,
    outbox: mpsc::Sender<Message>,
    tasks: JoinSet<()>,
    /// Tasks whose work must not be lost.
    owed: usize,
    listener: Option<(AttemptId, AbortHandle)>,
    /// The attempt that is being prepared: nothing it does need come to its end.
    preparing: Option<(AttemptId, AbortHandle)>,
}

impl Running {
    pub(crate) fn new(world: Arc<World>, outbox: mpsc::Sender<Message>) -> Self {
        Self {
            world,
            outbox,
            tasks: JoinSet::new(),
            owed: 0,
            listener: None,
            preparing: None,
        }
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
        let job = Job::new(&self.world, engine, &self.outbox);
        match effect {
            Effect::ReadStore => self.spawn(async move { job.read_store().await }),
            Effect::Prepare { id, how, check, wish } => {
                let work = async move { job.prepare(id, how, check, &wish).await };
                self.preparing = Some((id, self.tasks.spawn(work)));
            }
            Effect::Poll { id, device } => self.spawn_owed(async move { job.poll(id, &device).await }),
            Effect::Identify { id, device, tokens } => {
                self.spawn_owed(async move { job.identify(id, &device, *tokens).await });
            }
            Effect::Adopt { id } => self.spawn_owed(async move { job.adopt(id).await }),
            Effect::Present {
                id,
                attempt,
                this_run,
            } => {
                self.spawn(async move { job.present(id, &attempt, this_run).await });
            }
            Effect::Redeem {
                id,
                attempt,
                callback,
                kept,
            } => {
                self.spawn_owed(async move { job.redeem(id, &attempt, callback, kept).await });
            }
            Effect::PurgePending => self.forget_attempt(engine, None),
            Effect::ForgetKept(state) => self.forget_attempt(engine, Some(state)),
            Effect::Save {
                generation,
                record,
                expected,
                quiet,
            } => {
                self.spawn_owed(async move { job.save(generation, &record, expected, quiet).await });
            }
            Effect::Clear { over, quiet } => {
                self.spawn_owed(async move { job.clear(over, quiet).await });
            }
            Effect::ForgetPicture => self.spawn_owed(async move { job.engine.pictures.forget().await }),
            Effect::Leave(leaving) => self.spawn_owed(async move { job.leave(leaving).await }),
            Effect::Look => self.spawn(async move { job.look().await }),
            Effect::Probe {
                generation,
                tokens,
                identity,
            } => self.spawn(async move {
                if !job.world.shared.quiet.over().await {
                    return;
                }
                let answer = exchange::probe(&job.engine.provider, &tokens, &identity).await;
                job.answer(Event::Probed { generation, answer }).await;
            }),
            Effect::Renew {
                generation,
                record,
                base,
                patient,
                wary,
            } => self.spawn_owed(async move {
                job.renew(Due {
                    generation,
                    record: *record,
                    base,
                    patient,
                    wary,
                })
                .await;
            }),
            Effect::Revoke { tokens, kept } => self.spawn_owed(async move {
                job.revoke(&tokens, kept).await;
            }),
            // These concern who waits, and are the actor's.
            Effect::EndAttempt { .. }
            | Effect::LeaveAttempt { .. }
            | Effect::RenewalEnded(_)
            | Effect::RenewalPutOff(_) => {}
        }
    }

    /// Sends what is owed of before, which nobody waits for: after the first frame.
    pub(crate) fn send_owed(&mut self, engine: &Arc<Engine>) {
        let job = Job::new(&self.world, engine, &self.outbox);
        self.spawn(async move {
            if job.world.shared.quiet.over().await {
                job.send_owed().await;
            }
        });
    }

    /// Deletes what was kept of the attempt with this `state`, or of whatever attempt is there. Nobody waits for it, but a close
    /// does.
    pub(crate) fn forget_attempt(&mut self, engine: &Arc<Engine>, state: Option<StateValue>) {
        let key = engine.attempt_key.clone();
        let pending = self.world.write(move |vault| match state {
            Some(state) => kept::take(vault, &key, &state).map(drop),
            None => vault.remove(&key),
        });
        self.spawn_owed(async move {
            if let Err(error) = pending.await {
                log::problem(
                    "the pending attempt could not be deleted",
                    Error::from(error).problem(),
                );
            }
        });
    }

    /// Serves the attempt's listener.
    pub(crate) fn listen(&mut self, id: AttemptId, mut listener: Loopback) {
        let outbox = self.outbox.clone();
        let task = self.tasks.spawn(async move {
            loop {
                let arrival = listener.next().await;
                if outbox.send(Message::Arrived(id, arrival)).await.is_err() {
                    return;
                }
            }
        });
        self.listener = Some((id, task));
    }

    /// Closes the attempt's listener, and ends its preparation.
    pub(crate) fn stop_listening(&mut self, id: AttemptId) {
        if let Some((_, task)) = self.preparing.take_if(|(preparing, _)| *preparing == id) {
            task.abort();
        }
        if let Some((_, task)) = self.listener.take_if(|(listening, _)| *listening == id) {
            task.abort();
        }
    }

    /// Opens an attempt's page once more for somebody who waits.
    pub(crate) fn open(&mut self, engine: &Arc<Engine>, opened: Opened, reply: Reply<()>) {
        let job = Job::new(&self.world, engine, &self.outbox);
        self.spawn(async move {
            let answer = match job.page_still_awaited(&opened).await {
                Ok(page) => open(Arc::clone(&job.world.browser), page).await,
                Err(error) => Err(error),
            };
            let _ = reply.send(answer);
        });
    }

    /// The address of an attempt's page, for somebody who waits.
    pub(crate) fn address(&mut self, engine: &Arc<Engine>, opened: Opened, reply: Reply<SecretUrl>) {
        let job = Job::new(&self.world, engine, &self.outbox);
        self.spawn(async move {
            let _ = reply.send(job.page_still_awaited(&opened).await.map(|page| page.url));
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
            let _ = outbox.send(Message::Settled).await;
        });
    }
}

/// Hands a page to the operating system, on a thread that may block. Only https and, on loopback, http: what a URL of another
/// scheme would start is not a browser. (The endpoints are known to be that; this is the one door they go through.)
async fn open(browser: Arc<dyn Browser>, page: Page) -> Result<()> {
    let failed = |detail| Error::new(Stage::Browser, Code::BrowserFailed).with_detail(detail);
    if !crate::provider::is_web_page(page.url.secret()) {
        return Err(failed("what was to be opened is not a web page"));
    }
    let opening = tokio::task::spawn_blocking(move || browser.open(&page));
    match tokio::time::timeout(OPEN_LIMIT, opening).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(failed("opening the browser failed")),
        Err(_) => Err(failed("opening the browser took too long")),
    }
}
