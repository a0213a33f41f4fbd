//! `cargo xtask bench refresh`: its peers speak Node and Python, so their packages are installed first, for this repository alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::cargo;
use crate::failure::{Doing, Result};
use crate::interrupt::Interrupt;
use crate::print;
use crate::setup;
use crate::task::Task;
use crate::workspace::Workspace;

/// What Python is called.
const PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };
/// Left in the environment: the requirements it was made from.
const STAMP: &str = ".installed-from.txt";

/// Installs, builds and measures. Without Python its peer is left out, and that is said.
pub(super) fn run(workspace: &Workspace, interrupt: &Interrupt) -> Result<()> {
    setup::node::check(interrupt)?;
    let peers = workspace.root().join("benches/peers");
    setup::node::install(&peers, interrupt)?;
    let scripts = peers.join("refresh");
    let python = python(workspace, &scripts.join("requirements.txt"), interrupt)?;
    cargo::build_bench(workspace, "refresh").run(interrupt)?;
    Task::new(workspace.release_program("refresh"))
        .args([scripts])
        .args(python)
        .dir(workspace.root())
        .run(interrupt)
}

/// A Python with the peer's packages in `target/`, where there is a Python at all.
fn python(workspace: &Workspace, requirements: &Path, interrupt: &Interrupt) -> Result<Option<PathBuf>> {
    let begun = Instant::now();
    let folder = workspace.root().join("target/peers-python");
    let program = folder.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    });
    let wanted = fs::read(requirements).doing(format_args!("read {}", requirements.display()))?;
    let stamp = folder.join(STAMP);
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        print::done("Python packages are there", begun.elapsed());
        return Ok(Some(program));
    }
    // An environment without pip is none: Debian has it in a package of its own.
    let probe = Task::new(PYTHON)
        .args(["-c", "import ensurepip, venv"])
        .read(interrupt);
    if !probe.is_ok_and(|output| output.status.success()) {
        print::note(format_args!(
            "{PYTHON} with venv is not there: authlib is left out"
        ));
        return Ok(None);
    }
    Task::new(PYTHON)
        .args(["-m", "venv", "--clear"])
        .args([&folder])
        .run(interrupt)?;
    Task::new(&program)
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "-r",
        ])
        .args([requirements])
        .hint("pip could not install the packages of the peer: is there a network?")
        .run(interrupt)?;
    fs::write(&stamp, wanted).doing(format_args!("write {}", stamp.display()))?;
    Ok(Some(program))
}
