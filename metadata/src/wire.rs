//! One exchange with the place: the token is added, to the configured origin and no other; what came is judged. A refused token is
//! renewed once in an operation, and the request sent again.

use std::sync::Arc;

use http::header::AUTHORIZATION;
use http::{HeaderValue, Request, Response, StatusCode};
use jiff::Timestamp;
use latchkey_session::ports::Clock;
use latchkey_session::secret::AccessToken;
use latchkey_session::{Api, Code, Error};
use url::Url;

use crate::adapter::{Adapter, Doing};
use crate::challenge;
use crate::refusal::refused;
use crate::tokens::{Person, TokenSource};
use crate::trouble::{Trouble, TroubleCode};

/// The largest answer, in bytes.
const ANSWER_LIMIT: usize = 1024 * 1024;

/// The way to a place.
pub(crate) struct Wire<T> {
    api: Api,
    tokens: T,
    clock: Arc<dyn Clock>,
}

/// What one operation has used up.
#[derive(Debug)]
pub(crate) struct Operation<'a> {
    pub(crate) person: &'a Person,
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
        let mut answer = self.send(&request, &token).await?;
        if answer.status() == StatusCode::UNAUTHORIZED && !operation.renewed {
            operation.renewed = true;
            token = self
                .tokens
                .another(operation.person, &token)
                .await
                .map_err(without_token)?;
            answer = self.send(&request, &token).await?;
        }
        judge(adapter, doing, answer)
    }

    async fn send(
        &self,
        request: &Request<Vec<u8>>,
        token: &AccessToken,
    ) -> Result<Response<Vec<u8>>, Fault> {
        let mut request = request.clone();
        let mut value = HeaderValue::from_str(&format!("Bearer {}", token.secret()))
            .map_err(|_| sure(Trouble::new(TroubleCode::NoAccess)))?;
        value.set_sensitive(true);
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
        if quotes(answer.body(), token.secret().as_bytes()) {
            let trouble =
                Trouble::new(TroubleCode::Unusable).with_detail("the answer quotes the access token");
            let lost = answer.status().is_success();
            return Err(Fault { trouble, lost });
        }
        Ok(answer)
    }
}

impl<T> std::fmt::Debug for Wire<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wire").finish_non_exhaustive()
    }
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

/// Whether the body holds the token: data is shown, and a token must not be.
fn quotes(body: &[u8], token: &[u8]) -> bool {
    !token.is_empty() && body.windows(token.len()).any(|window| window == token)
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
    use http::Request;

    use super::{is_at, quotes};

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
        assert!(quotes(b"{\"you_sent\":\"Bearer t0k\"}", b"t0k"));
        assert!(!quotes(b"{}", b"t0k"));
        assert!(!quotes(b"{}", b""));
    }
}
