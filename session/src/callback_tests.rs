//! Tests of the callback parser: a table of URLs and what is due.

use jiff::Timestamp;

use super::*;
use crate::config::SessionConfig;
use crate::testing::{metadata, provider_config};
use crate::view::How;

pub(super) const REDIRECT: &str = "dev.latchkey.desktop:/callback";

pub(super) fn attempt_at(redirect_uri: &str) -> Attempt {
    let config = provider_config("https://id.example");
    let now = Timestamp::from_second(1_000).unwrap();
    let (how, redirect_uri) = (How::DeepLink, redirect_uri.to_owned());
    Attempt::begin(
        &config,
        &SessionConfig::default(),
        &metadata(&config),
        how,
        redirect_uri,
        &crate::account::Wish::default(),
        now,
    )
    .unwrap()
}

/// What the URL is, in short. `STATE` and `ISS` in it stand for the right ones.
pub(super) fn judged_by(attempt: &Attempt, url: &str) -> (&'static str, Option<Code>) {
    let url = url
        .replace("STATE", attempt.state.secret())
        .replace("ISS", "https%3A%2F%2Fid.example");
    match parse(&url, attempt) {
        Parsed::Valid(_) => ("valid", None),
        Parsed::NotOurs(error) => ("not ours", Some(error.code())),
        Parsed::Refused(error) => ("refused", Some(error.code())),
        Parsed::Declined(error) => ("declined", Some(error.code())),
    }
}

fn judged(url: &str) -> (&'static str, Option<Code>) {
    judged_by(&attempt_at(REDIRECT), url)
}

#[test]
fn the_answer_is_valid_and_its_code_is_the_code() {
    let attempt = attempt_at(REDIRECT);
    let url = format!(
        "{REDIRECT}?code=a%2Fb%2Bc&state={}&iss=https://id.example",
        attempt.state.secret()
    );
    match parse(&url, &attempt) {
        Parsed::Valid(callback) => assert_eq!(callback.into_code().secret(), "a/b+c"),
        Parsed::NotOurs(error) | Parsed::Refused(error) | Parsed::Declined(error) => panic!("{error:?}"),
    }
    assert_eq!(
        judged("dev.latchkey.desktop:/callback?session_state=x&iss=ISS&state=STATE&code=c"),
        ("valid", None)
    );
    assert_eq!(
        judged("DEV.latchkey.desktop:/callback?iss=ISS&state=STATE&code=c"),
        ("valid", None)
    );
}

#[test]
fn what_is_not_at_the_redirect_uri_is_not_ours() {
    for url in [
        "",
        "not a url",
        "other.scheme:/callback?code=c&state=STATE&iss=ISS",
        "dev.latchkey.desktop.evil:/callback?code=c&state=STATE&iss=ISS",
        "dev.latchkey.desktop:/callback/?code=c&state=STATE&iss=ISS",
        "dev.latchkey.desktop:/callback/../x?code=c&state=STATE&iss=ISS",
        "dev.latchkey.desktop:/Callback?code=c&state=STATE&iss=ISS",
        "dev.latchkey.desktop:/call%62ack?code=c&state=STATE&iss=ISS",
        "dev.latchkey.desktop:callback?code=c&state=STATE&iss=ISS",
        "dev.latchkey.desktop://callback?code=c&state=STATE&iss=ISS",
        "dev.latchkey.desktop://evil/callback?code=c&state=STATE&iss=ISS",
        "dev.latchkey.desktop:/signed-out?code=c&state=STATE&iss=ISS",
        "dev.latchkey.desktop:/callback?code=c&state=STATE&iss=ISS#x",
        "https://id.example/callback?code=c&state=STATE&iss=ISS",
    ] {
        assert_eq!(judged(url), ("not ours", Some(Code::CallbackMalformed)), "{url}");
    }
    assert_eq!(URL_LIMIT, 8192);
    let long = format!("{REDIRECT}?iss=ISS&state=STATE&code={}", "c".repeat(URL_LIMIT));
    assert_eq!(judged(&long), ("not ours", Some(Code::CallbackMalformed)));
}

