//! The transitions of a live session: launched, looked at, confirmed, written.

use super::live::Trust;
use super::transition::Next;
use super::{Effect, Live, Moment, Out, State, later};
use crate::error::{Error, Problem};
use crate::exchange::Probe;
use crate::schedule;
use crate::view::{Kept, Why};

impl Live {
    /// A launch with this session: straight in, then asked about.
    pub(super) fn launched(mut self, at: Moment) -> Next {
        if self.ceiling(&at.rules).is_some_and(|end| end <= at.now) {
            let revoke = Effect::Revoke(self.tokens);
            return (
                State::SignedOut(Out::because(Why::Ceiling)),
                vec![Effect::Clear, revoke],
            );
        }
        if self.is_expired(at.now) && self.tokens.refresh_token.is_none() {
            return (State::SignedOut(Out::because(Why::Expired)), vec![Effect::Clear]);
        }
        let effects = self.ask(at);
        (State::SignedIn(Box::new(self)), effects)
    }

    /// The clock was looked at.
    pub(super) fn tick(&mut self, at: Moment) -> Vec<Effect> {
        let due = match &self.trust {
            Trust::Fresh => self.renews_at(&at.rules).is_some_and(|due| due <= at.now),
            Trust::Refreshing { .. } => false,
            Trust::Stale(doubt) => doubt.retry_at.is_some_and(|due| due <= at.now),
        };
        let mut effects = if due { self.ask(at) } else { Vec::new() };
        if self.save_again.is_some_and(|due| due <= at.now) {
            self.save_again = None;
            effects.extend(self.save());
        }
        effects
    }

    /// Userinfo has answered. A rejected access token is renewed; only the token endpoint's answer can end the session.
    pub(super) fn probed(&mut self, answer: Result<Probe, Error>, at: Moment) -> Vec<Effect> {
        match answer {
            Ok(Probe::Confirmed(identity)) => {
                self.trusted_again();
                if identity == self.identity {
                    return Vec::new();
                }
                self.identity = identity;
                self.save().into_iter().collect()
            }
            Ok(Probe::Rejected) => {
                self.trusted_again();
                self.renew()
            }
            // The provider is there, but its userinfo is of no use: the ID token's claims serve.
            Ok(Probe::Unusable) => {
                self.trusted_again();
                Vec::new()
            }
            Err(error) => {
                if !matches!(self.trust, Trust::Refreshing { .. }) {
                    self.doubt(&error, at);
                }
                Vec::new()
            }
        }
    }

    /// The provider has answered a probe.
    pub(super) fn trusted_again(&mut self) {
        if let Trust::Stale(_) = self.trust {
            self.trust = Trust::Fresh;
        }
    }

    /// Whether the record is in the credential store now.
    pub(super) fn noted(&mut self, problem: Option<Problem>, at: Moment) {
        let Some(problem) = problem else {
            self.kept = Kept::Stored;
            self.save_again = None;
            return;
        };
        let since = match &self.kept {
            Kept::Unsaved { since, .. } => *since,
            Kept::Stored | Kept::ThisRun => at.now,
        };
        self.save_again = Some(later(at.now, schedule::SAVE_AGAIN));
        self.kept = Kept::Unsaved { since, problem };
    }
}
