//! Layers over each other, and files that cannot be one.

use std::time::Duration;

use super::{Config, Layer, Locations};
use crate::config::tests::{MINIMAL, detail};

#[test]
fn the_provider_is_taken_whole_and_the_rest_key_by_key() {
    let below = "[provider]\nissuer = \"https://a.example\"\nclient_id = \"a\"\nclient_secret = \"s\"\n\
                 [session]\nrefresh_ahead = \"2m\"\nmax_session = \"1d\"\n[ui]\nlanguage = \"fr\"";
    let above =
        "[provider]\nissuer = \"https://b.example\"\nclient_id = \"b\"\n[session]\nmax_session = \"\"";
    let config = Config::from_layers([Layer::new("below", below), Layer::new("above", above)]).unwrap();
    let provider = config.provider.unwrap();
    assert_eq!((provider.client_id.as_str(), provider.client_secret), ("b", None));
    assert_eq!(config.session.refresh_ahead, Duration::from_secs(120));
    assert_eq!(config.session.max_session, None);
    assert_eq!(config.language, "fr");
    let broken = Config::from_layers([Layer::new("below", "x = 1"), Layer::new("above", MINIMAL)]);
    assert!(detail(broken).starts_with("below, line 1, x:"));
}

#[test]
fn files() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    let write = |name: &str, bytes: &[u8]| std::fs::write(at(name), bytes).unwrap();
    write("user.toml", format!("\u{feff}{MINIMAL}").as_bytes());
    write("managed.toml", b"[ui]\nlanguage = \"de\"");
    let locations = Locations {
        user: Some(at("user.toml")),
        managed: Some(at("managed.toml")),
        ..Locations::default()
    };
    let config = Config::load(&locations).unwrap();
    assert_eq!(
        (config.provider.is_some(), config.language.as_str()),
        (true, "de")
    );

    let absent = Locations {
        user: Some(at("a.toml")),
        managed: Some(at("b.toml")),
        ..Locations::default()
    };
    assert_eq!(Config::load(&absent).unwrap().provider, None);
    let env = |name: &str| {
        detail(Config::load(&Locations {
            env: Some(at(name)),
            named_by: "ACME_CONFIG".to_owned(),
            ..Locations::default()
        }))
    };
    assert!(env("c.toml").contains("c.toml: there is no such file; ACME_CONFIG must name one"));
    write("large.toml", &vec![b'#'; 64 * 1024 + 1]);
    assert!(env("large.toml").contains("larger than 64 KiB"));
    write("latin.toml", b"# a\n# caf\xe9\n");
    assert!(env("latin.toml").contains("latin.toml, line 2: is not UTF-8 here"));
    assert!(env("").contains("cannot be read"), "a directory: {}", env(""));
}

#[test]
fn the_built_in_text_is_the_weakest() {
    let built_in = Locations {
        compiled_in: Some(MINIMAL.to_owned()),
        ..Locations::default()
    };
    assert_eq!(
        Config::load(&built_in).unwrap().provider.unwrap().client_id,
        "desktop"
    );
    let wrong = Locations {
        compiled_in: Some("x = 1".to_owned()),
        ..Locations::default()
    };
    assert!(detail(Config::load(&wrong)).starts_with("the built-in configuration, line 1, x:"));
}

#[test]
fn an_editor_is_not_used_with_another_issuer_than_it_was_written_for() {
    let product = "[provider]\nissuer = \"https://a.example\"\nclient_id = \"a\"\n\
                   [profile]\neditor = \"http\"\nurl = \"https://api.a.example/me\"";
    let over = |above: &str| {
        Config::from_layers([Layer::new("below", product), Layer::new("above", above)])
            .unwrap()
            .profile
            .editor
            .is_some()
    };
    assert!(over("[session]\nrefresh_ahead = \"2m\""));
    assert!(over(
        "[provider]\nissuer = \"https://a.example\"\nclient_id = \"b\""
    ));
    assert!(!over(
        "[provider]\nissuer = \"https://b.example\"\nclient_id = \"b\""
    ));
    assert!(over(
        "[provider]\nissuer = \"https://b.example\"\nclient_id = \"b\"\n\
         [profile]\neditor = \"http\"\nurl = \"https://api.b.example/me\""
    ));
}
