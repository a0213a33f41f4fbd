//! What a program and all it started weigh: memory, processor time, wake-ups.

use std::collections::BTreeMap;
use std::fs;

/// A process and its descendants, as they are now.
pub(crate) fn of(root: u32) -> Vec<u32> {
    let mut tree = vec![root];
    let parents: Vec<(u32, u32)> = pids().filter_map(|pid| Some((pid, parent(pid)?))).collect();
    let mut next = 0;
    while let Some(&pid) = tree.get(next) {
        tree.extend(
            parents
                .iter()
                .filter(|(_, parent)| *parent == pid)
                .map(|(child, _)| *child),
        );
        next += 1;
    }
    tree
}

/// The memory they need, each shared page divided among those who share it, in KiB: the sum of `Pss` in `smaps_rollup`.
pub(crate) fn memory(tree: &[u32]) -> u64 {
    let of = |pid: &u32| {
        let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("Pss:"))
            .unwrap_or_default();
        line.split_whitespace()
            .next()
            .and_then(|kib| kib.parse::<u64>().ok())
            .unwrap_or(0)
    };
    tree.iter().map(of).sum()
}

/// What they have done so far.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Done {
    /// Processor time, in hundredths of a second (the unit of `/proc` on Linux).
    pub(crate) ticks: u64,
    /// How often one of their threads stopped to wait: it was woken as often.
    pub(crate) waits: u64,
}

/// The difference between two looks at the same processes. A thread that is gone has taken its numbers along; that of the
/// processor time stays with its process.
pub(crate) fn between(tree: &[u32], before: &BTreeMap<(u32, u32), u64>, ticks: u64) -> Done {
    let waits = waits(tree)
        .into_iter()
        .map(|(thread, now)| now.saturating_sub(before.get(&thread).copied().unwrap_or(0)))
        .sum();
    Done {
        ticks: self::ticks(tree).saturating_sub(ticks),
        waits,
    }
}

/// Processor time so far.
pub(crate) fn ticks(tree: &[u32]) -> u64 {
    tree.iter()
        .filter_map(|pid| fields(*pid))
        .map(|fields| fields[11] + fields[12])
        .sum()
}

/// How often each thread waited so far.
pub(crate) fn waits(tree: &[u32]) -> BTreeMap<(u32, u32), u64> {
    let mut all = BTreeMap::new();
    for pid in tree {
        for thread in numbers(&format!("/proc/{pid}/task")) {
            let text = fs::read_to_string(format!("/proc/{pid}/task/{thread}/status")).unwrap_or_default();
            let count = text
                .lines()
                .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
            let count = count.and_then(|count| count.trim().parse().ok()).unwrap_or(0);
            all.insert((*pid, thread), count);
        }
    }
    all
}

fn pids() -> impl Iterator<Item = u32> {
    numbers("/proc")
}

fn numbers(folder: &str) -> impl Iterator<Item = u32> + use<> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

fn parent(pid: u32) -> Option<u32> {
    fields(pid)?.get(1).and_then(|parent| u32::try_from(*parent).ok())
}

/// The numbers of `/proc/PID/stat` after the name: the state (as 0), the parent, and so on.
fn fields(pid: u32) -> Option<Vec<u64>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(')')?;
    let fields: Vec<u64> = rest
        .split_whitespace()
        .map(|field| field.parse().unwrap_or(0))
        .collect();
    (fields.len() > 13).then_some(fields)
}

#[cfg(test)]
mod tests {
    use super::{memory, of, ticks, waits};

    #[test]
    fn this_process_is_its_own_tree_and_weighs_something() {
        let own = std::process::id();
        let tree = of(own);
        assert_eq!(tree[0], own);
        assert!(memory(&tree) > 100);
        assert!(waits(&tree).len() > 1);
        let before = ticks(&tree);
        assert!(ticks(&of(own)) >= before);
    }

    #[test]
    fn a_child_belongs_to_it() {
        let mut child = std::process::Command::new("sleep").arg("30").spawn().unwrap();
        assert!(of(std::process::id()).contains(&child.id()));
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
