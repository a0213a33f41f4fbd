//! What came of each part: the table at the end, and the last line.

use std::time::{Duration, Instant};

use crate::failure::{Failure, Result};
use crate::print;
use crate::tally::Tally;

/// The parts so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    name: &'static str,
    outcome: Outcome,
    took: Duration,
}

#[derive(Debug)]
enum Outcome {
    Ran(Tally),
    Skipped(&'static str),
}

impl Report {
    /// Runs a part and notes what came of it; a part that fails without counting anything counts as one failure.
    /// Whether it went well. Only an interruption is an error.
    pub(crate) fn part(&mut self, name: &'static str, run: impl FnOnce() -> Result<Tally>) -> Result<bool> {
        let begun = Instant::now();
        let tally = match run() {
            Ok(tally) => tally,
            Err(Failure::Interrupted) => return Err(Failure::Interrupted),
            Err(failure) => {
                print::failure(&failure);
                Tally { passed: 0, failed: 1 }
            }
        };
        self.rows.push(Row {
            name,
            outcome: Outcome::Ran(tally),
            took: begun.elapsed(),
        });
        Ok(tally.failed == 0)
    }

    /// A part that was not run because of something that has been counted already.
    pub(crate) fn skip(&mut self, name: &'static str, why: &'static str) {
        self.rows.push(Row {
            name,
            outcome: Outcome::Skipped(why),
            took: Duration::ZERO,
        });
    }

    /// Prints the table and the count; fails when anything did.
    pub(crate) fn finish(self) -> Result<()> {
        print::line("");
        for row in &self.rows {
            print::line(row.text());
        }
        let total = self.total();
        let took = self.rows.iter().map(|row| row.took).sum();
        print::line(format_args!("{:<45} {:>12}", "together", print::time(took)));
        print::line("");
        print::line(last_line(total));
        if total.failed == 0 {
            Ok(())
        } else {
            Err(Failure::Reported)
        }
    }

    fn total(&self) -> Tally {
        let mut total = Tally::default();
        for row in &self.rows {
            if let Outcome::Ran(tally) = row.outcome {
                total += tally;
            }
        }
        total
    }
}

impl Row {
    fn text(&self) -> String {
        let outcome = match self.outcome {
            Outcome::Skipped(why) => format!("not run: {why}"),
            Outcome::Ran(Tally { passed: 0, failed: 0 }) => "ok".to_owned(),
            Outcome::Ran(Tally { passed: 0, failed: 1 }) => "failed".to_owned(),
            Outcome::Ran(Tally { passed, failed: 0 }) => format!("{passed} passed"),
            Outcome::Ran(Tally { passed, failed }) => format!("{passed} passed, {failed} FAILED"),
        };
        format!("{:<16} {outcome:<28} {:>12}", self.name, print::time(self.took))
    }
}

fn last_line(total: Tally) -> String {
    format!("{} passed, {} failed", total.passed, total.failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_has_its_exact_shape() {
        assert_eq!(
            last_line(Tally {
                passed: 123,
                failed: 0
            }),
            "123 passed, 0 failed"
        );
    }

    #[test]
    fn a_part_that_fails_without_counting_counts_as_one() {
        let mut report = Report::default();
        assert!(
            report
                .part("tests", || Ok(Tally { passed: 3, failed: 0 }))
                .unwrap()
        );
        assert!(
            !report
                .part("formatting", || Err(Failure::new("not formatted")))
                .unwrap()
        );
        report.skip("end to end", "the app was not built");
        assert_eq!(report.total(), Tally { passed: 3, failed: 1 });
        assert!(matches!(report.finish(), Err(Failure::Reported)));
    }

    #[test]
    fn an_interruption_ends_the_report() {
        let mut report = Report::default();
        assert!(matches!(
            report.part("tests", || Err(Failure::Interrupted)),
            Err(Failure::Interrupted)
        ));
    }
}
