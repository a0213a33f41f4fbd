//! When to renew and when to try again. Pure: the time and the random number are passed in.

use std::time::Duration;

use jiff::Timestamp;

use crate::state::later;

/// The first back-off, before jitter; it doubles with every failure.
const FIRST_RETRY: Duration = Duration::from_secs(2);
/// The longest back-off.
const LAST_RETRY: Duration = Duration::from_secs(120);
/// No retry comes sooner than this.
const SOONEST_RETRY: Duration = Duration::from_millis(500);
/// Nor, once the back-off has grown to its end, sooner than this: then those who wait come back evenly, and not half of them in the
/// first third.
const SOONEST_LAST_RETRY: Duration = Duration::from_secs(60);
/// No renewal by the clock comes sooner after the one before, however short the tokens live.
const SOONEST_RENEWAL: Duration = Duration::from_secs(5);
/// The longest wait a provider's `Retry-After` can impose.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(3600);
/// How long after a failure that is not expected to pass by itself, but may.
pub(crate) const RETRY_SLOWLY: Duration = Duration::from_secs(15 * 60);
/// How long after a failed write the record is written again.
pub(crate) const SAVE_AGAIN: Duration = Duration::from_secs(30);
/// How long after that a credential store that blocks the session is looked at again.
pub(crate) const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// The longest wait for another try of what failed.
pub(crate) const LONGEST_RETRY: Duration = LONGEST_RETRY_AFTER.saturating_add(LAST_RETRY);

/// Whether a time that was set at most `longest` ahead has come; also when the clock has gone back so far since that it cannot
/// have been meant.
pub(crate) fn is_due(due: Timestamp, now: Timestamp, longest: Duration) -> bool {
    due <= now || due > later(now, longest)
}

/// The longest uninterrupted sleep, so that a laptop's sleep or a clock change is noticed.
pub(crate) const LONGEST_SLEEP: Duration = Duration::from_secs(300);

/// When tokens obtained at `obtained_at` are due: `ahead` before they expire, and by `spread` (0.0 to 1.0) earlier than that, but never
/// earlier than after three quarters of their life. All of that time is used, so that computers that renewed together once, after an
/// outage or on a Monday morning, do not go on doing so. `None`: they had no life.
pub(crate) fn renews_at(
    obtained_at: Timestamp,
    expires_at: Timestamp,
    ahead: Duration,
    spread: f64,
) -> Option<Timestamp> {
    let life = Duration::try_from(expires_at.duration_since(obtained_at)).ok()?;
    let lead = ahead.min(life / 4);
    let more = (life / 4 - lead).mul_f64(spread.clamp(0.0, 1.0));
    // Whole milliseconds, like the clock.
    let lead = Duration::from_millis(u64::try_from((lead + more).as_millis()).unwrap_or(u64::MAX));
    let due = expires_at.checked_sub(lead).ok()?;
    Some(due.max(later(obtained_at, SOONEST_RENEWAL)))
}

/// How long to wait after `failures` earlier failures: exponential back-off with full jitter, and at least what the
/// provider asked for (`Retry-After`, RFC 9110, section 10.2.3). Who was asked to wait waits up to twice as long, two minutes longer at
/// most: a provider may have told everybody the same moment.
pub(crate) fn retry_after(failures: u32, asked: Option<Duration>, jitter: f64) -> Duration {
    let jitter = jitter.clamp(0.0, 1.0);
    let longest = FIRST_RETRY.saturating_mul(1 << failures.min(10)).min(LAST_RETRY);
    let soonest = if longest == LAST_RETRY {
        SOONEST_LAST_RETRY
    } else {
        SOONEST_RETRY
    };
    let own = soonest + (longest - soonest).mul_f64(jitter);
    let asked = asked.unwrap_or_default().min(LONGEST_RETRY_AFTER);
    let wait = own.max(asked + asked.min(LAST_RETRY).mul_f64(jitter));
    // Whole milliseconds, like the clock.
    Duration::from_millis(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn renewal_is_due_ahead_of_expiry_but_not_before_three_quarters_of_the_life() {
        let minute = Duration::from_secs(60);
        assert_eq!(renews_at(at(0), at(3600), minute, 0.0), Some(at(3540)));
        assert_eq!(renews_at(at(0), at(100), minute, 0.0), Some(at(75)));
        assert_eq!(renews_at(at(100), at(0), minute, 0.0), None);
    }

    #[test]
    fn renewals_are_spread_over_time_that_can_be_spared() {
        let minute = Duration::from_secs(60);
        assert_eq!(renews_at(at(0), at(3600), minute, 0.5), Some(at(3120)));
        assert_eq!(renews_at(at(0), at(3600), minute, 1.0), Some(at(2700)));
        assert_eq!(renews_at(at(0), at(100), minute, 1.0), Some(at(75)));
        assert_eq!(renews_at(at(0), at(300), minute, 1.0), Some(at(225)));
    }

    #[test]
    fn tokens_without_a_life_are_not_renewed_without_end() {
        let minute = Duration::from_secs(60);
        assert_eq!(renews_at(at(100), at(100), minute, 0.0), Some(at(105)));
        assert_eq!(renews_at(at(100), at(102), minute, 0.0), Some(at(105)));
    }

    #[test]
    fn back_off_grows_to_its_ceiling() {
        assert_eq!(retry_after(0, None, 0.0), SOONEST_RETRY);
        assert_eq!(retry_after(0, None, 1.0), FIRST_RETRY);
        assert_eq!(retry_after(2, None, 1.0), FIRST_RETRY * 4);
        assert_eq!(retry_after(5, None, 0.0), SOONEST_RETRY);
        assert_eq!(retry_after(60, None, 1.0), LAST_RETRY);
        assert_eq!(retry_after(60, None, 0.0), SOONEST_LAST_RETRY);
    }

    #[test]
    fn nobody_comes_back_before_the_time_the_provider_asked_for_nor_all_at_that_time() {
        let seconds = |wait| Some(Duration::from_secs(wait));
        let from = |wait, jitter| retry_after(0, seconds(wait), jitter).as_secs_f64();
        assert_eq!((from(30, 0.0), from(30, 0.5), from(30, 1.0)), (30.0, 45.0, 60.0));
        assert_eq!((from(1800, 0.0), from(1800, 1.0)), (1800.0, 1920.0));
        assert_eq!((from(90_000, 0.0), from(90_000, 1.0)), (3600.0, 3720.0));
        assert_eq!(retry_after(0, seconds(90_000), 1.0), LONGEST_RETRY);
        assert_eq!(retry_after(60, seconds(1), 1.0), LAST_RETRY);
    }
}
