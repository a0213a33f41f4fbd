//! A process that is spoken to in lines of JSON: each line in is answered by one line out.

use std::ffi::OsString;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

/// A process that waits for lines.
#[derive(Debug)]
pub struct Process {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Process {
    /// Starts a program.
    ///
    /// # Errors
    /// It cannot be started.
    ///
    /// # Panics
    /// It was given no pipes.
    pub fn start(words: &[OsString], environment: &[(&str, &str)]) -> io::Result<Self> {
        let (program, words) = words.split_first().ok_or(io::ErrorKind::InvalidInput)?;
        let mut child = Command::new(program)
            .args(words)
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        Ok(Self {
            input: input.expect("a pipe"),
            output: BufReader::new(output.expect("a pipe")),
            child,
        })
    }

    /// Says a line; its answer is not waited for.
    ///
    /// # Panics
    /// The process has ended.
    pub fn say(&mut self, line: &Value) {
        writeln!(self.input, "{line}").expect("the process listens");
    }

    /// The answer to the oldest line that has none.
    ///
    /// # Panics
    /// The process has ended, or speaks no JSON.
    pub fn hear(&mut self) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("the process answers");
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("no answer: {line:?}"))
    }

    /// Says a line and waits for its answer.
    pub fn ask(&mut self, line: &Value) -> Value {
        self.say(line);
        self.hear()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It has nothing to put away.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
