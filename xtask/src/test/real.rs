//! The tests that need the real thing: a credential store, the app itself. They are marked
//! `#[ignore = "cargo xtask test e2e"]`, so that plain `cargo test` passes anywhere; here they run, and are counted.

use std::fs;
use std::path::{Path, PathBuf};

use super::{copy, marks};
use crate::cargo;
use crate::demo;
use crate::failure::{Doing, Failure, Result};
use crate::interrupt::Interrupt;
use crate::print;
use crate::tally::{self, Tally};
use crate::workspace::Workspace;

/// Marked tests that are run together.
#[derive(Debug)]
pub(crate) struct Suite {
    /// Where their sources are.
    folder: PathBuf,
    /// Fewer than this there never were.
    at_least: u32,
    /// What else the test runner is told.
    options: &'static [&'static str],
    /// The program of the installed app, if it is about that one.
    installed: Option<PathBuf>,
}

/// Stories that only a debug build can tell, or a machine on which no package has registered the links.
const OF_THE_BUILD_TREE: [&str; 6] = [
    "a_handler_without_the_link_is_noticed_and_mended",
    "signs_in_by_its_own_scheme_beside_the_original",
    "registers_its_file_and_where_that_was_moved_to",
    "finds_the_one_thing_that_is_broken",
    "finds_what_is_wrong_with_the_way_of_a_link",
    "the_browser_delivers_the_callback_to_the_handler",
];

impl Suite {
    /// The core's tests of the operating system's store. Each has a bus and a keyring of its own; `inside` is what they
    /// run there.
    pub(crate) fn keyring(workspace: &Workspace) -> Self {
        Self {
            folder: workspace.root().join("session/tests"),
            at_least: 5,
            options: &["--skip", "inside"],
            installed: None,
        }
    }

    /// The end-to-end tests. Each has a display, a bus, a keyring, a provider and a browser of its own; more at a time
    /// would wait for the processor.
    pub(crate) fn end_to_end(workspace: &Workspace) -> Self {
        Self {
            folder: workspace.e2e().join("tests"),
            at_least: 13,
            options: &["--test-threads=2"],
            installed: None,
        }
    }

    /// The same tests of the installed app, but for a few.
    pub(crate) fn installed(workspace: &Workspace, program: PathBuf) -> Self {
        Self {
            installed: Some(program),
            ..Self::end_to_end(workspace)
        }
    }

    /// Runs them all, or those with this in their name.
    pub(crate) fn run(
        &self,
        workspace: &Workspace,
        interrupt: &Interrupt,
        filter: Option<&str>,
    ) -> Result<Tally> {
        let task = cargo::ignored_tests(workspace, &targets(&self.folder)?)
            .args(self.options)
            .args(filter);
        let task = match &self.installed {
            Some(program) => OF_THE_BUILD_TREE
                .iter()
                .fold(task, |task, name| task.args(["--skip", name]))
                .env("LATCHKEY_INSTALLED", program),
            None => task,
        };
        let task =
            demo::in_virtual_desktop(task, workspace)?.hint("What a failed test saw is in target/e2e/.");
        let task = task.env("LATCHKEY_REBRANDED", copy::place(workspace));
        let mut tally = task.count(interrupt, tally::libtest)?;
        match filter {
            Some(name) if tally.ran() == 0 && self.installed.is_none() => {
                return Err(Failure::new(format_args!(
                    "no end-to-end test has `{name}` in its name"
                )));
            }
            Some(_) => {}
            None => {
                let skipped = self.installed.as_ref().map_or(0, |_| OF_THE_BUILD_TREE.len());
                let marked =
                    marks::count_in(&self.folder)?.saturating_sub(u32::try_from(skipped).unwrap_or(0));
                let missing = missing(marked, self.at_least, tally.ran());
                if missing > 0 {
                    print::note(format_args!(
                        "{} tests ran, {missing} fewer than there should be.",
                        tally.ran()
                    ));
                    tally.failed += missing;
                }
            }
        }
        Ok(tally)
    }
}

/// How many did not run, of those that are marked and never fewer than the floor.
fn missing(marked: u32, at_least: u32, ran: u32) -> u32 {
    marked.max(at_least).saturating_sub(ran)
}

/// The test targets with a marked test, among those cargo finds by itself: files, and folders with a main.rs.
fn targets(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)
        .doing(format_args!("read {}", folder.display()))?
        .flatten()
    {
        let path = entry.path();
        let is_target =
            path.join("main.rs").is_file() || path.extension().is_some_and(|ending| ending == "rs");
        if let (true, Some(name)) = (is_target && marks::count_in(&path)? > 0, path.file_stem()) {
            names.push(name.to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_than_marked_or_than_the_floor_is_noticed() {
        assert_eq!(missing(20, 13, 20), 0);
        assert_eq!(missing(20, 13, 18), 2);
        assert_eq!(missing(0, 13, 0), 13);
        assert_eq!(missing(20, 13, 21), 0);
    }

    #[test]
    fn only_targets_with_a_mark_are_chosen() {
        let folder = std::env::temp_dir().join(format!("xtask-targets-{}", std::process::id()));
        let mark = "#[ignore = \"cargo xtask test e2e\"]\n";
        fs::create_dir_all(folder.join("stories")).unwrap();
        fs::create_dir_all(folder.join("shared")).unwrap();
        for (file, text) in [
            ("stories/main.rs", "mod a;"),
            ("stories/a.rs", mark),
            ("shared/mod.rs", mark),
            ("plain.rs", ""),
        ] {
            fs::write(folder.join(file), text).unwrap();
        }
        fs::write(folder.join("keyring.rs"), mark).unwrap();
        assert_eq!(targets(&folder).unwrap(), ["keyring", "stories"]);
        assert_eq!(marks::count_in(&folder).unwrap(), 3);
        fs::remove_dir_all(&folder).unwrap();
    }
}
