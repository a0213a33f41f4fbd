//! What the token endpoint answers: the token response, leniently read and strictly judged, and the error response (RFC 6749,
//! sections 5.1 and 5.2).

use std::time::Duration;

use jiff::Timestamp;
use oauth2::basic::BasicTokenType;
use serde::de::Deserializer;
use serde::ser::Error as _;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use crate::error::{Code, Error, Result, Stage};
use crate::http::{Response, is_object};
use crate::secret::{AccessToken, IdToken, RefreshToken};
use crate::text::neutral;
use crate::tokens::TokenSet;
use crate::unsaid::{Unsaid, told};

/// The longest access or refresh token, in bytes. A longer one would fit into no request.
const TOKEN_LIMIT: usize = 64 * 1024;
/// The longest life of an access token that is believed: ten years.
const LIFE_LIMIT: f64 = 10.0 * 365.0 * 86_400.0;

/// A token response as it came. Unknown members are ignored, nulls are absences.
#[derive(Debug, Deserialize)]
pub(super) struct TokenResponse {
    #[serde(default = "no_token", deserialize_with = "or_default_token")]
    access_token: oauth2::AccessToken,
    #[serde(default)]
    token_type: Option<String>,
    #[serde(default)]
    expires_in: Value,
    #[serde(default)]
    refresh_token: Option<oauth2::RefreshToken>,
    #[serde(default)]
    id_token: Option<Secret>,
    #[serde(default)]
    scope: Value,
}

/// A text that does not show itself.
#[derive(Deserialize)]
struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret([redacted])")
    }
}

fn no_token() -> oauth2::AccessToken {
    oauth2::AccessToken::new(String::new())
}

fn or_default_token<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<oauth2::AccessToken, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_else(no_token))
}

impl TokenResponse {
    /// The tokens, once everything about them fits. `sent_at` is when the request was sent.
    ///
    /// # Errors
    /// [`Code::TokenMalformed`] or [`Code::TokenType`], stage token.
    pub(super) fn granted(self, sent_at: Timestamp) -> Result<TokenSet> {
        bearer(self.token_type.as_deref())?;
        let life = lifetime(&self.expires_in)?;
        Ok(TokenSet {
            access_token: AccessToken::new(token(self.access_token.secret(), "access_token")?),
            expires_at: life.map(|life| sent_at.saturating_add(life).unwrap_or(Timestamp::MAX)),
            obtained_at: sent_at,
            refresh_token: match self.refresh_token {
                Some(refresh_token) if !refresh_token.secret().is_empty() => {
                    Some(RefreshToken::new(token(refresh_token.secret(), "refresh_token")?))
                }
                _ => None,
            },
            id_token: self
                .id_token
                .filter(|token| !token.0.is_empty())
                .map(|token| IdToken::new(token.0)),
            scope: self.scope.as_str().map(|scope| neutral(scope, 2000)),
        })
    }
}

/// "The access token type … Value is case insensitive." (RFC 6749, section 5.1) "The client MUST NOT use an access token if it does not
/// understand the token type." (section 7.1) We understand Bearer.
fn bearer(token_type: Option<&str>) -> Result<()> {
    match token_type {
        Some(name) if name.eq_ignore_ascii_case("bearer") => Ok(()),
        Some(_) => {
            // Not quoted: it may be anything, also the token.
            Err(Error::new(Stage::Token, Code::TokenType).with_detail("the token type is not Bearer"))
        }
        None => Err(malformed("token_type is missing")),
    }
}

/// `1*VSCHAR` (RFC 6749, appendix A.12 and A.17): it goes into a header or a form.
fn token<'a>(token: &'a str, member: &str) -> Result<&'a str> {
    if token.is_empty() {
        Err(malformed(&format!("{member} is missing")))
    } else if token.len() > TOKEN_LIMIT {
        Err(malformed(&format!("{member} is too long")))
    } else if token.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        Ok(token)
    } else {
        Err(malformed(&format!(
            "{member} holds characters a token cannot have"
        )))
    }
}

