//! `cargo xtask bench`: what is measured in `benches/`.

mod launch;
mod refresh;

use crate::cargo;
use crate::failure::Result;
use crate::interrupt::Interrupt;
use crate::setup;
use crate::task::Task;
use crate::workspace::Workspace;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bench {
    /// The validation of an ID token, beside others.
    Verify,
    /// A fresh access token, and the record of a launch.
    Tokens,
    /// Many callers who need a new access token at once, beside other libraries.
    Refresh,
    /// What a sign-in takes after the callback, without the provider's time.
    Callback {
        /// The operating system's credential store takes part, too.
        keyring: bool,
    },
    /// How the cost grows with the work.
    Scale,
    /// What a fleet of desktops asks of its provider.
    Fleet {
        /// Small fleets only.
        quick: bool,
    },
    /// From the start of the program to its painted window, beside others.
    Launch {
        /// A few rounds only.
        quick: bool,
    },
    /// What an open window costs, beside others.
    Weight,
}

/// Builds the program as the app is built, and measures.
pub(crate) fn run(bench: Bench, workspace: &Workspace, interrupt: &Interrupt) -> Result<()> {
    setup::core(interrupt)?;
    match bench {
        Bench::Verify => verify(workspace, interrupt),
        Bench::Tokens => measure("tokens", None, workspace, interrupt),
        Bench::Launch { quick: false } => launch::run(&["launch", "15", "5"], workspace, interrupt),
        Bench::Launch { quick: true } => launch::run(&["launch", "5", "0"], workspace, interrupt),
        Bench::Weight => launch::run(&["weight"], workspace, interrupt),
        Bench::Refresh => refresh::run(workspace, interrupt),
        Bench::Callback { keyring } => {
            measure("callback", keyring.then_some("--keyring"), workspace, interrupt)
        }
        Bench::Scale => measure("scale", None, workspace, interrupt),
        Bench::Fleet { quick } => measure("fleet", quick.then_some("--quick"), workspace, interrupt),
    }
}

fn measure(name: &str, option: Option<&str>, workspace: &Workspace, interrupt: &Interrupt) -> Result<()> {
    cargo::build_bench(workspace, name).run(interrupt)?;
    Task::new(workspace.release_program(name))
        .args(option)
        .dir(workspace.root())
        .run(interrupt)
}

/// Its peers' packages are installed first.
fn verify(workspace: &Workspace, interrupt: &Interrupt) -> Result<()> {
    setup::node::check(interrupt)?;
    let peers = workspace.root().join("benches/peers");
    setup::node::install(&peers, interrupt)?;
    cargo::build_bench(workspace, "verify").run(interrupt)?;
    Task::new(workspace.release_program("verify"))
        .args([peers.join("jose.mjs")])
        .dir(workspace.root())
        .hint("A busy machine widens the spread: see the A/A row.")
        .run(interrupt)
}
