//! Node and the locked npm packages.

use std::fs;
use std::path::Path;
use std::time::Instant;

use crate::failure::{Doing, Failure, Result};
use crate::interrupt::Interrupt;
use crate::print;
use crate::task::Task;

/// The oldest Node that builds the UI.
const OLDEST: (u32, u32) = (20, 19);
/// Left in node_modules: the lock file the packages were installed from.
const STAMP: &str = ".installed-from.json";

/// Fails with one sentence when Node is missing or too old.
pub(crate) fn check(interrupt: &Interrupt) -> Result<()> {
    let begun = Instant::now();
    let advice = "Install it from https://nodejs.org or with your system's package manager, then try again.";
    let (major, minor) = OLDEST;
    let Ok(output) = Task::new("node").args(["--version"]).read(interrupt) else {
        return Err(Failure::new(format_args!(
            "Node {major}.{minor} or newer is needed, and there is none"
        ))
        .advise(advice));
    };
    let found = output.stdout.trim();
    if version(found).is_none_or(|version| version < OLDEST) {
        return Err(Failure::new(format_args!(
            "Node {major}.{minor} or newer is needed, this is {found}"
        ))
        .advise(advice));
    }
    print::done(format_args!("Node {found}"), begun.elapsed());
    Ok(())
}

/// Installs a folder's locked packages, unless that was done from the same lock file.
pub(crate) fn install(folder: &Path, interrupt: &Interrupt) -> Result<()> {
    let begun = Instant::now();
    let lock = folder.join("package-lock.json");
    let stamp = folder.join("node_modules").join(STAMP);
    let wanted = fs::read(&lock).doing(format_args!("read {}", lock.display()))?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        print::done(format_args!("npm packages of {name}/ are there"), begun.elapsed());
        return Ok(());
    }
    npm(folder)
        .args(["ci", "--no-audit", "--no-fund"])
        .hint(format_args!(
            "npm could not install the locked packages of {name}/: is there a network?"
        ))
        .run(interrupt)?;
    fs::write(&stamp, wanted).doing(format_args!("write {}", stamp.display()))
}

/// An npm command in a folder.
pub(crate) fn npm(folder: &Path) -> Task {
    Task::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
        .at(folder)
        .env("NO_UPDATE_NOTIFIER", "1")
}

/// Major and minor of `v20.20.2`.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.strip_prefix('v')?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers() {
        assert_eq!(version("v20.20.2"), Some((20, 20)));
        assert!(version("v20.9.0").unwrap() < OLDEST);
        assert!(version("v22.1.0").unwrap() > OLDEST);
        assert_eq!(version("20.20.2"), None);
        assert_eq!(version("v20"), None);
    }
}
