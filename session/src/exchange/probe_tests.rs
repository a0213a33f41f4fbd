//! Tests of what is asked of a session that is there: the probe and the revocation.

use serde_json::{Value, json};

use super::*;
use crate::ports::SystemClock;
use crate::testing::{Answer, Endpoint, TestProvider, relying_party, sign_in};

#[tokio::test]
async fn a_probe_tells_confirmed_from_rejected_from_unknown() {
    let server = TestProvider::start().await;
    let provider = relying_party(server.config());
    let grant = sign_in(&server, &provider).await.unwrap();
    let probed = async || probe(&provider, &grant.tokens, &grant.identity).await;
    server.userinfo(json!({"name": "Ada Park-Lind"}));
    let Ok(Probe::Confirmed(identity)) = probed().await else {
        panic!()
    };
    assert_eq!(identity.profile().name, "Ada Park-Lind");
    server.always(Endpoint::Userinfo, Answer::empty(401));
    assert!(matches!(probed().await, Ok(Probe::Rejected)));
    for answer in [Answer::new(200, "application/jwt", "a.b.c"), Answer::empty(404)] {
        server.always(Endpoint::Userinfo, answer);
        assert!(matches!(probed().await, Ok(Probe::Unusable)));
    }
    for (answer, code) in [
        (Answer::empty(503), Code::ProviderFault),
        (Answer::html(200), Code::NotJson),
        (Answer::json(200, &json!({"sub": "eve"})), Code::UserinfoSubject),
    ] {
        server.always(Endpoint::Userinfo, answer);
        let error = probed().await.unwrap_err();
        assert_eq!((error.stage(), error.code()), (Stage::Userinfo, code));
    }
}

#[tokio::test]
async fn revocation_gives_back_the_refresh_token_or_else_the_access_token() {
    let server = TestProvider::start().await;
    let provider = relying_party(server.config());
    let mut grant = sign_in(&server, &provider).await.unwrap();
    assert_eq!(
        revoke(&provider, &grant.tokens.revocable()).await.unwrap(),
        Step::Done
    );
    let request = &server.requests(Endpoint::Revocation)[0];
    assert_eq!(request.parameter("token_type_hint"), Some("refresh_token"));
    assert_eq!(request.parameter("client_id"), Some("client-1"));
    let renewal = renew(
        &provider,
        grant.tokens.refresh_token.as_ref().unwrap(),
        &grant.identity,
        &SystemClock,
    )
    .await;
    assert_eq!(renewal.unwrap_err().code(), Code::InvalidGrant);
    grant.tokens.refresh_token = None;
    assert_eq!(
        revoke(&provider, &grant.tokens.revocable()).await.unwrap(),
        Step::Done
    );
    assert_eq!(
        server.requests(Endpoint::Revocation)[1].parameter("token_type_hint"),
        Some("access_token")
    );
}

#[tokio::test]
async fn a_revocation_that_fails_says_so() {
    let server = TestProvider::start().await;
    let provider = relying_party(server.config());
    let grant = sign_in(&server, &provider).await.unwrap();
    for (answer, code) in [
        (Answer::error(401, "invalid_client"), Code::LogoutIncomplete),
        (Answer::redirect(302, "/x"), Code::LogoutIncomplete),
        (Answer::empty(503), Code::ProviderFault),
    ] {
        server.always(Endpoint::Revocation, answer);
        let error = revoke(&provider, &grant.tokens.revocable()).await.unwrap_err();
        assert_eq!((error.stage(), error.code()), (Stage::Logout, code));
    }
    server.discovery(json!({"revocation_endpoint": Value::Null}));
    assert_eq!(
        revoke(&relying_party(server.config()), &grant.tokens.revocable())
            .await
            .unwrap(),
        Step::Skipped
    );
}
