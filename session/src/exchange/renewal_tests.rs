//! Tests of the renewal: rotation, what a renewed ID token must say, and which answers end a grant.

use serde_json::json;

use super::*;
use crate::ports::SystemClock;
use crate::testing::{Answer, Endpoint, IdTokenPlan, TestProvider, relying_party, sign_in};

async fn renewed(server: &TestProvider, provider: &Provider, grant: &Grant) -> Result<Renewal> {
    let answer = renew(
        provider,
        grant.tokens.refresh_token.as_ref().unwrap(),
        &grant.identity,
        &SystemClock,
    )
    .await;
    assert!(server.count(Endpoint::Token) >= 2);
    answer
}

/// The error of a renewal with this answer.
async fn renewal_refused(answer: Answer) -> Error {
    let server = TestProvider::start().await;
    let provider = relying_party(server.config());
    let grant = sign_in(&server, &provider).await.unwrap();
    server.always(Endpoint::Token, answer);
    let error = renewed(&server, &provider, &grant).await.unwrap_err();
    assert_eq!(error.stage(), Stage::Refresh);
    error
}

#[tokio::test]
async fn refresh_token() {
    let server = TestProvider::start().await;
    let provider = relying_party(server.config());
    let grant = sign_in(&server, &provider).await.unwrap();
    let renewal = renewed(&server, &provider, &grant).await.unwrap();
    assert_ne!(renewal.tokens.access_token, grant.tokens.access_token);
    assert!(
        renewal
            .tokens
            .refresh_token
            .is_some_and(|token| Some(token) != grant.tokens.refresh_token)
    );
    assert_eq!(renewal.identity.unwrap().sub, "ada-1");
    let request = &server.requests(Endpoint::Token)[1];
    assert_eq!(
        (request.parameter("scope"), request.parameter("client_id")),
        (None, Some("client-1"))
    );
}

#[tokio::test]
async fn a_renewal_may_bring_neither_id_token_nor_refresh_token() {
    let server = TestProvider::start().await;
    let provider = relying_party(server.config());
    let grant = sign_in(&server, &provider).await.unwrap();
    server.rotate_refresh_tokens(false);
    server.id_tokens(IdTokenPlan {
        missing: true,
        ..IdTokenPlan::default()
    });
    let renewal = renewed(&server, &provider, &grant).await.unwrap();
    assert!(
        renewal.tokens.refresh_token.is_none()
            && renewal.tokens.id_token.is_none()
            && renewal.identity.is_none()
    );
    server.id_tokens(IdTokenPlan::with_claims(json!({"nonce": null, "at_hash": null})));
    assert!(
        renewed(&server, &provider, &grant)
            .await
            .unwrap()
            .identity
            .is_some()
    );
}

#[tokio::test]
async fn a_renewed_id_token_is_about_the_same_person() {
    for (claims, code) in [
        (json!({"iss": "https://evil.example"}), Code::IdTokenIssuer),
        (json!({"sub": "eve"}), Code::IdTokenSubject),
        (json!({"aud": "other"}), Code::IdTokenAudience),
        (json!({"azp": "other"}), Code::IdTokenAuthorizedParty),
        (json!({"nonce": "another"}), Code::IdTokenNonce),
    ] {
        let server = TestProvider::start().await;
        let provider = relying_party(server.config());
        let grant = sign_in(&server, &provider).await.unwrap();
        server.id_tokens(IdTokenPlan::with_claims(claims.clone()));
        let error = renewed(&server, &provider, &grant).await.unwrap_err();
        assert_eq!((error.stage(), error.code()), (Stage::Refresh, code), "{claims}");
    }
}

#[tokio::test]
async fn a_renewed_id_token_that_fails_for_a_clock_leaves_the_rotated_refresh_token() {
    let server = TestProvider::start().await;
    let provider = relying_party(server.config());
    let grant = sign_in(&server, &provider).await.unwrap();
    server.id_tokens(IdTokenPlan::with_claims(json!({"exp": 1})));
    let renewal = renewed(&server, &provider, &grant).await.unwrap();
    let error = renewal.refused.unwrap();
    assert_eq!(
        (error.stage(), error.code()),
        (Stage::Refresh, Code::IdTokenExpired)
    );
    assert!(renewal.tokens.refresh_token.is_some() && renewal.identity.is_none());
    server.id_tokens(IdTokenPlan::with_claims(json!({"exp": 1, "sub": "eve"})));
    let grant = crate::exchange::Grant {
        tokens: renewal.tokens,
        identity: grant.identity,
    };
    let error = renewed(&server, &provider, &grant).await.unwrap_err();
    assert_eq!(
        error.code(),
        Code::IdTokenSubject,
        "a foreign token is never one of the clock"
    );
}

#[tokio::test]
async fn only_invalid_grant_ends_a_grant() {
    for (answer, code) in [
        (Answer::error(400, "invalid_grant"), Code::InvalidGrant),
        (Answer::error(401, "invalid_client"), Code::InvalidClient),
        (Answer::error(400, "invalid_scope"), Code::InvalidScope),
        (
            Answer::error(400, "interaction_required"),
            Code::InteractionRequired,
        ),
        (Answer::error(400, "login_required"), Code::InteractionRequired),
        (Answer::error(400, "consent_required"), Code::InteractionRequired),
        (Answer::error(400, "temporarily_unavailable"), Code::ProviderBusy),
        (Answer::error(500, "invalid_grant"), Code::ProviderFault),
        (
            Answer::error(503, "invalid_grant").with_header("retry-after", "3"),
            Code::ProviderFault,
        ),
        (Answer::error(429, "invalid_grant"), Code::ProviderBusy),
        (Answer::empty(400), Code::ProviderRefused),
        (
            Answer::new(400, "text/plain", "invalid_grant"),
            Code::ProviderRefused,
        ),
        (Answer::html(400), Code::NotJson),
        (Answer::dropped(), Code::ProviderFault),
    ] {
        let error = renewal_refused(answer.clone()).await;
        assert_eq!(error.code(), code, "{answer:?}");
    }
}

#[tokio::test]
async fn reuse_of_a_rotated_refresh_token_is_invalid_grant() {
    let server = TestProvider::start().await;
    let provider = relying_party(server.config());
    let grant = sign_in(&server, &provider).await.unwrap();
    renewed(&server, &provider, &grant).await.unwrap();
    assert_eq!(
        renewed(&server, &provider, &grant).await.unwrap_err().code(),
        Code::InvalidGrant
    );
}

#[tokio::test]
async fn an_errors_text_is_bounded_and_holds_no_token() {
    let long = json!({"error": "e\u{7}".repeat(500), "error_description": "d\u{202e}".repeat(500)});
    let error = renewal_refused(Answer::json(400, &long)).await;
    let detail = error.problem().detail.clone().unwrap();
    assert!(
        detail.chars().count() <= 300 && !detail.contains(['\u{7}', '\u{202e}']),
        "{detail}"
    );
    let odd = json!({"access_token": "sesame", "token_type": "Bearer", "id_token": 7});
    let error = renewal_refused(Answer::json(200, &odd)).await;
    assert_eq!(error.code(), Code::TokenMalformed);
    assert!(!format!("{error:?} {error}").contains("sesame"));
}
