//! What may happen a few times in a while, however often somebody gives cause for it.

use std::time::{Duration, Instant};

/// So many times in every so long a while.
#[derive(Debug)]
pub(super) struct Rarely {
    times: u32,
    every: Duration,
    begun: Option<Instant>,
    passed: u32,
    left_out: u64,
}

impl Rarely {
    pub(super) fn times(times: u32, every: Duration) -> Self {
        Self {
            times,
            every,
            begun: None,
            passed: 0,
            left_out: 0,
        }
    }

    /// Whether it may happen now; then how many times it might not since it last did.
    pub(super) fn pass(&mut self, now: Instant) -> Option<u64> {
        if self
            .begun
            .is_none_or(|begun| now.duration_since(begun) >= self.every)
        {
            self.begun = Some(now);
            self.passed = 0;
        }
        if self.passed == self.times {
            self.left_out = self.left_out.saturating_add(1);
            return None;
        }
        self.passed += 1;
        Some(std::mem::take(&mut self.left_out))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Rarely;

    #[test]
    fn a_flood_is_counted_and_told_later() {
        let minute = Duration::from_secs(60);
        let (mut lines, now) = (Rarely::times(5, minute), Instant::now());
        let told: Vec<_> = (0..10_000).filter_map(|_| lines.pass(now)).collect();
        assert_eq!(told, [0; 5]);
        assert_eq!(lines.pass(now + minute / 2), None);
        assert_eq!(lines.pass(now + minute), Some(9_996));
        assert_eq!(lines.pass(now + minute), Some(0));
    }
}
