//! The two requests of the device grant (RFC 8628): for the codes, and for the tokens as long as the person has not decided.

use serde_json::Value;

use super::form;
use super::request::success;
use super::response::TokenResponse;
use crate::device::{Device, NotYet, response};
use crate::error::{Code, Error, Result, Stage};
use crate::http::not_a_page;
use crate::json;
use crate::ports::Clock;
use crate::provider::{Provider, is_loopback_http};
use crate::tokens::TokenSet;

/// RFC 8628, section 3.4.
const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// What the token endpoint said.
#[derive(Debug)]
pub(crate) enum Polled {
    /// The person said yes.
    Granted(Box<TokenSet>),
    /// The person has not decided.
    NotYet(NotYet),
}

/// Asks for a pair of codes (RFC 8628, section 3.1).
///
/// # Errors
/// [`Code::DeviceNotOffered`]; stage discovery or token.
pub(crate) async fn begin(provider: &Provider, clock: &dyn Clock) -> Result<Device> {
    let metadata = provider.metadata_now().await?;
    let endpoint = metadata
        .device_authorization_endpoint
        .as_ref()
        .ok_or_else(|| Error::new(Stage::Discovery, Code::DeviceNotOffered))?;
    let config = provider.config();
    let scope = config.scopes.join(" ");
    let mut parameters = vec![("scope", scope.as_str())];
    if let Some(audience) = &config.audience {
        parameters.push(("audience", audience));
    }
    parameters.extend(
        config
            .resources
            .iter()
            .map(|resource| ("resource", resource.as_str())),
    );
    let sent_at = clock.now();
    let answer = form::post(provider, &metadata, endpoint, Stage::Token, &parameters).await?;
    response::parse(
        answer.body(),
        metadata.token_endpoint.as_str(),
        is_loopback_http(&config.issuer_url),
        sent_at,
    )
}

/// Asks once (RFC 8628, sections 3.4 and 3.5).
///
/// # Errors
/// Stage token. Retryable: no answer came, and the device code is as good as before. Otherwise the attempt is over: the person
/// declined, took too long, or the answer cannot be used.
pub(crate) async fn poll(provider: &Provider, device: &Device, clock: &dyn Clock) -> Result<Polled> {
    let metadata = provider.metadata().await?;
    if metadata.token_endpoint.as_str() != device.token_endpoint {
        return Err(
            Error::new(Stage::Token, Code::NoAttempt).with_detail("the token endpoint has changed meanwhile")
        );
    }
    let mut parameters = vec![("grant_type", GRANT_TYPE), ("device_code", device.code.secret())];
    let resources = &provider.config().resources;
    parameters.extend(resources.iter().map(|resource| ("resource", resource.as_str())));
    let sent_at = clock.now();
    let (answer, secrets) = form::send(
        provider,
        &metadata,
        &metadata.token_endpoint,
        Stage::Token,
        &parameters,
    )
    .await?;
    not_a_page(Stage::Token, &answer)?;
    if !answer.status().is_success() && !answer.status().is_redirection() {
        let members = json::object(answer.body()).unwrap_or_default();
        match members.get("error").and_then(Value::as_str) {
            Some("authorization_pending") => return Ok(Polled::NotYet(NotYet::Pending)),
            Some("slow_down") => return Ok(Polled::NotYet(NotYet::SlowDown)),
            Some("access_denied") => return Err(Error::new(Stage::Token, Code::Denied)),
            Some("expired_token") => return Err(Error::new(Stage::Browser, Code::TimedOut)),
            Some(_) | None => {}
        }
    }
    let answer = success(Stage::Token, answer, &secrets)?;
    let tokens = serde_json::from_slice::<TokenResponse>(answer.body())
        .map_err(|_| {
            Error::new(Stage::Token, Code::TokenMalformed).with_detail("the token response has another shape")
        })?
        .granted(sent_at)?;
    Ok(Polled::Granted(Box::new(tokens)))
}

#[cfg(test)]
#[path = "device_tests.rs"]
mod tests;
