//! `cargo xtask cross`: the project on Windows and macOS, as far as a Linux machine can go.
//!
//! What is built for Windows is run ([`wine`], [`app`]); what only Apple's or Microsoft's linker could finish is type-checked, tests
//! and all. [`toolchain`] is the compiler for it. The end-to-end tests of the real window stay with Linux.

mod app;
mod toolchain;
mod wine;

use crate::failure::Result;
use crate::interrupt::Interrupt;
use crate::setup::{self, Consent};
use crate::tally::{self, Tally};
use crate::task::Task;
use crate::test::report::Report;
use crate::words::Platform;
use crate::workspace::Workspace;
use toolchain::{Target, Toolchain};
use wine::Wine;

/// What is built and run for Windows, always with one feature set, so that it is compiled once.
const RUN: [&str; 8] = [
    "--package",
    "latchkey",
    "--package",
    "latchkey-session",
    "--package",
    "latchkey-metadata",
    "--features",
    "latchkey/windowless",
];
/// The tests that write to the real credential store have this in their name.
const REAL_STORE: &str = "real_store";

/// Everything for these platforms; the table at the end says what came of it.
pub(crate) fn run(
    workspace: &Workspace,
    interrupt: &Interrupt,
    consent: Consent,
    platforms: &[Platform],
) -> Result<()> {
    let (windows, macos) = (
        platforms.contains(&Platform::Windows),
        platforms.contains(&Platform::Macos),
    );
    let mut targets = Vec::new();
    if windows {
        targets.extend([Target::WindowsGnu, Target::WindowsMsvc]);
        setup::cross::windows(consent, interrupt)?;
    }
    if macos {
        targets.push(Target::Macos);
    }
    let toolchain = Toolchain::find(workspace, &targets, consent, interrupt)?;
    let mut report = Report::default();
    if windows {
        on_windows(&mut report, &toolchain, workspace, interrupt)?;
        report.part("Windows types", || {
            types(&toolchain, Target::WindowsMsvc, interrupt)
        })?;
    }
    if macos {
        report.part("macOS types", || types(&toolchain, Target::Macos, interrupt))?;
    }
    report.finish()
}

fn on_windows(
    report: &mut Report,
    toolchain: &Toolchain,
    workspace: &Workspace,
    interrupt: &Interrupt,
) -> Result<()> {
    let built = report.part("Windows build", || {
        // The examples are named for their dev-dependencies: without them cargo would compile half of it twice.
        for_windows(toolchain, "build")
            .args(["--bins", "--examples"])
            .run(interrupt)?;
        for_windows(toolchain, "test")
            .args(["--lib", "--bins", "--tests", "--no-run"])
            .run(interrupt)?;
        Ok(Tally::default())
    })?;
    if !built {
        report.skip("Windows run", "it was not built");
        return Ok(());
    }
    let wine = Wine::prepare(workspace, interrupt)?;
    report.part("Windows tests", || {
        let tests = for_windows(toolchain, "test").args(["--lib", "--bins", "--tests", "--no-fail-fast"]);
        wine.within(tests).count(interrupt, tally::libtest)
    })?;
    report.part("Windows store", || {
        let tests = for_windows(toolchain, "test")
            .args(["--lib", "--tests", "--no-fail-fast"])
            .args(["--", "--ignored", REAL_STORE]);
        wine.within(tests).count(interrupt, tally::libtest)
    })?;
    report.part("Windows app", || app::check(workspace, &wine, interrupt))?;
    Ok(())
}

/// A cargo command about what is run, linked by mingw-w64 and run by wine.
fn for_windows(toolchain: &Toolchain, command: &str) -> Task {
    toolchain
        .cargo(command, Target::WindowsGnu)
        .args(RUN)
        .env(
            "CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER",
            "x86_64-w64-mingw32-gcc",
        )
        .env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER", "wine")
}

fn types(toolchain: &Toolchain, target: Target, interrupt: &Interrupt) -> Result<Tally> {
    toolchain.check(target)?.run(interrupt)?;
    Ok(Tally { passed: 1, failed: 0 })
}
