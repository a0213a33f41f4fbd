//! The words of the commands that look deeper than the tests: `fuzz`, `mutants` and `bench`.

use super::{Ask, Topic};
use crate::bench::Bench;
use crate::failure::{Failure, Result};

/// The fuzz targets; each is a file of fuzz/fuzz_targets.
const TARGETS: [&str; 10] = [
    "callback",
    "configuration",
    "device_response",
    "discovery",
    "id_token",
    "key_set",
    "pasted",
    "record",
    "request",
    "token_response",
];

/// The benchmarks.
const BENCHES: [&str; 8] = [
    "verify", "tokens", "refresh", "callback", "scale", "fleet", "launch", "weight",
];

pub(super) fn topic(name: &str) -> Option<Topic> {
    match name {
        "fuzz" => Some(Topic::Fuzz),
        "mutants" => Some(Topic::Mutants),
        "bench" => Some(Topic::Bench),
        _ => None,
    }
}

pub(super) fn fuzz(options: &[&str]) -> Result<Ask> {
    let (mut minutes, mut targets) = (10, Vec::new());
    let mut words = options.iter();
    while let Some(word) = words.next() {
        match *word {
            "--minutes" => {
                let number = words.next().and_then(|number| number.parse().ok());
                minutes = number
                    .filter(|number| (1..=10_000).contains(number))
                    .ok_or_else(|| Failure::Usage("`--minutes` wants a whole number from 1 on".to_owned()))?;
            }
            target if TARGETS.contains(&target) => targets.push(target.to_owned()),
            unknown => {
                return Err(Failure::Usage(format!(
                    "`fuzz` knows --minutes N and {}, not `{unknown}`",
                    TARGETS.join(", ")
                )));
            }
        }
    }
    if targets.is_empty() {
        targets = TARGETS.map(str::to_owned).to_vec();
    }
    Ok(Ask::Fuzz { minutes, targets })
}

pub(super) fn bench(options: &[&str]) -> Result<Ask> {
    match options {
        ["verify"] => Ok(Ask::Bench(Bench::Verify)),
        ["tokens"] => Ok(Ask::Bench(Bench::Tokens)),
        ["refresh"] => Ok(Ask::Bench(Bench::Refresh)),
        ["callback"] => Ok(Ask::Bench(Bench::Callback { keyring: false })),
        ["callback", "--keyring"] => Ok(Ask::Bench(Bench::Callback { keyring: true })),
        ["scale"] => Ok(Ask::Bench(Bench::Scale)),
        ["fleet"] => Ok(Ask::Bench(Bench::Fleet { quick: false })),
        ["launch"] => Ok(Ask::Bench(Bench::Launch { quick: false })),
        ["launch", "--quick"] => Ok(Ask::Bench(Bench::Launch { quick: true })),
        ["weight"] => Ok(Ask::Bench(Bench::Weight)),
        ["fleet", "--quick"] => Ok(Ask::Bench(Bench::Fleet { quick: true })),
        [] => Err(Failure::Usage(format!(
            "`bench` wants a name: {}",
            BENCHES.join(", ")
        ))),
        [unknown, ..] => Err(Failure::Usage(format!(
            "`bench` knows {}, not `{unknown}`",
            BENCHES.join(", ")
        ))),
    }
}

pub(super) fn mutants(options: &[&str]) -> Result<Ask> {
    if let Some(unknown) = options.iter().find(|word| word.starts_with('-')) {
        return Err(Failure::Usage(format!("`mutants` wants files, not `{unknown}`")));
    }
    Ok(Ask::Mutants {
        files: options.iter().map(|&file| file.to_owned()).collect(),
    })
}

pub(super) const FUZZ: &str = "\
cargo xtask fuzz [--minutes N] [TARGET…]      (10 minutes and every target without words; needs a nightly compiler)

Feeds the parsers that face strangers: callback, configuration, device_response, discovery, id_token, key_set, pasted, record,
request (of the loopback listener), token_response. What each promises is in session/src/inside. As many targets as there are processors run at once.
Prints a table, and fails on a crash: the input is then in fuzz/artifacts/TARGET. Seeds are in fuzz/seeds, what grew from them in
fuzz/corpus, the fuzzer's own output in target/fuzz.";

