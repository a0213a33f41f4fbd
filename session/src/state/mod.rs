//! The session's state and its one pure transition.
//!
//! No I/O and no clock here: the time and a random number come in with every event ([`Moment`]), and what has to be done
//! goes out as [`Effect`]s. The [`actor`](crate::actor) runs the effects and brings their answers back as events. Every
//! answer carries the attempt or the generation it belongs to; an answer of an older one changes nothing.
//!
//! What ends a session is decided here alone: the provider's `invalid_grant`, the person (here or in another process), expiry
//! without a refresh token, or the ceiling. No network or credential store fault is among them.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "an event that does not belong to a state leaves it as it is, whatever state is added"
)]

mod attempt;
mod event;
mod live;
mod living;
mod looking;
mod on_device;
mod renewing;
mod signing_in;
mod signing_out;
mod transition;

#[cfg(test)]
mod tests;

use std::time::Duration;

use jiff::Timestamp;

use crate::account::Last;
use crate::config::SessionConfig;
use crate::error::Problem;
use crate::view::{Kept, Receipt, View, Why};

pub(crate) use attempt::{Before, Ongoing, Progress};
pub(crate) use event::{Asked, Base, Effect, Event, Leaving, Moment, Over, SignOutStep, Stored, Wrote};
pub(crate) use live::Live;

/// One sign-in attempt of this run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AttemptId(pub(crate) u64);

/// One set of tokens of this run: every new set gets the next number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Generation(pub(crate) u64);

impl Generation {
    /// The set the credential store holds under this generation of its own.
    pub(crate) fn of_store(stored: u64) -> Self {
        Self((1 << 63) | (stored << 20))
    }

    /// The first set of an attempt: no number is used twice in a run.
    pub(crate) fn first_of(attempt: AttemptId) -> Self {
        Self((attempt.0 + 1) << 32)
    }

    /// The set after this one.
    pub(crate) fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// What the session is.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "there is one state at a time")]
pub(crate) enum State {
    /// No provider is configured; how the trial of one ended.
    Unconfigured(Option<Problem>),
    /// Something must be mended first.
    Blocked(Blocked),
    /// The credential store has been asked.
    Restoring,
    /// Nobody is signed in.
    SignedOut(Out),
    /// An attempt is alive, over what was before it.
    SigningIn(Ongoing, Before),
    /// Somebody is signed in.
    SignedIn(Box<Live>),
}

/// Something must be mended first, and when it is looked at again.
#[derive(Clone, Debug)]
pub(crate) struct Blocked {
    pub(crate) problem: Problem,
    /// `None`: an answer is on its way, or only the person can mend it.
    pub(crate) look_at: Option<Timestamp>,
}

/// A record that is still to be removed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clearing {
    pub(crate) over: Over,
    /// When it is tried again; `None`: a try is under way.
    pub(crate) again: Option<Timestamp>,
}

/// Nobody is signed in, and why.
#[derive(Clone, Debug)]
pub(crate) struct Out {
    pub(crate) why: Why,
    pub(crate) last_attempt: Option<Problem>,
    pub(crate) receipt: Option<Receipt>,
    pub(crate) lost_answer: Option<Timestamp>,
    /// The person chose to go on without the credential store.
    pub(crate) this_run: bool,
    /// The newest generation known to be in the credential store: a record of a later one was put there by somebody else.
    pub(crate) seen: u64,
    /// The record that has to go, until it is gone. Nothing is restored meanwhile.
    pub(crate) clearing: Option<Clearing>,
    /// What the session before leaves to the next sign-in.
    pub(crate) last: Last,
}

impl Out {
    pub(crate) fn because(why: Why) -> Self {
        Self {
            why,
            last_attempt: None,
            receipt: None,
            lost_answer: None,
            this_run: false,
            seen: 0,
            clearing: None,
            last: Last::default(),
        }
    }

    /// The same, when the credential store is known up to this generation.
    pub(crate) fn seen(self, seen: u64) -> Self {
        Self { seen, ..self }
    }
}

