//! The app's processes: itself, its web and network processes, and whatever else it has started.

use std::fs;

/// One of the app's processes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// Its program's name, at most 15 characters.
    pub name: String,
}

/// A process and all that came from it, itself first.
pub fn family(pid: u32) -> Vec<Process> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let all: Vec<(u32, u32, String)> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(|pid: u32| {
            let (name, parent) = parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)?;
            Some((pid, parent, name))
        })
        .collect();
    let mut family = Vec::new();
    let mut next = vec![pid];
    while let Some(pid) = next.pop() {
        if let Some((_, _, name)) = all.iter().find(|(it, _, _)| *it == pid) {
            family.push(Process {
                pid,
                name: name.clone(),
            });
            next.extend(
                all.iter()
                    .filter(|(_, parent, _)| *parent == pid)
                    .map(|(it, _, _)| *it),
            );
        }
    }
    family
}

/// What the system tells everybody about a process: its arguments and its environment.
pub fn told(process: &Process) -> Vec<(String, Vec<u8>)> {
    ["cmdline", "environ"]
        .map(|file| {
            let content = fs::read(format!("/proc/{}/{file}", process.pid)).unwrap_or_default();
            (format!("{} of {}", file, process.name), content)
        })
        .into()
}

/// Name and parent from `/proc/PID/stat`. The name stands in parentheses and may hold some itself.
fn parse(stat: &str) -> Option<(String, u32)> {
    let (_, rest) = stat.split_once('(')?;
    let (name, rest) = rest.rsplit_once(')')?;
    let parent = rest.split_whitespace().nth(1)?.parse().ok()?;
    Some((name.to_owned(), parent))
}

#[cfg(test)]
mod tests {
    use super::{family, parse};

    #[test]
    fn a_name_may_look_like_anything() {
        assert_eq!(
            parse("12 (a) b (c)) S 7 12 12 0"),
            Some(("a) b (c)".to_owned(), 7))
        );
        assert_eq!(parse(""), None);
    }

    #[test]
    fn a_process_is_the_first_of_its_family() {
        assert_eq!(family(std::process::id())[0].pid, std::process::id());
    }
}
