//! One command that runs to its end: shown, timed, and ended when we are asked to end.

use std::ffi::OsStr;
use std::fmt::Display;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::{Doing, Failure, Result};
use crate::interrupt::{self, Interrupt, Urgency};
use crate::print;
use crate::tally::Tally;

/// How often a running command is looked at.
const TICK: Duration = Duration::from_millis(30);
/// How long a command may take to end after it was asked to.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long output is waited for that a process left behind still holds open.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// A command before it runs.
#[derive(Debug)]
pub(crate) struct Task {
    command: Command,
    words: Vec<String>,
    place: Option<String>,
    hint: Option<String>,
    asks: bool,
}

impl Task {
    /// A program, by name or path.
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        let shown = Path::new(program.as_ref())
            .file_name()
            .unwrap_or(program.as_ref());
        let words = vec![shown.to_string_lossy().into_owned()];
        Self {
            command: Command::new(program),
            words,
            place: None,
            hint: None,
            asks: false,
        }
    }

    /// More words.
    pub(crate) fn args<T: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = T>) -> Self {
        for arg in args {
            self.words.push(arg.as_ref().to_string_lossy().into_owned());
            self.command.arg(arg);
        }
        self
    }

    /// A variable of its environment.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Without this variable.
    pub(crate) fn env_without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// The folder it runs in.
    pub(crate) fn dir(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// The same, and the folder is worth telling.
    pub(crate) fn at(mut self, folder: &Path) -> Self {
        self.place = folder.file_name().map(|name| name.to_string_lossy().into_owned());
        self.dir(folder)
    }

    /// What to do when it fails.
    pub(crate) fn hint(mut self, hint: impl Display) -> Self {
        self.hint = Some(hint.to_string());
        self
    }

    /// It may ask the person something (a password), so it keeps the terminal.
    pub(crate) fn asks(mut self) -> Self {
        self.asks = true;
        self
    }

    /// What a person would type.
    pub(crate) fn shown(&self) -> String {
        let line = self.words.join(" ");
        self.place
            .as_ref()
            .map_or_else(|| line.clone(), |place| format!("{line} (in {place}/)"))
    }

    /// Runs it with its output on the terminal, between a line that names it and a line with its time.
    pub(crate) fn run(mut self, interrupt: &Interrupt) -> Result<()> {
        let (begun, shown) = (self.announce(), self.shown());
        let mut child = self.spawn(interrupt)?;
        let status = wait(&mut child, !self.asks, interrupt)?;
        self.verdict(status, &shown, begun)
    }

    /// Runs it without a word, and without its words.
    pub(crate) fn quiet(self, interrupt: &Interrupt) -> Result<()> {
        let (shown, hint) = (self.shown(), self.hint.clone());
        if self.read(interrupt)?.status.success() {
            return Ok(());
        }
        Err(hint
            .into_iter()
            .fold(Failure::new(format_args!("`{shown}` failed")), Failure::advise))
    }

    /// Runs it without a word and gives back what it wrote to standard output.
    pub(crate) fn read(mut self, interrupt: &Interrupt) -> Result<Output> {
        self.command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = self.spawn(interrupt)?;
        let pipe = child.stdout.take().map(collect);
        let status = wait(&mut child, true, interrupt)?;
        let stdout = pipe
            .and_then(|pipe| pipe.recv_timeout(LAST_WORDS).ok())
            .unwrap_or_default();
        Ok(Output { status, stdout })
    }

    /// Runs it like [`run`](Self::run) and counts the tests its output tells of, line by line. A command that fails
    /// without a failed test counts as one failure.
    pub(crate) fn count(mut self, interrupt: &Interrupt, count: fn(&str) -> Option<Tally>) -> Result<Tally> {
        let (begun, shown) = (self.announce(), self.shown());
        self.command.stdout(Stdio::piped());
        let mut child = self.spawn(interrupt)?;
        let lines = child.stdout.take().map(lines);
        let mut tally = Tally::default();
        let mut heed = |line: String| {
            tally += count(&line).unwrap_or_default();
            print::line(line);
        };
        let status = loop {
            match lines
                .as_ref()
                .map_or(Err(RecvTimeoutError::Disconnected), |lines| {
                    lines.recv_timeout(TICK)
                }) {
                Ok(line) => heed(line),
                Err(RecvTimeoutError::Disconnected) => break wait(&mut child, true, interrupt)?,
                Err(RecvTimeoutError::Timeout) => match look(&mut child, true, interrupt)? {
                    None => {}
                    Some(status) => {
                        while let Some(Ok(line)) = lines.as_ref().map(|lines| lines.recv_timeout(LAST_WORDS))
                        {
                            heed(line);
                        }
                        break status;
                    }
                },
            }
        };
        if !status.success() && tally.failed == 0 {
            tally.failed = 1;
        }
        // The tally carries the verdict on; here it is only told.
        if let Err(failure) = self.verdict(status, &shown, begun) {
            print::failure(&failure);
        }
        Ok(tally)
    }

    fn announce(&self) -> Instant {
        print::step(self.shown());
        Instant::now()
    }

    fn spawn(&mut self, interrupt: &Interrupt) -> Result<Child> {
        interrupt.check()?;
        if !self.asks {
            self.command.stdin(Stdio::null());
            #[cfg(unix)]
            std::os::unix::process::CommandExt::process_group(&mut self.command, 0);
        }
        let hint = self.hint.clone();
        let started = self.command.spawn().doing(format_args!("start {}", self.shown()));
        started.map_err(|failure| hint.into_iter().fold(failure, Failure::advise))
    }

    fn verdict(self, status: ExitStatus, shown: &str, begun: Instant) -> Result<()> {
        if status.success() {
            print::done(shown, begun.elapsed());
            return Ok(());
        }
        print::bad(shown, begun.elapsed());
        let failure = Failure::new(format_args!("`{shown}` failed: {status}"));
        Err(self.hint.into_iter().fold(failure, Failure::advise))
    }
}

/// What a quiet command left.
#[derive(Debug)]
pub(crate) struct Output {
    /// How it ended.
    pub(crate) status: ExitStatus,
    /// Its standard output.
    pub(crate) stdout: String,
}

/// Waits for the end of a process; ends it when we are asked to end.
fn wait(child: &mut Child, group: bool, interrupt: &Interrupt) -> Result<ExitStatus> {
    loop {
        if let Some(status) = look(child, group, interrupt)? {
            return Ok(status);
        }
        interrupt.wait(TICK);
    }
}

/// The process's status, once it has ended; ends it when we are asked to end.
fn look(child: &mut Child, group: bool, interrupt: &Interrupt) -> Result<Option<ExitStatus>> {
    if let Err(failure) = interrupt.check() {
        interrupt::end(child, Urgency::Interrupt, group, PATIENCE, interrupt);
        return Err(failure);
    }
    child.try_wait().doing("wait for a command")
}

/// The lines a pipe brings, as they come.
pub(crate) fn lines(pipe: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut bytes = Vec::new();
        while matches!(pipe.read_until(b'\n', &mut bytes), Ok(1..)) {
            let line = String::from_utf8_lossy(&bytes)
                .trim_end_matches(['\r', '\n'])
                .to_owned();
            bytes.clear();
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

/// Everything a pipe brings, once it is closed.
fn collect(mut pipe: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read before an error is still worth having.
        let _ = pipe.read_to_end(&mut bytes);
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    receiver
}
