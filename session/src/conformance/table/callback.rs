//! What may come back from the authorization page.

use serde_json::json;
use url::Url;

use crate::conformance::behaviour::Act::Callback;
use crate::conformance::behaviour::{Behaviour, row};
use crate::secret::SecretUrl;
use crate::testing::{Endpoint, TestProvider};

/// The right callback with this parameter's value changed; without a value it is left out.
fn with(provider: &TestProvider, page: &SecretUrl, name: &str, value: Option<&str>) -> String {
    let right = Url::parse(&provider.authorize(page)).unwrap();
    let mut changed = right.clone();
    let others = right.query_pairs().filter(|(n, _)| n != name);
    changed.query_pairs_mut().clear().extend_pairs(others);
    if let Some(value) = value {
        changed.query_pairs_mut().append_pair(name, value);
    }
    changed.into()
}

/// A code that was granted for another request, injected into the answer to this one.
fn injected(provider: &TestProvider, page: &SecretUrl) -> String {
    let mut other = Url::parse(page.secret()).unwrap();
    let pairs: Vec<_> = other.query_pairs().into_owned().collect();
    other
        .query_pairs_mut()
        .clear()
        .extend_pairs(pairs.iter().filter(|(name, _)| name != "code_challenge"))
        .append_pair(
            "code_challenge",
            &crate::testing::s256("the verifier of somebody else"),
        );
    provider.authorize(&SecretUrl::new(other))
}

#[rustfmt::skip]
pub(super) fn behaviours() -> Vec<Behaviour> {
    vec![
        row("iss-other", Callback(|it, page| with(it, page, "iss", Some("https://evil.example"))), "answers in the name of another issuer", "RFC 9207, 2.4: exactly the one that was asked",
            "refused at callback: `issuer-mismatch`; token endpoint asked for never", |_| {})
            .telling(|it| it.asked("token endpoint", Endpoint::Token)),
        row("iss-other-unannounced", Callback(|it, page| with(it, page, "iss", Some("https://evil.example"))), "answers in the name of another issuer, without having announced `iss`", "RFC 9207, 2.4: checked whenever it is there",
            "refused at callback: `issuer-mismatch`", |it| it.provider.discovery(json!({"authorization_response_iss_parameter_supported": null}))),
        row("iss-left-out", Callback(|it, page| with(it, page, "iss", None)), "announces `iss` and leaves it out", "RFC 9207, 2.4: refused then",
            "refused at callback: `issuer-mismatch`", |_| {}),
        row("iss-of-an-error", Callback(|it, page| it.decline(page, "access_denied").replace("iss=http", "iss=https")), "sends an error in the name of another issuer", "RFC 9207, 2.4: errors, too",
            "refused at callback: `issuer-mismatch`", |_| {}),
        row("state-missing", Callback(|it, page| with(it, page, "state", None)), "sends no `state`", "RFC 6749, 10.12: it is not the answer to our request",
            "not taken at callback: `state-mismatch`; the attempt lives on", |_| {}),
        row("state-other", Callback(|it, page| with(it, page, "state", Some("another"))), "sends another `state` (a code of an attacker)", "RFC 6749, 10.12: it is not the answer to our request",
            "not taken at callback: `state-mismatch`; the attempt lives on", |_| {}),
        row("error-of-another", Callback(|it, page| with(it, page, "state", Some("another")).replace("code=", "error=")), "sends an error with another `state`", "RFC 6749, 10.12: nobody else ends our attempt",
            "not taken at callback: `state-mismatch`; the attempt lives on", |_| {}),
        row("code-and-error", Callback(|it, page| format!("{}&error=access_denied", it.authorize(page))), "sends a code and an error", "RFC 6749, 4.1.2: one or the other",
            "refused at callback: `code-and-error`", |_| {}),
        row("code-twice", Callback(|it, page| format!("{}&code=another", it.authorize(page))), "sends two codes", "RFC 6749, 3.1: no parameter twice",
            "refused at callback: `parameter-repeated`", |_| {}),
        row("code-missing", Callback(|it, page| with(it, page, "code", None)), "sends neither a code nor an error", "RFC 6749, 4.1.2: required",
            "refused at callback: `callback-malformed`", |_| {}),
        row("code-control", Callback(|it, page| with(it, page, "code", Some("a\r\nb"))), "sends a code with control characters", "RFC 6749, A.11: printable ASCII",
            "refused at callback: `callback-malformed`", |_| {}),
        row("code-injected", Callback(injected), "sends a code that was granted to somebody else", "RFC 9700, 2.1.1: PKCE; the verifier does not fit",
            "refused at token: `invalid-grant`", |_| {}),
        row("answer-in-fragment", Callback(|it, page| it.authorize(page).replace('?', "#")), "answers in the fragment", "RFC 9700, 2.1.2: codes come in the query",
            "not taken at callback: `callback-malformed`; the attempt lives on", |_| {}),
        row("answer-elsewhere", Callback(|it, page| it.authorize(page).replace("/callback", "/callback/x")), "answers at another path", "RFC 9700, 4.1: exactly the redirect URI",
            "not taken at callback: `callback-malformed`; the attempt lives on", |_| {}),
        row("denied", Callback(|it, page| it.decline(page, "access_denied")), "says that the person declined", "RFC 6749, 4.1.2.1",
            "refused at callback: `denied`", |_| {}),
        row("login-required", Callback(|it, page| it.decline(page, "login_required")), "wants the person to sign in there first", "Core 3.1.2.6",
            "refused at callback: `interaction-required`", |_| {}),
        row("server-error", Callback(|it, page| it.decline(page, "server_error")), "fails", "RFC 6749, 4.1.2.1: later",
            "refused at callback: `provider-busy`", |_| {}),
        row("invalid-scope", Callback(|it, page| it.decline(page, "invalid_scope")), "does not grant the scope", "RFC 6749, 4.1.2.1",
            "refused at callback: `invalid-scope`", |_| {}),
        row("error-unknown-to-us", Callback(|it, page| it.decline(page, "brand_new")), "sends an error of its own", "RFC 6749, 8.5: errors may be added",
            "refused at callback: `provider-refused`", |_| {}),
        row("error-description-tricks", Callback(|it, page| it.callback(page, &[("error", "access_denied"), ("error_description", "\u{1b}[31m\u{202e}evil\u{200b}\r\n<script>")])), "describes its error with escape sequences and reversed text", "RFC 6749, 4.1.2.1: printable ASCII; our own rule: neutral",
            "refused at callback: `denied`; \"access_denied: [31mevil <script>\"", |_| {})
            .telling(|it| format!("\"{}\"", it.errors[0])),
    ]
}
