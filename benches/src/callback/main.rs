//! What a sign-in takes after the browser's answer has arrived: from the callback to the published view that says "signed in", without
//! the provider's time.
//!
//! The session is a program's, by its public interface; the provider is on loopback, and a thread of its own notes when each request
//! was there whole and when its answer was ready. That time is taken off. All the rest counts as ours: the judgement of the callback,
//! the connections, sending, receiving, the ID token, the record and its entries in a store of files, the timeline, the view. With
//! `--keyring` the session is kept by the operating system once more, and its entries are removed at the end.

mod ways;

use std::process::ExitCode;
use std::time::Duration;

use latchkey_bench::provider::{Manner, Provider};
use latchkey_bench::session::runtime;
use latchkey_bench::table;
use ways::{Taken, Way};

/// The most that the median may be, in milliseconds.
const GOAL: f64 = 10.0;
/// How many rounds are measured.
const ROUNDS: usize = 100;
/// How many come before, to warm up.
const WARM_UP: usize = 5;
/// How long the provider takes for an answer of its token endpoint.
const DELAY: Duration = Duration::from_millis(20);

fn main() -> ExitCode {
    let provider = Provider::start(Manner {
        delay: DELAY,
        lives: 3600,
        claims: 0,
        metadata: 0,
    });
    let runtime = runtime();
    let keyring = std::env::args().any(|word| word == "--keyring");
    let mut ways: Vec<_> = Way::USUAL
        .iter()
        .chain(keyring.then_some(&Way::Keyring))
        .enumerate()
        .map(|(place, way)| ways::Player::new(*way, &provider.issuer(&format!("way-{place}")), &runtime))
        .collect();
    let mut taken: Vec<Vec<Taken>> = vec![Vec::new(); ways.len()];
    for round in 0..WARM_UP + ROUNDS {
        for place in 0..ways.len() {
            let turn = (round + place) % ways.len();
            let one = ways[turn].play(&provider, &runtime);
            if round >= WARM_UP {
                taken[turn].push(one);
            }
        }
    }
    table::head(&[
        "From the callback to signed in, ms",
        "requests",
        "whole, median",
        "the provider's, median",
        "ours, median",
        "half of the rounds",
        "nine of ten",
    ]);
    let mut kept = true;
    for (player, taken) in ways.iter().zip(&taken) {
        let figures = |figure: fn(&Taken) -> f64| taken.iter().map(figure).collect::<Vec<_>>();
        let own = figures(|one| one.whole - one.providers);
        let median = table::at(&own, 0.5);
        // What the operating system takes to keep a secret is told, and not judged.
        kept &= median <= GOAL || player.way == Way::Keyring;
        let requests: Vec<usize> = taken.iter().map(|one| one.requests).collect();
        table::row([
            player.way.name().to_owned(),
            table::range(&requests),
            format!("{:.1}", table::at(&figures(|one| one.whole), 0.5)),
            format!("{:.1}", table::at(&figures(|one| one.providers), 0.5)),
            format!("**{median:.1}**"),
            format!("{:.1} to {:.1}", table::at(&own, 0.25), table::at(&own, 0.75)),
            format!("{:.1}", table::at(&own, 0.9)),
        ]);
    }
    for player in ways {
        player.end(&runtime);
    }
    println!(
        "\ngoal: ours at most {GOAL} ms in the median of every way: {}",
        if kept { "kept" } else { "MISSED" }
    );
    if kept {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
