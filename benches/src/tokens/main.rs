//! What a caller waits for: a fresh access token, and the record a launch reads.
#![expect(
    clippy::disallowed_methods,
    reason = "a look at the bare clock is part of what is measured"
)]

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::time::SystemTime;

use arc_swap::ArcSwap;
use latchkey_bench::rounds::{Contestant, Rounds, repeated};
use latchkey_session::inside::{Held, Kept};

/// The most that a fresh access token may cost, in atomic loads of a shared value with a look at the clock.
const GOAL: f64 = 1.5;

/// What Windows takes in one entry, in bytes.
const SMALL: usize = 2560;

fn main() -> ExitCode {
    let kept = Kept::new(4096, None);
    let held = Held::new(&kept);

    // A pointer is loaded and the clock is looked at: nobody owns anything.
    let mut until = SystemTime::now() + std::time::Duration::from_secs(3600);
    let pointer = AtomicPtr::new(&raw mut until);
    let until = until;
    let bare = || {
        let loaded = std::hint::black_box(pointer.load(Ordering::Acquire));
        !loaded.is_null() && SystemTime::now() < std::hint::black_box(until)
    };
    // The least that gives a caller something of its own that another thread may replace meanwhile.
    let shared = ArcSwap::from_pointee((until, "x".repeat(512)));
    let owned = || {
        let loaded = std::hint::black_box(shared.load_full());
        SystemTime::now() < loaded.0
    };
    let tokens = Rounds::run(vec![
        Contestant::new("load of a shared value, and clock", repeated(owned)),
        Contestant::new("the same again", repeated(owned)),
        Contestant::new("Session::access_token", repeated(|| held.access_token())),
        Contestant::new("load of a bare pointer, and clock", repeated(bare)),
    ]);
    tokens.print("A fresh access token of 512 bytes");
    let ratio = tokens.ratio("Session::access_token");
    let is_kept = ratio <= GOAL;
    println!(
        "goal: at most {GOAL} loads of a shared value with a look at the clock; {ratio:.3}: {}\n",
        if is_kept { "kept" } else { "MISSED" }
    );

    let parts = Arc::new(Kept::new(4096, Some(SMALL)));
    let big = Kept::new(64 * 1024, None);
    let launch = Rounds::run(vec![
        Contestant::new("entries of 4 KiB", repeated(|| kept.read())),
        Contestant::new("entries of 4 KiB again", repeated(|| kept.read())),
        Contestant::new("and understood", repeated(|| kept.read_and_understand())),
        Contestant::new(
            "4 KiB in parts, understood",
            repeated(|| parts.read_and_understand()),
        ),
        Contestant::new("64 KiB, understood", repeated(|| big.read_and_understand())),
    ]);
    launch.print(&format!("A record of {} bytes in a store in memory", kept.size()));

    if is_kept {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
