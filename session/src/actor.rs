//! The one task that owns the session: the only orchestrator.
//!
//! It takes commands from [handles](crate::handle) and answers from [effects](crate::effects), feeds both to the pure
//! [state](crate::state), publishes the view when it changed, and then runs the effects. Whoever waits for an attempt, a
//! renewal or a sign-out is told after the view is out.

mod commands;
mod messages;
mod owing;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};

use crate::config::{Config, SessionConfig};
use crate::effects::{Engine, Running, World};
use crate::error::{Code, Error, Result, Stage};
use crate::failpoint::Failpoint;
use crate::log;
use crate::outbox::Owing;
use crate::schedule::LONGEST_SLEEP;
use crate::secret::StateValue;
use crate::state::{AttemptId, Effect, Event, Moment, Progress, State, later};
use crate::waiting::Waiting;
use crate::watch::Listener;

pub(crate) use messages::{Command, Message, Reply};

/// How many answers of effects may wait.
const ANSWERS: usize = 256;
/// What is due and cannot be settled is not looked at more often than this.
const SHORTEST_SLEEP: Duration = Duration::from_millis(20);
/// How long it is said that a stray link arrived.
const STRAY: Duration = Duration::from_secs(20);
/// How long a close waits for an exchange or a write in flight.
const CLOSE_LIMIT: Duration = Duration::from_secs(4);

/// The owner of the session.
pub(crate) struct Actor {
    state: State,
    world: Arc<World>,
    /// Not looked at until the credential store has answered, so their order stays.
    commands: mpsc::UnboundedReceiver<Command>,
    closers: mpsc::UnboundedReceiver<oneshot::Sender<()>>,
    answers: mpsc::Receiver<Message>,
    engine: Option<Arc<Engine>>,
    rules: SessionConfig,
    attempts: u64,
    waiting: Waiting,
    running: Running,
    signed_out_state: Option<StateValue>,
    /// Who is owed revocations: not only the provider that is configured, but each that was tried in this run, too.
    owing: Vec<(Arc<Engine>, Owing)>,
    /// Where everybody's answers come in, for who starts later.
    outbox: mpsc::Sender<Message>,
    listener: Option<Listener>,
    closing: Vec<oneshot::Sender<()>>,
    /// A link arrived that belongs to no sign-in that waits; until when that is said.
    stray_until: Option<Timestamp>,
}

impl Actor {
    pub(crate) fn new(
        world: Arc<World>,
        commands: mpsc::UnboundedReceiver<Command>,
        closers: mpsc::UnboundedReceiver<oneshot::Sender<()>>,
    ) -> Self {
        let (outbox, answers) = mpsc::channel(ANSWERS);
        Self {
            state: State::Restoring,
            running: Running::new(Arc::clone(&world), outbox.clone()),
            world,
            commands,
            closers,
            answers,
            engine: None,
            rules: SessionConfig::default(),
            attempts: 0,
            waiting: Waiting::default(),
            signed_out_state: None,
            owing: Vec::new(),
            outbox,
            listener: None,
            closing: Vec::new(),
            stray_until: None,
        }
    }

    /// Runs until it is closed or the last handle is gone.
    pub(crate) async fn run(mut self) {
        self.configure();
        self.watch();
        let mut close_by = None;
        // The last handle is gone: what is under way comes to its end, and then this does.
        let mut alone = false;
        while self.closing.is_empty() && !alone || !self.running.is_idle() {
            let nap = self.nap();
            if nap == Some(Duration::ZERO) {
                self.tick();
            }
            let restoring = matches!(self.state, State::Restoring);
            tokio::select! {
                biased;
                Some(message) = self.answers.recv() => self.receive(message),
                Some(closer) = self.closers.recv() => self.closing.push(closer),
                () = sleep_until(close_by), if close_by.is_some() => break,
                command = self.commands.recv(), if !restoring && !alone && self.closing.is_empty() => match command {
                    Some(command) => self.obey(command),
                    None => alone = true,
                },
                () = tokio::time::sleep(nap.unwrap_or(LONGEST_SLEEP).max(SHORTEST_SLEEP)), if nap.is_some() => {
                    self.tick();
                }
            }
            if alone || !self.closing.is_empty() {
                // Nothing that a close waits for waits for a window, and what has not begun does not begin.
                self.world.shared.quiet.close();
                // Also what was on its way when the close began.
                self.leave_nothing_undecided();
                close_by = close_by.or_else(|| Some(tokio::time::Instant::now() + CLOSE_LIMIT));
            }
        }
        self.running.stop();
        self.waiting.end_everything();
        self.world.shared.timeline.settle().await;
        for closer in self.closing.drain(..) {
            let _ = closer.send(());
        }
    }

