//! A timeline that many things are told, in memory and in its file.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use latchkey_bench::session::runtime;
use latchkey_bench::{memory, table};
use latchkey_session::inside::Events;
use serde_json::{Value, json};

use crate::{child, count, megabytes};

/// How many events.
const MANY: usize = 10_000;
/// How many are added one by one, each with the file written.
const ONE_BY_ONE: usize = 200;
/// What [`Events`] calls its file.
const FILE: &str = "timeline-bench.jsonl";
/// How often everything is done.
const ROUNDS: usize = 9;

pub(crate) fn measure() {
    let answers: Vec<Value> = (0..ROUNDS)
        .map(|_| {
            let folder = tempfile::tempdir().expect("a folder");
            let words: [OsString; 2] = ["events".into(), folder.path().into()];
            child(&words)
        })
        .collect();
    let median = |name: &str| {
        let values: Vec<f64> = answers
            .iter()
            .filter_map(|answer| answer[name].as_f64())
            .collect();
        table::at(&values, 0.5)
    };
    table::head(&[&format!("A timeline of {} events", table::grouped(MANY)), ""]);
    let row = |name: &str, value: String| table::row([name.to_owned(), value]);
    row(
        "adding the first thousand, µs each",
        format!("{:.2}", median("first")),
    );
    row(
        "adding the last thousand, µs each",
        format!("{:.2}", median("last")),
    );
    row(
        "adding all at once while the file is written, µs each for the session's task",
        format!("{:.2}", median("burst")),
    );
    row(
        "until the file holds them, ms",
        format!("{:.1}", median("settled")),
    );
    row("entries then, in memory and in the file", {
        let last = answers.last().unwrap_or(&Value::Null);
        format!("{} and {}", count(last, "in_memory"), count(last, "in_file"))
    });
    row(
        "the newest of them is the last event",
        if answers.iter().all(|answer| answer["newest"] == true) {
            "yes".to_owned()
        } else {
            "NO".to_owned()
        },
    );
    row(
        "one event when the file is full, written and synced, ms",
        format!("{:.2}", median("one")),
    );
    row("reading the whole file, ms", format!("{:.2}", median("read")));
    row("the file, kB", format!("{:.1}", median("size") / 1e3));
    row("memory more, MB", megabytes(&answers, "memory"));
    println!();
}

/// Everything once, in the process of its own.
pub(crate) fn play(folder: PathBuf) -> Value {
    let runtime = runtime();
    let before = memory::resident();
    let mut in_memory = Events::new(None);
    let first = each(1000, || in_memory.add(1000));
    in_memory.add(MANY - 2000);
    let last = each(1000, || in_memory.add(1000));

    let mut filed = Events::new(Some(folder.clone()));
    let begun = Instant::now();
    let burst = each(MANY, || filed.add(MANY));
    let (in_file, newest) = runtime.block_on(filed.read());
    assert!(folder.join(FILE).exists(), "what was read is the file's");
    let settled = begun.elapsed();
    let memory = memory::since(before);

    let one = each(ONE_BY_ONE, || {
        for _ in 0..ONE_BY_ONE {
            filed.add(1);
            runtime.block_on(filed.read());
        }
    });
    let read = each(ONE_BY_ONE, || {
        for _ in 0..ONE_BY_ONE {
            runtime.block_on(filed.read());
        }
    });
    let file = std::fs::metadata(folder.join(FILE)).map_or(0, |file| file.len());
    let (kept, _) = runtime.block_on(in_memory.read());
    json!({
        "first": first, "last": last, "burst": burst, "settled": millis(settled), "in_memory": kept, "in_file": in_file,
        "newest": newest, "one": (one - read) / 1e3, "read": read / 1e3, "size": file, "memory": memory,
    })
}

/// Microseconds for each of so many.
fn each(many: usize, work: impl FnOnce()) -> f64 {
    let begun = Instant::now();
    work();
    millis(begun.elapsed()) * 1e3 / many as f64
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
