//! Many callers who need a new access token at the same moment, in one process and in several, beside other libraries.
//!
//! Every contestant is a process, or eight, of its own, with a session of its own at one provider on loopback ([`latchkey_bench::provider`]),
//! and all take turns within one run. In each round a contestant signs in, its access token comes to its end, and so many callers ask for
//! one at once. The provider counts what it is asked; then each process renews once more, which shows whether it still has a
//! session. `refresh latchkey ISSUER FOLDER` is the contestant itself.

mod contestants;
mod latchkey;
mod round;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use contestants::Contestant;
use latchkey_bench::provider::{Manner, Provider};
use latchkey_bench::table;
use round::Outcome;

/// How long the provider takes for an answer.
const DELAY: Duration = Duration::from_millis(50);
/// How many rounds there are.
const ROUNDS: usize = 5;
/// Processes, and callers in each.
const CROWDS: [(usize, usize); 2] = [(1, 1000), (8, 125)];

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    if let [name, issuer, folder] = &words[..]
        && name == "latchkey"
    {
        latchkey::play(&issuer.to_string_lossy(), Path::new(folder));
        return ExitCode::SUCCESS;
    }
    // The folder of the peers' scripts, and the Python that has their packages, where there is one.
    let peers = words.first().map(PathBuf::from);
    let python = words.get(1).map(PathBuf::from);
    let contestants = contestants::all(peers.as_deref(), python.as_deref());
    let provider = Provider::start(Manner {
        delay: DELAY,
        lives: 3600,
        claims: 0,
        metadata: 0,
    });
    let mut kept = true;
    for (processes, callers) in CROWDS {
        let outcomes = play(&provider, &contestants, processes, callers);
        print(&contestants, &outcomes, processes, callers);
        kept &= is_kept(&outcomes[0], processes * callers);
    }
    println!(
        "goal: one request for all callers of Latchkey, everybody served, no session lost: {}",
        if kept { "kept" } else { "MISSED" }
    );
    if kept {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// For each contestant its outcomes, round by round.
fn play(
    provider: &Provider,
    contestants: &[Contestant],
    processes: usize,
    callers: usize,
) -> Vec<Vec<Outcome>> {
    let mut outcomes = vec![Vec::new(); contestants.len()];
    for number in 0..ROUNDS {
        for place in 0..contestants.len() {
            let turn = (number + place) % contestants.len();
            let name = format!("{turn}-{processes}-{number}");
            let outcome = round::play(provider, &contestants[turn], &name, processes, callers);
            outcomes[turn].push(outcome);
        }
    }
    outcomes
}

fn print(contestants: &[Contestant], outcomes: &[Vec<Outcome>], processes: usize, callers: usize) {
    let crowd = match processes {
        1 => format!("{} callers in 1 process", table::grouped(callers)),
        _ => format!("{processes} processes with {callers} callers each"),
    };
    table::head(&[
        &crowd,
        "requests",
        "refused",
        "served",
        "not served",
        "processes told it is over",
        "renew afterwards",
        "ms",
    ]);
    for (contestant, outcomes) in contestants.iter().zip(outcomes) {
        let range =
            |figure: fn(&Outcome) -> usize| table::range(&outcomes.iter().map(figure).collect::<Vec<_>>());
        let times: Vec<f64> = outcomes.iter().map(|outcome| outcome.took).collect();
        table::row([
            contestant.name.to_owned(),
            range(|outcome| outcome.count.requests),
            range(|outcome| outcome.count.refused),
            range(|outcome| outcome.served),
            range(|outcome| outcome.unserved),
            range(|outcome| outcome.told_over),
            range(|outcome| outcome.renewing),
            format!("{:.0}", table::at(&times, 0.5)),
        ]);
    }
    println!();
    for (contestant, outcomes) in contestants.iter().zip(outcomes) {
        let mut told = BTreeMap::<&str, usize>::new();
        for (code, times) in outcomes.iter().flat_map(|outcome| &outcome.failed) {
            *told.entry(code).or_default() += times;
        }
        if !told.is_empty() {
            println!("{}: not served in {ROUNDS} rounds: {told:?}", contestant.name);
        }
    }
    println!();
}

fn is_kept(outcomes: &[Outcome], callers: usize) -> bool {
    outcomes.iter().all(|outcome| {
        outcome.count.requests == 1
            && outcome.served == callers
            && outcome.told_over == 0
            && outcome.renewing == outcome.processes
    })
}
