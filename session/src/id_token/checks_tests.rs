//! Tests of the checks, each named after its check. The payload is built as JSON, so that the parser is part of it.

#![allow(
    clippy::unwrap_in_result,
    reason = "a test that panics says what it has to say"
)]

use std::time::Duration;

use base64::Engine as _;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::secret::{AccessToken, Nonce};

const NOW: i64 = 1_700_000_000;

/// What the checks say about a right token with these changes; null removes a claim.
fn judged_as(claims: &Value, change: impl FnOnce(&mut Expected<'_>)) -> Result<()> {
    let mut all = json!({
        "iss": "https://id.example", "sub": "ada-1", "aud": "client-1", "exp": NOW + 300, "iat": NOW, "nonce": "n-1",
    });
    crate::testing::lay_over(all.as_object_mut().unwrap(), claims);
    let (nonce, access_token) = (
        Nonce::new("n-1"),
        AccessToken::new("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"),
    );
    let mut expected = Expected {
        issuer: "https://id.example",
        client_id: "client-1",
        nonce: ExpectedNonce::Sent(&nonce),
        subject: None,
        access_token: &access_token,
        max_age: None,
        now: Timestamp::from_second(NOW).unwrap(),
        leeway: Duration::from_secs(60),
    };
    change(&mut expected);
    let encoded = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(all.to_string());
    super::all(&Claims::parse(&encoded)?, Algorithm::Rs256, &expected)
}

fn judged(claims: Value) -> Option<Code> {
    judged_as(&claims, |_| {}).err().map(|error| error.code())
}

#[test]
fn issuer() {
    assert_eq!(judged(json!({})), None);
    assert_eq!(
        judged(json!({"iss": "https://id.example/"})),
        Some(Code::IdTokenIssuer)
    );
    assert_eq!(
        judged(json!({"iss": "https://ID.example"})),
        Some(Code::IdTokenIssuer)
    );
    assert_eq!(judged(json!({"iss": null})), Some(Code::IdTokenMalformed));
    assert_eq!(
        judged(json!({"iss": ["https://id.example"]})),
        Some(Code::IdTokenMalformed)
    );
}

#[test]
fn audience() {
    assert_eq!(judged(json!({"aud": ["client-1"]})), None);
    assert_eq!(judged(json!({"aud": "other"})), Some(Code::IdTokenAudience));
    assert_eq!(judged(json!({"aud": []})), Some(Code::IdTokenAudience));
    assert_eq!(
        judged(json!({"aud": ["other"], "azp": "client-1"})),
        Some(Code::IdTokenAudience)
    );
    assert_eq!(judged(json!({"aud": null})), Some(Code::IdTokenMalformed));
    assert_eq!(
        judged(json!({"aud": [1, "client-1"]})),
        Some(Code::IdTokenMalformed)
    );
}

#[test]
fn authorized_party() {
    assert_eq!(judged(json!({"azp": "client-1"})), None);
    assert_eq!(
        judged(json!({"aud": ["client-1", "api"], "azp": "client-1"})),
        None
    );
    assert_eq!(
        judged(json!({"azp": "other"})),
        Some(Code::IdTokenAuthorizedParty)
    );
    assert_eq!(
        judged(json!({"aud": ["client-1", "api"]})),
        Some(Code::IdTokenAuthorizedParty)
    );
    assert_eq!(
        judged(json!({"aud": ["client-1", "api"], "azp": "api"})),
        Some(Code::IdTokenAuthorizedParty)
    );
}

#[test]
fn not_expired() {
    assert_eq!(judged(json!({"exp": NOW - 59})), None);
    assert_eq!(judged(json!({"exp": NOW as f64 + 0.5})), None);
    assert_eq!(judged(json!({"exp": NOW - 60})), Some(Code::IdTokenExpired));
    assert_eq!(judged(json!({"exp": null})), Some(Code::IdTokenMalformed));
    assert_eq!(judged(json!({"exp": "2026-01-01"})), Some(Code::IdTokenMalformed));
    assert_eq!(judged(json!({"exp": 1e18})), Some(Code::IdTokenMalformed));
    assert_eq!(judged(json!({"exp": -1})), Some(Code::IdTokenMalformed));
}

#[test]
fn issued_at() {
    assert_eq!(judged(json!({"iat": NOW + 60})), None);
    assert_eq!(judged(json!({"iat": NOW as f64 - 0.25})), None);
    assert_eq!(judged(json!({"iat": NOW + 61})), Some(Code::IdTokenIssuedAt));
    assert_eq!(judged(json!({"iat": null})), Some(Code::IdTokenMalformed));
    assert_eq!(judged(json!({"iat": true})), Some(Code::IdTokenMalformed));
}

#[test]
fn a_clock_that_is_wrong_is_told_in_seconds() {
    let told = |claims: Value| {
        let error = judged_as(&claims, |expected| expected.max_age = Some(600)).unwrap_err();
        error.problem().detail.clone().unwrap()
    };
    assert_eq!(
        told(json!({"auth_time": NOW, "exp": NOW - 100})),
        "the ID token ended 100 seconds ago by this computer's clock"
    );
    assert_eq!(
        told(json!({"auth_time": NOW, "iat": NOW + 100})),
        "the ID token was issued 100 seconds in the future by this computer's clock"
    );
    assert_eq!(
        told(json!({"auth_time": NOW - 700})),
        "the person proved who they are 700 seconds ago"
    );
}

#[test]
fn not_before() {
    assert_eq!(judged(json!({"nbf": NOW + 60})), None);
    assert_eq!(judged(json!({"nbf": NOW + 61})), Some(Code::IdTokenNotBefore));
    assert_eq!(judged(json!({"nbf": "now"})), Some(Code::IdTokenMalformed));
}

#[test]
fn nonce() {
    assert_eq!(judged(json!({"nonce": null})), Some(Code::IdTokenNonce));
    assert_eq!(judged(json!({"nonce": "n-2"})), Some(Code::IdTokenNonce));
    assert_eq!(judged(json!({"nonce": 1})), Some(Code::IdTokenMalformed));
    let renewed = |claims: Value, original: Option<&'static str>| {
        judged_as(&claims, |expected| {
            expected.nonce = ExpectedNonce::OriginalOrNone(original)
        })
        .is_ok()
    };
    assert!(renewed(json!({"nonce": null}), Some("n-0")));
    assert!(renewed(json!({"nonce": "n-0"}), Some("n-0")));
    assert!(renewed(json!({"nonce": "n-9"}), None));
    assert!(!renewed(json!({"nonce": "n-9"}), Some("n-0")));
}

