//! The one task that owns the session: the only orchestrator.
//!
//! It takes commands from [handles](crate::handle) and answers from [effects](crate::effects), feeds both to the pure
//! [state](crate::state), publishes the view when it changed, and then runs the effects. Whoever waits for an attempt, a
//! renewal or a sign-out is told after the view is out.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::callback::{self, Parsed};
use crate::config::{Config, RedirectMode, SessionConfig};
use crate::effects::{Engine, Running, World};
use crate::error::{Code, Error, Problem, Result, Stage};
use crate::log;
use crate::logout;
use crate::loopback::{Arrival, Loopback, Verdict};
use crate::ports::{Page, Purpose};
use crate::schedule::LONGEST_SLEEP;
use crate::secret::{AccessToken, SecretUrl, StateValue};
use crate::state::{AttemptId, Effect, Event, Moment, Progress, State};
use crate::view::{How, Receipt, Step};
use crate::waiting::Waiting;

/// How many commands are held back until the credential store has answered.
const HELD: usize = 64;
/// How long a close waits for an exchange or a write in flight.
const CLOSE_LIMIT: Duration = Duration::from_secs(4);

/// The answer to one command.
pub(crate) type Reply<T> = oneshot::Sender<Result<T>>;

/// What a handle can ask for.
#[derive(Debug)]
pub(crate) enum Command {
    Begin { how: Option<How>, accepted: Reply<oneshot::Receiver<Result<()>>> },
    Callback { url: SecretUrl, reply: Reply<()> },
    Cancel { reply: Reply<()> },
    OpenAgain { reply: Reply<()> },
    AuthorizationUrl { reply: Reply<SecretUrl> },
    Retry { reply: Reply<()> },
    UseThisRun { reply: Reply<()> },
    Refresh { reply: Reply<()> },
    Token { min_ttl: Duration, reply: Reply<AccessToken> },
    SignOut { reply: Reply<Receipt> },
    Close { reply: oneshot::Sender<()> },
}

/// What reaches the actor.
#[derive(Debug)]
pub(crate) enum Message {
    /// From a handle.
    Ask(Command),
    /// From an effect.
    Answer(Event),
    /// The listener of an attempt is open.
    Listening(AttemptId, Loopback),
    /// A request for the callback path of an attempt's listener.
    Arrived(AttemptId, Arrival),
    /// The provider's sign-out page was opened and will send the browser back with this.
    AwaitReturn(StateValue),
    /// An effect that a close has to wait for has ended.
    Settled,
}

/// The owner of the session.
pub(crate) struct Actor {
    state: State,
    world: Arc<World>,
    inbox: mpsc::Receiver<Message>,
    engine: Option<Arc<Engine>>,
    rules: SessionConfig,
    attempts: u64,
    waiting: Waiting,
    running: Running,
    held: Vec<Command>,
    signed_out_state: Option<StateValue>,
    closing: Option<oneshot::Sender<()>>,
}

impl Actor {
    pub(crate) fn new(world: Arc<World>, inbox: mpsc::Receiver<Message>, outbox: mpsc::WeakSender<Message>) -> Self {
        Self {
            state: State::Restoring,
            running: Running::new(Arc::clone(&world), outbox),
            world,
            inbox,
            engine: None,
            rules: SessionConfig::default(),
            attempts: 0,
            waiting: Waiting::default(),
            held: Vec::new(),
            signed_out_state: None,
            closing: None,
        }
    }

