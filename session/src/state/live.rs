//! A live session: tokens, identity, and how sure we are of them.

use jiff::Timestamp;

use super::{Effect, Generation, Moment, later};
use crate::config::SessionConfig;
use crate::error::{Error, Problem};
use crate::exchange::{Grant, Renewal};
use crate::profile::Identity;
use crate::record::Record;
use crate::schedule;
use crate::tokens::TokenSet;
use crate::view::{Freshness, How, Kept, View};

/// Somebody is signed in.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) generation: Generation,
    pub(crate) tokens: TokenSet,
    pub(crate) identity: Identity,
    pub(crate) since: Timestamp,
    pub(crate) how: How,
    pub(crate) trust: Trust,
    pub(crate) kept: Kept,
    /// A renewed set on its way into the credential store: nobody gets it before it is there.
    pub(crate) incoming: Option<Box<Incoming>>,
    /// When an unsaved session is written again.
    pub(crate) save_again: Option<Timestamp>,
}

/// A renewed set that is being written.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) generation: Generation,
    pub(crate) tokens: TokenSet,
    pub(crate) identity: Identity,
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
}

impl Live {
    /// A session that has just begun.
    pub(crate) fn begin(generation: Generation, grant: Grant, how: How, kept: Kept, now: Timestamp) -> Self {
        Self {
            generation,
            tokens: grant.tokens,
            identity: grant.identity,
            since: now,
            how,
            trust: Trust::Fresh,
            kept,
            incoming: None,
            save_again: None,
        }
    }

    /// A session from the credential store.
    pub(crate) fn restore(generation: Generation, record: Record) -> Self {
        Self {
            generation,
            tokens: record.tokens,
            identity: record.identity,
            since: record.since,
            how: record.how,
            trust: Trust::Fresh,
            kept: Kept::Stored,
            incoming: None,
            save_again: None,
        }
    }

    /// What is written down.
    pub(crate) fn record(&self) -> Record {
        let (tokens, identity) = match &self.incoming {
            Some(incoming) => (&incoming.tokens, &incoming.identity),
            None => (&self.tokens, &self.identity),
        };
        Record {
            tokens: tokens.clone(),
            identity: identity.clone(),
            since: self.since,
            how: self.how,
        }
    }

    /// The effect that writes it down; none in a session for this run only.
    pub(crate) fn save(&self) -> Option<Effect> {
        let generation = self
            .incoming
            .as_ref()
            .map_or(self.generation, |incoming| incoming.generation);
        (self.kept != Kept::ThisRun).then(|| Effect::Save {
            generation,
            record: Box::new(self.record()),
        })
    }

    /// The newest tokens we know of, also those not yet written: what a sign-out must revoke.
    pub(crate) fn newest_tokens(&self) -> &TokenSet {
        self.incoming
            .as_ref()
            .map_or(&self.tokens, |incoming| &incoming.tokens)
    }

    /// Whether the access token has expired, as far as we know.
    pub(crate) fn is_expired(&self, now: Timestamp) -> bool {
        self.tokens.expires_at.is_some_and(|at| at <= now)
    }

    /// The absolute end of the session, when there is one.
    pub(crate) fn ceiling(&self, rules: &SessionConfig) -> Option<Timestamp> {
        rules.max_session.map(|limit| later(self.since, limit))
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
        )
    }

    /// What has to be asked of the provider now: a renewal where the token is old, a probe where it is not.
    pub(crate) fn ask(&mut self, at: Moment) -> Vec<Effect> {
        let due = self.renews_at(&at.rules).is_some_and(|due| due <= at.now);
        if due || self.is_expired(at.now) {
            self.renew()
        } else {
            vec![self.probe()]
        }
    }

    /// Starts a renewal, unless one is under way.
    pub(crate) fn renew(&mut self) -> Vec<Effect> {
        let Some(refresh) = self.tokens.refresh_token.clone() else {
            return Vec::new();
        };
        let before = match &self.trust {
            Trust::Refreshing { .. } => return Vec::new(),
            Trust::Fresh => None,
            Trust::Stale(doubt) => Some(doubt.clone()),
        };
        self.trust = Trust::Refreshing { before };
        vec![Effect::Renew {
            generation: self.generation,
            refresh,
            identity: Box::new(self.identity.clone()),
        }]
    }

    /// Asks userinfo about the access token. While the answer is out, a stale session stays stale.
    pub(crate) fn probe(&mut self) -> Effect {
        if let Trust::Stale(doubt) = &mut self.trust {
            doubt.retry_at = None;
        }
        Effect::Probe {
            generation: self.generation,
            access: self.tokens.access_token.clone(),
            identity: Box::new(self.identity.clone()),
        }
    }

    /// A renewal came back whose ID token was refused: only the rotated refresh token is taken over.
    pub(crate) fn rotated(&mut self, renewal: Renewal) {
        if let Some(refresh_token) = renewal.tokens.refresh_token {
            self.tokens.refresh_token = Some(refresh_token);
        }
    }

    /// A renewal came back: the set waits in `incoming` until it is written. A missing refresh token means: keep the old
    /// one (RFC 6749, section 6).
    pub(crate) fn renewed(&mut self, renewal: Renewal) {
        let mut tokens = renewal.tokens;
        tokens.refresh_token = tokens.refresh_token.or_else(|| self.tokens.refresh_token.clone());
        tokens.id_token = tokens.id_token.or_else(|| self.tokens.id_token.clone());
        let identity = renewal.identity.unwrap_or_else(|| self.identity.clone());
        let generation = self.generation.next();
        self.incoming = Some(Box::new(Incoming {
            generation,
            tokens,
            identity,
        }));
    }

    /// The incoming set takes over.
    pub(crate) fn promote(&mut self) {
        if let Some(incoming) = self.incoming.take() {
            self.generation = incoming.generation;
            self.tokens = incoming.tokens;
            self.identity = incoming.identity;
            self.trust = Trust::Fresh;
        }
    }

    /// A renewal or a probe failed in a way that does not end the session.
    pub(crate) fn doubt(&mut self, error: &Error, at: Moment) {
        let before = match &self.trust {
            Trust::Fresh => None,
            Trust::Refreshing { before } => before.clone(),
            Trust::Stale(doubt) => Some(doubt.clone()),
        };
        let failures = before.as_ref().map_or(0, |doubt| doubt.failures);
        let wait = schedule::retry_after(failures, error.retry_after(), at.jitter);
        self.trust = Trust::Stale(Doubt {
            since: before.map_or(at.now, |doubt| doubt.since),
            problem: error.problem().clone(),
            retry_at: error.is_retryable().then(|| later(at.now, wait)),
            failures: failures.saturating_add(1),
        });
    }

    /// When the clock must be looked at again.
    pub(super) fn wakes_at(&self, rules: &SessionConfig) -> Option<Timestamp> {
        let next = match &self.trust {
            Trust::Fresh => self.renews_at(rules),
            Trust::Refreshing { .. } => None,
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
        }
    }
}
