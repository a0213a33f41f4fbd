//! Durations as people write them: "60s", "5m", "12h", "30d".

use std::ops::RangeInclusive;
use std::time::Duration;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// What a duration may be.
#[derive(Clone, Debug)]
pub(super) struct Bounds {
    range: RangeInclusive<u64>,
    text: &'static str,
}

/// Renewing ahead.
pub(super) const REFRESH_AHEAD: Bounds = Bounds {
    range: 1..=HOUR,
    text: "1s to 1h",
};
/// Between two clocks. More would make expiry meaningless.
pub(super) const CLOCK_LEEWAY: Bounds = Bounds {
    range: 1..=10 * MINUTE,
    text: "1s to 10m",
};
/// One sign-in attempt.
pub(super) const SIGN_IN_TIMEOUT: Bounds = Bounds {
    range: 1..=HOUR,
    text: "1s to 1h",
};
/// A whole session.
pub(super) const MAX_SESSION: Bounds = Bounds {
    range: 1..=3650 * DAY,
    text: "1s to 3650d",
};

/// The duration, or what is wrong with it.
pub(super) fn parse(text: &str, bounds: &Bounds) -> Result<Duration, String> {
    let seconds = seconds(text)
        .ok_or("must be a whole number and a unit: \"60s\", \"5m\", \"12h\" or \"30d\"".to_owned())?;
    if bounds.range.contains(&seconds) {
        Ok(Duration::from_secs(seconds))
    } else {
        Err(format!("must be from {}", bounds.text))
    }
}

fn seconds(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "s" => 1,
        "m" => MINUTE,
        "h" => HOUR,
        "d" => DAY,
        _ => return None,
    };
    // `parse` would take a plus sign.
    digits.bytes().all(|byte| byte.is_ascii_digit()).then_some(())?;
    digits.parse::<u64>().ok()?.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::{CLOCK_LEEWAY, MAX_SESSION, parse};

    #[test]
    fn units() {
        for (text, seconds) in [("1s", 1), ("5m", 300), ("12h", 43_200), ("30d", 2_592_000)] {
            assert_eq!(parse(text, &MAX_SESSION).unwrap().as_secs(), seconds);
        }
    }

    #[test]
    fn what_is_no_duration() {
        for text in [
            "",
            "60",
            "s",
            "1.5h",
            "-1s",
            "+1s",
            "1 s",
            "1S",
            "5min",
            "1h30m",
            "99999999999999999999d",
            "١s",
        ] {
            assert!(
                parse(text, &MAX_SESSION)
                    .unwrap_err()
                    .starts_with("must be a whole number"),
                "{text}"
            );
        }
        assert!(parse("18446744073709551615d", &MAX_SESSION).is_err());
    }

    #[test]
    fn bounds_are_said() {
        assert_eq!(parse("0s", &CLOCK_LEEWAY).unwrap_err(), "must be from 1s to 10m");
        assert_eq!(
            parse("601s", &CLOCK_LEEWAY).unwrap_err(),
            "must be from 1s to 10m"
        );
        assert!(parse("10m", &CLOCK_LEEWAY).is_ok());
    }
}
