//! The session's state and its one pure transition.
//!
//! No I/O and no clock here: the time and a random number come in with every event ([`Moment`]), and what has to be done
//! goes out as [`Effect`]s. The [`actor`](crate::actor) runs the effects and brings their answers back as events. Every
//! answer carries the attempt or the generation it belongs to; an answer of an older one changes nothing.
//!
//! What ends a session is decided in [`transition`] alone: the provider's `invalid_grant`, the person, expiry without a
//! refresh token, or the ceiling. No network or credential store fault is among them.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "an event that does not belong to a state leaves it as it is, whatever state is added"
)]

mod attempt;
mod live;
mod living;
mod signing_in;
mod signing_out;
mod transition;

#[cfg(test)]
mod tests;

use std::time::Duration;

use jiff::Timestamp;

use crate::attempt::Attempt;
use crate::callback::ValidatedCallback;
use crate::config::SessionConfig;
use crate::error::{Error, Problem};
use crate::exchange::{Grant, Probe, Renewal};
use crate::profile::Identity;
use crate::tokens::TokenSet;
use crate::view::{How, Receipt, Step, View, Why};

pub(crate) use attempt::{Before, Ongoing, Progress};
pub(crate) use live::Live;

/// One sign-in attempt of this run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AttemptId(pub(crate) u64);

/// One set of tokens of this run: every new set gets the next number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Generation(pub(crate) u64);

impl Generation {
    /// The set the credential store held at launch.
    pub(crate) const RESTORED: Self = Self(0);

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
pub(crate) enum State {
    /// No provider is configured.
    Unconfigured,
    /// Something must be mended first.
    Blocked(Problem),
    /// The credential store has been asked.
    Restoring,
    /// Nobody is signed in.
    SignedOut(Out),
    /// An attempt is alive, over what was before it.
    SigningIn(Ongoing, Before),
    /// Somebody is signed in.
    SignedIn(Box<Live>),
}

/// Nobody is signed in, and why.
#[derive(Clone, Debug)]
pub(crate) struct Out {
    pub(crate) why: Why,
    pub(crate) last_attempt: Option<Problem>,
    pub(crate) receipt: Option<Receipt>,
    /// The person chose to go on without the credential store.
    pub(crate) this_run: bool,
}

impl Out {
    pub(crate) fn because(why: Why) -> Self {
        Self {
            why,
            last_attempt: None,
            receipt: None,
            this_run: false,
        }
    }
}

/// The circumstances of one event.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// The wall clock.
    pub(crate) now: Timestamp,
    /// A random number of 0.0 up to 1.0, for back-off with full jitter.
    pub(crate) jitter: f64,
    /// `[session]` of the configuration.
    pub(crate) rules: SessionConfig,
}

/// What happened.
#[derive(Debug)]
pub(crate) enum Event {
    /// The configuration was read; `None`: it names no provider.
    Configured(bool),
    /// The configuration is broken.
    Misconfigured(Problem),
    /// The credential store has answered.
    Read(Stored),
    /// The credential store did not give an answer.
    ReadFailed(Problem),
    /// The person wants to sign in.
    Begin { id: AttemptId, how: How },
    /// The authorization request is ready.
    Prepared { id: AttemptId, attempt: Box<Attempt> },
    /// The browser has the authorization request; whether the attempt could be kept for a cold start.
    Presented { id: AttemptId, kept: bool },
    /// A callback passed every check.
    Called {
        id: AttemptId,
        callback: ValidatedCallback,
    },
    /// The attempt is over without a grant.
    Failed { id: AttemptId, error: Error },
    /// The code was redeemed.
    Redeemed { id: AttemptId, grant: Box<Grant> },
    /// The person gave the attempt up.
    Cancel,
    /// Look at the clock.
    Tick,
    /// Renew now, whatever the token's age.
    RenewNow,
    /// The renewal of `generation` succeeded.
    Renewed {
        generation: Generation,
        renewal: Box<Renewal>,
    },
    /// The renewal of `generation` failed.
    RenewalFailed { generation: Generation, error: Error },
    /// The provider was asked about the access token of `generation`.
    Probed {
        generation: Generation,
        answer: Result<Probe, Error>,
    },
    /// The record of `generation` is in the credential store.
    Saved(Generation),
    /// The record of `generation` could not be written.
    SaveFailed {
        generation: Generation,
        problem: Problem,
    },
    /// The person wants to sign out.
    SignOut,
    /// A step of the sign-out has ended.
    SignOutStep(SignOutStep),
    /// Try again what is stale or blocked.
    Retry,
    /// Go on without the credential store.
    UseThisRun,
}