#[test]
fn auth_time() {
    let within = |claims: Value| {
        judged_as(&claims, |expected| expected.max_age = Some(600))
            .err()
            .map(|e| e.code())
    };
    assert_eq!(judged(json!({"auth_time": NOW - 99_999})), None);
    assert_eq!(judged(json!({"auth_time": NOW as f64 - 0.5})), None);
    assert_eq!(judged(json!({"auth_time": "noon"})), Some(Code::IdTokenMalformed));
    assert_eq!(within(json!({"auth_time": NOW - 660})), None);
    assert_eq!(
        within(json!({"auth_time": NOW - 661})),
        Some(Code::IdTokenAuthTime)
    );
    assert_eq!(within(json!({})), Some(Code::IdTokenAuthTime));
}

#[test]
fn subject() {
    assert_eq!(judged(json!({"sub": "x".repeat(255)})), None);
    assert_eq!(
        judged(json!({"sub": "x".repeat(256)})),
        Some(Code::IdTokenSubject)
    );
    assert_eq!(judged(json!({"sub": ""})), Some(Code::IdTokenSubject));
    assert_eq!(judged(json!({"sub": null})), Some(Code::IdTokenSubject));
    assert_eq!(judged(json!({"sub": "Zoë"})), Some(Code::IdTokenSubject));
    assert_eq!(judged(json!({"sub": "ada\u{1b}[2J"})), Some(Code::IdTokenSubject));
    assert_eq!(judged(json!({"sub": "ada\u{7f}"})), Some(Code::IdTokenSubject));
    assert_eq!(judged(json!({"sub": "ada\u{7}"})), Some(Code::IdTokenSubject));
    assert_eq!(judged(json!({"sub": 7})), Some(Code::IdTokenMalformed));
    let renewed = |sub: &'static str| judged_as(&json!({}), |expected| expected.subject = Some(sub)).err();
    assert!(renewed("ada-1").is_none());
    assert_eq!(renewed("ada-2").unwrap().code(), Code::IdTokenSubject);
}

#[test]
fn no_logout_token() {
    let event = "http://schemas.openid.net/event/backchannel-logout";
    assert_eq!(
        judged(json!({"events": {event: {}}})),
        Some(Code::IdTokenMalformed)
    );
    for other in [
        json!({"another": {}}),
        json!(["party"]),
        json!("party"),
        json!(null),
    ] {
        assert_eq!(judged(json!({"events": other})), None);
    }
}

#[test]
fn access_token_hash() {
    // The example of OpenID Connect Core, appendix A.3.
    assert_eq!(judged(json!({"at_hash": "77QmUPtjPfzWtF2AnpK9RQ"})), None);
    assert_eq!(
        judged(json!({"at_hash": "77QmUPtjPfzWtF2AnpK9RR"})),
        Some(Code::IdTokenHash)
    );
    assert_eq!(judged(json!({"at_hash": ""})), Some(Code::IdTokenHash));
    assert_eq!(judged(json!({"at_hash": 1})), Some(Code::IdTokenMalformed));
}
