//! A callback URL, as any program or page may hand it over.

use std::sync::LazyLock;

use super::{CLIENT_ID, ISSUER, SECRET, now, problem};
use crate::attempt::Attempt;
use crate::callback::{Parsed, URL_LIMIT, parse};
use crate::error::Code;
use crate::secret::{CodeVerifier, Nonce, SecretUrl, StateValue};
use crate::view::How;

/// The attempt's state. The seeds hold it.
const STATE: &str = "st-9GdQxW4eYb7LmZ0oVt3HcRs6uNf1KpAj5iXyTr8wE2B";

/// One that came by deep link and knows that the provider names itself; one on loopback that does not.
pub(super) static ATTEMPTS: LazyLock<[Attempt; 2]> = LazyLock::new(|| {
    [
        attempt("dev.latchkey.desktop:/callback", How::DeepLink, true),
        attempt("http://127.0.0.1:4000/callback", How::Loopback, false),
    ]
});

fn attempt(redirect_uri: &str, how: How, iss_expected: bool) -> Attempt {
    Attempt {
        how,
        issuer: ISSUER.into(),
        client_id: CLIENT_ID.into(),
        redirect_uri: redirect_uri.into(),
        token_endpoint: "https://id.example/token".into(),
        state: StateValue::new(STATE),
        nonce: Nonce::new("n-1"),
        verifier: CodeVerifier::new("v-1"),
        iss_expected,
        max_age: None,
        another: false,
        consent: crate::account::Consent::Unneeded,
        created_at: now(),
        deadline: now(),
        authorization_url: SecretUrl::new(""),
    }
}

/// A URL that passes is at the redirect URI and holds our state, our issuer and one code, each once; one that ends the attempt
/// holds our state; one without it is not ours, whatever else it says.
pub fn callback(data: &[u8]) -> bool {
    let Ok(url) = std::str::from_utf8(data) else {
        return false;
    };
    let mut valid = false;
    for attempt in ATTEMPTS.iter() {
        valid |= judged(url, attempt);
    }
    valid
}

fn judged(url: &str, attempt: &Attempt) -> bool {
    let read = Reading::of(url);
    match parse(url, attempt) {
        Parsed::Valid(callback) => {
            read.is_at(&attempt.redirect_uri);
            read.is_ours(attempt);
            assert_eq!(read.all("code"), [callback.into_code().secret()]);
            assert!(read.all("error").iter().all(String::is_empty));
            true
        }
        Parsed::Declined(error) => {
            read.is_at(&attempt.redirect_uri);
            read.is_ours(attempt);
            assert!(read.all("error").iter().any(|error| !error.is_empty()));
            problem(&error, &[STATE, SECRET]);
            false
        }
        Parsed::Refused(error) => {
            read.is_at(&attempt.redirect_uri);
            assert!(read.all("state").iter().any(|state| state == STATE));
            problem(&error, &[STATE, SECRET]);
            false
        }
        Parsed::NotOurs(error) => {
            assert!(
                matches!(error.code(), Code::CallbackMalformed | Code::StateMismatch),
                "{error:?}"
            );
            problem(&error, &[STATE, SECRET]);
            false
        }
    }
}

/// The URL as this file reads it: what is before the query, and the query's parameters.
struct Reading {
    url: String,
    start: String,
    parameters: Vec<(String, String)>,
}

impl Reading {
    fn of(url: &str) -> Self {
        let (start, query) = url.split_once('?').unwrap_or((url, ""));
        let pair = |part: &str| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (decoded(name), decoded(value))
        };
        Self {
            url: url.to_owned(),
            start: start.to_owned(),
            parameters: query
                .split('&')
                .filter(|part| !part.is_empty())
                .map(pair)
                .collect(),
        }
    }

    fn all(&self, name: &str) -> Vec<String> {
        let of_name = self.parameters.iter().filter(|(own, _)| own == name);
        of_name.map(|(_, value)| value.clone()).collect()
    }

    fn is_at(&self, redirect_uri: &str) {
        assert!(self.url.len() <= URL_LIMIT);
        assert!(
            !self
                .url
                .contains(|c: char| c == '#' || c.is_control() || c == ' ')
        );
        let (scheme, rest) = redirect_uri.split_once(':').unwrap();
        let (own_scheme, own_rest) = self.start.split_once(':').unwrap();
        assert!(scheme.eq_ignore_ascii_case(own_scheme) && rest == own_rest);
    }

    fn is_ours(&self, attempt: &Attempt) {
        assert_eq!(self.all("state"), [STATE]);
        let iss = self.all("iss");
        assert!(iss == [ISSUER] || (iss.is_empty() && !attempt.iss_expected));
        for (name, _) in &self.parameters {
            assert_eq!(self.all(name).len(), 1, "{name} is repeated");
        }
    }
}

/// `application/x-www-form-urlencoded`, decoded.
fn decoded(text: &str) -> String {
    let mut out = Vec::new();
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        let digits = match byte {
            b'%' => bytes
                .clone()
                .take(2)
                .map(|byte| char::from(byte).to_digit(16))
                .collect(),
            _ => Some(Vec::new()),
        };
        match digits.as_deref() {
            Some([high, low]) => {
                out.push(u8::try_from(high * 16 + low).unwrap());
                bytes.nth(1);
            }
            _ if byte == b'+' => out.push(b' '),
            _ => out.push(byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