/// What the credential store held at launch.
#[derive(Debug, Default)]
pub(crate) struct Stored {
    /// The session.
    pub(crate) record: Option<Box<crate::record::Record>>,
    /// There is a record, but this version cannot read it.
    pub(crate) unreadable: Option<Problem>,
    /// An attempt that waits for its callback.
    pub(crate) pending: Option<Box<Attempt>>,
}

/// A step of the sign-out.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SignOutStep {
    Device(Step),
    Tokens(Step),
    ProviderSession(Step),
}

/// What has to be done.
#[derive(Debug)]
pub(crate) enum Effect {
    /// Read the record and the pending attempt.
    ReadStore,
    /// Discover, and build the authorization request.
    Prepare { id: AttemptId, how: How },
    /// Keep the attempt for a cold start where that is due, then open the browser.
    Present {
        id: AttemptId,
        attempt: Box<Attempt>,
        this_run: bool,
    },
    /// Delete the kept attempt, then redeem the code. Without the deletion there is no exchange.
    Redeem {
        id: AttemptId,
        attempt: Box<Attempt>,
        callback: ValidatedCallback,
        kept: bool,
    },
    /// The attempt is over: close its listener, tell who waits, and `forget` what was kept of it.
    EndAttempt {
        id: AttemptId,
        result: Result<(), Error>,
        forget: bool,
    },
    /// Forget an attempt found in the store that cannot go on.
    PurgePending,
    /// Write the record.
    Save {
        generation: Generation,
        record: Box<crate::record::Record>,
    },
    /// Remove the record, and what was cached of the person.
    Clear,
    /// Sign out: what `Clear` does, then revocation, then the provider's page.
    Leave(Option<Box<Leaving>>),
    /// Ask userinfo whether the access token is still good.
    Probe {
        generation: Generation,
        access: crate::secret::AccessToken,
        identity: Box<Identity>,
    },
    /// Renew the tokens.
    Renew {
        generation: Generation,
        refresh: crate::secret::RefreshToken,
        identity: Box<Identity>,
    },
    /// The renewal has ended: tell who waits.
    RenewalEnded(Result<(), Error>),
    /// Tell the provider that these tokens are over; nobody waits for the answer.
    Revoke(TokenSet),
}

/// What a sign-out takes along to the provider.
#[derive(Debug)]
pub(crate) struct Leaving {
    pub(crate) tokens: TokenSet,
    /// How the session was begun: with loopback there is no redirect back from the provider's page.
    pub(crate) how: How,
}

impl State {
    /// The live session, also under an attempt.
    pub(crate) fn live(&self) -> Option<&Live> {
        match self {
            State::SignedIn(live) | State::SigningIn(_, Before::In(live)) => Some(live),
            State::Unconfigured
            | State::Blocked(_)
            | State::Restoring
            | State::SignedOut(_)
            | State::SigningIn(_, Before::Out(_)) => None,
        }
    }

    /// The same, to change it.
    fn live_mut(&mut self) -> Option<&mut Live> {
        match self {
            State::SignedIn(live) | State::SigningIn(_, Before::In(live)) => Some(live),
            State::Unconfigured
            | State::Blocked(_)
            | State::Restoring
            | State::SignedOut(_)
            | State::SigningIn(_, Before::Out(_)) => None,
        }
    }

    /// The attempt that is alive.
    pub(crate) fn ongoing(&self) -> Option<&Ongoing> {
        match self {
            State::SigningIn(ongoing, _) => Some(ongoing),
            State::Unconfigured
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
        attempt.into_iter().chain(live).min()
    }

    /// What the outside sees.
    pub(crate) fn view(&self, rules: &SessionConfig) -> View {
        match self {
            State::Unconfigured => View::Unconfigured,
            State::Blocked(problem) => View::Blocked {
                problem: problem.clone(),
            },
            State::Restoring => View::Restoring,
            State::SignedOut(out) => View::SignedOut {
                why: out.why,
                last_attempt: out.last_attempt.clone(),
                receipt: out.receipt,
            },
            State::SigningIn(ongoing, _) => ongoing.view(),
            State::SignedIn(live) => live.view(rules),
        }
    }
}

/// `at + wait`, at the end of time at the latest.
pub(crate) fn later(at: Timestamp, wait: Duration) -> Timestamp {
    at.checked_add(wait).unwrap_or(Timestamp::MAX)
}
