//! What comes into a transition and what goes out of it.

use jiff::Timestamp;

use super::{AttemptId, Generation};
use crate::account::{Last, Wish};
use crate::attempt::Attempt;
use crate::callback::ValidatedCallback;
use crate::config::SessionConfig;
use crate::device::Device;
use crate::error::{Error, Problem};
use crate::exchange::{Grant, Polled, Probe};
use crate::profile::Identity;
use crate::record::Record;
use crate::secret::StateValue;
use crate::tokens::TokenSet;
use crate::view::{Detour, How, Step, Why};

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
    Begin { id: AttemptId, asked: Asked },
    /// The person wants the attempt to go on another way, as this one.
    Switch { id: AttemptId, how: How },
    /// A link to ourselves does not arrive: the attempt comes back by loopback.
    Detoured { id: AttemptId, detour: Detour },
    /// The authorization request is ready.
    Prepared {
        id: AttemptId,
        attempt: Box<Attempt>,
        device_offered: bool,
    },
    /// The provider has given the codes for another device.
    OnDevice { id: AttemptId, device: Box<Device> },
    /// The provider was asked whether the person has decided.
    Polled {
        id: AttemptId,
        answer: Result<Polled, Error>,
    },
    /// The person takes who came instead of who was expected.
    TakeAnother,
    /// The provider that was tried is in the configuration, or is not.
    Adopted {
        id: AttemptId,
        result: Result<(), Error>,
    },
    /// The browser has the authorization request; whether the attempt could be kept for a cold start.
    Presented {
        id: AttemptId,
        kept: bool,
        state: StateValue,
    },
    /// A callback passed every check.
    Called {
        id: AttemptId,
        callback: ValidatedCallback,
    },
    /// The browser could not be opened.
    OpenFailed { id: AttemptId, error: Error },
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
    /// The renewal of `generation` succeeded, and the record was given to the credential store.
    Renewed {
        generation: Generation,
        record: Box<Record>,
        /// The ID token was refused for a clock: only the rotated refresh token in `record` is new.
        refused: Option<Error>,
        wrote: Wrote,
    },
    /// The renewal of `generation` found that another process has renewed already, or signed in.
    Overtaken {
        generation: Generation,
        stored: Box<Stored>,
    },
    /// The renewal of `generation` failed. `spent_at`: when the request was sent, if it may have had its effect all the same.
    RenewalFailed {
        generation: Generation,
        error: Error,
        spent_at: Option<Timestamp>,
    },
    /// The renewal of `generation` was put off, because the credential store would not have taken its result.
    PutOff { generation: Generation, error: Error },
    /// The provider was asked about the access token of `generation`.
    Probed {
        generation: Generation,
        answer: Result<Probe, Error>,
    },
    /// The record of `generation` is in the credential store, as this generation there.
    Saved { generation: Generation, stored: u64 },
    /// The record of `generation` could not be written.
    SaveFailed {
        generation: Generation,
        problem: Problem,
    },
    /// The record is no longer in the credential store; the generation of its tombstone, or why it is still there.
    Cleared(Result<u64, Problem>),
    /// The credential store was looked at again.
    Looked(Result<Box<Stored>, Problem>),
    /// The credential store may have changed, or time may have passed unseen.
    Look,
    /// The person wants to sign out.
    SignOut,
    /// A step of the sign-out has ended.
    SignOutStep(SignOutStep),
    /// Try again what is stale or blocked.
    Retry,
    /// Go on without the credential store.
    UseThisRun,
}

/// How a sign-in was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) how: How,
    /// Whether the deep link has to show first that it works: it was not asked for, and there is another way.
    pub(crate) check: bool,
    /// Why it is by loopback.
    pub(crate) detour: Option<Detour>,
    /// The person wants another account.
    pub(crate) another: bool,
}

impl Asked {
    /// This way and nothing else.
    #[cfg(test)]
    pub(crate) fn by(how: How) -> Self {
        Self {
            how,
            check: false,
            detour: None,
            another: false,
        }
    }
}

