//! The npm packages that the page is made of, from the page itself: it is built once more, with a map that names its sources.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::Work;
use crate::failure::{Doing, Failure, Result};
use crate::interrupt::Interrupt;
use crate::setup::node;
use crate::workspace::Workspace;

pub(super) fn made_of(workspace: &Workspace, interrupt: &Interrupt, folder: &Path) -> Result<Vec<Work>> {
    let page = folder.join("page");
    node::npm(&workspace.ui())
        .args(["run", "build", "--", "--sourcemap", "--emptyOutDir", "--outDir"])
        .args([&page])
        .run(interrupt)?;
    let modules = workspace.ui().join("node_modules");
    let mut works = Vec::new();
    for name in packages(&page.join("assets"))? {
        let package = modules.join(&name);
        let manifest = read_json(&package.join("package.json"))?;
        let text = |name: &str| manifest[name].as_str().unwrap_or_default();
        works.push(Work::read(
            format!("{name} {} (npm)", text("version")),
            text("license"),
            &package,
            text("homepage"),
        )?);
    }
    Ok(works)
}

/// The npm packages that the maps in this folder name.
fn packages(folder: &Path) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    let entries = fs::read_dir(folder).doing(format_args!("read {}", folder.display()))?;
    let maps = entries.flatten().map(|entry| entry.path());
    for map in maps.filter(|path| path.extension().is_some_and(|ending| ending == "map")) {
        let map = read_json(&map)?;
        let sources = map["sources"].as_array().into_iter().flatten();
        names.extend(sources.filter_map(Value::as_str).filter_map(package_of));
    }
    if names.is_empty() {
        return Err(Failure::new("the page's map names no npm package"));
    }
    Ok(names)
}

fn read_json(file: &Path) -> Result<Value> {
    let text = fs::read_to_string(file).doing(format_args!("read {}", file.display()))?;
    serde_json::from_str(&text).doing(format_args!("parse {}", file.display()))
}

/// The package a source file belongs to: `@scope/name` or `name` behind the last `node_modules`.
fn package_of(source: &str) -> Option<String> {
    let (_, path) = source.rsplit_once("node_modules/")?;
    let parts = if path.starts_with('@') { 2 } else { 1 };
    let name: Vec<&str> = path.split('/').take(parts).collect();
    Some(name.join("/"))
}

#[cfg(test)]
mod tests {
    use super::package_of;

    #[test]
    fn packages_are_known_by_their_folder() {
        let of = |source: &str| package_of(source);
        assert_eq!(of("../node_modules/svelte/src/x.js").as_deref(), Some("svelte"));
        assert_eq!(of("../node_modules/@a/b/c.js").as_deref(), Some("@a/b"));
        assert_eq!(of("../node_modules/a/node_modules/b/c.js").as_deref(), Some("b"));
        assert_eq!(of("../src/App.svelte"), None);
    }
}
