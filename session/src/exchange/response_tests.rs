//! Tests of the token response: what is odd but fine, and what is not.

#![allow(
    clippy::unwrap_in_result,
    reason = "a test that panics says what it has to say"
)]

use serde_json::json;

use super::*;

const NOW: i64 = 1_000;

fn granted(change: impl FnOnce(&mut Value)) -> Result<TokenSet> {
    let mut response = json!({"access_token": "at", "token_type": "Bearer", "expires_in": 300});
    change(&mut response);
    let response: TokenResponse = serde_json::from_value(response).map_err(|_| malformed("shape"))?;
    response.granted(Timestamp::from_second(NOW).unwrap())
}

fn with(member: &str, value: Value) -> Result<TokenSet> {
    granted(|response| response[member] = value)
}

fn life(value: Value) -> Option<i64> {
    with("expires_in", value)
        .unwrap()
        .expires_at
        .map(|at| at.as_second() - NOW)
}

#[test]
fn lifetime() {
    assert_eq!(life(json!(300)), Some(300));
    assert_eq!(life(json!("300")), Some(300));
    assert_eq!(life(json!(300.9)), Some(300));
    assert_eq!(life(json!(0)), Some(0));
    assert_eq!(life(json!(1e300)), Some(315_360_000));
    assert_eq!(life(json!(null)), None);
    let missing = granted(|response| drop(response.as_object_mut().unwrap().remove("expires_in")));
    assert_eq!(missing.unwrap().expires_at, None);
}

#[test]
fn lifetime_of_what_is_none() {
    for value in [
        json!(-1),
        json!("soon"),
        json!("NaN"),
        json!("inf"),
        json!(true),
        json!([300]),
    ] {
        assert_eq!(
            with("expires_in", value.clone()).unwrap_err().code(),
            Code::TokenMalformed,
            "{value}"
        );
    }
}

#[test]
fn bearer() {
    assert!(with("token_type", json!("bearer")).is_ok());
    assert!(with("token_type", json!("BEARER")).is_ok());
    assert_eq!(
        with("token_type", json!("DPoP")).unwrap_err().code(),
        Code::TokenType
    );
    assert_eq!(
        with("token_type", json!("mac")).unwrap_err().code(),
        Code::TokenType
    );
    assert_eq!(
        with("token_type", json!(null)).unwrap_err().code(),
        Code::TokenMalformed
    );
    assert_eq!(
        with("token_type", json!(7)).unwrap_err().code(),
        Code::TokenMalformed
    );
}

#[test]
fn token() {
    let long = json!("a".repeat(TOKEN_LIMIT + 1));
    for value in [
        json!(""),
        json!(null),
        json!(7),
        json!("a\r\nb"),
        json!("é"),
        long,
    ] {
        assert_eq!(
            with("access_token", value.clone()).unwrap_err().code(),
            Code::TokenMalformed,
            "{value}"
        );
    }
}

#[test]
fn other_members_may_be_absent_null_or_extra() {
    let tokens = granted(|response| {
        response["refresh_token"] = json!(null);
        response["id_token"] = json!(null);
        response["scope"] = json!(["openid"]);
        response["session_state"] = json!("x");
    })
    .unwrap();
    assert_eq!(
        (tokens.refresh_token, tokens.id_token, tokens.scope),
        (None, None, None)
    );
    assert_eq!(with("refresh_token", json!("")).unwrap().refresh_token, None);
    assert_eq!(
        with("refresh_token", json!("rt")).unwrap().refresh_token,
        Some(RefreshToken::new("rt"))
    );
    assert_eq!(
        with("refresh_token", json!(7)).unwrap_err().code(),
        Code::TokenMalformed
    );
    assert_eq!(
        with("id_token", json!({})).unwrap_err().code(),
        Code::TokenMalformed
    );
}

#[test]
fn a_token_response_shows_and_writes_nothing() {
    let text = r#"{"access_token":"sesame","token_type":"Bearer","refresh_token":"open","id_token":"door"}"#;
    let response: TokenResponse = serde_json::from_str(text).unwrap();
    let shown = format!("{response:?}");
    assert!(
        !["sesame", "open", "door"]
            .iter()
            .any(|secret| shown.contains(secret)),
        "{shown}"
    );
    assert!(serde_json::to_string(&response).is_err());
}
