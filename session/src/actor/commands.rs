//! What the actor does for each command and each callback.

use std::time::Duration;

use tokio::sync::oneshot;

use super::{Actor, Command, Reply, not_signed_in};
use crate::callback::{self, Parsed};
use crate::claim::Claim;
use crate::config::RedirectMode;
use crate::error::{Code, Error, Result, Stage};
use crate::logout;
use crate::loopback::{Arrival, Verdict};
use crate::ports::{Page, Purpose};
use crate::secret::{AccessToken, SecretUrl};
use crate::state::{AttemptId, Event, Progress, SignOutStep, State};
use crate::view::{How, Receipt, Step};

impl Actor {
    pub(super) fn obey(&mut self, command: Command) {
        match command {
            Command::Begin { how, accepted } => {
                let _ = accepted.send(self.begin(how));
            }
            Command::Callback { url, reply } => {
                let (answer, verdict) = self.callback(&url);
                if answer.is_err()
                    && verdict == Verdict::NotWaiting
                    && !self.world.redirects.is_post_logout(&url)
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
            Command::Claims { reply } => {
                let live = self.state.live().ok_or_else(|| self.nobody());
                let _ = reply.send(live.map(|live| Claim::all(&live.identity)));
            }
            Command::Look => self.apply(Event::Look),
        }
    }

    fn begin(&mut self, how: Option<How>) -> Result<oneshot::Receiver<Result<()>>> {
        let engine = match (&self.state, &self.engine) {
            // Commands wait until the store has answered, so Restoring is not met here.
            (State::SigningIn(..) | State::Restoring, _) => {
                return Err(Error::new(Stage::Browser, Code::Busy));
            }
            (State::Blocked(blocked), _) => return Err(blocked.problem.clone().into()),
            (State::Unconfigured, _) | (_, None) => {
                return Err(Error::new(Stage::Configuration, Code::ConfigurationMissing));
            }
            (_, Some(engine)) => engine,
        };
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
