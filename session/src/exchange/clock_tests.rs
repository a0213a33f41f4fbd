//! Tests of a computer whose clock is wrong: the tokens stay refused, and the clock is named where it is the reason.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::json;

use super::*;
use crate::callback::{self, Parsed};
use crate::config::ProviderConfig;
use crate::http::Http;
use crate::ports::SystemClock;
use crate::testing::{Answer, Endpoint, IdTokenPlan, TestProvider, begin};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A clock that is so many seconds ahead of the provider's.
#[derive(Clone, Copy)]
struct Ahead(i64);

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        SystemClock.now() + SignedDuration::from_secs(self.0)
    }
}

/// A provider whose ID tokens last five minutes and hold these claims, too.
async fn server(claims: serde_json::Value) -> TestProvider {
    let server = TestProvider::start().await;
    let mut all = Map::new();
    all.insert("exp".into(), json!(SystemClock.now().as_second() + 5 * MINUTE));
    crate::testing::lay_over(&mut all, &claims);
    server.id_tokens(IdTokenPlan::with_claims(all.into()));
    server
}

fn by(clock: Ahead, server: &TestProvider) -> Provider {
    with(server.config(), clock)
}

fn with(config: ProviderConfig, clock: Ahead) -> Provider {
    let http = Http::new(Arc::new(clock));
    Provider::new(Arc::new(config), Duration::from_secs(60), http, None)
}

async fn signed_in(server: &TestProvider, clock: Ahead) -> Result<Grant> {
    signed_in_at(&by(clock, server), server, clock).await
}

async fn signed_in_at(provider: &Provider, server: &TestProvider, clock: Ahead) -> Result<Grant> {
    let attempt = begin(provider).await?;
    match callback::parse(&server.authorize(attempt.authorization_url()), &attempt) {
        Parsed::Valid(callback) => redeem(provider, &attempt, callback, &clock).await,
        Parsed::NotOurs(error) | Parsed::Refused(error) | Parsed::Declined(error) => Err(error),
    }
}

async fn refused(server: &TestProvider, clock: Ahead) -> Error {
    signed_in(server, clock).await.unwrap_err()
}

/// The measured offset may be off by the answer's way and the header's second.
fn about(told: Option<i64>, ahead: i64) -> bool {
    told.is_some_and(|told| (told - ahead).abs() <= 5)
}

#[tokio::test]
async fn a_wrong_clock_is_named_with_its_offset() {
    for (ahead, code) in [
        (20 * MINUTE, Code::IdTokenExpired),
        (2 * HOUR, Code::IdTokenExpired),
        (10 * DAY, Code::IdTokenExpired),
        (-20 * MINUTE, Code::IdTokenIssuedAt),
        (-2 * HOUR, Code::IdTokenIssuedAt),
        (-365 * DAY, Code::IdTokenIssuedAt),
    ] {
        let error = refused(&server(json!({})).await, Ahead(ahead)).await;
        assert_eq!((error.stage(), error.code()), (Stage::IdToken, code), "{ahead}");
        assert!(about(error.problem().clock_ahead, ahead), "{ahead}: {error:?}");
    }
}

#[tokio::test]
async fn the_message_tells_it_too() {
    let slow = refused(&server(json!({})).await, Ahead(-14 * MINUTE)).await;
    let said = slow.to_string();
    assert!(
        said.ends_with("; this computer's clock is 14 minutes behind the provider's"),
        "{said}"
    );
    let fast = refused(&server(json!({})).await, Ahead(3 * HOUR)).await;
    let said = fast.to_string();
    assert!(
        said.ends_with("; this computer's clock is 3 hours ahead of the provider's"),
        "{said}"
    );
}

#[tokio::test]
async fn not_before_and_max_age_are_told_likewise() {
    let now = SystemClock.now().as_second();
    let not_yet = server(json!({"nbf": now, "iat": now - HOUR})).await;
    let error = refused(&not_yet, Ahead(-20 * MINUTE)).await;
    assert_eq!(error.code(), Code::IdTokenNotBefore);
    assert!(about(error.problem().clock_ahead, -20 * MINUTE), "{error:?}");

    let server = server(json!({})).await;
    let mut config = server.config();
    config.authorize.insert("max_age".into(), "600".into());
    let clock = Ahead(20 * MINUTE);
    let error = signed_in_at(&with(config, clock), &server, clock)
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::IdTokenAuthTime);
    assert!(about(error.problem().clock_ahead, 20 * MINUTE), "{error:?}");
}

#[tokio::test]
async fn a_token_that_is_wrong_by_the_providers_clock_is_not_the_clocks_fault() {
    for (ahead, claims) in [
        (0, json!({"exp": 1})),
        (20 * MINUTE, json!({"exp": 1})),
        (-20 * MINUTE, json!({"exp": 1})),
        (
            20 * MINUTE,
            json!({"iat": SystemClock.now().as_second() + 2 * HOUR}),
        ),
        (-20 * MINUTE, json!({"aud": "other"})),
    ] {
        let error = refused(&server(claims.clone()).await, Ahead(ahead)).await;
        assert_eq!(error.problem().clock_ahead, None, "{ahead} {claims}: {error:?}");
    }
}

#[tokio::test]
async fn a_clock_within_the_leeway_signs_in() {
    for ahead in [-50, 50] {
        assert!(signed_in(&server(json!({})).await, Ahead(ahead)).await.is_ok());
    }
}

#[tokio::test]
async fn a_renewal_tells_it_and_corrects_nothing() {
    let server = server(json!({})).await;
    let grant = signed_in(&server, Ahead(0)).await.unwrap();
    let clock = Ahead(2 * HOUR);
    let token = grant.tokens.refresh_token.unwrap();
    let renewal = renew(&by(clock, &server), &token, &grant.identity, &clock)
        .await
        .unwrap();
    let error = renewal.refused.unwrap();
    assert_eq!(
        (error.stage(), error.code()),
        (Stage::Refresh, Code::IdTokenExpired)
    );
    assert!(about(error.problem().clock_ahead, 2 * HOUR), "{error:?}");
    assert!(renewal.identity.is_none());
}

#[tokio::test]
async fn only_a_fresh_json_answer_of_the_provider_is_measured() {
    let server = TestProvider::start().await;
    let http = crate::testing::http();
    let url = format!("{}/jwks", server.issuer()).parse().unwrap();
    let measured = async |answer: Answer| {
        let next_year = SystemClock.now() + SignedDuration::from_secs(400 * DAY);
        server.always(Endpoint::Jwks, answer.dated(next_year));
        let _ = crate::http::get_json(&http, Stage::IdToken, Code::IdTokenKey, &url, 4096).await;
        http.clock_offset()
    };
    let document = || Answer::json(200, &json!({}));
    for answer in [
        Answer::html(200),
        Answer::html(503),
        Answer::redirect(302, "http://portal.example/"),
        Answer::json(302, &json!({})),
        Answer::error(500, "server_error"),
        Answer::empty(200),
        document().with_header("age", "60"),
        document().cut(),
    ] {
        assert_eq!(measured(answer.clone()).await, None, "{answer:?}");
    }
    let offset = measured(document()).await.unwrap();
    assert!(offset.significant().unwrap() < SignedDuration::from_secs(-365 * DAY));
    let page = measured(Answer::html(200)).await;
    assert_eq!(page, Some(offset), "the latest measurement is kept");
}
