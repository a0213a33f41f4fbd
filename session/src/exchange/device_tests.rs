use serde_json::json;

use super::*;
use crate::exchange::identify;
use crate::ports::SystemClock;
use crate::testing::{Answer, Endpoint, IdTokenPlan, TestProvider, relying_party};

async fn offering() -> TestProvider {
    let server = TestProvider::start().await;
    server.offer_everything();
    server
}

async fn granted(server: &TestProvider) -> (Provider, Result<crate::exchange::Grant>) {
    let provider = relying_party(server.config());
    let device = begin(&provider, &SystemClock).await.unwrap();
    server.decide_on_devices(Ok(()));
    let Polled::Granted(tokens) = poll(&provider, &device, &SystemClock).await.unwrap() else {
        panic!("decided")
    };
    let grant = identify(&provider, &device, *tokens, &SystemClock).await;
    (provider, grant)
}

#[tokio::test]
async fn a_public_client_asks_and_is_answered() {
    let server = offering().await;
    let mut config = server.config();
    config.audience = Some("https://api.example/".into());
    config.resources = vec!["https://a.example/".parse().unwrap()];
    let provider = relying_party(config);
    let device = begin(&provider, &SystemClock).await.unwrap();
    let [request] = &server.requests(Endpoint::Device)[..] else {
        panic!()
    };
    assert_eq!(request.parameter("client_id"), Some("client-1"));
    assert_eq!(
        request.parameter("scope"),
        Some("openid profile email offline_access")
    );
    assert_eq!(request.parameter("audience"), Some("https://api.example/"));
    assert_eq!(request.parameter("resource"), Some("https://a.example/"));
    let asked = poll(&provider, &device, &SystemClock).await.unwrap();
    assert!(matches!(asked, Polled::NotYet(NotYet::Pending)));
    let [request] = &server.requests(Endpoint::Token)[..] else {
        panic!()
    };
    assert_eq!(request.parameter("client_id"), Some("client-1"));
    assert_eq!(request.parameter("device_code"), Some(device.code.secret()));
    assert_eq!(request.parameter("resource"), Some("https://a.example/"));
}

#[tokio::test]
async fn who_said_yes_is_known_by_the_same_checks() {
    let server = offering().await;
    let (_, grant) = granted(&server).await;
    assert_eq!(grant.unwrap().identity.sub, "ada-1");
    for (claims, code) in [
        (json!({ "nonce": "of another request" }), Code::IdTokenNonce),
        (json!({ "aud": "another" }), Code::IdTokenAudience),
        (json!({ "iss": "https://other.example" }), Code::IdTokenIssuer),
        (json!({ "at_hash": "AAAAAAAAAAAAAAAAAAAAAA" }), Code::IdTokenHash),
        (json!({ "exp": 1 }), Code::IdTokenExpired),
        (json!({ "sub": null }), Code::IdTokenSubject),
    ] {
        server.id_tokens(IdTokenPlan::with_claims(claims));
        let (_, grant) = granted(&server).await;
        assert_eq!(grant.unwrap_err().code(), code);
    }
}

#[tokio::test]
async fn no_offer_is_a_fact_of_its_own() {
    let server = TestProvider::start().await;
    let provider = relying_party(server.config());
    let error = begin(&provider, &SystemClock).await.unwrap_err();
    assert_eq!(error.code(), Code::DeviceNotOffered);
}

#[tokio::test]
async fn each_answer_of_the_standard_is_understood() {
    let server = offering().await;
    let provider = relying_party(server.config());
    let device = begin(&provider, &SystemClock).await.unwrap();
    server.always(Endpoint::Token, Answer::error(400, "slow_down"));
    assert!(matches!(
        poll(&provider, &device, &SystemClock).await,
        Ok(Polled::NotYet(NotYet::SlowDown))
    ));
    for (answer, code, retryable) in [
        (Answer::error(400, "access_denied"), Code::Denied, false),
        (Answer::error(400, "expired_token"), Code::TimedOut, true),
        (Answer::error(400, "invalid_grant"), Code::InvalidGrant, false),
        (Answer::error(401, "invalid_client"), Code::InvalidClient, false),
        (Answer::error(400, "else"), Code::ProviderRefused, false),
        (Answer::empty(503), Code::ProviderFault, true),
        (
            Answer::error(503, "authorization_pending"),
            Code::ProviderFault,
            true,
        ),
        (Answer::error(429, "slow_down"), Code::ProviderBusy, true),
        (Answer::html(200), Code::NotJson, true),
        (Answer::json(200, &json!({})), Code::TokenMalformed, false),
        (
            Answer::json(200, &json!({ "error": "authorization_pending" })),
            Code::ProviderRefused,
            false,
        ),
        (
            Answer::redirect(302, "https://evil.example/"),
            Code::ProviderRefused,
            false,
        ),
    ] {
        server.always(Endpoint::Token, answer);
        let error = poll(&provider, &device, &SystemClock).await.unwrap_err();
        assert_eq!((error.code(), error.is_retryable()), (code, retryable));
    }
}

#[tokio::test]
async fn the_device_code_goes_to_the_endpoint_it_was_given_for_and_into_no_message() {
    let server = offering().await;
    let provider = relying_party(server.config());
    let device = begin(&provider, &SystemClock).await.unwrap();
    let quoted =
        json!({ "error": "invalid_grant", "error_description": format!("no {}", device.code.secret()) });
    server.always(Endpoint::Token, Answer::json(400, &quoted));
    let error = poll(&provider, &device, &SystemClock).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains(device.code.secret()));
    let elsewhere = Device {
        token_endpoint: "https://id.example/token".into(),
        ..device
    };
    let asked = server.count(Endpoint::Token);
    assert_eq!(
        poll(&provider, &elsewhere, &SystemClock)
            .await
            .unwrap_err()
            .code(),
        Code::NoAttempt
    );
    assert_eq!(server.count(Endpoint::Token), asked);
}