#[test]
fn another_spelling_of_the_redirect_uri_is_not_ours() {
    for start in [
        "dev.latchkey.desktop:///callback",
        "dev.latchkey.desktop://localhost/callback",
        "dev.latchkey.desktop:/x/../callback",
        "dev.latchkey.desktop:/./callback",
        "dev.latchkey.desktop:/x/%2e%2e/callback",
        "dev.latch\tkey.desktop:/callback",
        "dev.latchkey.desktop:/call\nback",
        " dev.latchkey.desktop:/callback",
        "dev.latchkey.desktop:/callback ",
        "dev.latchkey.desktop:/callback\u{a0}",
        "dev.latchkey.desktop:/callbacké",
        "dev.latchkey.deskto\u{212a}:/callback",
    ] {
        let url = format!("{start}?code=c&state=STATE&iss=ISS");
        assert_eq!(
            judged(&url),
            ("not ours", Some(Code::CallbackMalformed)),
            "{url:?}"
        );
    }
    for end in [
        "#",
        "#_=_",
        "\n",
        " ",
        "\0",
        "&x=a b",
        "&x=a\tb",
        "&x=\u{7f}",
        "&x=\u{85}",
    ] {
        let url = format!("{REDIRECT}?code=c&state=STATE&iss=ISS{end}");
        assert_eq!(
            judged(&url),
            ("not ours", Some(Code::CallbackMalformed)),
            "{url:?}"
        );
    }
    let attempt = attempt_at("http://127.0.0.1:4321/callback");
    for start in [
        "http://127.1:4321/callback",
        "http://2130706433:4321/callback",
        "http://127.0.0.1:04321/callback",
        "http:127.0.0.1:4321/callback",
        "http:\\\\127.0.0.1:4321\\callback",
        "http://127.0.0.1:4321/x/../callback",
    ] {
        let url = format!("{start}?code=c&state=STATE&iss=ISS");
        assert_eq!(
            judged_by(&attempt, &url),
            ("not ours", Some(Code::CallbackMalformed)),
            "{url}"
        );
    }
}

#[test]
fn a_loopback_redirect_is_exact_to_the_port() {
    let attempt = attempt_at("http://127.0.0.1:4321/callback");
    let of = |url| judged_by(&attempt, url);
    assert_eq!(
        of("http://127.0.0.1:4321/callback?code=c&state=STATE&iss=ISS"),
        ("valid", None)
    );
    for url in [
        "http://127.0.0.1:4322/callback?code=c&state=STATE&iss=ISS",
        "http://127.0.0.1/callback?code=c&state=STATE&iss=ISS",
        "http://localhost:4321/callback?code=c&state=STATE&iss=ISS",
        "http://[::1]:4321/callback?code=c&state=STATE&iss=ISS",
        "https://127.0.0.1:4321/callback?code=c&state=STATE&iss=ISS",
        "http://me@127.0.0.1:4321/callback?code=c&state=STATE&iss=ISS",
        "http://:pw@127.0.0.1:4321/callback?code=c&state=STATE&iss=ISS",
    ] {
        assert_eq!(of(url), ("not ours", Some(Code::CallbackMalformed)), "{url}");
    }
}

#[test]
fn a_missing_or_foreign_state_is_not_ours_whatever_else_it_says() {
    for query in [
        "",
        "?",
        "?code=c",
        "?code=c&iss=ISS",
        "?code=c&state=&iss=ISS",
        "?code=c&state=foreign&iss=ISS",
        "?code=c&STATE&iss=ISS",
        "?error=access_denied&state=foreign",
        "?error=access_denied",
        "?state=foreign&state=foreign2&code=c",
        "?code=c&error=x&state=STATEx&iss=https%3A%2F%2Fevil.example",
        "?code=c&state=%00STATE",
    ] {
        let url = format!("{REDIRECT}{query}");
        assert_eq!(judged(&url), ("not ours", Some(Code::StateMismatch)), "{url}");
    }
}

#[test]
fn a_repeated_parameter_is_refused() {
    for query in [
        "?code=c&code=c&state=STATE&iss=ISS",
        "?code=c&state=STATE&state=STATE&iss=ISS",
        "?code=c&state=foreign&state=STATE&iss=ISS",
        "?code=c&state=STATE&iss=ISS&iss=ISS",
        "?code=c&state=STATE&iss=ISS&%63ode=c",
        "?error=a&error=b&state=STATE&iss=ISS",
        "?code=c&state=STATE&iss=ISS&x=1&x=2",
    ] {
        let url = format!("{REDIRECT}{query}");
        assert_eq!(judged(&url), ("refused", Some(Code::ParameterRepeated)), "{url}");
    }
}

