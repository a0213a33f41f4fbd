//! Tests of ID token validation in a whole sign-in: form, header and signature.

use jsonwebtoken::Algorithm as Jwa;
use serde_json::{Value, json};

use crate::error::{Code, Stage};
use crate::testing::{IdTokenPlan, Rewrite, TestKey, TestProvider, relying_party, sign_in};

/// The result of a sign-in with such ID tokens.
pub(super) async fn with(plan: IdTokenPlan) -> Option<Code> {
    let server = TestProvider::start().await;
    server.id_tokens(plan);
    outcome(&server).await
}

/// The result of a sign-in there.
pub(super) async fn outcome(server: &TestProvider) -> Option<Code> {
    let error = sign_in(server, &relying_party(server.config())).await.err()?;
    assert_eq!(error.stage(), Stage::IdToken, "{error:?}");
    assert!(!error.is_retryable());
    Some(error.code())
}

#[tokio::test]
async fn each_accepted_algorithm_verifies() {
    assert_eq!(with(IdTokenPlan::signed_by(TestKey::Rsa1)).await, None);
    assert_eq!(
        with(IdTokenPlan {
            algorithm: Jwa::PS256,
            ..IdTokenPlan::default()
        })
        .await,
        None
    );
    assert_eq!(with(IdTokenPlan::signed_by(TestKey::P256)).await, None);
    assert_eq!(with(IdTokenPlan::signed_by(TestKey::Ed25519)).await, None);
    let renamed = IdTokenPlan {
        header: json!({"alg": "Ed25519"}),
        ..IdTokenPlan::signed_by(TestKey::Ed25519)
    };
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
        assert_eq!(
            with(IdTokenPlan::with_header(json!({"alg": name}))).await,
            Some(Code::IdTokenAlgorithm),
            "{name}"
        );
    }
    assert_eq!(
        with(IdTokenPlan::with_header(json!({"alg": null}))).await,
        Some(Code::IdTokenMalformed)
    );
    assert_eq!(
        with(IdTokenPlan::with_header(json!({"alg": 256}))).await,
        Some(Code::IdTokenMalformed)
    );
}

#[tokio::test]
async fn only_what_was_announced_is_accepted() {
    let announcing = async |names: Value, key| {
        let server = TestProvider::start().await;
        server.discovery(json!({"id_token_signing_alg_values_supported": names}));
        server.id_tokens(IdTokenPlan::signed_by(key));
        outcome(&server).await
    };
    assert_eq!(
        announcing(json!(["RS256"]), TestKey::P256).await,
        Some(Code::IdTokenAlgorithm)
    );
    assert_eq!(
        announcing(json!(["ES256"]), TestKey::Rsa1).await,
        Some(Code::IdTokenAlgorithm)
    );
    assert_eq!(
        announcing(json!(["none", "RS512", "RS256"]), TestKey::Rsa1).await,
        None
    );
    assert_eq!(announcing(json!(["none", "RS512"]), TestKey::Rsa1).await, None);
    assert_eq!(announcing(json!(null), TestKey::Rsa1).await, None);
}

#[tokio::test]
async fn invalid_sig_rs256() {
    let damaged = |damage| IdTokenPlan {
        damage: Some(damage),
        ..IdTokenPlan::default()
    };
    let flipped = damaged(|token| {
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let first = if signature.starts_with('A') { 'B' } else { 'A' };
        format!("{signed}.{first}{}", &signature[1..])
    });
    assert_eq!(with(flipped).await, Some(Code::IdTokenSignature));
    assert_eq!(
        with(damaged(|token| format!("{}.", token.rsplit_once('.').unwrap().0))).await,
        Some(Code::IdTokenSignature)
    );
    assert_eq!(
        with(IdTokenPlan {
            key: TestKey::Rsa2,
            header: json!({"kid": "rsa-1"}),
            ..IdTokenPlan::default()
        })
        .await,
        Some(Code::IdTokenSignature)
    );
}

#[test]
fn a_token_is_at_most_64_kib_long() {
    let of_length = |length: usize| {
        let token = crate::secret::IdToken::new(format!("a.b.{}", "c".repeat(length - 4)));
        super::Parts::of(&token).is_ok()
    };
    assert!(of_length(65_536));
    assert!(!of_length(65_537));
}

#[tokio::test]
async fn what_is_not_a_compact_jws_is_refused() {
    let damaged = |damage| IdTokenPlan {
        damage: Some(damage),
        ..IdTokenPlan::default()
    };
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
    assert_eq!(
        with(IdTokenPlan {
            missing: true,
            ..IdTokenPlan::default()
        })
        .await,
        Some(Code::IdTokenMissing)
    );
}

#[tokio::test]
async fn critical_extensions_and_other_types_are_refused() {
    for header in [
        json!({"crit": ["b64"], "b64": false}),
        json!({"crit": []}),
        json!({"b64": false}),
        json!({"b64": "no"}),
        json!({"typ": "AT+JWT; v=1"}),
        json!({"typ": "at+jwt"}),
        json!({"typ": 1}),
        json!({"typ": "application/logout+jwt"}),
        json!({"kid": 1}),
    ] {
        assert_eq!(
            with(IdTokenPlan::with_header(header.clone())).await,
            Some(Code::IdTokenMalformed),
            "{header}"
        );
    }
    for header in [
        json!({"typ": null, "x": 1}),
        json!({"b64": true, "typ": "application/jwt"}),
    ] {
        assert_eq!(
            with(IdTokenPlan::with_header(header.clone())).await,
            None,
            "{header}"
        );
    }
}

#[tokio::test]
async fn what_is_said_twice_is_refused() {
    fn twice(text: String, member: &str) -> Vec<u8> {
        text.replacen('{', &format!("{{{member},"), 1).into_bytes()
    }
    let rewrites: [Rewrite; 3] = [
        |header, payload| (twice(header, r#""alg":"RS256""#), payload.into_bytes()),
        |header, payload| (twice(header, r#""k\u0069d":"x""#), payload.into_bytes()),
        |header, payload| (header.into_bytes(), twice(payload, r#""sub":"ada-1""#)),
    ];
    for rewrite in rewrites {
        let plan = IdTokenPlan {
            rewrite: Some(rewrite),
            ..IdTokenPlan::default()
        };
        assert_eq!(with(plan).await, Some(Code::IdTokenMalformed));
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
        assert_eq!(
            with(IdTokenPlan::with_claims(claims.clone())).await,
            Some(code),
            "{claims}"
        );
    }
}
