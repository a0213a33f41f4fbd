//! What the process was told by its surroundings: its words and the environment. Nothing else here reads them.
#![allow(
    clippy::disallowed_methods,
    reason = "the one place of this tool that reads the environment"
)]

use std::env;
use std::io::{self, IsTerminal};
use std::path::PathBuf;

/// The words after `cargo xtask`.
pub(crate) fn words() -> impl Iterator<Item = String> {
    env::args_os()
        .skip(1)
        .map(|word| word.to_string_lossy().into_owned())
}

/// A variable that is set to something.
pub(crate) fn var(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// The folders programs are looked for in.
pub(crate) fn path() -> Vec<PathBuf> {
    env::var_os("PATH")
        .map(|path| env::split_paths(&path).collect())
        .unwrap_or_default()
}

/// Where a program is, if it is on the path.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    path()
        .into_iter()
        .map(|folder| folder.join(&file))
        .find(|candidate| candidate.is_file())
}

/// Where cargo keeps what it has downloaded.
pub(crate) fn cargo_home() -> Option<PathBuf> {
    let usual = || env::home_dir().map(|home| home.join(".cargo"));
    var("CARGO_HOME").map(PathBuf::from).or_else(usual)
}

/// Whether a window could be shown. Only Linux has to be asked: the others always have a display.
pub(crate) fn has_display() -> bool {
    !cfg!(target_os = "linux") || var("DISPLAY").is_some() || var("WAYLAND_DISPLAY").is_some()
}

/// Whether somebody could answer a question.
pub(crate) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// The address of this session's D-Bus, given or in its usual place.
pub(crate) fn session_bus() -> Option<String> {
    let usual = || {
        let socket = PathBuf::from(var("XDG_RUNTIME_DIR")?).join("bus");
        socket.exists().then(|| format!("unix:path={}", socket.display()))
    };
    var("DBUS_SESSION_BUS_ADDRESS").or_else(usual)
}
