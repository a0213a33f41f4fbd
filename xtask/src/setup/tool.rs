//! Programs from crates.io, each of one version, installed for this repository alone.

use std::fs;
use std::path::PathBuf;

use crate::cargo;
use crate::failure::Result;
use crate::interrupt::Interrupt;
use crate::print;
use crate::workspace::Workspace;

/// Such a program.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tool {
    name: &'static str,
    version: &'static str,
}

/// Gives a Tauri window a WebDriver address.
pub(crate) const TAURI_DRIVER: Tool = Tool {
    name: "tauri-driver",
    version: "2.1.0",
};
/// Builds the fuzz targets.
pub(crate) const CARGO_FUZZ: Tool = Tool {
    name: "cargo-fuzz",
    version: "0.13.2",
};
/// Changes the code and watches the tests.
pub(crate) const CARGO_MUTANTS: Tool = Tool {
    name: "cargo-mutants",
    version: "27.1.0",
};

impl Tool {
    /// Installs it unless this version is there.
    pub(crate) fn provide(self, workspace: &Workspace, interrupt: &Interrupt) -> Result<()> {
        let Self { name, version } = self;
        let begun = std::time::Instant::now();
        // Cargo's own note of what it has put there.
        let note = fs::read_to_string(workspace.tools().join(".crates.toml")).unwrap_or_default();
        if self.is_in(&note) && self.path(workspace).is_file() {
            print::done(format_args!("{name} {version} is there"), begun.elapsed());
            return Ok(());
        }
        cargo::install(workspace, name, version)
            .hint(format_args!(
                "cargo could not install {name}: is there a network?"
            ))
            .run(interrupt)
    }

    /// Where it is, once it is there.
    pub(crate) fn path(self, workspace: &Workspace) -> PathBuf {
        let file = format!("{}{}", self.name, std::env::consts::EXE_SUFFIX);
        workspace.tools().join("bin").join(file)
    }

    fn is_in(self, note: &str) -> bool {
        note.contains(&format!("\"{} {} ", self.name, self.version))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_wanted_version_counts() {
        let note =
            |version: &str| format!("[v1]\n\"tauri-driver {version} (registry+x)\" = [\"tauri-driver\"]\n");
        assert!(TAURI_DRIVER.is_in(&note(TAURI_DRIVER.version)));
        assert!(!TAURI_DRIVER.is_in(&note("2.0.9")));
        assert!(!TAURI_DRIVER.is_in(""));
    }
}
