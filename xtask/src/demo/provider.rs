//! The demo provider as a process: started, known by its ready line, ended when dropped.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::failure::{Doing, Failure, Result};
use crate::interrupt::{self, Interrupt, Urgency};
use crate::print;
use crate::task;
use crate::workspace::Workspace;

/// Sessions belong to an issuer, and an issuer is an address: so it is the same every time, when it can be.
const PORT: u16 = 9470;
const START: Duration = Duration::from_secs(30);
const TICK: Duration = Duration::from_millis(50);
const PATIENCE: Duration = Duration::from_secs(5);

/// A running demo provider.
#[derive(Debug)]
pub(crate) struct Provider {
    child: Child,
    ready: Ready,
    log: PathBuf,
    interrupt: Interrupt,
    /// Kept so that the process may go on writing.
    _rest: Receiver<String>,
}

/// What the ready line says.
#[derive(Debug, PartialEq, Eq)]
struct Ready {
    issuer: String,
    control: String,
    client_id: String,
}

impl Provider {
    /// Starts it and waits until it answers.
    pub(crate) fn start(workspace: &Workspace, interrupt: &Interrupt) -> Result<Self> {
        let begun = Instant::now();
        print::step("demo provider");
        let output = workspace.demo_output();
        let log = output.join("provider.log");
        let errors = File::create(&log).doing(format_args!("write {}", log.display()))?;
        let mut command = Command::new("node");
        command
            .arg(workspace.demo().join("server.js"))
            .args(["--port", &port().to_string(), "--control-port", "0", "--state"])
            .arg(output.join("provider-state.json"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(errors);
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn().doing("start the demo provider")?;
        let Some(pipe) = child.stdout.take() else {
            return Err(Failure::new("the demo provider has no output"));
        };
        let lines = task::lines(pipe);
        match ready(&mut child, &lines, &log, interrupt) {
            Ok(ready) => {
                print::done(format_args!("demo provider at {}", ready.issuer), begun.elapsed());
                Ok(Self {
                    child,
                    ready,
                    log,
                    interrupt: interrupt.clone(),
                    _rest: lines,
                })
            }
            Err(failure) => {
                interrupt::end(&mut child, Urgency::Terminate, true, PATIENCE, interrupt);
                Err(failure)
            }
        }
    }

    /// Its issuer.
    pub(crate) fn issuer(&self) -> &str {
        &self.ready.issuer
    }

    /// Its control API.
    pub(crate) fn control(&self) -> &str {
        &self.ready.control
    }

    /// The client it knows.
    pub(crate) fn client_id(&self) -> &str {
        &self.ready.client_id
    }

    /// Fails when it has ended.
    pub(crate) fn check(&mut self) -> Result<()> {
        match self.child.try_wait().doing("look at the demo provider")? {
            None => Ok(()),
            Some(status) => Err(ended(&format!("has ended: {status}"), &self.log)),
        }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        interrupt::end(
            &mut self.child,
            Urgency::Terminate,
            true,
            PATIENCE,
            &self.interrupt,
        );
    }
}

/// The usual port, else any.
fn port() -> u16 {
    if TcpListener::bind(("127.0.0.1", PORT)).is_ok() {
        return PORT;
    }
    print::note(format_args!(
        "Port {PORT} is taken, so another one is used: earlier sign-ins of the demo will not be known there."
    ));
    0
}

fn ready(child: &mut Child, lines: &Receiver<String>, log: &Path, interrupt: &Interrupt) -> Result<Ready> {
    let deadline = Instant::now() + START;
    while Instant::now() < deadline {
        interrupt.check()?;
        match lines.recv_timeout(TICK) {
            Ok(line) => match Ready::parse(&line) {
                Some(ready) => return Ok(ready),
                None => print::line(line),
            },
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                let status = child.wait().doing("wait for the demo provider")?;
                return Err(ended(&format!("ended before it was ready: {status}"), log));
            }
        }
    }
    Err(ended("was not ready in time", log))
}

fn ended(how: &str, log: &Path) -> Failure {
    Failure::new(format_args!("the demo provider {how}")).advise(last_lines(log))
}

/// The end of a log, for a message.
pub(super) fn last_lines(log: &Path) -> String {
    const LINES: usize = 12;
    let text = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    let tail = lines
        .get(lines.len().saturating_sub(LINES)..)
        .unwrap_or_default()
        .join("\n  ");
    format!("The end of {}:\n  {tail}", log.display())
}

impl Ready {
    fn parse(line: &str) -> Option<Self> {
        if field(line, "event")? != "ready" {
            return None;
        }
        Some(Self {
            issuer: field(line, "issuer")?.to_owned(),
            control: field(line, "control")?.to_owned(),
            client_id: field(line, "client_id")?.to_owned(),
        })
    }
}

/// A text field of a flat JSON object without escapes, which is what the ready line is.
fn field<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let after = line.split_once(&format!("\"{name}\""))?.1;
    let value = after
        .trim_start()
        .strip_prefix(':')?
        .trim_start()
        .strip_prefix('"')?;
    value.split_once('"').map(|(value, _)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ready_line_is_understood() {
        let line = r#"{"event":"ready","issuer":"http://127.0.0.1:9470","control":"http://127.0.0.1:4445","client_id":"latchkey-demo","pid":123}"#;
        let ready = Ready::parse(line).unwrap();
        assert_eq!(ready.issuer, "http://127.0.0.1:9470");
        assert_eq!(ready.control, "http://127.0.0.1:4445");
        assert_eq!(ready.client_id, "latchkey-demo");
    }

    #[test]
    fn other_lines_are_not() {
        assert_eq!(Ready::parse("listening"), None);
        assert_eq!(Ready::parse(r#"{"event":"request","issuer":"x"}"#), None);
    }
}
