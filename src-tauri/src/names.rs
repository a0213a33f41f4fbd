//! What the operating system knows this build by: identifier, scheme, keyring service; and what people type: the program's name,
//! its configuration file, its variables. One place decides them all, from what `tauri.conf.json` says; the core is told, it has
//! no names of its own.
//!
//! A debug build adds `.dev` to the identifier and to the scheme, so that it lives beside an installed release without sharing
//! anything with it: no directories, no running instance, no links, no stored session. Only the administrator's file counts for both.

use latchkey_session::store::OsStore;
use tauri::{Config, Context, Runtime};

const SUFFIX: &str = if cfg!(debug_assertions) { ".dev" } else { "" };

/// The names of this build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Names {
    /// What people call the app.
    pub(crate) product: String,
    /// What it is called on a command line: lower-case letters, digits and hyphens. Files and variables are named after it.
    pub(crate) program: String,
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
        Self::of(context.config_mut())
    }

    fn of(config: &mut Config) -> Self {
        config.identifier.push_str(SUFFIX);
        let identifier = config.identifier.clone();
        let declared = config
            .plugins
            .0
            .get("deep-link")
            .and_then(|plugin| plugin.pointer("/desktop/schemes/0"))
            .and_then(serde_json::Value::as_str);
        let scheme = declared.map_or_else(|| identifier.clone(), |scheme| format!("{scheme}{SUFFIX}"));
        let schemes = serde_json::json!({ "desktop": { "schemes": [scheme] } });
        config.plugins.0.insert("deep-link".to_owned(), schemes);
        let product = config.product_name.clone().unwrap_or_default();
        Self {
            program: config.main_binary_name.clone().unwrap_or_default(),
            product,
            keyring_service: identifier.clone(),
            identifier,
            scheme,
        }
    }

    /// The file name of the configuration: `acme-notes.toml`.
    pub(crate) fn config_file(&self) -> String {
        format!("{}.toml", self.program)
    }

    /// A variable of the environment that is read: `ACME_NOTES_CONFIG`.
    pub(crate) fn variable(&self, what: &str) -> String {
        let prefix = self.program.replace('-', "_").to_ascii_uppercase();
        format!("{prefix}_{what}")
    }

    /// The operating system's credential store, under our service.
    pub(crate) fn store(&self) -> OsStore {
        OsStore::new(&self.keyring_service).labelled(&format!("{} sign-in", self.product))
    }

    /// The directory of the administrator's file: named after the program where directories are, after the product where people
    /// expect that.
    pub(crate) fn managed_folder(&self) -> &str {
        if cfg!(any(windows, target_os = "macos")) {
            &self.product
        } else {
            &self.program
        }
    }
}

#[cfg(test)]
mod tests {
    use tauri::Config;

    use super::{Names, SUFFIX};

    /// The configuration this program is built with.
    fn built_in() -> Config {
        serde_json::from_str(include_str!("../../tauri.conf.json")).unwrap()
    }

    #[test]
    fn everything_is_named_after_the_configuration() {
        let mut config = built_in();
        config.product_name = Some("Acme Notes".to_owned());
        config.main_binary_name = Some("acme-notes".to_owned());
        config.identifier = "com.acme.notes".to_owned();
        let schemes = serde_json::json!({ "desktop": { "schemes": ["com.acme.links"] } });
        config.plugins.0.insert("deep-link".to_owned(), schemes);
        let names = Names::of(&mut config);
        assert_eq!(
            (names.product.as_str(), names.program.as_str()),
            ("Acme Notes", "acme-notes")
        );
        assert_eq!(names.identifier, format!("com.acme.notes{SUFFIX}"));
        assert_eq!(names.scheme, format!("com.acme.links{SUFFIX}"));
        assert_eq!(names.keyring_service, names.identifier);
        assert_eq!(names.config_file(), "acme-notes.toml");
        assert_eq!(names.variable("CONFIG"), "ACME_NOTES_CONFIG");
        assert_eq!(config.identifier, names.identifier, "the plugins read it there");
        assert_eq!(
            config.plugins.0["deep-link"]["desktop"]["schemes"][0],
            names.scheme
        );
    }

    #[test]
    fn the_programs_name_is_the_one_it_is_built_under() {
        let manifest = include_str!("../../Cargo.toml");
        let program = built_in().main_binary_name.unwrap();
        assert!(
            manifest.contains(&format!("[[bin]]\nname = \"{program}\"")),
            "mainBinaryName and Cargo.toml; `cargo xtask rebrand` changes both"
        );
    }
}
