//! What a configuration may say, and what an error answers.

use std::time::Duration;

use super::{Config, RedirectMode};
use crate::{Code, Stage};

pub(super) const MINIMAL: &str = "[provider]\nissuer = \"https://id.example\"\nclient_id = \"desktop\"\n";

/// The detail of a configuration error.
pub(super) fn detail(result: crate::Result<Config>) -> String {
    let error = result.unwrap_err();
    assert_eq!(
        (error.stage(), error.code()),
        (Stage::Configuration, Code::ConfigurationInvalid)
    );
    error.problem().detail.clone().unwrap()
}

/// The error of a [provider] table with this line in it (line 4).
fn wrong(line: &str) -> String {
    detail(Config::parse(&format!("{MINIMAL}{line}\n"), "latchkey.toml"))
}

fn wrong_issuer(issuer: &str) -> String {
    detail(Config::parse(
        &format!("[provider]\nissuer = \"{issuer}\"\nclient_id = \"d\"\n"),
        "latchkey.toml",
    ))
}

#[test]
fn the_documented_example_is_read_whole() {
    let text = r#"
        [provider]
        name = "Acme"
        issuer = "https://id.acme.example/"
        client_id = "desktop"
        client_secret = ""
        scopes = ["openid", "profile", "email", "offline_access", "openid"]
        audience = ""
        resources = ["https://api.acme.example/"]
        redirect = "deep-link"
        authorize = { prompt = ["login", "consent"], max_age = 600, display = "page", x = true }
        [session]
        refresh_ahead = "2m"
        clock_leeway = "30s"
        sign_in_timeout = "1s"
        max_session = "30d"
        [ui]
        language = "pt-BR"
        [profile]
        editor = "none"
    "#;
    let config = Config::parse(text, "latchkey.toml").unwrap();
    let provider = config.provider.unwrap();
    assert_eq!(provider.name, "Acme");
    assert_eq!(provider.issuer, "https://id.acme.example/");
    assert_eq!(provider.client_secret, None);
    assert_eq!(provider.audience, None);
    assert_eq!(provider.scopes, ["openid", "profile", "email", "offline_access"]);
    assert_eq!(provider.redirect, RedirectMode::DeepLink);
    let expected = [
        ("display", "page"),
        ("max_age", "600"),
        ("prompt", "login consent"),
        ("x", "true"),
    ];
    assert!(
        provider
            .authorize
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .eq(expected)
    );
    assert_eq!(config.session.refresh_ahead, Duration::from_secs(120));
    assert_eq!(config.session.sign_in_timeout, Duration::from_secs(1));
    assert_eq!(config.session.max_session, Some(Duration::from_secs(30 * 86_400)));
    assert_eq!(config.language, "pt-BR");
}

#[test]
fn what_is_left_out_has_a_default() {
    let config = Config::parse(MINIMAL, "x").unwrap();
    let provider = config.provider.unwrap();
    assert_eq!(
        provider.issuer, "https://id.example",
        "kept as written, without the slash a URL would add"
    );
    assert_eq!(provider.scopes, ["openid", "profile", "email", "offline_access"]);
    assert_eq!(provider.redirect, RedirectMode::Auto);
    assert_eq!(config.session, super::SessionConfig::default());
}

#[test]
fn no_provider_is_not_an_error() {
    for text in ["", "# nothing\n", "[provider]\n", "[ui]\nlanguage = \"\"\n"] {
        assert_eq!(Config::parse(text, "x").unwrap().provider, None, "{text:?}");
    }
}

#[test]
fn an_error_names_file_line_and_key() {
    assert_eq!(
        wrong_issuer("http://id.example"),
        "latchkey.toml, line 2, provider.issuer: must be an https URL; http is only taken for 127.0.0.1, [::1] and localhost"
    );
    assert_eq!(
        wrong("isuer = 1"),
        "latchkey.toml, line 4, provider.isuer: unknown key; did you mean \"issuer\"?"
    );
    assert_eq!(
        wrong("scopes = 5"),
        "latchkey.toml, line 4, provider.scopes: must be a list of texts, [\"…\", \"…\"], not a number"
    );
    assert!(wrong("colour = 1").contains("unknown key; known here: name, issuer"));
    assert!(
        wrong("[sesion]")
            .starts_with("latchkey.toml, line 4, sesion: unknown key; did you mean \"session\"?")
    );
    assert!(wrong("a = = 1").starts_with("latchkey.toml, line 4: not valid TOML: "));
    assert!(
        wrong("issuer = \"https://twice.example\"")
            .starts_with("latchkey.toml, line 4: not valid TOML: duplicate key")
    );
    assert!(
        detail(Config::parse("provider = 1", "x"))
            .contains("x, line 1, provider: must be a table, [provider], not a number")
    );
    assert!(
        detail(Config::parse(
            "\n[provider]\nissuer = \"https://id.example\"",
            "x"
        ))
        .starts_with("x, line 2, provider.client_id: is missing; write client_id = ")
    );
    assert!(
        detail(Config::parse(
            "[provider]\nissuer = \"https://i.example\"\nclient_id = \" \"",
            "x"
        ))
        .starts_with("x, line 3, provider.client_id: is missing")
    );
}

