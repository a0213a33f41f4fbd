//! What the page may know about the app besides the session: names, version, where the configuration is, which store.

use latchkey_session::Result;
use latchkey_session::config::{Config, RedirectMode};
use serde::Serialize;

/// The answer to `app_info`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub(crate) struct AppInfo {
    /// What people call the app.
    pub(crate) product: String,
    /// Its version.
    pub(crate) version: String,
    /// What people call the provider, when the configuration says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub(crate) provider: Option<String>,
    /// The file to write to configure the app.
    pub(crate) config_path: String,
    /// What people call the credential store: "GNOME Keyring".
    pub(crate) store: String,
    /// The configured language (`[ui]` `language`); absent: the system's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub(crate) language: Option<String>,
    /// `deep-link` or `loopback`: how a sign-in will come back.
    pub(crate) redirect: String,
    /// People can edit what is kept about them (`[profile]` `editor`).
    pub(crate) editor: bool,
}

/// What the provider is called. Nothing when it has no name or the configuration cannot be read (the view says why).
pub(crate) fn provider(config: &Result<Config>) -> Option<String> {
    let name = &config.as_ref().ok()?.provider.as_ref()?.name;
    (!name.is_empty()).then(|| name.clone())
}

/// The language the page is to speak, a language tag (RFC 5646). Nothing when the system's is meant.
pub(crate) fn language(config: &Result<Config>) -> Option<String> {
    let language = &config.as_ref().ok()?.language;
    (!language.is_empty()).then(|| language.clone())
}

/// Whether there is an editor of the person's details.
pub(crate) fn editor(config: &Result<Config>) -> bool {
    config
        .as_ref()
        .is_ok_and(|config| config.profile.editor.is_some())
}

/// How a sign-in will come back under this configuration.
pub(crate) fn redirect(config: &Result<Config>, handler_registered: bool) -> &'static str {
    let mode = config
        .as_ref()
        .ok()
        .and_then(|config| config.provider.as_ref())
        .map(|it| it.redirect)
        .unwrap_or_default();
    match mode {
        RedirectMode::DeepLink => "deep-link",
        RedirectMode::Loopback => "loopback",
        RedirectMode::Auto if handler_registered => "deep-link",
        RedirectMode::Auto => "loopback",
    }
}
