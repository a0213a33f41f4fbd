//! One process per person: a second launch hands over its arguments, raises the first one's window and ends.
//!
//! Without a session bus (Linux) processes cannot find each other and two live side by side, which the session allows. On macOS
//! LaunchServices starts no second process of a bundle, and brings links to the first as events. The plugin would add a socket in
//! `/tmp` there, whose name every user of the machine knows: whoever makes it first could keep the app from starting.

use std::sync::Arc;

use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Wry};

use crate::links::Links;

/// The plugin that ends a second process.
#[cfg(not(target_os = "macos"))]
pub(crate) fn one_alone(links: Arc<Links>, scheme: String) -> TauriPlugin<Wry> {
    tauri_plugin_single_instance::init(move |app: &AppHandle, arguments, _directory| {
        let is_self_test = arguments
            .iter()
            .any(|argument| crate::self_test::nonce(argument, &scheme).is_some());
        if links.handed_over(&arguments) && !is_self_test {
            crate::window::raise(app);
        }
    })
}

/// The operating system does it.
#[cfg(target_os = "macos")]
pub(crate) fn one_alone(_links: Arc<Links>, _scheme: String) -> TauriPlugin<Wry> {
    tauri::plugin::Builder::new("one-alone").build()
}

/// From here on a new launch is a process of its own.
#[cfg(not(target_os = "macos"))]
pub(crate) fn release(app: &AppHandle) {
    tauri_plugin_single_instance::destroy(app);
}

/// There is nothing to give up.
#[cfg(target_os = "macos")]
pub(crate) fn release(_app: &AppHandle) {}
