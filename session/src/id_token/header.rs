//! The ID token's header: which algorithm, which key, and what we refuse to read on (RFC 7515, section 4; RFC 8725).

use base64::Engine as _;
use serde_json::Value;

use super::{fault, malformed};
use crate::error::{Code, Result};

/// The algorithms we accept. Never `none`, never a MAC: a client's secret or a public key must not become a signing key (RFC
/// 8725, section 2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    /// The algorithm of this registered name, if it is one of ours (RFC 7518, section 3.1; RFC 8037; RFC 9864).
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "PS256" => Some(Self::Ps256),
            "ES256" => Some(Self::Es256),
            "EdDSA" | "Ed25519" => Some(Self::EdDsa),
            _ => None,
        }
    }
}

/// What is used of the header. `jwk`, `jku`, `x5c` and `x5u` are not: keys come from `jwks_uri` alone (RFC 8725, section 3.10).
#[derive(Debug)]
pub(super) struct Header {
    pub(super) algorithm: Algorithm,
    pub(super) kid: Option<String>,
}

impl Header {
    /// Reads the encoded header.
    pub(super) fn parse(encoded: &str, accepted: &[Algorithm]) -> Result<Self> {
        let header =
            super::claims::object(encoded).ok_or_else(|| malformed("the header is not a JSON object"))?;
        not_critical(header.get("crit"))?;
        encoded_payload(header.get("b64"))?;
        right_type(header.get("typ"))?;
        let kid = match header.get("kid") {
            None | Some(Value::Null) => None,
            Some(Value::String(kid)) => Some(kid.clone()),
            Some(_) => return Err(malformed("kid is not a text")),
        };
        Ok(Self {
            algorithm: accepted_algorithm(header.get("alg"), accepted)?,
            kid,
        })
    }
}

/// Step 7: "The alg value SHOULD be the default of RS256 or the algorithm sent by the Client in the
/// id_token_signed_response_alg parameter during Registration." We did not register: it is one of ours that was announced.
fn accepted_algorithm(alg: Option<&Value>, accepted: &[Algorithm]) -> Result<Algorithm> {
    let Some(Value::String(name)) = alg else {
        return Err(malformed("the header names no algorithm"));
    };
    Algorithm::from_name(name)
        .filter(|algorithm| accepted.contains(algorithm))
        .ok_or_else(|| fault(Code::IdTokenAlgorithm).with_detail(not_accepted(name)))
}

/// Names what is named like the registered ones (RFC 7518, section 3.1), and nothing else: it may be anything, also a secret.
fn not_accepted(name: &str) -> String {
    let like_a_name = |name: &str| {
        name.len() <= 16
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    if like_a_name(name) {
        format!("the ID token's algorithm is {name}, which is not accepted")
    } else {
        "the ID token's algorithm is none that is accepted".to_owned()
    }
}

/// "If any of the listed extension Header Parameters are not understood and supported by the recipient, then the JWS is invalid."
/// (RFC 7515, section 4.1.11) We understand none.
fn not_critical(crit: Option<&Value>) -> Result<()> {
    match crit {
        None => Ok(()),
        Some(_) => Err(malformed("the header holds critical extensions")),
    }
}

/// "JSON Web Tokens (JWTs) MUST NOT use the unencoded payload option" (RFC 7797, abstract and section 7), whether `crit` names it
/// or not.
fn encoded_payload(b64: Option<&Value>) -> Result<()> {
    match b64 {
        None | Some(Value::Bool(true)) => Ok(()),
        Some(_) => Err(malformed("the header says that the payload is not encoded")),
    }
}

/// Explicit typing (RFC 8725, section 3.11): a JWT that says it is of another kind, such as an access token (`at+jwt`) or a logout
/// token, is not an ID token.
fn right_type(typ: Option<&Value>) -> Result<()> {
    let other = match typ {
        None | Some(Value::Null) => false,
        // A media type may have parameters.
        Some(Value::String(typ)) => typ.to_ascii_lowercase().contains("+jwt"),
        Some(_) => true,
    };
    if other {
        Err(malformed("the JWT is of another type"))
    } else {
        Ok(())
    }
}

/// Base64url without padding, strictly (RFC 7515, section 2).
pub(super) fn decode(encoded: &str) -> Option<Vec<u8>> {
    base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(encoded)
        .ok()
}

#[cfg(test)]
#[path = "header_tests.rs"]
mod tests;
