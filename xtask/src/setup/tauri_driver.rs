//! tauri-driver, which gives a Tauri window a WebDriver address. Installed for this repository alone.

use std::fs;

use crate::cargo;
use crate::failure::Result;
use crate::interrupt::Interrupt;
use crate::print;
use crate::workspace::Workspace;

const VERSION: &str = "2.1.0";

/// Installs it unless this version is there.
pub(crate) fn provide(workspace: &Workspace, interrupt: &Interrupt) -> Result<()> {
    let begun = std::time::Instant::now();
    // Cargo's own note of what it has put there.
    let note = fs::read_to_string(workspace.tools().join(".crates.toml")).unwrap_or_default();
    if names_version(&note) && workspace.tauri_driver().is_file() {
        print::done(format_args!("tauri-driver {VERSION} is there"), begun.elapsed());
        return Ok(());
    }
    cargo::install(workspace, "tauri-driver", VERSION)
        .hint("cargo could not install tauri-driver: is there a network?")
        .run(interrupt)
}

fn names_version(note: &str) -> bool {
    note.contains(&format!("\"tauri-driver {VERSION} "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_wanted_version_counts() {
        let note =
            |version: &str| format!("[v1]\n\"tauri-driver {version} (registry+x)\" = [\"tauri-driver\"]\n");
        assert!(names_version(&note(VERSION)));
        assert!(!names_version(&note("2.0.9")));
        assert!(!names_version(""));
    }
}
