//! What is not to be repeated: the secrets of one exchange, looked for in everything a provider says that somebody may see.
//!
//! Servers quote what they were sent, in an error description or in a claim. A provider that wants to give a secret away can do
//! so in many other ways; this is about one that does not mean to.

use std::collections::HashSet;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::text::{MESSAGE_LIMIT, neutral, without_tokens};

/// A piece of a secret that is taken out of a message, in bytes: a server may have cut what it quotes.
const PIECE: usize = 8;
/// The longest error code that is told, in characters.
const ERROR_LIMIT: usize = 80;
/// What stands in its place.
const MARK: &str = "[left out]";

/// What is percent-encoded in a value of a query (RFC 3986, section 2.3: all but the unreserved characters).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The secrets of one exchange. Cleared on drop.
#[derive(Clone, Default)]
pub(crate) struct Unsaid(Vec<Zeroizing<String>>);

impl Unsaid {
    /// These, the empty ones aside.
    pub(crate) fn of<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut all = Vec::new();
        for secret in secrets.into_iter().filter(|secret| !secret.is_empty()) {
            all.push(Zeroizing::new(secret.to_owned()));
            // A server may quote the request as it came.
            let encoded = Zeroizing::new(utf8_percent_encode(secret, RESERVED).to_string());
            if encoded.as_str() != secret {
                all.push(encoded);
            }
        }
        Self(all)
    }

    /// These and those.
    pub(crate) fn and(mut self, other: &Self) -> Self {
        self.0.extend(other.0.iter().cloned());
        self
    }

    /// Whether a text holds one of them whole, also percent-encoded, or with characters between its own that nobody sees.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        let shown = neutral(text, usize::MAX);
        let decoded = percent_decode_str(text).decode_utf8_lossy();
        let holds = |secret: &str| [text, &shown, &decoded].iter().any(|form| form.contains(secret));
        self.0.iter().any(|secret| holds(secret))
    }

    /// Whether a text or a name in the value does, however it was escaped when it came.
    pub(crate) fn is_said_by(&self, value: &Value) -> bool {
        crate::json::any_text(value, &mut |text| self.is_in(text))
    }

    /// The text without them and without their pieces of at least eight characters. It has to be whole: what was cut before
    /// may end with the beginning of a secret.
    pub(crate) fn out_of(&self, text: &str) -> String {
        // A secret that is shorter than a piece counts whole.
        let mut text = self
            .0
            .iter()
            .filter(|secret| secret.len() < PIECE)
            .fold(neutral(text, usize::MAX), |text, secret| {
                text.replace(secret.as_str(), MARK)
            });
        let pieces: HashSet<&[u8]> = self
            .0
            .iter()
            .flat_map(|secret| secret.as_bytes().windows(PIECE))
            .collect();
        let mut from = 0;
        while let Some((start, end)) = run(&text, from, &pieces) {
            text.replace_range(start..end, MARK);
            from = start + MARK.len();
        }
        text
    }
}

impl std::fmt::Debug for Unsaid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Unsaid([redacted])")
    }
}

/// What a provider says about a refusal, with its code and perhaps a sentence, made fit to be shown. The secrets and what looks like
/// a token are left out first; then it is cut.
pub(crate) fn told(error: &str, description: Option<&str>, unsaid: &Unsaid) -> String {
    let said = |text: &str| without_tokens(&unsaid.out_of(text));
    let error = neutral(&said(error), ERROR_LIMIT);
    match description {
        Some(description) => neutral(&format!("{error}: {}", said(description)), MESSAGE_LIMIT),
        None => error,
    }
}

