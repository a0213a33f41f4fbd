//! Medians, quarters, and ratios within rounds.

/// The value that this share of the values does not exceed; 0 for none.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an index of a short list"
)]
pub(crate) fn at(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1) as f64;
    sorted
        .get((last * share).round() as usize)
        .copied()
        .unwrap_or_default()
}

/// The middle one.
pub(crate) fn median(values: &[f64]) -> f64 {
    at(values, 0.5)
}

/// One's values by another's of the same round: what else the machine did falls on both.
pub(crate) fn ratios(own: &[f64], other: &[f64]) -> Vec<f64> {
    own.iter().zip(other).map(|(own, other)| own / other).collect()
}

#[cfg(test)]
mod tests {
    use super::{at, median, ratios};

    #[test]
    fn the_middle_is_the_middle_and_ratios_are_of_one_round() {
        assert!((median(&[3.0, 1.0, 2.0]) - 2.0).abs() < 1e-9);
        assert!((at(&[4.0, 1.0, 3.0, 2.0, 5.0], 0.25) - 2.0).abs() < 1e-9);
        assert!(median(&[]).abs() < 1e-9);
        assert_eq!(ratios(&[2.0, 9.0], &[1.0, 3.0]), [2.0, 3.0]);
    }
}
