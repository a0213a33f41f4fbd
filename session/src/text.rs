//! Text from strangers, made fit for a line of output: bounded, without control and bidirectional characters.
//!
//! Used for everything that came from a provider, a callback or a configuration file before it is shown or logged. It does
//! not escape markup: the user interface shows text as text.

/// The longest technical message, in characters.
pub(crate) const MESSAGE_LIMIT: usize = 300;

/// `text` with control, bidirectional and invisible characters turned into spaces or dropped, and cut to `limit` characters
/// (an ellipsis marks the cut).
pub(crate) fn neutral(text: &str, limit: usize) -> String {
    let mut out = String::new();
    let mut kept = 0;
    let mut pending_space = false;
    for c in text.chars() {
        if c.is_whitespace() || c.is_control() {
            pending_space = kept > 0;
            continue;
        }
        if is_deceptive(c) {
            continue;
        }
        let needed = 1 + usize::from(pending_space);
        if kept + needed > limit {
            // Room for the mark itself: the last kept character gives way.
            while kept >= limit && out.pop().is_some() {
                kept -= 1;
            }
            out.push('…');
            return out;
        }
        if std::mem::take(&mut pending_space) {
            out.push(' ');
            kept += 1;
        }
        out.push(c);
        kept += 1;
    }
    out
}

/// A span of time in one unit, rounded: "45 seconds", "14 minutes", "2 hours", "10 days".
pub(crate) fn span(seconds: u64) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    let (unit, name) = match seconds {
        0..90 => (1, "second"),
        90..5_400 => (MINUTE, "minute"),
        5_400..172_800 => (HOUR, "hour"),
        _ => (DAY, "day"),
    };
    let count = seconds / unit + u64::from(seconds % unit >= unit.div_ceil(2));
    format!("{count} {name}{}", if count == 1 { "" } else { "s" })
}

/// `text` with everything that looks like a token left out: runs of at least 16 characters of the alphabet of tokens, codes and
/// verifiers that are no plain word. Identifiers of other kinds go with them; nothing that leaks stays. The text is made
/// [`neutral`] first: an invisible character in a token would hide it from here, and be dropped later. It is cut to
/// [`MESSAGE_LIMIT`] last: the beginning of a token at the cut would be too short to look like one.
pub(crate) fn without_tokens(text: &str) -> String {
    let text = neutral(text, usize::MAX);
    let of_tokens =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~' | '+' | '/' | '=' | '%');
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(start) = rest.find(of_tokens) {
        let end = rest[start..]
            .find(|c| !of_tokens(c))
            .map_or(rest.len(), |length| start + length);
        let run = &rest[start..end];
        let plain = run.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') && run.len() <= 40;
        out.push_str(&rest[..start]);
        out.push_str(if run.len() < 16 || plain {
            run
        } else {
            "[left out]"
        });
        rest = &rest[end..];
    }
    out.push_str(rest);
    neutral(&out, MESSAGE_LIMIT)
}

/// Characters that change how their neighbours read: bidirectional controls, zero-width characters, line and paragraph
/// separators, interlinear annotation, tags, the byte order mark, and letters that show nothing (fillers, the empty braille cell).
fn is_deceptive(c: char) -> bool {
    matches!(
        c,
        '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{2800}'
            | '\u{3164}' | '\u{FFA0}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}'
    )
}

#[cfg(test)]
mod tests {
    use super::{neutral, span, without_tokens};

    #[test]
    fn what_looks_like_a_token_is_left_out() {
        let told = "Invalid refresh token (expired): rt-b7WFqk2ZrX91mN4pLs0T";
        assert_eq!(
            without_tokens(told),
            "Invalid refresh token (expired): [left out]"
        );
        let hidden = "spent: rt-b7WFqk\u{200b}2ZrX91mN4pLs0T";
        assert_eq!(without_tokens(hidden), "spent: [left out]");
        assert_eq!(without_tokens("eyJhbGciOiJSUzI1NiJ9.e30.c2ln"), "[left out]");
        assert_eq!(
            without_tokens("interaction_required: sign in again"),
            "interaction_required: sign in again"
        );
        assert_eq!(without_tokens("Zoë (401)"), "Zoë (401)");
        assert_eq!(without_tokens(""), "");
    }

    #[test]
    fn a_span_is_told_in_its_own_unit() {
        for (seconds, told) in [
            (1, "1 second"),
            (30, "30 seconds"),
            (89, "89 seconds"),
            (90, "2 minutes"),
            (840, "14 minutes"),
            (869, "14 minutes"),
            (870, "15 minutes"),
            (5_400, "2 hours"),
            (7_200, "2 hours"),
            (172_800, "2 days"),
            (864_000, "10 days"),
            (31_536_000, "365 days"),
        ] {
            assert_eq!(span(seconds), told, "{seconds}");
        }
    }

    #[test]
    fn control_and_bidi_characters_do_not_survive() {
        assert_eq!(neutral("a\r\n\u{1b}[31mb\u{202e}c\u{200b}d\0", 300), "a [31mbcd");
    }

    #[test]
    fn a_text_of_nothing_to_see_is_none() {
        // Tags write what nobody sees.
        let tags: String = ('\u{e0000}'..='\u{e007f}').collect();
        assert_eq!(neutral(&format!("Ada{tags}"), 300), "Ada");
        let unseen = "\u{3164}\u{115f}\u{1160}\u{ffa0}\u{2800}\u{34f}\u{200b}\u{feff}\u{a0} ";
        assert_eq!(neutral(unseen, 300), "");
    }

    #[test]
    fn long_text_is_cut_to_the_limit_with_a_mark() {
        let cut = neutral(&"x".repeat(1000), 300);
        assert_eq!(cut.chars().count(), 300);
        assert!(cut.ends_with('…'));
    }

    #[test]
    fn text_that_fits_stays_as_it_is() {
        assert_eq!(neutral("Zoë 東京 👋", 300), "Zoë 東京 👋");
        assert_eq!(neutral("", 300), "");
        assert_eq!(neutral(&"y".repeat(300), 300), "y".repeat(300));
    }
}
