//! What is odd, or only rare, and has to work.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "the other views say nothing about it"
)]

use jsonwebtoken::Algorithm;
use serde_json::json;

use super::forge::{key_with, set};
use crate::conformance::base::Scene;
use crate::conformance::behaviour::Act::{Callback, Renew, SignIn};
use crate::conformance::behaviour::{Behaviour, row};
use crate::ports::{Clock as _, SystemClock};
use crate::testing::{Answer, Endpoint, IdTokenPlan, TestKey};

/// Half a second ago, with the half.
#[allow(clippy::cast_precision_loss, reason = "seconds since 1970 fit")]
fn half_a_second_ago() -> f64 {
    SystemClock.now().as_second() as f64 - 0.5
}

/// When the access token ends, in words.
fn end(it: &Scene) -> String {
    let views = it.views.lock().unwrap();
    let ends = views.iter().rev().find_map(|view| match view {
        crate::view::View::SignedIn { renews_at, .. } => Some(renews_at.is_some()),
        _ => None,
    });
    if ends == Some(true) {
        "renewed by the clock"
    } else {
        "not renewed by the clock"
    }
    .to_owned()
}

#[rustfmt::skip]
pub(super) fn behaviours() -> Vec<Behaviour> {
    vec![
        row("oidcc-client-test", SignIn, "does everything right", "Core 3.1: the code flow",
            "signed in", |_| {}),
        row("issuer-path", SignIn, "has a path in its issuer", "Discovery 4.1: the well-known path is appended",
            "signed in", |_| {}).at("/realms/demo"),
        row("issuer-trailing-slash", SignIn, "has a slash at the end of its issuer", "Discovery 4.1: it is removed for the address, not for the comparison",
            "signed in", |_| {}).at("/"),
        row("issuer-path-slash", SignIn, "has a path with a slash at the end", "Discovery 4.1: the same",
            "signed in", |_| {}).at("/realms/demo/"),
        row("metadata-required-only", SignIn, "names only what is required", "Discovery 3: the rest is optional",
            "signed in; as \"Ada of the ID token\"", |it| it.provider.discovery(json!({"userinfo_endpoint": null, "revocation_endpoint": null, "end_session_endpoint": null, "authorization_response_iss_parameter_supported": null})))
            .telling(Scene::name),
        row("metadata-nulls", SignIn, "names what it has not as null or empty", "Discovery 4.2: members without a value are left out; tolerated",
            "signed in", |it| { let issuer = it.provider.issuer().to_owned(); it.says(Endpoint::Discovery, json!({"issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"), "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/jwks"), "userinfo_endpoint": null, "end_session_endpoint": "", "id_token_signing_alg_values_supported": null}).to_string()); }),
        row("metadata-unknown", SignIn, "names a hundred members nobody knows", "Discovery 3: additional ones may be used",
            "signed in", |it| it.provider.discovery((0..100).map(|n| (format!("x_{n}"), json!([n]))).collect::<serde_json::Map<_, _>>().into())),
        row("metadata-algorithms-odd", SignIn, "announces `none` and RS512 among its algorithms", "Discovery 3: `none` may be announced; it is never accepted",
            "signed in", |it| it.provider.discovery(json!({"id_token_signing_alg_values_supported": ["none", "RS512", "RS256", 7]}))),
        row("metadata-algorithms-useless", SignIn, "announces only `none` and RS512, and signs with RS256", "Discovery 3: RS256 must be supported",
            "signed in", |it| it.provider.discovery(json!({"id_token_signing_alg_values_supported": ["none", "RS512"]}))),
        row("metadata-no-offline-access", SignIn, "does not announce `offline_access`", "Discovery 3: not all scopes need to be announced",
            "signed in", |it| it.provider.discovery(json!({"scopes_supported": ["openid"]}))),
        row("metadata-plain-text", SignIn, "calls its document plain text", "Discovery 4.2: application/json; tolerated",
            "signed in", |it| { let issuer = it.provider.issuer().to_owned(); it.provider.always(Endpoint::Discovery, Answer::new(200, "text/plain", json!({"issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"), "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/jwks")}).to_string())); }),
        row("endpoint-own-query", SignIn, "has a query of its own in its addresses", "RFC 6749, 3.1 and 3.2: it is kept",
            "signed in; policy b2c", |it| it.provider.discovery(json!({"authorization_endpoint": format!("{}/authorize?policy=b2c", it.provider.issuer()), "token_endpoint": format!("{}/token?policy=b2c", it.provider.issuer())})))
            .telling(|it| { let sent = it.provider.requests(Endpoint::Token)[0].target.clone(); format!("policy {}", sent.split_once("policy=").map_or("lost", |(_, policy)| policy)) }),
        row("callback-without-iss", Callback(|it, page| it.authorize(page).split("&iss=").next().unwrap().to_owned()), "neither announces nor sends `iss`", "RFC 9207, 2.4: optional",
            "signed in", |it| it.provider.discovery(json!({"authorization_response_iss_parameter_supported": null}))),
        row("callback-session-state", Callback(|it, page| format!("{}&session_state=x.y&scope=openid", it.authorize(page))), "sends more parameters than it has to", "RFC 6749, 4.1.2: what is not known is ignored",
            "signed in", |_| {}),
        row("expires-text", SignIn, "writes the lifetime as a text", "RFC 6749, A.14: digits; tolerated",
            "signed in; renewed by the clock", |it| it.provider.token_response(json!({"expires_in": "300"}))).telling(end),
        row("expires-float", SignIn, "writes the lifetime with a fraction", "RFC 6749, A.14: digits; tolerated",
            "signed in; renewed by the clock", |it| it.provider.token_response(json!({"expires_in": 299.97}))).telling(end),
        row("expires-missing", SignIn, "names no lifetime", "RFC 6749, 5.1: recommended only",
            "signed in; not renewed by the clock", |it| it.provider.token_response(json!({"expires_in": null}))).telling(end),
        row("expires-absurd", SignIn, "names a lifetime longer than the universe", "Our own limit: ten years",
            "signed in; renewed by the clock", |it| it.provider.token_response(json!({"expires_in": 1e300}))).telling(end),
        row("expires-zero", SignIn, "issues a token that ends at once", "RFC 6749, A.14: digits; our own limit: a renewal by the clock every five seconds",
            "signed in; renewed by the clock", |it| it.provider.token_response(json!({"expires_in": 0}))).telling(end),
        row("session-expiry-absurd", SignIn, "names an end of the session that no calendar holds", "IPSIE SL1: `session_expiry` is a time; what is none is ignored",
            "signed in", |it| it.claims(json!({"session_expiry": 1e300}))),
        row("type-lower-case", SignIn, "writes `bearer`", "RFC 6749, 5.1: case-insensitive",
            "signed in", |it| it.provider.token_response(json!({"token_type": "bearer"}))),
        row("answer-extra", SignIn, "sends `session_state` and more beside the tokens", "RFC 6749, 5.1: what is not known is ignored",
            "signed in", |it| it.provider.token_response(json!({"session_state": "x", "not-before-policy": 0, "refresh_expires_in": 0}))),
        row("answer-scope-list", SignIn, "names the scope as a list", "RFC 6749, 3.3: a text; not needed",
            "signed in", |it| it.provider.token_response(json!({"scope": ["openid"]}))),
        row("answer-empty-error", SignIn, "sends an empty `error` beside the tokens", "RFC 6749, 5.1: tolerated",
            "signed in", |it| it.provider.token_response(json!({"error": ""}))),
        row("answer-no-refresh-token", SignIn, "grants no refresh token", "RFC 6749, 5.1: optional",
            "signed in", |it| it.provider.token_response(json!({"refresh_token": null}))),
        row("claims-float-times", SignIn, "writes its times with fractions", "RFC 7519, 2: a NumericDate may have one",
            "signed in", |it| it.claims(json!({"iat": half_a_second_ago(), "nbf": half_a_second_ago(), "auth_time": half_a_second_ago(), "exp": half_a_second_ago() + 300.0}))),
        row("claims-null", SignIn, "sends what it has not as null", "Core 5.3.2: left out instead; tolerated",
            "signed in", |it| it.claims(json!({"acr": [null], "address": {"country": null}, "amr": []}))),
        row("claims-null-protocol", SignIn, "sends `azp`, `nbf`, `at_hash` and `auth_time` as null", "Core 5.3.2: left out instead; tolerated",
            "signed in", |it| it.rewrite(|header, payload| { let mut claims: serde_json::Value = serde_json::from_str(&payload).unwrap(); for claim in ["azp", "nbf", "at_hash", "auth_time"] { claims[claim] = json!(null); } (header.into_bytes(), claims.to_string().into_bytes()) })),
        row("claims-aud-list", SignIn, "sends the audience as a list of one", "RFC 7519, 4.1.3: a list or a text",
            "signed in", |it| it.claims(json!({"aud": ["client-1"]}))),
        row("claims-aud-several", SignIn, "names several audiences, and us as `azp`", "Core 3.1.3.7, 3 to 5: trusted then",
            "signed in", |it| it.claims(json!({"aud": ["client-1", "https://api.example"], "azp": "client-1"}))),
        row("claims-without-at-hash", SignIn, "sends no `at_hash`", "Core 3.1.3.6: optional in the code flow",
            "signed in", |it| it.claims(json!({"at_hash": null}))),
        row("claims-sub-longest", SignIn, "names a `sub` of 255 characters", "Core 2: 255 at most",
            "signed in", |it| { it.claims(json!({"sub": "x".repeat(255)})); it.provider.userinfo(json!({"sub": "x".repeat(255)})); }),
        row("clock-a-little-off", SignIn, "has a clock that is half a minute ahead", "Core 3.1.3.7, 9: a little leeway",
            "signed in", |it| it.provider.stop_clock_at(SystemClock.now() + jiff::SignedDuration::from_secs(30))),
        row("header-without-typ", SignIn, "sends no `typ`", "RFC 7519, 5.1: optional",
            "signed in", |it| it.header(json!({"typ": null}))),
        row("header-unknown", SignIn, "sends header members nobody knows", "RFC 7515, 4: ignored, unless `crit` names them",
            "signed in", |it| it.header(json!({"x": 1, "b64": true, "typ": "jwt"}))),
        row("keys-without-kid", SignIn, "names a `kid` and publishes keys without", "Core 10.1: those without a name are tried",
            "signed in", |it| it.provider.jwks(set([key_with(json!({"kid": null, "use": null})), TestKey::P256.jwk()]))),
        row("keys-with-certificates", SignIn, "publishes certificates and hints beside its key", "RFC 7517, 4.7: optional",
            "signed in", |it| it.provider.jwks(set([key_with(json!({"x5c": ["not one"], "x5t": "AA", "key_ops": ["verify"], "alg": "RS256", "ext": true}))]))),
        row("keys-of-one-algorithm-each", SignIn, "has one key for RS256 and PS256 and signs with PS256", "RFC 7518, 3.5: a key without `alg` is for both",
            "signed in", |it| { it.provider.publish(&[TestKey::Rsa1]); it.provider.id_tokens(IdTokenPlan { algorithm: Algorithm::PS256, ..IdTokenPlan::default() }); }),
        row("userinfo-missing", SignIn, "has no userinfo", "Core 5.3: the ID token's claims serve",
            "signed in; as \"Ada of the ID token\"", |it| it.provider.discovery(json!({"userinfo_endpoint": null}))).telling(Scene::name),
        row("userinfo-down", SignIn, "has a userinfo that fails", "Core 5.3: the ID token's claims serve",
            "signed in; as \"Ada of the ID token\"", |it| it.provider.always(Endpoint::Userinfo, Answer::empty(503))).telling(Scene::name),
        row("userinfo-dropped", SignIn, "has a userinfo that closes the connection", "Core 5.3: the ID token's claims serve",
            "signed in; as \"Ada of the ID token\"", |it| it.provider.always(Endpoint::Userinfo, Answer::dropped())).telling(Scene::name),
        row("userinfo-signed", SignIn, "signs its userinfo (`application/jwt`)", "Core 5.3.2: only where it was asked for; the ID token's claims serve",
            "signed in; as \"Ada of the ID token\"", |it| it.provider.always(Endpoint::Userinfo, Answer::new(200, "application/jwt; charset=utf-8", "e30.e30.x"))).telling(Scene::name),
        row("userinfo-odd-types", SignIn, "writes `email_verified` as a text and `updated_at` as RFC 3339", "Core 5.1: a flag and a number; tolerated",
            "signed in; verified", |it| it.provider.userinfo(json!({"email_verified": "true", "updated_at": "2026-01-01T00:00:00Z", "birthdate": null, "address": "somewhere"})))
            .telling(|it| if it.profile().unwrap().email_verified == Some(true) { "verified" } else { "not verified" }.to_owned()),
        row("refresh-without-id-token", Renew, "renews without an ID token", "Core 12.2: optional",
            "renewed", |it| it.provider.id_tokens(IdTokenPlan { missing: true, ..IdTokenPlan::default() })),
        row("refresh-without-nonce", Renew, "renews without a `nonce`", "Core 12.2: there should be none",
            "renewed", |it| it.claims(json!({"nonce": null}))),
        row("refresh-without-rotation", Renew, "renews without a new refresh token", "RFC 6749, 6: the old one stays",
            "renewed", |it| it.provider.rotate_refresh_tokens(false)),
        row("refresh-later-auth-time", Renew, "tells a later `auth_time` in the new ID token", "Core 12.2: the first one; tolerated",
            "renewed", |it| it.claims(json!({"auth_time": half_a_second_ago()}))),
        row("refresh-azp-ours", Renew, "adds our name as `azp` to the new ID token", "Core 12.2: none if there was none; tolerated",
            "renewed", |it| it.claims(json!({"azp": "client-1"}))),
        row("answer-created", Renew, "answers 201", "RFC 6749, 5.1: 200; tolerated",
            "renewed", |it| it.provider.always(Endpoint::Token, Answer::json(201, &json!({"access_token": "created", "token_type": "Bearer"})))),
        row("answer-plain-text", Renew, "calls its answer plain text", "RFC 6749, 5.1: application/json; tolerated",
            "renewed", |it| it.provider.always(Endpoint::Token, Answer::new(200, "text/plain", r#"{"access_token":"plain","token_type":"Bearer"}"#))),
    ]
}
