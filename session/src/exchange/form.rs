//! Forms of our own to endpoints oauth2 does not know, or not well enough: pushed authorization requests (RFC 9126) and the device
//! grant (RFC 8628). The same client authentication and the same judgement of the answer as at the token endpoint.

use base64::Engine as _;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use url::Url;
use url::form_urlencoded::{self, Serializer};
use zeroize::Zeroizing;

use super::request::{secrets_of, success};
use crate::error::{Code, Error, Result, Stage};
use crate::http::{DOCUMENT_LIMIT, Request, Response};
use crate::provider::{ClientAuthentication, Metadata, Provider};
use crate::unsaid::Unsaid;

/// Sends these parameters, with who we are, and lets only a success with a JSON object through.
///
/// # Errors
/// A transport fault, or what the endpoint's refusal means (RFC 6749, section 5.2); at `stage`.
pub(crate) async fn post(
    provider: &Provider,
    metadata: &Metadata,
    endpoint: &Url,
    stage: Stage,
    parameters: &[(&str, &str)],
) -> Result<Response> {
    let (response, secrets) = send(provider, metadata, endpoint, stage, parameters).await?;
    success(stage, response, &secrets)
}

/// The same, with whatever answer comes, and what of the request no message may quote.
///
/// # Errors
/// A transport fault at `stage`.
pub(super) async fn send(
    provider: &Provider,
    metadata: &Metadata,
    endpoint: &Url,
    stage: Stage,
    parameters: &[(&str, &str)],
) -> Result<(Response, Unsaid)> {
    let request = request(provider, metadata, endpoint, parameters)
        .ok_or_else(|| Error::new(stage, Code::Internal).with_detail("not a request that can be sent"))?;
    let secrets = secrets_of(&request);
    let response = provider.http().send(stage, request, DOCUMENT_LIMIT).await?;
    Ok((response, secrets))
}

/// `client_id` is in the form also where a secret is in the header: for pushed requests it is a parameter of the request itself.
fn request(
    provider: &Provider,
    metadata: &Metadata,
    endpoint: &Url,
    parameters: &[(&str, &str)],
) -> Option<Request> {
    let config = provider.config();
    let mut form = Serializer::new(String::new());
    form.append_pair("client_id", &config.client_id);
    let mut request = http::Request::post(endpoint.as_str())
        .header(ACCEPT, "application/json")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    match (&config.client_secret, metadata.client_authentication) {
        (None, _) => {}
        (Some(secret), ClientAuthentication::Post) => {
            form.append_pair("client_secret", secret);
        }
        // "encoded using the "application/x-www-form-urlencoded" encoding algorithm" (RFC 6749, section 2.3.1)
        (Some(secret), ClientAuthentication::Basic) => {
            let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            let pair = Zeroizing::new(format!("{}:{}", encoded(&config.client_id), encoded(secret)));
            let pair = base64::engine::general_purpose::STANDARD.encode(pair.as_bytes());
            request = request.header(AUTHORIZATION, format!("Basic {pair}"));
        }
    }
    for (name, value) in parameters {
        form.append_pair(name, value);
    }
    request.body(form.finish().into_bytes()).ok()
}
