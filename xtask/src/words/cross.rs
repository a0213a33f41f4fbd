//! The words of `cross`, which takes the project to other operating systems.

use super::{Ask, Topic};
use crate::failure::{Failure, Result};

/// Another operating system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Platform {
    /// Built, and run under wine.
    Windows,
    /// Type-checked.
    Macos,
}

/// Both, in the order they are taken.
const PLATFORMS: [(&str, Platform); 2] = [("windows", Platform::Windows), ("macos", Platform::Macos)];

pub(super) fn topic(name: &str) -> Option<Topic> {
    (name == "cross").then_some(Topic::Cross)
}

pub(super) fn cross(options: &[&str]) -> Result<Ask> {
    let (mut yes, mut platforms) = (false, Vec::new());
    for word in options {
        match PLATFORMS.iter().find(|(name, _)| name == word) {
            Some((_, platform)) => platforms.push(*platform),
            None if matches!(*word, "-y" | "--yes") => yes = true,
            None => {
                return Err(Failure::Usage(format!(
                    "`cross` knows windows, macos and --yes, not `{word}`"
                )));
            }
        }
    }
    if platforms.is_empty() {
        platforms = PLATFORMS.map(|(_, platform)| platform).to_vec();
    }
    Ok(Ask::Cross { yes, platforms })
}

pub(super) const CROSS: &str = "\
cargo xtask cross [windows] [macos] [--yes]      (on Linux; both without words)

  windows    builds the core and the app for x86_64-pc-windows-gnu and runs their tests under wine, those of the Credential
             Manager included; starts the app without its window in a virtual display: it registers its links, gets one cold and
             one from a second process; `doctor` and `--version` answer in a console. Then checks the types of everything for
             x86_64-pc-windows-msvc.
  macos      checks the types of everything for aarch64-apple-darwin. Nothing of it is run.

Everything is built in target/cross (6 GB; it may be deleted afterwards). What is missing is installed after asking, not asked with
--yes: on Debian a compiler for all targets, mingw-w64 and wine; elsewhere the targets have to be there (rustup target add).";

#[cfg(test)]
mod tests {
    use super::super::tests::{asks, parse};
    use super::*;

    #[test]
    fn cross_takes_platforms() {
        let both = vec![Platform::Windows, Platform::Macos];
        assert_eq!(
            asks("cross"),
            Ask::Cross {
                yes: false,
                platforms: both
            }
        );
        assert_eq!(
            asks("cross macos --yes"),
            Ask::Cross {
                yes: true,
                platforms: vec![Platform::Macos]
            }
        );
        assert!(matches!(parse("cross amiga"), Err(Failure::Usage(_))));
    }
}
