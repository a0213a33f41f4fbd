//! ID token validation: OpenID Connect Core, section 3.1.3.7, and for renewed ones section 12.2.
//!
//! The signature comes first, so that nothing unproven is judged; the keys are aws-lc-rs's. Then every claim,
//! one small function each, in [`checks`]. What comes out is [`Claims`], the only form in which claims go on.

mod checks;
mod claims;
mod header;

use std::time::Duration;

use jiff::Timestamp;

pub(crate) use claims::Claims;
pub(crate) use header::Algorithm;
use header::Header;

use crate::error::{Code, Error, Result, Stage};
use crate::provider::{KeySet, Provider};
use crate::secret::{AccessToken, IdToken, Nonce};

/// The longest ID token, in bytes.
const TOKEN_LIMIT: usize = 64 * 1024;

/// What an ID token must fit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected<'a> {
    /// The configured issuer.
    pub(crate) issuer: &'a str,
    /// Us.
    pub(crate) client_id: &'a str,
    /// What `nonce` must be.
    pub(crate) nonce: ExpectedNonce<'a>,
    /// Whose token it must be; anybody's when it is the first.
    pub(crate) subject: Option<&'a str>,
    /// The access token that came along, for `at_hash`.
    pub(crate) access_token: &'a AccessToken,
    /// The `max_age` that was asked for, in seconds.
    pub(crate) max_age: Option<u64>,
    /// Now.
    pub(crate) now: Timestamp,
    /// How far two clocks may differ.
    pub(crate) leeway: Duration,
}

/// What `nonce` must be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ExpectedNonce<'a> {
    /// The answer to our request: there, and the same.
    Sent(&'a Nonce),
    /// An answer to a request that has none (RFC 8628): absent. One that is there was made for another request.
    NotSent,
    /// A renewal: absent, or the first token's if that is known (OpenID Connect Core, section 12.2).
    OriginalOrNone(Option<&'a str>),
}

/// Validates an ID token.
///
/// # Errors
/// One of the `id-token-…` codes, or a network fault while the keys were fetched; stage id-token (discovery, where the keys'
/// address was not to be had).
pub(crate) async fn validate(
    provider: &Provider,
    token: &IdToken,
    expected: &Expected<'_>,
) -> Result<Claims> {
    let parts = Parts::of(token)?;
    let header = Header::parse(parts.header, &provider.metadata().await?.algorithms)?;
    prove(provider, &parts, &header).await?;
    let claims = Claims::parse(parts.payload)?;
    match checks::all(&claims, header.algorithm, expected) {
        Ok(()) => Ok(claims),
        Err(error) => Err(match clock_ahead(provider, &claims, header.algorithm, expected) {
            Some(seconds) => error.with_clock_ahead(seconds),
            None => error,
        }),
    }
}

/// By how many seconds this computer's clock is ahead of the provider's, if that is why a check failed: the same token would pass
/// by the provider's clock. It is told and nothing else; the token stays refused.
fn clock_ahead(
    provider: &Provider,
    claims: &Claims,
    algorithm: Algorithm,
    expected: &Expected<'_>,
) -> Option<i64> {
    let ahead = provider.http().clock_offset()?.significant()?;
    let by_the_provider = Expected {
        now: expected.now.checked_sub(ahead).ok()?,
        ..*expected
    };
    let passes = checks::all(claims, algorithm, &by_the_provider).is_ok();
    passes.then(|| ahead.as_secs())
}

/// The three parts of a compact JWS (RFC 7515, section 7.1), still encoded.
struct Parts<'a> {
    header: &'a str,
    payload: &'a str,
    signature: &'a str,
    /// Header and payload with the dot between them.
    signed: &'a str,
}

impl<'a> Parts<'a> {
    fn of(token: &'a IdToken) -> Result<Self> {
        let token = token.secret();
        let split = || {
            let (signed, signature) = token.rsplit_once('.')?;
            let (header, payload) = signed.split_once('.')?;
            (!payload.contains('.')).then_some(Self {
                header,
                payload,
                signature,
                signed,
            })
        };
        split()
            .filter(|_| token.len() <= TOKEN_LIMIT)
            .ok_or_else(|| malformed("not three parts"))
    }
}

/// Step 6: "The Client MUST validate the signature of all other ID Tokens according to JWS using the algorithm specified in the JWT
/// alg Header Parameter. The Client MUST use the keys provided by the Issuer." Ours come straight from the token endpoint, where
/// TLS alone would do; they are validated all the same. With an unfamiliar key, or one that does not fit any more, the keys are
/// asked for once again (section 10.1.1).
async fn prove(provider: &Provider, parts: &Parts<'_>, header: &Header) -> Result<()> {
    let keys = provider.keys().await?;
    let Err(error) = proven_by(&keys, parts, header) else {
        return Ok(());
    };
    match provider.newer_keys(&keys).await? {
        Some(newer) => proven_by(&newer, parts, header),
        None => Err(error),
    }
}

fn proven_by(keys: &KeySet, parts: &Parts<'_>, header: &Header) -> Result<()> {
    let fitting = keys.fitting(header.algorithm, header.kid.as_deref());
    if fitting.is_empty() {
        return Err(fault(Code::IdTokenKey).with_detail("no published key fits the ID token"));
    }
    let proven = header::decode(parts.signature).is_some_and(|signature| {
        fitting
            .iter()
            .any(|key| key.verifies(header.algorithm, parts.signed.as_bytes(), &signature))
    });
    if proven {
        Ok(())
    } else {
        Err(fault(Code::IdTokenSignature))
    }
}

fn fault(code: Code) -> Error {
    Error::new(Stage::IdToken, code)
}

fn malformed(detail: &str) -> Error {
    fault(Code::IdTokenMalformed).with_detail(detail)
}

#[cfg(test)]
mod key_tests;
#[cfg(test)]
mod tests;
