//! The UI's TypeScript types, generated from the Rust types and committed; whether they still agree.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::Instant;

use crate::cargo::{self, Scope};
use crate::failure::{Doing, Failure, Result};
use crate::interrupt::Interrupt;
use crate::print;
use crate::setup;
use crate::workspace::Workspace;

/// File names and contents.
type Files = BTreeMap<String, String>;

/// `cargo xtask bindings`: generates and replaces what is committed.
pub(crate) fn regenerate(workspace: &Workspace, interrupt: &Interrupt) -> Result<()> {
    setup::app(workspace, interrupt)?;
    forget(workspace)?;
    cargo::bindings(workspace).run(interrupt)?;
    let begun = Instant::now();
    let (fresh, committed) = both(workspace)?;
    let folder = workspace.bindings();
    fs::create_dir_all(&folder).doing(format_args!("make {}", folder.display()))?;
    for name in committed.keys().filter(|name| !fresh.contains_key(*name)) {
        fs::remove_file(folder.join(name)).doing(format_args!("remove {name}"))?;
    }
    for (name, text) in &fresh {
        if committed.get(name) != Some(text) {
            fs::write(folder.join(name), text).doing(format_args!("write {name}"))?;
        }
    }
    print::done(
        format_args!("{} types in ui/src/bindings", fresh.len()),
        begun.elapsed(),
    );
    Ok(())
}

/// Drops what an earlier run generated, so that a type that is gone is noticed.
pub(crate) fn forget(workspace: &Workspace) -> Result<()> {
    let folder = workspace.fresh_bindings();
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).doing(format_args!("empty {}", folder.display()))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Whether the tests have come as far as writing any type.
pub(crate) fn generated(workspace: &Workspace) -> Result<bool> {
    Ok(!read(&workspace.fresh_bindings())?.is_empty())
}

/// Compares what the tests have just generated with what is committed. The core alone does not generate the shell's types.
pub(crate) fn check(workspace: &Workspace, scope: Scope) -> Result<()> {
    let (fresh, mut committed) = both(workspace)?;
    if scope == Scope::Core {
        committed.retain(|name, _| fresh.contains_key(name));
    }
    let differing = differences(&fresh, &committed);
    if differing.is_empty() {
        return Ok(());
    }
    let what = format!(
        "ui/src/bindings does not agree with the Rust types: {}",
        differing.join(", ")
    );
    Err(Failure::new(what).advise("`cargo xtask bindings` writes them anew."))
}

fn both(workspace: &Workspace) -> Result<(Files, Files)> {
    let fresh = read(&workspace.fresh_bindings())?;
    if fresh.is_empty() {
        return Err(Failure::new("no types were generated")
            .advise("Their tests are called export_bindings_… in the core crate."));
    }
    Ok((fresh, read(&workspace.bindings())?))
}

fn read(folder: &Path) -> Result<Files> {
    let mut files = Files::new();
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(files);
    };
    for entry in entries
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|ending| ending == "ts"))
    {
        let text = fs::read_to_string(entry.path()).doing(format_args!("read {}", entry.path().display()))?;
        // Git may have changed the line ends on Windows.
        files.insert(
            entry.file_name().to_string_lossy().into_owned(),
            text.replace("\r\n", "\n"),
        );
    }
    Ok(files)
}

fn differences(fresh: &Files, committed: &Files) -> Vec<String> {
    let names: BTreeSet<&String> = fresh.keys().chain(committed.keys()).collect();
    let tell = |name: &String| match (fresh.get(name), committed.get(name)) {
        (Some(_), None) => Some(format!("{name} is missing")),
        (None, Some(_)) => Some(format!("{name} is no longer generated")),
        (fresh, committed) => (fresh != committed).then(|| format!("{name} differs")),
    };
    names.into_iter().filter_map(tell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(entries: &[(&str, &str)]) -> Files {
        entries
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect()
    }

    #[test]
    fn every_kind_of_drift_is_named() {
        let fresh = files(&[("A.ts", "a"), ("B.ts", "b"), ("C.ts", "c")]);
        let committed = files(&[("A.ts", "a"), ("B.ts", "old"), ("D.ts", "d")]);
        assert_eq!(
            differences(&fresh, &committed),
            ["B.ts differs", "C.ts is missing", "D.ts is no longer generated"]
        );
        assert!(differences(&fresh, &fresh).is_empty());
    }
}
