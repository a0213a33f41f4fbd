//! The token endpoint: a code for tokens, a refresh token for new ones, and giving tokens back. Plus what belongs to it: the ID
//! token is validated and userinfo is asked before anybody sees a result.
//!
//! The actor calls these; only a [`ValidatedCallback`] reaches the code exchange, which consumes it.

mod device;
pub(crate) mod form;
#[cfg(any(test, feature = "inside"))]
pub(crate) mod inside;
mod request;
mod response;
mod userinfo;

use jiff::Timestamp;
use serde_json::Map;

use crate::attempt::Attempt;
use crate::callback::ValidatedCallback;
use crate::device::Device;
use crate::error::{Code, Error, Result, Stage};
use crate::id_token::{self, Claims, Expected, ExpectedNonce};
use crate::ports::Clock;
use crate::profile::Identity;
use crate::provider::Provider;
use crate::secret::RefreshToken;
use crate::tokens::{Revocable, TokenSet};
use crate::unsaid::Unsaid;
use crate::view::Step;

pub(crate) use device::{Polled, begin as begin_device, poll as poll_device};

/// What a sign-in brought.
#[derive(Debug)]
pub(crate) struct Grant {
    /// The tokens; the ID token is among them.
    pub(crate) tokens: TokenSet,
    /// Who signed in.
    pub(crate) identity: Identity,
}

/// What a renewal brought.
#[derive(Debug)]
pub(crate) struct Renewal {
    /// The new tokens. No refresh token means that the old one stays, no ID token likewise.
    pub(crate) tokens: TokenSet,
    /// The same person with what a renewed ID token said anew; absent when none came.
    pub(crate) identity: Option<Identity>,
    /// The renewed ID token is the person's, but failed for a clock: it is not used, nor the access token beside it. The rotated
    /// refresh token may be the only one that still works, so it is kept.
    pub(crate) refused: Option<Error>,
}

/// What userinfo said about a session that is already there.
#[derive(Debug)]
pub(crate) enum Probe {
    /// The access token is accepted; the identity with the newest claims.
    Confirmed(Identity),
    /// The provider offers no userinfo, or one that cannot be used: nothing is known.
    Unusable,
    /// The access token is not accepted there (401): revoked, or meant for another audience. A renewal will tell.
    Rejected,
}

/// Redeems the code (RFC 6749, section 4.1.3; RFC 7636, section 4.5), validates the ID token (OpenID Connect Core, section 3.1.3.7)
/// and asks userinfo (section 5.3), whose failure is not fatal: the ID token's claims serve.
///
/// # Errors
/// Stage token for the request, stage id-token for the ID token and the keys, stage discovery when the provider's document was
/// needed and not to be had.
pub(crate) async fn redeem(
    provider: &Provider,
    attempt: &Attempt,
    callback: ValidatedCallback,
    clock: &dyn Clock,
) -> Result<Grant> {
    let metadata = provider.metadata().await?;
    if metadata.token_endpoint.as_str() != attempt.token_endpoint {
        return Err(
            Error::new(Stage::Token, Code::NoAttempt).with_detail("the token endpoint has changed meanwhile")
        );
    }
    let sent_at = clock.now();
    let code = callback.into_code();
    let sent = attempt.unsaid().and(&Unsaid::of([code.secret()]));
    let tokens = request::redeem(provider, &metadata, attempt, code)
        .await
        .map_err(|error| error.without(&sent))?
        .granted(sent_at)
        .map_err(Error::maybe_sent)?;
    let nonce = ExpectedNonce::Sent(&attempt.nonce);
    identified(provider, tokens, nonce, attempt.max_age, &sent, clock).await
}

/// The same for tokens that came by another device (RFC 8628): the ID token must have no nonce, and no `max_age` was asked for. All
/// other checks are those of a code exchange.
///
/// # Errors
/// Stage id-token, or discovery.
pub(crate) async fn identify(
    provider: &Provider,
    device: &Device,
    tokens: TokenSet,
    clock: &dyn Clock,
) -> Result<Grant> {
    // There was no state, verifier or nonce.
    let sent = Unsaid::of([device.code.secret()]);
    identified(provider, tokens, ExpectedNonce::NotSent, None, &sent, clock).await
}

async fn identified(
    provider: &Provider,
    tokens: TokenSet,
    nonce: ExpectedNonce<'_>,
    max_age: Option<u64>,
    sent: &Unsaid,
    clock: &dyn Clock,
) -> Result<Grant> {
    let metadata = provider.metadata().await?;
    let Some(token) = &tokens.id_token else {
        return Err(Error::new(Stage::IdToken, Code::IdTokenMissing));
    };
    let expected = Expected {
        issuer: &provider.config().issuer,
        client_id: &provider.config().client_id,
        nonce,
        subject: None,
        access_token: &tokens.access_token,
        max_age,
        now: clock.now(),
        leeway: provider.leeway(),
    };
    let unsaid = tokens.unsaid().and(sent);
    let claims = id_token::validate(provider, token, &expected)
        .await
        .map_err(|error| error.without(&unsaid))?;
    let identity = first_identity(claims);
    let identity = match userinfo::ask(provider, &metadata, &tokens.access_token, &identity.sub).await {
        Ok(newer) => identity.merged(newer),
        Err(problem) => {
            tracing::info!(code = problem.code().as_str(), "userinfo is not used");
            identity
        }
    };
    Ok(Grant {
        identity: identity.without(&unsaid),
        tokens,
    })
}

