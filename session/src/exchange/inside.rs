//! The token endpoint's answer, as fuzzing sees it.

#![allow(clippy::unwrap_used, reason = "a broken promise has to stop the fuzzer")]

use serde_json::Value;

use super::request::success;
use super::response::TokenResponse;
use crate::error::{Code, Stage};
use crate::inside::{SECRET, now, problem, shown};
use crate::unsaid::Unsaid;

/// An answer with this body, by several statuses. Tokens that pass are texts a header or a form can hold, of the type Bearer, with
/// an end that is not before now; only a JSON object's `invalid_grant` ends a grant, and never a redirect's; no refusal quotes what
/// was sent.
pub fn token_response(body: &[u8]) -> bool {
    let mut granted = false;
    for status in [200, 201, 302, 400, 401] {
        granted |= judged(status, body);
    }
    granted
}

fn judged(status: u16, body: &[u8]) -> bool {
    let answer = http::Response::builder()
        .status(status)
        .body(body.to_vec())
        .unwrap();
    let sent = Unsaid::of([SECRET]);
    let answer = match success(Stage::Refresh, answer, &sent) {
        Ok(answer) => answer,
        Err(error) => {
            problem(&error, &[SECRET]);
            if error.code() == Code::InvalidGrant {
                assert_ne!(status, 302);
                assert_eq!(error_of(body), "invalid_grant");
            }
            return false;
        }
    };
    assert!((200..300).contains(&status));
    let Ok(response) = serde_json::from_slice::<TokenResponse>(answer.body()) else {
        return false;
    };
    let tokens = match response.granted(now()) {
        Ok(tokens) => tokens,
        Err(error) => {
            problem(&error, &[SECRET]);
            return false;
        }
    };
    let read = read(body);
    assert!(read.token_type.unwrap().eq_ignore_ascii_case("bearer"));
    assert_eq!(read.access_token.unwrap(), tokens.access_token.secret());
    assert!(read.error.is_null() || read.error == "");
    let refresh_token = tokens.refresh_token.as_ref();
    for token in [tokens.access_token.secret()]
        .into_iter()
        .chain(refresh_token.map(|token| token.secret()))
    {
        assert!(!token.is_empty() && token.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
    }
    assert!(tokens.id_token.is_none_or(|token| !token.secret().is_empty()));
    assert!(tokens.expires_at.is_none_or(|end| end >= now()));
    shown(tokens.scope.as_deref().unwrap_or_default(), 2000);
    true
}

/// What is looked at again here. The rest may be anything, also a number beyond all measure or a text that is not UTF-8.
#[derive(serde::Deserialize)]
struct Reading {
    access_token: Option<String>,
    token_type: Option<String>,
    #[serde(default)]
    error: Value,
}

#[derive(serde::Deserialize)]
struct ErrorReading {
    error: String,
}

fn error_of(body: &[u8]) -> String {
    serde_json::from_slice::<ErrorReading>(body).unwrap().error
}

fn read(body: &[u8]) -> Reading {
    serde_json::from_slice(body).unwrap()
}
