//! The requests to the token and revocation endpoints. oauth2 builds them, our HTTP client sends them, and the answer is judged
//! here before oauth2 sees it: its own errors may hold a token response and are never formatted.

use std::pin::Pin;

use oauth2::basic::{BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse};
use oauth2::{
    AuthType, ClientId, ClientSecret, EndpointNotSet, HttpRequest, HttpResponse, PkceCodeVerifier,
    RedirectUrl, RequestTokenError, RevocationUrl, StandardRevocableToken, TokenUrl,
};
use url::Url;
use zeroize::Zeroizing;

use super::response::{TokenResponse, refused};
use crate::attempt::Attempt;
use crate::error::{Code, Error, Result, Stage};
use crate::http::{DOCUMENT_LIMIT, is_object, not_a_page};
use crate::provider::{ClientAuthentication, Metadata, Provider};
use crate::secret::{AuthorizationCode, RefreshToken};
use crate::tokens::Revocable;
use crate::unsaid::Unsaid;

/// oauth2's client with our token response.
type Client<HasRevocationUrl = EndpointNotSet, HasTokenUrl = EndpointNotSet> = oauth2::Client<
    BasicErrorResponse,
    TokenResponse,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    HasRevocationUrl,
    HasTokenUrl,
>;

/// An answer on its way. Boxed, so that what awaits it can be sent between threads.
type Answering = Pin<Box<dyn Future<Output = Result<HttpResponse>> + Send>>;

/// The code for tokens (RFC 6749, section 4.1.3; RFC 7636, section 4.5; RFC 8707, section 2.2).
pub(super) async fn redeem(
    provider: &Provider,
    metadata: &Metadata,
    attempt: &Attempt,
    code: AuthorizationCode,
) -> Result<TokenResponse> {
    let client =
        client(provider, metadata).set_token_uri(TokenUrl::from_url(metadata.token_endpoint.clone()));
    let redirect_uri = RedirectUrl::new(attempt.redirect_uri.clone())
        .map_err(|_| Error::new(Stage::Token, Code::Internal).with_detail("the redirect URI is not a URL"))?;
    let mut request = client
        .exchange_code(oauth2::AuthorizationCode::new(code.secret().to_owned()))
        .set_redirect_uri(std::borrow::Cow::Owned(redirect_uri))
        .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier.secret().to_owned()));
    for resource in &provider.config().resources {
        request = request.add_extra_param("resource", resource.as_str());
    }
    request
        .request_async(&asking(provider, Stage::Token))
        .await
        .map_err(|error| ours(Stage::Token, error))
}

/// A refresh token for tokens (RFC 6749, section 6).
pub(super) async fn renew(
    provider: &Provider,
    metadata: &Metadata,
    token: &RefreshToken,
) -> Result<TokenResponse> {
    let client =
        client(provider, metadata).set_token_uri(TokenUrl::from_url(metadata.token_endpoint.clone()));
    let token = oauth2::RefreshToken::new(token.secret().to_owned());
    let mut request = client.exchange_refresh_token(&token);
    for resource in &provider.config().resources {
        request = request.add_extra_param("resource", resource.as_str());
    }
    request
        .request_async(&asking(provider, Stage::Refresh))
        .await
        .map_err(|error| ours(Stage::Refresh, error))
}

/// A token back (RFC 7009, section 2.1).
pub(super) async fn revoke(
    provider: &Provider,
    metadata: &Metadata,
    endpoint: &Url,
    token: &Revocable,
) -> Result<()> {
    let internal = || Error::new(Stage::Logout, Code::Internal).with_detail("no revocation request");
    let token = match token {
        Revocable::Refresh(token) => oauth2::RefreshToken::new(token.secret().to_owned()).into(),
        Revocable::Access(token) => oauth2::AccessToken::new(token.secret().to_owned()).into(),
    };
    // oauth2 insists on https here, loopback or not. Whether this endpoint may be asked was decided with the discovery document,
    // so oauth2 builds the request for a name that is never looked up.
    let nowhere = RevocationUrl::new("https://revocation.invalid/".to_owned()).map_err(|_| internal())?;
    let client = client(provider, metadata).set_revocation_url(nowhere);
    let endpoint: http::Uri = endpoint.as_str().parse().map_err(|_| internal())?;
    client
        .revoke_token(token)
        .map_err(|_| internal())?
        .request_async(&revoking(provider, endpoint))
        .await
        .map_err(|error| ours(Stage::Logout, error))
}

/// Who we are to the provider: `client_id` in the body, as public clients do (RFC 6749, section 3.2.1); with a configured secret, the
/// way the provider announced (section 2.3.1).
fn client(provider: &Provider, metadata: &Metadata) -> Client {
    let config = provider.config();
    let client = Client::new(ClientId::new(config.client_id.clone())).set_auth_type(
        match metadata.client_authentication {
            ClientAuthentication::Basic => AuthType::BasicAuth,
            ClientAuthentication::Post => AuthType::RequestBody,
        },
    );
    match &config.client_secret {
        Some(secret) => client.set_client_secret(ClientSecret::new(secret.clone())),
        None => client,
    }
}

/// oauth2's HTTP client is a function: this one asks the token endpoint.
fn asking(provider: &Provider, stage: Stage) -> impl Fn(HttpRequest) -> Answering {
    let provider = provider.clone();
    move |request| {
        let provider = provider.clone();
        Box::pin(async move { ask(&provider, stage, request).await })
    }
}