#[test]
fn another_issuer_or_none_where_one_is_due_is_refused() {
    for query in [
        "?code=c&state=STATE&iss=https%3A%2F%2Fevil.example",
        "?code=c&state=STATE&iss=https%3A%2F%2Fid.example%2F",
        "?code=c&state=STATE&iss=",
        "?code=c&state=STATE",
        "?error=access_denied&state=STATE",
        "?error=access_denied&state=STATE&iss=https%3A%2F%2Fevil.example",
    ] {
        let url = format!("{REDIRECT}{query}");
        assert_eq!(judged(&url), ("refused", Some(Code::IssuerMismatch)), "{url}");
    }
    let mut attempt = attempt_at(REDIRECT);
    attempt.iss_expected = false;
    assert_eq!(
        judged_by(&attempt, "dev.latchkey.desktop:/callback?code=c&state=STATE"),
        ("valid", None)
    );
    let foreign = "dev.latchkey.desktop:/callback?code=c&state=STATE&iss=https%3A%2F%2Fevil.example";
    assert_eq!(
        judged_by(&attempt, foreign),
        ("refused", Some(Code::IssuerMismatch))
    );
}

#[test]
fn both_or_neither_of_code_and_error_is_refused() {
    let of = |query: &str| judged(&format!("{REDIRECT}{query}&state=STATE&iss=ISS"));
    assert_eq!(
        of("?code=c&error=access_denied"),
        ("refused", Some(Code::CodeAndError))
    );
    assert_eq!(of("?x=y"), ("refused", Some(Code::CallbackMalformed)));
    assert_eq!(of("?code="), ("refused", Some(Code::CallbackMalformed)));
    assert_eq!(of("?code=&error="), ("refused", Some(Code::CallbackMalformed)));
    assert_eq!(of("?code=a%0Ab"), ("refused", Some(Code::CallbackMalformed)));
    assert_eq!(of("?code=%FF"), ("refused", Some(Code::CallbackMalformed)));
}

#[test]
fn an_error_that_passes_is_a_result_of_the_attempt() {
    for (error, code) in [
        ("access_denied", Code::Denied),
        ("temporarily_unavailable", Code::ProviderBusy),
        ("server_error", Code::ProviderBusy),
        ("invalid_scope", Code::InvalidScope),
        ("unauthorized_client", Code::InvalidClient),
        ("login_required", Code::InteractionRequired),
        ("invalid_request", Code::ProviderRefused),
        ("something_new", Code::ProviderRefused),
    ] {
        let url = format!("{REDIRECT}?error={error}&state=STATE&iss=ISS");
        assert_eq!(judged(&url), ("declined", Some(code)), "{error}");
    }
}

#[test]
fn the_description_is_neutral_and_bounded() {
    let attempt = attempt_at(REDIRECT);
    let url = format!(
        "{REDIRECT}?error=odd&error_description=a%0D%0A%1B%5B31m%E2%80%AEb{}&iss=https://id.example&state={}",
        "+word".repeat(400),
        attempt.state.secret()
    );
    let Parsed::Declined(error) = parse(&url, &attempt) else {
        panic!()
    };
    let detail = error.problem().detail.clone().unwrap();
    assert!(
        detail.starts_with("odd: a [31mb word word") && detail.chars().count() == 300,
        "{detail}"
    );
    assert!(!detail.contains(attempt.state.secret()));
}

proptest::proptest! {
    #[test]
    fn nothing_a_stranger_sends_is_ours_or_panics(url in "\\PC{0,200}", query in "\\PC{0,100}") {
        let attempt = attempt_at(REDIRECT);
        for url in [url, format!("{REDIRECT}?{query}"), format!("{REDIRECT}?state={query}&code=c")] {
            proptest::prop_assert!(matches!(parse(&url, &attempt), Parsed::NotOurs(_)));
        }
    }
}
