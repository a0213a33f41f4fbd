//! `cargo xtask test`: everything that must hold, in parts, with a table and a count at the end.
//!
//! The order serves a machine with two cores and one target folder: what is quick and needs no compiler first, then
//! clippy, then one build that everything after it shares.

mod copy;
mod installed;
mod marks;
mod real;
pub(crate) mod report;

use crate::bindings;
use crate::cargo::{self, Scope};
use crate::failure::{Failure, Result};
use crate::interrupt::Interrupt;
use crate::print;
use crate::setup::{self, node};
use crate::tally::{self, Tally};
use crate::task::Task;
use crate::words::Part;
use crate::workspace::Workspace;

use installed::Packages;
use real::Suite;
use report::Report;

/// Runs a part, or everything.
pub(crate) fn run(
    workspace: &Workspace,
    interrupt: &Interrupt,
    part: Option<Part>,
    filter: Option<String>,
) -> Result<()> {
    let mut run = Run {
        workspace,
        interrupt,
        report: Report::default(),
    };
    let ended = match part {
        None => run.everything(),
        Some(Part::Core) => run.core(),
        Some(Part::Ui) => run.ui_alone(),
        Some(Part::E2e) => run.e2e_alone(filter.as_deref()),
        Some(Part::Package) => run.installed(filter.as_deref()),
    };
    match ended {
        Ok(()) | Err(Failure::Reported) => run.report.finish(),
        Err(failure) => Err(failure),
    }
}

struct Run<'a> {
    workspace: &'a Workspace,
    interrupt: &'a Interrupt,
    report: Report,
}

impl Run<'_> {
    fn everything(&mut self) -> Result<()> {
        let linux = cfg!(target_os = "linux");
        self.setup(if linux { setup::virtual_desktop } else { setup::app })?;
        self.check("formatting", cargo::fmt(self.workspace))?;
        let ui = self.ui()?;
        let provider = node::npm(&self.workspace.demo()).args(["test"]);
        self.tests("demo provider", provider, tally::node)?;
        self.check("clippy", cargo::clippy(self.workspace, Scope::Everything))?;
        self.check("documents", cargo::doc(self.workspace, Scope::Everything))?;
        let built = self.check("build", cargo::build_all(self.workspace))?;
        self.rust_tests(Scope::Everything)?;
        if !linux {
            print::note("The keyring and end-to-end tests run on Linux only.");
            return Ok(());
        }
        self.real("keyring", &Suite::keyring(self.workspace), None)?;
        if ui && built {
            self.e2e(None)
        } else {
            self.report.skip("end to end", "the app was not built");
            Ok(())
        }
    }

    fn core(&mut self) -> Result<()> {
        setup::core(self.interrupt)?;
        self.check("formatting", cargo::fmt(self.workspace))?;
        self.check("clippy", cargo::clippy(self.workspace, Scope::Core))?;
        self.check("documents", cargo::doc(self.workspace, Scope::Core))?;
        self.rust_tests(Scope::Core)
    }

    fn ui_alone(&mut self) -> Result<()> {
        self.setup(setup::ui)?;
        self.ui().map(|_| ())
    }

    fn e2e_alone(&mut self, filter: Option<&str>) -> Result<()> {
        if !cfg!(target_os = "linux") {
            return Err(Failure::new("the end-to-end tests run on Linux only"));
        }
        self.setup(setup::virtual_desktop)?;
        let ui = self.npm("UI build", "build")?;
        let built = self.check("build", cargo::build_all(self.workspace))?;
        if ui && built {
            return self.e2e(filter);
        }
        self.report.skip("end to end", "the app was not built");
        Ok(())
    }

    /// The packages, tried on this machine.
    fn installed(&mut self, filter: Option<&str>) -> Result<()> {
        let (workspace, interrupt) = (self.workspace, self.interrupt);
        let packages = Packages::find(workspace)?;
        self.setup(setup::packages)?;
        packages.make_room(interrupt)?;
        let tests = packages.tests(workspace, filter)?;
        self.tests("packages", tests, tally::libtest)?;
        let suite = Suite::installed(workspace, packages.program());
        self.report.part("end to end, installed", || {
            packages.while_installed(interrupt, || suite.run(workspace, interrupt, filter))
        })?;
        Ok(())
    }

    fn setup(&mut self, provide: fn(&Workspace, &Interrupt) -> Result<()>) -> Result<()> {
        let (workspace, interrupt) = (self.workspace, self.interrupt);
        print::step("what the tests need");
        let there = self.report.part("set-up", || {
            provide(workspace, interrupt).map(|()| Tally::default())
        })?;
        // Without it every other part would fail for the same reason.
        if there { Ok(()) } else { Err(Failure::Reported) }
    }

    fn ui(&mut self) -> Result<bool> {
        self.npm("UI formatting", "format:check")?;
        self.npm("UI lint", "lint")?;
        self.npm("UI types", "check")?;
        let tests = node::npm(&self.workspace.ui()).args(["test"]);
        self.tests("UI tests", tests, tally::vitest)?;
        self.npm("UI build", "build")
    }

    fn rust_tests(&mut self, scope: Scope) -> Result<()> {
        let workspace = self.workspace;
        bindings::forget(workspace)?;
        let passed = self.tests("Rust tests", cargo::test(workspace, scope), tally::libtest)?;
        if !passed && !bindings::generated(workspace)? {
            self.report.skip("bindings", "the tests did not compile");
            return Ok(());
        }
        print::step("bindings");
        self.report.part("bindings", || {
            bindings::check(workspace, scope).map(|()| Tally::default())
        })?;
        Ok(())
    }

    fn e2e(&mut self, filter: Option<&str>) -> Result<()> {
        if filter.is_none_or(|name| name.contains("rebrand")) {
            let (workspace, interrupt) = (self.workspace, self.interrupt);
            self.report.part("other names", || {
                copy::make(workspace, interrupt).map(|()| Tally::default())
            })?;
        }
        self.real("end to end", &Suite::end_to_end(self.workspace), filter)
    }

    fn real(&mut self, name: &'static str, suite: &Suite, filter: Option<&str>) -> Result<()> {
        let (workspace, interrupt) = (self.workspace, self.interrupt);
        self.report
            .part(name, || suite.run(workspace, interrupt, filter))?;
        Ok(())
    }

    fn npm(&mut self, name: &'static str, script: &str) -> Result<bool> {
        self.check(name, node::npm(&self.workspace.ui()).args(["run", script]))
    }

    fn check(&mut self, name: &'static str, task: Task) -> Result<bool> {
        let interrupt = self.interrupt;
        self.report
            .part(name, || task.run(interrupt).map(|()| Tally::default()))
    }

    fn tests(&mut self, name: &'static str, task: Task, count: fn(&str) -> Option<Tally>) -> Result<bool> {
        let interrupt = self.interrupt;
        self.report.part(name, || task.count(interrupt, count))
    }
}
