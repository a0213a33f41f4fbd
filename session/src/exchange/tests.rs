//! Tests of the exchange against the test provider: what is asked, what is believed, what each refusal is called.

use serde_json::{Value, json};

use super::*;
use crate::ports::SystemClock;
use crate::testing::{Answer, Endpoint, IdTokenPlan, TestProvider, begin, relying_party, sign_in};

async fn refusal(answer: Answer) -> (Stage, Code, bool) {
    let server = TestProvider::start().await;
    server.always(Endpoint::Token, answer);
    let error = sign_in(&server, &relying_party(server.config())).await.unwrap_err();
    (error.stage(), error.code(), error.is_retryable())
}

async fn renewed(server: &TestProvider, provider: &Provider, grant: &Grant) -> Result<Renewal> {
    let answer = renew(provider, grant.tokens.refresh_token.as_ref().unwrap(), &grant.identity, &SystemClock).await;
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
async fn scope_userinfo_claims() {
    let server = TestProvider::start().await;
    let grant = sign_in(&server, &relying_party(server.config())).await.unwrap();
    let profile = grant.identity.profile();
    assert_eq!((profile.name.as_str(), profile.sub.as_str()), ("Ada Park", "ada-1"));
    assert_eq!(profile.email.as_deref(), Some("ada@example.com"));
    assert_eq!(profile.picture, Some(format!("{}/picture", server.issuer())));
    assert!(grant.identity.auth_time.is_some() && grant.identity.nonce.is_some());
    assert!(grant.tokens.refresh_token.is_some() && grant.tokens.id_token.is_some());
    let life = grant.tokens.obtained_at.duration_until(grant.tokens.expires_at.unwrap());
    assert_eq!(life.as_secs(), 300);
}

#[tokio::test]
async fn a_public_client_names_itself_in_the_body_and_proves_itself_by_the_verifier() {
    let server = TestProvider::start().await;
    let mut config = server.config();
    config.resources = vec!["https://api.example/".parse().unwrap()];
    sign_in(&server, &relying_party(config)).await.unwrap();
    let request = &server.requests(Endpoint::Token)[0];
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
    assert_eq!(basic.headers["authorization"], "Basic Y2xpZW50LTE6bm90K3NlY3JldA==");
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
        (Answer::error(400, "invalid_grant"), (Stage::Token, Code::InvalidGrant, false)),
        (Answer::error(403, "invalid_grant"), (Stage::Token, Code::InvalidGrant, false)),
        (Answer::error(200, "invalid_grant"), (Stage::Token, Code::InvalidGrant, false)),
        (Answer::error(401, "invalid_client"), (Stage::Token, Code::InvalidClient, false)),
        (Answer::error(400, "unauthorized_client"), (Stage::Token, Code::InvalidClient, false)),
        (Answer::error(400, "brand_new"), (Stage::Token, Code::ProviderRefused, false)),
        (Answer::error(500, "invalid_grant"), (Stage::Token, Code::ProviderFault, true)),
        (Answer::error(429, "invalid_grant"), (Stage::Token, Code::ProviderBusy, true)),
        (Answer::empty(400), (Stage::Token, Code::ProviderRefused, false)),
        (Answer::json(400, &json!({"error": {"odd": 1}})), (Stage::Token, Code::ProviderRefused, false)),
        (Answer::redirect(307, "/token"), (Stage::Token, Code::ProviderRefused, false)),
        (Answer::html(200), (Stage::Token, Code::NotJson, true)),
        (Answer::html(403), (Stage::Token, Code::NotJson, true)),
        (Answer::empty(200), (Stage::Token, Code::TokenMalformed, false)),
        (Answer::new(200, "application/json", "{"), (Stage::Token, Code::TokenMalformed, false)),
        (Answer::json(200, &json!([])), (Stage::Token, Code::TokenMalformed, false)),
        (Answer::json(200, &json!({})), (Stage::Token, Code::TokenMalformed, false)),
        (Answer::new(200, "application/json", vec![b' '; 300_000]), (Stage::Token, Code::TooLarge, false)),
        (Answer::dropped(), (Stage::Token, Code::ProviderFault, true)),
    ] {
        assert_eq!(refusal(answer.clone()).await, due, "{answer:?}");
    }
}

