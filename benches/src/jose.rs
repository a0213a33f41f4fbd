//! jose, in a Node process of its own: it is told how many validations to make, makes them one after the other, and tells the time
//! they took by its own clock.

use std::ffi::OsString;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use latchkey_bench::rounds::Work;
use latchkey_bench::token::{CLIENT_ID, ISSUER, NONCE, Token};

pub(crate) struct Jose {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Jose {
    pub(crate) fn start(script: OsString) -> io::Result<Self> {
        let mut child = Command::new("node")
            .arg(script)
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

    pub(crate) fn contestant(&mut self, token: &Token) -> Work<'_> {
        let task = json!({
            "token": token.compact, "keys": token.keys, "algorithm": token.algorithm.name(), "issuer": ISSUER,
            "audience": CLIENT_ID, "nonce": NONCE,
        });
        self.ask(&task);
        Box::new(|count| {
            let answer = self.ask(&json!({ "count": count }));
            Duration::from_nanos(answer["nanoseconds"].as_u64().expect("a time"))
        })
    }

    fn ask(&mut self, question: &Value) -> Value {
        writeln!(self.input, "{question}").expect("jose listens");
        let mut line = String::new();
        self.output.read_line(&mut line).expect("jose answers");
        serde_json::from_str(&line).expect("jose answers in JSON")
    }
}

impl Drop for Jose {
    fn drop(&mut self) {
        // It has nothing to put away.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
