//! How far this computer's clock is from the provider's, measured in passing on the `Date` of its answers (RFC 9110, section 6.6.1).
//!
//! The measurement corrects nothing: tokens are judged by this computer's clock. It only tells, where a check has failed, whether
//! the clock is the reason.

use std::time::Duration;

use http::HeaderMap;
use http::header::{AGE, DATE};
use jiff::{SignedDuration, Timestamp};

/// What a measurement is off by at most, besides half the round trip. `Date` has no fractions of a second: its middle is off by
/// half a second. And many a server makes the header once a second: another half.
const RESOLUTION: SignedDuration = SignedDuration::from_secs(1);
/// Less than this is no reason for anything: every check is more lenient.
const WORTH_TELLING: SignedDuration = SignedDuration::from_secs(30);
/// 2025-01-01: this program is younger. A `Date` before it comes from a clock that was never set.
const EARLIEST: Timestamp = Timestamp::constant(1_735_689_600, 0);

/// One measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Offset {
    /// By how much this computer's clock is ahead of the provider's; negative: behind.
    ahead: SignedDuration,
    /// How far that may be from the truth, to either side.
    error: SignedDuration,
}

impl Offset {
    /// What an answer with these headers says, whose request was sent and whose head arrived at these times of this computer's
    /// clock. Nothing when it has no `Date` that can be believed, when a cache kept it for a while (`Age`), or when the clock was set back
    /// meanwhile. A clock set forward meanwhile looks like a long round trip, and the error grows with it.
    pub(super) fn measured(sent: Timestamp, received: Timestamp, headers: &HeaderMap) -> Option<Self> {
        if headers.get(AGE).is_some_and(|age| age != "0") {
            return None;
        }
        let told = http_date(headers.get(DATE)?.to_str().ok()?).filter(|told| *told >= EARLIEST)?;
        let half = sent.duration_until(received).checked_div(2)?;
        if half.is_negative() {
            return None;
        }
        let middle = sent.checked_add(half).ok()?;
        let there = told.checked_add(Duration::from_millis(500)).ok()?;
        Some(Self {
            ahead: there.duration_until(middle),
            error: half.checked_add(RESOLUTION)?,
        })
    }

    /// By how much this computer's clock is ahead (negative: behind), if that is certain and worth telling.
    pub(crate) fn significant(self) -> Option<SignedDuration> {
        let size = self.ahead.abs();
        (size > self.error && size >= WORTH_TELLING).then_some(self.ahead)
    }
}

/// A time as HTTP writes it (RFC 9110, section 5.6.7; the obsolete forms are not read).
pub(super) fn http_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::DateTimeParser::new()
        .parse_timestamp(text)
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: &str = "Wed, 21 Oct 2026 12:00:00 GMT";

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    http::HeaderName::from_static(name),
                    http::HeaderValue::from_str(value).unwrap(),
                )
            })
            .collect()
    }

    /// An exchange of `round_trip` milliseconds that began `sent` milliseconds after noon, answered with these headers.
    fn measured(sent: i64, round_trip: i64, pairs: &[(&'static str, &str)]) -> Option<Offset> {
        let noon: Timestamp = http_date(NOON)?;
        let sent = noon + SignedDuration::from_millis(sent);
        let received = sent + SignedDuration::from_millis(round_trip);
        Offset::measured(sent, received, &headers(pairs))
    }

    #[test]
    fn the_offset_is_the_middle_of_the_exchange_minus_the_middle_of_the_dates_second() {
        let offset = measured(840_000, 200, &[("date", NOON)]).unwrap();
        assert_eq!(offset.ahead, SignedDuration::from_millis(839_600));
        assert_eq!(offset.error, SignedDuration::from_millis(1_100));
        let behind = measured(-840_000, 200, &[("date", NOON)]).unwrap();
        assert_eq!(behind.significant(), Some(SignedDuration::from_millis(-840_400)));
    }

    #[test]
    fn the_truth_is_within_the_error_wherever_in_the_exchange_the_date_was_taken() {
        for ahead in [-90_000, 0, 45_000] {
            // When within its second, and after which part of the round trip, the provider looked at its clock.
            for (within, after) in [(0, 0), (0, 900), (999, 0), (999, 900), (500, 450)] {
                let offset = measured(within + ahead - after, 900, &[("date", NOON)]).unwrap();
                let off = (offset.ahead - SignedDuration::from_millis(ahead)).abs();
                assert!(off <= offset.error, "{ahead} {within} {after}: off by {off:?}");
            }
        }
    }

    #[test]
    fn what_may_be_the_error_or_is_small_is_not_significant() {
        assert_eq!(
            measured(29_000, 0, &[("date", NOON)]).unwrap().significant(),
            None
        );
        assert_eq!(
            measured(-29_000, 0, &[("date", NOON)]).unwrap().significant(),
            None
        );
        assert!(
            measured(31_000, 0, &[("date", NOON)])
                .unwrap()
                .significant()
                .is_some()
        );
        // The clock was set forward by an hour in the middle of the exchange.
        assert_eq!(
            measured(0, 3_600_000, &[("date", NOON)]).unwrap().significant(),
            None
        );
    }

    #[test]
    fn an_answer_without_a_fresh_readable_date_says_nothing() {
        for pairs in [
            &[][..],
            &[("date", "yesterday")],
            &[("date", "0")],
            &[("date", "Wed, 21 Oct 2026 25:00:00 GMT")],
            &[("date", "Thu, 01 Jan 1970 00:00:07 GMT")],
            &[("date", NOON), ("age", "600")],
            &[("date", NOON), ("age", "old")],
        ] {
            assert_eq!(measured(900_000, 100, pairs), None, "{pairs:?}");
        }
        assert!(measured(900_000, 100, &[("date", NOON), ("age", "0")]).is_some());
        assert_eq!(
            measured(900_000, -100, &[("date", NOON)]),
            None,
            "the clock was set back meanwhile"
        );
    }
}
