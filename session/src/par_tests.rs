use serde_json::{Value, json};

use super::{LONGEST, page, reference};
use crate::error::{Code, Stage};
use crate::secret::SecretUrl;
use crate::testing::{Answer, Endpoint, TestProvider, begin, relying_party};

async fn opened(server: &TestProvider) -> crate::Result<SecretUrl> {
    let provider = relying_party(server.config());
    let attempt = begin(&provider).await?;
    page(&provider, &attempt).await
}

fn offering(required: bool) -> Value {
    json!({ "require_pushed_authorization_requests": required })
}

async fn pushing(required: bool) -> TestProvider {
    let server = TestProvider::start().await;
    let par = format!("{}/par", server.issuer());
    let mut changes = offering(required);
    changes["pushed_authorization_request_endpoint"] = json!(par);
    server.discovery(changes);
    server
}

#[tokio::test]
async fn without_an_offer_the_request_goes_with_the_browser() {
    let server = TestProvider::start().await;
    let url = opened(&server).await.unwrap();
    assert!(url.secret().contains("code_challenge="));
    assert_eq!(server.count(Endpoint::Pushed), 0);
}

#[tokio::test]
async fn where_it_is_offered_the_browser_gets_a_reference_and_nothing_else() {
    let server = pushing(false).await;
    let url = opened(&server).await.unwrap();
    let parsed = url::Url::parse(url.secret()).unwrap();
    let names: Vec<_> = parsed.query_pairs().map(|(name, _)| name.into_owned()).collect();
    assert_eq!(names, ["client_id", "request_uri"]);
    let [pushed] = &server.requests(Endpoint::Pushed)[..] else {
        panic!()
    };
    for name in [
        "client_id",
        "response_type",
        "redirect_uri",
        "scope",
        "state",
        "nonce",
        "code_challenge",
    ] {
        assert!(pushed.parameter(name).is_some(), "{name}");
    }
    assert_eq!(pushed.parameter("request_uri"), None);
    assert!(!server.authorize(&url).is_empty());
}

#[tokio::test]
async fn a_reference_is_used_once() {
    let server = pushing(false).await;
    let provider = relying_party(server.config());
    let attempt = begin(&provider).await.unwrap();
    let (first, second) = (
        page(&provider, &attempt).await.unwrap(),
        page(&provider, &attempt).await.unwrap(),
    );
    assert_ne!(first, second);
    assert_eq!(server.count(Endpoint::Pushed), 2);
}

#[tokio::test]
async fn a_push_that_fails_is_done_without_unless_it_is_required() {
    for answer in [
        Answer::error(400, "invalid_request"),
        Answer::html(200),
        Answer::empty(503),
        Answer::json(201, &json!({})),
        Answer::json(201, &json!([])),
        Answer::json(201, &json!({ "request_uri": "urn:a b" })),
        Answer::redirect(302, "https://evil.example/"),
    ] {
        let server = pushing(false).await;
        server.always(Endpoint::Pushed, answer.clone());
        assert!(
            opened(&server)
                .await
                .unwrap()
                .secret()
                .contains("code_challenge=")
        );

        let server = pushing(true).await;
        server.always(Endpoint::Pushed, answer);
        let error = opened(&server).await.unwrap_err();
        assert_eq!(error.stage(), Stage::Browser);
    }
}

#[tokio::test]
async fn required_and_nowhere_accepted_is_no_offer() {
    let server = TestProvider::start().await;
    server.discovery(offering(true));
    assert_eq!(opened(&server).await.unwrap_err().code(), Code::DiscoveryInvalid);
}

#[tokio::test]
async fn the_configured_secret_goes_along_as_at_the_token_endpoint() {
    let server = pushing(true).await;
    let mut config = server.config();
    config.client_secret = Some("s p&ce".into());
    let provider = relying_party(config);
    let attempt = begin(&provider).await.unwrap();
    page(&provider, &attempt).await.unwrap();
    let [pushed] = &server.requests(Endpoint::Pushed)[..] else {
        panic!()
    };
    assert!(pushed.headers["authorization"].starts_with("Basic "));
    assert_eq!(pushed.parameter("client_secret"), None);
}

#[tokio::test]
async fn what_is_too_long_is_pushed_or_refused() {
    for (offered, due) in [(true, Ok(())), (false, Err(Code::RequestTooLong))] {
        let server = if offered {
            pushing(false).await
        } else {
            TestProvider::start().await
        };
        let mut config = server.config();
        config.authorize.insert("claims".into(), "x".repeat(LONGEST));
        let provider = relying_party(config);
        let attempt = begin(&provider).await.unwrap();
        let answer = page(&provider, &attempt).await;
        assert_eq!(answer.map(|_| ()).map_err(|error| error.code()), due);
    }
}

#[tokio::test]
async fn a_reference_adds_no_parameter() {
    let server = pushing(true).await;
    let odd = "urn:x&redirect_uri=https://evil.example/#";
    server.always(
        Endpoint::Pushed,
        Answer::json(201, &json!({ "request_uri": odd })),
    );
    let url = url::Url::parse(opened(&server).await.unwrap().secret()).unwrap();
    let pairs: Vec<_> = url.query_pairs().into_owned().collect();
    assert_eq!(pairs.len(), 2);
    assert_eq!(pairs[1], ("request_uri".to_owned(), odd.to_owned()));
    assert_eq!(url.fragment(), None);
}

#[test]
fn a_reference_is_one_short_word() {
    let of = |value: Value| reference(json!({ "request_uri": value }).to_string().as_bytes()).is_ok();
    assert!(of(json!(
        "urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c"
    )));
    assert!(of(json!("x".repeat(1_024))));
    for odd in [
        json!(""),
        json!(null),
        json!(1),
        json!("a b"),
        json!("a\nb"),
        json!("x".repeat(1_025)),
    ] {
        assert!(!of(odd.clone()), "{odd}");
    }
}
