//! The head entry of a record: one line of JSON, then the record itself when it fits.
//!
//! The line is read leniently (members of later versions are ignored) unless its version is newer than ours.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use zeroize::Zeroizing;

use crate::view::Why;

/// The version this program writes, and the newest it reads.
const VERSION: u32 = 1;

/// What the head entry says.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Head {
    version: u32,
    /// Counts up with every write and clear.
    pub(super) generation: u64,
    #[serde(flatten)]
    pub(super) content: Content,
    /// Parts of the generation before this one, whose removal began when this head was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) before: Option<Run>,
    /// The rotation journal: a renewal of this generation was begun then, and has not been heard of since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) renewing_since: Option<Timestamp>,
}

/// Where the record is.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(super) enum Content {
    /// In the head entry, after the first line.
    Whole,
    /// In parts.
    Parts {
        /// How many.
        count: usize,
        /// SHA-256 of the whole record, base64url.
        digest: String,
    },
    /// Gone.
    Cleared {
        /// Why, unless a later version had a reason unknown here.
        #[serde(
            default,
            skip_serializing_if = "Option::is_none",
            deserialize_with = "if_known"
        )]
        why: Option<Why>,
    },
}

impl Content {
    /// Whether this is a tombstone.
    pub(super) fn is_cleared(&self) -> bool {
        matches!(self, Self::Cleared { .. })
    }
}

fn if_known<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Why>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.and_then(|text| serde_json::from_value(text.into()).ok()))
}

/// The parts of one generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Run {
    pub(super) generation: u64,
    pub(super) count: usize,
}

/// What can be known of a head that cannot be read.
#[derive(Deserialize)]
struct Peek {
    generation: u64,
}

impl Head {
    /// A head of this version.
    pub(super) fn new(generation: u64, content: Content, before: Option<Run>) -> Self {
        Self {
            version: VERSION,
            generation,
            content,
            before,
            renewing_since: None,
        }
    }

    /// This generation's parts, if it has any.
    pub(super) fn parts(&self) -> Option<Run> {
        match self.content {
            Content::Parts { count, .. } => Some(Run {
                generation: self.generation,
                count,
            }),
            Content::Whole | Content::Cleared { .. } => None,
        }
    }

    /// The entry: the line, and the record after it.
    pub(super) fn with_body(&self, body: &[u8]) -> Zeroizing<Vec<u8>> {
        // A struct of numbers and short texts: writing it as JSON cannot fail. If it did, nothing could read the entry.
        let line = serde_json::to_vec(self).unwrap_or_default();
        let mut entry = Zeroizing::new(Vec::with_capacity(line.len() + 1 + body.len()));
        entry.extend_from_slice(&line);
        entry.push(b'\n');
        entry.extend_from_slice(body);
        entry
    }

    /// The head and the record after it, or, for an entry of another or a newer make, its generation as far as one is there.
    pub(super) fn parse(entry: &[u8]) -> Result<(Self, &[u8]), u64> {
        let end = entry
            .iter()
            .position(|&byte| byte == b'\n')
            .unwrap_or(entry.len());
        let (line, body) = (&entry[..end], entry.get(end + 1..).unwrap_or_default());
        match serde_json::from_slice::<Self>(line) {
            Ok(head) if head.version == VERSION => Ok((head, body)),
            Ok(_) | Err(_) => Err(serde_json::from_slice::<Peek>(line).map_or(0, |peek| peek.generation)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Content, Head, Run};
    use crate::view::Why;

    #[test]
    fn a_head_survives_writing_and_reading() {
        let content = Content::Parts {
            count: 3,
            digest: "d".to_owned(),
        };
        let head = Head::new(
            8,
            content,
            Some(Run {
                generation: 7,
                count: 2,
            }),
        );
        assert_eq!(Head::parse(&head.with_body(b"a\nb")), Ok((head, &b"a\nb"[..])));
        for why in [None, Some(Why::ByUser)] {
            let head = Head::new(u64::MAX, Content::Cleared { why }, None);
            assert_eq!(Head::parse(&head.with_body(b"")), Ok((head, &b""[..])));
        }
    }

    #[test]
    fn a_reason_of_a_later_version_is_no_reason_to_bring_a_session_back() {
        let (head, _) =
            Head::parse(b"{\"version\":1,\"generation\":4,\"kind\":\"cleared\",\"why\":\"boredom\"}\n")
                .unwrap();
        assert_eq!(head.content, Content::Cleared { why: None });
    }

    #[test]
    fn the_format_is_the_documented_one() {
        let entry = Head::new(2, Content::Whole, None).with_body(b"{}");
        assert_eq!(
            entry.as_slice(),
            b"{\"version\":1,\"generation\":2,\"kind\":\"whole\"}\n{}"
        );
    }

    #[test]
    fn a_newer_or_foreign_entry_is_told_apart_from_ours() {
        assert_eq!(
            Head::parse(b"{\"version\":2,\"generation\":9,\"kind\":\"sealed\"}\nx"),
            Err(9)
        );
        assert_eq!(
            Head::parse(b"{\"version\":2,\"generation\":9,\"kind\":\"whole\"}\nx"),
            Err(9)
        );
        assert_eq!(
            Head::parse(b"{\"version\":1,\"generation\":4,\"kind\":\"who"),
            Err(0)
        );
        assert_eq!(Head::parse(b"hunter2"), Err(0));
        assert_eq!(Head::parse(b""), Err(0));
    }
}
