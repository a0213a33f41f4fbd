//! What an ID token may claim.

use serde_json::json;

use crate::conformance::base::Scene;
use crate::conformance::behaviour::Act::SignIn;
use crate::conformance::behaviour::{Behaviour, row};
use crate::ports::{Clock as _, SystemClock};

/// So many seconds from now.
fn later(seconds: i64) -> i64 {
    SystemClock.now().as_second() + seconds
}

/// Asks the provider for a proof that is at most ten minutes old.
fn with_max_age(it: &mut Scene) {
    it.config.authorize.insert("max_age".into(), "600".into());
}

#[rustfmt::skip]
pub(super) fn behaviours() -> Vec<Behaviour> {
    vec![
        row("oidcc-client-test-invalid-iss", SignIn, "names another issuer", "Core 3.1.3.7, 2: exactly the configured one",
            "refused at id-token: `id-token-issuer`", |it| it.claims(json!({"iss": "https://evil.example"}))),
        row("iss-slash", SignIn, "adds a slash to its issuer", "Core 3.1.3.7, 2: exactly, to the slash",
            "refused at id-token: `id-token-issuer`", |it| it.claims(json!({"iss": format!("{}/", it.provider.issuer())}))),
        row("iss-missing", SignIn, "names no issuer", "Core 2: required",
            "refused at id-token: `id-token-malformed`", |it| it.claims(json!({"iss": null}))),
        row("iss-list", SignIn, "names a list of issuers", "RFC 7519, 4.1.1: a text",
            "refused at id-token: `id-token-malformed`", |it| it.claims(json!({"iss": [it.provider.issuer()]}))),
        row("oidcc-client-test-missing-sub", SignIn, "names nobody", "Core 2: `sub` is required",
            "refused at id-token: `id-token-subject`", |it| it.claims(json!({"sub": null}))),
        row("sub-empty", SignIn, "names the empty `sub`", "Core 2: an identifier",
            "refused at id-token: `id-token-subject`", |it| it.claims(json!({"sub": ""}))),
        row("sub-long", SignIn, "names a `sub` of 256 characters", "Core 2: 255 at most",
            "refused at id-token: `id-token-subject`", |it| it.claims(json!({"sub": "x".repeat(256)}))),
        row("sub-control", SignIn, "names a `sub` with an escape sequence", "Core 2: ASCII; of it what can be printed",
            "refused at id-token: `id-token-subject`", |it| it.claims(json!({"sub": "ada\u{1b}[2J"}))),
        row("sub-unicode", SignIn, "names a `sub` that is not ASCII", "Core 2: ASCII",
            "refused at id-token: `id-token-subject`", |it| it.claims(json!({"sub": "аda-1"}))),
        row("sub-number", SignIn, "names a number as `sub`", "RFC 7519, 4.1.2: a text",
            "refused at id-token: `id-token-malformed`", |it| it.claims(json!({"sub": 7}))),
        row("oidcc-client-test-invalid-aud", SignIn, "issues it to another client", "Core 3.1.3.7, 3: we are among the audiences",
            "refused at id-token: `id-token-audience`", |it| it.claims(json!({"aud": "another"}))),
        row("aud-case", SignIn, "writes our name in capitals", "RFC 7519, 4.1.3: case-sensitive",
            "refused at id-token: `id-token-audience`", |it| it.claims(json!({"aud": "CLIENT-1"}))),
        row("aud-empty", SignIn, "issues it to nobody", "Core 3.1.3.7, 3: we are among the audiences",
            "refused at id-token: `id-token-audience`", |it| it.claims(json!({"aud": []}))),
        row("aud-missing", SignIn, "names no audience", "Core 2: required",
            "refused at id-token: `id-token-malformed`", |it| it.claims(json!({"aud": null}))),
        row("aud-mixed", SignIn, "names a number among the audiences", "RFC 7519, 4.1.3: texts",
            "refused at id-token: `id-token-malformed`", |it| it.claims(json!({"aud": ["client-1", 7]}))),
        row("aud-strangers", SignIn, "names strangers beside us, and no `azp`", "Core 3.1.3.7, 3 and 4: strangers are not trusted without it",
            "refused at id-token: `id-token-authorized-party`", |it| it.claims(json!({"aud": ["client-1", "stranger"]}))),
        row("azp-stranger", SignIn, "issued it to another, who may show it to us", "Core 3.1.3.7, 5: `azp` is us",
            "refused at id-token: `id-token-authorized-party`", |it| it.claims(json!({"azp": "stranger"}))),
        row("azp-stranger-of-several", SignIn, "issued it to a stranger among the audiences", "Core 3.1.3.7, 5: `azp` is us",
            "refused at id-token: `id-token-authorized-party`", |it| it.claims(json!({"aud": ["client-1", "stranger"], "azp": "stranger"}))),
        row("azp-list", SignIn, "names a list as `azp`", "Core 2: a text",
            "refused at id-token: `id-token-malformed`", |it| it.claims(json!({"azp": ["client-1"]}))),
        row("exp-passed", SignIn, "sends a token that has ended two minutes ago", "Core 3.1.3.7, 9: now is before `exp`; a minute of leeway",
            "refused at id-token: `id-token-expired`", |it| it.claims(json!({"exp": later(-120)}))),
        row("exp-missing", SignIn, "names no end", "Core 2: required",
            "refused at id-token: `id-token-malformed`", |it| it.claims(json!({"exp": null}))),
        row("exp-text", SignIn, "writes the end as a text", "RFC 7519, 2: a number",
            "refused at id-token: `id-token-malformed`", |it| it.claims(json!({"exp": later(300).to_string()}))),
        row("exp-absurd", SignIn, "names an end in thirty billion years", "Our own limit: the year 9999",
            "refused at id-token: `id-token-malformed`", |it| it.claims(json!({"exp": 1e18}))),
        row("exp-negative", SignIn, "names an end before 1970", "Our own limit: a time since then",
            "refused at id-token: `id-token-malformed`", |it| it.claims(json!({"exp": -1}))),
        row("oidcc-client-test-missing-iat", SignIn, "does not say when it was issued", "Core 2: `iat` is required",
            "refused at id-token: `id-token-malformed`", |it| it.claims(json!({"iat": null}))),
        row("iat-future", SignIn, "sends a token of tomorrow", "Core 3.1.3.7, 10: too far from now",
            "refused at id-token: `id-token-issued-at`", |it| it.claims(json!({"iat": later(86_400), "exp": later(2 * 86_400)}))),
        row("iat-flag", SignIn, "says `true` for when it was issued", "RFC 7519, 2: a number",
            "refused at id-token: `id-token-malformed`", |it| it.claims(json!({"iat": true}))),
        row("nbf-future", SignIn, "sends a token that begins in an hour", "RFC 7519, 4.1.5: not before",
            "refused at id-token: `id-token-not-before`", |it| it.claims(json!({"nbf": later(3600)}))),
        row("nbf-text", SignIn, "writes the beginning as a text", "RFC 7519, 4.1.5: a number",
            "refused at id-token: `id-token-malformed`", |it| it.claims(json!({"nbf": "now"}))),
        row("oidcc-client-test-nonce-invalid", SignIn, "sends another `nonce`", "Core 3.1.3.7, 11: the one that was sent",
            "refused at id-token: `id-token-nonce`", |it| it.claims(json!({"nonce": "another"}))),
        row("nonce-missing", SignIn, "sends no `nonce`", "Core 3.1.3.7, 11: required when one was sent",
            "refused at id-token: `id-token-nonce`", |it| it.claims(json!({"nonce": null}))),
        row("nonce-list", SignIn, "sends a list of them", "Core 2: a text",
            "refused at id-token: `id-token-malformed`", |it| it.claims(json!({"nonce": ["n"]}))),
        row("at-hash-wrong", SignIn, "sends the hash of another access token", "Core 3.1.3.8: it fits the access token",
            "refused at id-token: `id-token-hash`", |it| it.claims(json!({"at_hash": "77QmUPtjPfzWtF2AnpK9RQ"}))),
        row("at-hash-empty", SignIn, "sends an empty hash", "Core 3.1.3.8: it fits the access token",
            "refused at id-token: `id-token-hash`", |it| it.claims(json!({"at_hash": ""}))),
        row("at-hash-whole", SignIn, "sends the whole hash", "Core 3.1.3.6: its left half",
            "refused at id-token: `id-token-hash`", |it| it.claims(json!({"at_hash": crate::testing::s256("access-1")}))),
        row("at-hash-swapped", SignIn, "swaps the access token after the ID token was made", "Core 3.1.3.8; RFC 9700, 4.5: it fits the access token",
            "refused at id-token: `id-token-hash`", |it| it.provider.token_response(json!({"access_token": "another-access-token"}))),
        row("at-hash-number", SignIn, "sends a number as the hash", "Core 3.1.3.6: a text",
            "refused at id-token: `id-token-malformed`", |it| it.claims(json!({"at_hash": 7}))),
        row("auth-time-missing", SignIn, "does not say when the person signed in, although `max_age` was asked for", "Core 3.1.2.1: required then",
            "refused at id-token: `id-token-auth-time`", |it| { with_max_age(it); it.claims(json!({"auth_time": null})); }),
        row("auth-time-old", SignIn, "says that the person signed in an hour ago, with `max_age` of ten minutes", "Core 3.1.3.7, 13: not too long ago",
            "refused at id-token: `id-token-auth-time`", |it| { with_max_age(it); it.claims(json!({"auth_time": later(-3600)})); }),
        row("auth-time-text", SignIn, "says `noon` for when the person signed in", "Core 2: a number",
            "refused at id-token: `id-token-malformed`", |it| it.claims(json!({"auth_time": "noon"}))),
        row("events-logout", SignIn, "sends a logout token that does not say so in `typ`", "RFC 8725, 3.12: rules that no other kind fits",
            "refused at id-token: `id-token-malformed`", |it| it.claims(json!({"events": {"http://schemas.openid.net/event/backchannel-logout": {}}}))),
    ]
}
