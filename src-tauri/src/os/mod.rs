//! What only one operating system asks of the shell, one file each.
//!
//! No other file of the shell makes a decision for Windows or macOS that is more than a constant.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
pub(crate) mod macos;
#[cfg(windows)]
pub(crate) mod windows;

/// Sees to it that standard output reaches the terminal we were started from.
#[cfg(windows)]
pub(crate) use windows::reach_the_terminal;

/// It does.
#[cfg(not(windows))]
pub(crate) fn reach_the_terminal() {}

/// Ends the process at once after an internal fault, without writing its memory anywhere.
#[cfg(windows)]
pub(crate) use windows::end;

/// Core dumps are off (`cores`), so this writes none.
#[cfg(not(windows))]
pub(crate) fn end() -> ! {
    std::process::abort()
}

/// A window is about to be made, is made, has painted something: what GTK loads meanwhile, and when.
#[cfg(target_os = "linux")]
pub(crate) use linux::{hold_the_theme, window_is_made, window_is_painted};

/// Themes are the system's.
#[cfg(not(target_os = "linux"))]
pub(crate) fn hold_the_theme() {}

/// There is nothing to load.
#[cfg(not(target_os = "linux"))]
pub(crate) fn window_is_made() {}

/// There was nothing to hold back.
#[cfg(not(target_os = "linux"))]
pub(crate) fn window_is_painted(_app: &tauri::AppHandle) {}
