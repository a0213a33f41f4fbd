//! A live session: tokens, identity, and how sure we are of them.

use std::time::Duration;

use jiff::Timestamp;

use super::{Base, Effect, Generation, Moment, later};
use crate::account::{Consent, Last};
use crate::config::SessionConfig;
use crate::error::{Code, Error, Fault, Problem};
use crate::exchange::Grant;
use crate::profile::Identity;
use crate::record::Record;
use crate::schedule;
use crate::tokens::{TokenSet, Usability};
use crate::view::{Freshness, How, Kept, View};

/// Somebody is signed in.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) generation: Generation,
    pub(crate) tokens: TokenSet,
    pub(crate) identity: Identity,
    pub(crate) since: Timestamp,
    pub(crate) how: How,
    /// Whether the next sign-in should ask for consent.
    pub(crate) consent: Consent,
    pub(crate) trust: Trust,
    pub(crate) kept: Kept,
    /// The credential store's generation that this session is, or comes from.
    pub(crate) stored: Option<u64>,
    /// When the credential store is tried again: an unsaved session is written, one for this run looks whether it can be.
    pub(crate) save_again: Option<Timestamp>,
    /// A session for this run is being written.
    pub(crate) promoting: bool,
    /// When a renewal that was put off is tried again.
    pub(crate) renew_again: Option<Timestamp>,
    /// When a renewal was sent whose answer never came: it may have used up the refresh token.
    pub(crate) lost_answer: Option<Timestamp>,
    /// A random number of 0.0 up to 1.0: how much earlier than it must this set is renewed.
    pub(crate) spread: f64,
}

/// Whether the provider has confirmed the session lately.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Trust {
    Fresh,
    /// A renewal is under way; `before` is what a failure builds on.
    Refreshing {
        before: Option<Doubt>,
    },
    Stale(Doubt),
}

/// A renewal or a probe failed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Doubt {
    pub(crate) since: Timestamp,
    pub(crate) problem: Problem,
    pub(crate) retry_at: Option<Timestamp>,
    pub(crate) failures: u32,
    /// Userinfo failed, not a renewal: renewals go on by their own schedule.
    pub(crate) of_probe: bool,
}

impl Doubt {
    /// Whether the provider itself said that it cannot answer now: there is a way to it, and one request less helps it.
    fn was_answered(&self) -> bool {
        matches!(self.problem.code, Code::ProviderFault | Code::ProviderBusy)
    }

    /// Whether the next try is due.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        self.retry_at
            .is_some_and(|due| schedule::is_due(due, now, schedule::LONGEST_RETRY))
    }
}

impl Live {
    /// A session that has just begun.
    pub(crate) fn begin(
        generation: Generation,
        grant: Grant,
        how: How,
        consent: Consent,
        kept: Kept,
        at: Moment,
    ) -> Self {
        let save_again = (kept == Kept::ThisRun).then(|| later(at.now, schedule::SAVE_AGAIN));
        let record = Record {
            consent: consent.after(grant.tokens.refresh_token.is_some()),
            tokens: grant.tokens,
            identity: grant.identity,
            since: at.now,
            how,
        };
        Self {
            kept,
            save_again,
            ..Self::of(generation, record, at)
        }
    }

    /// A session from the credential store.
    pub(crate) fn restore(
        record: Record,
        stored: u64,
        renewing_since: Option<Timestamp>,
        at: Moment,
    ) -> Self {
        Self {
            stored: Some(stored),
            lost_answer: renewing_since,
            ..Self::of(Generation::of_store(stored), record, at)
        }
    }

    fn of(generation: Generation, record: Record, at: Moment) -> Self {
        Self {
            generation,
            tokens: record.tokens,
            identity: record.identity,
            since: record.since,
            how: record.how,
            consent: record.consent,
            trust: Trust::Fresh,
            kept: Kept::Stored,
            stored: None,
            save_again: None,
            promoting: false,
            renew_again: None,
            lost_answer: None,
            spread: at.jitter,
        }
    }

