//! What a provider may quote of what it was sent or has issued. Whether any of it is shown is among the promises.

use serde_json::{Value, json};

use crate::conformance::base::Scene;
use crate::conformance::behaviour::Act::{Callback, Launch, Renew, SignIn};
use crate::conformance::behaviour::{Behaviour, row};
use crate::testing::{Answer, Endpoint::Token, Endpoint::Userinfo, Received, TestProvider};

/// Claims that quote everything there is, in every place.
fn all() -> Value {
    json!({
        "nickname": "{code}", "locale": "code: {code}", "zoneinfo": "{code_verifier}", "groups": [{"deep": ["{state}"]}],
        "{nonce}": true, "profile": "https://id.example/{access}", "website": "{refresh}", "gender": "{refresh_token}",
        "address": {"formatted": "{state}.{nonce}"}, "family_name": "Park",
    })
}

/// Refuses a token request in these words about it.
fn refuses(it: &mut Scene, words: fn(&Received) -> Value) {
    it.provider
        .when(Token, move |asked| Some(Answer::json(400, &words(asked))));
}

/// Everything secret in a request.
fn whole(asked: &Received) -> String {
    let secret = ["code", "code_verifier", "refresh_token", "client_secret"];
    let all = asked.form.iter().filter(|(name, _)| secret.contains(&&**name));
    all.map(|(name, value)| format!("{name}={value} ")).collect()
}

/// Each character as an escape of JSON.
fn escaped(text: &str) -> String {
    text.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect()
}

/// The access token of a request.
fn bearer(asked: &Received) -> &str {
    asked.headers["authorization"].strip_prefix("Bearer ").unwrap()
}

/// Parameters of the request, quoted in the page's refusal.
fn of_the_page(provider: &TestProvider, page: &crate::secret::SecretUrl) -> String {
    let url = url::Url::parse(page.secret()).unwrap();
    let described = format!("cannot: {}", url.query().unwrap());
    provider.callback(page, &[("error", "odd"), ("error_description", &described)])
}

