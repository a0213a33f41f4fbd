use serde_json::json;

use super::{Consent, Last, Person, Wish, parameters};
use crate::config::ProviderConfig;
use crate::profile::Identity;
use crate::testing::{metadata, provider_config};

fn identity(issuer: &str, sub: &str) -> Identity {
    let claims = json!({ "name": "Ada Park", "email": "ada@example.com" });
    Identity {
        issuer: issuer.into(),
        sub: sub.into(),
        claims: claims.as_object().unwrap().clone(),
        auth_time: None,
        nonce: None,
    }
}

fn ada() -> Identity {
    identity("https://id.example", "ada-1")
}

fn asked(config: &ProviderConfig, wish: &Wish, prompts: Option<&[&str]>) -> Vec<(String, String)> {
    let mut metadata = metadata(config);
    metadata.prompts = prompts.map(|prompts| prompts.iter().map(|prompt| (*prompt).to_owned()).collect());
    parameters(config, &metadata, wish).into_iter().collect()
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[test]
fn a_person_is_an_issuer_and_a_subject() {
    let person = Person::of(&ada());
    assert!(person.is(&ada()));
    assert!(!person.is(&identity("https://id.example", "ada-2")));
    assert!(!person.is(&identity("https://other.example", "ada-1")));
}

#[test]
fn another_account_is_asked_for_in_the_words_the_provider_knows() {
    let mut config = provider_config("https://id.example");
    let wish = Wish::after(Last::default(), true);
    let prompt = |config: &ProviderConfig, prompts| asked(config, &wish, prompts);
    assert_eq!(
        prompt(&config, Some(&["login", "select_account"])),
        [pair("prompt", "select_account")]
    );
    assert_eq!(prompt(&config, Some(&["login"])), [pair("prompt", "login")]);
    assert_eq!(prompt(&config, None), [pair("prompt", "login")]);
    config.account_prompt = Some("select_account".to_owned());
    assert_eq!(prompt(&config, None), [pair("prompt", "select_account")]);
}

#[test]
fn who_was_signed_in_is_a_hint_but_not_for_another_account() {
    let config = provider_config("https://id.example");
    let last = Last {
        person: Some(Person::of(&ada())),
        consent: Consent::Unneeded,
    };
    let again = Wish::after(last.clone(), false);
    assert_eq!(
        asked(&config, &again, None),
        [pair("login_hint", "ada@example.com")]
    );
    assert!(again.is_surprised_by(&identity("https://id.example", "benoit-1")));
    assert!(!again.is_surprised_by(&ada()));
    let another = Wish::after(last, true);
    assert_eq!(asked(&config, &another, None), [pair("prompt", "login")]);
    assert!(!another.is_surprised_by(&identity("https://id.example", "benoit-1")));
}

#[test]
fn what_is_configured_stays() {
    let mut config = provider_config("https://id.example");
    config.authorize.insert("prompt".into(), "consent none".into());
    config
        .authorize
        .insert("login_hint".into(), "team@example.com".into());
    let again = Wish {
        another: false,
        expected: Some(Person::of(&ada())),
        consent: Consent::Due,
    };
    assert_eq!(
        asked(&config, &again, None),
        [
            pair("login_hint", "team@example.com"),
            pair("prompt", "consent none")
        ]
    );
    let another = Wish::after(Last::default(), true);
    assert_eq!(asked(&config, &another, None), [pair("prompt", "consent login")]);
}

#[test]
fn consent_is_asked_for_once() {
    let mut config = provider_config("https://id.example");
    let first = Consent::default().after(false);
    let wish = |consent| Wish {
        consent,
        ..Wish::default()
    };
    assert_eq!(first, Consent::Due);
    assert_eq!(asked(&config, &wish(first), None), [pair("prompt", "consent")]);
    let second = first.after(false);
    assert_eq!(second, Consent::Asked);
    assert_eq!(asked(&config, &wish(second), None), []);
    assert_eq!(second.after(false), Consent::Asked);
    assert_eq!(second.after(true), Consent::Unneeded);
    config.scopes = vec!["openid".into()];
    assert_eq!(
        asked(&config, &wish(first), None),
        [],
        "no refresh token was asked for"
    );
}
