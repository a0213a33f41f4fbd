//! What can go wrong, as data: a code names the fact, the rest says what is needed to go on. The user interface has one sentence and
//! one action for each code. No token and no whole answer is ever in it.

use jiff::Timestamp;
use latchkey_session::{Code, Error, Problem, told};
use serde::Serialize;

/// The fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum TroubleCode {
    /// Nobody is signed in, or somebody else.
    NotSignedIn,
    /// There is no usable access token now; `problem` says why.
    NoAccess,
    /// The server refuses the access token, also a renewed one (401). Signing in again helps if anything does.
    AccessRefused,
    /// The server does not allow it (403). `scope` says which permission is missing, where that is known.
    Forbidden,
    /// The server has nothing for this person (404).
    NotFound,
    /// The data was changed elsewhere again and again while it was to be saved.
    Contended,
    /// The server does not take these values (400, 422 and the like); `detail` and `fields` hold its words.
    Refused,
    /// The server asks to wait until `retry_at` (429).
    Busy,
    /// The server could not be reached, or did not answer; `problem` says why. Nothing was saved.
    Offline,
    /// The server is in trouble (5xx). Nothing was saved, or it is not known: the next save looks first.
    ServerTrouble,
    /// The answer to a save was lost, and it is not known whether the save was done. The next save looks first.
    Unanswered,
    /// An answer that is not what was asked for: a web page, a redirect, something else than a JSON object.
    Unusable,
    /// An answer, or the changes, are larger than what is taken.
    TooLarge,
    /// A change that cannot be made: a name or a value beyond what is taken. `fields` names it.
    Invalid,
    /// The draft could not be written to the disk.
    DraftUnwritable,
}

impl TroubleCode {
    /// Every code, for catalogues and tests.
    pub const ALL: &'static [Self] = &[
        Self::NotSignedIn,
        Self::NoAccess,
        Self::AccessRefused,
        Self::Forbidden,
        Self::NotFound,
        Self::Contended,
        Self::Refused,
        Self::Busy,
        Self::Offline,
        Self::ServerTrouble,
        Self::Unanswered,
        Self::Unusable,
        Self::TooLarge,
        Self::Invalid,
        Self::DraftUnwritable,
    ];
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
#[error("{code:?}")]
pub struct Trouble {
    /// The fact.
    pub code: TroubleCode,
    /// The technical part, or the server's own words: at most 300 characters, no control or bidirectional characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub detail: Option<String>,
    /// The permission that is missing: scopes, separated by spaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub scope: Option<String>,
    /// When the server takes the next request, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, type = "string"))]
    pub retry_at: Option<Timestamp>,
    /// What is said about single fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(as = "Option<Vec<FieldTrouble>>", optional))]
    pub fields: Vec<FieldTrouble>,
    /// The session's or the network's own problem.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub problem: Option<Box<Problem>>,
}

/// What is said about one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct FieldTrouble {
    /// The field's name.
    pub name: String,
    /// The server's words, or ours: as [`Trouble::detail`].
    pub message: String,
}

impl Trouble {
    /// The fact alone.
    pub fn new(code: TroubleCode) -> Self {
        Self {
            code,
            detail: None,
            scope: None,
            retry_at: None,
            fields: Vec::new(),
            problem: None,
        }
    }

    /// With the technical part, or a server's words.
    pub(crate) fn with_detail(mut self, text: impl AsRef<str>) -> Self {
        self.detail = Some(told(text.as_ref())).filter(|text| !text.is_empty());
        self
    }

    /// A change that cannot be made, of this field.
    pub(crate) fn invalid(name: &str, message: &str) -> Self {
        let mut trouble = Self::new(TroubleCode::Invalid);
        trouble.fields.push(FieldTrouble {
            name: told(name),
            message: message.to_owned(),
        });
        trouble
    }

    /// Why there is no access token.
    pub(crate) fn without_token(error: &Error) -> Self {
        let code = if error.code() == Code::NotSignedIn {
            TroubleCode::NotSignedIn
        } else if is_network(error.code()) {
            TroubleCode::Offline
        } else {
            TroubleCode::NoAccess
        };
        Self {
            problem: Some(Box::new(error.problem().clone())),
            ..Self::new(code)
        }
    }

    /// What a failed exchange means. `now`: for the time until which to wait.
    pub(crate) fn of_exchange(error: &Error, now: Timestamp) -> Self {
        let code = if error.code() == Code::ProviderBusy {
            TroubleCode::Busy
        } else if error.code() == Code::ProviderFault {
            TroubleCode::ServerTrouble
        } else if error.code() == Code::TooLarge {
            TroubleCode::TooLarge
        } else if is_network(error.code()) {
            TroubleCode::Offline
        } else {
            TroubleCode::Unusable
        };
        let retry_at = error.retry_after().and_then(|wait| now.checked_add(wait).ok());
        Self {
            detail: error.problem().detail.clone(),
            retry_at,
            problem: (code == TroubleCode::Offline).then(|| Box::new(error.problem().clone())),
            ..Self::new(code)
        }
    }
}

fn is_network(code: Code) -> bool {
    matches!(
        code,
        Code::Offline
            | Code::NameNotFound
            | Code::Certificate
            | Code::ProviderSilent
            | Code::ProviderFault
            | Code::ProviderBusy
    )
}
