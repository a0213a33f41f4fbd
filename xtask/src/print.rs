//! What people read. Everything this tool says itself goes through here; the programs it starts write for themselves.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool talks to its person"
)]

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use crate::environment;
use crate::failure::Failure;

/// A line as it is.
pub(crate) fn line(text: impl Display) {
    println!("{text}");
    // A closed standard output is noticed by the next write.
    let _ = io::stdout().flush();
}

/// A step begins.
pub(crate) fn step(text: impl Display) {
    line(styled("1", format_args!("==> {text}")));
}

/// A step has ended well.
pub(crate) fn done(text: impl Display, took: Duration) {
    line(format_args!("    {} {text} ({})", styled("32", "ok"), time(took)));
}

/// A step has ended badly; the commands go on.
pub(crate) fn bad(text: impl Display, took: Duration) {
    line(format_args!(
        "    {} {text} ({})",
        styled("31", "failed"),
        time(took)
    ));
}

/// Something worth knowing that needs no action.
pub(crate) fn note(text: impl Display) {
    line(format_args!("    {text}"));
}

/// The last words of a command that failed.
pub(crate) fn failure(failure: &Failure) {
    eprintln!("{}: {failure}", styled("31", "xtask"));
}

/// A question to the person at the terminal. Only a plain yes is a yes; an empty line is one too.
pub(crate) fn ask(question: impl Display) -> bool {
    print!("{question} [Y/n] ");
    let _ = io::stdout().flush();
    let mut answer = String::new();
    match io::stdin().read_line(&mut answer) {
        Ok(0) | Err(_) => false,
        Ok(_) => matches!(answer.trim().to_ascii_lowercase().as_str(), "" | "y" | "yes"),
    }
}

/// A duration in the unit people would use.
pub(crate) fn time(took: Duration) -> String {
    let seconds = took.as_secs_f64();
    if seconds < 60.0 {
        return format!("{seconds:.1} s");
    }
    let whole = took.as_secs();
    format!("{} min {:02} s", whole / 60, whole % 60)
}

fn styled(code: &str, text: impl Display) -> String {
    if io::stdout().is_terminal() && environment::var("NO_COLOR").is_none() {
        format!("\x1b[{code}m{text}\x1b[0m")
    } else {
        text.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_the_unit_people_would_use() {
        assert_eq!(time(Duration::from_millis(140)), "0.1 s");
        assert_eq!(time(Duration::from_secs(59)), "59.0 s");
        assert_eq!(time(Duration::from_secs(125)), "2 min 05 s");
    }
}
