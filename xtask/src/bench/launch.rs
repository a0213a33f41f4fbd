//! The app and those it is compared with, built as they are shipped, and launched in turns: `tests/src/bin/launch`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cargo;
use crate::environment;
use crate::failure::{Doing, Result};
use crate::interrupt::Interrupt;
use crate::package;
use crate::print;
use crate::setup;
use crate::task::Task;
use crate::workspace::Workspace;

/// Where the peers' sources are.
const SOURCES: &str = "benches/launch";

/// Builds everybody, and measures.
pub(super) fn run(words: &[&str], workspace: &Workspace, interrupt: &Interrupt) -> Result<()> {
    setup::bench(workspace, interrupt)?;
    let folder = workspace.root().join("target/bench");
    fs::create_dir_all(&folder).doing("make the benchmark's folder")?;
    package::program(workspace, interrupt)?;
    cargo::build_hello(workspace).run(interrupt)?;
    floor(workspace, &folder, interrupt)?;
    if let Err(failure) = web_engine(workspace, &folder, interrupt) {
        print::note(format_args!("without PySide6: {failure}"));
    }
    cargo::build_launch(workspace).run(interrupt)?;
    Task::new(workspace.debug_program("launch"))
        .args(words)
        .dir(workspace.root())
        .hint("A busy machine widens the spread: see the row of the twin.")
        .run(interrupt)
}

/// The bare window, in C.
fn floor(workspace: &Workspace, folder: &Path, interrupt: &Interrupt) -> Result<()> {
    let flags = Task::new("pkg-config")
        .args(["--cflags", "--libs", "webkit2gtk-4.1"])
        .read(interrupt)?
        .stdout;
    Task::new("cc")
        .args(["-O2", "-o"])
        .args([
            folder.join("floor"),
            workspace.root().join(SOURCES).join("floor.c"),
        ])
        .args(flags.split_whitespace())
        .run(interrupt)
}

/// A Python of its own with Qt's web view; half a gigabyte, once.
fn web_engine(workspace: &Workspace, folder: &Path, interrupt: &Interrupt) -> Result<()> {
    let venv = folder.join("venv");
    let requirements = workspace.root().join(SOURCES).join("requirements.txt");
    let wanted = fs::read_to_string(&requirements).doing(format_args!("read {}", requirements.display()))?;
    if fs::read_to_string(venv.join("ready")).is_ok_and(|ready| ready == wanted) {
        return Ok(());
    }
    let python = environment::find_program("python3").unwrap_or_else(|| PathBuf::from("python3"));
    Task::new(python)
        .args(["-m", "venv"])
        .args([&venv])
        .run(interrupt)?;
    Task::new(venv.join("bin/python"))
        .args(["-m", "pip", "install", "--quiet", "--requirement"])
        .args([requirements])
        .run(interrupt)?;
    fs::write(venv.join("ready"), wanted).doing("note that it is installed")
}
