//! How many tests passed and failed, read from what the test runners print.

use std::ops::AddAssign;

/// A count of tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Tests that passed.
    pub(crate) passed: u32,
    /// Tests that failed, and checks that failed without being tests.
    pub(crate) failed: u32,
}

impl Tally {
    /// How many ran.
    pub(crate) fn ran(self) -> u32 {
        self.passed + self.failed
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// A line of libtest: `test result: ok. 12 passed; 0 failed; 3 ignored; …`.
pub(crate) fn libtest(line: &str) -> Option<Tally> {
    let counts = line.strip_prefix("test result: ")?.split_once(". ")?.1;
    let count = |what: &str| -> Option<u32> {
        counts
            .split(';')
            .find_map(|part| part.trim().strip_suffix(what)?.trim().parse().ok())
    };
    Some(Tally {
        passed: count("passed")?,
        failed: count("failed")?,
    })
}

/// A line of Vitest's summary: `Tests  1 failed | 12 passed (13)`.
pub(crate) fn vitest(line: &str) -> Option<Tally> {
    let plain = without_colours(line);
    let counts = plain.trim().strip_prefix("Tests ")?.rsplit_once('(')?.0;
    let count = |what: &str| -> Option<u32> {
        counts
            .split('|')
            .find_map(|part| part.trim().strip_suffix(what)?.trim().parse().ok())
    };
    Some(Tally {
        passed: count("passed").unwrap_or(0),
        failed: count("failed").unwrap_or(0),
    })
}

/// A line of Node's own runner: `# pass 12` (TAP) or `ℹ fail 0` (spec).
pub(crate) fn node(line: &str) -> Option<Tally> {
    let plain = without_colours(line);
    let (word, number) = plain
        .trim()
        .trim_start_matches(['#', 'ℹ'])
        .trim()
        .split_once(' ')?;
    let number = number.parse().ok()?;
    match word {
        "pass" => Some(Tally {
            passed: number,
            failed: 0,
        }),
        "fail" | "cancelled" => Some(Tally {
            passed: 0,
            failed: number,
        }),
        _ => None,
    }
}

/// The text without terminal colours (`ESC [ … m`).
fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("\x1b[") {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn tally(passed: u32, failed: u32) -> Option<Tally> {
        Some(Tally { passed, failed })
    }

    #[test]
    fn libtest_counts_passed_and_failed_but_not_ignored() {
        let line = "test result: FAILED. 12 passed; 2 failed; 3 ignored; 0 measured; 4 filtered out; finished in 0.31s";
        assert_eq!(libtest(line), tally(12, 2));
        assert_eq!(libtest("test state::tests::starts ... ok"), None);
        assert_eq!(libtest("test result: nonsense"), None);
    }

    #[test]
    fn vitest_counts_with_and_without_failures() {
        assert_eq!(vitest("      Tests  12 passed (12)"), tally(12, 0));
        assert_eq!(
            vitest("      Tests  1 failed | 12 passed | 2 skipped (15)"),
            tally(12, 1)
        );
        assert_eq!(
            vitest("\x1b[2m      Tests \x1b[22m \x1b[1m\x1b[32m7 passed\x1b[39m\x1b[22m (7)"),
            tally(7, 0)
        );
        assert_eq!(vitest(" Test Files  3 passed (3)"), None);
    }

    #[test]
    fn node_counts_in_both_of_its_formats() {
        assert_eq!(node("# pass 9"), tally(9, 0));
        assert_eq!(node("ℹ fail 2"), tally(0, 2));
        assert_eq!(node("\x1b[34mℹ pass 3\x1b[39m"), tally(3, 0));
        assert_eq!(node("# tests 11"), None);
        assert_eq!(node("ok 1 - pass"), None);
    }
}
