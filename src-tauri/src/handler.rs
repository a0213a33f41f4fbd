//! Whether links of our scheme reach this program, and making it so.
//!
//! An installer does the registering where there is one. Where there is none (a build tree, an AppImage) the program registers
//! itself, and only when a link would not reach it as things are: whoever is registered properly writes nothing.

use tauri::AppHandle;
use tauri_plugin_deep_link::DeepLinkExt;

/// Registers the scheme where needed. True when links will reach this program.
pub(crate) fn ensure(app: &AppHandle, scheme: &str) -> bool {
    if platform::reaches_us(app, scheme) {
        return true;
    }
    if cfg!(target_os = "macos") {
        return false;
    }
    if let Err(error) = app.deep_link().register(scheme) {
        tracing::warn!(%error, "the scheme could not be registered");
        return false;
    }
    let registered = app.deep_link().is_registered(scheme).unwrap_or(false);
    tracing::info!(registered, "scheme registration written");
    registered
}

/// Linux: the desktop's own answer to "who opens this?", and whether that is us and gets the link. Asked through GIO, in this
/// process: `xdg-mime` would cost a few processes at every launch.
#[cfg(target_os = "linux")]
mod platform {
    use std::path::{Path, PathBuf};

    use gio::prelude::AppInfoExt;
    use tauri::{AppHandle, Manager};

    pub(super) fn reaches_us(app: &AppHandle, scheme: &str) -> bool {
        let Some(command) = gio::AppInfo::default_for_uri_scheme(scheme).and_then(|info| info.commandline())
        else {
            return false;
        };
        let us = app
            .env()
            .appimage
            .map(PathBuf::from)
            .or_else(|| tauri::utils::platform::current_exe().ok());
        us.is_some_and(|us| {
            command
                .to_str()
                .is_some_and(|command| is_command_of(command, &us))
        })
    }

    /// Whether this `Exec` line starts `us` and hands it the link.
    fn is_command_of(command: &str, us: &Path) -> bool {
        let Ok(words) = gio::glib::shell_parse_argv(command) else {
            return false;
        };
        let Some((program, rest)) = words.split_first() else {
            return false;
        };
        let takes_link = rest.iter().any(|word| word == "%u" || word == "%U");
        let program = gio::glib::find_program_in_path(program);
        takes_link && program.is_some_and(|program| is_same_file(&program, us))
    }

    fn is_same_file(a: &Path, b: &Path) -> bool {
        a == b || matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
    }

    #[cfg(test)]
    mod tests {
        use std::path::Path;

        use super::is_command_of;

        #[test]
        fn a_command_is_ours_when_it_starts_us_with_the_link() {
            let shell = Path::new("/bin/sh");
            assert!(is_command_of("/bin/sh %u", shell));
            assert!(is_command_of("\"/bin/sh\" %U", shell));
            assert!(is_command_of("sh %u", shell));
            assert!(!is_command_of("/bin/sh", shell), "the link would be lost");
            assert!(!is_command_of("/bin/ls %u", shell));
            assert!(!is_command_of("/nowhere/sh %u", shell));
            assert!(!is_command_of("\"/bin/sh %u", shell));
            assert!(!is_command_of("", shell));
        }
    }
}

/// Windows: the registry, as the deep-link plugin reads it.
#[cfg(windows)]
mod platform {
    use tauri::AppHandle;
    use tauri_plugin_deep_link::DeepLinkExt;

    pub(super) fn reaches_us(app: &AppHandle, scheme: &str) -> bool {
        app.deep_link().is_registered(scheme).unwrap_or(false)
    }
}

/// macOS: a bundle's Info.plist names the release scheme and LaunchServices reads it; nothing can be written at run time. A bare
/// binary and a debug build (whose scheme no bundle names) are not reached.
#[cfg(target_os = "macos")]
mod platform {
    use tauri::AppHandle;

    pub(super) fn reaches_us(_app: &AppHandle, _scheme: &str) -> bool {
        let bundled = tauri::utils::platform::current_exe()
            .is_ok_and(|exe| exe.parent().is_some_and(|dir| dir.ends_with("Contents/MacOS")));
        bundled && !cfg!(debug_assertions)
    }
}
