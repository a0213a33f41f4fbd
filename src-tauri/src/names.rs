//! What the operating system knows this build by: identifier, scheme, keyring service. One place decides them all.
//!
//! A debug build adds `.dev` to each, so that it lives beside an installed release without sharing anything with it: no
//! directories, no running instance, no links, no stored session.

use tauri::{Context, Runtime};

const SUFFIX: &str = if cfg!(debug_assertions) { ".dev" } else { "" };

/// The names of this build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Names {
    /// What people call the app.
    pub(crate) product: String,
    /// The bundle identifier: names the directories and the single instance.
    pub(crate) identifier: String,
    /// The private-use URI scheme (RFC 8252, section 7.1).
    pub(crate) scheme: String,
    /// The service of our entries in the credential store.
    pub(crate) keyring_service: String,
}

impl Names {
    /// Reads the names from the configuration built into the program, and writes this build's own back into it: the plugins
    /// read them from there.
    pub(crate) fn settle<R: Runtime>(context: &mut Context<R>) -> Self {
        let config = context.config_mut();
        config.identifier.push_str(SUFFIX);
        let identifier = config.identifier.clone();
        let product = config
            .product_name
            .clone()
            .unwrap_or_else(|| "Latchkey".to_owned());
        let declared = config
            .plugins
            .0
            .get("deep-link")
            .and_then(|plugin| plugin.pointer("/desktop/schemes/0"))
            .and_then(serde_json::Value::as_str);
        let scheme = declared.map_or_else(|| identifier.clone(), |scheme| format!("{scheme}{SUFFIX}"));
        let schemes = serde_json::json!({ "desktop": { "schemes": [scheme] } });
        config.plugins.0.insert("deep-link".to_owned(), schemes);
        Self {
            product,
            keyring_service: identifier.clone(),
            identifier,
            scheme,
        }
    }
}
