//! What userinfo may answer.

use serde_json::json;

use crate::conformance::base::Scene;
use crate::conformance::behaviour::Act::{Launch, SignIn};
use crate::conformance::behaviour::{Behaviour, row};
use crate::testing::{Answer, Endpoint::Userinfo};

const OF_THE_ID_TOKEN: &str = "signed in; as \"Ada of the ID token\"";

fn claims_of_the_id_token(
    name: &'static str,
    does: &'static str,
    standard: &'static str,
    bend: fn(&mut Scene),
) -> Behaviour {
    row(name, SignIn, does, standard, OF_THE_ID_TOKEN, bend).telling(Scene::name)
}

#[rustfmt::skip]
pub(super) fn behaviours() -> Vec<Behaviour> {
    vec![
        row("oidcc-client-test-scope-userinfo-claims", SignIn, "tells the name, the e-mail address and the picture", "Core 5.4: the claims of the scopes that were asked for",
            "signed in; as \"Ada Park\", ada@example.com, verified, with a picture", |_| {})
            .telling(|it| { let profile = it.profile().unwrap(); format!("as \"{}\", {}{}{}", profile.name, profile.email.unwrap(), if profile.email_verified == Some(true) { ", verified" } else { "" }, if profile.picture.is_some() { ", with a picture" } else { "" }) }),
        claims_of_the_id_token("oidcc-client-test-userinfo-invalid-sub", "tells of somebody else", "Core 5.3.2: what is about another `sub` is not used",
            |it| it.provider.userinfo(json!({"sub": "eve-1", "name": "Eve"}))),
        claims_of_the_id_token("userinfo-sub-case", "writes the `sub` in capitals", "Core 5.3.2: exactly the same",
            |it| it.provider.userinfo(json!({"sub": "ADA-1"}))),
        claims_of_the_id_token("userinfo-sub-missing", "does not say of whom it tells", "Core 5.3.2: `sub` is always there",
            |it| it.provider.userinfo(json!({"sub": null}))),
        claims_of_the_id_token("userinfo-sub-list", "tells of a list of people", "Core 5.3.2: a text",
            |it| it.provider.userinfo(json!({"sub": ["ada-1"]}))),
        claims_of_the_id_token("userinfo-sub-twice", "tells of two people", "RFC 8259, 4: names are unique",
            |it| it.says(Userinfo, r#"{"sub":"eve-1","name":"Eve","sub":"ada-1"}"#)),
        claims_of_the_id_token("userinfo-list", "sends a list", "Core 5.3.2: a JSON object",
            |it| it.says(Userinfo, r#"["ada-1"]"#)),
        claims_of_the_id_token("userinfo-html", "sends a web page with 200", "Core 5.3.2: JSON",
            |it| it.provider.always(Userinfo, Answer::html(200))),
        claims_of_the_id_token("userinfo-401", "refuses the access token it has just issued", "RFC 6750, 3.1",
            |it| it.provider.always(Userinfo, Answer::empty(401))),
        claims_of_the_id_token("userinfo-403", "wants another scope", "RFC 6750, 3.1",
            |it| it.provider.always(Userinfo, Answer::empty(403))),
        claims_of_the_id_token("userinfo-redirect", "redirects to another address", "Our own rule: an access token goes where the document says and nowhere else",
            |it| it.provider.always(Userinfo, Answer::redirect(307, "/elsewhere"))),
        claims_of_the_id_token("userinfo-huge", "sends a megabyte", "RFC 8259, 9: a parser has limits",
            |it| it.provider.always(Userinfo, Answer::huge(1 << 20))),
        claims_of_the_id_token("userinfo-cut", "ends in the middle", "RFC 9112, 8: incomplete",
            |it| it.provider.always(Userinfo, Answer::json(200, &json!({"sub": "ada-1", "name": "A"})).cut())),
        claims_of_the_id_token("userinfo-quotes-the-token", "tells the access token as the name", "RFC 6750, 5.3: a secret is not shown",
            |it| it.provider.when(Userinfo, |asked| Some(Answer::json(200, &json!({"sub": "ada-1", "name": asked.headers["authorization"].trim_start_matches("Bearer ")}))))),
        row("userinfo-name-tricks", SignIn, "tells a name with escape sequences, reversed text and 10,000 letters", "Our own rule: what is shown is neutral and bounded",
            "signed in; a name of 200 characters", |it| it.provider.userinfo(json!({"name": format!("\u{1b}[31mAda\u{202e}\u{200b}\r\n{}", "a".repeat(10_000))})))
            .telling(|it| format!("a name of {} characters", it.profile().unwrap().name.chars().count())),
        row("userinfo-name-unseen", SignIn, "tells a name of letters that show nothing", "Our own rule: there is always a name to see",
            "signed in; as \"ada@example.com\"", |it| it.provider.userinfo(json!({"name": "\u{3164}\u{200b}\u{2800} "})))
            .telling(Scene::name),
        row("userinfo-name-number", SignIn, "tells a number as the name", "Core 5.1: a text; it is not used",
            "signed in; as \"ada@example.com\"", |it| it.provider.userinfo(json!({"name": 7})))
            .telling(Scene::name),
        row("userinfo-picture-script", SignIn, "has a script as the picture", "Core 5.1: a URL; only https is fetched",
            "signed in; no picture", |it| it.provider.userinfo(json!({"picture": "javascript:alert(1)"})))
            .telling(picture),
        row("userinfo-picture-http", SignIn, "has the picture at an http address", "Our own rule: only https is fetched",
            "signed in; no picture", |it| it.provider.userinfo(json!({"picture": "http://cdn.example/ada.png"})))
            .telling(picture),
        row("userinfo-other-issuer", SignIn, "tells another issuer and audience among the claims", "Core 5.3.2: they say nothing about the session",
            "signed in; as \"Ada Park\" of its own issuer", |it| it.provider.userinfo(json!({"iss": "https://evil.example", "aud": "another", "exp": 1})))
            .telling(|it| { let profile = it.profile().unwrap(); format!("as \"{}\" of {}", profile.name, if profile.issuer == it.provider.issuer() { "its own issuer" } else { "another issuer" }) }),
        row("userinfo-claims-without-end", SignIn, "tells 200,000 bytes of claims", "Our own limit: 64 KiB, the standard claims first",
            "signed in; as \"Ada Park\"", |it| it.provider.userinfo(json!({"aaa": "x".repeat(200_000)})))
            .telling(Scene::name),
        row("userinfo-somebody-else-later", Launch, "tells of somebody else at the next launch", "Core 5.3.2: what is about another `sub` is not used",
            "in doubt at userinfo: `userinfo-subject`; the session stays; as \"Ada Park\"", |it| it.provider.userinfo(json!({"sub": "eve-1", "name": "Eve"})))
            .telling(Scene::name),
        row("userinfo-401-later", Launch, "does not accept the access token at the next launch, and refuses the renewal", "RFC 6750, 3.1: the token is over; the renewal tells about the session",
            "the session ends: the provider refused to renew it", |it| { it.provider.always(Userinfo, Answer::empty(401)); it.provider.end_grants(); }),
    ]
}

fn picture(it: &Scene) -> String {
    if it.profile().unwrap().picture.is_some() {
        "a picture"
    } else {
        "no picture"
    }
    .to_owned()
}
