//! `cargo xtask bench verify`: what the validation of an ID token costs. The program is in `benches/`.

use crate::cargo;
use crate::failure::Result;
use crate::interrupt::Interrupt;
use crate::setup;
use crate::task::Task;
use crate::workspace::Workspace;

/// Builds the program as the app is built, installs the peers' packages, and measures.
pub(crate) fn run(workspace: &Workspace, interrupt: &Interrupt) -> Result<()> {
    setup::core(interrupt)?;
    setup::node::check(interrupt)?;
    let peers = workspace.root().join("benches/peers");
    setup::node::install(&peers, interrupt)?;
    cargo::build_benches(workspace).run(interrupt)?;
    Task::new(workspace.release_program("verify"))
        .args([peers.join("jose.mjs")])
        .dir(workspace.root())
        .hint("A busy machine widens the spread: see the A/A row.")
        .run(interrupt)
}
