//! The ID token's claims with the types they must have (OpenID Connect Core, section 2; RFC 7519, section 4.1).

use serde_json::{Map, Value};

use super::header::decode;
use super::malformed;
use crate::error::Result;
use crate::json;

/// The largest time that is one: the end of the year 9999, in seconds.
const LAST_SECOND: f64 = 253_402_300_799.0;

/// The claims of a token. Outside this folder only validated ones exist.
#[derive(Clone, Debug)]
pub(crate) struct Claims {
    pub(crate) iss: String,
    pub(crate) sub: Option<String>,
    pub(crate) aud: Vec<String>,
    pub(crate) azp: Option<String>,
    /// Times are seconds since 1970; fractions are allowed (RFC 7519, section 2).
    pub(crate) exp: f64,
    pub(crate) iat: f64,
    pub(crate) nbf: Option<f64>,
    pub(crate) auth_time: Option<f64>,
    pub(crate) nonce: Option<String>,
    pub(crate) at_hash: Option<String>,
    /// All of them, for the identity.
    pub(crate) all: Map<String, Value>,
}

impl Claims {
    /// Reads the encoded payload.
    ///
    /// # Errors
    /// [`Code::IdTokenMalformed`](crate::Code::IdTokenMalformed) for a required claim that is missing, or any of these of the
    /// wrong type. A missing `sub` is left to its check.
    pub(super) fn parse(encoded: &str) -> Result<Self> {
        let all = object(encoded).ok_or_else(|| malformed("the payload is not a JSON object"))?;
        Ok(Self {
            iss: required(text(&all, "iss")?, "iss")?,
            sub: text(&all, "sub")?,
            aud: audiences(&all)?,
            azp: text(&all, "azp")?,
            exp: required(time(&all, "exp")?, "exp")?,
            iat: required(time(&all, "iat")?, "iat")?,
            nbf: time(&all, "nbf")?,
            auth_time: time(&all, "auth_time")?,
            nonce: text(&all, "nonce")?,
            at_hash: text(&all, "at_hash")?,
            all,
        })
    }
}

/// A JSON object in base64url: "The Header Parameter names within the JOSE Header MUST be unique" (RFC 7515, section 4), "The Claim
/// Names within a JWT Claims Set MUST be unique" (RFC 7519, section 4). One that repeats a name is none.
pub(super) fn object(encoded: &str) -> Option<Map<String, Value>> {
    json::object(&decode(encoded)?)
}

fn required<T>(value: Option<T>, claim: &str) -> Result<T> {
    value.ok_or_else(|| malformed(&format!("{claim} is missing")))
}

/// A null counts as absent: some servers send every claim they know of.
fn text(all: &Map<String, Value>, claim: &str) -> Result<Option<String>> {
    match all.get(claim) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(malformed(&format!("{claim} is not a text"))),
    }
}

/// A NumericDate within the years that exist.
fn time(all: &Map<String, Value>, claim: &str) -> Result<Option<f64>> {
    match all.get(claim) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value
            .as_f64()
            .filter(|seconds| (0.0..=LAST_SECOND).contains(seconds))
        {
            Some(seconds) => Ok(Some(seconds)),
            None => Err(malformed(&format!("{claim} is not a time"))),
        },
    }
}

/// "In the general case, the "aud" value is an array of case-sensitive strings … In the special case when the JWT has one audience,
/// the "aud" value MAY be a single case-sensitive string" (RFC 7519, section 4.1.3).
fn audiences(all: &Map<String, Value>) -> Result<Vec<String>> {
    let texts = match all.get("aud") {
        Some(Value::String(one)) => Some(vec![one.clone()]),
        Some(Value::Array(many)) => many.iter().map(|one| one.as_str().map(str::to_owned)).collect(),
        _ => None,
    };
    texts.ok_or_else(|| malformed("aud is neither a text nor a list of texts"))
}