/// What the credential store holds.
#[derive(Debug, Default)]
pub(crate) struct Stored {
    /// The generation there; 0: nothing.
    pub(crate) generation: u64,
    /// The session.
    pub(crate) record: Option<Box<Record>>,
    /// A renewal of it was begun then, and has not been heard of since.
    pub(crate) renewing_since: Option<Timestamp>,
    /// There was a session; why it ended.
    pub(crate) cleared: Option<Why>,
    /// What it leaves to the next sign-in.
    pub(crate) last: Last,
    /// There is a record, but this version cannot read it.
    pub(crate) unreadable: Option<Problem>,
    /// An attempt that waits for its callback.
    pub(crate) pending: Option<Box<Attempt>>,
    /// An attempt that fits no longer.
    pub(crate) misfit: bool,
}

/// How the record of a renewal got on with the credential store.
#[derive(Clone, Debug)]
pub(crate) enum Wrote {
    /// It is there, as this generation.
    Done(u64),
    /// It is not.
    Failed(Problem),
    /// The session is not kept there.
    Nowhere,
}

/// What a renewal starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Base {
    /// The record, or an older one of the same session, is in the credential store as this generation.
    Stored(u64),
    /// The record is not in the credential store, but should be.
    Unsaved,
    /// The session is for this run only.
    ThisRun,
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
    Prepare {
        id: AttemptId,
        how: How,
        check: bool,
        wish: Wish,
    },
    /// Ask the provider whether the person has decided.
    Poll { id: AttemptId, device: Box<Device> },
    /// Find out whose tokens these are.
    Identify {
        id: AttemptId,
        device: Box<Device>,
        tokens: Box<TokenSet>,
    },
    /// Write the provider that was tried into the configuration.
    Adopt { id: AttemptId },
    /// The attempt goes on as another one: close its listener, and `forget` what was kept of it.
    LeaveAttempt {
        id: AttemptId,
        next: AttemptId,
        forget: Option<StateValue>,
    },
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
        forget: Option<StateValue>,
    },
    /// Forget an attempt that was kept when it was over already.
    ForgetKept(StateValue),
    /// Forget an attempt found in the store that cannot go on.
    PurgePending,
    /// Write the record, with `expected` only over that generation. `quiet`: not if the person would be asked for anything.
    Save {
        generation: Generation,
        record: Box<Record>,
        expected: Option<u64>,
        quiet: bool,
    },
    /// Remove the record, and what was cached of the person.
    Clear { over: Over, quiet: bool },
    /// Remove what was cached of the person, and nothing else.
    ForgetPicture,
    /// Sign out: what `Clear` does, then revocation, then the provider's page.
    Leave(Box<Leaving>),
    /// Read the credential store again, if the person need not be asked for anything.
    Look,
    /// Ask userinfo whether the access token is still good.
    Probe {
        generation: Generation,
        tokens: Box<TokenSet>,
        identity: Box<Identity>,
    },
    /// Renew the tokens. `patient`: nobody waits, so a credential store that refuses may put it off. `wary`: the try before
    /// failed.
    Renew {
        generation: Generation,
        record: Box<Record>,
        base: Base,
        patient: bool,
        wary: bool,
    },
    /// The renewal was put off. Who waits for it all the same gets one that is not.
    RenewalPutOff(Error),
    /// The renewal has ended: tell who waits.
    RenewalEnded(Result<(), Error>),
    /// Tell the provider that these tokens are over, sooner or later; nobody waits for the answer. `kept`: what cannot be told
    /// now may be kept in the credential store.
    Revoke { tokens: TokenSet, kept: bool },
}

/// A session that is over.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Over {
    /// Its generation in the credential store, as far as known: another is not removed for it.
    pub(crate) expected: Option<u64>,
    /// Why.
    pub(crate) why: Why,
    /// The person left it, and when it had begun: then it is removed whatever its generation.
    pub(crate) left: Option<Timestamp>,
}

/// What a sign-out takes along to the provider.
#[derive(Debug)]
pub(crate) struct Leaving {
    pub(crate) tokens: TokenSet,
    /// How the session was begun: with loopback there is no redirect back from the provider's page.
    pub(crate) how: How,
    /// When the session was begun.
    pub(crate) since: Timestamp,
    /// Its generation in the credential store, as far as known.
    pub(crate) stored: Option<u64>,
    /// Whether it is, or should be, in the credential store.
    pub(crate) kept: bool,
}
