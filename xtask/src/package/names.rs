//! What the product is called: `tauri.conf.json`, read as it is.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::failure::{Doing, Failure, Result};
use crate::product::Product;

/// The names and texts of the packages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Names {
    /// What people call it.
    pub(crate) product: String,
    /// What it is called on a command line, and what its packages are called: lower-case letters, digits, hyphens.
    pub(crate) program: String,
    /// The bundle identifier.
    pub(crate) identifier: String,
    /// The scheme of its links.
    pub(crate) scheme: String,
    /// The version of this build.
    pub(crate) version: String,
    /// One line that says what it does.
    pub(crate) summary: String,
    /// What it does, in sentences.
    pub(crate) description: String,
    /// Who publishes it.
    pub(crate) publisher: String,
    /// The copyright line.
    pub(crate) copyright: String,
    /// Under which licences, as an SPDX expression.
    pub(crate) licence: String,
}

impl Names {
    /// Reads those of this checkout.
    pub(crate) fn of(root: &Path) -> Result<Self> {
        let file = root.join("tauri.conf.json");
        let text = fs::read_to_string(&file).doing(format_args!("read {}", file.display()))?;
        Self::parse(&text)
    }

    fn parse(text: &str) -> Result<Self> {
        let product = Product::parse(text)?;
        let config: Value = serde_json::from_str(text).doing("parse tauri.conf.json")?;
        let text = |pointer: &str| {
            let value = config.pointer(pointer).and_then(Value::as_str);
            value
                .map(str::to_owned)
                .ok_or_else(|| Failure::new(format_args!("tauri.conf.json says nothing at {pointer}")))
        };
        let names = Self {
            product: product.name,
            program: product.program,
            identifier: product.identifier,
            scheme: product.scheme,
            version: text("/version")?,
            summary: text("/bundle/shortDescription")?,
            description: text("/bundle/longDescription")?,
            publisher: text("/bundle/publisher")?,
            copyright: text("/bundle/copyright")?,
            licence: text("/bundle/license")?,
        };
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !names.program.starts_with(|c: char| c.is_ascii_lowercase()) || !names.program.chars().all(plain) {
            return Err(Failure::new(format_args!(
                "mainBinaryName is {:?}: packages are called by it, so it has to be lower-case letters, digits and hyphens",
                names.program
            )));
        }
        Ok(names)
    }

    /// A text with these names in the places of `@PRODUCT@` and the like.
    ///
    /// # Errors
    /// It has a place for something else.
    pub(crate) fn fill(&self, text: &str) -> Result<String> {
        let places = [
            ("@PRODUCT@", &self.product),
            ("@PROGRAM@", &self.program),
            ("@IDENTIFIER@", &self.identifier),
            ("@SCHEME@", &self.scheme),
            ("@VERSION@", &self.version),
            ("@SUMMARY@", &self.summary),
            ("@PUBLISHER@", &self.publisher),
            ("@COPYRIGHT@", &self.copyright),
            ("@LICENCE@", &self.licence),
        ];
        let filled = places
            .iter()
            .fold(text.to_owned(), |text, (place, name)| text.replace(place, name));
        let unknown = filled
            .split_whitespace()
            .find(|word| word.matches('@').count() > 1);
        match unknown {
            Some(word) => Err(Failure::new(format_args!("there is no name for {word}"))),
            None => Ok(filled),
        }
    }
}

/// As XML wants it.
pub(crate) fn xml(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Workspace;

    const TEXT: &str = include_str!("../../../tauri.conf.json");

    #[test]
    fn the_checkout_has_them_all_and_one_version() {
        let names = Names::of(Workspace::here().root()).unwrap();
        assert_eq!(
            names.fill("@PRODUCT@ @SCHEME@").unwrap(),
            format!("{} {}", names.product, names.scheme)
        );
        assert_eq!(
            names.version,
            env!("CARGO_PKG_VERSION"),
            "tauri.conf.json and Cargo.toml"
        );
        assert!(names.fill("one @UNKNOWN@ place").is_err());
    }

    #[test]
    fn a_name_that_no_package_can_have_is_refused() {
        let program = Names::parse(TEXT).unwrap().program;
        let named = |name: &str| {
            TEXT.replace(
                &format!("\"mainBinaryName\": \"{program}\""),
                &format!("\"mainBinaryName\": \"{name}\""),
            )
        };
        assert!(Names::parse(&named("acme-notes")).is_ok());
        for bad in ["Acme", "acme notes", "../acme", "", "1acme"] {
            assert!(Names::parse(&named(bad)).is_err(), "{bad}");
        }
    }
}