#[tokio::test]
async fn a_redirect_takes_the_code_nowhere() {
    let server = TestProvider::start().await;
    server.always(Endpoint::Token, Answer::redirect(307, "/elsewhere"));
    sign_in(&server, &relying_party(server.config())).await.unwrap_err();
    assert_eq!((server.count(Endpoint::Token), server.count(Endpoint::Unknown)), (1, 0));
}

#[tokio::test]
async fn a_token_endpoint_that_moved_never_sees_the_code() {
    let server = TestProvider::start().await;
    let provider = relying_party(server.config());
    let mut attempt = begin(&provider).await.unwrap();
    attempt.token_endpoint = "https://elsewhere.example/token".into();
    let callback = server.authorize(attempt.authorization_url());
    let crate::callback::Parsed::Valid(callback) = crate::callback::parse(&callback, &attempt) else { panic!() };
    let error = redeem(&provider, &attempt, callback, &SystemClock).await.unwrap_err();
    assert_eq!((error.code(), server.count(Endpoint::Token)), (Code::NoAttempt, 0));
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
    server.id_tokens(IdTokenPlan::with_claims(json!({"auth_time": half, "iat": half, "updated_at": "2026"})));
    let grant = sign_in(&server, &relying_party(server.config())).await.unwrap();
    assert_eq!(grant.identity.profile().email_verified, Some(true));
}

#[tokio::test]
async fn max_age_asks_for_auth_time() {
    let server = TestProvider::start().await;
    let mut config = server.config();
    config.authorize.insert("max_age".into(), "600".into());
    sign_in(&server, &relying_party(config.clone())).await.unwrap();
    server.id_tokens(IdTokenPlan::with_claims(json!({"auth_time": null})));
    let error = sign_in(&server, &relying_party(config)).await.unwrap_err();
    assert_eq!((error.stage(), error.code()), (Stage::IdToken, Code::IdTokenAuthTime));
}

#[tokio::test]
async fn refresh_token() {
    let server = TestProvider::start().await;
    let provider = relying_party(server.config());
    let grant = sign_in(&server, &provider).await.unwrap();
    let renewal = renewed(&server, &provider, &grant).await.unwrap();
    assert_ne!(renewal.tokens.access_token, grant.tokens.access_token);
    assert!(renewal.tokens.refresh_token.is_some_and(|token| Some(token) != grant.tokens.refresh_token));
    assert_eq!(renewal.identity.unwrap().sub, "ada-1");
    let request = &server.requests(Endpoint::Token)[1];
    assert_eq!((request.parameter("scope"), request.parameter("client_id")), (None, Some("client-1")));
}

#[tokio::test]
async fn a_renewal_may_bring_neither_id_token_nor_refresh_token() {
    let server = TestProvider::start().await;
    let provider = relying_party(server.config());
    let grant = sign_in(&server, &provider).await.unwrap();
    server.rotate_refresh_tokens(false);
    server.id_tokens(IdTokenPlan { missing: true, ..IdTokenPlan::default() });
    let renewal = renewed(&server, &provider, &grant).await.unwrap();
    assert!(renewal.tokens.refresh_token.is_none() && renewal.tokens.id_token.is_none() && renewal.identity.is_none());
    server.id_tokens(IdTokenPlan::with_claims(json!({"nonce": null, "at_hash": null})));
    assert!(renewed(&server, &provider, &grant).await.unwrap().identity.is_some());
}

