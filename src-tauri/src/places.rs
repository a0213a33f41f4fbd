//! Where our files are, and which configuration layers there are. The core is told; it looks nowhere by itself.

use std::path::{Path, PathBuf};

use latchkey_session::config::Locations;

use crate::names::Names;

/// The product's own default: `defaults.toml` at the root of the sources.
const COMPILED_IN: &str = include_str!("../../defaults.toml");

/// Where administrators put files of programs.
#[cfg(target_os = "macos")]
const MANAGED: &str = "/Library/Application Support";
#[cfg(all(unix, not(target_os = "macos")))]
const MANAGED: &str = "/etc";

/// The directories and files of this build. Nothing is created here.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// The configuration layers.
    pub(crate) layers: Locations,
    /// The file a person writes: the one the environment names, else the one in the app's configuration directory.
    pub(crate) config_file: PathBuf,
    /// The session's lock. Local to this machine, never roaming.
    pub(crate) data: PathBuf,
    /// What can be fetched again: the picture, the provider's public documents.
    pub(crate) cache: PathBuf,
    /// The log files.
    pub(crate) logs: PathBuf,
}

impl Places {
    /// Asks the operating system for the places of the app with these names, the same ones as Tauri's own.
    ///
    /// # Errors
    /// There is no home directory.
    pub(crate) fn of(names: &Names) -> tauri::Result<Self> {
        Self::under(names).ok_or(tauri::Error::UnknownPath)
    }

    fn under(names: &Names) -> Option<Self> {
        let identifier = &names.identifier;
        let user = dirs::config_dir()?.join(identifier).join(names.config_file());
        let data = dirs::data_local_dir()?.join(identifier);
        let variable = names.variable("CONFIG");
        let named = named_config(&variable);
        Some(Self {
            config_file: named.clone().unwrap_or_else(|| user.clone()),
            layers: Locations {
                compiled_in: Some(COMPILED_IN.to_owned()),
                user: Some(user),
                env: named,
                named_by: variable,
                managed: managed_files()
                    .map(|files| files.join(names.managed_folder()).join(names.config_file())),
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

/// The file that this variable names.
#[allow(
    clippy::disallowed_methods,
    reason = "the configuration is what may read the environment"
)]
fn named_config(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable)
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
}

#[cfg(unix)]
#[allow(clippy::unnecessary_wraps, reason = "Windows may have none")]
fn managed_files() -> Option<PathBuf> {
    Some(PathBuf::from(MANAGED))
}

#[cfg(windows)]
#[allow(
    clippy::disallowed_methods,
    reason = "the configuration is what may read the environment"
)]
fn managed_files() -> Option<PathBuf> {
    std::env::var_os("ProgramData").map(PathBuf::from)
}
