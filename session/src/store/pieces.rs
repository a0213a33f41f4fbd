//! Where a record is cut.

use std::ops::Range;

/// Ranges of at most `limit` bytes. UTF-8 text is cut between characters, because some stores take only text.
pub(super) fn cut(bytes: &[u8], limit: usize) -> Vec<Range<usize>> {
    let limit = limit.max(1);
    let mut ranges = Vec::new();
    let mut start = 0;
    while start < bytes.len() {
        let most = bytes.len().min(start.saturating_add(limit));
        let inside = |at: usize| at < bytes.len() && bytes[at] & 0b1100_0000 == 0b1000_0000;
        let end = (most.saturating_sub(3).max(start + 1)..=most)
            .rev()
            .find(|&at| !inside(at))
            .unwrap_or(most);
        ranges.push(start..end);
        start = end;
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn text_is_cut_between_characters() {
        let text = "aé東👋".repeat(50);
        for limit in [4, 5, 7, 100] {
            let pieces = cut(text.as_bytes(), limit);
            assert!(pieces.iter().all(|piece| piece.len() <= limit));
            let joined: String = pieces
                .iter()
                .map(|piece| std::str::from_utf8(&text.as_bytes()[piece.clone()]).unwrap())
                .collect();
            assert_eq!(joined, text);
        }
        assert_eq!(
            cut(&[0x80; 10], 4),
            [0..4, 4..8, 8..10],
            "bytes that are no text are cut all the same"
        );
        assert!(cut(b"", 4).is_empty());
    }
}
