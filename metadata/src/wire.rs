//! One exchange with the place: the token is added, to the configured origin and no other; what came is judged. A refused token is
//! renewed once in an operation, and the request sent again. A renewed one that is refused is not renewed again.

use std::sync::{Arc, Mutex, PoisonError};

use http::header::AUTHORIZATION;
use http::{HeaderValue, Request, Response, StatusCode};
use jiff::Timestamp;
use latchkey_session::ports::Clock;
use latchkey_session::secret::AccessToken;
use latchkey_session::{Api, Code, Error, says};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::adapter::{Adapter, Doing};
use crate::challenge;
use crate::refusal::refused;
use crate::tokens::{Person, TokenSource};
use crate::trouble::{Trouble, TroubleCode};

/// The largest answer, in bytes.
const ANSWER_LIMIT: usize = 1024 * 1024;
/// How deep an answer may be nested.
const DEPTH_LIMIT: usize = 32;

/// The way to a place.
pub(crate) struct Wire<T> {
    api: Api,
    tokens: T,
    clock: Arc<dyn Clock>,
    /// The SHA-256 of a token that was refused although it had just been renewed for that: another renewal would be in vain, too.
    in_vain: Mutex<Option<[u8; 32]>>,
}

/// What one operation has used up.
#[derive(Debug)]
pub(crate) struct Operation<'a> {
    pub(crate) person: &'a Person,
    /// The tokens that were sent, a refused one among them: an answer must hold none of them.
    sent: Vec<AccessToken>,
    renewed: bool,
}

/// An answer that says yes, or that the data is not as it was thought to be.
#[derive(Debug)]
pub(crate) enum Answer {
    /// 2xx.
    Done(Response<Vec<u8>>),
    /// 409 or 412, with the server's words.
    Stale(Trouble),
}

/// Why there is no such answer.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) trouble: Trouble,
    /// The request may have had its effect.
    pub(crate) lost: bool,
}

impl<'a> Operation<'a> {
    pub(crate) fn of(person: &'a Person) -> Self {
        Self {
            person,
            sent: Vec::new(),
            renewed: false,
        }
    }
}

