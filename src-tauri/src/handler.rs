//! Whether links of our scheme reach this program, and making it so.
//!
//! An installer does the registering where there is one. Where there is none (a build tree, an AppImage) the program registers
//! itself, and only when a link would not reach it as things are: whoever is registered properly writes nothing.

use tauri::AppHandle;
use tauri_plugin_deep_link::DeepLinkExt;

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
pub(crate) fn ensure(app: &AppHandle, scheme: &str) -> bool {
    if platform::reaches_us(app, scheme) {
        return true;
    }
    if cfg!(target_os = "macos") {
        return false;
    }
    register(app, scheme)
}

/// Registers the scheme, whoever has it. True when links will reach this program. (On macOS nothing can be written at run time.)
pub(crate) fn register(app: &AppHandle, scheme: &str) -> bool {
    if cfg!(target_os = "macos") {
        return platform::reaches_us(app, scheme);
    }
    if let Err(error) = app.deep_link().register(scheme) {
        tracing::warn!(%error, "the scheme could not be registered");
        return false;
    }
    let registered = if cfg!(windows) {
        platform::reaches_us(app, scheme)
    } else {
        app.deep_link().is_registered(scheme).unwrap_or(false)
    };
    tracing::info!(registered, "scheme registration written");
    registered
}

/// Linux: the desktop's own answer to "who opens this?", and whether that is us and gets the link. Asked through GIO, in this
/// process: `xdg-mime` would cost a few processes at every launch.
#[cfg(target_os = "linux")]
mod platform {
    use std::path::{Path, PathBuf};

    use gio::prelude::AppInfoExt;
    use tauri::AppHandle;

    use super::Reached;

    pub(super) fn reaches_us(_app: &AppHandle, scheme: &str) -> bool {
        look(scheme) == Reached::Us
    }

    pub(super) fn look(scheme: &str) -> Reached {
        let Some(command) = gio::AppInfo::default_for_uri_scheme(scheme).and_then(|info| info.commandline())
        else {
            return Reached::Nobody;
        };
        let us = tauri::Env::default()
            .appimage
            .map(PathBuf::from)
            .or_else(|| tauri::utils::platform::current_exe().ok());
        match (command.to_str(), us) {
            (Some(command), Some(us)) => started_by(command, &us),
            (Some(_), None) | (None, _) => Reached::Unknown,
        }
    }

    /// Whom this `Exec` line starts, and whether it hands the link on.
    fn started_by(command: &str, us: &Path) -> Reached {
        let other = || Reached::Other(command.to_owned());
        let Ok(words) = gio::glib::shell_parse_argv(command) else {
            return other();
        };
        let Some((program, rest)) = words.split_first() else {
            return other();
        };
        let takes_link = rest.iter().any(|word| word == "%u" || word == "%U");
        match gio::glib::find_program_in_path(program) {
            Some(program) if !is_same_file(&program, us) => other(),
            Some(_) if takes_link => Reached::Us,
            Some(_) => Reached::WithoutLink,
            None => other(),
        }
    }

    fn is_same_file(a: &Path, b: &Path) -> bool {
        a == b || matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
    }

    #[cfg(test)]
    mod tests {
        use std::path::Path;

        use super::super::Reached;
        use super::started_by;

        #[test]
        fn a_command_is_ours_when_it_starts_us_with_the_link() {
            let shell = Path::new("/bin/sh");
            let other = |command: &str| Reached::Other(command.to_owned());
            for ours in ["/bin/sh %u", "\"/bin/sh\" %U", "sh %u"] {
                assert_eq!(started_by(ours, shell), Reached::Us, "{ours}");
            }
            assert_eq!(started_by("/bin/sh", shell), Reached::WithoutLink);
            for stranger in ["/bin/ls %u", "/nowhere/sh %u", "\"/bin/sh %u", ""] {
                assert_eq!(started_by(stranger, shell), other(stranger), "{stranger}");
            }
        }
    }
}