#[rustfmt::skip]
pub(super) fn behaviours() -> Vec<Behaviour> {
    vec![
        row("quotes-in-the-id-token", SignIn, "quotes code, verifier, `state`, `nonce` and tokens in claims of the ID token", "Our own rule: a claim that holds a secret is left out",
            "signed in; family name told", |it| { it.claims(all()); it.provider.always(Userinfo, Answer::empty(404)); })
            .telling(family_name),
        row("quotes-in-the-header", SignIn, "names the code as the algorithm", "RFC 7518, 3.1: a registered name; what is none is not quoted",
            "refused at id-token: `id-token-algorithm`", |it| it.header(json!({"alg": "{code}"}))),
        row("quotes-a-token-in-the-header", SignIn, "names tokens as the algorithm", "RFC 7518, 3.1: a registered name; what is none is not quoted",
            "refused at id-token: `id-token-algorithm`", |it| it.header(json!({"alg": "{access}{refresh}{nonce}"}))),
        row("quotes-in-userinfo", SignIn, "quotes code, verifier, `state`, `nonce` and the refresh token in userinfo", "Our own rule: a claim that holds a secret is left out",
            "signed in; family name told", |it| { let mut claims = all(); claims["profile"] = json!("https://id.example/{id_token}"); it.provider.userinfo(claims); })
            .telling(family_name),
        row("quotes-the-access-token-in-userinfo", SignIn, "quotes the access token in userinfo, in escapes", "Our own rule: userinfo that holds it is not used",
            "signed in; as \"Ada of the ID token\"", |it| it.provider.when(Userinfo, |asked| Some(Answer::new(200, "application/json", format!("{{\"sub\":\"ada-1\",\"name\":\"{}\"}}", escaped(bearer(asked)))))))
            .telling(Scene::name),
        row("quotes-encoded", SignIn, "quotes the code in userinfo, percent-encoded and with characters between that nobody sees", "Our own rule: a claim that holds a secret is left out",
            "signed in; family name told", |it| it.provider.when(Userinfo, {
                let issued = it.provider.watch_issued();
                move |_| { let code = issued().codes[0].clone(); let hex: String = code.bytes().map(|byte| format!("%{byte:02x}")).collect();
                    Some(Answer::json(200, &json!({"sub": "ada-1", "nickname": hex, "locale": code.replace('-', "\u{200b}-"), "family_name": "Park"}))) }
            }))
            .telling(family_name),
        row("quotes-the-request", SignIn, "describes its error with the whole request", "RFC 6749, 5.2: text for a developer; without what is secret",
            "refused at token: `provider-refused`", |it| refuses(it, |asked| json!({"error": "odd", "error_description": whole(asked)}))),
        row("quotes-as-its-error", SignIn, "sends the code as its error", "RFC 6749, 5.2: a code of errors; without what is secret",
            "refused at token: `provider-refused`", |it| refuses(it, |asked| json!({"error": asked.parameter("code"), "error_description": asked.parameter("code_verifier")}))),
        row("quotes-at-the-cut", SignIn, "describes its error so that the verifier is at the end of what is shown", "Our own rule: secrets are taken out before a text is cut",
            "refused at token: `provider-refused`", |it| refuses(it, |asked| json!({"error": "odd", "error_description": format!("{}{}", "so ".repeat(94), asked.parameter("code_verifier").unwrap())}))),
        row("quotes-a-piece", SignIn, "cuts the verifier that it quotes after 15 characters", "Our own rule: no piece of 8 characters is shown",
            "refused at token: `provider-refused`", |it| refuses(it, |asked| json!({"error": "odd", "error_description": format!("{}...", &asked.parameter("code_verifier").unwrap()[..15])}))),
        row("quotes-escaped", SignIn, "quotes the code in its error, in escapes", "RFC 8259, 7: an escape says the same",
            "refused at token: `provider-refused`", |it| it.provider.when(Token, |asked| Some(Answer::new(400, "application/json", format!("{{\"error\":\"odd\",\"error_description\":\"{}\"}}", escaped(&whole(asked))))))),
        row("quotes-in-a-challenge", SignIn, "quotes the request in a header of its answer", "RFC 9110, 11.6.1: a challenge; it is not shown",
            "refused at token: `invalid-client`", |it| it.provider.when(Token, |asked| Some(Answer::error(401, "invalid_client").with_header("www-authenticate", &format!("Basic realm=\"{}\"", whole(asked)))))),
        row("quotes-the-page", Callback(of_the_page), "describes its error with the whole authorization request", "RFC 6749, 4.1.2.1: text for a developer; without what is secret",
            "refused at callback: `provider-refused`", |_| {}),
        row("quotes-the-refresh-token", Renew, "describes its error with the refresh token", "RFC 6749, 5.2: text for a developer; without what is secret",
            "refused at refresh: `provider-refused`; the session stays", |it| refuses(it, |asked| json!({"error": "odd", "error_description": whole(asked)}))),
        row("quotes-in-a-renewed-id-token", Renew, "quotes tokens, old and new, and the `nonce` in the claims of a renewed ID token", "Our own rule: a claim that holds a secret is left out",
            "renewed; family name told", |it| it.claims(json!({"nickname": "{refresh_token}", "locale": "{refresh}", "zoneinfo": "{access}", "gender": "{nonce}", "family_name": "Park"})))
            .telling(family_name),
        row("quotes-at-the-next-launch", Launch, "quotes tokens and the `nonce` in userinfo at the next launch", "Our own rule: a claim that holds a secret is left out",
            "the session is confirmed; family name told", |it| it.provider.userinfo(json!({"nickname": "{refresh}", "locale": "{id_token}", "gender": "{nonce}", "family_name": "Park"})))
            .telling(family_name),
    ]
}

/// The claim beside those that must not be told is: they were read.
fn family_name(it: &Scene) -> String {
    let told = it
        .claims
        .iter()
        .any(|claim| claim.name == "family_name" && claim.text == "Park");
    if told {
        "family name told"
    } else {
        "family name not told"
    }
    .to_owned()
}
