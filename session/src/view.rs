//! What the outside sees of the session: one value, published whole. The wire type of the web view and the terminal client.
//!
//! A view never holds a token, a code, or the authorization URL, and stays under 8 KiB: every text in it is bounded where it
//! is made ([`profile`](crate::profile), `text`).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::Problem;
pub use crate::profile::Profile;

/// The session as the outside sees it. Tagged by `kind`, kebab-case on the wire; times are RFC 3339 in UTC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[allow(
    clippy::large_enum_variant,
    reason = "one value at a time; whoever matches on it should not have to unbox"
)]
pub enum View {
    /// There is no provider to sign in at.
    Unconfigured {
        /// How the trial sign-in at a provider the person named ended, when it did not succeed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        last_attempt: Option<Problem>,
    },
    /// Only until the credential store has answered.
    Restoring,
    /// Nobody is signed in.
    SignedOut {
        /// Why: always known.
        why: Why,
        /// How the last attempt of this run ended, when it did not succeed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        last_attempt: Option<Problem>,
        /// What the sign-out reached.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        receipt: Option<Receipt>,
        /// With `ended-by-provider`: when an answer to a renewal was lost before the provider refused the next one. A refresh
        /// token that may be used once may have been spent by it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional, type = "string"))]
        lost_answer: Option<Timestamp>,
        /// A link arrived that belongs to no sign-in that waits: an older tab's, or a stranger's. It changed nothing. For a short
        /// while.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
        stray: bool,
    },
    /// An attempt is alive.
    SigningIn {
        /// How the callback will come back.
        how: How,
        /// How far it is.
        phase: Phase,
        /// When it ends by itself.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        deadline: Timestamp,
        /// With `device`: what the person needs there, once the provider has given it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        device: Option<Device>,
        /// The provider lets people in by another device, so that this attempt can go on there. Known once it is past `preparing`.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
        device_offered: bool,
        /// With `loopback`: why not by deep link, where the configuration leaves it to the program.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        detour: Option<Detour>,
        /// With phase `choosing`: who was expected and who came.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        choice: Option<Choice>,
        /// A link arrived that belongs to no sign-in that waits: an older tab's, or a stranger's. It changed nothing. For a short
        /// while.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
        stray: bool,
    },
    /// Somebody is signed in.
    SignedIn {
        /// Who.
        profile: Profile,
        /// Since when.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        since: Timestamp,
        /// Whether the provider has confirmed it lately.
        freshness: Freshness,
        /// Where the session is kept.
        kept: Kept,
        /// When it will be renewed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional, type = "string"))]
        renews_at: Option<Timestamp>,
        /// When it ends, if that is known: no refresh token, or an absolute ceiling.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional, type = "string"))]
        ends_at: Option<Timestamp>,
        /// A link arrived that belongs to no sign-in that waits: an older tab's, or a stranger's. It changed nothing. For a short
        /// while.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
        stray: bool,
    },
    /// Something must be mended first; the stored session, if any, is untouched.
    Blocked {
        /// What.
        problem: Problem,
    },
}

impl View {
    /// The same view, saying that a link arrived which belongs to no sign-in that waits. Only where that can be said.
    pub(crate) fn after_a_stray(mut self) -> Self {
        match &mut self {
            View::SignedOut { stray, .. }
            | View::SignedIn { stray, .. }
            | View::SigningIn {
                phase: Phase::Waiting,
                stray,
                ..
            } => *stray = true,
            View::SigningIn { .. } | View::Unconfigured { .. } | View::Restoring | View::Blocked { .. } => {}
        }
        self
    }
}

/// Why nobody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// Nothing was stored.
    Never,
    /// The person signed out.
    ByUser,
    /// The provider answered `invalid_grant`.
    EndedByProvider,
    /// The access token expired and no refresh token had been granted.
    Expired,
    /// The absolute end of the session was reached.
    Ceiling,
    /// The record could not be read.
    StoreLost,
    /// Another process signed out.
    Elsewhere,
}

/// How an authorization response comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// Through a private-use URI scheme (RFC 8252, section 7.1).
    DeepLink,
    /// Through a loopback listener (RFC 8252, section 7.3).
    Loopback,
    /// Through another device (RFC 8628).
    Device,
}

/// How far an attempt is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// The provider is asked where to go.
    Preparing,
    /// The person is in the browser.
    Waiting,
    /// Somebody else signed in than the one who was expected: the person decides.
    Choosing,
    /// The callback came; the tokens are fetched and checked.
    Finishing,
}

/// What a person needs on another device (RFC 8628, section 3.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct Device {
    /// The code to type: at most 40 characters.
    pub user_code: String,
    /// Where to type it: at most 512 bytes.
    pub verification_uri: String,
    /// The same with the code in it, at the same host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub verification_uri_complete: Option<String>,
    /// The host of the address, with its port where that is not the usual one: what the other device's browser should show.
    pub host: String,
    /// When the code is over.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub expires_at: Timestamp,
    /// The address that needs no typing, where there is one, else the other, as a QR code; absent when it is too long for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub qr: Option<Qr>,
}

/// A QR code as a path of an SVG: `<svg viewBox="0 0 SIZE SIZE"><path d=PATH stroke="black"/></svg>` on a light ground, whatever the
/// theme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct Qr {
    /// Modules in a row, with the four light ones on each side.
    pub size: u32,
    /// Strokes of width 1, one for each run of dark modules: letters, digits, spaces and points alone, at most 4,500 bytes.
    pub path: String,
}

/// Why an attempt comes back by loopback although a deep link was meant to be used where it works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct Detour {
    /// The fact.
    pub why: WhyLoopback,
    /// What was found, in English: at most 300 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub finding: Option<String>,
}

/// See [`Detour`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum WhyLoopback {
    /// No handler of our scheme is registered.
    NotRegistered,
    /// A link to ourselves did not arrive.
    LinkLost,
}

/// Somebody else signed in than the one who was expected. Nothing has changed yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct Choice {
    /// Who was signed in before.
    pub expected: Person,
    /// Who signed in now.
    pub came: Person,
}

/// A person, as they are told apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct Person {
    /// What to call them, as in [`Profile::name`].
    pub name: String,
    /// What they sign in with, when it is not the name: the e-mail address, else the preferred user name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub login: Option<String>,
}

/// Whether the provider has confirmed the session lately.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Freshness {
    /// The access token is usable.
    Fresh,
    /// A renewal is under way.
    Refreshing,
    /// A renewal failed; the session is kept and tried again.
    Stale {
        /// Since when.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        since: Timestamp,
        /// Why.
        problem: Problem,
        /// The next try. Absent: a try is under way, or only the person can go on (by signing in again).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional, type = "string"))]
        retry_at: Option<Timestamp>,
    },
}

/// Where the session is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Kept {
    /// In the operating system's credential store.
    Stored,
    /// In memory, by the person's choice.
    ThisRun,
    /// In memory, because the credential store refused; tried again.
    Unsaved {
        /// Since when.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        since: Timestamp,
        /// Why.
        problem: Problem,
    },
}

/// What a sign-out reached. Signing out of this device never fails for the other two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct Receipt {
    /// The stored record.
    pub device: Step,
    /// The tokens at the provider (RFC 7009).
    pub tokens: Step,
    /// The provider's own session in the browser: pending while its page is open, done when the browser came back from it.
    pub provider_session: Step,
}

/// One step of a sign-out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Done.
    Done,
    /// Under way, or owed: it is tried again until it is done, also after a restart.
    Pending,
    /// Not offered by the provider, or nothing to do.
    Skipped,
    /// Tried, and failed.
    Failed,
}
