//! What the actor does for each command and each callback.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use super::{Actor, Command, Reply, not_signed_in};
use crate::callback::{self, Parsed};
use crate::claim::Claim;
use crate::config::{self, Config, ProviderConfig, RedirectMode};
use crate::effects::{Engine, Opened, no_handler};
use crate::error::{Code, Error, Result, Stage};
use crate::handle::SignIn;
use crate::logout;
use crate::loopback::{Arrival, Verdict};
use crate::secret::{AccessToken, SecretUrl};
use crate::state::{Asked, AttemptId, Event, Progress, SignOutStep, State};
use crate::view::{Detour, How, Receipt, Step, WhyLoopback};

impl Actor {
    pub(super) fn obey(&mut self, command: Command) {
        match command {
            Command::Begin { options, accepted } => {
                let _ = accepted.send(self.begin(options));
            }
            Command::TryProvider { provider, accepted } => {
                let _ = accepted.send(self.try_provider(*provider));
            }
            Command::Switch { how, reply } => {
                let _ = reply.send(self.switch(how));
            }
            Command::Paste { text, reply } => {
                let _ = reply.send(self.paste(&text));
            }
            Command::TakeAnother { reply } => {
                self.apply(Event::TakeAnother);
                let _ = reply.send(Ok(()));
            }
            Command::Redirects { redirects, reply } => {
                self.world.redirects.store(Arc::new(redirects));
                let _ = reply.send(Ok(()));
            }
            Command::Callback { url, reply } => {
                let (answer, verdict) = self.callback(&url);
                if answer.is_err()
                    && verdict == Verdict::NotWaiting
                    && !self.world.redirects.load().is_post_logout(&url)
                {
                    self.stray();
                }
                let _ = reply.send(answer);
            }
            Command::Cancel { reply } => {
                self.apply(Event::Cancel);
                let _ = reply.send(Ok(()));
            }
            Command::OpenAgain { reply } => self.open_again(reply),
            Command::AuthorizationUrl { reply } => match self.opened() {
                Ok((engine, opened)) => self.running.address(&engine, opened, reply),
                Err(error) => {
                    let _ = reply.send(Err(error));
                }
            },
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
            Command::Claims { reply } => {
                let live = self.state.live().ok_or_else(|| self.nobody());
                let _ = reply.send(live.map(|live| Claim::all(&live.identity)));
            }
            Command::Look => self.apply(Event::Look),
        }
    }

    fn begin(&mut self, options: SignIn) -> Result<oneshot::Receiver<Result<()>>> {
        let engine = match (&self.state, &self.engine) {
            // Commands wait until the store has answered, so Restoring is not met here.
            (State::SigningIn(..) | State::Restoring, _) => {
                return Err(Error::new(Stage::Browser, Code::Busy));
            }
            (State::Blocked(blocked), _) => return Err(blocked.problem.clone().into()),
            (State::Unconfigured(_), _) | (_, None) => {
                return Err(Error::new(Stage::Configuration, Code::ConfigurationMissing));
            }
            (_, Some(engine)) => engine,
        };
        let mode = engine.provider_config.redirect;
        let asked = self.asked(options, mode)?;
        Ok(self.begin_asked(asked))
    }

    fn begin_asked(&mut self, asked: Asked) -> oneshot::Receiver<Result<()>> {
        let id = self.next_attempt();
        let ended = self.waiting.begin(id);
        self.apply(Event::Begin { id, asked });
        ended
    }

    fn next_attempt(&mut self) -> AttemptId {
        self.attempts += 1;
        AttemptId(self.attempts)
    }

    /// The way a sign-in takes, under this configuration and where the program is registered.
    fn asked(&self, options: SignIn, mode: RedirectMode) -> Result<Asked> {
        let registered = self.world.redirects.load().deep_link.is_some();
        let asked = |how, check, detour| Asked {
            how,
            check,
            detour,
            another: options.another_account,
        };
        Ok(match (options.how, mode) {
            (Some(How::DeepLink), _) | (None, RedirectMode::DeepLink) if !registered => {
                return Err(no_handler());
            }
            (Some(how), _) => asked(how, false, None),
            (None, RedirectMode::DeepLink) => asked(How::DeepLink, false, None),
            (None, RedirectMode::Loopback) => asked(How::Loopback, false, None),
            (None, RedirectMode::Auto) if registered => asked(How::DeepLink, true, None),
            (None, RedirectMode::Auto) => {
                let detour = Detour {
                    why: WhyLoopback::NotRegistered,
                    finding: None,
                };
                asked(How::Loopback, false, Some(detour))
            }
        })
    }

    /// A sign-in at a provider that is not configured, and will be when it succeeds.
    fn try_provider(&mut self, provider: ProviderConfig) -> Result<oneshot::Receiver<Result<()>>> {
        match &self.state {
            State::Unconfigured(_) => {}
            State::SigningIn(..) | State::Restoring => return Err(Error::new(Stage::Browser, Code::Busy)),
            State::Blocked(_) | State::SignedOut(_) | State::SignedIn(_) => {
                return Err(Error::new(Stage::Configuration, Code::ConfigurationInvalid)
                    .with_detail("a provider is configured already"));
            }
        }
        if self.world.user_config.is_none() {
            return Err(config::no_file());
        }
        let known = (self.world.configure)()?;
        if known.provider.is_some() {
            return Err(Error::new(Stage::Configuration, Code::ConfigurationInvalid)
                .with_detail("a provider has been configured meanwhile: start the app again"));
        }
        let asked = self.asked(SignIn::default(), provider.redirect)?;
        let config = Config {
            provider: Some(provider),
            ..known
        };
        self.adopt(config)?;
        Ok(self.begin_asked(asked))
    }

