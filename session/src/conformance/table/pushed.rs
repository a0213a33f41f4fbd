//! What a provider that takes pushed authorization requests may answer.

use serde_json::{Value, json};

use crate::conformance::base::Scene;
use crate::conformance::behaviour::Act::SignIn;
use crate::conformance::behaviour::{Behaviour, row};
use crate::testing::{Answer, Endpoint};

/// Takes pushed requests, and perhaps no others.
fn pushing(it: &mut Scene, required: bool) {
    it.provider.offer_everything();
    if required {
        let par = format!("{}/par", it.provider.issuer());
        it.provider.discovery(json!({
            "pushed_authorization_request_endpoint": par, "require_pushed_authorization_requests": true,
        }));
    }
}

/// The same, answering like this.
fn answering(it: &mut Scene, required: bool, answer: Answer) {
    pushing(it, required);
    it.provider.always(Endpoint::Pushed, answer);
}

fn reference(value: &Value) -> Answer {
    Answer::json(201, &json!({ "request_uri": value, "expires_in": 60 }))
}

/// What the browser was given, in words.
fn given(it: &Scene) -> String {
    let pushed = it
        .pages
        .iter()
        .all(|page| page.url.secret().contains("request_uri="));
    let named = it.pages.iter().any(|page| page.url.secret().contains("state="));
    match (pushed, named) {
        (true, false) => "the browser got a reference",
        (false, true) => "the browser got the request",
        _ => "the browser got both",
    }
    .to_owned()
}

#[rustfmt::skip]
pub(super) fn behaviours() -> Vec<Behaviour> {
    vec![
        row("par", SignIn, "offers pushed requests", "RFC 9126, 2 and 4: the reference and `client_id`, nothing else",
            "signed in; the browser got a reference", |it| pushing(it, false)).telling(given),
        row("par-required", SignIn, "takes pushed requests alone", "RFC 9126, 5",
            "signed in; the browser got a reference", |it| pushing(it, true)).telling(given),
        row("par-refused", SignIn, "offers pushed requests, and refuses ours", "RFC 9126, 2.3: done without",
            "signed in; the browser got the request", |it| answering(it, false, Answer::error(400, "invalid_request"))).telling(given),
        row("par-in-trouble", SignIn, "offers pushed requests, and fails", "RFC 9126, 5: optional; done without",
            "signed in; the browser got the request", |it| answering(it, false, Answer::empty(503))).telling(given),
        row("par-required-and-refused", SignIn, "takes pushed requests alone, and refuses ours", "RFC 9126, 2.3",
            "refused at browser: `invalid-client`", |it| answering(it, true, Answer::error(401, "invalid_client"))),
        row("par-required-and-in-trouble", SignIn, "takes pushed requests alone, and fails", "RFC 9110, 15.6: later",
            "refused at browser: `provider-fault`", |it| answering(it, true, Answer::empty(503))),
        row("par-required-nowhere", SignIn, "takes pushed requests alone, and says not where", "RFC 9126, 5: the endpoint is named",
            "refused at discovery: `discovery-invalid`", |it| it.provider.discovery(json!({"require_pushed_authorization_requests": true}))),
        row("par-page", SignIn, "lets a web page answer", "RFC 9126, 2.2: JSON",
            "refused at browser: `not-json`", |it| answering(it, true, Answer::html(200))),
        row("par-redirect", SignIn, "redirects the request", "RFC 9700, 4.12: no redirect is followed",
            "refused at browser: `provider-refused`", |it| answering(it, true, Answer::redirect(307, "/elsewhere"))),
        row("par-reference-missing", SignIn, "gives no reference", "RFC 9126, 2.2: required",
            "refused at browser: `provider-refused`", |it| answering(it, true, reference(&Value::Null))),
        row("par-reference-of-two-words", SignIn, "gives a reference with a space", "RFC 9126, 2.2: a URI",
            "refused at browser: `provider-refused`", |it| answering(it, true, reference(&json!("urn:a b")))),
        row("par-reference-endless", SignIn, "gives a reference of 100,000 characters", "Our own rule: 1,024",
            "refused at browser: `provider-refused`", |it| answering(it, true, reference(&json!("x".repeat(100_000))))),
        row("par-quotes-the-state", SignIn, "quotes the `state` that it refuses", "RFC 6749, 10.12: not shown",
            "refused at browser: `provider-refused`", |it| { pushing(it, true); it.provider.when(Endpoint::Pushed, |asked| Some(Answer::json(400, &json!({"error": "odd", "error_description": format!("not {}", asked.parameter("state").unwrap())})))); }),
    ]
}
