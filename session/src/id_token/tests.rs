//! Tests of ID token validation in a whole sign-in: header, keys and signature.

use jsonwebtoken::Algorithm as Jwa;
use serde_json::{Value, json};

use crate::error::{Code, Stage};
use crate::testing::{Answer, Endpoint, IdTokenPlan, TestKey, TestProvider, relying_party, sign_in};

/// The result of a sign-in with such ID tokens.
async fn with(plan: IdTokenPlan) -> Option<Code> {
    let server = TestProvider::start().await;
    server.id_tokens(plan);
    outcome(&server).await
}

async fn outcome(server: &TestProvider) -> Option<Code> {
    let error = sign_in(server, &relying_party(server.config())).await.err()?;
    assert_eq!(error.stage(), Stage::IdToken, "{error:?}");
    assert!(!error.is_retryable());
    Some(error.code())
}

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
async fn each_accepted_algorithm_verifies() {
    assert_eq!(with(IdTokenPlan::signed_by(TestKey::Rsa1)).await, None);
    assert_eq!(with(IdTokenPlan { algorithm: Jwa::PS256, ..IdTokenPlan::default() }).await, None);
    assert_eq!(with(IdTokenPlan::signed_by(TestKey::P256)).await, None);
    assert_eq!(with(IdTokenPlan::signed_by(TestKey::Ed25519)).await, None);
    let renamed = IdTokenPlan { header: json!({"alg": "Ed25519"}), ..IdTokenPlan::signed_by(TestKey::Ed25519) };
    assert_eq!(with(renamed).await, None);
}

#[tokio::test]
async fn idtoken_sig_none() {
    let none = IdTokenPlan {
        header: json!({"alg": "none"}),
        damage: Some(|token| format!("{}.", token.rsplit_once('.').unwrap().0)),
        ..IdTokenPlan::default()
    };
    assert_eq!(with(none).await, Some(Code::IdTokenAlgorithm));
}

#[tokio::test]
async fn never_a_mac_nor_what_is_not_ours() {
    for name in ["HS256", "RS512", "RS384", "ES384", "rs256", "None", ""] {
        assert_eq!(with(IdTokenPlan::with_header(json!({"alg": name}))).await, Some(Code::IdTokenAlgorithm), "{name}");
    }
    assert_eq!(with(IdTokenPlan::with_header(json!({"alg": null}))).await, Some(Code::IdTokenMalformed));
    assert_eq!(with(IdTokenPlan::with_header(json!({"alg": 256}))).await, Some(Code::IdTokenMalformed));
}

#[tokio::test]
async fn only_what_was_announced_is_accepted() {
    let announcing = async |names: Value, key| {
        let server = TestProvider::start().await;
        server.discovery(json!({"id_token_signing_alg_values_supported": names}));
        server.id_tokens(IdTokenPlan::signed_by(key));
        outcome(&server).await
    };
    assert_eq!(announcing(json!(["RS256"]), TestKey::P256).await, Some(Code::IdTokenAlgorithm));
    assert_eq!(announcing(json!(["ES256"]), TestKey::Rsa1).await, Some(Code::IdTokenAlgorithm));
    assert_eq!(announcing(json!(["none", "RS512", "RS256"]), TestKey::Rsa1).await, None);
    assert_eq!(announcing(json!(["none", "RS512"]), TestKey::Rsa1).await, None);
    assert_eq!(announcing(json!(null), TestKey::Rsa1).await, None);
}

#[tokio::test]
async fn invalid_sig_rs256() {
    let damaged = |damage| IdTokenPlan { damage: Some(damage), ..IdTokenPlan::default() };
    let flipped = damaged(|token| {
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let first = if signature.starts_with('A') { 'B' } else { 'A' };
        format!("{signed}.{first}{}", &signature[1..])
    });
    assert_eq!(with(flipped).await, Some(Code::IdTokenSignature));
    assert_eq!(with(damaged(|token| format!("{}.", token.rsplit_once('.').unwrap().0))).await, Some(Code::IdTokenSignature));
    assert_eq!(with(IdTokenPlan { key: TestKey::Rsa2, header: json!({"kid": "rsa-1"}), ..IdTokenPlan::default() }).await, Some(Code::IdTokenSignature));
}

#[tokio::test]
async fn what_is_not_a_compact_jws_is_refused() {
    let damaged = |damage| IdTokenPlan { damage: Some(damage), ..IdTokenPlan::default() };
    for damage in [
        (|_| "x".into()) as fn(String) -> String,
        |token| token.replace('.', ""),
        |token| format!("{token}.{token}"),
        |token| format!("{token}.x"),
        |token| format!("!{token}"),
        |_| "e30.e30.e30".into(),
        |_| "W10.W10.W10".into(),
        |token| format!("{token}{}", "A".repeat(70_000)),
    ] {
        assert_eq!(with(damaged(damage)).await, Some(Code::IdTokenMalformed));
    }
    assert_eq!(with(IdTokenPlan { missing: true, ..IdTokenPlan::default() }).await, Some(Code::IdTokenMissing));
}

