//! The checks of OpenID Connect Core, section 3.1.3.7, one function a step, under the sentence that asks for it.
//!
//! Steps 1 (encryption: we register none), 6 to 8 (signature and algorithm: before this) and 12 (`acr`: never asked for as
//! essential) have no function here.

use base64::Engine as _;
use sha2::{Digest as _, Sha256, Sha512};

use super::{Algorithm, Claims, Expected, ExpectedNonce, fault, malformed};
use crate::error::{Code, Result};
use crate::secret::same;

/// Every check: whose token it is first, the clocks last. A token that fails for a clock alone is known to be the person's.
pub(super) fn all(claims: &Claims, algorithm: Algorithm, expected: &Expected<'_>) -> Result<()> {
    issuer(claims, expected)?;
    audience(claims, expected)?;
    authorized_party(claims, expected)?;
    subject(claims, expected)?;
    no_logout_token(claims)?;
    nonce(claims, expected)?;
    access_token_hash(claims, algorithm, expected)?;
    auth_time(claims, expected)?;
    not_expired(claims, expected)?;
    issued_at(claims, expected)?;
    not_before(claims, expected)
}

/// Step 2: "The Issuer Identifier for the OpenID Provider (which is typically obtained during Discovery) MUST exactly match the
/// value of the iss (issuer) Claim."
fn issuer(claims: &Claims, expected: &Expected<'_>) -> Result<()> {
    if claims.iss == expected.issuer {
        return Ok(());
    }
    Err(fault(Code::IdTokenIssuer).with_detail(format!("the ID token is from {}", claims.iss)))
}

/// Step 3: "The Client MUST validate that the aud (audience) Claim contains its client_id value registered at the Issuer identified
/// by the iss (issuer) Claim as an audience." The additional audiences of the same step are vouched for by `azp`, below.
fn audience(claims: &Claims, expected: &Expected<'_>) -> Result<()> {
    if claims.aud.iter().any(|audience| audience == expected.client_id) {
        return Ok(());
    }
    Err(fault(Code::IdTokenAudience).with_detail("the ID token is not for this client"))
}

/// Steps 3 to 5: "The ID Token MUST be rejected if … it contains additional audiences not trusted by the Client." We trust others
/// only in a token whose `azp` says that it was issued to us. "If an azp (authorized party) Claim is present, the Client SHOULD
/// verify that its client_id is the Claim Value."
fn authorized_party(claims: &Claims, expected: &Expected<'_>) -> Result<()> {
    let strangers = claims.aud.iter().any(|audience| audience != expected.client_id);
    match claims.azp.as_deref() {
        Some(azp) if azp == expected.client_id => Ok(()),
        None if !strangers => Ok(()),
        Some(_) => Err(fault(Code::IdTokenAuthorizedParty).with_detail("azp is another client")),
        None => Err(fault(Code::IdTokenAuthorizedParty).with_detail("several audiences and no azp")),
    }
}

/// Step 9: "The current time MUST be before the time represented by the exp Claim."
fn not_expired(claims: &Claims, expected: &Expected<'_>) -> Result<()> {
    if expected.now_seconds() < claims.exp + expected.leeway.as_secs_f64() {
        return Ok(());
    }
    Err(fault(Code::IdTokenExpired).with_detail(format!(
        "the ID token ended {:.0} seconds ago by this computer's clock",
        expected.now_seconds() - claims.exp
    )))
}

/// Step 10: "The iat Claim can be used to reject tokens that were issued too far away from the current time": here those from the
/// future. How old one may be is `exp`'s business.
fn issued_at(claims: &Claims, expected: &Expected<'_>) -> Result<()> {
    if claims.iat <= expected.now_seconds() + expected.leeway.as_secs_f64() {
        return Ok(());
    }
    Err(fault(Code::IdTokenIssuedAt).with_detail(format!(
        "the ID token was issued {:.0} seconds in the future by this computer's clock",
        claims.iat - expected.now_seconds()
    )))
}

/// "The "nbf" (not before) claim identifies the time before which the JWT MUST NOT be accepted for processing." (RFC 7519, section
/// 4.1.5)
fn not_before(claims: &Claims, expected: &Expected<'_>) -> Result<()> {
    match claims.nbf {
        Some(nbf) if nbf > expected.now_seconds() + expected.leeway.as_secs_f64() => {
            Err(fault(Code::IdTokenNotBefore))
        }
        _ => Ok(()),
    }
}

