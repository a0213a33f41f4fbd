//! The cargo commands, all with one feature set.
//!
//! Cargo unites features over the packages a command selects, so `-p one` and `--workspace` would compile tokio, and all
//! that stands on it, twice. Everything here therefore selects the whole workspace, with targets that need the
//! dev-dependencies, and with the feature that generates the bindings. This tool itself is left out of the builds, because
//! a running program cannot be replaced on Windows; it must not change the others' features either, see its Cargo.toml. Only the core's own part selects the core alone:
//! it must work on a machine without WebKit.

use std::path::Path;

use crate::environment;
use crate::task::Task;
use crate::workspace::Workspace;

/// The whole workspace.
const EVERYTHING: [&str; 3] = ["--workspace", "--features", "latchkey/ts"];
/// The core alone.
const CORE: [&str; 4] = ["--package", "latchkey-session", "--features", "ts"];

/// What a cargo command is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Every crate.
    Everything,
    /// The core crate.
    Core,
}

impl Scope {
    fn words(self) -> &'static [&'static str] {
        match self {
            Self::Everything => &EVERYTHING,
            Self::Core => &CORE,
        }
    }
}

/// Formatting of every crate: it compiles nothing, so it is never partial.
pub(crate) fn fmt(workspace: &Workspace) -> Task {
    cargo(workspace, "fmt")
        .args(["--all", "--check", "--", "--files-with-diff"])
        .hint("`cargo fmt --all` formats the code.")
}

/// Lints, with warnings as errors.
pub(crate) fn clippy(workspace: &Workspace, scope: Scope) -> Task {
    cargo(workspace, "clippy")
        .args(scope.words())
        .args(["--all-targets", "--", "-D", "warnings"])
}

/// Everything the tests will need, so that their time is their own.
pub(crate) fn build_all(workspace: &Workspace) -> Task {
    cargo(workspace, "build")
        .args(EVERYTHING)
        .args(["--exclude", "xtask", "--all-targets"])
}

/// The programs: the app and the guided tour. The examples are named for their dev-dependencies, see above.
pub(crate) fn build_programs(workspace: &Workspace) -> Task {
    cargo(workspace, "build")
        .args(EVERYTHING)
        .args(["--exclude", "xtask", "--bins", "--examples"])
}

/// One program of the checkout at `root`, into the target folder of this one. The example is named for its dev-dependencies, see
/// above: with other features everything would be compiled again.
pub(crate) fn build_program(workspace: &Workspace, root: &Path, program: &str) -> Task {
    cargo(workspace, "build")
        .args(EVERYTHING)
        .args(["--exclude", "xtask", "--bin", program, "--example", "terminal"])
        .at(root)
}

/// The programs of the proof of faults. They need no WebKit, like the core alone, so that the proof can run on a machine without.
pub(crate) fn build_faults(workspace: &Workspace) -> Task {
    cargo(workspace, "build").args(["--package", "latchkey-e2e", "--bin", "client", "--bin", "faults"])
}

/// The program that launches the app beside others.
pub(crate) fn build_launch(workspace: &Workspace) -> Task {
    cargo(workspace, "build").args(["--package", "latchkey-e2e", "--bin", "launch"])
}

/// One of the programs that measure, as the app is shipped.
pub(crate) fn build_bench(workspace: &Workspace, name: &str) -> Task {
    cargo(workspace, "build").args([
        "--locked",
        "--release",
        "--manifest-path",
        "benches/Cargo.toml",
        "--bin",
        name,
    ])
}

/// The app that Tauri's template would make, as it would be shipped.
pub(crate) fn build_hello(workspace: &Workspace) -> Task {
    cargo(workspace, "build").args([
        "--locked",
        "--release",
        "--manifest-path",
        "benches/launch/hello/Cargo.toml",
        "--features",
        "custom-protocol",
    ])
}

/// Tests; the bindings land in their folder on the way.
pub(crate) fn test(workspace: &Workspace, scope: Scope) -> Task {
    cargo(workspace, "test")
        .args(scope.words())
        .args(["--no-fail-fast"])
        .env("TS_RS_EXPORT_DIR", workspace.fresh_bindings())
}

/// The documentation of every library, with warnings as errors: what is public has to be said, and every link has to lead somewhere.
/// The example is named for its dev-dependencies, see above.
pub(crate) fn doc(workspace: &Workspace, scope: Scope) -> Task {
    let others: &[&str] = match scope {
        Scope::Everything => &["--exclude", "xtask"],
        Scope::Core => &[],
    };
    cargo(workspace, "doc")
        .args(scope.words())
        .args(others)
        .args(["--no-deps", "--lib", "--example", "minimal"])
        .env("RUSTDOCFLAGS", "-D warnings")
}

/// Only the bindings, of the core and of the shell.
pub(crate) fn bindings(workspace: &Workspace) -> Task {
    cargo(workspace, "test")
        .args(EVERYTHING)
        .args(["--lib", "export_bindings"])
        .env("TS_RS_EXPORT_DIR", workspace.fresh_bindings())
}

/// The run that writes docs/conformance.md: a test of the core that is left out otherwise.
pub(crate) fn conformance(workspace: &Workspace) -> Task {
    cargo(workspace, "test").args(CORE).args([
        "--lib",
        "--",
        "--ignored",
        "--exact",
        "conformance::the_page_is_written",
    ])
}

/// Tests that need more than a machine has by itself, by the names of their targets.
pub(crate) fn ignored_tests(workspace: &Workspace, targets: &[String]) -> Task {
    let targets = targets.iter().flat_map(|target| ["--test", target.as_str()]);
    cargo(workspace, "test")
        .args(EVERYTHING)
        .args(["--no-fail-fast"])
        .args(targets)
        .args(["--", "--ignored"])
}

/// What is compiled into the app on this system, as JSON.
pub(crate) fn metadata(workspace: &Workspace) -> Task {
    let platform = [
        "--locked",
        "--format-version",
        "1",
        "--filter-platform",
        "host-tuple",
    ];
    bare(workspace, "metadata").args(platform)
}

/// Installs a program for this repository alone; without optimisation, which takes half the time.
pub(crate) fn install(workspace: &Workspace, program: &str, version: &str) -> Task {
    bare(workspace, "install")
        .args([
            program,
            "--version",
            version,
            "--locked",
            "--debug",
            "--force",
            "--root",
        ])
        .args([workspace.tools()])
}

/// A cargo command that compiles into the one target folder, whatever the person's own setting: the app is looked for there.
fn cargo(workspace: &Workspace, command: &str) -> Task {
    bare(workspace, command).env("CARGO_TARGET_DIR", workspace.root().join("target"))
}

/// A cargo command at the root.
fn bare(workspace: &Workspace, command: &str) -> Task {
    let program = environment::var("CARGO").unwrap_or_else(|| "cargo".to_owned());
    Task::new(program).args([command]).dir(workspace.root())
}