pub(super) const BENCH: &str = "\
cargo xtask bench verify | tokens | refresh | callback [--keyring] | scale | fleet [--quick] | launch [--quick] | weight

verify    the validation of an ID token against the bare signature check, openidconnect, jsonwebtoken and jose, in turns within one
          run. Fails above 1.5 times the bare check for RS256, 1.15 times for ES256.
tokens    a fresh access token against the least that a shared value costs; the record a launch reads. Fails above 1.5 times.
refresh   1,000 callers in one process and in eight who need a new access token at once, beside msal-node, openid-client and authlib
          in the same run. Fails when Latchkey sends more than one request, or leaves one caller without a token.
callback  from the browser's answer to the signed-in view, without the provider's time. Fails above 10 ms.
          --keyring: with the operating system's credential store, too, whose time is not judged.
scale     a launch with 1 to 100 claims of 1 kB, a timeline of 10,000 events, editable data of up to a megabyte: time and memory.
fleet     what 1,000 to 1,000,000 desktops ask of their provider on a Monday morning, in and after an outage, when keys change and
          when everything is revoked: the core's own schedule and back-off under virtual time. Fails when the second after an
          outage with the most requests has more than twice the mean. --quick: up to 10,000.
launch    from exec to the painted window, told by the pixels of a display of its own, in turns with a bare WebKitGTK window in C, a
          bare Tauri app, PySide6 WebEngine and Chromium; with the page cache warm, then evicted (root). Tells of each aim, and fails
          above 1.35 times the Tauri app, 0.95 times the bare window, 1.08 times a launch with nobody signed in, 1.1 times another
          peer. Linux. --quick: five rounds, warm.
weight    the memory, the processor time and the wake-ups of an open window beside the same, and what a start opens and asks. Linux.

BENCHMARKS.md holds the figures.";

pub(super) const MUTANTS: &str = "\
cargo xtask mutants [FILE…]

Changes the code in many small ways and runs the tests of its room on each: a change that no test notices is a gap. Without files:
id_token, callback, the loopback request, state, renewing. Takes hours; what was found is in target/mutants. Changes that cannot
be noticed are excluded in .cargo/mutants.toml, each with its reason.";

#[cfg(test)]
mod tests {
    use super::super::tests::{asks, parse};
    use super::*;

    #[test]
    fn fuzz_takes_minutes_and_targets() {
        assert_eq!(
            asks("fuzz --minutes 3 record callback"),
            Ask::Fuzz {
                minutes: 3,
                targets: vec!["record".to_owned(), "callback".to_owned()]
            }
        );
        let Ask::Fuzz { minutes: 10, targets } = asks("fuzz") else {
            panic!("ten minutes")
        };
        assert_eq!(targets, TARGETS);
    }

    #[test]
    fn every_target_is_there() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/fuzz_targets");
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().file_name().to_string_lossy().replace(".rs", ""))
            .collect();
        files.sort();
        assert_eq!(files, TARGETS);
    }

    #[test]
    fn every_benchmark_is_asked_for_by_its_name() {
        for name in BENCHES {
            assert!(matches!(asks(&format!("bench {name}")), Ask::Bench(_)), "{name}");
            assert!(BENCH.contains(&format!("\n{name} ")), "{name} is not explained");
        }
        assert_eq!(asks("bench refresh"), Ask::Bench(Bench::Refresh));
        let callback = |keyring| Ask::Bench(Bench::Callback { keyring });
        assert_eq!(asks("bench callback"), callback(false));
        assert_eq!(asks("bench callback --keyring"), callback(true));
        assert_eq!(asks("bench scale"), Ask::Bench(Bench::Scale));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for line in [
            "fuzz --minutes",
            "fuzz --minutes 0",
            "fuzz all",
            "bench",
            "bench all",
            "bench refresh --quick",
            "mutants --jobs",
        ] {
            assert!(matches!(parse(line), Err(Failure::Usage(_))), "{line}");
        }
    }
}
