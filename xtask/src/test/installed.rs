//! The packages on this machine: they are installed for real, so nobody's own installation may be touched.

use std::fs;
use std::path::PathBuf;

use crate::cargo;
use crate::demo;
use crate::failure::{Doing, Failure, Result};
use crate::interrupt::Interrupt;
use crate::package::{self, Names};
use crate::setup;
use crate::tally::Tally;
use crate::task::Task;
use crate::workspace::Workspace;

/// What `cargo xtask package` has left, and the note that what is installed is ours.
#[derive(Debug)]
pub(super) struct Packages {
    name: String,
    deb: PathBuf,
    rpm: PathBuf,
    note: PathBuf,
}

impl Packages {
    /// Finds the packages and the right to install them.
    pub(super) fn find(workspace: &Workspace) -> Result<Self> {
        if !setup::has_apt() {
            return Err(Failure::new("the packages are tried on Debian and Ubuntu only"));
        }
        let folder = package::folder(workspace);
        let one = |ending: &str| {
            let entries = fs::read_dir(&folder).ok()?;
            let mut found = entries
                .flatten()
                .map(|entry| entry.path())
                .filter(|path| path.extension().is_some_and(|it| it == ending));
            found.next().filter(|_| found.next().is_none())
        };
        let missing = |ending: &str| {
            Failure::new(format_args!("target/packages holds no .{ending}, or several"))
                .advise("`cargo xtask package` makes the packages.")
        };
        Ok(Self {
            name: Names::of(workspace.root())?.program,
            deb: one("deb").ok_or_else(|| missing("deb"))?,
            rpm: one("rpm").ok_or_else(|| missing("rpm"))?,
            note: folder.join("installed-by-the-tests"),
        })
    }

    /// The installed program.
    pub(super) fn program(&self) -> PathBuf {
        PathBuf::from("/usr/bin").join(&self.name)
    }

    /// Refuses when the app is installed and not by us; removes what a run that was ended has left.
    pub(super) fn make_room(&self, interrupt: &Interrupt) -> Result<()> {
        let ours = self.note.is_file();
        if self.is_there(interrupt)? && !ours {
            return Err(Failure::new(format_args!(
                "{0} is installed on this machine, and not by this command: its tests would replace and remove it",
                self.name
            ))
            .advise(format_args!(
                "Remove it first (apt-get remove {}), or try the packages on another machine.",
                self.name
            )));
        }
        fs::write(&self.note, "").doing("note that what is installed is ours")?;
        if ours { self.purge(interrupt) } else { Ok(()) }
    }

    /// The tests of the packages themselves; they install and remove by themselves.
    pub(super) fn tests(&self, workspace: &Workspace, filter: Option<&str>) -> Result<Task> {
        let task = cargo::ignored_tests(workspace, &["package".to_owned()])
            .args(["--test-threads=1"])
            .args(filter)
            .env("LATCHKEY_DEB", &self.deb)
            .env("LATCHKEY_RPM", &self.rpm)
            .env("LATCHKEY_INSTALLED", self.program());
        Ok(demo::in_virtual_desktop(task, workspace)?.hint("What a failed test saw is in target/e2e/."))
    }

    /// Runs something while the .deb is installed, and removes it whatever comes of it.
    pub(super) fn while_installed(
        &self,
        interrupt: &Interrupt,
        run: impl FnOnce() -> Result<Tally>,
    ) -> Result<Tally> {
        let words = ["apt-get", "install", "-y", "--no-install-recommends"];
        setup::as_root(&words).args([&self.deb]).run(interrupt)?;
        let came_of_it = run();
        let purged = self.purge(&Interrupt::never());
        let tally = came_of_it?;
        purged.map(|()| tally)
    }

    fn purge(&self, interrupt: &Interrupt) -> Result<()> {
        if self.is_there(interrupt)? {
            setup::as_root(&["apt-get", "purge", "-y"])
                .args([&self.name])
                .run(interrupt)?;
        }
        fs::remove_file(&self.note).doing("remove the note")
    }

    /// Whether dpkg has anything of it.
    fn is_there(&self, interrupt: &Interrupt) -> Result<bool> {
        let query = Task::new("dpkg-query")
            .args(["--show", "--showformat", "${db:Status-Status}"])
            .args([&self.name])
            .read(interrupt)?;
        Ok(query.status.success() && query.stdout != "not-installed")
    }
}
