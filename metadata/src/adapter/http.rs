//! A JSON resource at one address: GET, and PATCH with a JSON merge patch (RFC 7396).

use http::header::{ACCEPT, CONTENT_TYPE, IF_MATCH};
use http::{Method, Request, Response};
use serde_json::Value;
use url::Url;

use super::{Adapter, Doing, Loaded, Version, unmade, unusable};
use crate::fields::Changes;
use crate::tokens::Person;
use crate::trouble::Trouble;

/// The resource. It knows by the token whose data is meant.
#[derive(Debug)]
pub(crate) struct Http {
    url: Url,
}

impl Http {
    pub(crate) fn new(url: Url) -> Self {
        Self { url }
    }
}

impl Adapter for Http {
    fn place(&self) -> &Url {
        &self.url
    }

    fn load(&self, _person: &Person) -> Result<Request<Vec<u8>>, Trouble> {
        Request::builder()
            .method(Method::GET)
            .uri(self.url.as_str())
            .header(ACCEPT, "application/json")
            .body(Vec::new())
            .map_err(|_| unmade())
    }

    fn patch(
        &self,
        _person: &Person,
        changes: &Changes,
        version: Option<&Version>,
    ) -> Result<Request<Vec<u8>>, Trouble> {
        let mut request = Request::builder()
            .method(Method::PATCH)
            .uri(self.url.as_str())
            .header(ACCEPT, "application/json, application/problem+json")
            .header(CONTENT_TYPE, "application/merge-patch+json");
        if let Some(version) = version {
            request = request.header(IF_MATCH, version.condition().ok_or_else(unmade)?);
        }
        request
            .body(Value::Object(changes.patch()).to_string().into_bytes())
            .map_err(|_| unmade())
    }

    fn read(&self, answer: &Response<Vec<u8>>) -> Result<Loaded, Trouble> {
        let Ok(Value::Object(fields)) = serde_json::from_slice(answer.body()) else {
            return Err(unusable("the answer is not a JSON object"));
        };
        Ok(Loaded {
            fields,
            version: Version::of(answer.headers()),
        })
    }

    /// The server's own; it may say which in its challenge (RFC 6750, section 3).
    fn scope(&self, _doing: Doing) -> Option<&'static str> {
        None
    }
}
