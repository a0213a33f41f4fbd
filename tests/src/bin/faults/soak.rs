//! Virtual days, one after the other, in one process: renewals, a provider in trouble, sign-outs and sign-ins. What the
//! process holds at the end must be what it held at the beginning.

use std::fs;
use std::time::{Duration, Instant};

use latchkey_e2e::client::Client;
use latchkey_e2e::deadline::pass;
use latchkey_e2e::failure::{Doing, Result, ensure};
use latchkey_e2e::provider::Provider;
use serde_json::json;

use crate::table::Row;
use crate::{Bench, Extent};

/// Four times a virtual day, in seconds.
const QUARTER: i64 = 6 * 60 * 60;
/// Longer than the first back-off, in seconds.
const BACK_OFF: i64 = 60;
/// A day on which the person signs out and in again comes this often.
const WEEK: u32 = 7;
/// No virtual day of a full run is shorter than this: the demo provider keeps every token it has ever issued in the last hour.
const DAY: Duration = Duration::from_millis(250);
/// Memory may be so much more at the end, in KiB: the allocator's pools, not ours.
const SLACK: u64 = 4096;

/// What a process holds.
#[derive(Debug, Clone, Copy)]
struct Holdings {
    memory: u64,
    files: usize,
    threads: usize,
}

pub(crate) async fn play(bench: &Bench) -> Result<Vec<Row>> {
    let length = Duration::from_secs(u64::from(bench.times(10, 3600)));
    let (provider, account) = bench.account("soak", &[]).await?;
    let mut client = account.launch(&bench.world, &[], 0).await?;
    client.sign_in().await?;
    // Two weeks to warm up: pools, caches, connections.
    let mut days = 0;
    while days < 2 * WEEK {
        day(&provider, &mut client, &mut days).await?;
    }
    let (begun, first) = (Instant::now(), holdings(&client)?);
    while begun.elapsed() < length || !days.is_multiple_of(WEEK) {
        let dawn = Instant::now();
        day(&provider, &mut client, &mut days).await?;
        if bench.extent == Extent::Full {
            pass(DAY.saturating_sub(dawn.elapsed())).await;
        }
    }
    let last = holdings(&client)?;
    client.quit().await?;
    let step = |name: &str, first: String, last: String, holds| {
        Row::fact(name, format!("{first} -> {last}"), "flat", holds)
    };
    Ok(vec![
        Row::figure("virtual days in one process", days.to_string(), ""),
        step(
            "memory at the beginning and at the end, KiB",
            first.memory.to_string(),
            last.memory.to_string(),
            last.memory <= first.memory + first.memory / 10 + SLACK,
        ),
        step(
            "open files",
            first.files.to_string(),
            last.files.to_string(),
            last.files <= first.files + 2,
        ),
        step(
            "threads",
            first.threads.to_string(),
            last.threads.to_string(),
            last.threads <= first.threads + 2,
        ),
    ])
}

/// One day: four times a token is due; once the provider is in trouble; once a week the person signs out and in again.
async fn day(provider: &Provider, client: &mut Client, days: &mut u32) -> Result<()> {
    *days += 1;
    for quarter in 0..4 {
        client.order(&format!("advance {QUARTER}")).await?;
        if quarter == 2 {
            let mode = if days.is_multiple_of(2) { "drop" } else { "status" };
            provider
                .fault(json!({ "endpoint": "token", "mode": mode, "times": 1 }))
                .await?;
            let answer = client.ask("token 60").await?;
            ensure(
                answer["event"] == "error",
                format_args!("a provider in trouble: {answer}"),
            )?;
            ensure(
                client.is_signed_in(),
                format_args!("day {days}: {}", client.view()),
            )?;
            // The next try is not due at once, and callers keep to that.
            client.order(&format!("advance {BACK_OFF}")).await?;
        }
        client.order("token 60 8").await?;
    }
    if days.is_multiple_of(WEEK) {
        client.order("sign-out").await?;
        client.sign_in().await?;
    }
    ensure(
        client.is_signed_in(),
        format_args!("day {days}: {}", client.view()),
    )
}

fn holdings(client: &Client) -> Result<Holdings> {
    let process = format!("/proc/{}", client.pid().doing("the client's process")?);
    let status = fs::read_to_string(format!("{process}/status")).doing("read the client's status")?;
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let memory = resident.and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok());
    let entries = |folder: &str| {
        let entries = fs::read_dir(format!("{process}/{folder}")).doing("look at the client")?;
        Ok(entries.count())
    };
    Ok(Holdings {
        memory: memory.doing("the client's memory")?,
        files: entries("fd")?,
        threads: entries("task")?,
    })
}
