//! `cargo xtask`: the two commands of the README and the small ones behind them.
//!
//! [`words`] is what was asked. [`setup`] brings what the machine lacks, [`test`] checks everything, [`demo`] shows it,
//! [`faults`] proves what happens when things go wrong; [`fuzz`], [`mutants`] and [`bench`] look deeper than the tests;
//! [`cross`] goes to other operating systems as far as Linux can; [`gallery`] looks at every state of the window, [`rebrand`] makes
//! another product of it, [`package`] makes what people download. `conformance` is one test of the core, which writes its page.
//! Whatever is started goes through [`task`] (runs to its end) or [`demo::provider`] and [`demo::app`] (run until they
//! are ended), so that [`interrupt`] reaches all of it.

mod bench;
mod bindings;
mod cargo;
mod cross;
mod demo;
mod environment;
mod failure;
mod faults;
mod fuzz;
mod gallery;
mod interrupt;
mod mutants;
mod package;
mod print;
mod product;
mod rebrand;
mod setup;
mod tally;
mod task;
mod test;
mod words;
mod workspace;

use std::process::ExitCode;

use failure::Failure;
use interrupt::Interrupt;
use words::Ask;
use workspace::Workspace;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            print::failure(&failure);
            failure.exit_code()
        }
    }
}

fn run() -> Result<(), Failure> {
    let ask = Ask::parse(environment::words())?;
    let workspace = Workspace::here();
    let interrupt = Interrupt::listen()?;
    match ask {
        Ask::Help(topic) => {
            print::line(topic.text());
            Ok(())
        }
        Ask::Setup { yes } => setup::everything(&workspace, &interrupt, consent(yes)),
        Ask::Demo { headless } => demo::run(&workspace, &interrupt, headless),
        Ask::Test { part, filter } => test::run(&workspace, &interrupt, part, filter),
        Ask::Faults { quick, parts } => faults::run(&workspace, &interrupt, quick, &parts),
        Ask::Fuzz { minutes, targets } => fuzz::run(&workspace, &interrupt, minutes, &targets),
        Ask::Mutants { files } => mutants::run(&workspace, &interrupt, &files),
        Ask::Bench(which) => bench::run(which, &workspace, &interrupt),
        Ask::Cross { yes, platforms } => cross::run(&workspace, &interrupt, consent(yes), &platforms),
        Ask::Package { appimage } => package::run(&workspace, &interrupt, appimage),
        Ask::Gallery { check } => gallery::run(&workspace, &interrupt, check),
        Ask::Rebrand(asked) => rebrand::run(&workspace, &interrupt, &asked),
        Ask::Bindings => bindings::regenerate(&workspace, &interrupt),
        Ask::Conformance => {
            setup::core(&interrupt)?;
            cargo::conformance(&workspace).run(&interrupt)
        }
    }
}

fn consent(yes: bool) -> setup::Consent {
    if yes {
        setup::Consent::Given
    } else {
        setup::Consent::Ask
    }
}
