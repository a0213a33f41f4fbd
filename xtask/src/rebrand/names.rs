//! What a product may be called, and why not.

use crate::failure::{Failure, Result};
use crate::product::Product;
use crate::words::Rebrand;

/// What a debug build has behind its identifier and its scheme (src-tauri/src/names.rs).
pub(super) const DEBUG: &str = ".dev";
/// The longest name, in characters: it is a window's title and a folder's name.
const NAME_LIMIT: usize = 40;
/// What names of files, shells, packages and our own templates have another use for.
const FORBIDDEN: &str = "<>:\"/\\|?*@{}$%`";
/// Names cargo keeps for itself, and the other programs of this workspace: one folder takes them all.
const TAKEN: [&str; 9] = [
    "build",
    "client",
    "deps",
    "examples",
    "faults",
    "incremental",
    "terminal",
    "tour",
    "xtask",
];

/// The names as they will be: what was asked for, and what is there for the rest.
///
/// # Errors
/// One of them cannot be used.
pub(super) fn wanted(current: &Product, asked: &Rebrand) -> Result<Product> {
    let name = asked.name.as_ref().unwrap_or(&current.name);
    let program = match (&asked.program, &asked.name) {
        (Some(program), _) => program.clone(),
        (None, Some(name)) => program_of(name)?,
        (None, None) => current.program.clone(),
    };
    let identifier = asked.identifier.as_ref().unwrap_or(&current.identifier);
    // A new identifier under the old scheme would open the links of another product.
    let scheme = asked
        .scheme
        .as_ref()
        .or(asked.identifier.as_ref())
        .unwrap_or(&current.scheme);
    check_name(name)?;
    check_program(&program)?;
    check_identifier(identifier)?;
    check_scheme(scheme)?;
    Ok(Product {
        name: name.clone(),
        program,
        identifier: identifier.clone(),
        scheme: scheme.clone(),
    })
}

fn check_name(name: &str) -> Result<()> {
    let refuse = |why: &str| no("name", name, why);
    if name.is_empty() || name.trim() != name || name.contains("  ") {
        return refuse("is empty or has spaces where nobody sees them");
    }
    if name.chars().count() > NAME_LIMIT {
        return refuse("is longer than 40 characters");
    }
    if let Some(character) = name.chars().find(|it| it.is_control() || FORBIDDEN.contains(*it)) {
        return refuse(&format!(
            "holds {character:?}, which files and packages cannot be called"
        ));
    }
    if name.ends_with('.') {
        return refuse("ends in a dot, which Windows takes off");
    }
    Ok(())
}

