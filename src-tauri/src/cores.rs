//! No core dumps and no crash reports: a crash must not write the session's tokens to the disk.

/// Switches core dumps off for this process and for all it starts, the web view's processes among them.
///
/// On Linux the limit is one byte: no file is written, as with zero, and the kernel starts no crash handler either, which it
/// does at zero. The process stays "dumpable": otherwise xdg-desktop-portal refuses to speak to it, and it would not learn
/// whether the desktop is dark. On macOS the limit is zero; what the system's own reporter writes are stacks without memory.
#[cfg(unix)]
pub(crate) fn off() {
    use rustix::process::{Resource, Rlimit, setrlimit};

    let most = Some(if cfg!(target_os = "linux") { 1 } else { 0 });
    let limit = Rlimit {
        current: most,
        maximum: most,
    };
    // Refused only when the limit is lower already.
    if let Err(error) = setrlimit(Resource::Core, limit) {
        tracing::debug!(%error, "core dumps stay as limited as they were");
    }
}

/// Switches crash reports off, as far as a program may for itself (`os/windows/calls.rs`).
#[cfg(windows)]
pub(crate) use crate::os::windows::no_reports as off;

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::Command;

    use rustix::process::{Resource, getrlimit};

    #[test]
    fn a_crash_leaves_no_core() {
        let folder = std::env::temp_dir().join(format!("latchkey-cores-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let this = std::env::current_exe().unwrap();
        let crashed = Command::new(this)
            .args(["--ignored", "--exact", "cores::tests::crashes"])
            .current_dir(&folder)
            .output()
            .unwrap()
            .status;
        let left = std::fs::read_dir(&folder).unwrap().count();
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(crashed.signal().is_some(), "{crashed}");
        assert!(!crashed.core_dumped() && left == 0, "{crashed}");
    }

    #[test]
    #[ignore = "ends its process; run by the test above"]
    fn crashes() {
        super::off();
        let limit = getrlimit(Resource::Core);
        let is_off = |limit: Option<u64>| limit.is_some_and(|bytes| bytes <= 1);
        // Anything but a crash is a failure of the test above.
        if is_off(limit.current) && is_off(limit.maximum) {
            std::process::abort();
        }
    }
}
