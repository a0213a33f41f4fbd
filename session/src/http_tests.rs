//! Tests of the HTTP client against the scripted server, and of what it makes of errors.

use std::time::Duration;

use super::faults::RETRY_AFTER_LIMIT;
use super::*;
use crate::testing::{Answer, Endpoint, TestProvider, http};

async fn asked(provider: &TestProvider) -> Result<Vec<u8>> {
    let url = format!("{}/jwks", provider.issuer()).parse().unwrap();
    get_json(&http(), Stage::IdToken, Code::IdTokenKey, &url, 4096).await
}

async fn code_for(answer: Answer) -> Code {
    let provider = TestProvider::start().await;
    provider.always(Endpoint::Jwks, answer);
    let error = asked(&provider).await.unwrap_err();
    assert_eq!(error.stage(), Stage::IdToken);
    error.code()
}

#[tokio::test]
async fn a_document_arrives_whole() {
    let provider = TestProvider::start().await;
    assert!(asked(&provider).await.unwrap().starts_with(b"{\"keys\""));
    let seen = &provider.requests(Endpoint::Jwks)[0];
    assert_eq!(
        seen.headers["user-agent"],
        concat!("latchkey-session/", env!("CARGO_PKG_VERSION"))
    );
    assert!(!seen.headers.contains_key("cookie"));
}

#[tokio::test]
async fn every_fault_has_its_code() {
    assert_eq!(
        code_for(Answer::error(500, "invalid_grant")).await,
        Code::ProviderFault
    );
    assert_eq!(code_for(Answer::html(503)).await, Code::ProviderFault);
    assert_eq!(code_for(Answer::empty(429)).await, Code::ProviderBusy);
    assert_eq!(code_for(Answer::html(200)).await, Code::NotJson);
    assert_eq!(
        code_for(Answer::new(200, "application/json", "\u{feff} <html>")).await,
        Code::NotJson
    );
    assert_eq!(
        code_for(Answer::new(200, "application/json", vec![b' '; 5000])).await,
        Code::TooLarge
    );
    assert_eq!(code_for(Answer::dropped()).await, Code::ProviderFault);
    assert_eq!(
        code_for(Answer::new(200, "application/json", "{\"keys\":[]}").cut()).await,
        Code::ProviderFault
    );
    assert_eq!(code_for(Answer::empty(404)).await, Code::IdTokenKey);
    assert_eq!(code_for(Answer::error(410, "gone")).await, Code::IdTokenKey);
    assert_eq!(
        code_for(Answer::new(404, "text/plain", "not here")).await,
        Code::IdTokenKey
    );
}

#[tokio::test]
async fn a_captive_portal_is_not_the_provider() {
    let provider = TestProvider::start().await;
    for answer in [
        Answer::html(200),
        Answer::html(302).with_header("location", "http://portal.example/"),
        Answer::redirect(302, "http://portal.example/"),
        Answer::redirect(307, "/login"),
        Answer::empty(303),
        Answer::html(401),
        Answer::html(403),
        Answer::html(404),
        Answer::new(404, "text/plain", " <html>"),
    ] {
        provider.always(Endpoint::Jwks, answer);
        let error = asked(&provider).await.unwrap_err();
        assert_eq!((error.code(), error.stage()), (Code::NotJson, Stage::IdToken));
        assert!(error.is_retryable());
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let provider = TestProvider::start().await;
    provider.always(Endpoint::Jwks, Answer::redirect(302, "/userinfo"));
    asked(&provider).await.unwrap_err();
    assert_eq!(provider.count(Endpoint::Userinfo), 0);
}

#[tokio::test]
async fn retry_after_goes_along() {
    let after = async |answer: Answer| {
        let provider = TestProvider::start().await;
        provider.always(Endpoint::Jwks, answer);
        asked(&provider).await.unwrap_err().retry_after()
    };
    let busy = || Answer::empty(429);
    assert_eq!(
        after(busy().with_header("retry-after", "7")).await,
        Some(Duration::from_secs(7))
    );
    assert_eq!(
        after(Answer::html(503).with_header("retry-after", "7")).await,
        Some(Duration::from_secs(7))
    );
    let dated = busy()
        .with_header("date", "Wed, 21 Oct 2015 07:28:00 GMT")
        .with_header("retry-after", "Wed, 21 Oct 2015 07:30:00 GMT");
    assert_eq!(after(dated).await, Some(Duration::from_secs(120)));
    assert_eq!(
        after(busy().with_header("retry-after", "99999999")).await,
        Some(RETRY_AFTER_LIMIT)
    );
    assert_eq!(
        after(busy().with_header("retry-after", "Wed, 21 Oct 2015 07:30:00 GMT")).await,
        None
    );
    assert_eq!(after(busy().with_header("retry-after", "-1")).await, None);
    assert_eq!(after(busy()).await, None);
}

#[tokio::test]
async fn a_refused_connection_was_never_sent() {
    let url = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}/", listener.local_addr().unwrap())
            .parse()
            .unwrap()
    };
    let error = get_json(&http(), Stage::Discovery, Code::DiscoveryInvalid, &url, 4096)
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::Offline);
    assert!(!error.may_have_been_sent() && error.is_retryable());
    assert!(error.problem().detail.as_ref().unwrap().contains("127.0.0.1"));
}

#[tokio::test]
async fn a_dropped_connection_may_have_been_sent() {
    let provider = TestProvider::start().await;
    provider.always(Endpoint::Jwks, Answer::dropped());
    assert!(asked(&provider).await.unwrap_err().may_have_been_sent());
}

#[tokio::test]
async fn a_slow_answer_is_waited_for() {
    let provider = TestProvider::start().await;
    let gate = std::sync::Arc::new(tokio::sync::Notify::new());
    provider.always(
        Endpoint::Jwks,
        Answer::json(200, &serde_json::json!({})).behind(&gate),
    );
    let opened = async {
        while provider.count(Endpoint::Jwks) == 0 {
            tokio::task::yield_now().await;
        }
        gate.notify_one();
    };
    let (answer, ()) = tokio::join!(asked(&provider), opened);
    assert_eq!(answer.unwrap(), b"{}");
}

#[tokio::test]
async fn silence_ends_at_the_limit() {
    let provider = TestProvider::start().await;
    provider.always(Endpoint::Jwks, Answer::hang());
    // Once the request has arrived, only the limit is waited for: then the clock may run.
    let asking = asked(&provider);
    tokio::pin!(asking);
    while provider.count(Endpoint::Jwks) == 0 {
        tokio::select! {
            answer = &mut asking => panic!("answered early: {answer:?}"),
            () = tokio::task::yield_now() => {}
        }
    }
    tokio::time::pause();
    let error = asking.await.unwrap_err();
    assert_eq!(error.code(), Code::ProviderSilent);
    assert!(error.may_have_been_sent());
}

#[tokio::test]
async fn a_name_without_an_address_is_not_offline() {
    let url = "https://latchkey-test.invalid/".parse().unwrap();
    let error = get_json(&http(), Stage::Discovery, Code::DiscoveryInvalid, &url, 4096)
        .await
        .unwrap_err();
    // A machine without a name server answers "try again" instead, which is what being offline looks like.
    assert!(
        matches!(error.code(), Code::NameNotFound | Code::Offline),
        "{error:?}"
    );
    assert!(!error.may_have_been_sent());
}
