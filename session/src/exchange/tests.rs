//! Tests of the exchange against the test provider: what is asked, what is believed, what each refusal is called.

use serde_json::json;

use super::*;
use crate::ports::SystemClock;
use crate::testing::{Answer, Endpoint, IdTokenPlan, TestProvider, begin, relying_party, sign_in};

async fn refusal(answer: Answer) -> (Stage, Code, bool) {
    let server = TestProvider::start().await;
    server.always(Endpoint::Token, answer);
    let error = sign_in(&server, &relying_party(server.config()))
        .await
        .unwrap_err();
    (error.stage(), error.code(), error.is_retryable())
}

#[tokio::test]
async fn scope_userinfo_claims() {
    let server = TestProvider::start().await;
    let grant = sign_in(&server, &relying_party(server.config())).await.unwrap();
    let profile = grant.identity.profile();
    assert_eq!(
        (profile.name.as_str(), profile.sub.as_str()),
        ("Ada Park", "ada-1")
    );
    assert_eq!(profile.email.as_deref(), Some("ada@example.com"));
    assert_eq!(profile.picture, Some(format!("{}/picture", server.issuer())));
    assert!(grant.identity.auth_time.is_some() && grant.identity.nonce.is_some());
    assert!(grant.tokens.refresh_token.is_some() && grant.tokens.id_token.is_some());
    let life = grant
        .tokens
        .obtained_at
        .duration_until(grant.tokens.expires_at.unwrap());
    assert_eq!(life.as_secs(), 300);
}

#[tokio::test]
async fn a_public_client_names_itself_in_the_body_and_proves_itself_by_the_verifier() {
    let server = TestProvider::start().await;
    let mut config = server.config();
    config.resources = vec!["https://api.example/".parse().unwrap()];
    sign_in(&server, &relying_party(config)).await.unwrap();
    let request = &server.requests(Endpoint::Token)[0];
    assert_eq!(request.method, "POST");
    assert_eq!(request.parameter("client_id"), Some("client-1"));
    assert_eq!(request.parameter("resource"), Some("https://api.example/"));
    assert_eq!(request.parameter("code_verifier").unwrap().len(), 43);
    assert!(!request.headers.contains_key("authorization"));
}

#[tokio::test]
async fn a_configured_secret_goes_where_the_provider_wants_it() {
    let server = TestProvider::start().await;
    let mut config = server.config();
    config.client_secret = Some("not secret".into());
    sign_in(&server, &relying_party(config.clone())).await.unwrap();
    let basic = &server.requests(Endpoint::Token)[0];
    assert_eq!(
        basic.headers["authorization"],
        "Basic Y2xpZW50LTE6bm90K3NlY3JldA=="
    );
    assert_eq!(basic.parameter("client_secret"), None);
    server.discovery(json!({"token_endpoint_auth_methods_supported": ["client_secret_post"]}));
    sign_in(&server, &relying_party(config)).await.unwrap();
    let post = &server.requests(Endpoint::Token)[1];
    assert_eq!(post.parameter("client_secret"), Some("not secret"));
    assert!(!post.headers.contains_key("authorization"));
}

#[tokio::test]
async fn each_refusal_of_a_code_has_its_code() {
    for (answer, due) in [
        (
            Answer::error(400, "invalid_grant"),
            (Stage::Token, Code::InvalidGrant, false),
        ),
        (
            Answer::error(403, "invalid_grant"),
            (Stage::Token, Code::InvalidGrant, false),
        ),
        (
            Answer::error(200, "invalid_grant"),
            (Stage::Token, Code::InvalidGrant, false),
        ),
        (
            Answer::error(401, "invalid_client"),
            (Stage::Token, Code::InvalidClient, false),
        ),
        (
            Answer::error(400, "unauthorized_client"),
            (Stage::Token, Code::InvalidClient, false),
        ),
        (
            Answer::error(400, "brand_new"),
            (Stage::Token, Code::ProviderRefused, false),
        ),
        (
            Answer::error(500, "invalid_grant"),
            (Stage::Token, Code::ProviderFault, true),
        ),
        (
            Answer::error(429, "invalid_grant"),
            (Stage::Token, Code::ProviderBusy, true),
        ),
        (Answer::empty(400), (Stage::Token, Code::ProviderRefused, false)),
        (
            Answer::json(400, &json!({"error": {"odd": 1}})),
            (Stage::Token, Code::ProviderRefused, false),
        ),
        (
            Answer::redirect(307, "/token"),
            (Stage::Token, Code::ProviderRefused, false),
        ),
        (Answer::html(200), (Stage::Token, Code::NotJson, true)),
        (Answer::html(403), (Stage::Token, Code::NotJson, true)),
        (Answer::empty(200), (Stage::Token, Code::TokenMalformed, false)),
        (
            Answer::new(200, "application/json", "{"),
            (Stage::Token, Code::TokenMalformed, false),
        ),
        (
            Answer::json(200, &json!([])),
            (Stage::Token, Code::TokenMalformed, false),
        ),
        (
            Answer::json(200, &json!({})),
            (Stage::Token, Code::TokenMalformed, false),
        ),
        (
            Answer::new(200, "application/json", vec![b' '; 300_000]),
            (Stage::Token, Code::TooLarge, false),
        ),
        (Answer::dropped(), (Stage::Token, Code::ProviderFault, true)),
    ] {
        assert_eq!(refusal(answer.clone()).await, due, "{answer:?}");
    }
}

