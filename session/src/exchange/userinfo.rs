//! The userinfo request (OpenID Connect Core, section 5.3).
//!
//! Signed or encrypted answers (`application/jwt`) are not read: the ID token's claims serve then.

use http::header::{ACCEPT, AUTHORIZATION};
use http::{HeaderValue, StatusCode};
use serde_json::{Map, Value};
use url::Url;

use crate::error::{Code, Error, Result, Stage};
use crate::http::{DOCUMENT_LIMIT, Request, media_type, not_a_page};
use crate::json;
use crate::provider::{Metadata, Provider};
use crate::secret::AccessToken;
use crate::unsaid::Unsaid;

/// Asks for the claims about `sub`.
///
/// # Errors
/// A network fault; [`Code::NotSignedIn`] when the access token is refused; [`Code::UserinfoUnusable`] when there is no endpoint or
/// its answer cannot be used; [`Code::UserinfoSubject`] when it is about somebody else. All at stage userinfo.
pub(super) async fn ask(
    provider: &Provider,
    metadata: &Metadata,
    access_token: &AccessToken,
    sub: &str,
) -> Result<Map<String, Value>> {
    let Some(endpoint) = &metadata.userinfo_endpoint else {
        return Err(unusable("no userinfo is offered"));
    };
    let response = provider
        .http()
        .send(Stage::Userinfo, request(endpoint, access_token)?, DOCUMENT_LIMIT)
        .await?;
    match response.status() {
        StatusCode::OK => {}
        StatusCode::UNAUTHORIZED => return Err(Error::new(Stage::Userinfo, Code::NotSignedIn)),
        status => return Err(unusable(&format!("userinfo answered {}", status.as_u16()))),
    }
    not_a_page(Stage::Userinfo, &response)?;
    if media_type(&response).is_some_and(|media| media == "application/jwt") {
        return Err(unusable("userinfo is signed"));
    }
    let Some(claims) = json::object(response.body()) else {
        return Err(unusable("userinfo is not a JSON object"));
    };
    right_subject(&claims, sub)?;
    // Claims are shown, and a token must not be, with escapes or without.
    let unsaid = Unsaid::of([access_token.secret()]);
    if claims
        .iter()
        .any(|(name, value)| unsaid.is_in(name) || unsaid.is_said_by(value))
    {
        return Err(unusable("userinfo quotes the access token"));
    }
    Ok(claims)
}

/// "The sub Claim in the UserInfo Response MUST be verified to exactly match the sub Claim in the ID Token; if they do not match, the
/// UserInfo Response values MUST NOT be used." (section 5.3.2)
fn right_subject(claims: &Map<String, Value>, sub: &str) -> Result<()> {
    match claims.get("sub") {
        Some(Value::String(told)) if told == sub => Ok(()),
        Some(Value::String(_)) => Err(Error::new(Stage::Userinfo, Code::UserinfoSubject)),
        _ => Err(unusable("userinfo names nobody")),
    }
}

/// The request (section 5.3.1), with the token in the header (RFC 6750, section 2.1).
fn request(endpoint: &Url, access_token: &AccessToken) -> Result<Request> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", access_token.secret()))
        .map_err(|_| unusable("the access token does not fit into a header"))?;
    value.set_sensitive(true);
    http::Request::get(endpoint.as_str())
        .header(ACCEPT, "application/json")
        .header(AUTHORIZATION, value)
        .body(Vec::new())
        .map_err(|_| unusable("userinfo is not at a URL that can be asked"))
}

fn unusable(detail: &str) -> Error {
    Error::new(Stage::Userinfo, Code::UserinfoUnusable).with_detail(detail)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn right_subject() {
        let judged = |claims: serde_json::Value| {
            let judged = super::right_subject(claims.as_object().unwrap(), "ada-1");
            judged.err().map(|error| error.code())
        };
        assert_eq!(judged(json!({"sub": "ada-1"})), None);
        for sub in ["eve-1", "ADA-1", "ada-1 ", ""] {
            assert_eq!(
                judged(json!({"sub": sub})),
                Some(super::Code::UserinfoSubject),
                "{sub}"
            );
        }
        for sub in [json!(null), json!(1), json!(["ada-1"])] {
            assert_eq!(
                judged(json!({"sub": sub})),
                Some(super::Code::UserinfoUnusable),
                "{sub}"
            );
        }
    }
}