    /// What is written down.
    pub(crate) fn record(&self) -> Record {
        Record {
            tokens: self.tokens.clone(),
            identity: self.identity.clone(),
            since: self.since,
            how: self.how,
            consent: self.consent,
        }
    }

    /// What it leaves to the next sign-in.
    pub(crate) fn last(&self) -> Last {
        self.record().last()
    }

    /// The effect that writes it down; none in a session for this run only. `quiet`: not if the person would be asked.
    pub(crate) fn save(&self, quiet: bool) -> Option<Effect> {
        (self.kept != Kept::ThisRun).then(|| self.save_over(self.stored, quiet))
    }

    /// Writes it down over this generation of the credential store.
    pub(crate) fn save_over(&self, expected: Option<u64>, quiet: bool) -> Effect {
        Effect::Save {
            generation: self.generation,
            record: Box::new(self.record()),
            expected,
            quiet,
        }
    }

    /// Whether the access token has expired, as far as we know.
    pub(crate) fn is_expired(&self, now: Timestamp) -> bool {
        self.tokens.expires_at.is_some_and(|at| at <= now)
    }

    /// The absolute end of the session, when there is one: the configuration's, or the provider's (`session_expiry`).
    pub(crate) fn ceiling(&self, rules: &SessionConfig) -> Option<Timestamp> {
        let configured = rules.max_session.map(|limit| later(self.since, limit));
        configured.into_iter().chain(self.identity.session_expiry()).min()
    }

    /// When the session ends by itself, as far as that is known.
    pub(crate) fn ends_at(&self, rules: &SessionConfig) -> Option<Timestamp> {
        let unrenewable = self
            .tokens
            .refresh_token
            .is_none()
            .then_some(self.tokens.expires_at)
            .flatten();
        self.ceiling(rules).into_iter().chain(unrenewable).min()
    }

    /// When the tokens are due for renewal.
    pub(crate) fn renews_at(&self, rules: &SessionConfig) -> Option<Timestamp> {
        self.tokens.refresh_token.as_ref()?;
        schedule::renews_at(
            self.tokens.obtained_at,
            self.tokens.expires_at?,
            rules.refresh_ahead,
            self.spread,
        )
    }

    /// Whether the clock says that the tokens should be renewed; or the clock went back, and does not know when.
    pub(crate) fn is_due(&self, at: Moment) -> bool {
        let renewable = self.tokens.refresh_token.is_some();
        let due = self.renews_at(&at.rules).is_some_and(|due| due <= at.now);
        let lost = self
            .tokens
            .usability(at.now, Duration::ZERO, at.rules.clock_leeway)
            == Usability::ClockWentBack;
        let put_off = self
            .renew_again
            .is_some_and(|again| !schedule::is_due(again, at.now, schedule::SAVE_AGAIN));
        (due || renewable && lost) && !put_off
    }

    /// Why no renewal is begun for a caller at the moment: the last one failed, and the next is not due yet.
    pub(crate) fn held_up(&self, now: Timestamp) -> Option<&Problem> {
        match &self.trust {
            Trust::Stale(doubt) if !doubt.of_probe && !doubt.is_due(now) => Some(&doubt.problem),
            Trust::Stale(_) | Trust::Fresh | Trust::Refreshing { .. } => None,
        }
    }

    /// What has to be asked of the provider now: a renewal where the token is old, a probe where it is not.
    pub(crate) fn ask(&mut self, at: Moment) -> Vec<Effect> {
        if self.is_due(at) || self.is_expired(at.now) {
            self.renew(true)
        } else {
            vec![self.probe()]
        }
    }

