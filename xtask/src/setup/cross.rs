//! What `cargo xtask cross` needs, and nothing else does: a compiler for other systems, and Windows' place on Linux.

use super::needs::{Need, Probe};
use super::packages::{self, Consent};
use super::system::System;
use crate::failure::Result;
use crate::interrupt::Interrupt;

/// For everything that is built, linked and run.
static WINDOWS: [Need; 3] = [
    Need {
        why: "compiles C and links for Windows",
        probe: Probe::Program("x86_64-w64-mingw32-gcc"),
        purposes: &[],
        debian: "gcc-mingw-w64-x86-64-win32",
        fedora: "mingw64-gcc",
        arch: "mingw-w64-gcc",
        suse: "mingw64-cross-gcc",
    },
    Need {
        why: "runs what was built",
        probe: Probe::Program("wine"),
        purposes: &[],
        debian: "wine",
        fedora: "wine-core",
        arch: "wine",
        suse: "wine",
    },
    Need {
        why: "the virtual display",
        probe: Probe::Program("Xvfb"),
        purposes: &[],
        debian: "xvfb",
        fedora: "xorg-x11-server-Xvfb",
        arch: "xorg-server-xvfb",
        suse: "xorg-x11-server-Xvfb",
    },
];

/// Debian's compiler comes with the sources of its standard library, which can be built for every target. Debian alone is asked.
static COMPILER: [Need; 3] = [
    debian(
        "a compiler",
        "rustc-web",
        Probe::Folder("/usr/share/doc/rustc-web"),
    ),
    debian(
        "its cargo",
        "cargo-web",
        Probe::Folder("/usr/share/doc/cargo-web"),
    ),
    debian(
        "the standard library's sources",
        "rust-web-src",
        Probe::Folder("/usr/lib/rustlib/src/rust/library"),
    ),
];

const fn debian(why: &'static str, name: &'static str, probe: Probe) -> Need {
    Need {
        why,
        probe,
        purposes: &[],
        debian: name,
        fedora: name,
        arch: name,
        suse: name,
    }
}

/// Sees to mingw-w64, wine and a virtual display.
pub(crate) fn windows(consent: Consent, interrupt: &Interrupt) -> Result<()> {
    packages::provide_these(&WINDOWS.each_ref(), consent, interrupt)
}

/// Whether this system has a compiler of its own that builds for every target.
pub(crate) fn has_compiler() -> bool {
    System::here() == System::Debian
}

/// Sees to that compiler.
pub(crate) fn compiler(consent: Consent, interrupt: &Interrupt) -> Result<()> {
    packages::provide_these(&COMPILER.each_ref(), consent, interrupt)
}