    /// Runs until it is closed or the last handle is gone.
    pub(crate) async fn run(mut self) {
        self.configure();
        let mut close_by = None;
        while !(self.closing.is_some() && self.running.is_idle()) {
            let nap = self.nap();
            tokio::select! {
                biased;
                message = self.inbox.recv() => match message {
                    Some(message) => self.receive(message),
                    None => break,
                },
                () = tokio::time::sleep(nap.unwrap_or(LONGEST_SLEEP)), if nap.is_some() => self.apply(Event::Tick),
                () = sleep_until(close_by), if close_by.is_some() => break,
            }
            if self.closing.is_some() && close_by.is_none() {
                close_by = Some(tokio::time::Instant::now() + CLOSE_LIMIT);
            }
        }
        self.running.stop();
        if let Some(reply) = self.closing.take() {
            let _ = reply.send(());
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

    /// How long nothing has to be looked at: in pieces, so that a laptop's sleep or a clock change is noticed. `None`: no
    /// time is waited for.
    fn nap(&self) -> Option<Duration> {
        let wakes_at = self.state.wakes_at(&self.rules)?;
        let left = Duration::try_from(wakes_at.duration_since(self.world.clock.now())).unwrap_or_default();
        Some(left.clamp(Duration::from_millis(20), LONGEST_SLEEP))
    }

    fn receive(&mut self, message: Message) {
        match message {
            Message::Ask(command) => self.obey(command),
            Message::Answer(event) => {
                let settles = matches!(event, Event::Read(_) | Event::ReadFailed(_));
                self.apply(event);
                if settles {
                    for command in std::mem::take(&mut self.held) {
                        self.obey(command);
                    }
                }
            }
            Message::Listening(id, listener) => {
                if self.state.ongoing().is_some_and(|ongoing| ongoing.id == id) {
                    self.running.listen(id, listener);
                }
            }
            Message::Arrived(id, arrival) => self.arrived(id, arrival),
            Message::AwaitReturn(state) => self.signed_out_state = Some(state),
            Message::Settled => self.running.settled(),
        }
    }

    /// One step: the event changes the state, the view goes out, the effects run.
    fn apply(&mut self, event: Event) {
        if let Event::SignOutStep(step) = &event {
            self.waiting.sign_out_step(*step);
        }
        let at = Moment { now: self.world.clock.now(), jitter: jitter(), rules: self.rules };
        let state = std::mem::replace(&mut self.state, State::Restoring);
        let (state, effects) = state.transition(event, at);
        self.state = state;
        self.world.shared.update(&self.state);
        self.publish();
        for effect in effects {
            self.run_effect(effect);
        }
        if self.state.live().is_none() {
            self.waiting.end_renewals(&Err(not_signed_in()));
        }
    }

    fn publish(&mut self) {
        let view = self.state.view(&self.rules);
        if self.world.shared.replace_view(&view) {
            log::view(&view);
            self.world.publisher.publish(&view);
        }
    }

    fn run_effect(&mut self, effect: Effect) {
        match effect {
            Effect::EndAttempt { id, result, forget } => {
                self.running.stop_listening(id);
                if forget && let Some(engine) = &self.engine {
                    self.running.forget_attempt(engine);
                }
                log::attempt_ended(&result);
                self.waiting.end_attempt(id, result);
            }
            Effect::RenewalEnded(result) => {
                log::renewal_ended(&result);
                let token = self.world.shared.token.load_full().map(|cached| cached.token());
                self.waiting.end_renewals(&result.and_then(|()| token.ok_or_else(not_signed_in)));
            }
            effect => {
                if let Some(engine) = &self.engine {
                    self.running.run(engine, effect);
                }
            }
        }
    }

    fn obey(&mut self, command: Command) {
        let early = matches!(self.state, State::Restoring) && !matches!(command, Command::Close { .. });
        if early && self.held.len() < HELD {
            self.held.push(command);
            return;
        }
        match command {
            Command::Begin { how, accepted } => {
                let _ = accepted.send(self.begin(how));
            }
            Command::Callback { url, reply } => {
                let (answer, _) = self.callback(&url);
                let _ = reply.send(answer);
            }
            Command::Cancel { reply } => {
                self.apply(Event::Cancel);
                let _ = reply.send(Ok(()));
            }
            Command::OpenAgain { reply } => self.open_again(reply),
            Command::AuthorizationUrl { reply } => {
                let _ = reply.send(self.authorization_page().map(|page| page.url));
            }
            Command::Retry { reply } => {
                self.retry();
                let _ = reply.send(Ok(()));
            }
            Command::UseThisRun { reply } => {
                self.apply(Event::UseThisRun);
                let _ = reply.send(Ok(()));
            }
            Command::Refresh { reply } => self.refresh(reply),
            Command::Token { min_ttl, reply } => self.token(min_ttl, reply),
            Command::SignOut { reply } => self.sign_out(reply),
            Command::Close { reply } => {
                self.waiting.end_every_attempt(&Error::new(Stage::Browser, Code::Closing));
                self.closing = Some(reply);
            }
        }
    }

    fn begin(&mut self, how: Option<How>) -> Result<oneshot::Receiver<Result<()>>> {
        let engine = match (&self.state, &self.engine) {
            (State::SigningIn(..), _) => return Err(Error::new(Stage::Browser, Code::Busy)),
            (State::Blocked(problem), _) => return Err(problem.clone().into()),
            (State::Unconfigured, _) | (_, None) => {
                return Err(Error::new(Stage::Configuration, Code::ConfigurationMissing));
            }
            (_, Some(engine)) => engine,
        };
        if self.closing.is_some() {
            return Err(Error::new(Stage::Browser, Code::Closing));
        }
        let registered = self.world.redirects.deep_link.is_some();
        let how = how.unwrap_or(match engine.provider_config.redirect {
            RedirectMode::DeepLink => How::DeepLink,
            RedirectMode::Auto if registered => How::DeepLink,
            RedirectMode::Auto | RedirectMode::Loopback => How::Loopback,
        });
        if how == How::DeepLink && !registered {
            return Err(Error::new(Stage::Configuration, Code::ConfigurationInvalid)
                .with_detail("redirect is deep-link, but this program is not the handler of its scheme"));
        }
        if how == How::Device {
            return Err(Error::new(Stage::Configuration, Code::ConfigurationInvalid)
                .with_detail("signing in on another device is not offered"));
        }
        self.attempts += 1;
        let id = AttemptId(self.attempts);
        let ended = self.waiting.begin(id);
        self.apply(Event::Begin { id, how });
        Ok(ended)
    }

    /// A callback, however it came: the answer for who brought it, and whether a page may say that it went well.
    fn callback(&mut self, url: &SecretUrl) -> (Result<()>, Verdict) {
        if self.world.redirects.is_post_logout(url) {
            return (self.returned(url), Verdict::NotWaiting);
        }
        let Some(ongoing) = self.state.ongoing() else {
            return (Err(Error::new(Stage::Callback, Code::NoAttempt)), Verdict::NotWaiting);
        };
        let Progress::Waiting { attempt, .. } = &ongoing.progress else {
            return (Err(Error::new(Stage::Callback, Code::NoAttempt)), Verdict::NotWaiting);
        };
        let id = ongoing.id;
        if ongoing.deadline <= self.world.clock.now() {
            self.apply(Event::Tick);
            return (Err(Error::new(Stage::Callback, Code::NoAttempt)), Verdict::NotWaiting);
        }
        match callback::parse(url.secret(), attempt) {
            Parsed::Valid(callback) => {
                self.apply(Event::Called { id, callback });
                (Ok(()), Verdict::Finished)
            }
            Parsed::NotOurs(error) => (Err(error), Verdict::NotWaiting),
            Parsed::Refused(error) => {
                self.apply(Event::Failed { id, error: error.clone() });
                (Err(error), Verdict::Failed)
            }
            Parsed::Declined(error) => {
                self.apply(Event::Failed { id, error });
                (Ok(()), Verdict::Declined)
            }
        }
    }

    /// The browser came back from the provider's sign-out page.
    fn returned(&mut self, url: &SecretUrl) -> Result<()> {
        let Some(expected) = &self.signed_out_state else {
            return Err(Error::new(Stage::Logout, Code::NoAttempt));
        };
        logout::parse_return(url.secret(), expected)?;
        self.signed_out_state = None;
        Ok(())
    }

    /// A callback on the loopback listener. Its page waits for the end of the attempt before it says that all is well.
    fn arrived(&mut self, id: AttemptId, arrival: Arrival) {
        if self.state.ongoing().is_none_or(|ongoing| ongoing.id != id) {
            arrival.answer(Verdict::NotWaiting);
            return;
        }
        let url = arrival.url().clone();
        match self.callback(&url) {
            (_, Verdict::Finished) => self.waiting.hold_page(id, arrival),
            (_, verdict) => arrival.answer(verdict),
        }
    }

    fn authorization_page(&self) -> Result<Page> {
        match self.state.ongoing().map(|ongoing| &ongoing.progress) {
            Some(Progress::Waiting { attempt, .. }) => Ok(Page {
                purpose: Purpose::SignIn,
                url: attempt.authorization_url.clone(),
                redirect_uri: Some(attempt.redirect_uri.clone()),
            }),
            Some(_) | None => Err(Error::new(Stage::Browser, Code::NoAttempt)),
        }
    }

    fn open_again(&self, reply: Reply<()>) {
        match self.authorization_page() {
            Ok(page) => self.running.open(page, reply),
            Err(error) => {
                let _ = reply.send(Err(error));
            }
        }
    }

    fn retry(&mut self) {
        match &self.state {
            State::Unconfigured => self.configure(),
            State::Blocked(Problem { stage: Stage::Configuration, .. }) => self.configure(),
            State::Blocked(_)
            | State::Restoring
            | State::SignedOut(_)
            | State::SigningIn(..)
            | State::SignedIn(_) => self.apply(Event::Retry),
        }
    }

    fn refresh(&mut self, reply: Reply<()>) {
        let renewable = self.state.live().map(|live| live.tokens.refresh_token.is_some());
        match renewable {
            None => {
                let _ = reply.send(Err(not_signed_in()));
            }
            Some(false) => {
                let _ = reply.send(Err(Error::new(Stage::Refresh, Code::NoRefreshToken)));
            }
            Some(true) => {
                self.waiting.refresh(reply);
                self.apply(Event::RenewNow);
            }
        }
    }

    fn token(&mut self, min_ttl: Duration, reply: Reply<AccessToken>) {
        let now = self.world.clock.now();
        let Some(live) = self.state.live() else {
            let _ = reply.send(Err(not_signed_in()));
            return;
        };
        let usable = self.world.shared.usable_token(now, min_ttl, self.rules.clock_leeway);
        match (usable, live.tokens.refresh_token.is_some()) {
            (Some(token), _) => {
                let _ = reply.send(Ok(token));
            }
            (None, true) => {
                self.waiting.token(reply);
                self.apply(Event::RenewNow);
            }
            (None, false) => {
                let _ = reply.send(Err(Error::new(Stage::Refresh, Code::NoRefreshToken)));
            }
        }
    }

    fn sign_out(&mut self, reply: Reply<Receipt>) {
        match &self.state {
            State::SigningIn(..) | State::SignedIn(_) => {
                let told = if self.state.live().is_some() { Step::Pending } else { Step::Skipped };
                self.waiting.sign_out(reply, told);
                self.apply(Event::SignOut);
            }
            State::Blocked(problem) => {
                let _ = reply.send(Err(problem.clone().into()));
            }
            State::Unconfigured | State::Restoring | State::SignedOut(_) => {
                let nothing = Step::Skipped;
                let receipt = Receipt { device: nothing, tokens: nothing, provider_session: nothing };
                let _ = reply.send(Ok(receipt));
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
