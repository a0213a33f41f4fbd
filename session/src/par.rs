//! Which URL the browser is given: the authorization request itself, or, where the provider takes them, a reference to one that was
//! pushed to it before (RFC 9126). A pushed request tells the browser, and whoever looks at its history, neither scopes nor hints.

use serde_json::Value;
use url::Url;

use crate::attempt::Attempt;
use crate::error::{Code, Error, Result, Stage};
use crate::exchange::form;
use crate::json;
use crate::log;
use crate::provider::{Metadata, Provider};
use crate::secret::SecretUrl;

/// The longest URL that is handed to the operating system, in bytes. ShellExecuteEx copies it into a buffer of
/// INTERNET_MAX_URL_LENGTH characters (wininet.h: 2,084 with the end; Microsoft's KB 263909).
#[cfg(windows)]
pub(crate) const LONGEST: usize = 2_082;
/// The longest URL that is handed to the operating system, in bytes. No system sets the limit here, but providers do: "It is
/// RECOMMENDED that all HTTP senders and recipients support, at a minimum, URIs with lengths of 8000 octets" (RFC 9110, section 4.1).
#[cfg(not(windows))]
pub(crate) const LONGEST: usize = 8_000;
/// The longest reference to a pushed request that is believed, in bytes.
const REFERENCE_LIMIT: usize = 1_024;

/// What the browser opens for this attempt. Pushed anew each time: "the client MUST only use a request_uri value once" (RFC 9126,
/// section 4). Where pushing is offered but not required, a push that fails is done without.
///
/// # Errors
/// [`Code::RequestTooLong`]; where only pushed requests are accepted also why the push failed. Stage browser, or discovery.
pub(crate) async fn page(provider: &Provider, attempt: &Attempt) -> Result<SecretUrl> {
    let metadata = match provider.metadata().await {
        Ok(metadata) => metadata,
        // A page that was prepared before can be opened again without the network.
        Err(_) => return fitting(attempt.authorization_url()),
    };
    let Some(endpoint) = &metadata.pushed_endpoint else {
        if metadata.push_required {
            return Err(Error::new(Stage::Discovery, Code::DiscoveryInvalid)
                .with_detail("pushed authorization requests are required, but nowhere accepted"));
        }
        return fitting(attempt.authorization_url());
    };
    match push(provider, &metadata, endpoint, attempt).await {
        Ok(url) => fitting(&url),
        Err(error) if metadata.push_required => Err(error),
        Err(error) => {
            log::problem("the authorization request could not be pushed", error.problem());
            fitting(attempt.authorization_url())
        }
    }
}

/// RFC 9126, sections 2.1, 2.2 and 4.
async fn push(
    provider: &Provider,
    metadata: &Metadata,
    endpoint: &Url,
    attempt: &Attempt,
) -> Result<SecretUrl> {
    let request = Url::parse(attempt.authorization_url().secret()).map_err(|_| unusable("no request"))?;
    // What the authorization endpoint brings along stays in its URL; the rest is the request. The client is named by the form.
    let brought = metadata.authorization_endpoint.query_pairs().count();
    let pairs: Vec<_> = request.query_pairs().skip(brought).collect();
    let parameters: Vec<_> = pairs
        .iter()
        .filter(|(name, _)| name != "client_id")
        .map(|(name, value)| (&**name, &**value))
        .collect();
    let answer = form::post(provider, metadata, endpoint, Stage::Browser, &parameters).await?;
    let reference = reference(answer.body())?;
    let mut url = metadata.authorization_endpoint.clone();
    url.query_pairs_mut()
        .append_pair("client_id", &attempt.client_id)
        .append_pair("request_uri", &reference);
    Ok(SecretUrl::new(url))
}

/// The `request_uri` of an answer (RFC 9126, section 2.2).
pub(crate) fn reference(answer: &[u8]) -> Result<String> {
    let members = json::object(answer).ok_or_else(|| unusable("the answer is not a JSON object"))?;
    match members.get("request_uri") {
        Some(Value::String(uri))
            if !uri.is_empty()
                && uri.len() <= REFERENCE_LIMIT
                && uri.bytes().all(|byte| byte.is_ascii_graphic()) =>
        {
            Ok(uri.clone())
        }
        _ => Err(unusable("the answer holds no usable request_uri")),
    }
}

fn unusable(detail: &str) -> Error {
    Error::new(Stage::Browser, Code::ProviderRefused)
        .with_detail(format!("pushing the authorization request: {detail}"))
}

fn fitting(url: &SecretUrl) -> Result<SecretUrl> {
    let length = url.secret().len();
    if length <= LONGEST {
        return Ok(url.clone());
    }
    Err(Error::new(Stage::Browser, Code::RequestTooLong)
        .with_detail(format!("the address has {length} bytes, {LONGEST} can be opened")))
}

#[cfg(test)]
#[path = "par_tests.rs"]
mod tests;
