//! What a target's run came to, read from libFuzzer's own output.

use crate::print;

/// What a target's run came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Score {
    pub(super) target: String,
    executions: u64,
    per_second: u64,
    /// Edges of the code that were reached.
    coverage: u64,
    /// Edges with how often they were taken.
    features: u64,
    /// The inputs that reached something new.
    corpus: u64,
    /// The file with the input that broke a promise; or none that is known, though the run failed.
    crash: Option<String>,
}

impl Score {
    /// Reads it. `success` is whether the target ended by itself and well.
    pub(super) fn read(target: &str, log: &str, success: bool) -> Self {
        let stat = |name: &str| {
            let start = format!("stat::{name}:");
            let line = log.lines().rev().find_map(|line| line.strip_prefix(&start));
            line.and_then(|number| number.trim().parse().ok())
        };
        let pulse = log
            .lines()
            .rev()
            .find(|line| line.starts_with('#') && line.contains(" cov: "));
        let number = |name: &str| {
            let mut words = pulse.unwrap_or_default().split_whitespace();
            words.find(|word| *word == name)?;
            words.next()?.split('/').next()?.parse().ok()
        };
        let crash = log.lines().find_map(|line| {
            line.split_once("Test unit written to ")
                .map(|(_, file)| file.to_owned())
        });
        Self {
            target: target.to_owned(),
            executions: stat("number_of_executed_units").unwrap_or_default(),
            per_second: stat("average_exec_per_sec").unwrap_or_default(),
            coverage: number("cov:").unwrap_or_default(),
            features: number("ft:").unwrap_or_default(),
            corpus: number("corp:").unwrap_or_default(),
            crash: crash.or_else(|| (!success).then(|| "the run failed".to_owned())),
        }
    }

    pub(super) fn is_clean(&self) -> bool {
        self.crash.is_none()
    }
}

/// Prints one line for each.
pub(super) fn table(scores: &[Score]) {
    print::line("");
    print::line(format_args!(
        "{:<15} {:>12} {:>8} {:>9} {:>9} {:>7}  crash",
        "target", "executions", "per s", "coverage", "features", "corpus"
    ));
    for score in scores {
        print::line(format_args!(
            "{:<15} {:>12} {:>8} {:>9} {:>9} {:>7}  {}",
            score.target,
            score.executions,
            score.per_second,
            score.coverage,
            score.features,
            score.corpus,
            score.crash.as_deref().unwrap_or("none"),
        ));
    }
    let all: u64 = scores.iter().map(|score| score.executions).sum();
    let crashes = scores.iter().filter(|score| !score.is_clean()).count();
    print::line(format_args!("\n{all} executions, {crashes} crashes"));
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\
INFO: seed corpus: files: 20
#2\tINITED cov: 9 ft: 9 corp: 1/1b exec/s: 0 rss: 40Mb
#1048576\tpulse  cov: 812 ft: 2544 corp: 310/40Kb lim: 4096 exec/s: 20000 rss: 90Mb
Done 1300000 runs in 61 second(s)
stat::number_of_executed_units: 1300000
stat::average_exec_per_sec:     21311
";

    #[test]
    fn a_clean_run() {
        let score = Score::read("record", LOG, true);
        assert_eq!((score.executions, score.per_second), (1_300_000, 21_311));
        assert_eq!((score.coverage, score.features, score.corpus), (812, 2544, 310));
        assert!(score.is_clean());
    }

    #[test]
    fn a_crash_names_its_input() {
        let log = format!("{LOG}artifact_prefix='a/'; Test unit written to a/crash-1\n");
        assert_eq!(
            Score::read("record", &log, false).crash.as_deref(),
            Some("a/crash-1")
        );
        assert!(!Score::read("record", LOG, false).is_clean());
    }
}
