//! `user_metadata` in Auth0's Management API, with the person's own token.
//!
//! A patch merges on the first level, and null removes a member. The API has no entity tags and no conditions, so the data is read
//! again just before each patch.

use http::header::{ACCEPT, CONTENT_TYPE};
use http::{Method, Request, Response};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use url::Url;

use super::{Adapter, Doing, Loaded, Version, unmade, unusable};
use crate::fields::{Changes, Fields};
use crate::tokens::Person;
use crate::trouble::Trouble;

/// Everything but the unreserved characters (RFC 3986, section 2.3).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A tenant.
#[derive(Debug)]
pub(crate) struct Auth0 {
    /// Its origin.
    domain: Url,
}

impl Auth0 {
    pub(crate) fn new(domain: Url) -> Self {
        Self { domain }
    }

    /// `https://acme.eu.auth0.com/api/v2/users/auth0%7Cabc`.
    fn user(&self, person: &Person) -> Result<Url, Trouble> {
        // A segment of dots would be taken for a step through the path, however it is written.
        if person.sub.is_empty() || person.sub.bytes().all(|byte| byte == b'.') {
            return Err(unmade());
        }
        let mut url = self.domain.clone();
        let id = utf8_percent_encode(&person.sub, SEGMENT);
        url.set_path(&format!("/api/v2/users/{id}"));
        Ok(url)
    }
}

impl Adapter for Auth0 {
    fn place(&self) -> &Url {
        &self.domain
    }

    fn load(&self, person: &Person) -> Result<Request<Vec<u8>>, Trouble> {
        let mut url = self.user(person)?;
        url.set_query(Some("fields=user_metadata&include_fields=true"));
        Request::builder()
            .method(Method::GET)
            .uri(url.as_str())
            .header(ACCEPT, "application/json")
            .body(Vec::new())
            .map_err(|_| unmade())
    }

    fn patch(
        &self,
        person: &Person,
        changes: &Changes,
        _version: Option<&Version>,
    ) -> Result<Request<Vec<u8>>, Trouble> {
        Request::builder()
            .method(Method::PATCH)
            .uri(self.user(person)?.as_str())
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/json")
            .body(json!({"user_metadata": changes.patch()}).to_string().into_bytes())
            .map_err(|_| unmade())
    }

    /// A user that never had any metadata has no such member.
    fn read(&self, answer: &Response<Vec<u8>>) -> Result<Loaded, Trouble> {
        let Ok(Value::Object(mut user)) = serde_json::from_slice(answer.body()) else {
            return Err(unusable("the answer is not a JSON object"));
        };
        let fields = match user.remove("user_metadata") {
            Some(Value::Object(fields)) => fields,
            None | Some(Value::Null) => Fields::new(),
            Some(_) => return Err(unusable("user_metadata is not a JSON object")),
        };
        // An entity tag would be one of the transport: no condition is ever looked at.
        Ok(Loaded {
            fields,
            version: None,
        })
    }

    fn scope(&self, doing: Doing) -> Option<&'static str> {
        Some(match doing {
            Doing::Load => "read:current_user",
            Doing::Save => "update:current_user_metadata",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Auth0;
    use crate::adapter::Adapter as _;
    use crate::tokens::Person;

    fn asked(sub: &str) -> Option<String> {
        let person = Person {
            issuer: "https://acme.eu.auth0.com/".into(),
            sub: sub.into(),
        };
        let auth0 = Auth0::new("https://acme.eu.auth0.com/".parse().unwrap());
        Some(auth0.load(&person).ok()?.uri().to_string())
    }

    #[test]
    fn an_id_is_one_segment_of_the_path() {
        let url = |id: &str| {
            Some(format!(
                "https://acme.eu.auth0.com/api/v2/users/{id}?fields=user_metadata&include_fields=true"
            ))
        };
        assert_eq!(asked("auth0|abc"), url("auth0%7Cabc"));
        assert_eq!(asked("a/../b?c#d%e"), url("a%2F..%2Fb%3Fc%23d%25e"));
        assert_eq!(asked("zoë@x"), url("zo%C3%AB%40x"));
        for nobody in ["", ".", "..", "..."] {
            assert_eq!(asked(nobody), None);
        }
    }
}