#[tokio::test]
async fn a_renewed_id_token_is_about_the_same_person() {
    for (claims, code) in [
        (json!({"iss": "https://evil.example"}), Code::IdTokenIssuer),
        (json!({"sub": "eve"}), Code::IdTokenSubject),
        (json!({"aud": "other"}), Code::IdTokenAudience),
        (json!({"azp": "other"}), Code::IdTokenAuthorizedParty),
        (json!({"nonce": "another"}), Code::IdTokenNonce),
        (json!({"exp": 1}), Code::IdTokenExpired),
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
async fn only_invalid_grant_ends_a_grant() {
    for (answer, code) in [
        (Answer::error(400, "invalid_grant"), Code::InvalidGrant),
        (Answer::error(401, "invalid_client"), Code::InvalidClient),
        (Answer::error(400, "invalid_scope"), Code::InvalidScope),
        (Answer::error(400, "interaction_required"), Code::InteractionRequired),
        (Answer::error(400, "login_required"), Code::InteractionRequired),
        (Answer::error(400, "consent_required"), Code::InteractionRequired),
        (Answer::error(400, "temporarily_unavailable"), Code::ProviderBusy),
        (Answer::error(500, "invalid_grant"), Code::ProviderFault),
        (Answer::error(503, "invalid_grant").with_header("retry-after", "3"), Code::ProviderFault),
        (Answer::error(429, "invalid_grant"), Code::ProviderBusy),
        (Answer::empty(400), Code::ProviderRefused),
        (Answer::new(400, "text/plain", "invalid_grant"), Code::ProviderRefused),
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
    assert_eq!(renewed(&server, &provider, &grant).await.unwrap_err().code(), Code::InvalidGrant);
}

#[tokio::test]
async fn an_errors_text_is_bounded_and_holds_no_token() {
    let long = json!({"error": "e\u{7}".repeat(500), "error_description": "d\u{202e}".repeat(500)});
    let error = renewal_refused(Answer::json(400, &long)).await;
    let detail = error.problem().detail.clone().unwrap();
    assert!(detail.chars().count() <= 300 && !detail.contains(['\u{7}', '\u{202e}']), "{detail}");
    let odd = json!({"access_token": "sesame", "token_type": "Bearer", "id_token": 7});
    let error = renewal_refused(Answer::json(200, &odd)).await;
    assert_eq!(error.code(), Code::TokenMalformed);
    assert!(!format!("{error:?} {error}").contains("sesame"));
}

#[tokio::test]
async fn a_probe_tells_confirmed_from_rejected_from_unknown() {
    let server = TestProvider::start().await;
    let provider = relying_party(server.config());
    let grant = sign_in(&server, &provider).await.unwrap();
    let probed = async || probe(&provider, &grant.tokens.access_token, &grant.identity).await;
    server.userinfo(json!({"name": "Ada Park-Lind"}));
    let Ok(Probe::Confirmed(identity)) = probed().await else { panic!() };
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
    assert_eq!(revoke(&provider, &grant.tokens).await.unwrap(), Step::Done);
    let request = &server.requests(Endpoint::Revocation)[0];
    assert_eq!(request.parameter("token_type_hint"), Some("refresh_token"));
    assert_eq!(request.parameter("client_id"), Some("client-1"));
    assert_eq!(renewed(&server, &provider, &grant).await.unwrap_err().code(), Code::InvalidGrant);
    grant.tokens.refresh_token = None;
    assert_eq!(revoke(&provider, &grant.tokens).await.unwrap(), Step::Done);
    assert_eq!(server.requests(Endpoint::Revocation)[1].parameter("token_type_hint"), Some("access_token"));
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
        let error = revoke(&provider, &grant.tokens).await.unwrap_err();
        assert_eq!((error.stage(), error.code()), (Stage::Logout, code));
    }
    server.discovery(json!({"revocation_endpoint": Value::Null}));
    assert_eq!(revoke(&relying_party(server.config()), &grant.tokens).await.unwrap(), Step::Skipped);
}