/// "The lifetime in seconds" (RFC 6749, section 5.1), as a number or, from some servers, as a text.
fn lifetime(expires_in: &Value) -> Result<Option<Duration>> {
    let seconds = match expires_in {
        Value::Null => return Ok(None),
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    match seconds.filter(|seconds: &f64| seconds.is_finite() && *seconds >= 0.0) {
        Some(seconds) => Ok(Some(Duration::from_secs_f64(seconds.min(LIFE_LIMIT).floor()))),
        None => Err(malformed("expires_in is not a lifetime")),
    }
}

fn malformed(detail: &str) -> Error {
    Error::new(Stage::Token, Code::TokenMalformed).with_detail(detail)
}

/// An error response (RFC 6749, section 5.2). Both members may be anything.
#[derive(Default, Deserialize)]
struct ErrorResponse {
    #[serde(default)]
    error: Value,
    #[serde(default)]
    error_description: Value,
}

/// The error an answer of the token endpoint is, if it is one: a status that is no success, or a success with an `error` all the
/// same. (Some servers answer 201; some send `error` empty or null.) A redirect is not followed: a code or a refresh token goes to
/// the endpoint and nowhere else. `unsaid` are the secrets of the request.
pub(super) fn refused(stage: Stage, response: &Response, unsaid: &Unsaid) -> Option<Error> {
    let status = response.status();
    let body = match error_response(response) {
        // What cannot be read whole may say that it is an error.
        Err(_) if status.is_success() => {
            let error = Error::new(stage, Code::TokenMalformed).with_detail("the token response is not JSON");
            return Some(error.maybe_sent());
        }
        body => body.unwrap_or_default(),
    };
    let error = body.error.as_str().filter(|error| !error.is_empty());
    if status.is_success() && (body.error.is_null() || body.error == "") {
        return None;
    }
    let Some(error) = error else {
        // Nothing names a reason: not even an empty 400 may end a session.
        let detail = format!(
            "the token endpoint answered {} without saying why",
            status.as_u16()
        );
        let error = Error::new(stage, Code::ProviderRefused).with_detail(detail);
        return Some(error.maybe_sent());
    };
    let code = code_of(error);
    // Some servers quote the code or the token they refuse.
    let detail = told(error, body.error_description.as_str(), unsaid);
    let refusal = Error::new(stage, code).with_detail(detail);
    Some(if code == Code::ProviderBusy {
        refusal.maybe_sent() // trouble, not an answer
    } else {
        refusal
    })
}

/// The members of an error response: of a JSON object, and nothing else. A redirect gives no reason: it is not the token
/// endpoint that speaks.
fn error_response(response: &Response) -> serde_json::Result<ErrorResponse> {
    if response.status().is_redirection() || !is_object(response.body()) {
        return Ok(ErrorResponse::default());
    }
    serde_json::from_slice(response.body())
}

/// The error codes of RFC 6749, section 5.2, and OpenID Connect Core, section 3.1.2.6.
fn code_of(error: &str) -> Code {
    match error {
        "invalid_grant" => Code::InvalidGrant,
        "invalid_client" | "unauthorized_client" => Code::InvalidClient,
        "invalid_scope" => Code::InvalidScope,
        "temporarily_unavailable" | "server_error" | "slow_down" => Code::ProviderBusy,
        "interaction_required" | "login_required" | "consent_required" | "account_selection_required" => {
            Code::InteractionRequired
        }
        _ => Code::ProviderRefused,
    }
}

/// oauth2 asks for this trait; only [`TokenResponse::granted`] is used.
impl oauth2::TokenResponse for TokenResponse {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &oauth2::AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &BasicTokenType {
        &BasicTokenType::Bearer
    }

    fn expires_in(&self) -> Option<Duration> {
        lifetime(&self.expires_in).ok().flatten()
    }

    fn refresh_token(&self) -> Option<&oauth2::RefreshToken> {
        self.refresh_token.as_ref()
    }

    fn scopes(&self) -> Option<&Vec<oauth2::Scope>> {
        None
    }
}

/// oauth2 asks for this trait, too. A token response is never written down.
impl Serialize for TokenResponse {
    fn serialize<S: Serializer>(&self, _: S) -> std::result::Result<S::Ok, S::Error> {
        Err(S::Error::custom("token responses are not written down"))
    }
}

#[cfg(test)]
#[path = "response_tests.rs"]
mod tests;
