//! A copy of this checkout under other names, built beside the original: what the story of two products needs.
//!
//! It is built into the same target folder, so that what is not its own is compiled once. Its crates have another version, because
//! cargo tells crates of two checkouts apart by that alone; its program has another name. That nothing of the original is built
//! anew, or over, is checked afterwards.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cargo;
use crate::failure::{Doing, Failure, Result};
use crate::interrupt::Interrupt;
use crate::print;
use crate::product::Product;
use crate::rebrand;
use crate::setup::node;
use crate::words::Rebrand;
use crate::workspace::Workspace;

/// What it is called: nothing of it may be the original's, whatever that is called by now.
const NAMES: [(&str, &str); 2] = [
    ("Acme Notes", "com.acme.notes"),
    ("Bits & Bobs", "org.example.bits-bobs"),
];
/// What nobody needs in a copy: what was built, what was installed, what is large.
const LEFT_OUT: [&str; 7] = [
    ".git",
    "target",
    "node_modules",
    "ui/dist",
    "docs/screens",
    "fuzz/corpus",
    "fuzz/artifacts",
];

/// Where the copy is.
pub(crate) fn place(workspace: &Workspace) -> PathBuf {
    workspace.root().join("target/rebranded")
}

/// Makes it, from the files as they are.
pub(crate) fn make(workspace: &Workspace, interrupt: &Interrupt) -> Result<()> {
    let copy = place(workspace);
    if copy.exists() {
        fs::remove_dir_all(&copy).doing(format_args!("remove {}", copy.display()))?;
    }
    copy_folder(workspace.root(), &copy)?;
    let original = Product::of(workspace.root())?;
    let names = NAMES.iter().find(|(name, _)| *name != original.name);
    let (name, identifier) = names.copied().unwrap_or_default();
    print::step(format_args!("a copy of this checkout as {name}"));
    let asked = Rebrand {
        name: Some(name.to_owned()),
        identifier: Some(identifier.to_owned()),
        accent: Some("#c2255c".to_owned()),
        at: Some(copy.clone()),
        allow_dirty: true,
        ..Rebrand::default()
    };
    rebrand::run(workspace, interrupt, &asked)?;
    give_versions_of_its_own(&copy)?;
    build(workspace, interrupt, &original, &copy)
}

fn build(workspace: &Workspace, interrupt: &Interrupt, original: &Product, copy: &Path) -> Result<()> {
    let theirs = workspace.debug_program(&original.program);
    let written = |file: &Path| fs::metadata(file).and_then(|it| it.modified()).ok();
    let before = written(&theirs);
    link(
        &workspace.ui().join("node_modules"),
        &copy.join("ui/node_modules"),
    )?;
    node::npm(&copy.join("ui"))
        .args(["run", "build"])
        .run(interrupt)?;
    let ours = Product::of(copy)?.program;
    // One of an earlier run must not stand in for it.
    let _ = fs::remove_file(workspace.debug_program(&ours));
    cargo::build_program(workspace, copy, &ours).run(interrupt)?;
    let again = cargo::build_program(workspace, workspace.root(), &original.program)
        .args(["--message-format", "json"])
        .read(interrupt)?;
    let built = built_anew(&again.stdout);
    if !again.status.success() || !built.is_empty() || written(&theirs) != before {
        return Err(Failure::new(format_args!(
            "building the copy has touched what was built of the original: {}",
            built.join(", ")
        )));
    }
    Ok(())
}

/// What cargo had to build, by its own account (`--message-format json`).
fn built_anew(messages: &str) -> Vec<String> {
    let messages = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    messages
        .filter(|message| message["reason"] == "compiler-artifact" && message["fresh"] == false)
        .map(|message| message["target"]["name"].as_str().unwrap_or("?").to_owned())
        .collect()
}

/// Cargo's hash of a crate in a workspace is made of its place in the workspace, its name and its version.
fn give_versions_of_its_own(copy: &Path) -> Result<()> {
    let file = copy.join("Cargo.toml");
    let text = fs::read_to_string(&file).doing(format_args!("read {}", file.display()))?;
    let changed = text
        .split_once("[workspace.package]\nversion = \"")
        .and_then(|(before, after)| {
            let (version, after) = after.split_once('"')?;
            Some(format!(
                "{before}[workspace.package]\nversion = \"{version}-rebranded\"{after}"
            ))
        });
    let changed = changed
        .ok_or_else(|| Failure::new("Cargo.toml has no [workspace.package] that begins with a version"))?;
    fs::write(&file, changed).doing(format_args!("write {}", file.display()))
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).doing(format_args!("make {}", to.display()))?;
    for entry in fs::read_dir(from).doing(format_args!("read {}", from.display()))? {
        let entry = entry.doing(format_args!("read {}", from.display()))?;
        let (path, name) = (entry.path(), entry.file_name());
        if LEFT_OUT.iter().any(|left_out| path.ends_with(left_out)) {
            continue;
        }
        let kind = entry
            .file_type()
            .doing(format_args!("look at {}", path.display()))?;
        if kind.is_dir() {
            copy_folder(&path, &to.join(name))?;
        } else if kind.is_file() {
            fs::copy(&path, to.join(name)).doing(format_args!("copy {}", path.display()))?;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn link(from: &Path, to: &Path) -> Result<()> {
    std::os::unix::fs::symlink(from, to).doing(format_args!("link {}", to.display()))
}

#[cfg(not(unix))]
fn link(_from: &Path, _to: &Path) -> Result<()> {
    Err(Failure::new("the story of two products is told on Linux"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_built_is_told_apart_from_what_was_there() {
        let messages = r#"
{"reason":"compiler-artifact","target":{"name":"serde"},"fresh":true}
{"reason":"compiler-artifact","target":{"name":"latchkey"},"fresh":false}
{"reason":"build-finished","success":true}"#;
        assert_eq!(built_anew(messages), ["latchkey"]);
    }

    #[test]
    fn a_copy_is_without_what_was_built() {
        let folder = std::env::temp_dir().join(format!("xtask-copy-{}", std::process::id()));
        let (from, to) = (folder.join("from"), folder.join("to"));
        for file in [
            "a/b.rs",
            "a/target/c",
            "ui/node_modules/d",
            "docs/screens/e",
            "ui/src/screens/f",
            "Cargo.toml",
            ".cargo/config.toml",
        ] {
            let file = from.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "[workspace.package]\nversion = \"1.2.3\"\nedition").unwrap();
        }
        copy_folder(&from, &to).unwrap();
        assert!(to.join("a/b.rs").exists() && to.join(".cargo/config.toml").exists());
        assert!(!to.join("a/target").exists() && !to.join("ui/node_modules").exists());
        assert!(!to.join("docs/screens").exists() && to.join("ui/src/screens/f").exists());
        give_versions_of_its_own(&to).unwrap();
        let text = fs::read_to_string(to.join("Cargo.toml")).unwrap();
        assert!(text.contains("version = \"1.2.3-rebranded\"\n"), "{text}");
        fs::remove_dir_all(&folder).unwrap();
    }
}
