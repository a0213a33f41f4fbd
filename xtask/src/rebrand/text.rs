//! Changes in files that people keep: what is to change is found as text, once, so that the rest stays letter by letter as it is.

use serde_json::Value;

use crate::failure::{Failure, Result};
use crate::product::Product;

/// `tauri.conf.json` with other names.
///
/// # Errors
/// It is not written as it usually is: a name is not found where it should be, or more than once.
pub(super) fn configuration(text: &str, current: &Product, wanted: &Product) -> Result<String> {
    let json = |text: &str| Value::from(text).to_string();
    let member = |key: &str, value: &str| format!("\"{key}\": {}", json(value));
    let mut changed = text.to_owned();
    for (key, old, new) in [
        ("productName", &current.name, &wanted.name),
        ("mainBinaryName", &current.program, &wanted.program),
        ("identifier", &current.identifier, &wanted.identifier),
    ] {
        changed = once(&changed, &member(key, old), &member(key, new), "tauri.conf.json")?;
    }
    let schemes = |scheme: &str| format!("\"schemes\": [{}]", json(scheme));
    changed = once(
        &changed,
        &schemes(&current.scheme),
        &schemes(&wanted.scheme),
        "tauri.conf.json",
    )?;
    for key in ["shortDescription", "longDescription"] {
        let bundle: Value = serde_json::from_str(text).unwrap_or_default();
        if let Some(old) = bundle.pointer(&format!("/bundle/{key}")).and_then(Value::as_str) {
            let new = renamed(old, &current.name, &wanted.name);
            changed = once(&changed, &member(key, old), &member(key, &new), "tauri.conf.json")?;
        }
    }
    if Product::parse(&changed)? == *wanted {
        Ok(changed)
    } else {
        Err(Failure::new("tauri.conf.json would not say what was asked for"))
    }
}

/// `Cargo.toml` with another name of the program.
///
/// # Errors
/// The program is not found.
pub(super) fn manifest(text: &str, current: &str, wanted: &str) -> Result<String> {
    let program = |name: &str| format!("[[bin]]\nname = \"{name}\"\n");
    let text = text.replace("\r\n", "\n");
    once(&text, &program(current), &program(wanted), "Cargo.toml")
}

/// A style sheet with another value of a custom property, where that is declared first.
///
/// # Errors
/// It is not declared.
pub(super) fn token(text: &str, name: &str, value: &str) -> Result<String> {
    let found = text.find(&format!("{name}: ")).and_then(|at| {
        let from = at + name.len() + 2;
        let length = text.get(from..)?.find(';')?;
        Some((text.get(..from)?, text.get(from + length..)?))
    });
    match found {
        Some((before, after)) => Ok(format!("{before}{value}{after}")),
        None => Err(Failure::new(format_args!(
            "ui/src/tokens.css does not declare {name}"
        ))),
    }
}

/// A text about the product, under its new name.
fn renamed(text: &str, old: &str, new: &str) -> String {
    let mut renamed = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(old) {
        let letter = |it: Option<char>| it.is_some_and(char::is_alphanumeric);
        // Part of a longer word is something else.
        let whole = !letter(before.chars().next_back()) && !letter(after.chars().next());
        renamed.push_str(before);
        renamed.push_str(if whole { new } else { old });
        rest = after;
    }
    renamed + rest
}

fn once(text: &str, old: &str, new: &str, file: &str) -> Result<String> {
    match text.matches(old).count() {
        1 => Ok(text.replacen(old, new, 1)),
        0 => Err(Failure::new(format_args!("{file} does not say {old}"))),
        _ => Err(Failure::new(format_args!("{file} says {old} more than once"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIGURATION: &str = include_str!("../../../tauri.conf.json");
    const MANIFEST: &str = include_str!("../../../Cargo.toml");
    const TOKENS: &str = include_str!("../../../ui/src/tokens.css");

    fn product(name: &str, program: &str, domain: &str) -> Product {
        Product {
            name: name.to_owned(),
            program: program.to_owned(),
            identifier: domain.to_owned(),
            scheme: format!("{domain}.links"),
        }
    }

    #[test]
    fn a_configuration_changes_its_names_and_nothing_else() {
        let (ours, acme) = (
            Product::parse(CONFIGURATION).unwrap(),
            product("Bits & Bobs", "bits-bobs", "com.acme.bits"),
        );
        let changed = configuration(CONFIGURATION, &ours, &acme).unwrap();
        assert_eq!(changed.lines().count(), CONFIGURATION.lines().count());
        let differing = changed
            .lines()
            .zip(CONFIGURATION.lines())
            .filter(|(new, old)| new != old);
        assert!(differing.count() <= 6);
        let description = |text: &str| {
            let config: Value = serde_json::from_str(text).unwrap();
            config
                .pointer("/bundle/longDescription")
                .unwrap()
                .as_str()
                .unwrap()
                .to_owned()
        };
        assert_eq!(
            description(&changed),
            description(CONFIGURATION).replace(&ours.name, "Bits & Bobs")
        );
    }

    #[test]
    fn a_second_change_works_and_the_way_back_leads_where_it_began() {
        let ours = Product::parse(CONFIGURATION).unwrap();
        let first = product("Acme Notes", "acme-notes", "com.acme.notes");
        let second = product("Bobs", "bobs", "org.bobs");
        let mut text = CONFIGURATION.to_owned();
        for (from, to) in [
            (&ours, &first),
            (&first, &first),
            (&first, &second),
            (&second, &ours),
        ] {
            text = configuration(&text, from, to).unwrap();
        }
        assert_eq!(text, CONFIGURATION);
        let another = format!("{}-2", ours.program);
        let other = manifest(MANIFEST, &ours.program, &another).unwrap();
        assert_ne!(other, MANIFEST);
        assert_eq!(manifest(&other, &another, &ours.program).unwrap(), MANIFEST);
    }

    #[test]
    fn a_file_that_is_written_otherwise_is_not_guessed_at() {
        let ours = Product::parse(CONFIGURATION).unwrap();
        let twice = CONFIGURATION.replacen(
            "\"productName\"",
            &format!("\"identifier\": \"{}\",\n  \"productName\"", ours.identifier),
            1,
        );
        assert!(configuration(&twice, &ours, &product("A", "aa", "com.a")).is_err());
        assert!(manifest("[package]\nname = \"x\"\n", "x", "y").is_err());
        assert!(token(":root {}", "--accent-light", "#000000").is_err());
    }

    #[test]
    fn a_token_is_changed_where_it_is_declared_first() {
        let changed = token(TOKENS, "--accent-light", "#123456").unwrap();
        assert!(changed.contains("  --accent-light: #123456;\n"));
        let differing = changed
            .lines()
            .zip(TOKENS.lines())
            .filter(|(new, old)| new != old);
        assert_eq!(differing.count(), 1);
    }

    #[test]
    fn only_whole_words_are_renamed() {
        assert_eq!(
            renamed("Key, Keys, aKey and Key", "Key", "Lock"),
            "Lock, Keys, aKey and Lock"
        );
    }
}
