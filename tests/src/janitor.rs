//! Leaves nothing of a world behind: ends, by its pid, every process that carries the world's mark. Should the test itself
//! be killed, a small shell process notices and does the same.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::failure::{Doing, Result};

/// The environment variable all processes of a world carry; its value is the world's directory, whose name is random.
pub(crate) const MARK: &str = "LATCHKEY_E2E_WORLD";

/// Waits for the end of its input, then kills what carries the mark and removes the directory.
const SCRIPT: &str = r#"cat >/dev/null
for process in /proc/[0-9]*; do
  for file in environ cmdline; do
    tr '\0' '\n' <"$process/$file" 2>/dev/null
  done | grep -qF -e "$1=$2" -e "--user-data-dir=$2/" && kill -KILL "${process#/proc/}"
done
rm -rf "$2""#;

/// The process that waits for the end of the test, however it ends.
#[derive(Debug)]
pub(crate) struct Janitor {
    process: Child,
    root: PathBuf,
}

impl Janitor {
    /// Starts it for the world in `root`.
    pub(crate) fn start(root: &Path) -> Result<Self> {
        // Deliberately without the mark, and in a group of its own, so that Ctrl-C does not reach it.
        let mut command = Command::new("sh");
        command.args(["-c", SCRIPT, "janitor", MARK]).arg(root);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let process = command.spawn().doing("start the janitor")?;
        let root = root.to_owned();
        Ok(Self { process, root })
    }

    /// Gives the world's processes a moment to end by themselves, ends those that do not, and retires.
    #[expect(
        clippy::disallowed_methods,
        reason = "waits for a condition, with a limit, where nothing can be awaited"
    )]
    pub(crate) fn clear(mut self) {
        let end = Instant::now() + Duration::from_secs(2);
        while Instant::now() < end && !marked(&self.root).is_empty() {
            std::thread::sleep(Duration::from_millis(20));
        }
        for pid in marked(&self.root) {
            if let Some(pid) = Pid::from_raw(pid.cast_signed()) {
                // An error means that it has just ended.
                let _ = kill_process(pid, Signal::KILL);
            }
        }
        // Nothing is left for the process to do; an error means that it is gone, too.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The living processes of the world in `root`. Chromium writes over its environment; it is known by its profile.
pub(crate) fn marked(root: &Path) -> Vec<u32> {
    let mark = format!("{MARK}={}", root.display());
    let profile = format!("--user-data-dir={}/", root.display());
    let holds = |pid: u32, file: &str, text: &str| {
        let content = fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default();
        content
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    };
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let pids = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    // A zombie has neither any more.
    pids.filter(|pid| holds(*pid, "environ", &mark) || holds(*pid, "cmdline", &profile))
        .collect()
}
