//! What every text for people and every error must be, said apart from the code that makes them so.

use crate::error::Error;

/// Judges a text that people see: at most `limit` characters, and none that controls or hides others.
pub(crate) fn shown(text: &str, limit: usize) {
    assert!(text.chars().count() <= limit, "longer than {limit}: {text:?}");
    assert!(!text.chars().any(controls), "{text:?}");
}

/// Judges an error's technical part: a text that people see, without what must stay secret.
pub(crate) fn problem(error: &Error, secrets: &[&str]) {
    if let Some(detail) = &error.problem().detail {
        shown(detail, 300);
    }
    for secret in secrets {
        assert!(!format!("{error} {error:?}").contains(secret), "{error:?}");
    }
}

/// Control characters, the bidirectional ones (Unicode, annex 9, section 2), and those without a width.
fn controls(c: char) -> bool {
    c.is_control()
        || matches!(
            u32::from(c),
            0x061C | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x2064 | 0x2066..=0x2069 | 0xFEFF
        )
}