/// Step 11: "If a nonce value was sent in the Authentication Request, a nonce Claim MUST be present and its value checked to verify
/// that it is the same value as the one that was sent". Renewals: "it SHOULD NOT have a nonce Claim …; however, if it is present, its
/// value MUST be the same as in the ID Token issued at the time of the original authentication" (section 12.2).
fn nonce(claims: &Claims, expected: &Expected<'_>) -> Result<()> {
    let fits = match (&expected.nonce, claims.nonce.as_deref()) {
        (ExpectedNonce::Sent(sent), Some(nonce)) => same(nonce, sent.secret()),
        (ExpectedNonce::Sent(_), None) | (ExpectedNonce::NotSent, Some(_)) => false,
        (ExpectedNonce::NotSent, None) => true,
        (ExpectedNonce::OriginalOrNone(Some(original)), Some(nonce)) => same(nonce, original),
        (ExpectedNonce::OriginalOrNone(_), _) => true,
    };
    if fits {
        Ok(())
    } else {
        Err(fault(Code::IdTokenNonce))
    }
}

/// Step 13: "If the auth_time Claim was requested, … the Client SHOULD check the auth_time Claim value and request re-authentication if
/// it determines too much time has elapsed since the last End-User authentication." "When max_age is used, the ID Token returned
/// MUST include an auth_time Claim Value." (section 3.1.2.1)
fn auth_time(claims: &Claims, expected: &Expected<'_>) -> Result<()> {
    let Some(max_age) = expected.max_age else {
        return Ok(());
    };
    let Some(auth_time) = claims.auth_time else {
        return Err(
            fault(Code::IdTokenAuthTime).with_detail("max_age was asked for and auth_time is missing")
        );
    };
    let age = expected.now_seconds() - auth_time;
    #[allow(
        clippy::cast_precision_loss,
        reason = "a max_age beyond 2^53 seconds is no limit anyway"
    )]
    let limit = max_age as f64 + expected.leeway.as_secs_f64();
    if age <= limit {
        return Ok(());
    }
    Err(fault(Code::IdTokenAuthTime)
        .with_detail(format!("the person proved who they are {age:.0} seconds ago")))
}

/// "It MUST NOT exceed 255 ASCII characters in length." (section 2) Control characters are none that anybody reads. Renewals: "its
/// sub Claim Value MUST be the same as in the ID Token issued when the original authentication occurred" (section 12.2).
fn subject(claims: &Claims, expected: &Expected<'_>) -> Result<()> {
    let sub = claims.sub.as_deref().unwrap_or_default();
    let printable = sub.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    if sub.is_empty() || sub.len() > 255 || !printable {
        return Err(
            fault(Code::IdTokenSubject).with_detail("sub is missing, too long or not printable ASCII")
        );
    }
    match expected.subject {
        Some(subject) if subject != sub => {
            Err(fault(Code::IdTokenSubject).with_detail("sub is another person's"))
        }
        _ => Ok(()),
    }
}

/// Each kind of JWT has rules that no other kind fits (RFC 8725, section 3.12). A logout token looks like an ID token without
/// `nonce`, as one of a renewal may be; it is known by its `events` (Back-Channel Logout 1.0, section 2.4).
fn no_logout_token(claims: &Claims) -> Result<()> {
    const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
    match claims.all.get("events").and_then(|events| events.get(EVENT)) {
        Some(_) => Err(malformed("this is a logout token")),
        None => Ok(()),
    }
}

/// "Access Token hash value. Its value is the base64url encoding of the left-most half of the hash of the octets of the ASCII
/// representation of the access_token value, where the hash algorithm used is the hash algorithm used in the alg Header Parameter"
/// (section 3.1.3.6; the check is section 3.1.3.8). Ed25519's hash is SHA-512.
fn access_token_hash(claims: &Claims, algorithm: Algorithm, expected: &Expected<'_>) -> Result<()> {
    let Some(at_hash) = claims.at_hash.as_deref() else {
        return Ok(());
    };
    let token = expected.access_token.secret().as_bytes();
    let hash = match algorithm {
        Algorithm::Rs256 | Algorithm::Ps256 | Algorithm::Es256 => Sha256::digest(token).to_vec(),
        Algorithm::EdDsa => Sha512::digest(token).to_vec(),
    };
    let (half, _) = hash.split_at(hash.len() / 2);
    if same(
        at_hash,
        &base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(half),
    ) {
        return Ok(());
    }
    Err(fault(Code::IdTokenHash))
}

impl Expected<'_> {
    /// Now, in seconds with their fraction.
    fn now_seconds(&self) -> f64 {
        self.now.as_duration().as_secs_f64()
    }
}

#[cfg(test)]
#[path = "checks_tests.rs"]
mod tests;