#[test]
fn an_error_keeps_its_message_whatever_the_path() {
    let text = detail(Config::parse(
        "x = 1",
        &format!("/{}/latchkey.toml", "deep/".repeat(200)),
    ));
    assert!(
        text.chars().count() <= 300 && text.contains("latchkey.toml, line 1, x: unknown key"),
        "{text}"
    );
}

#[test]
fn issuers() {
    for good in [
        "https://id.example/realms/a",
        "http://127.0.0.1:9470",
        "http://[::1]:8080/x",
        "http://localhost:8080",
    ] {
        assert!(
            Config::parse(
                &format!("[provider]\nissuer = \"{good}\"\nclient_id = \"d\""),
                "x"
            )
            .is_ok(),
            "{good}"
        );
    }
    for (bad, message) in [
        ("https://id.example/?a=b", "must not have a query"),
        ("https://id.example/#a", "must not have a query or fragment"),
        ("https://a:b@id.example/", "must not hold a user name"),
        ("https://@id.example/", "must not hold a user name"),
        ("http://127.0.0.1.example", "must be an https URL"),
        ("http://localhost.example", "must be an https URL"),
        ("ftp://id.example", "must be an https URL"),
        ("id.example", "must be a URL"),
        (
            "https://id.example/.well-known/openid-configuration",
            "must be the issuer",
        ),
        ("https://id.exa\\tmple", "must not hold spaces"),
        (
            "https://id.example/a\\u202eb",
            "must not hold spaces or invisible",
        ),
        ("", "is missing"),
    ] {
        assert!(
            wrong_issuer(bad).contains(message),
            "{bad}: {}",
            wrong_issuer(bad)
        );
    }
}

#[test]
fn provider_values() {
    for (line, message) in [
        ("scopes = [\"profile\"]", "must hold \"openid\""),
        ("scopes = []", "must hold \"openid\""),
        ("scopes = \"openid profile\"", "must be a list of texts"),
        (
            "scopes = [\"openid profile\"]",
            "must hold one scope for each text",
        ),
        ("scopes = [\"openid\", \"\"]", "must not hold an empty text"),
        ("resources = [\"api\"]", "must hold absolute URIs"),
        (
            "resources = [\"https://api.example/#x\"]",
            "must not have a fragment",
        ),
        (
            "redirect = \"deeplink\"",
            "must be \"auto\", \"deep-link\" or \"loopback\"",
        ),
        ("client_secret = 5", "must be a text in quotes, not a number"),
        (
            "authorize = { scope = \"x\" }",
            "provider.authorize.scope: is set by the program; use provider.scopes",
        ),
        (
            "authorize = { request_uri = \"x\" }",
            "is set by the program itself",
        ),
        (
            "authorize = { code_challenge_method = \"plain\" }",
            "is set by the program itself",
        ),
        (
            "authorize = { max_age = \"soon\" }",
            "must be a whole number of seconds",
        ),
        ("authorize = { x = 1.5 }", "must be a text, a whole number"),
        ("authorize = { x = [1] }", "must be a text in quotes"),
        ("authorize = { \"a b\" = \"x\" }", "is no parameter name"),
        (
            "[session]\nmax_session = 30",
            "must be a text in quotes, not a number",
        ),
        (
            "[session]\nsign_in_timeout = \"2h\"",
            "line 5, session.sign_in_timeout: must be from 1s to 1h",
        ),
        (
            "[session]\nclock_leeway = \"\"",
            "must be a whole number and a unit",
        ),
        ("[ui]\nlanguage = \"../x\"", "must be a language tag"),
        (
            "[profile]\neditor = \"vi\"",
            "must be \"none\", \"http\" or \"auth0\"",
        ),
    ] {
        assert!(wrong(line).contains(message), "{line}: {}", wrong(line));
    }
}
