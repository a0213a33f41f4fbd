//! What comes into a transition and what goes out of it.

use jiff::Timestamp;

use super::{AttemptId, Generation};
use crate::attempt::Attempt;
use crate::callback::ValidatedCallback;
use crate::config::SessionConfig;
use crate::error::{Error, Problem};
use crate::exchange::{Grant, Probe, Renewal};
use crate::profile::Identity;
use crate::record::Record;
use crate::secret::{AccessToken, RefreshToken};
use crate::tokens::TokenSet;
use crate::view::{How, Step};

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
    pub(crate) record: Option<Box<Record>>,
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
        record: Box<Record>,
    },
    /// Remove the record, and what was cached of the person.
    Clear,
    /// Sign out: what `Clear` does, then revocation, then the provider's page.
    Leave(Option<Box<Leaving>>),
    /// Ask userinfo whether the access token is still good.
    Probe {
        generation: Generation,
        access: AccessToken,
        identity: Box<Identity>,
    },
    /// Renew the tokens.
    Renew {
        generation: Generation,
        refresh: RefreshToken,
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
