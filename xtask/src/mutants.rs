//! `cargo xtask mutants`: the rooms where a gap in the tests costs most, changed in many small ways.

use std::fs;
use std::path::PathBuf;

use crate::failure::{Doing, Failure, Result};
use crate::interrupt::Interrupt;
use crate::print;
use crate::setup;
use crate::task::Task;
use crate::workspace::Workspace;

/// Files, and the tests nearest to them: they are quick. What they miss is tried again with every test of the core.
struct Room {
    name: &'static str,
    files: &'static str,
    tests: &'static [&'static str],
}

/// Every room that is changed when no file is named.
const ROOMS: [Room; 6] = [
    Room {
        name: "id_token",
        files: "session/src/id_token/*.rs",
        tests: &["id_token::", "inside::"],
    },
    Room {
        name: "keys",
        files: "session/src/provider/keys.rs",
        tests: &["id_token::", "provider::", "inside::"],
    },
    Room {
        name: "callback",
        files: "session/src/callback.rs",
        tests: &["callback::", "inside::"],
    },
    Room {
        name: "request",
        files: "session/src/loopback/request.rs",
        tests: &["loopback::", "inside::"],
    },
    Room {
        name: "state",
        files: "session/src/state/*.rs",
        tests: &["state::"],
    },
    Room {
        name: "renewing",
        files: "session/src/effects/renew*.rs",
        tests: &[
            "actor_tests::renewing",
            "actor_tests::lost_answers",
            "actor_tests::journal",
            "actor_tests::several",
            "actor_tests::keeping",
        ],
    },
];

/// Changes the named files, each with the tests of its room; without names every room.
pub(crate) fn run(workspace: &Workspace, interrupt: &Interrupt, files: &[String]) -> Result<()> {
    setup::core(interrupt)?;
    setup::tool::CARGO_MUTANTS.provide(workspace, interrupt)?;
    let mut gaps = Vec::new();
    for (room, files) in chosen(files)? {
        match change(workspace, interrupt, room, &files) {
            Ok(()) => {}
            Err(Failure::Interrupted) => return Err(Failure::Interrupted),
            Err(_) => gaps.push(room.name),
        }
    }
    if gaps.is_empty() {
        return Ok(());
    }
    let lists = gaps
        .iter()
        .map(|name| format!("target/mutants/{name}/mutants.out"));
    print::note(format_args!(
        "missed.txt and timeout.txt tell the changes nobody noticed: {}",
        lists.collect::<Vec<_>>().join(", ")
    ));
    Err(Failure::Reported)
}

fn chosen(files: &[String]) -> Result<Vec<(&'static Room, Vec<String>)>> {
    if files.is_empty() {
        return Ok(ROOMS
            .iter()
            .map(|room| (room, vec![room.files.to_owned()]))
            .collect());
    }
    let mut chosen: Vec<(&Room, Vec<String>)> = Vec::new();
    for file in files {
        let room = ROOMS.iter().find(|room| room.holds(file)).ok_or_else(|| {
            let all: Vec<_> = ROOMS.iter().map(|room| room.files).collect();
            Failure::Usage(format!("`{file}` is in none of these: {}", all.join(", ")))
        })?;
        match chosen.iter_mut().find(|(known, _)| known.name == room.name) {
            Some((_, files)) => files.push(file.clone()),
            None => chosen.push((room, vec![file.clone()])),
        }
    }
    Ok(chosen)
}

impl Room {
    fn holds(&self, file: &str) -> bool {
        let (start, end) = self.files.split_once('*').unwrap_or((self.files, ""));
        file.len() >= start.len() + end.len() && file.starts_with(start) && file.ends_with(end)
    }
}

/// First with the room's own tests, then, for what they did not notice, with all of the core's.
fn change(workspace: &Workspace, interrupt: &Interrupt, room: &Room, files: &[String]) -> Result<()> {
    let output: PathBuf = workspace.root().join("target/mutants").join(room.name);
    fs::create_dir_all(&output).doing(format_args!("make {}", output.display()))?;
    print::note(format_args!("room {}: {}", room.name, files.join(" ")));
    // In a copy of the repository, so that nobody is in the way; what the copies share is compiled once.
    let pass = |again: Option<&str>, tests: &[&str]| {
        Task::new(setup::tool::CARGO_MUTANTS.path(workspace))
            .args(["mutants", "--package", "latchkey-session", "--profile", "mutants"])
            .args(["--minimum-test-timeout", "60", "--no-shuffle"])
            .args(again)
            .args(["--output"])
            .args([&output])
            .args(files.iter().flat_map(|file| ["--file", file]))
            .args(["--", "--lib", "--"])
            .args(tests)
            .env("CARGO_TARGET_DIR", workspace.root().join("target/mutants/build"))
            .dir(workspace.root())
            .run(interrupt)
    };
    match pass(None, room.tests) {
        Err(Failure::Broken { .. }) => pass(Some("--iterate"), &[]),
        done => done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_goes_to_its_room() {
        let files = ["session/src/state/live.rs", "session/src/callback.rs"].map(str::to_owned);
        let rooms: Vec<_> = chosen(&files)
            .unwrap()
            .iter()
            .map(|(room, _)| room.name)
            .collect();
        assert_eq!(rooms, ["state", "callback"]);
        assert!(chosen(&["session/src/lib.rs".to_owned()]).is_err());
        assert_eq!(chosen(&[]).unwrap().len(), ROOMS.len());
    }
}