    /// Reads the configuration and asks the credential store.
    fn configure(&mut self) {
        let event = match (self.world.configure)().and_then(|config| self.adopt(config)) {
            Ok(configured) => Event::Configured(configured),
            Err(error) => {
                log::configuration(error.problem());
                Event::Misconfigured(error.into())
            }
        };
        self.apply(event);
    }

    fn adopt(&mut self, config: Config) -> Result<bool> {
        self.rules = config.session;
        let engine = Engine::new(config, &self.world)?.map(Arc::new);
        self.engine.clone_from(&engine);
        self.world.shared.engine.store(engine.clone());
        Ok(engine.is_some())
    }

    /// Begins to watch what other processes do to the stored session, off the launch path.
    fn watch(&self) {
        if self.world.data_dir.is_none() {
            return;
        }
        let (bell, outbox) = (self.world.bell.clone(), self.outbox.clone());
        tokio::task::spawn_blocking(move || {
            let heard = outbox.clone();
            match Listener::start(bell, move || heard.blocking_send(Message::Changed).is_ok()) {
                Ok(listener) => drop(outbox.blocking_send(Message::Watching(listener))),
                Err(error) => tracing::warn!(%error, "changes by other processes cannot be watched"),
            }
        });
    }

    /// A grant that waits for the person's decision would be lost with the process: it is given back.
    fn leave_nothing_undecided(&mut self) {
        let choosing = self
            .state
            .ongoing()
            .is_some_and(|ongoing| matches!(ongoing.progress, Progress::Choosing(_)));
        if choosing {
            self.apply(Event::Cancel);
        }
    }

    /// The clock is looked at.
    fn tick(&mut self) {
        let now = self.world.clock.now();
        // A clock that went back does not keep it there.
        self.stray_until = self
            .stray_until
            .filter(|until| now < *until && *until <= later(now, STRAY));
        self.send_what_is_due(now);
        self.apply(Event::Tick);
    }

    /// How long nothing has to be looked at: in pieces, so that a laptop's sleep or a clock change is noticed. `None`: no
    /// time is waited for.
    fn nap(&self) -> Option<Duration> {
        let wakes_at = self
            .state
            .wakes_at(&self.rules)
            .into_iter()
            .chain(self.owing.iter().filter_map(|(_, owing)| owing.due()))
            .chain(self.stray_until)
            .min()?;
        let left = Duration::try_from(wakes_at.duration_since(self.world.clock.now())).unwrap_or_default();
        Some(left.min(LONGEST_SLEEP))
    }

    fn receive(&mut self, message: Message) {
        match message {
            Message::Answer(event, engine) => self.answered(event, &engine),
            Message::Listening(id, listener) => {
                if self.state.ongoing().is_some_and(|ongoing| ongoing.id == id) {
                    self.running.listen(id, listener);
                }
            }
            Message::Arrived(id, arrival) => self.arrived(id, arrival),
            Message::AwaitReturn(state) => self.signed_out_state = Some(state),
            Message::Owing(left, engine) => self.owes(left, engine),
            Message::Watching(listener) => {
                self.listener = Some(listener);
                // What changed before anybody watched.
                self.apply(Event::Look);
            }
            Message::Changed => self.apply(Event::Look),
            Message::Settled => self.running.settled(),
        }
    }

