//! Tests of ID token validation in a whole sign-in: which key, from where, and what a key set may look like.

use serde_json::{Value, json};

use super::tests::{outcome, with};
use crate::error::{Code, Stage};
use crate::testing::{Answer, Endpoint, IdTokenPlan, TestKey, TestProvider, relying_party, sign_in};

/// The result with this key set, for a token by the first RSA key.
async fn with_keys(keys: Value, header: Value) -> Option<Code> {
    let server = TestProvider::start().await;
    server.jwks(keys);
    server.id_tokens(IdTokenPlan::with_header(header));
    outcome(&server).await
}

fn rsa_with(change: Value) -> Value {
    let mut key = TestKey::Rsa1.jwk();
    crate::testing::lay_over(key.as_object_mut().unwrap(), &change);
    key
}

#[tokio::test]
async fn keys_in_the_token_are_not_used() {
    let server = TestProvider::start().await;
    let header =
        json!({"jwk": TestKey::Rsa2.jwk(), "jku": format!("{}/evil", server.issuer()), "kid": "rsa-2"});
    server.id_tokens(IdTokenPlan {
        key: TestKey::Rsa2,
        header,
        ..IdTokenPlan::default()
    });
    assert_eq!(outcome(&server).await, Some(Code::IdTokenKey));
    assert_eq!(server.count(Endpoint::Unknown), 0);
}

#[tokio::test]
async fn kid_absent_single_jwks() {
    let keys = json!({"keys": [TestKey::Rsa1.jwk()]});
    assert_eq!(with_keys(keys, json!({"kid": null})).await, None);
}

#[tokio::test]
async fn kid_absent_multiple_jwks() {
    let keys = json!({"keys": [TestKey::Rsa2.jwk(), TestKey::P256.jwk(), TestKey::Rsa1.jwk()]});
    assert_eq!(with_keys(keys, json!({"kid": null})).await, None);
    let keys = json!({"keys": [TestKey::Rsa2.jwk(), TestKey::P256.jwk()]});
    assert_eq!(
        with_keys(keys, json!({"kid": null})).await,
        Some(Code::IdTokenSignature)
    );
}

#[tokio::test]
async fn odd_keys_are_skipped_one_by_one() {
    let odd = [
        json!(7),
        json!(null),
        json!({}),
        json!({"kty": "oct", "k": "c2VjcmV0", "kid": "rsa-1"}),
        rsa_with(json!({"kid": 1})),
        rsa_with(json!({"use": "enc"})),
        rsa_with(json!({"key_ops": ["encrypt"]})),
        rsa_with(json!({"alg": "RSA-OAEP"})),
        rsa_with(json!({"n": "AQAB"})),
        rsa_with(json!({"n": "!"})),
        rsa_with(json!({"e": 3})),
        rsa_with(json!({"d": "AQAB"})),
        json!({"kty": "EC", "crv": "P-521", "x": "AA", "y": "AA", "kid": "rsa-1"}),
        json!({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "rsa-1"}),
    ];
    let with_odd = |last: Vec<Value>| json!({"keys": odd.iter().cloned().chain(last).collect::<Vec<_>>()});
    assert_eq!(
        with_keys(with_odd(vec![TestKey::Rsa1.jwk()]), json!({})).await,
        None
    );
    assert_eq!(
        with_keys(
            with_odd(vec![rsa_with(json!({"kid": null, "use": null}))]),
            json!({})
        )
        .await,
        None
    );
    assert_eq!(
        with_keys(with_odd(vec![]), json!({})).await,
        Some(Code::IdTokenKey)
    );
    assert_eq!(
        with_keys(json!({"keys": []}), json!({})).await,
        Some(Code::IdTokenKey)
    );
    assert_eq!(with_keys(json!({}), json!({})).await, Some(Code::IdTokenKey));
    assert_eq!(with_keys(json!([]), json!({})).await, Some(Code::IdTokenKey));
}

#[tokio::test]
async fn a_key_that_says_something_twice_is_skipped_and_a_set_that_does_is_none() {
    let server = TestProvider::start().await;
    let twice = TestKey::Rsa1
        .jwk()
        .to_string()
        .replacen('{', r#"{"kid":"rsa-1","#, 1);
    let key = TestKey::Rsa1.jwk();
    for (set, due) in [
        (format!(r#"{{"keys":[{twice},{key}]}}"#), None),
        (format!(r#"{{"keys":[{twice}]}}"#), Some(Code::IdTokenKey)),
        (
            format!(r#"{{"keys":[{key}],"keys":[{key}]}}"#),
            Some(Code::IdTokenKey),
        ),
    ] {
        server.always(Endpoint::Jwks, Answer::new(200, "application/json", set));
        assert_eq!(outcome(&server).await, due);
    }
}

#[tokio::test]
async fn a_key_is_for_its_own_algorithm() {
    let keys = |alg: &str| json!({"keys": [rsa_with(json!({"alg": alg}))]});
    assert_eq!(with_keys(keys("RS256"), json!({})).await, None);
    assert_eq!(with_keys(keys("PS256"), json!({})).await, Some(Code::IdTokenKey));
    assert_eq!(with_keys(keys("HS256"), json!({})).await, Some(Code::IdTokenKey));
    let mixed = IdTokenPlan {
        header: json!({"kid": "p256"}),
        ..IdTokenPlan::default()
    };
    assert_eq!(with(mixed).await, Some(Code::IdTokenKey));
}

#[tokio::test]
async fn signing_key_rotation() {
    let server = TestProvider::start().await;
    let provider = relying_party(server.config());
    sign_in(&server, &provider).await.unwrap();
    sign_in(&server, &provider).await.unwrap();
    assert_eq!(server.count(Endpoint::Jwks), 1);
    server.publish(&[TestKey::Rsa2]);
    server.id_tokens(IdTokenPlan::signed_by(TestKey::Rsa2));
    sign_in(&server, &provider).await.unwrap();
    assert_eq!(server.count(Endpoint::Jwks), 2);
}

#[tokio::test]
async fn signing_key_rotation_just_before_signing() {
    let server = TestProvider::start().await;
    server.publish(&[TestKey::Rsa2]);
    server.id_tokens(IdTokenPlan::signed_by(TestKey::Rsa2));
    // The first answer is from just before the rotation.
    server.once(
        Endpoint::Jwks,
        Answer::json(200, &json!({"keys": [TestKey::Rsa1.jwk()]})),
    );
    sign_in(&server, &relying_party(server.config())).await.unwrap();
    assert_eq!(server.count(Endpoint::Jwks), 2);
}

#[tokio::test]
async fn unknown_keys_are_not_asked_for_without_end() {
    let server = TestProvider::start().await;
    let provider = relying_party(server.config());
    server.id_tokens(IdTokenPlan::signed_by(TestKey::Rsa2));
    for _ in 0..20 {
        assert_eq!(
            sign_in(&server, &provider).await.unwrap_err().code(),
            Code::IdTokenKey
        );
    }
    assert_eq!(server.count(Endpoint::Jwks), 6);
}

#[tokio::test]
async fn keys_that_cannot_be_had_are_a_network_fault() {
    let server = TestProvider::start().await;
    for (answer, code) in [
        (Answer::empty(503), Code::ProviderFault),
        (Answer::html(200), Code::NotJson),
        (Answer::dropped(), Code::ProviderFault),
    ] {
        server.always(Endpoint::Jwks, answer);
        let error = sign_in(&server, &relying_party(server.config()))
            .await
            .unwrap_err();
        assert_eq!(
            (error.stage(), error.code(), error.is_retryable()),
            (Stage::IdToken, code, true)
        );
    }
}
