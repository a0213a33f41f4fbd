//! What a renewal may bring.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "the other views say nothing about it"
)]

use serde_json::json;

use super::forge;
use crate::conformance::base::Scene;
use crate::conformance::behaviour::Act::Renew;
use crate::conformance::behaviour::{Behaviour, row};
use crate::testing::{Answer, Endpoint, IdTokenPlan, TestKey};
use crate::view::{Freshness, View};

#[rustfmt::skip]
pub(super) fn behaviours() -> Vec<Behaviour> {
    vec![
        row("oidcc-client-test-refresh-token", Renew, "renews, with a new ID token and a new refresh token", "Core 12; RFC 6749, 6",
            "renewed", |_| {}),
        row("oidcc-client-test-refresh-token-invalid-issuer", Renew, "names another issuer in the new ID token", "Core 12.2: the same `iss`",
            "refused at refresh: `id-token-issuer`; the session stays", |it| it.claims(json!({"iss": "https://evil.example"}))),
        row("oidcc-client-test-refresh-token-invalid-sub", Renew, "names another person in the new ID token", "Core 12.2: the same `sub`",
            "refused at refresh: `id-token-subject`; the session stays", |it| it.claims(json!({"sub": "eve-1"}))),
        row("oidcc-client-test-refresh-token-invalid-aud", Renew, "issues the new ID token to another client", "Core 12.2: the same `aud`",
            "refused at refresh: `id-token-audience`; the session stays", |it| it.claims(json!({"aud": "another"}))),
        row("oidcc-client-test-refresh-token-invalid-azp", Renew, "names another client as `azp` in the new ID token", "Core 12.2: the same `azp`, or none; ours is taken, whether it was there or not",
            "refused at refresh: `id-token-authorized-party`; the session stays", |it| it.claims(json!({"azp": "another"}))),
        row("refresh-nonce-other", Renew, "sends another `nonce`", "Core 12.2: none, or the first one",
            "refused at refresh: `id-token-nonce`; the session stays", |it| it.claims(json!({"nonce": "another"}))),
        row("refresh-iat-missing", Renew, "does not say when the new ID token was issued", "Core 12.2: `iat` is its own time",
            "refused at refresh: `id-token-malformed`; the session stays", |it| it.claims(json!({"iat": null}))),
        row("refresh-exp-passed", Renew, "sends a new ID token that has ended", "Core 3.1.3.7, 9: now is before `exp`",
            "refused at refresh: `id-token-expired`; the session stays", |it| it.claims(json!({"exp": 1}))),
        row("refresh-at-hash-wrong", Renew, "sends the hash of another access token", "Core 3.1.3.8: it fits the access token",
            "refused at refresh: `id-token-hash`; the session stays", |it| it.claims(json!({"at_hash": "77QmUPtjPfzWtF2AnpK9RQ"}))),
        row("refresh-sig-wrong", Renew, "sends a signature with one bit changed", "Core 3.1.3.7, 6: the signature is validated",
            "refused at refresh: `id-token-signature`; the session stays", |it| it.damage(forge::flipped)),
        row("refresh-sig-none", Renew, "does not sign, and says so", "RFC 8725, 3.2: never `none`",
            "refused at refresh: `id-token-algorithm`; the session stays", |it| it.provider.id_tokens(IdTokenPlan { header: json!({"alg": "none"}), damage: Some(forge::unsigned), ..IdTokenPlan::default() })),
        row("refresh-kid-unknown", Renew, "signs with a key it does not publish", "Core 10.1.1: asked again once, then refused",
            "refused at refresh: `id-token-key`; the session stays", |it| it.signed_by(TestKey::Rsa2)),
        row("refresh-logout-token", Renew, "sends a logout token for the new ID token", "Back-Channel Logout 1.0, 2.4; RFC 8725, 3.12: without a `nonce` it looks like one",
            "refused at refresh: `id-token-malformed`; the session stays", |it| it.claims(json!({"nonce": null, "at_hash": null, "events": {"http://schemas.openid.net/event/backchannel-logout": {}}}))),
        row("refresh-access-token", Renew, "sends an access token for the new ID token", "RFC 8725, 3.11; RFC 9068, 2.1: each kind has its `typ`",
            "refused at refresh: `id-token-malformed`; the session stays", |it| it.header(json!({"typ": "at+jwt"}))),
        row("refresh-invalid-grant", Renew, "refuses the refresh token", "RFC 6749, 5.2: the grant is over",
            "the session ends at refresh: `invalid-grant`", |it| it.provider.end_grants()),
        row("refresh-invalid-grant-with-200", Renew, "refuses the refresh token with 200", "RFC 6749, 5.2: 400; an error all the same",
            "the session ends at refresh: `invalid-grant`", |it| it.provider.always(Endpoint::Token, Answer::error(200, "invalid_grant"))),
        row("refresh-invalid-grant-with-500", Renew, "fails, and says `invalid_grant`", "RFC 9110, 15.6: a failure ends no grant",
            "refused at refresh: `provider-fault`; the session stays", |it| it.provider.always(Endpoint::Token, Answer::error(500, "invalid_grant"))),
        row("refresh-invalid-grant-with-429", Renew, "has had enough, and says `invalid_grant`", "RFC 6585, 4: later",
            "refused at refresh: `provider-busy`; the session stays", |it| it.provider.always(Endpoint::Token, Answer::error(429, "invalid_grant"))),
        row("refresh-retry-after-absurd", Renew, "has had enough for a year (`Retry-After`)", "RFC 9110, 10.2.3: a wait; our own limit: an hour",
            "refused at refresh: `provider-busy`; the session stays; tried again after about an hour", |it| it.provider.always(Endpoint::Token, Answer::empty(429).with_header("retry-after", "31536000")))
            .telling(again),
        row("refresh-invalid-grant-as-text", Renew, "says `invalid_grant` in plain text", "RFC 6749, 5.2: JSON",
            "refused at refresh: `provider-refused`; the session stays", |it| it.provider.always(Endpoint::Token, Answer::new(400, "text/plain", "invalid_grant"))),
        row("refresh-redirect-invalid-grant", Renew, "redirects, and says `invalid_grant`", "RFC 6749, 5.2: 400; a redirect says nothing",
            "refused at refresh: `provider-refused`; the session stays", |it| it.provider.always(Endpoint::Token, Answer::error(302, "invalid_grant").with_header("location", "/elsewhere"))),
        row("refresh-redirect-307", Renew, "redirects the refresh token to another address", "RFC 9700, 4.12: 307 sends it along; no redirect is followed",
            "refused at refresh: `provider-refused`; the session stays", |it| it.provider.always(Endpoint::Token, Answer::redirect(307, "/elsewhere"))),
        row("refresh-invalid-client", Renew, "does not know this client any more", "RFC 6749, 5.2",
            "refused at refresh: `invalid-client`; the session stays", |it| it.provider.always(Endpoint::Token, Answer::error(401, "invalid_client"))),
        row("refresh-interaction", Renew, "wants to see the person again", "Core 3.1.2.6",
            "refused at refresh: `interaction-required`; the session stays", |it| it.provider.always(Endpoint::Token, Answer::error(400, "interaction_required"))),
        row("refresh-empty-400", Renew, "refuses without a word", "RFC 6749, 5.2: JSON; no grant ends by that",
            "refused at refresh: `provider-refused`; the session stays", |it| it.provider.always(Endpoint::Token, Answer::empty(400))),
        row("refresh-html", Renew, "sends a web page with 200", "RFC 6749, 5.1: JSON",
            "refused at refresh: `not-json`; the session stays", |it| it.provider.always(Endpoint::Token, Answer::html(200))),
        row("refresh-type-mac", Renew, "issues a token of type `mac`", "RFC 6749, 7.1: not used when not understood",
            "refused at refresh: `token-type`; the session stays", |it| it.provider.token_response(json!({"token_type": "mac"}))),
        row("refresh-access-token-missing", Renew, "sends no access token", "RFC 6749, 5.1: required",
            "refused at refresh: `token-malformed`; the session stays", |it| it.provider.token_response(json!({"access_token": null}))),
        row("refresh-quotes-the-token", Renew, "quotes the refresh token that it refuses", "RFC 6749, 10.4: a secret is not shown",
            "refused at refresh: `provider-refused`; the session stays", |it| it.provider.when(Endpoint::Token, |asked| Some(Answer::json(400, &json!({"error": "odd", "error_description": format!("not {}", asked.parameter("refresh_token").unwrap())}))))),
        row("refresh-without-keys", Renew, "signs with a new key and has no keys to give", "Core 12.2: a new ID token is optional; what cannot be checked is left out",
            "renewed", |it| { it.signed_by(TestKey::Rsa2); it.provider.always(Endpoint::Jwks, Answer::empty(503)); }),
    ]
}

/// When a renewal that failed is tried again, in words.
fn again(it: &Scene) -> String {
    let views = it.views.lock().unwrap();
    let wait = views.iter().rev().find_map(|view| match view {
        View::SignedIn {
            freshness:
                Freshness::Stale {
                    since,
                    retry_at: Some(retry_at),
                    ..
                },
            ..
        } => Some(retry_at.duration_since(*since).as_secs()),
        _ => None,
    });
    match wait {
        Some(wait) if (3600..=3720).contains(&wait) => "tried again after about an hour".to_owned(),
        wait => format!("tried again after {wait:?} seconds"),
    }
}