    /// One step: the event changes the state, the view goes out, the effects run, and who waited is told.
    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "one kind of event has somebody who waits for it"
    )]
    fn apply(&mut self, event: Event) {
        let sign_out_step = match &event {
            Event::SignOutStep(step) => Some(*step),
            _ => None,
        };
        let renewed = matches!(event, Event::Renewed { .. });
        let at = Moment {
            now: self.world.clock.now(),
            jitter: jitter(),
            rules: self.rules,
        };
        let state = std::mem::replace(&mut self.state, State::Restoring);
        let (state, effects) = state.transition(event, at);
        self.state = state;
        self.world.shared.update(&self.state, &self.rules);
        if !self.state.is_unsaved() {
            self.world.all_is_saved();
        }
        self.publish();
        if renewed {
            self.world.pass(Failpoint::Published);
        }
        for effect in effects {
            self.run_effect(effect);
        }
        if let Some(step) = sign_out_step {
            self.waiting.sign_out_step(step);
        }
        if self.state.live().is_none() {
            self.waiting.end_renewals(&Err(not_signed_in()));
        }
    }

    /// A link arrived that belongs to no sign-in that waits. However many of them come, it is said once.
    fn stray(&mut self) {
        self.stray_until = Some(later(self.world.clock.now(), STRAY));
        self.publish();
    }

    fn publish(&mut self) {
        let mut view = self.state.view(&self.rules);
        if std::mem::discriminant(&view) != std::mem::discriminant(&self.world.shared.view()) {
            self.stray_until = None;
        }
        if self.stray_until.is_some() {
            view = view.after_a_stray();
        }
        if self.world.shared.replace_view(&view) {
            log::view(&view);
            self.world.shared.timeline.follow(self.world.clock.now(), &view);
            self.world.publisher.publish(&view);
        }
    }

    /// Closes what an attempt has open: its listener, and what was kept of it.
    fn close_attempt(&mut self, id: AttemptId, forget: Option<StateValue>) {
        self.running.stop_listening(id);
        if forget.is_some()
            && let Some(engine) = &self.engine
        {
            self.running.forget_attempt(engine, forget);
        }
    }

    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "what does not concern who waits is run"
    )]
    fn run_effect(&mut self, effect: Effect) {
        match effect {
            Effect::LeaveAttempt { id, next, forget } => {
                self.close_attempt(id, forget);
                self.waiting.follow(id, next);
            }
            Effect::EndAttempt { id, result, forget } => {
                self.close_attempt(id, forget);
                if matches!(self.state, State::Unconfigured(_)) {
                    // The provider that was tried is none of ours.
                    self.engine = None;
                    self.world.shared.engine.store(None);
                }
                log::attempt_ended(&result);
                self.waiting.end_attempt(id, result);
            }
            Effect::RenewalPutOff(error) => {
                if self.waiting.is_for_a_renewal() {
                    self.apply(Event::RenewNow);
                } else {
                    log::problem("the renewal is put off", error.problem());
                }
            }
            Effect::RenewalEnded(result) => {
                log::renewal_ended(&result);
                let token = self.world.shared.token.load_full().map(|cached| cached.token());
                self.waiting
                    .end_renewals(&result.and_then(|()| token.ok_or_else(not_signed_in)));
            }
            effect => {
                if let Some(engine) = &self.engine {
                    self.running.run(engine, effect);
                }
            }
        }
    }
}

impl std::fmt::Debug for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Actor").finish_non_exhaustive()
    }
}

async fn sleep_until(at: Option<tokio::time::Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

fn not_signed_in() -> Error {
    Error::new(Stage::Refresh, Code::NotSignedIn)
}

/// A random number of 0.0 up to 1.0. Without randomness: no jitter.
fn jitter() -> f64 {
    getrandom::u32().map_or(1.0, |number| f64::from(number) / (f64::from(u32::MAX) + 1.0))
}
