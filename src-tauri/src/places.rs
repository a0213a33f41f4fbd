//! Where our files are, and which configuration layers there are. The core is told; it looks nowhere by itself.

use std::path::{Path, PathBuf};

use latchkey_session::config::Locations;
use tauri::{Manager, Runtime};

/// The configuration's file name.
const CONFIG_FILE: &str = "latchkey.toml";

/// The product's own default: `latchkey.toml` at the root of the sources.
const COMPILED_IN: &str = include_str!("../../latchkey.toml");

/// The administrator's file.
#[cfg(target_os = "macos")]
const MANAGED: &str = "/Library/Application Support/Latchkey/latchkey.toml";
#[cfg(all(unix, not(target_os = "macos")))]
const MANAGED: &str = "/etc/latchkey/latchkey.toml";

/// The directories and files of this build. Nothing is created here.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// The configuration layers.
    pub(crate) layers: Locations,
    /// The file a person writes: the one `LATCHKEY_CONFIG` names, else the one in the app's configuration directory.
    pub(crate) config_file: PathBuf,
    /// The session's lock. Local to this machine, never roaming.
    pub(crate) data: PathBuf,
    /// What can be fetched again: the picture, the provider's public documents.
    pub(crate) cache: PathBuf,
    /// The log files.
    pub(crate) logs: PathBuf,
}

impl Places {
    /// Those of the running app.
    ///
    /// # Errors
    /// There is no home directory.
    pub(crate) fn of<R: Runtime>(app: &impl Manager<R>) -> tauri::Result<Self> {
        Self::under(&app.config().identifier).ok_or(tauri::Error::UnknownPath)
    }

    /// Asks the operating system for the places of the app with this identifier, the same ones as Tauri's own. `None` when there is
    /// no home directory.
    pub(crate) fn under(identifier: &str) -> Option<Self> {
        let user = dirs::config_dir()?.join(identifier).join(CONFIG_FILE);
        let data = dirs::data_local_dir()?.join(identifier);
        let named = named_config();
        Some(Self {
            config_file: named.clone().unwrap_or_else(|| user.clone()),
            layers: Locations {
                compiled_in: Some(COMPILED_IN.to_owned()),
                user: Some(user),
                env: named,
                managed: managed(),
            },
            cache: dirs::cache_dir()?.join(identifier),
            logs: if cfg!(target_os = "macos") {
                dirs::home_dir()?.join("Library/Logs").join(identifier)
            } else {
                data.join("logs")
            },
            data,
        })
    }

    /// The directory of the file a person writes.
    pub(crate) fn config_dir(&self) -> &Path {
        self.config_file.parent().unwrap_or(&self.config_file)
    }
}

/// The file `LATCHKEY_CONFIG` names.
#[allow(
    clippy::disallowed_methods,
    reason = "the configuration is what may read the environment"
)]
fn named_config() -> Option<PathBuf> {
    std::env::var_os("LATCHKEY_CONFIG")
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
}

#[cfg(unix)]
#[allow(clippy::unnecessary_wraps, reason = "Windows may have none")]
fn managed() -> Option<PathBuf> {
    Some(PathBuf::from(MANAGED))
}

#[cfg(windows)]
#[allow(
    clippy::disallowed_methods,
    reason = "the configuration is what may read the environment"
)]
fn managed() -> Option<PathBuf> {
    std::env::var_os("ProgramData").map(|data| PathBuf::from(data).join("Latchkey").join(CONFIG_FILE))
}
