//! What a search looks for: secrets, as they are and in the forms in which texts travel; and the search itself.
//!
//! A leak is rarely a whole token as it is. It may be cut, it may be inside something that was encoded again, it may be a
//! byte string somebody printed. So every piece of twelve characters counts, and each secret is looked for in all forms.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// So many characters of a secret are a find.
const PIECE: usize = 12;
/// So many bytes at a time are compared with a table; each piece holds such a window at every fourth place.
const WINDOW: usize = 8;
const STRIDE: usize = 4;
/// Bits of the filter before the table, as a power of two.
const FILTER: u32 = 23;

/// A secret in one form.
struct Needle {
    kind: String,
    form: &'static str,
    bytes: Vec<u8>,
    /// The length of a piece in this form.
    piece: usize,
}

/// Secrets to look for.
pub struct Needles {
    needles: Vec<Needle>,
    /// Where each window is: needle and offset.
    windows: HashMap<u64, Vec<(usize, usize)>>,
    filter: Vec<u64>,
}

/// A find: never the secret itself, only which one and how much of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Find {
    /// What kind of secret.
    pub kind: String,
    /// In which form.
    pub form: &'static str,
    /// Where in what was searched, in bytes.
    pub at: usize,
    /// How much of it, in bytes.
    pub length: usize,
}

impl fmt::Display for Find {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} ({}, {} bytes at {})",
            self.kind, self.form, self.length, self.at
        )
    }
}

impl Needles {
    /// Looks for these (kind, value). Of an ID token its header is left out: it is the same in all of them, and no secret.
    pub fn of(secrets: &[(String, String)]) -> Self {
        let mut all = Self {
            needles: Vec::new(),
            windows: HashMap::new(),
            filter: vec![0; 1 << (FILTER - 6)],
        };
        for (kind, value) in secrets {
            let value = match value.split_once('.') {
                Some((_, rest)) if kind == "id_token" => rest,
                _ => value,
            };
            for (form, bytes, piece) in forms(value) {
                all.add(Needle {
                    kind: kind.clone(),
                    form,
                    bytes,
                    piece,
                });
            }
        }
        all
    }

    fn add(&mut self, needle: Needle) {
        if needle.bytes.len() < needle.piece {
            return;
        }
        let number = self.needles.len();
        for (offset, window) in needle.bytes.windows(WINDOW).enumerate() {
            let window = word(window);
            let (cell, bit) = place(window);
            self.filter[cell] |= bit;
            self.windows.entry(window).or_default().push((number, offset));
        }
        self.needles.push(needle);
    }

    /// Everything found in `hay`: of several finds at one place the longest.
    pub fn find(&self, hay: &[u8]) -> Vec<Find> {
        let mut finds: Vec<Find> = Vec::new();
        let mut at = 0;
        while at + WINDOW <= hay.len() {
            let window = word(&hay[at..at + WINDOW]);
            let (cell, bit) = place(window);
            if window != 0
                && self.filter[cell] & bit != 0
                && let Some(candidates) = self.windows.get(&window)
            {
                // Of two that reach as far, the shorter one: it is all there.
                let best = candidates
                    .iter()
                    .filter_map(|(number, offset)| {
                        let find = self.extent(*number, *offset, hay, at)?;
                        Some((find.length, Reverse(self.needles[*number].bytes.len()), find))
                    })
                    .max_by_key(|(length, whole, _)| (*length, *whole));
                if let Some((.., find)) = best {
                    at = (find.at + find.length).next_multiple_of(STRIDE).max(at + STRIDE);
                    finds.push(find);
                    continue;
                }
            }
            at += STRIDE;
        }
        finds
    }

    /// How far a needle reaches around a window that fits.
    fn extent(&self, number: usize, offset: usize, hay: &[u8], at: usize) -> Option<Find> {
        let needle = &self.needles[number];
        let (before, after) = (&needle.bytes[..offset], &needle.bytes[offset..]);
        let left = before
            .iter()
            .rev()
            .zip(hay[..at].iter().rev())
            .take_while(|(a, b)| a == b)
            .count();
        let right = after.iter().zip(&hay[at..]).take_while(|(a, b)| a == b).count();
        (left + right >= needle.piece).then(|| Find {
            kind: needle.kind.clone(),
            form: needle.form,
            at: at - left,
            length: left + right,
        })
    }
}

impl fmt::Debug for Needles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Needles")
            .field("forms", &self.needles.len())
            .finish_non_exhaustive()
    }
}