/// Renews (RFC 6749, section 6). An ID token that comes along must be about the same person (OpenID Connect Core, section 12.2); a
/// changed `auth_time` is tolerated, as some providers tell the time of the latest proof.
///
/// # Errors
/// All at stage refresh. Only [`Code::InvalidGrant`] means that the grant is over.
pub(crate) async fn renew(
    provider: &Provider,
    refresh_token: &RefreshToken,
    identity: &Identity,
    clock: &dyn Clock,
) -> Result<Renewal> {
    let unsaid = Unsaid::of([refresh_token.secret()]);
    renewal(provider, refresh_token, identity, clock)
        .await
        .map_err(|error| error.at(Stage::Refresh).without(&unsaid))
}

async fn renewal(
    provider: &Provider,
    refresh_token: &RefreshToken,
    identity: &Identity,
    clock: &dyn Clock,
) -> Result<Renewal> {
    let metadata = provider.metadata().await?;
    let sent_at = clock.now();
    let tokens = request::renew(provider, &metadata, refresh_token)
        .await?
        .granted(sent_at)
        .map_err(Error::maybe_sent)?;
    let Some(token) = &tokens.id_token else {
        return Ok(Renewal {
            tokens,
            identity: None,
            refused: None,
        });
    };
    let expected = Expected {
        issuer: &identity.issuer,
        client_id: &provider.config().client_id,
        nonce: ExpectedNonce::OriginalOrNone(identity.nonce.as_deref()),
        subject: Some(&identity.sub),
        access_token: &tokens.access_token,
        max_age: None,
        now: clock.now(),
        leeway: provider.leeway(),
    };
    let sent = [Some(refresh_token.secret()), identity.nonce.as_deref()];
    let unsaid = tokens.unsaid().and(&Unsaid::of(sent.into_iter().flatten()));
    let validated = id_token::validate(provider, token, &expected).await;
    match validated.map_err(|error| error.without(&unsaid)) {
        Ok(claims) => {
            let identity = identity.clone().merged(claims.all).without(&unsaid);
            Ok(Renewal {
                tokens,
                identity: Some(identity),
                refused: None,
            })
        }
        // The keys cannot be had, or what came for them is no key set. An ID token is optional here (OpenID Connect Core, section 12.2), so one that
        // cannot be checked is left out; but the refresh token that came with it may be the only one that still works.
        Err(error) if error.is_unchecked() => {
            tracing::warn!(
                code = error.code().as_str(),
                "the renewed ID token could not be checked and is left out"
            );
            Ok(Renewal {
                tokens: TokenSet {
                    id_token: None,
                    ..tokens
                },
                identity: None,
                refused: None,
            })
        }
        Err(error) if is_of_the_clock(error.code()) => Ok(Renewal {
            tokens,
            identity: None,
            refused: Some(error.at(Stage::Refresh)),
        }),
        // The provider has answered and may have spent the refresh token; what it sent cannot be used.
        Err(error) => Err(error.maybe_sent()),
    }
}

/// The checks that a wrong clock lets fail. They come last: the token is known to be the person's.
fn is_of_the_clock(code: Code) -> bool {
    code == Code::IdTokenExpired || code == Code::IdTokenIssuedAt || code == Code::IdTokenNotBefore
}

/// Asks userinfo whether the access token still works, and for the newest claims.
///
/// # Errors
/// A network fault, stage userinfo or discovery, or [`Code::UserinfoSubject`]: the answer is about somebody else.
pub(crate) async fn probe(provider: &Provider, tokens: &TokenSet, identity: &Identity) -> Result<Probe> {
    let metadata = provider.metadata().await?;
    match userinfo::ask(provider, &metadata, &tokens.access_token, &identity.sub).await {
        Ok(newer) => {
            let unsaid = tokens.unsaid().and(&Unsaid::of(identity.nonce.as_deref()));
            Ok(Probe::Confirmed(identity.clone().merged(newer).without(&unsaid)))
        }
        Err(error) if error.code() == Code::NotSignedIn => Ok(Probe::Rejected),
        Err(error) if error.code() == Code::UserinfoUnusable || error.code() == Code::TooLarge => {
            Ok(Probe::Unusable)
        }
        Err(error) => Err(error),
    }
}

/// Gives the grant back (RFC 7009).
///
/// # Errors
/// Stage logout: a network fault, or [`Code::LogoutIncomplete`] when the provider refused, as some do for public clients.
pub(crate) async fn revoke(provider: &Provider, token: &Revocable) -> Result<Step> {
    let metadata = provider
        .metadata()
        .await
        .map_err(|error| error.at(Stage::Logout))?;
    let Some(endpoint) = &metadata.revocation_endpoint else {
        return Ok(Step::Skipped);
    };
    request::revoke(provider, &metadata, endpoint, token).await?;
    Ok(Step::Done)
}

/// The identity of a first ID token.
pub(crate) fn first_identity(claims: Claims) -> Identity {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "a time within the year 9999, and fractions do not matter"
    )]
    let auth_time = claims
        .auth_time
        .and_then(|seconds| Timestamp::from_second(seconds as i64).ok());
    Identity {
        issuer: claims.iss,
        sub: claims.sub.unwrap_or_default(),
        claims: Map::new(),
        auth_time,
        nonce: claims.nonce,
    }
    .merged(claims.all)
}

#[cfg(test)]
mod clock_tests;
#[cfg(test)]
mod probe_tests;
#[cfg(test)]
mod renewal_tests;
#[cfg(test)]
mod sent_tests;
#[cfg(test)]
mod tests;
