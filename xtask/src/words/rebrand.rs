//! The words of `rebrand`.

use std::path::PathBuf;

use super::Ask;
use crate::failure::{Failure, Result};

/// What the product is to be called, as asked; what is not said stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rebrand {
    /// What people call it.
    pub(crate) name: Option<String>,
    /// The bundle identifier.
    pub(crate) identifier: Option<String>,
    /// The scheme of its links.
    pub(crate) scheme: Option<String>,
    /// What its program is called.
    pub(crate) program: Option<String>,
    /// The accent, `#rrggbb`.
    pub(crate) accent: Option<String>,
    /// The icon, an SVG or PNG file.
    pub(crate) icon: Option<PathBuf>,
    /// Another checkout than the one this tool is from.
    pub(crate) at: Option<PathBuf>,
    /// Also where something is not committed.
    pub(crate) allow_dirty: bool,
}

pub(super) fn rebrand(options: &[&str]) -> Result<Ask> {
    let mut asked = Rebrand::default();
    let mut words = options.iter();
    while let Some(word) = words.next() {
        if *word == "--allow-dirty" {
            asked.allow_dirty = true;
            continue;
        }
        let known = [
            "--name",
            "--identifier",
            "--scheme",
            "--program",
            "--accent",
            "--icon",
            "--at",
        ];
        if !known.contains(word) {
            return Err(Failure::Usage(format!(
                "`rebrand` knows {} and --allow-dirty, not `{word}`",
                known.join(", ")
            )));
        }
        let value = words
            .next()
            .map(|value| (*value).to_owned())
            .ok_or_else(|| Failure::Usage(format!("`{word}` wants a word after it")))?;
        match *word {
            "--name" => asked.name = Some(value),
            "--identifier" => asked.identifier = Some(value),
            "--scheme" => asked.scheme = Some(value),
            "--program" => asked.program = Some(value),
            "--accent" => asked.accent = Some(value),
            "--icon" => asked.icon = Some(value.into()),
            _ => asked.at = Some(value.into()),
        }
    }
    let nothing = Rebrand {
        at: asked.at.clone(),
        allow_dirty: asked.allow_dirty,
        ..Rebrand::default()
    };
    if asked == nothing {
        return Err(Failure::Usage(
            "`rebrand` wants at least one of --name, --identifier, --scheme, --program, --accent and --icon"
                .to_owned(),
        ));
    }
    Ok(Ask::Rebrand(asked))
}

pub(super) const REBRAND: &str = "\
cargo xtask rebrand --name \"Acme Notes\" --identifier com.acme.notes [--scheme com.acme.notes] [--program acme-notes]
                    [--accent '#c2255c'] [--icon FILE.svg|png] [--at FOLDER] [--allow-dirty]

Makes this checkout a product of your own: its names in tauri.conf.json, the program in Cargo.toml, the accent, the icon.
Everything else is named after these when it is built or run. What is not said stays as it is; the scheme becomes the
identifier and the program is made of the name, unless told otherwise. Checks everything before it writes anything, refuses
where something is not committed (--allow-dirty), and says at the end what is left for you. Saying the same again changes
nothing. --at does it to another checkout. docs/adopt.md has the whole way.";

#[cfg(test)]
mod tests {
    use super::super::Topic;
    use super::super::tests::{asks, parse};
    use super::*;

    #[test]
    fn what_is_asked_is_understood() {
        let words = [
            "rebrand",
            "--name",
            "Acme Notes",
            "--identifier",
            "com.acme.notes",
            "--allow-dirty",
        ];
        assert_eq!(
            Ask::parse(words.map(str::to_owned)).unwrap(),
            Ask::Rebrand(Rebrand {
                name: Some("Acme Notes".to_owned()),
                identifier: Some("com.acme.notes".to_owned()),
                allow_dirty: true,
                ..Rebrand::default()
            })
        );
        assert_eq!(asks("rebrand --help"), Ask::Help(Topic::Rebrand));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for line in [
            "rebrand",
            "rebrand --allow-dirty",
            "rebrand --at folder",
            "rebrand --name",
            "rebrand Acme",
            "rebrand --colour red",
        ] {
            assert!(matches!(parse(line), Err(Failure::Usage(_))), "{line}");
        }
    }
}