/// The next run of the text that is made of such pieces, each of which may overlap the one before, in whole characters.
fn run(text: &str, from: usize, pieces: &HashSet<&[u8]>) -> Option<(usize, usize)> {
    let bytes = &text.as_bytes()[from..];
    let is_piece = |window: &&[u8]| pieces.contains(*window);
    let first = bytes.windows(PIECE).position(|window| is_piece(&window))?;
    let more = bytes[first..].windows(PIECE).take_while(is_piece).count();
    let (start, end) = (from + first, from + first + more - 1 + PIECE);
    let end = (end..=text.len()).find(|end| text.is_char_boundary(*end))?;
    Some((text.floor_char_boundary(start), end))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const CODE: &str = "kF7-Zb.19xQ~c0deOfOneSignIn";

    fn unsaid() -> Unsaid {
        Unsaid::of([CODE, "", "s3c", "Päßwort mit 10 %"])
    }

    #[test]
    fn a_secret_is_found_whole_wherever_it_is() {
        let unsaid = unsaid();
        assert!(unsaid.is_said_by(&json!({"a": [{"b": format!("xx {CODE} yy")}]})));
        assert!(unsaid.is_said_by(&json!({ CODE: 1 })));
        assert!(unsaid.is_said_by(&json!(format!("{}\u{200b}{}", &CODE[..5], &CODE[5..]))));
        assert!(unsaid.is_said_by(&json!("?p=P%C3%A4%C3%9Fwort%20mit%2010%20%25")));
        assert!(unsaid.is_said_by(&json!(CODE.replace('k', "%6b"))));
        let escaped: String = CODE.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
        assert!(unsaid.is_said_by(&serde_json::from_str(&format!("[\"{escaped}\"]")).unwrap()));
        for other in [
            json!(&CODE[..12]),
            json!(""),
            json!(7),
            json!({"name": "Ada Park"}),
        ] {
            assert!(!unsaid.is_said_by(&other), "{other}");
        }
        assert!(!Unsaid::default().is_in(CODE));
    }

    #[test]
    fn it_is_taken_out_whole_or_cut() {
        let out = |text: &str| unsaid().out_of(text);
        assert_eq!(
            out(&format!("The code {CODE} is spent")),
            "The code [left out] is spent"
        );
        assert_eq!(out(&format!("{CODE}{CODE}")), "[left out][left out]");
        assert_eq!(out(&format!("spent: {}…", &CODE[..8])), "spent: [left out]…");
        assert_eq!(out(&format!("spent: …{}", &CODE[11..])), "spent: …[left out]");
        assert_eq!(
            out(&format!("spent: {}", &CODE[..7])),
            format!("spent: {}", &CODE[..7])
        );
        assert_eq!(
            out(&format!("{}\u{200b}{}", &CODE[..4], &CODE[4..])),
            "[left out]"
        );
        assert_eq!(out("s3c and s3cs3c"), "[left out] and [left out][left out]");
        assert_eq!(out("Päßwort mit 10 % ß"), "[left out] ß");
        assert_eq!(out("p=P%C3%A4%C3%9Fwort%20mit%2010%20%25"), "p=[left out]");
        assert_eq!(out("nothing of it"), "nothing of it");
        assert_eq!(format!("{:?}", unsaid()), "Unsaid([redacted])");
    }

    #[test]
    fn wherever_a_message_is_cut_no_beginning_of_a_secret_stays() {
        let (short, long) = ("Zq7-secret", "Xw9-eyJhbGciOiJIUzI1NiJ9.e30");
        let unsaid = Unsaid::of([short]);
        for length in 0..330 {
            let filler = "so ".repeat(length / 3) + &"o".repeat(length % 3);
            let text = format!("{filler} {short} {long}");
            for told in [
                told(&text, None, &unsaid),
                told("odd", Some(&text), &unsaid),
                crate::told(&format!("{filler} {long}")),
            ] {
                assert!(!told.contains(&short[..2]), "{told}");
                assert!(!told.contains(&long[..2]), "{told}");
                assert!(told.chars().count() <= MESSAGE_LIMIT, "{told}");
            }
        }
    }

    #[test]
    fn a_piece_that_begins_within_a_character_takes_the_whole_of_it() {
        let unsaid = Unsaid::of(["äöüäöüäöü"]);
        // Its second byte begins a piece in another word, too.
        for word in ["äöüäö", "xäöüäöx", "Ǥöüäöü"] {
            let left = unsaid.out_of(word);
            assert!(left.contains(MARK), "{word}: {left}");
        }
    }
}
