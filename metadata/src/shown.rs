//! What a page gets to see: bounded values, with what can be edited as it is, and the draft beside them.

use jiff::Timestamp;
use latchkey_session::{Claim, ClaimKind};
use serde::Serialize;
use serde_json::Value;

use crate::conflict::Conflict;
use crate::fields::{Fields, Scalar, is_name};
use crate::trouble::Trouble;

/// How many fields a page is given.
const FIELDS_LIMIT: usize = 200;
/// How much of one value's text it is given, in characters.
const TEXT_LIMIT: usize = 2_000;

/// One field.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct Shown {
    /// Its name, at most 200 characters.
    pub name: String,
    /// What kind of value it has.
    pub kind: ClaimKind,
    /// The value as text, a list or an object as JSON: at most 2,000 characters, none of them control or bidirectional.
    pub text: String,
    /// The value itself, where it can be edited; absent: it can only be looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, type = "string | number | boolean"))]
    pub value: Option<Scalar>,
}

impl Shown {
    pub(crate) fn of(name: &str, value: &Value) -> Self {
        let Claim {
            name: shown_name,
            kind,
            mut text,
        } = Claim::of(name, value);
        // A text with characters that deceive is looked at and not edited: what is written back must be what was seen.
        let is_plain = value.as_str().is_none_or(|value| {
            let seen = |text: &str| text.split_whitespace().collect::<String>();
            seen(value) == seen(&text)
        });
        if let Some((end, _)) = text.char_indices().nth(TEXT_LIMIT) {
            text.truncate(end);
            text.push('…');
        }
        Self {
            name: shown_name,
            kind,
            text,
            value: Scalar::of(value).filter(|_| is_plain && is_name(name)),
        }
    }

    /// How many fields there are beyond those, if there are any.
    pub(crate) fn left_out(fields: &Fields) -> Option<usize> {
        let all = fields.iter().count();
        all.checked_sub(FIELDS_LIMIT).filter(|left_out| *left_out > 0)
    }

    /// The first 200 fields, in order of their names.
    pub(crate) fn all(fields: &Fields) -> Vec<Self> {
        fields
            .iter()
            .take(FIELDS_LIMIT)
            .map(|(name, value)| Self::of(name, value))
            .collect()
    }
}

/// What there is to show: the data, or why there is none now; and the draft.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct Content {
    /// The data; absent: it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub fields: Option<Vec<Shown>>,
    /// How many fields there are beyond the first 200; absent: none. Saving leaves them as they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub left_out: Option<usize>,
    /// The server's version of it (an entity tag), where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub version: Option<String>,
    /// Changes that are not saved yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub draft: Option<Draft>,
    /// Why the data could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub trouble: Option<Trouble>,
}

/// Changes that are not saved yet.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "MetadataDraft"))]
pub struct Draft {
    /// When it was last written, RFC 3339.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub at: Timestamp,
    /// The version it was begun on, where the server had one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub version: Option<String>,
    /// The changes.
    pub edits: Vec<Edit>,
    /// Those that somebody else changed meanwhile.
    pub conflicts: Vec<Conflict>,
}

/// One change that is not saved yet.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct Edit {
    /// The field's name.
    pub name: String,
    /// What it was when it was changed; absent: there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub base: Option<Shown>,
    /// What it was changed to; null: it was removed.
    #[cfg_attr(feature = "ts", ts(type = "string | number | boolean | null"))]
    pub value: Option<Scalar>,
}

/// How a save ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Saved {
    /// The changes are there; this is the data now.
    Saved {
        /// As after a load.
        content: Content,
    },
    /// Nothing was sent: these fields were changed elsewhere, too. The draft stays.
    Conflict {
        /// The fields to choose for.
        conflicts: Vec<Conflict>,
        /// As after a load.
        content: Content,
    },
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Shown;

    fn shown(value: &Value) -> Shown {
        Shown::of("a", value)
    }

    #[test]
    fn hostile_values_are_bounded_and_plain() {
        let long = shown(&json!("x".repeat(100_000)));
        assert_eq!((long.text.chars().count(), long.value), (2_001, None));
        let markup = shown(&json!("<b>\u{202e}</b>\0"));
        assert_eq!((markup.text.as_str(), markup.value), ("<b></b>", None));
        let deep = shown(&json!({"a": [{"b": "\u{202e}"}]}));
        assert_eq!((deep.text.as_str(), deep.value), (r#"{"a":[{"b":""}]}"#, None));
        for deceptive in ["x\u{202e}y", "x\u{200b}y", "x\0y"] {
            assert_eq!(shown(&json!(deceptive)).value, None, "{deceptive:?}");
        }
        assert!(shown(&json!("two\nlines  and\ta tab")).value.is_some());
        assert_eq!(
            Shown::of("a\u{202e}b", &json!("x")).value,
            None,
            "an odd name is not edited"
        );
    }

    #[test]
    fn a_page_is_given_so_many_fields() {
        let many = (0..10_000).map(|i| (format!("f{i}"), json!(1))).collect();
        assert_eq!(Shown::all(&many).len(), 200);
        assert_eq!(Shown::left_out(&many), Some(many.iter().count() - 200));
        assert_eq!(Shown::left_out(&crate::fields::Fields::default()), None);
    }
}