impl<T: TokenSource> Wire<T> {
    pub(crate) fn new(tokens: T, clock: Arc<dyn Clock>) -> Self {
        Self {
            api: Api::new(Arc::clone(&clock)),
            tokens,
            clock,
            in_vain: Mutex::default(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Sends a request of this adapter with the person's token.
    pub(crate) async fn exchange(
        &self,
        adapter: &dyn Adapter,
        operation: &mut Operation<'_>,
        doing: Doing,
        request: Request<Vec<u8>>,
    ) -> Result<Answer, Fault> {
        if !is_at(&request, adapter.place()) {
            return Err(sure(
                Trouble::new(TroubleCode::Invalid).with_detail("not at the configured address"),
            ));
        }
        let without_token = |error: Error| sure(Trouble::without_token(&error));
        let mut token = self.tokens.token(operation.person).await.map_err(without_token)?;
        let mut answer = self.send(&request, &token, operation).await?;
        let refused = |answer: &Response<_>| answer.status() == StatusCode::UNAUTHORIZED;
        if refused(&answer) && !operation.renewed && !self.is_in_vain(&token) {
            operation.renewed = true;
            token = self
                .tokens
                .another(operation.person, &token)
                .await
                .map_err(without_token)?;
            answer = self.send(&request, &token, operation).await?;
        }
        // A server that refuses whatever it is shown costs one renewal, and the next when the session has renewed by itself.
        self.note(&token, refused(&answer));
        judge(adapter, doing, answer)
    }

    fn is_in_vain(&self, token: &AccessToken) -> bool {
        let fingerprint: [u8; 32] = Sha256::digest(token.secret()).into();
        *self.in_vain.lock().unwrap_or_else(PoisonError::into_inner) == Some(fingerprint)
    }

    fn note(&self, token: &AccessToken, refused: bool) {
        let fingerprint = refused.then(|| Sha256::digest(token.secret()).into());
        *self.in_vain.lock().unwrap_or_else(PoisonError::into_inner) = fingerprint;
    }

    async fn send(
        &self,
        request: &Request<Vec<u8>>,
        token: &AccessToken,
        operation: &mut Operation<'_>,
    ) -> Result<Response<Vec<u8>>, Fault> {
        if !operation.sent.contains(token) {
            operation.sent.push(token.clone());
        }
        let mut request = request.clone();
        let value = bearer(token).ok_or_else(|| sure(Trouble::new(TroubleCode::NoAccess)))?;
        request.headers_mut().insert(AUTHORIZATION, value);
        let answer = self
            .api
            .send(request, ANSWER_LIMIT)
            .await
            .map_err(|error| Fault {
                // Who is told to wait was not listened to (RFC 6585, section 4).
                lost: error.may_have_been_sent() && error.code() != Code::ProviderBusy,
                trouble: Trouble::of_exchange(&error, self.now()),
            })?;
        let unusable = |why: &str| Fault {
            trouble: Trouble::new(TroubleCode::Unusable).with_detail(why),
            lost: answer.status().is_success(),
        };
        let data: Option<Value> = serde_json::from_slice(answer.body()).ok();
        if data.as_ref().is_some_and(|data| is_deep(data, DEPTH_LIMIT)) {
            return Err(unusable("the answer is nested too deeply"));
        }
        if operation
            .sent
            .iter()
            .any(|token| quotes(&answer, data.as_ref(), token))
        {
            return Err(unusable("the answer quotes the access token"));
        }
        Ok(answer)
    }
}

impl<T> std::fmt::Debug for Wire<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wire").finish_non_exhaustive()
    }
}

/// The header's value (RFC 6750, section 2.1), which shows itself to nobody.
fn bearer(token: &AccessToken) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.secret())).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Nothing was sent, or it certainly had no effect.
fn sure(trouble: Trouble) -> Fault {
    Fault { trouble, lost: false }
}

/// Whether a request goes to the place's scheme, host and port, without a user name or password.
fn is_at(request: &Request<Vec<u8>>, place: &Url) -> bool {
    let Ok(url) = Url::parse(&request.uri().to_string()) else {
        return false;
    };
    url.origin() == place.origin() && url.username().is_empty() && url.password().is_none()
}

/// Whether the answer holds the token, in a header, in the body as it came, or in a text or name of its data, which may write it
/// with escapes. Of all of them something is shown or kept, and a token must not be.
fn quotes(answer: &Response<Vec<u8>>, data: Option<&Value>, token: &AccessToken) -> bool {
    let token = token.secret();
    let holds = |bytes: &[u8]| {
        bytes
            .windows(token.len())
            .any(|window| window == token.as_bytes())
    };
    !token.is_empty()
        && (answer.headers().values().any(|value| holds(value.as_bytes()))
            || holds(answer.body())
            || data.is_some_and(|data| says(data, token)))
}

