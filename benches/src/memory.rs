//! What a process takes.

/// The memory of this process that is in use now (resident), in bytes; where the system tells it in a file (Linux).
pub fn resident() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: usize = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

/// What came since, in bytes; none where it is not known.
pub fn since(before: Option<usize>) -> Option<usize> {
    Some(resident()?.saturating_sub(before?))
}
