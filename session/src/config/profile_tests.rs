//! What `[profile]` may say, and what an error answers.

use super::super::tests::{MINIMAL, detail};
use super::super::{Config, Editor, Field, FieldKind, Layer};

fn config(profile: &str) -> crate::Result<Config> {
    Config::parse(&format!("{MINIMAL}[profile]\n{profile}"), "latchkey.toml")
}

/// The error of a [profile] table of these lines (from line 5 on).
fn wrong(profile: &str) -> String {
    detail(config(profile))
}

fn read(profile: &str) -> Config {
    config(profile).unwrap()
}

#[test]
fn without_an_editor_there_is_none() {
    assert_eq!(Config::parse(MINIMAL, "l").unwrap().profile.editor, None);
    assert_eq!(read("").profile.editor, None);
    let none = read("editor = \"none\"\n[profile.fields]\nname = \"text\"\n");
    assert_eq!(none.profile.editor, None);
    let provider = none.provider.unwrap();
    assert_eq!(provider.audience, None);
    assert_eq!(provider.scopes.len(), 4);
}

#[test]
fn an_editor_over_http_has_an_address_and_asks_for_nothing_in_the_sign_in() {
    let config = read("editor = \"http\"\nurl = \"https://api.example/me?view=1\"\n");
    let url = "https://api.example/me?view=1".parse().unwrap();
    assert_eq!(config.profile.editor, Some(Editor::Http { url }));
    assert_eq!(config.provider.unwrap().audience, None);
}

#[test]
fn auth0_is_at_the_issuer_and_the_sign_in_asks_for_what_it_needs() {
    let config = read("editor = \"auth0\"\n");
    let domain = "https://id.example/".parse().unwrap();
    assert_eq!(config.profile.editor, Some(Editor::Auth0 { domain }));
    let provider = config.provider.unwrap();
    assert_eq!(provider.audience.as_deref(), Some("https://id.example/api/v2/"));
    assert!(
        provider
            .scopes
            .ends_with(&["read:current_user".into(), "update:current_user_metadata".into()])
    );
    assert_eq!(provider.scopes[0], "openid");
}

#[test]
fn behind_a_custom_domain_the_tenant_is_named() {
    for domain in [
        "acme.eu.auth0.com",
        "https://acme.eu.auth0.com",
        "https://acme.eu.auth0.com/",
    ] {
        let config = read(&format!("editor = \"auth0\"\ndomain = \"{domain}\"\n"));
        assert_eq!(
            config.provider.unwrap().audience.as_deref(),
            Some("https://acme.eu.auth0.com/api/v2/")
        );
    }
}

#[test]
fn an_audience_that_is_right_stays_and_another_one_is_an_error() {
    let with = |audience: &str| {
        let text = format!("{MINIMAL}audience = \"{audience}\"\n[profile]\neditor = \"auth0\"\n");
        Config::parse(&text, "latchkey.toml")
    };
    assert!(with("https://id.example/api/v2/").is_ok());
    assert_eq!(
        detail(with("https://api.example/")),
        "latchkey.toml, line 6, profile.editor: \"auth0\" needs tokens for https://id.example/api/v2/, and provider.audience asks for \
         others; take provider.audience out, or use \"http\" with an address of your own"
    );
}

#[test]
fn the_sign_in_asks_also_when_provider_and_editor_are_in_different_layers() {
    let provider = Layer::new("a", MINIMAL);
    let profile = Layer::new("b", "[profile]\neditor = \"auth0\"\n");
    for layers in [[provider.clone(), profile.clone()], [profile, provider]] {
        let config = Config::from_layers(layers).unwrap();
        assert!(config.provider.unwrap().audience.is_some());
    }
}

#[test]
fn the_table_is_taken_whole_from_one_layer() {
    let below = Layer::new(
        "a",
        format!(
            "{MINIMAL}[profile]\neditor = \"http\"\nurl = \"https://api.example/\"\n[profile.fields]\nx = \"text\"\n"
        ),
    );
    let above = Layer::new("b", "[profile]\neditor = \"auth0\"\n");
    let config = Config::from_layers([below.clone(), above]).unwrap();
    assert!(matches!(config.profile.editor, Some(Editor::Auth0 { .. })));
    assert!(config.profile.fields.is_empty());
    let other = Config::from_layers([below, Layer::new("c", "[ui]\n")]).unwrap();
    assert!(matches!(other.profile.editor, Some(Editor::Http { .. })));
}

