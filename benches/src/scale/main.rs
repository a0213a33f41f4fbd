//! How the cost grows with the work: a launch with many claims, a timeline of many events, editable data of a megabyte.
//!
//! What is measured runs in a process of its own, started anew for each figure of a launch, so that memory is its own.

mod claims;
mod data;
mod events;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use latchkey_bench::table;
use serde_json::Value;

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    let answer = match &words[..] {
        [] => {
            claims::measure();
            events::measure();
            data::measure();
            return ExitCode::SUCCESS;
        }
        [what, issuer, folder] if what == "launch" => {
            claims::launch(&issuer.to_string_lossy(), Path::new(folder))
        }
        [what, folder] if what == "events" => events::play(PathBuf::from(folder)),
        [what, address, folder] if what == "data" => {
            data::play(&address.to_string_lossy(), PathBuf::from(folder))
        }
        _ => return ExitCode::from(2),
    };
    println!("{answer}");
    ExitCode::SUCCESS
}

/// Runs this program with these words, and reads its answer.
fn child(words: &[OsString]) -> Value {
    let program = std::env::current_exe().expect("a program");
    let output = std::process::Command::new(program)
        .args(words)
        .stderr(std::process::Stdio::inherit())
        .output();
    serde_json::from_slice(&output.expect("a process").stdout).expect("an answer")
}

/// A figure of each answer.
fn figures(answers: &[Value], name: &str) -> Vec<f64> {
    answers
        .iter()
        .filter_map(|answer| answer[name].as_f64())
        .collect()
}

/// The median of a figure in megabytes, or that it is not known here.
fn megabytes(answers: &[Value], name: &str) -> String {
    let known = figures(answers, name);
    if known.is_empty() {
        return "not known here".to_owned();
    }
    format!("{:.1}", table::at(&known, 0.5) / 1e6)
}

/// A number that must be there.
fn count(answer: &Value, name: &str) -> String {
    table::grouped(answer[name].as_u64().map_or(0, |count| count as usize))
}
