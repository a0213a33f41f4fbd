//! What can go wrong, said once: a [`Code`] names the fact, a [`Stage`] the place, a [`Fault`] who can mend it.
//!
//! Two types: [`Problem`] is plain data and part of the [view](crate::view); [`Error`] is what functions return, a problem
//! as `std::error::Error`. Neither ever holds a token, a code, or the body of an answer. Text for people is not here: the
//! user interface has one sentence and one action for each code.

use serde::{Deserialize, Serialize};

pub use crate::code::Code;
use crate::text;
use crate::unsaid::Unsaid;

/// Where in the flow it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Reading the configuration.
    Configuration,
    /// OpenID Connect Discovery 1.0, section 4.
    Discovery,
    /// Between opening the browser and the callback's arrival.
    Browser,
    /// The authorization response (RFC 6749, section 4.1.2; RFC 9207).
    Callback,
    /// The code exchange at the token endpoint (RFC 6749, section 4.1.3).
    Token,
    /// ID token validation (OpenID Connect Core, section 3.1.3.7).
    IdToken,
    /// The userinfo request (OpenID Connect Core, section 5.3).
    Userinfo,
    /// The renewal (RFC 6749, section 6).
    Refresh,
    /// The operating system's credential store.
    Store,
    /// Revocation (RFC 7009) and RP-initiated logout.
    Logout,
    /// A request of a program that uses the session's access token ([`Api`](crate::Api)).
    Api,
}

/// Who can mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// The identity provider sent something wrong or is in trouble.
    Provider,
    /// This computer: its network, its credential store, its clock.
    Machine,
    /// The app's configuration, or the client's registration at the provider.
    Configuration,
    /// This program.
    Us,
    /// The person decided, or took too long.
    Person,
}

/// A failure as data: what the view shows and the terminal client prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct Problem {
    /// The fact.
    pub code: Code,
    /// The place.
    pub stage: Stage,
    /// Who can mend it.
    pub fault: Fault,
    /// Whether the same step, unchanged, may succeed later.
    pub retryable: bool,
    /// The technical part: at most 300 characters, no control or bidirectional characters, safe to paste into a ticket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub detail: Option<String>,
    /// By how many seconds this computer's clock is ahead of the provider's (negative: behind), where that is known and the
    /// reason why a check failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, type = "number"))]
    pub clock_ahead: Option<i64>,
}

impl Problem {
    /// A problem with the fault and the retry rule of its code.
    pub fn new(stage: Stage, code: Code) -> Self {
        Self {
            code,
            stage,
            fault: code.fault(),
            retryable: code.is_retryable(),
            detail: None,
            clock_ahead: None,
        }
    }

    /// Adds the technical part, bounded and neutralised. Never pass an answer's body or a URL that may carry a code.
    pub fn with_detail(mut self, detail: impl AsRef<str>) -> Self {
        self.detail =
            Some(text::neutral(detail.as_ref(), text::MESSAGE_LIMIT)).filter(|text| !text.is_empty());
        self
    }

    /// The same fact, seen from another stage: a network fault during a renewal, for example.
    pub fn at(mut self, stage: Stage) -> Self {
        self.stage = stage;
        self
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.detail {
            Some(detail) => f.write_str(detail),
            None => f.write_str(self.code.as_str()),
        }
    }
}

/// A [`Problem`] as an error, with what is needed to decide on a retry.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{problem}")]
pub struct Error {
    problem: Box<Problem>,
    /// Whether the request may have reached the other side before it failed.
    may_have_been_sent: bool,
    /// Whether nothing could be checked, for want of keys, rather than a check failed.
    unchecked: bool,
    /// How long the other side asked us to wait (`Retry-After`, RFC 9110, section 10.2.3).
    retry_after: Option<std::time::Duration>,
}

/// The crate's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error with the fault and the retry rule of its code.
    pub fn new(stage: Stage, code: Code) -> Self {
        Problem::new(stage, code).into()
    }

    /// Adds the technical part; see [`Problem::with_detail`].
    pub fn with_detail(mut self, detail: impl AsRef<str>) -> Self {
        self.problem.detail =
            Some(text::neutral(detail.as_ref(), text::MESSAGE_LIMIT)).filter(|text| !text.is_empty());
        self
    }

    /// The same error, seen from another stage.
    pub fn at(mut self, stage: Stage) -> Self {
        self.problem.stage = stage;
        self
    }

    /// Leaves these secrets out of the technical part: a server may quote what it was sent.
    pub(crate) fn without(self, unsaid: &Unsaid) -> Self {
        match &self.problem.detail {
            Some(detail) => {
                let detail = unsaid.out_of(detail);
                self.with_detail(detail)
            }
            None => self,
        }
    }

    /// Adds that this computer's clock is the reason: by so many seconds it is ahead of the provider's (negative: behind).
    pub(crate) fn with_clock_ahead(mut self, seconds: i64) -> Self {
        self.problem.clock_ahead = Some(seconds);
        let side = if seconds < 0 { "behind" } else { "ahead of" };
        let clock = format!(
            "this computer's clock is {} {side} the provider's",
            text::span(seconds.unsigned_abs())
        );
        let detail = match &self.problem.detail {
            Some(detail) => format!("{detail}; {clock}"),
            None => clock,
        };
        self.with_detail(detail)
    }

    /// Marks that the request may have been received, and acted on, although no usable answer came.
    pub fn maybe_sent(mut self) -> Self {
        self.may_have_been_sent = true;
        self
    }

    /// Marks that a check could not be made, for want of keys.
    pub(crate) fn unchecked(mut self) -> Self {
        self.unchecked = true;
        self
    }

    /// Whether a check could not be made, for want of keys.
    pub(crate) fn is_unchecked(&self) -> bool {
        self.unchecked
    }

    /// Adds the wait the other side asked for.
    pub fn after(mut self, wait: Option<std::time::Duration>) -> Self {
        self.retry_after = wait;
        self
    }

    /// The fact.
    pub fn code(&self) -> Code {
        self.problem.code
    }

    /// The place.
    pub fn stage(&self) -> Stage {
        self.problem.stage
    }

    /// Whether the same step, unchanged, may succeed later.
    pub fn is_retryable(&self) -> bool {
        self.problem.retryable
    }

    /// Whether the request may have been received, and acted on, although no usable answer came.
    pub fn may_have_been_sent(&self) -> bool {
        self.may_have_been_sent
    }

    /// How long the other side asked us to wait.
    pub fn retry_after(&self) -> Option<std::time::Duration> {
        self.retry_after
    }

    /// The error as data.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self {
            problem: Box::new(problem),
            may_have_been_sent: false,
            unchecked: false,
            retry_after: None,
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        *error.problem
    }
}