    /// Starts a renewal, unless one is under way. `patient`: nobody waits for it.
    pub(crate) fn renew(&mut self, patient: bool) -> Vec<Effect> {
        if self.tokens.refresh_token.is_none() {
            return Vec::new();
        }
        let before = match &self.trust {
            Trust::Refreshing { .. } => return Vec::new(),
            Trust::Fresh => None,
            Trust::Stale(doubt) => Some(doubt.clone()),
        };
        let wary = before.as_ref().is_some_and(|doubt| !doubt.was_answered());
        self.trust = Trust::Refreshing { before };
        self.renew_again = None;
        let base = match (&self.kept, self.stored) {
            (Kept::ThisRun, _) => Base::ThisRun,
            (Kept::Stored | Kept::Unsaved { .. }, Some(stored)) => Base::Stored(stored),
            (Kept::Stored | Kept::Unsaved { .. }, None) => Base::Unsaved,
        };
        vec![Effect::Renew {
            generation: self.generation,
            record: Box::new(self.record()),
            base,
            patient,
            wary,
        }]
    }

    /// Asks userinfo about the access token. While the answer is out, a stale session stays stale.
    pub(crate) fn probe(&mut self) -> Effect {
        if let Trust::Stale(doubt) = &mut self.trust {
            doubt.retry_at = None;
        }
        Effect::Probe {
            generation: self.generation,
            tokens: Box::new(self.tokens.clone()),
            identity: Box::new(self.identity.clone()),
        }
    }

    /// Another set takes the place of this one.
    pub(crate) fn replace(&mut self, generation: Generation, record: Record, at: Moment) {
        self.generation = generation;
        self.tokens = record.tokens;
        self.identity = record.identity;
        self.since = record.since;
        self.how = record.how;
        self.consent = record.consent;
        self.spread = at.jitter;
        self.renew_again = None;
        self.lost_answer = None;
        self.trust = Trust::Fresh;
    }

    /// A renewal or a probe failed in a way that does not end the session.
    pub(crate) fn doubt(&mut self, error: &Error, of_probe: bool, at: Moment) {
        let before = match &self.trust {
            Trust::Fresh => None,
            Trust::Refreshing { before } => before.clone(),
            Trust::Stale(doubt) => Some(doubt.clone()),
        };
        let failures = before.as_ref().map_or(0, |doubt| doubt.failures);
        let wait = schedule::retry_after(failures, error.retry_after(), at.jitter);
        // What the configuration or the person has to mend is not tried again by itself.
        let slowly = matches!(error.problem().fault, Fault::Provider | Fault::Machine);
        let retry_at = if error.is_retryable() {
            Some(later(at.now, wait))
        } else {
            slowly.then(|| later(at.now, schedule::RETRY_SLOWLY.max(wait)))
        };
        self.trust = Trust::Stale(Doubt {
            since: before.map_or(at.now, |doubt| doubt.since),
            problem: error.problem().clone(),
            retry_at,
            failures: failures.saturating_add(1),
            of_probe,
        });
    }

    /// When the clock must be looked at again.
    pub(super) fn wakes_at(&self, rules: &SessionConfig) -> Option<Timestamp> {
        let next = match &self.trust {
            Trust::Fresh => self.renews_at(rules).max(self.renew_again),
            Trust::Refreshing { .. } => None,
            Trust::Stale(doubt) if doubt.of_probe => {
                let renewal = self.renews_at(rules).max(self.renew_again);
                renewal.into_iter().chain(doubt.retry_at).min()
            }
            Trust::Stale(doubt) => doubt.retry_at,
        };
        next.into_iter()
            .chain(self.save_again)
            .chain(self.ends_at(rules))
            .min()
    }

    pub(super) fn view(&self, rules: &SessionConfig) -> View {
        View::SignedIn {
            profile: self.identity.profile(),
            since: self.since,
            freshness: match &self.trust {
                Trust::Fresh => Freshness::Fresh,
                Trust::Refreshing { .. } => Freshness::Refreshing,
                Trust::Stale(doubt) => Freshness::Stale {
                    since: doubt.since,
                    problem: doubt.problem.clone(),
                    retry_at: doubt.retry_at,
                },
            },
            kept: self.kept.clone(),
            renews_at: self.renews_at(rules),
            ends_at: self.ends_at(rules),
            stray: false,
        }
    }
}
