//! What a provider may do when somebody signs in on another device.

use serde_json::{Value, json};

use crate::conformance::base::Scene;
use crate::conformance::behaviour::Act::OnDevice;
use crate::conformance::behaviour::{Behaviour, row};
use crate::testing::{Answer, Endpoint};

/// Offers the grant, and answers the request for the codes like this.
fn codes(it: &mut Scene, changes: Value) {
    it.provider.offer_everything();
    it.provider.device_response(changes);
}

/// Offers the grant, and answers the first question for the tokens like this.
fn first(it: &mut Scene, answer: Answer) {
    it.provider.offer_everything();
    it.provider.once(Endpoint::Token, answer);
}

#[rustfmt::skip]
pub(super) fn behaviours() -> Vec<Behaviour> {
    vec![
        row("device", OnDevice(Ok(())), "lets the person in by another device", "RFC 8628, 3",
            "signed in", |it| it.provider.offer_everything()),
        row("device-not-offered", OnDevice(Ok(())), "names no endpoint for it", "RFC 8628, 4",
            "refused at discovery: `device-not-offered`", |_| {}),
        row("device-declined", OnDevice(Err("access_denied")), "says that the person declined", "RFC 8628, 3.5",
            "refused at token: `denied`", |it| it.provider.offer_everything()),
        row("device-expired", OnDevice(Err("expired_token")), "says that the code is over", "RFC 8628, 3.5",
            "refused at browser: `timed-out`", |it| it.provider.offer_everything()),
        row("device-pending", OnDevice(Ok(())), "lets us ask again", "RFC 8628, 3.5: after the interval",
            "signed in; token endpoint asked for twice", |it| first(it, Answer::error(400, "authorization_pending")))
            .telling(|it| it.asked("token endpoint", Endpoint::Token)),
        row("device-in-trouble", OnDevice(Ok(())), "fails once while it is asked", "RFC 8628, 3.5: asked again, less often",
            "signed in; token endpoint asked for twice", |it| first(it, Answer::empty(503)))
            .telling(|it| it.asked("token endpoint", Endpoint::Token)),
        row("device-page-for-an-answer", OnDevice(Ok(())), "lets a web page answer once", "RFC 8628, 3.5: asked again; a captive portal ends no attempt",
            "signed in", |it| first(it, Answer::html(200))),
        row("device-redirect", OnDevice(Ok(())), "redirects the device code", "RFC 9700, 4.12: no redirect is followed",
            "refused at token: `provider-refused`", |it| first(it, Answer::redirect(307, "/elsewhere"))),
        row("device-pending-with-200", OnDevice(Ok(())), "says with 200 that it is pending", "RFC 8628, 3.5: 400",
            "refused at token: `provider-refused`", |it| first(it, Answer::error(200, "authorization_pending"))),
        row("device-quotes-the-code", OnDevice(Ok(())), "quotes the device code that it refuses", "RFC 8628, 5.2: a secret is not shown",
            "refused at token: `invalid-grant`", |it| { it.provider.offer_everything(); it.provider.when(Endpoint::Token, |asked| Some(Answer::json(400, &json!({"error": "invalid_grant", "error_description": format!("unknown: {}", asked.parameter("device_code").unwrap())})))); }),
        row("device-http-page", OnDevice(Ok(())), "sends the person to a page without encryption", "RFC 8628, 5.4 and 6.1; our own rule: https",
            "refused at token: `insecure-endpoint`", |it| codes(it, json!({"verification_uri": "http://id.example/device"}))),
        row("device-script-page", OnDevice(Ok(())), "sends the person to a script", "RFC 8628, 3.2: a URI for people",
            "refused at token: `token-malformed`", |it| codes(it, json!({"verification_uri": "javascript:alert(1)"}))),
        row("device-page-elsewhere", OnDevice(Ok(())), "has the address without typing at another host", "RFC 8628, 5.4: the person sees one host; the other address is left out",
            "signed in; no address without typing", |it| codes(it, json!({"verification_uri_complete": "https://evil.example/?user_code=X"})))
            .telling(|it| if it.shows("evil.example") { "another host".to_owned() } else { "no address without typing".to_owned() }),
        row("device-code-missing", OnDevice(Ok(())), "gives no device code", "RFC 8628, 3.2: required",
            "refused at token: `token-malformed`", |it| codes(it, json!({"device_code": null}))),
        row("device-user-code-tricks", OnDevice(Ok(())), "gives a code with reversed text", "RFC 8628, 6.1; our own rule: a code a person can type",
            "refused at token: `token-malformed`", |it| codes(it, json!({"user_code": "AB\u{202e}CD"}))),
        row("device-over-already", OnDevice(Ok(())), "gives codes that are over", "RFC 8628, 3.2: a lifetime",
            "refused at token: `token-malformed`", |it| codes(it, json!({"expires_in": 0}))),
        row("device-interval-zero", OnDevice(Ok(())), "wants to be asked without a pause", "RFC 8628, 3.2; our own rule: a second at least",
            "signed in", |it| codes(it, json!({"interval": 0}))),
        row("device-nonce", OnDevice(Ok(())), "puts a `nonce` into the ID token", "Core 3.1.2.1: none was sent, so it is another request's",
            "refused at id-token: `id-token-nonce`", |it| { it.provider.offer_everything(); it.claims(json!({"nonce": "of another"})); }),
        row("device-aud-other", OnDevice(Ok(())), "issues the ID token to another client", "Core 3.1.3.7, 3",
            "refused at id-token: `id-token-audience`", |it| { it.provider.offer_everything(); it.claims(json!({"aud": "another"})); }),
        row("device-no-id-token", OnDevice(Ok(())), "sends no ID token", "Core 3.1.3.3: required",
            "refused at id-token: `id-token-missing`", |it| { it.provider.offer_everything(); it.provider.id_tokens(crate::testing::IdTokenPlan { missing: true, ..crate::testing::IdTokenPlan::default() }); }),
    ]
}
