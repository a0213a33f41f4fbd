//! `cargo xtask faults`: what happens when everything goes wrong, counted. The program that does it is in `tests/`.

use crate::cargo;
use crate::failure::{Failure, Result};
use crate::interrupt::Interrupt;
use crate::setup;
use crate::task::Task;
use crate::workspace::Workspace;

/// Builds the programs and plays the parts; all of them when none is named. What is measured in full is the release build.
pub(crate) fn run(workspace: &Workspace, interrupt: &Interrupt, quick: bool, parts: &[String]) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Err(Failure::new("the proof of faults runs on Linux only"));
    }
    setup::faults(workspace, interrupt)?;
    cargo::build_faults(workspace)
        .args((!quick).then_some("--release"))
        .run(interrupt)?;
    let program = if quick {
        workspace.debug_program("faults")
    } else {
        workspace.release_program("faults")
    };
    Task::new(program)
        .args(quick.then_some("--quick"))
        .args(parts)
        .dir(workspace.root())
        .hint("The lines marked WRONG say what was found.")
        .run(interrupt)
}
