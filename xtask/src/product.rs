//! What the product is called: the names in `tauri.conf.json`, where they are written and nowhere else.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::failure::{Doing, Failure, Result};

/// The product's names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Product {
    /// What people call it.
    pub(crate) name: String,
    /// What its program is called; files, folders and variables are named after it.
    pub(crate) program: String,
    /// The bundle identifier.
    pub(crate) identifier: String,
    /// The private-use scheme of its links.
    pub(crate) scheme: String,
}

impl Product {
    /// Of the checkout at `root`.
    pub(crate) fn of(root: &Path) -> Result<Self> {
        let file = root.join("tauri.conf.json");
        let text = fs::read_to_string(&file).doing(format_args!("read {}", file.display()))?;
        Self::parse(&text)
    }

    /// Of this text of `tauri.conf.json`.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let config: Value = serde_json::from_str(text)
            .map_err(|error| Failure::new(format_args!("tauri.conf.json is no JSON: {error}")))?;
        let text = |pointer: &str| {
            let value = config.pointer(pointer).and_then(Value::as_str);
            value
                .map(str::to_owned)
                .ok_or_else(|| Failure::new(format_args!("tauri.conf.json has no text at {pointer}")))
        };
        Ok(Self {
            name: text("/productName")?,
            program: text("/mainBinaryName")?,
            identifier: text("/identifier")?,
            scheme: text("/plugins/deep-link/desktop/schemes/0")?,
        })
    }

    /// A variable of the environment that the app reads: `ACME_NOTES_CONFIG`.
    pub(crate) fn variable(&self, what: &str) -> String {
        format!("{}_{what}", self.program.replace('-', "_").to_ascii_uppercase())
    }
}
