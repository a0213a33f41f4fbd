//! The transitions of a live session: launched, looked at, confirmed, written.

use super::live::Trust;
use super::transition::Next;
use super::{Clearing, Effect, Live, Moment, Out, Over, State, later};
use crate::account::Last;
use crate::error::{Error, Problem};
use crate::exchange::Probe;
use crate::schedule;
use crate::view::{Kept, Why};

impl Live {
    /// A launch with this session: straight in, then asked about. When the launch before did not live to see the answer to a
    /// renewal, the renewal is repeated at once: the provider may still be inside its grace period.
    pub(super) fn launched(mut self, at: Moment) -> Next {
        if let Some((why, effects)) = self.over(at) {
            return (State::SignedOut(self.out(why)), effects);
        }
        let effects = if self.lost_answer.is_some() {
            self.renew(true)
        } else {
            self.ask(at)
        };
        (State::SignedIn(Box::new(self)), effects)
    }

    /// Whether the session is over by the clock, and what that takes.
    pub(super) fn over(&self, at: Moment) -> Option<(Why, Vec<Effect>)> {
        if self.ceiling(&at.rules).is_some_and(|end| end <= at.now) {
            let mut effects = self.clear(Why::Ceiling);
            effects.push(Effect::Revoke {
                tokens: self.tokens.clone(),
                kept: self.kept != Kept::ThisRun,
            });
            return Some((Why::Ceiling, effects));
        }
        (self.is_expired(at.now) && self.tokens.refresh_token.is_none())
            .then(|| (Why::Expired, self.clear(Why::Expired)))
    }

    /// Removes the record of a session that is over. The credential store's record is not that of a session for this run.
    pub(super) fn clear(&self, why: Why) -> Vec<Effect> {
        if self.is_ours_to_clear() {
            vec![Effect::Clear {
                over: self.over_because(why),
                quiet: true,
            }]
        } else {
            vec![Effect::ForgetPicture]
        }
    }

    pub(super) fn over_because(&self, why: Why) -> Over {
        Over {
            expected: self.stored,
            why,
            left: (why == Why::ByUser).then_some(self.since),
        }
    }

    /// Whether the credential store's record is this session's.
    pub(super) fn is_ours_to_clear(&self) -> bool {
        self.kept != Kept::ThisRun && self.stored.is_some()
    }

    /// What is left when the session is over.
    pub(super) fn out(&self, why: Why) -> Out {
        Out {
            clearing: self.is_ours_to_clear().then(|| Clearing {
                over: self.over_because(why),
                again: None,
            }),
            // Who wanted to leave, here or elsewhere, leaves nothing.
            last: if matches!(why, Why::ByUser | Why::Elsewhere) {
                Last::default()
            } else {
                self.last()
            },
            ..Out::because(why).seen(self.stored.unwrap_or_default())
        }
    }

    /// The clock was looked at.
    pub(super) fn tick(&mut self, at: Moment) -> Vec<Effect> {
        let due = match &self.trust {
            Trust::Fresh => self.is_due(at),
            Trust::Refreshing { .. } => false,
            Trust::Stale(doubt) => doubt.is_due(at.now) || doubt.of_probe && self.is_due(at),
        };
        let mut effects = if due { self.ask(at) } else { Vec::new() };
        if self
            .save_again
            .is_some_and(|due| schedule::is_due(due, at.now, schedule::SAVE_AGAIN))
        {
            effects.extend(self.try_store_again(true));
        }
        effects
    }

    /// Writes an unsaved session again; looks whether one for this run can be kept now.
    pub(super) fn try_store_again(&mut self, quiet: bool) -> Option<Effect> {
        self.save_again.take()?;
        Some(if self.kept == Kept::ThisRun {
            Effect::Look
        } else {
            self.save_over(self.stored, quiet)
        })
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
                self.save(true).into_iter().collect()
            }
            Ok(Probe::Rejected) => {
                self.trusted_again();
                self.renew(false)
            }
            // The provider is there, but its userinfo is of no use: the ID token's claims serve.
            Ok(Probe::Unusable) => {
                self.trusted_again();
                Vec::new()
            }
            Err(error) => {
                if !matches!(self.trust, Trust::Refreshing { .. }) {
                    self.doubt(&error, true, at);
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

    /// The record is in the credential store now, as this generation.
    pub(super) fn saved(&mut self, stored: u64) {
        self.kept = Kept::Stored;
        self.stored = Some(stored);
        self.save_again = None;
        self.promoting = false;
    }

    /// The record is not in the credential store. A session for this run only goes on as it was.
    pub(super) fn unsaved(&mut self, problem: Problem, at: Moment) {
        self.save_again = Some(later(at.now, schedule::SAVE_AGAIN));
        self.promoting = false;
        let since = match &self.kept {
            Kept::ThisRun => return,
            Kept::Unsaved { since, .. } => *since,
            Kept::Stored => at.now,
        };
        self.kept = Kept::Unsaved { since, problem };
    }
}
