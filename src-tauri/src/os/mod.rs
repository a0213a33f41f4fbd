//! What only one operating system asks of the shell, one file each. Linux asks for nothing here.
//!
//! No other file of the shell makes a decision for Windows or macOS that is more than a constant.

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