    /// The attempt goes on another way.
    fn switch(&mut self, how: How) -> Result<()> {
        let Some(ongoing) = self
            .state
            .ongoing()
            .filter(|ongoing| ongoing.is_before_exchange())
        else {
            return Err(Error::new(Stage::Browser, Code::NoAttempt));
        };
        if how == How::DeepLink && self.world.redirects.load().deep_link.is_none() {
            return Err(no_handler());
        }
        if how == How::Device && ongoing.device_offered == Some(false) {
            return Err(Error::new(Stage::Discovery, Code::DeviceNotOffered));
        }
        let id = self.next_attempt();
        self.apply(Event::Switch { id, how });
        Ok(())
    }

    /// What a person copied from the browser. What is wrong with it is told to them; nothing else comes of it.
    fn paste(&mut self, text: &SecretUrl) -> Result<()> {
        let Some(ongoing) = self.state.ongoing() else {
            return Err(Error::new(Stage::Callback, Code::NoAttempt));
        };
        let Progress::Waiting { attempt, .. } = &ongoing.progress else {
            return Err(Error::new(Stage::Callback, Code::NoAttempt));
        };
        let url = callback::pasted(text, attempt)?;
        self.callback(&url).0
    }

    /// A callback, however it came: the answer for who brought it, and whether a page may say that it went well.
    fn callback(&mut self, url: &SecretUrl) -> (Result<()>, Verdict) {
        if self.world.redirects.load().is_post_logout(url) {
            return (self.returned(url), Verdict::NotWaiting);
        }
        let Some(ongoing) = self.state.ongoing() else {
            return (
                Err(Error::new(Stage::Callback, Code::NoAttempt)),
                Verdict::NotWaiting,
            );
        };
        let Progress::Waiting { attempt, .. } = &ongoing.progress else {
            return (
                Err(Error::new(Stage::Callback, Code::NoAttempt)),
                Verdict::NotWaiting,
            );
        };
        let id = ongoing.id;
        if ongoing.deadline <= self.world.clock.now() {
            self.apply(Event::Tick);
            return (
                Err(Error::new(Stage::Callback, Code::NoAttempt)),
                Verdict::NotWaiting,
            );
        }
        match callback::parse(url.secret(), attempt) {
            Parsed::Valid(callback) => {
                self.apply(Event::Called { id, callback });
                (Ok(()), Verdict::Finished)
            }
            Parsed::NotOurs(error) => (Err(error), Verdict::NotWaiting),
            Parsed::Refused(error) => {
                self.apply(Event::Failed {
                    id,
                    error: error.clone(),
                });
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
        self.apply(Event::SignOutStep(SignOutStep::ProviderSession(Step::Done)));
        Ok(())
    }

    /// A callback on the loopback listener. Its page waits for the end of the attempt before it says that all is well.
    pub(super) fn arrived(&mut self, id: AttemptId, arrival: Arrival) {
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

    /// What the attempt has the browser open.
    fn opened(&self) -> Result<(Arc<Engine>, Opened)> {
        let none = || Error::new(Stage::Browser, Code::NoAttempt);
        let engine = self.engine.clone().ok_or_else(none)?;
        match self.state.ongoing().map(|ongoing| &ongoing.progress) {
            Some(Progress::Waiting { attempt, .. }) => Ok((engine, Opened::Request(attempt.clone()))),
            Some(Progress::OnDevice { device, .. }) => {
                let complete = device.verification_uri_complete.as_ref();
                let address = SecretUrl::new(complete.unwrap_or(&device.verification_uri));
                Ok((engine, Opened::Device(address)))
            }
            Some(_) | None => Err(none()),
        }
    }

    fn open_again(&mut self, reply: Reply<()>) {
        match self.opened() {
            Ok((engine, opened)) => self.running.open(&engine, opened, reply),
            Err(error) => {
                let _ = reply.send(Err(error));
            }
        }
    }

    fn retry(&mut self) {
        match &self.state {
            State::Unconfigured(_) => self.configure(),
            State::Blocked(blocked) if blocked.problem.stage == Stage::Configuration => self.configure(),
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
                let _ = reply.send(Err(self.nobody()));
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
            let _ = reply.send(Err(self.nobody()));
            return;
        };
        let usable = self.world.shared.usable_token(now, min_ttl);
        match (usable, live.tokens.refresh_token.is_some()) {
            (Some(token), _) => {
                let _ = reply.send(Ok(token));
            }
            // The schedule binds callers, too: who polls does not overrule a back-off or a `Retry-After`.
            (None, true) => match live.held_up(now) {
                Some(problem) => {
                    let _ = reply.send(Err(problem.clone().into()));
                }
                None => {
                    self.waiting.token(reply);
                    self.apply(Event::RenewNow);
                }
            },
            (None, false) => {
                let _ = reply.send(Err(Error::new(Stage::Refresh, Code::NoRefreshToken)));
            }
        }
    }

    /// Why there is no token: nobody is signed in, or it is not known who is.
    fn nobody(&self) -> Error {
        if let State::Blocked(blocked) = &self.state {
            blocked.problem.clone().into()
        } else {
            not_signed_in()
        }
    }

    fn sign_out(&mut self, reply: Reply<Receipt>) {
        if let State::Blocked(blocked) = &self.state {
            let _ = reply.send(Err(blocked.problem.clone().into()));
            return;
        }
        if self.state.is_somebody() {
            self.waiting.sign_out(reply);
            self.apply(Event::SignOut);
        } else {
            self.apply(Event::SignOut);
            let _ = reply.send(Ok(Receipt::all(Step::Skipped)));
        }
    }
}