#[tokio::test]
async fn critical_extensions_and_other_types_are_refused() {
    for header in [json!({"crit": ["b64"], "b64": false}), json!({"crit": []}), json!({"typ": "at+jwt"}), json!({"typ": 1}),
        json!({"typ": "application/logout+jwt"}), json!({"kid": 1})]
    {
        assert_eq!(with(IdTokenPlan::with_header(header.clone())).await, Some(Code::IdTokenMalformed), "{header}");
    }
    assert_eq!(with(IdTokenPlan::with_header(json!({"typ": null, "x": 1}))).await, None);
}

#[tokio::test]
async fn keys_in_the_token_are_not_used() {
    let server = TestProvider::start().await;
    let header = json!({"jwk": TestKey::Rsa2.jwk(), "jku": format!("{}/evil", server.issuer()), "kid": "rsa-2"});
    server.id_tokens(IdTokenPlan { key: TestKey::Rsa2, header, ..IdTokenPlan::default() });
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
    assert_eq!(with_keys(keys, json!({"kid": null})).await, Some(Code::IdTokenSignature));
}

#[tokio::test]
async fn odd_keys_are_skipped_one_by_one() {
    let odd = [
        json!(7), json!(null), json!({}), json!({"kty": "oct", "k": "c2VjcmV0", "kid": "rsa-1"}),
        rsa_with(json!({"kid": 1})), rsa_with(json!({"use": "enc"})), rsa_with(json!({"key_ops": ["encrypt"]})),
        rsa_with(json!({"alg": "RSA-OAEP"})), rsa_with(json!({"n": "AQAB"})), rsa_with(json!({"n": "!"})),
        rsa_with(json!({"e": 3})), json!({"kty": "EC", "crv": "P-521", "x": "AA", "y": "AA", "kid": "rsa-1"}),
        json!({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "rsa-1"}),
    ];
    let with_odd = |last: Vec<Value>| json!({"keys": odd.iter().cloned().chain(last).collect::<Vec<_>>()});
    assert_eq!(with_keys(with_odd(vec![TestKey::Rsa1.jwk()]), json!({})).await, None);
    assert_eq!(with_keys(with_odd(vec![rsa_with(json!({"kid": null, "use": null}))]), json!({})).await, None);
    assert_eq!(with_keys(with_odd(vec![]), json!({})).await, Some(Code::IdTokenKey));
    assert_eq!(with_keys(json!({"keys": []}), json!({})).await, Some(Code::IdTokenKey));
    assert_eq!(with_keys(json!({}), json!({})).await, Some(Code::IdTokenKey));
    assert_eq!(with_keys(json!([]), json!({})).await, Some(Code::IdTokenKey));
}

#[tokio::test]
async fn a_key_is_for_its_own_algorithm() {
    let keys = |alg: &str| json!({"keys": [rsa_with(json!({"alg": alg}))]});
    assert_eq!(with_keys(keys("RS256"), json!({})).await, None);
    assert_eq!(with_keys(keys("PS256"), json!({})).await, Some(Code::IdTokenKey));
    assert_eq!(with_keys(keys("HS256"), json!({})).await, Some(Code::IdTokenKey));
    let mixed = IdTokenPlan { header: json!({"kid": "p256"}), ..IdTokenPlan::default() };
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
async fn unknown_keys_are_not_asked_for_without_end() {
    let server = TestProvider::start().await;
    let provider = relying_party(server.config());
    server.id_tokens(IdTokenPlan::signed_by(TestKey::Rsa2));
    for _ in 0..20 {
        assert_eq!(sign_in(&server, &provider).await.unwrap_err().code(), Code::IdTokenKey);
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
        let error = sign_in(&server, &relying_party(server.config())).await.unwrap_err();
        assert_eq!((error.stage(), error.code(), error.is_retryable()), (Stage::IdToken, code, true));
    }
}

#[tokio::test]
async fn claims_are_checked_against_the_request() {
    for (claims, code) in [
        (json!({"iss": "https://evil.example"}), Code::IdTokenIssuer),
        (json!({"sub": null}), Code::IdTokenSubject),
        (json!({"aud": "other"}), Code::IdTokenAudience),
        (json!({"iat": null}), Code::IdTokenMalformed),
        (json!({"exp": 1}), Code::IdTokenExpired),
        (json!({"nonce": "replayed"}), Code::IdTokenNonce),
        (json!({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}), Code::IdTokenHash),
    ] {
        assert_eq!(with(IdTokenPlan::with_claims(claims.clone())).await, Some(code), "{claims}");
    }
}
