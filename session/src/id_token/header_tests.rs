//! Tests of the header's checks, each named after its check.

#![allow(
    clippy::unwrap_in_result,
    reason = "a test that panics says what it has to say"
)]

use base64::Engine as _;
use serde_json::json;

use super::*;

/// The code of what is wrong with a right header with these changes; null removes a member.
fn judged(changes: Value) -> Option<Code> {
    let mut header = json!({"alg": "RS256", "kid": "k", "typ": "JWT"});
    crate::testing::lay_over(header.as_object_mut().unwrap(), &changes);
    read(&header.to_string()).err().map(|error| error.code())
}

fn read(header: &str) -> Result<Header> {
    let encoded = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(header);
    Header::parse(&encoded, &[Algorithm::Rs256, Algorithm::EdDsa])
}

#[test]
fn accepted_algorithm() {
    assert_eq!(judged(json!({})), None);
    assert_eq!(judged(json!({"alg": "EdDSA"})), None);
    assert_eq!(judged(json!({"alg": "Ed25519"})), None);
    for alg in [
        "ES256", "PS256", "RS512", "HS256", "none", "None", "rs256", " RS256", "",
    ] {
        assert_eq!(judged(json!({"alg": alg})), Some(Code::IdTokenAlgorithm), "{alg}");
    }
    for alg in [json!(null), json!(256), json!(["RS256"])] {
        assert_eq!(judged(json!({"alg": alg})), Some(Code::IdTokenMalformed), "{alg}");
    }
}

#[test]
fn not_critical() {
    for crit in [
        json!([]),
        json!(["b64"]),
        json!(["exp"]),
        json!("x"),
        json!(false),
    ] {
        assert_eq!(
            judged(json!({"crit": crit})),
            Some(Code::IdTokenMalformed),
            "{crit}"
        );
    }
    assert!(read(r#"{"alg":"RS256","crit":null}"#).is_err());
}

#[test]
fn encoded_payload() {
    assert_eq!(judged(json!({"b64": true})), None);
    for b64 in [json!(false), json!("true"), json!(0)] {
        assert_eq!(judged(json!({"b64": b64})), Some(Code::IdTokenMalformed), "{b64}");
    }
    assert!(read(r#"{"alg":"RS256","b64":null}"#).is_err());
}

#[test]
fn right_type() {
    for typ in [
        json!(null),
        json!("JWT"),
        json!("jwt"),
        json!("application/jwt"),
        json!(""),
    ] {
        assert_eq!(judged(json!({"typ": typ})), None, "{typ}");
    }
    for typ in [
        json!("at+jwt"),
        json!("application/AT+JWT"),
        json!("logout+jwt; v=1"),
        json!("dpop+jwt"),
        json!("secevent+jwt"),
        json!(["JWT"]),
        json!(1),
    ] {
        assert_eq!(judged(json!({"typ": typ})), Some(Code::IdTokenMalformed), "{typ}");
    }
}

#[test]
fn kid_is_a_text() {
    assert_eq!(judged(json!({"kid": null})), None);
    assert_eq!(judged(json!({"kid": ""})), None);
    assert_eq!(judged(json!({"kid": 1})), Some(Code::IdTokenMalformed));
    assert_eq!(judged(json!({"kid": ["k"]})), Some(Code::IdTokenMalformed));
}

#[test]
fn names_are_unique() {
    for header in [
        r#"{"alg":"RS256","alg":"RS256"}"#,
        r#"{"alg":"RS256","x":1,"x":1}"#,
        r#"{"alg":"none","\u0061lg":"RS256"}"#,
    ] {
        assert_eq!(
            read(header).unwrap_err().code(),
            Code::IdTokenMalformed,
            "{header}"
        );
    }
}
