//! The page cache: what a machine has in memory of its files.

use std::fs;

use latchkey_e2e::failure::{Doing, Result};

/// Where Linux takes the wish to forget it.
const WISH: &str = "/proc/sys/vm/drop_caches";

/// Whether this process may have it forgotten: root, on most machines.
pub(crate) fn can_be_evicted() -> bool {
    evict().is_ok()
}

/// Has the machine forget what is in memory only because it was read. What a running program has mapped stays.
pub(crate) fn evict() -> Result<()> {
    rustix::fs::sync();
    fs::write(WISH, "1").doing("have the page cache forgotten")
}
