//! Tests of what a failed renewal may have done: whether its single-use refresh token may have been received.

use serde_json::json;

use super::*;
use crate::ports::SystemClock;
use crate::testing::{Answer, Endpoint, IdTokenPlan, TestProvider, relying_party, sign_in};

/// A provider where somebody has signed in.
async fn signed_in() -> (TestProvider, Provider, Grant) {
    let server = TestProvider::start().await;
    let provider = relying_party(server.config());
    let grant = sign_in(&server, &provider).await.unwrap();
    (server, provider, grant)
}

async fn failed(provider: &Provider, grant: &Grant) -> Error {
    let token = grant.tokens.refresh_token.as_ref().unwrap();
    renew(provider, token, &grant.identity, &SystemClock)
        .await
        .unwrap_err()
}

#[tokio::test]
async fn without_a_usable_answer_the_token_may_be_spent() {
    for (answer, code) in [
        (Answer::error(500, "invalid_grant"), Code::ProviderFault),
        (Answer::error(503, "invalid_grant"), Code::ProviderFault),
        (Answer::html(502), Code::ProviderFault),
        (Answer::error(429, "invalid_grant"), Code::ProviderBusy),
        (Answer::empty(408), Code::ProviderBusy),
        (Answer::error(400, "temporarily_unavailable"), Code::ProviderBusy),
        (Answer::redirect(302, "/elsewhere"), Code::ProviderRefused),
        (
            Answer::error(302, "invalid_grant").with_header("location", "/"),
            Code::ProviderRefused,
        ),
        (Answer::html(200), Code::NotJson),
        (Answer::html(400), Code::NotJson),
        (Answer::html(302).with_header("location", "/"), Code::NotJson),
        (Answer::empty(200), Code::TokenMalformed),
        (Answer::empty(400), Code::ProviderRefused),
        (Answer::json(200, &json!([])), Code::TokenMalformed),
        (Answer::json(200, &json!({})), Code::TokenMalformed),
        (
            Answer::json(200, &json!({"access_token": "a", "token_type": "mac"})),
            Code::TokenType,
        ),
        (
            Answer::json(200, &json!({"access_token": "a", "token_type": "Bearer"})).cut(),
            Code::ProviderFault,
        ),
        (
            Answer::new(200, "application/json", vec![b' '; 300_000]),
            Code::TooLarge,
        ),
        (Answer::dropped(), Code::ProviderFault),
    ] {
        let (server, provider, grant) = signed_in().await;
        server.always(Endpoint::Token, answer.clone());
        let error = failed(&provider, &grant).await;
        assert_eq!(
            (error.stage(), error.code()),
            (Stage::Refresh, code),
            "{answer:?}"
        );
        assert!(error.may_have_been_sent(), "{answer:?}");
        assert_eq!(server.count(Endpoint::Token), 2, "{answer:?} is asked for once");
    }
}

#[tokio::test]
async fn an_id_token_that_cannot_be_used_does_not_give_the_refresh_token_back() {
    let (server, provider, grant) = signed_in().await;
    server.id_tokens(IdTokenPlan::with_claims(json!({"sub": "eve"})));
    let error = failed(&provider, &grant).await;
    assert_eq!(error.code(), Code::IdTokenSubject);
    assert!(error.may_have_been_sent());
}

#[tokio::test]
async fn silence_may_have_spent_it() {
    let (server, provider, grant) = signed_in().await;
    server.always(Endpoint::Token, Answer::hang());
    let asking = failed(&provider, &grant);
    tokio::pin!(asking);
    while server.count(Endpoint::Token) < 2 {
        tokio::select! {
            error = &mut asking => panic!("answered early: {error:?}"),
            () = tokio::task::yield_now() => {}
        }
    }
    tokio::time::pause();
    let error = asking.await;
    assert_eq!(
        (error.stage(), error.code()),
        (Stage::Refresh, Code::ProviderSilent)
    );
    assert!(error.may_have_been_sent());
}

#[tokio::test]
async fn a_definite_answer_is_not_a_lost_one() {
    for answer in [
        Answer::error(400, "invalid_grant"),
        Answer::error(401, "invalid_client"),
        Answer::error(400, "interaction_required"),
    ] {
        let (server, provider, grant) = signed_in().await;
        server.always(Endpoint::Token, answer.clone());
        let error = failed(&provider, &grant).await;
        assert!(!error.may_have_been_sent(), "{answer:?}");
    }
}

#[tokio::test]
async fn without_a_connection_nothing_is_spent() {
    let (server, provider, grant) = signed_in().await;
    let nowhere = |endpoint: String| async move {
        let elsewhere = TestProvider::start().await;
        elsewhere.discovery(json!({"token_endpoint": endpoint}));
        let provider = relying_party(elsewhere.config());
        provider.metadata().await.unwrap();
        provider
    };
    let refusing = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}/token", listener.local_addr().unwrap())
    };
    let error = failed(&nowhere(refusing).await, &grant).await;
    assert_eq!((error.stage(), error.code()), (Stage::Refresh, Code::Offline));
    assert!(!error.may_have_been_sent());
    // A machine without a name server answers "try again" instead, which is what being offline looks like.
    let error = failed(
        &nowhere("https://latchkey-test.invalid/token".into()).await,
        &grant,
    )
    .await;
    assert!(
        matches!(error.code(), Code::NameNotFound | Code::Offline),
        "{error:?}"
    );
    assert!(!error.may_have_been_sent());
    assert!(
        renew(
            &provider,
            grant.tokens.refresh_token.as_ref().unwrap(),
            &grant.identity,
            &SystemClock
        )
        .await
        .is_ok(),
        "the token still works"
    );
    assert_eq!(server.count(Endpoint::Token), 2);
}

#[tokio::test]
async fn a_provider_in_trouble_says_how_long_to_wait() {
    for answer in [
        Answer::error(503, "invalid_grant"),
        Answer::error(429, "invalid_grant"),
        Answer::html(503),
    ] {
        let (server, provider, grant) = signed_in().await;
        server.always(Endpoint::Token, answer.clone().with_header("retry-after", "17"));
        let error = failed(&provider, &grant).await;
        assert!(error.is_retryable());
        assert_eq!(
            error.retry_after(),
            Some(std::time::Duration::from_secs(17)),
            "{answer:?}"
        );
    }
}