/// The same for the revocation endpoint, whatever address oauth2 was given.
fn revoking(provider: &Provider, endpoint: http::Uri) -> impl Fn(HttpRequest) -> Answering {
    let provider = provider.clone();
    move |mut request| {
        *request.uri_mut() = endpoint.clone();
        let provider = provider.clone();
        Box::pin(async move { ask_to_revoke(&provider, request).await })
    }
}

/// Sends a token request and lets only a success with a JSON body through.
async fn ask(provider: &Provider, stage: Stage, request: HttpRequest) -> Result<HttpResponse> {
    let mut unsaid = secrets_of(&request);
    if let Some(secret) = &provider.config().client_secret {
        unsaid = unsaid.and(&Unsaid::of([secret.as_str()])); // it may be in the header
    }
    let response = provider.http().send(stage, request, DOCUMENT_LIMIT).await?;
    success(stage, response, &unsaid)
}

/// Lets only a success with a JSON body through. `unsaid` are the secrets of the request.
pub(super) fn success(stage: Stage, mut response: HttpResponse, unsaid: &Unsaid) -> Result<HttpResponse> {
    not_a_page(stage, &response)?;
    if let Some(error) = refused(stage, &response, unsaid) {
        return Err(error);
    }
    if !is_object(response.body()) {
        return Err(Error::new(stage, Code::TokenMalformed)
            .with_detail("the token response is not a JSON object")
            .maybe_sent());
    }
    // oauth2 looks at the type and the status; some servers call their JSON text, or created.
    response.headers_mut().remove(http::header::CONTENT_TYPE);
    *response.status_mut() = http::StatusCode::OK;
    Ok(response)
}

/// What a token request holds that no message may quote.
pub(super) fn secrets_of(request: &HttpRequest) -> Unsaid {
    let values: Vec<Zeroizing<String>> = url::form_urlencoded::parse(request.body())
        .filter(|(name, _)| {
            matches!(
                &**name,
                "code"
                    | "code_verifier"
                    | "refresh_token"
                    | "client_secret"
                    | "device_code"
                    | "state"
                    | "nonce"
            )
        })
        .map(|(_, value)| Zeroizing::new(value.into_owned()))
        .collect();
    Unsaid::of(values.iter().map(|value| value.as_str()))
}

/// Sends a revocation request: "The authorization server responds with HTTP status code 200 if the token has been revoked
/// successfully or if the client submitted an invalid token." (RFC 7009, section 2.2)
async fn ask_to_revoke(provider: &Provider, request: HttpRequest) -> Result<HttpResponse> {
    let mut response = provider
        .http()
        .send(Stage::Logout, request, DOCUMENT_LIMIT)
        .await?;
    if !response.status().is_success() {
        return Err(
            Error::new(Stage::Logout, Code::LogoutIncomplete).with_detail(format!(
                "the revocation endpoint answered {}",
                response.status().as_u16()
            )),
        );
    }
    // A web page is a captive portal's answer. No body is fine, whatever it is called.
    if !response.body().is_empty() {
        not_a_page(Stage::Logout, &response)?;
    }
    *response.status_mut() = http::StatusCode::OK;
    Ok(response)
}

/// Our own error out of oauth2's, which is never formatted: its parse error holds the whole body.
fn ours<T: oauth2::ErrorResponse + 'static>(stage: Stage, error: RequestTokenError<Error, T>) -> Error {
    match error {
        RequestTokenError::Request(error) => error,
        RequestTokenError::Parse(..) | RequestTokenError::ServerResponse(_) | RequestTokenError::Other(_) => {
            Error::new(stage, Code::TokenMalformed)
                .with_detail("the token response has another shape")
                .maybe_sent()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Answer, Endpoint, TestProvider, relying_party, sign_in};

    #[test]
    fn every_secret_of_a_token_request_is_left_out() {
        for name in ["code", "code_verifier", "refresh_token", "client_secret"] {
            let form = format!("grant_type=x&client_id=client-1&{name}=s3%2Fcret");
            let request = http::Request::post("https://id.example/token")
                .body(form.into_bytes())
                .unwrap();
            assert_eq!(
                secrets_of(&request).out_of("client-1 said s3/cret"),
                "client-1 said [left out]",
                "{name}"
            );
        }
    }

    /// A short secret looks like no token: it is known, or it is shown.
    #[tokio::test]
    async fn a_client_secret_is_left_out_whether_it_was_sent_in_the_header_or_in_the_form() {
        for method in ["client_secret_basic", "client_secret_post"] {
            let server = TestProvider::start().await;
            let methods = serde_json::json!({"token_endpoint_auth_methods_supported": [method]});
            server.discovery(methods);
            let mut config = server.config();
            config.client_secret = Some("hunter2".into());
            let refusal = serde_json::json!({"error": "odd", "error_description": "not hunter2"});
            server.always(Endpoint::Token, Answer::json(400, &refusal));
            let error = sign_in(&server, &relying_party(config)).await.unwrap_err();
            assert_eq!(error.to_string(), "odd: not [left out]", "{method}");
            let in_the_header = server.requests(Endpoint::Token)[0]
                .headers
                .contains_key("authorization");
            assert_eq!(in_the_header, method == "client_secret_basic");
        }
    }
}