impl State {
    /// The live session, also under an attempt.
    pub(crate) fn live(&self) -> Option<&Live> {
        match self {
            State::SignedIn(live) | State::SigningIn(_, Before::In(live)) => Some(live),
            State::Unconfigured(_)
            | State::Blocked(_)
            | State::Restoring
            | State::SignedOut(_)
            | State::SigningIn(_, Before::Out(_) | Before::Unconfigured) => None,
        }
    }

    /// The same, to change it.
    fn live_mut(&mut self) -> Option<&mut Live> {
        match self {
            State::SignedIn(live) | State::SigningIn(_, Before::In(live)) => Some(live),
            State::Unconfigured(_)
            | State::Blocked(_)
            | State::Restoring
            | State::SignedOut(_)
            | State::SigningIn(_, Before::Out(_) | Before::Unconfigured) => None,
        }
    }

    /// Nobody is signed in, also under an attempt.
    fn out(&self) -> Option<&Out> {
        match self {
            State::SignedOut(out) | State::SigningIn(_, Before::Out(out)) => Some(out),
            State::Unconfigured(_)
            | State::Blocked(_)
            | State::Restoring
            | State::SigningIn(_, Before::In(_) | Before::Unconfigured)
            | State::SignedIn(_) => None,
        }
    }

    /// Whether there is a session to sign out of, also one that is just being written.
    pub(crate) fn is_somebody(&self) -> bool {
        let saving = self
            .ongoing()
            .is_some_and(|ongoing| matches!(ongoing.progress, Progress::Saving(_)));
        saving || self.live().is_some()
    }

    /// Whether there is a session whose tokens are not in the credential store and should be, or are on their way there.
    pub(crate) fn is_unsaved(&self) -> bool {
        self.live().is_some_and(|live| {
            matches!(live.kept, Kept::Unsaved { .. }) || matches!(live.trust, live::Trust::Refreshing { .. })
        })
    }

    /// The attempt that is alive.
    pub(crate) fn ongoing(&self) -> Option<&Ongoing> {
        match self {
            State::SigningIn(ongoing, _) => Some(ongoing),
            State::Unconfigured(_)
            | State::Blocked(_)
            | State::Restoring
            | State::SignedOut(_)
            | State::SignedIn(_) => None,
        }
    }

    /// When the clock must be looked at again; `None`: nothing waits for a time.
    pub(crate) fn wakes_at(&self, rules: &SessionConfig) -> Option<Timestamp> {
        let attempt = self.ongoing().and_then(Ongoing::wakes_at);
        let live = self.live().and_then(|live| live.wakes_at(rules));
        let other = if let State::Blocked(blocked) = self {
            blocked.look_at
        } else {
            self.out().and_then(Out::wakes_at)
        };
        attempt.into_iter().chain(live).chain(other).min()
    }

    /// What the outside sees.
    pub(crate) fn view(&self, rules: &SessionConfig) -> View {
        match self {
            State::Unconfigured(last_attempt) => View::Unconfigured {
                last_attempt: last_attempt.clone(),
            },
            State::Blocked(blocked) => View::Blocked {
                problem: blocked.problem.clone(),
            },
            State::Restoring => View::Restoring,
            State::SignedOut(out) => View::SignedOut {
                why: out.why,
                last_attempt: out.last_attempt.clone(),
                receipt: out.receipt,
                lost_answer: out.lost_answer,
                stray: false,
            },
            State::SigningIn(ongoing, _) => ongoing.view(),
            State::SignedIn(live) => live.view(rules),
        }
    }
}

impl Out {
    /// When something is due although nobody is signed in.
    fn wakes_at(&self) -> Option<Timestamp> {
        self.clearing.and_then(|clearing| clearing.again)
    }
}

/// `at + wait`, at the end of time at the latest.
pub(crate) fn later(at: Timestamp, wait: Duration) -> Timestamp {
    at.checked_add(wait).unwrap_or(Timestamp::MAX)
}
