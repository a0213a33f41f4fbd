//! What can go wrong at an endpoint of the provider.

use super::*;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nobody listens at the port.
    Refused,
    /// The connection ends in the middle of the answer's body. The provider has not done what was asked.
    Cut,
    /// The request is taken and never answered.
    Silence,
    Status500,
    /// 503 with `Retry-After`.
    Busy,
    /// A web page with status 200.
    Html,
    /// Status 200 and no body.
    Empty,
    /// 40 MB.
    Huge,
    /// JSON, but not the one that was due.
    WrongJson,
}

/// `Retry-After` of the 503, in seconds.
pub(super) const RETRY_AFTER: i64 = 7;

impl Fault {
    pub(super) const ALL: [Self; 9] = [
        Self::Refused,
        Self::Cut,
        Self::Silence,
        Self::Status500,
        Self::Busy,
        Self::Html,
        Self::Empty,
        Self::Huge,
        Self::WrongJson,
    ];

    pub(super) fn named(name: &str) -> Self {
        let names = [
            "refused",
            "cut",
            "silence",
            "500",
            "503",
            "html",
            "empty",
            "huge",
            "wrong-json",
        ];
        let place = names.iter().position(|known| *known == name);
        Self::ALL[place.unwrap_or_else(|| panic!("no fault is called {name}"))]
    }

    /// Lets it happen from now on.
    pub(super) async fn befall(self, provider: &TestProvider, endpoint: Endpoint) {
        let answer = match self {
            Self::Refused => return provider.refuse(endpoint).await,
            Self::Cut => Answer::new(200, "application/json", "{\"cut\":\"in the middle\"}").cut(),
            Self::Silence => Answer::hang(),
            Self::Status500 => Answer::error(500, "invalid_grant"),
            Self::Busy => {
                Answer::error(503, "invalid_grant").with_header("retry-after", &RETRY_AFTER.to_string())
            }
            Self::Html => Answer::html(200),
            Self::Empty => Answer::empty(200),
            Self::Huge => Answer::huge(40_000_000),
            Self::WrongJson => Answer::json(
                200,
                &serde_json::json!({ "issuer": 1, "keys": "none", "access_token": [], "sub": false }),
            ),
        };
        provider.always(endpoint, answer);
    }

    /// Takes it away.
    pub(super) fn end(self, provider: &TestProvider, endpoint: Endpoint) {
        match self {
            Self::Refused => provider.admit(endpoint),
            _ => provider.behave(endpoint),
        }
    }
}