/// The forms of a text: name, bytes, length of a piece.
fn forms(text: &str) -> Vec<(&'static str, Vec<u8>, usize)> {
    let bytes = text.as_bytes();
    let each = |one: fn(u8) -> String| {
        bytes
            .iter()
            .map(|byte| one(*byte))
            .collect::<String>()
            .into_bytes()
    };
    let mut forms = vec![
        ("plain", bytes.to_vec(), PIECE),
        ("reversed", bytes.iter().rev().copied().collect(), PIECE),
        ("hex", each(|byte| format!("{byte:02x}")), 2 * PIECE),
        ("hex", each(|byte| format!("{byte:02X}")), 2 * PIECE),
        ("percent-encoded", each(|byte| format!("%{byte:02x}")), 3 * PIECE),
        ("percent-encoded", each(|byte| format!("%{byte:02X}")), 3 * PIECE),
        ("\\u escapes", each(|byte| format!("\\u{byte:04x}")), 6 * PIECE),
        ("byte list", each(|byte| format!("{byte}, ")), 4 * PIECE),
        (
            "UTF-16",
            text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            2 * PIECE,
        ),
    ];
    for before in 0..3 {
        for (form, engine) in [("base64", STANDARD_NO_PAD), ("base64url", URL_SAFE_NO_PAD)] {
            let padded = [&[0; 3][..before], bytes].concat();
            // Characters that depend on what is before or after the text say nothing.
            let first = (before * 8).div_ceil(6);
            let last = padded.len() * 8 / 6;
            let encoded = engine.encode(&padded).into_bytes();
            let encoded = encoded[first..last].to_vec();
            if !forms.iter().any(|(_, bytes, _)| *bytes == encoded) {
                forms.push((form, encoded, PIECE.div_ceil(3) * 4));
            }
        }
    }
    forms
}

fn word(window: &[u8]) -> u64 {
    window.try_into().map_or(0, u64::from_le_bytes)
}

/// The filter's cell and bit of a window.
fn place(window: u64) -> (usize, u64) {
    let hash = window.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - FILTER);
    (usize::try_from(hash >> 6).unwrap_or_default(), 1 << (hash & 63))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "vJ7-qTzKx0Rr_Mark-For-Search-81hQmWc2LsYt9eNbUo";

    fn needles() -> Needles {
        Needles::of(&[("token".to_owned(), TOKEN.to_owned())])
    }

    /// The forms found in a text that stands at each of eight places, so that no alignment is missed.
    fn found(text: &[u8]) -> Vec<&'static str> {
        let needles = needles();
        let at_each = (0..8).map(|before| {
            let hay = [&b"........"[..before], text, b"......"].concat();
            needles.find(&hay).first().map(|find| find.form)
        });
        let forms: Vec<_> = at_each.collect();
        assert!(forms.iter().all(|form| *form == forms[0]), "{forms:?}");
        forms[0].into_iter().collect()
    }

    #[test]
    fn every_piece_of_twelve_characters_is_found_and_none_of_eleven() {
        for at in 0..=TOKEN.len() - PIECE {
            assert_eq!(found(&TOKEN.as_bytes()[at..at + PIECE]), ["plain"], "at {at}");
            assert!(found(&TOKEN.as_bytes()[at..at + PIECE - 1]).is_empty(), "at {at}");
        }
    }

    #[test]
    fn base64_is_found_wherever_the_text_stands_in_what_was_encoded() {
        for before in 0..7 {
            for after in 0..4 {
                let text = format!("{}{TOKEN}{}", &"{\"a\":\"xyz"[..before], &"\"}}}"[..after]);
                assert_eq!(
                    found(STANDARD_NO_PAD.encode(&text).as_bytes()),
                    ["base64"],
                    "{text}"
                );
                let url = URL_SAFE_NO_PAD.encode(&text);
                assert_eq!(found(url.as_bytes()).len(), 1, "{text}");
            }
        }
    }

    #[test]
    fn other_forms_are_found() {
        let utf_16: Vec<u8> = TOKEN.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(found(&utf_16), ["UTF-16"]);
        let percent: String = TOKEN.bytes().map(|byte| format!("%{byte:02X}")).collect();
        assert_eq!(found(percent.as_bytes()), ["percent-encoded"]);
        let hex: String = TOKEN.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(found(hex.as_bytes()), ["hex"]);
        assert_eq!(found(format!("{:?}", TOKEN.as_bytes()).as_bytes()), ["byte list"]);
        let reversed: String = TOKEN.chars().rev().collect();
        assert_eq!(found(reversed.as_bytes()), ["reversed"]);
    }

    #[test]
    fn the_header_of_an_id_token_is_no_find() {
        let token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl";
        let needles = Needles::of(&[("id_token".to_owned(), token.to_owned())]);
        assert!(needles.find(b"eyJhbGciOiJSUzI1NiJ9").is_empty());
        assert_eq!(needles.find(b"..eyJzdWIiOiJhZGEifQ").len(), 1);
    }

    #[test]
    fn a_find_tells_where_and_never_what() {
        let hay = format!("0123456789{TOKEN}");
        let finds = needles().find(hay.as_bytes());
        assert_eq!(finds.len(), 1);
        assert_eq!((finds[0].at, finds[0].length), (10, TOKEN.len()));
        assert_eq!(finds[0].to_string(), "token (plain, 47 bytes at 10)");
    }
}
