//! What is in a process's memory, as a core dump would hold it: read from `/proc/PID/mem` while it lives.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;

use crate::failure::{Doing, Result};
use crate::needles::Needles;
use crate::processes::Process;

/// The size of a page on the machines these tests run on, in bytes.
const PAGE: usize = 4096;
/// Entries of a page map that are read at a time.
const ENTRIES: usize = 64 << 10;

/// How often a kind of secret was found, by process, kind of memory, kind of secret, and form.
pub type Counts = BTreeMap<(String, &'static str, String, &'static str), usize>;

/// A part of a process's memory.
struct Region {
    from: usize,
    to: usize,
    kind: &'static str,
}

/// Counts what is found in the memory of a process, and how many bytes were searched. What is only a copy of a file's
/// content is left out, as a core dump leaves it out.
///
/// # Errors
/// The process is gone, or nobody may read it.
pub fn search(process: &Process, needles: &Needles) -> Result<(Counts, u64)> {
    let folder = format!("/proc/{}", process.pid);
    let maps = fs::read_to_string(format!("{folder}/maps")).doing("read a process's map")?;
    let memory = File::open(format!("{folder}/mem")).doing("open a process's memory")?;
    let pages = File::open(format!("{folder}/pagemap")).doing("open a process's page map")?;
    let (mut counts, mut searched) = (Counts::new(), 0);
    for region in maps.lines().filter_map(parse) {
        for (from, to) in used(&pages, &region) {
            let mut content = vec![0; to - from];
            // What has just gone cannot be read.
            let read = memory.read_at(&mut content, from as u64).unwrap_or(0);
            for find in needles.find(&content[..read]) {
                let place = (process.name.clone(), region.kind, find.kind, find.form);
                *counts.entry(place).or_default() += 1;
            }
            searched += read as u64;
        }
    }
    Ok((counts, searched))
}

/// The parts of a region that were ever used. Programs reserve far more than they use, and the rest is zeros.
fn used(pages: &File, region: &Region) -> Vec<(usize, usize)> {
    let mut parts: Vec<(usize, usize)> = Vec::new();
    let mut entries = vec![0; 8 * ENTRIES];
    for group in (region.from..region.to).step_by(PAGE * ENTRIES) {
        let count = ((region.to - group) / PAGE).min(ENTRIES);
        let wanted = &mut entries[..8 * count];
        let read = pages.read_at(wanted, (group / PAGE * 8) as u64).unwrap_or(0);
        for (page, entry) in wanted[..read].chunks_exact(8).enumerate() {
            // The two highest bits: in memory, or swapped out.
            if entry[7] & 0b1100_0000 == 0 {
                continue;
            }
            let from = group + page * PAGE;
            match parts.last_mut() {
                Some((_, to)) if *to == from => *to += PAGE,
                Some(_) | None => parts.push((from, from + PAGE)),
            }
        }
    }
    parts
}

/// A line of `/proc/PID/maps`, when it may hold anything of the process's own.
fn parse(line: &str) -> Option<Region> {
    let mut fields = line.split_whitespace();
    let (range, rights) = (fields.next()?, fields.next()?);
    let name = fields.nth(3).unwrap_or_default();
    let (from, to) = range.split_once('-')?;
    let kind = match name {
        "[heap]" => "heap",
        "[stack]" => "main stack",
        "" => "anonymous",
        _ if name.starts_with("[v") => return None, // vdso, vvar, vsyscall
        _ if name.starts_with('[') => "anonymous",
        _ if name.starts_with("/memfd") || name.starts_with("/dev/shm") => "shared",
        _ if rights.contains('w') => "a library's variables",
        _ => return None,
    };
    rights.starts_with('r').then_some(())?;
    Some(Region {
        from: usize::from_str_radix(from, 16).ok()?,
        to: usize::from_str_radix(to, 16).ok()?,
        kind,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::processes;

    #[test]
    fn a_secret_in_our_own_memory_is_found() {
        let process = processes::family(std::process::id()).remove(0);
        let secret = format!("a secret of this test {:p}", &raw const process);
        let needles = Needles::of(&[("test".to_owned(), secret.clone())]);
        let (counts, searched) = search(&process, &needles).unwrap();
        assert!(searched > 100_000, "{searched}");
        assert!(
            counts
                .keys()
                .any(|(_, _, kind, form)| kind == "test" && *form == "plain")
        );
        drop(secret);
    }

    #[test]
    fn copies_of_files_are_left_out() {
        assert!(parse("7f00-7f10 r-xp 00000000 08:01 5 /usr/lib/libc.so.6").is_none());
        assert_eq!(
            parse("7f00-7f10 rw-p 00000000 08:01 5 /usr/lib/libc.so.6")
                .unwrap()
                .kind,
            "a library's variables"
        );
        assert_eq!(
            parse("5500-5600 rw-p 00000000 00:00 0 [heap]").unwrap().kind,
            "heap"
        );
        assert_eq!(
            parse("7f00-7f10 rw-p 00000000 00:00 0").unwrap().kind,
            "anonymous"
        );
        assert!(parse("7f00-7f10 ---p 00000000 00:00 0").is_none());
    }
}
