//! The crates that are compiled in on this system, from what cargo says: no build tools, no tests, nothing for other systems.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use super::Work;
use crate::cargo;
use crate::failure::{Doing, Failure, Result};
use crate::interrupt::Interrupt;
use crate::workspace::Workspace;

pub(super) fn compiled_in(workspace: &Workspace, interrupt: &Interrupt) -> Result<Vec<Work>> {
    let told = cargo::metadata(workspace).read(interrupt)?;
    if !told.status.success() {
        return Err(Failure::new("cargo does not tell what is compiled in"));
    }
    let metadata: Value = serde_json::from_str(&told.stdout).doing("understand what cargo tells")?;
    let packages: BTreeMap<&str, &Value> = list(&metadata["packages"])
        .filter_map(|package| Some((package["id"].as_str()?, package)))
        .collect();
    let mut works = Vec::new();
    for id in reached(&metadata) {
        let Some(package) = packages.get(id) else { continue };
        // What has no source is ours.
        if package["source"].is_null() {
            continue;
        }
        works.push(work(package)?);
    }
    works.sort_by(|a, b| a.name.cmp(&b.name));
    if works.is_empty() {
        return Err(Failure::new("cargo names no crate that is compiled in"));
    }
    Ok(works)
}

fn work(package: &Value) -> Result<Work> {
    let text = |name: &str| package[name].as_str().unwrap_or_default();
    let authors: Vec<&str> = list(&package["authors"]).filter_map(Value::as_str).collect();
    let manifest = Path::new(text("manifest_path"));
    Work::read(
        format!("{} {}", text("name"), text("version")),
        text("license"),
        manifest.parent().unwrap_or(manifest),
        &format!("{} {}", authors.join(", "), text("repository")),
    )
}

/// The packages reached from the root by what is compiled in: not through procedural macros, which only write code.
fn reached(metadata: &Value) -> BTreeSet<&str> {
    let macros: BTreeSet<&str> = list(&metadata["packages"])
        .filter(|package| {
            list(&package["targets"]).any(|target| list(&target["kind"]).any(|it| it == "proc-macro"))
        })
        .filter_map(|package| package["id"].as_str())
        .collect();
    let nodes: BTreeMap<&str, &Value> = list(&metadata["resolve"]["nodes"])
        .filter_map(|node| Some((node["id"].as_str()?, node)))
        .collect();
    let mut reached = BTreeSet::new();
    let mut next: Vec<&str> = metadata["resolve"]["root"].as_str().into_iter().collect();
    while let Some(id) = next.pop() {
        if macros.contains(id) || !reached.insert(id) {
            continue;
        }
        let Some(node) = nodes.get(id) else { continue };
        let normal = list(&node["deps"])
            .filter(|dependency| list(&dependency["dep_kinds"]).any(|it| it["kind"].is_null()))
            .filter_map(|dependency| dependency["pkg"].as_str());
        next.extend(normal);
    }
    reached
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_is_compiled_in_counts() {
        let kind = |kind: Value| json!([{ "kind": kind }]);
        let node = |id: &str, deps: Value| json!({ "id": id, "deps": deps });
        let metadata = json!({
            "packages": [
                { "id": "root", "targets": [{ "kind": ["bin"] }] },
                { "id": "derive", "targets": [{ "kind": ["proc-macro"] }] },
            ],
            "resolve": { "root": "root", "nodes": [
                node("root", json!([
                    { "pkg": "library", "dep_kinds": kind(json!(null)) },
                    { "pkg": "tool", "dep_kinds": kind(json!("build")) },
                    { "pkg": "tests", "dep_kinds": kind(json!("dev")) },
                    { "pkg": "derive", "dep_kinds": kind(json!(null)) },
                ])),
                node("library", json!([{ "pkg": "deeper", "dep_kinds": kind(json!(null)) }])),
                node("derive", json!([{ "pkg": "syntax", "dep_kinds": kind(json!(null)) }])),
            ]},
        });
        let found: Vec<&str> = reached(&metadata).into_iter().collect();
        assert_eq!(found, ["deeper", "library", "root"]);
    }
}