/// Whether the data is nested deeper than so many levels: it could not be read back from a draft.
fn is_deep(data: &Value, levels: usize) -> bool {
    match data {
        Value::Array(items) => levels == 0 || items.iter().any(|item| is_deep(item, levels - 1)),
        Value::Object(members) => levels == 0 || members.values().any(|value| is_deep(value, levels - 1)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// What an answer means, by its status.
fn judge(adapter: &dyn Adapter, doing: Doing, answer: Response<Vec<u8>>) -> Result<Answer, Fault> {
    let status = answer.status();
    if status.is_success() {
        // A captive portal answers for the server: whether the request arrived is not known then.
        return match Api::not_a_page(&answer) {
            Ok(()) => Ok(Answer::Done(answer)),
            Err(error) => Err(Fault {
                trouble: Trouble::new(TroubleCode::Unusable).with_detail(error.problem().to_string()),
                lost: true,
            }),
        };
    }
    if status.is_redirection() {
        let told = format!(
            "the server answered {}, a redirect, which is not followed",
            status.as_u16()
        );
        return Err(sure(Trouble::new(TroubleCode::Unusable).with_detail(told)));
    }
    let trouble = match status {
        StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED if doing == Doing::Save => {
            return Ok(Answer::Stale(refused(&answer)));
        }
        StatusCode::UNAUTHORIZED => as_code(TroubleCode::AccessRefused, &answer),
        StatusCode::FORBIDDEN => Trouble {
            scope: challenge::missing_scope(answer.headers())
                .or_else(|| adapter.scope(doing).map(str::to_owned)),
            ..as_code(TroubleCode::Forbidden, &answer)
        },
        StatusCode::NOT_FOUND | StatusCode::GONE => as_code(TroubleCode::NotFound, &answer),
        StatusCode::PAYLOAD_TOO_LARGE => as_code(TroubleCode::TooLarge, &answer),
        _ => refused(&answer),
    };
    Err(sure(trouble))
}

/// This fact, with the server's words.
fn as_code(code: TroubleCode, answer: &Response<Vec<u8>>) -> Trouble {
    let words = challenge::description(answer.headers()).or_else(|| refused(answer).detail);
    Trouble {
        detail: words,
        ..Trouble::new(code)
    }
}

#[cfg(test)]
mod tests {
    use http::{Request, Response};
    use latchkey_session::secret::AccessToken;

    use super::{DEPTH_LIMIT, bearer, is_at, is_deep, quotes};

    #[test]
    fn the_header_shows_itself_to_nobody() {
        let value = bearer(&AccessToken::new("t0k")).unwrap();
        assert_eq!(value.to_str().unwrap(), "Bearer t0k");
        assert!(!format!("{value:?}").contains("t0k"));
        assert!(bearer(&AccessToken::new("t\n0k")).is_none());
    }

    #[test]
    fn a_token_goes_to_the_configured_origin_alone() {
        let at = |url: &str| {
            let request = Request::get(url).body(Vec::new()).unwrap();
            is_at(&request, &"https://api.example/me".parse().unwrap())
        };
        for right in [
            "https://api.example/me",
            "https://api.example:443/other?x=1",
            "https://API.example/",
        ] {
            assert!(at(right), "{right}");
        }
        for wrong in [
            "http://api.example/me",
            "https://api.example:444/me",
            "https://api.example.evil.example/me",
            "https://evil.example/me",
            "https://me@api.example/me",
            "https://me:pw@api.example/me",
            "/me",
        ] {
            assert!(!at(wrong), "{wrong}");
        }
    }

    #[test]
    fn an_answer_that_quotes_the_token_is_noticed() {
        let quoted = |name: &str, value: &str, body: &str| {
            let answer = Response::builder()
                .header(name, value)
                .body(body.as_bytes().to_vec())
                .unwrap();
            let data = serde_json::from_str(body).ok();
            quotes(&answer, data.as_ref(), &AccessToken::new("t0k"))
        };
        for (name, value, body) in [
            ("etag", "\"1\"", "{\"you_sent\":\"Bearer t0k\"}"),
            ("etag", "\"1\"", "{\"a\":[{\"b\":\"\\u00740k\"}]}"),
            ("etag", "\"1\"", "{\"\\u00740k\":1}"),
            ("etag", "\"t0k\"", "{}"),
            ("www-authenticate", "Bearer scope=\"t0k\"", ""),
        ] {
            assert!(quoted(name, value, body), "{name}: {value} {body}");
        }
        assert!(!quoted("etag", "\"1\"", "{\"a\":\"token\"}"));
    }

    #[test]
    fn an_answer_that_a_draft_could_not_hold_is_noticed() {
        let nested = |levels: usize| {
            let text = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
            serde_json::from_str(&text).unwrap()
        };
        assert!(!is_deep(&nested(DEPTH_LIMIT), DEPTH_LIMIT));
        assert!(is_deep(&nested(DEPTH_LIMIT + 1), DEPTH_LIMIT));
    }
}