#[tokio::test]
async fn a_redirect_takes_the_code_nowhere() {
    let server = TestProvider::start().await;
    server.always(Endpoint::Token, Answer::redirect(307, "/elsewhere"));
    sign_in(&server, &relying_party(server.config()))
        .await
        .unwrap_err();
    assert_eq!(
        (server.count(Endpoint::Token), server.count(Endpoint::Unknown)),
        (1, 0)
    );
}

#[tokio::test]
async fn a_token_endpoint_that_moved_never_sees_the_code() {
    let server = TestProvider::start().await;
    let provider = relying_party(server.config());
    let mut attempt = begin(&provider).await.unwrap();
    attempt.token_endpoint = "https://elsewhere.example/token".into();
    let callback = server.authorize(attempt.authorization_url());
    let crate::callback::Parsed::Valid(callback) = crate::callback::parse(&callback, &attempt) else {
        panic!()
    };
    let error = redeem(&provider, &attempt, callback, &SystemClock)
        .await
        .unwrap_err();
    assert_eq!(
        (error.code(), server.count(Endpoint::Token)),
        (Code::NoAttempt, 0)
    );
}

#[tokio::test]
async fn userinfo_that_cannot_be_used_leaves_the_id_tokens_claims() {
    let server = TestProvider::start().await;
    let signed = Answer::new(200, "application/jwt", "a.b.c");
    let other_sub = Answer::json(200, &json!({"sub": "eve", "name": "Eve"}));
    for answer in [
        signed,
        other_sub,
        Answer::json(200, &json!({"name": "Nobody"})),
        Answer::json(200, &json!({"sub": null, "name": "Nobody"})),
        Answer::json(200, &json!(["ada-1"])),
        Answer::new(200, "application/json", r#"{"sub":"eve","sub":"ada-1"}"#),
        Answer::html(200),
        Answer::empty(401),
        Answer::empty(404),
        Answer::empty(503),
        Answer::redirect(302, "/userinfo"),
        Answer::dropped(),
        Answer::new(200, "application/json", vec![b' '; 300_000]),
    ] {
        server.always(Endpoint::Userinfo, answer.clone());
        let grant = sign_in(&server, &relying_party(server.config())).await.unwrap();
        assert_eq!(grant.identity.profile().name, "Ada of the ID token", "{answer:?}");
    }
    server.discovery(json!({"userinfo_endpoint": null}));
    let grant = sign_in(&server, &relying_party(server.config())).await.unwrap();
    assert_eq!(grant.identity.profile().name, "Ada of the ID token");
}

#[tokio::test]
async fn odd_but_fine_claims_sign_in() {
    let server = TestProvider::start().await;
    server.userinfo(json!({"email_verified": "true", "updated_at": "2026-01-01T00:00:00Z"}));
    server.token_response(json!({"expires_in": "300", "token_type": "bearer", "session_state": "x"}));
    let now = SystemClock.now().as_second();
    #[allow(clippy::cast_precision_loss)]
    let half = now as f64 - 0.5;
    server.id_tokens(IdTokenPlan::with_claims(
        json!({"auth_time": half, "iat": half, "updated_at": "2026"}),
    ));
    let grant = sign_in(&server, &relying_party(server.config())).await.unwrap();
    assert_eq!(grant.identity.profile().email_verified, Some(true));
}

#[tokio::test]
async fn a_success_by_another_name_is_one() {
    let server = TestProvider::start().await;
    let answer =
        json!({"access_token": "at", "token_type": "Bearer", "error": "", "error_description": null});
    let provider = relying_party(server.config());
    let grant = sign_in(&server, &provider).await.unwrap();
    for status in [200, 201] {
        server.always(Endpoint::Token, Answer::json(status, &answer));
        let token = grant.tokens.refresh_token.as_ref().unwrap();
        let renewal = renew(&provider, token, &grant.identity, &SystemClock)
            .await
            .unwrap();
        assert_eq!(renewal.tokens.access_token.secret(), "at", "{status}");
    }
}

#[tokio::test]
async fn max_age_asks_for_auth_time() {
    let server = TestProvider::start().await;
    let mut config = server.config();
    config.authorize.insert("max_age".into(), "600".into());
    sign_in(&server, &relying_party(config.clone())).await.unwrap();
    server.id_tokens(IdTokenPlan::with_claims(json!({"auth_time": null})));
    let error = sign_in(&server, &relying_party(config)).await.unwrap_err();
    assert_eq!(
        (error.stage(), error.code()),
        (Stage::IdToken, Code::IdTokenAuthTime)
    );
}