/// `Acme Notes` is `acme-notes`.
fn program_of(name: &str) -> Result<String> {
    let lower = name.to_ascii_lowercase();
    if let Some(letter) = lower.chars().find(|it| it.is_alphabetic() && !it.is_ascii()) {
        return Err(Failure::new(format_args!(
            "the program cannot be named after {name:?}: {letter:?} is no letter for a command line"
        ))
        .advise("Say it yourself: --program acme-notes"));
    }
    let words = lower.split(|it: char| !it.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    Ok(words.join("-"))
}

fn check_program(program: &str) -> Result<()> {
    let refuse = |why: &str| no("program", program, why);
    let plain = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-';
    if !program.starts_with(|it: char| it.is_ascii_lowercase()) || !program.chars().all(plain) {
        return refuse("has to be lower-case letters, digits and hyphens, a letter first");
    }
    if program.ends_with('-') || program.len() < 2 || program.len() > NAME_LIMIT {
        return refuse("has to be 2 to 40 characters and must not end in a hyphen");
    }
    if TAKEN.contains(&program) {
        return refuse("is the name of another program that is built here");
    }
    Ok(())
}

fn check_identifier(identifier: &str) -> Result<()> {
    let refuse = |why: &str| no("identifier", identifier, why);
    let labels: Vec<&str> = identifier.split('.').collect();
    let plain = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-';
    let good = |label: &&str| {
        label.starts_with(|it: char| it.is_ascii_lowercase())
            && label.chars().all(plain)
            && !label.ends_with('-')
    };
    if labels.len() < 2 || !labels.iter().all(good) {
        return refuse(
            "has to be a domain of yours backwards, as com.acme.notes: lower-case letters, digits and hyphens between the dots, \
             a letter first",
        );
    }
    if identifier.len() > 100 {
        return refuse("is longer than 100 characters");
    }
    if identifier.ends_with(".app") {
        return refuse("ends in .app, which macOS takes for the folder of a program");
    }
    if identifier.ends_with(DEBUG) {
        return refuse("ends in .dev, which debug builds add");
    }
    Ok(())
}

/// RFC 3986, section 3.1, and less than it allows; RFC 8252, section 7.1.
fn check_scheme(scheme: &str) -> Result<()> {
    let refuse = |why: &str| no("scheme", scheme, why);
    if scheme.chars().any(|it| it.is_ascii_digit()) {
        return refuse(
            "has a digit in it: browsers take that, but xdg-open (Linux) takes such a link for a file",
        );
    }
    let plain = |it: char| it.is_ascii_lowercase() || matches!(it, '.' | '-' | '+');
    if !scheme.starts_with(|it: char| it.is_ascii_lowercase()) || !scheme.chars().all(plain) {
        return refuse("has to be lower-case letters, dots, hyphens and plus signs, a letter first");
    }
    if !scheme.contains('.') || scheme.split('.').any(str::is_empty) {
        return refuse(
            "has to be a domain of yours backwards, as com.acme.notes: another program may use a plain word, too",
        );
    }
    if scheme.ends_with(DEBUG) {
        return refuse("ends in .dev, which debug builds add");
    }
    if scheme.len() > 100 {
        return refuse("is longer than 100 characters");
    }
    Ok(())
}

fn no(what: &str, value: &str, why: &str) -> Result<()> {
    Err(Failure::new(format_args!("the {what} {value:?} {why}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn current() -> Product {
        Product {
            name: "Latchkey".to_owned(),
            program: "latchkey".to_owned(),
            identifier: "dev.latchkey.desktop".to_owned(),
            scheme: "dev.latchkey.desktop".to_owned(),
        }
    }

    fn asked(name: &str, identifier: &str) -> Rebrand {
        Rebrand {
            name: Some(name.to_owned()),
            identifier: Some(identifier.to_owned()),
            ..Rebrand::default()
        }
    }

    #[test]
    fn what_is_not_said_follows_from_what_is() {
        let product = wanted(&current(), &asked("Acme Notes", "com.acme.notes")).unwrap();
        assert_eq!(
            [
                &product.name,
                &product.program,
                &product.identifier,
                &product.scheme
            ],
            ["Acme Notes", "acme-notes", "com.acme.notes", "com.acme.notes"]
        );
        let nothing = Rebrand {
            accent: Some("#123456".to_owned()),
            ..Rebrand::default()
        };
        assert_eq!(wanted(&current(), &nothing).unwrap(), current());
        let apart = Rebrand {
            scheme: Some("com.acme.links".to_owned()),
            program: Some("notes".to_owned()),
            ..asked("Acme Notes", "com.acme.notes2")
        };
        let product = wanted(&current(), &apart).unwrap();
        assert_eq!(
            (product.scheme.as_str(), product.program.as_str()),
            ("com.acme.links", "notes")
        );
    }

    #[test]
    fn names_that_would_not_work_are_refused() {
        for name in [
            "",
            " Acme",
            "A  B",
            "Acme/Notes",
            "a\nb",
            "50% off",
            "Acme.",
            "@home",
            &"x".repeat(41),
        ] {
            assert!(check_name(name).is_err(), "{name:?}");
        }
        for name in ["Acme Notes", "Bits & Bobs", "Zürich", "日本語", "R+D (beta)"] {
            assert!(check_name(name).is_ok(), "{name:?}");
        }
        assert_eq!(program_of("Bits & Bobs 2").unwrap(), "bits-bobs-2");
        assert!(program_of("Zürich").is_err());
        for program in [
            "",
            "a",
            "Acme",
            "2go",
            "acme notes",
            "acme-",
            "../x",
            "xtask",
            "client",
        ] {
            assert!(check_program(program).is_err(), "{program:?}");
        }
    }

    #[test]
    fn identifiers_are_domains_backwards() {
        for identifier in ["com.acme.notes", "com.acme.notes2", "de.bits-bobs"] {
            assert!(check_identifier(identifier).is_ok(), "{identifier}");
        }
        for identifier in [
            "",
            "notes",
            "com.acme.app",
            "com.acme.dev",
            "com..acme",
            "com.acme.",
            "com.Acme.notes",
            "com.2acme",
            "com.acme_notes",
            "com.acme.-x",
            "com/acme",
        ] {
            assert!(check_identifier(identifier).is_err(), "{identifier:?}");
        }
    }

    #[test]
    fn schemes_are_what_every_system_takes() {
        for scheme in ["com.acme.notes", "com.acme-notes", "com.acme.notes+web"] {
            assert!(check_scheme(scheme).is_ok(), "{scheme}");
        }
        for scheme in [
            "",
            "notes",
            "https",
            "com.acme.notes2",
            "Com.acme",
            "com.acme:notes",
            "com.acme/",
            ".acme",
            "com..acme",
            "com.acme.",
            "com.acme.dev",
            "com.ac_me",
            "com.äcme",
        ] {
            assert!(check_scheme(scheme).is_err(), "{scheme:?}");
        }
        let digit = check_scheme("com.acme.notes2").unwrap_err().to_string();
        assert!(digit.contains("xdg-open"), "{digit}");
    }

    #[test]
    fn a_scheme_that_cannot_be_made_of_the_identifier_has_to_be_said() {
        assert!(wanted(&current(), &asked("Acme", "com.acme.notes2")).is_err());
    }
}
