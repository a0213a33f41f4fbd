//! Whether links of our scheme reach this program, and making it so.
//!
//! An installer does the registering where there is one. Where there is none (a build tree, an AppImage) the program registers
//! itself, and only when a link would not reach it as things are: whoever is registered properly writes nothing. Once an installer
//! has come, the program's own registration goes: there are never two.

use tauri::AppHandle;

#[cfg(target_os = "linux")]
mod linux;

#[cfg(target_os = "linux")]
use linux as platform;

#[cfg(target_os = "macos")]
use crate::os::macos as platform;
#[cfg(windows)]
use crate::os::windows as platform;

/// Whom links of a scheme reach.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(target_os = "macos", allow(dead_code, reason = "it cannot be asked there"))]
pub(crate) enum Reached {
    /// This program, with the link.
    Us,
    /// This program, but without the link.
    WithoutLink,
    /// Another program.
    Other(String),
    /// Nobody.
    Nobody,
    /// It cannot be told without the running app.
    Unknown,
}

/// Whom links of this scheme reach. Changes nothing.
pub(crate) fn look(scheme: &str) -> Reached {
    platform::look(scheme)
}

/// Registers the scheme where needed. True when links will reach this program.
#[cfg(target_os = "linux")]
pub(crate) fn ensure(app: &AppHandle, scheme: &str) -> bool {
    platform::ensure(app, scheme)
}

/// Registers the scheme where needed. True when links will reach this program.
#[cfg(not(target_os = "linux"))]
pub(crate) fn ensure(app: &AppHandle, scheme: &str) -> bool {
    if platform::reaches_us(app, scheme) {
        return true;
    }
    if cfg!(target_os = "macos") {
        return false;
    }
    register(app, scheme)
}

/// The same at the person's wish, after links did not arrive.
#[cfg(target_os = "linux")]
pub(crate) fn register(app: &AppHandle, scheme: &str) -> bool {
    platform::ensure(app, scheme)
}

/// Registers the scheme, whoever has it. True when links will reach this program. (On macOS nothing can be written at run time.)
#[cfg(not(target_os = "linux"))]
pub(crate) fn register(app: &AppHandle, scheme: &str) -> bool {
    use tauri_plugin_deep_link::DeepLinkExt as _;

    if cfg!(target_os = "macos") {
        return platform::reaches_us(app, scheme);
    }
    if let Err(error) = app.deep_link().register(scheme) {
        tracing::warn!(%error, "the scheme could not be registered");
        return false;
    }
    let registered = platform::reaches_us(app, scheme);
    tracing::info!(registered, "scheme registration written");
    registered
}
