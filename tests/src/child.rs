//! One process a test started: its own process group, its output in a file, ended when dropped.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tokio::process::Command;

use crate::deadline::within;
use crate::failure::{Doing, Failure, Result};

/// A running process. Dropping it kills its whole process group.
#[derive(Debug)]
pub struct Child {
    name: String,
    process: tokio::process::Child,
    pid: Option<Pid>,
    output: PathBuf,
}

impl Child {
    /// Starts `command`; standard output and error go to the file `output`.
    pub fn start(name: &str, mut command: Command, output: PathBuf) -> Result<Self> {
        let file = File::create(&output).doing(format_args!("write {}", output.display()))?;
        let errors = file.try_clone().doing("share the output file")?;
        command
            .stdout(Stdio::from(file))
            .stderr(Stdio::from(errors))
            .process_group(0)
            .kill_on_drop(true);
        let process = command.spawn().doing(format_args!("start {name}"))?;
        let pid = process.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        Ok(Self {
            name: name.to_owned(),
            process,
            pid,
            output,
        })
    }

    /// Its process.
    pub fn id(&self) -> Option<u32> {
        self.process.id()
    }

    /// Ends it and its group at once.
    pub fn kill(self) {
        drop(self);
    }

    /// Everything it has written so far.
    pub fn written(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.output).unwrap_or_default()).into_owned()
    }

    /// Where its output goes.
    pub fn output(&self) -> &Path {
        &self.output
    }

    /// Waits until a complete line of its output passes `pick`. A process that ends first is a failure that shows its
    /// last words.
    pub async fn line<T>(
        &mut self,
        what: &str,
        limit: Duration,
        pick: impl Fn(&str) -> Option<T>,
    ) -> Result<T> {
        let what = format!("{} to print {what}", self.name);
        let found = within(limit, &what, async || {
            let ended = self.process.try_wait().doing("look at the process")?;
            let text = self.written();
            let complete = text.rsplit_once('\n').map_or("", |(lines, _)| lines);
            if let Some(found) = complete.lines().find_map(&pick) {
                return Ok(Some(Ok(found)));
            }
            Ok(ended.map(|status| Err(Failure::new(format_args!("it ended: {status}: {}", tail(&text))))))
        })
        .await?;
        found.doing(what)
    }

    /// Asks it to end (SIGTERM) and waits; kills it at the limit.
    pub async fn end(mut self, limit: Duration) -> Result<()> {
        if let Some(pid) = self.pid {
            kill_process(pid, Signal::TERM).doing(format_args!("end {}", self.name))?;
        }
        let name = self.name.clone();
        tokio::time::timeout(limit, self.wait())
            .await
            .doing(format_args!("wait for the end of {name}"))??;
        Ok(())
    }

    /// Waits until it has ended by itself; its exit code.
    pub async fn wait(&mut self) -> Result<Option<i32>> {
        Ok(self
            .process
            .wait()
            .await
            .doing(format_args!("wait for {}", self.name))?
            .code())
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if let Some(pid) = self.pid {
            // An error here means that the group is gone already.
            let _ = kill_process_group(pid, Signal::KILL);
        }
    }
}

/// The last lines of a text.
fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(8)..].join(" | ")
}