#[test]
fn fields_keep_their_order_and_may_be_described() {
    let config = read(
        "[profile.fields]\nfirst_name = \"text\"\ncountry = \"country\"\nactive = \"yes-no\"\nage = \"number\"\n\
         bio = { kind = \"text\", label = \"About you\", max_length = 200 }\n",
    );
    let plain = |name: &str, kind| Field {
        name: name.into(),
        kind,
        label: None,
        max_length: None,
    };
    assert_eq!(
        config.profile.fields,
        [
            plain("first_name", FieldKind::Text),
            plain("country", FieldKind::Country),
            plain("active", FieldKind::YesNo),
            plain("age", FieldKind::Number),
            Field {
                label: Some("About you".into()),
                max_length: Some(200),
                ..plain("bio", FieldKind::Text)
            },
        ]
    );
}

#[test]
fn a_mistake_is_told_with_line_and_key() {
    for (profile, told) in [
        (
            "editor = \"htp\"\n",
            "latchkey.toml, line 5, profile.editor: must be \"none\", \"http\" or \"auth0\"",
        ),
        (
            "editor = true\n",
            "latchkey.toml, line 5, profile.editor: must be a text in quotes, not true or false",
        ),
        (
            "edit = \"http\"\n",
            "latchkey.toml, line 5, profile.edit: unknown key; did you mean \"editor\"?",
        ),
        (
            "editor = \"http\"\n",
            "latchkey.toml, line 4, profile.url: is missing; write url = \"https://…\", where people's own data is",
        ),
        (
            "editor = \"http\"\nurl = \"http://api.example/me\"\n",
            "latchkey.toml, line 6, profile.url: must be an https URL; http is only taken for 127.0.0.1, [::1] and localhost",
        ),
        (
            "editor = \"http\"\nurl = \"https://me:pw@api.example/\"\n",
            "latchkey.toml, line 6, profile.url: must not hold a user name or password; take out what stands before the @",
        ),
        (
            "editor = \"http\"\nurl = \"https://api.example/#me\"\n",
            "latchkey.toml, line 6, profile.url: must not have a fragment; take out what stands from the # on",
        ),
        (
            "editor = \"http\"\nurl = \"me\"\n",
            "latchkey.toml, line 6, profile.url: must be a URL, \"https://…\"",
        ),
        (
            "url = \"https://api.example/\"\n",
            "latchkey.toml, line 5, profile.url: belongs to editor = \"http\", and the editor is \"none\"",
        ),
        (
            "editor = \"http\"\nurl = \"https://api.example/\"\ndomain = \"x.example\"\n",
            "latchkey.toml, line 7, profile.domain: belongs to editor = \"auth0\", and the editor is \"http\"",
        ),
        (
            "editor = \"auth0\"\ndomain = \"acme.eu.auth0.com/api/v2\"\n",
            "latchkey.toml, line 6, profile.domain: must be the tenant's domain alone: \"acme.eu.auth0.com\"",
        ),
        (
            "[profile.fields]\nage = \"int\"\n",
            "latchkey.toml, line 6, profile.fields.age: must be \"text\", \"country\", \"yes-no\" or \"number\"",
        ),
        (
            "[profile.fields]\nage = 3\n",
            "latchkey.toml, line 6, profile.fields.age: must be a kind, \"text\", or a table, { kind = \"text\" }, not a number",
        ),
        (
            "[profile.fields]\n\"a b\" = \"text\"\n",
            "latchkey.toml, line 6, profile.fields.a b: is no name for a field; use at most 64 letters, digits, _, - and .",
        ),
        (
            "[profile.fields]\nage = { label = \"Age\" }\n",
            "latchkey.toml, line 6, profile.fields.age.kind: is missing; write kind = \"text\", \"country\", \"yes-no\" or \"number\"",
        ),
        (
            "[profile.fields]\nage = { kind = \"number\", max_length = 3 }\n",
            "latchkey.toml, line 6, profile.fields.age.max_length: belongs to texts, and this is \"number\"",
        ),
        (
            "[profile.fields]\nage = { kind = \"text\", max_length = 0 }\n",
            "latchkey.toml, line 6, profile.fields.age.max_length: must be a whole number from 1 to 10000",
        ),
        (
            "[profile.fields]\nage = { kind = \"text\", hint = \"x\" }\n",
            "latchkey.toml, line 6, profile.fields.age.hint: unknown key; known here: kind, label, max_length",
        ),
    ] {
        assert_eq!(wrong(profile), told, "{profile}");
    }
}

#[test]
fn there_are_not_too_many_fields() {
    let many: String = (0..51).map(|i| format!("f{i} = \"text\"\n")).collect();
    assert!(wrong(&format!("[profile.fields]\n{many}")).ends_with("at most 50 fields can be known"));
}
