//! What a process listens on, as the system tells it.

use std::collections::BTreeSet;
use std::fs;

use crate::failure::{Doing, Result};

/// The TCP ports a process listens on, on any address.
pub fn of(pid: u32) -> Result<BTreeSet<u16>> {
    let sockets = sockets(pid)?;
    let mut ports = BTreeSet::new();
    for table in ["tcp", "tcp6"] {
        // A system without IPv6 has no table of it.
        let text = fs::read_to_string(format!("/proc/{pid}/net/{table}")).unwrap_or_default();
        ports.extend(
            text.lines()
                .filter_map(parse)
                .filter(|(_, inode)| sockets.contains(inode))
                .map(|(port, _)| port),
        );
    }
    Ok(ports)
}

/// The inodes of a process's sockets.
fn sockets(pid: u32) -> Result<BTreeSet<String>> {
    let entries = fs::read_dir(format!("/proc/{pid}/fd")).doing("list the process's files")?;
    Ok(entries
        .flatten()
        .filter_map(|entry| fs::read_link(entry.path()).ok())
        .filter_map(|target| {
            let inode = target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?;
            Some(inode.to_owned())
        })
        .collect())
}

/// Port and inode of a line of `/proc/net/tcp` that is about a listener.
fn parse(line: &str) -> Option<(u16, String)> {
    let mut words = line.split_whitespace().skip(1);
    let (address, state) = (words.next()?, words.nth(1)?);
    let port = u16::from_str_radix(address.rsplit_once(':')?.1, 16).ok()?;
    (state == "0A").then_some((port, words.nth(5)?.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    use super::of;

    #[test]
    fn a_listener_is_found_and_gone_when_it_is_closed() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        assert!(of(std::process::id()).unwrap().contains(&port));
        drop(listener);
        assert!(!of(std::process::id()).unwrap().contains(&port));
    }
}
