//! How a place is spoken to. An adapter makes requests and reads answers, and does neither I/O nor see a token: those are the
//! business of `wire`.

mod auth0;
mod http;

use std::fmt;

use ::http::header::ETAG;
use ::http::{HeaderMap, HeaderValue, Request, Response};
use latchkey_session::config::Editor;
use url::Url;

pub(crate) use self::auth0::Auth0;
pub(crate) use self::http::Http;
use crate::fields::{Changes, Fields};
use crate::tokens::Person;
use crate::trouble::{Trouble, TroubleCode};

/// A longer entity tag is none.
const TAG_LIMIT: usize = 256;

/// A way to speak to a place: the port. Requests carry no token.
pub trait Adapter: Send + Sync + fmt::Debug + 'static {
    /// Where tokens go: an address of the place. Only its scheme, host and port count.
    fn place(&self) -> &Url;

    /// Asks for this person's data.
    ///
    /// # Errors
    /// No request can be made of it.
    fn load(&self, person: &Person) -> Result<Request<Vec<u8>>, Trouble>;

    /// Changes it. `version`: only while the data has this version; given only when its tag is strong.
    ///
    /// # Errors
    /// No request can be made of it.
    fn patch(
        &self,
        person: &Person,
        changes: &Changes,
        version: Option<&Version>,
    ) -> Result<Request<Vec<u8>>, Trouble>;

    /// The data in a 200 answer to [`load`](Self::load).
    ///
    /// # Errors
    /// [`TroubleCode::Unusable`].
    fn read(&self, answer: &Response<Vec<u8>>) -> Result<Loaded, Trouble>;

    /// The scope a request needs, where that is known whatever the server says.
    fn scope(&self, doing: Doing) -> Option<&'static str>;
}

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Reading.
    Load,
    /// Changing.
    Save,
}

/// What was read.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The data.
    pub fields: Fields,
    /// Its version, where the server has one.
    pub version: Option<Version>,
}

/// An entity tag (RFC 9110, section 8.8.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version(String);

impl Version {
    /// The tag of an answer; a malformed one is none.
    fn of(headers: &HeaderMap) -> Option<Self> {
        let tag = headers.get(ETAG)?.to_str().ok()?.trim();
        let opaque = tag.strip_prefix("W/").unwrap_or(tag);
        let inside = opaque.strip_prefix('"')?.strip_suffix('"')?;
        (tag.len() <= TAG_LIMIT && !inside.contains('"')).then(|| Self(tag.to_owned()))
    }

    /// As the server writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it can be a condition: "A client that has only a weak entity tag cannot use it in If-Match", which compares strongly
    /// and so never holds for a weak one (RFC 9110, sections 8.8.3.2 and 13.1.1).
    pub(crate) fn is_strong(&self) -> bool {
        !self.0.starts_with("W/")
    }

    /// The value of `If-Match`.
    fn condition(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok()
    }
}

/// The adapter the configuration names.
pub(crate) fn of(editor: &Editor) -> Box<dyn Adapter> {
    match editor {
        Editor::Http { url } => Box::new(Http::new(url.clone())),
        Editor::Auth0 { domain } => Box::new(Auth0::new(domain.clone())),
    }
}

/// No request can be made of it.
fn unmade() -> Trouble {
    Trouble::new(TroubleCode::Invalid).with_detail("no request can be made of it")
}

fn unusable(why: &str) -> Trouble {
    Trouble::new(TroubleCode::Unusable).with_detail(why)
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use http::header::ETAG;

    use super::Version;

    fn version(tag: &str) -> Option<Version> {
        Version::of(&HeaderMap::from_iter([(ETAG, tag.parse().ok()?)]))
    }

    #[test]
    fn entity_tags() {
        assert_eq!(version("\"a1\"").map(|version| version.is_strong()), Some(true));
        assert_eq!(
            version("W/\"a1\"").map(|version| version.is_strong()),
            Some(false)
        );
        assert_eq!(version("\"\"").map(|version| version.is_strong()), Some(true));
        for none in [
            "a1",
            "\"a1",
            "\"",
            "w/\"a\"",
            "\"a\", \"b\"",
            &format!("\"{}\"", "x".repeat(256)),
        ] {
            assert_eq!(version(none), None, "{none}");
        }
        assert_eq!(Version::of(&HeaderMap::new()), None);
    }
}
