//! What the provider says about the person, claim by claim, as text: for a page that shows all of it.

use serde::Serialize;
use serde_json::Value;

use crate::profile::Identity;
use crate::text::neutral;

/// The longest name of a claim, in characters.
const NAME_LIMIT: usize = 200;

/// One claim (OpenID Connect Core, section 5.1, or the provider's own). Not secret, but personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Its name, at most 200 characters, without control or bidirectional characters.
    pub name: String,
    /// What kind of value it has.
    pub kind: ClaimKind,
    /// The value as text without control or bidirectional characters; a list or an object as compact JSON. All claims together
    /// are at most 64 KiB.
    pub text: String,
}

/// The kind of a claim's value (RFC 8259, section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum ClaimKind {
    /// A text.
    Text,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// A list.
    List,
    /// An object.
    Object,
    /// Nothing.
    Null,
}

impl Claim {
    /// All claims of an identity: who says so, about whom and when they proved it, then the others in the order of their names.
    pub(crate) fn all(identity: &Identity) -> Vec<Self> {
        let proved = identity.auth_time.map(|time| Value::from(time.as_second()));
        let of_the_token = [
            ("iss", Some(Value::from(identity.issuer.as_str()))),
            ("sub", Some(Value::from(identity.sub.as_str()))),
            ("auth_time", proved),
        ];
        of_the_token
            .iter()
            .filter_map(|(name, value)| Some(Self::of(name, value.as_ref()?)))
            .chain(identity.claims.iter().map(|(name, value)| Self::of(name, value)))
            .collect()
    }

    /// This name and value, as text.
    pub fn of(name: &str, value: &Value) -> Self {
        let (kind, text) = match value {
            Value::Null => (ClaimKind::Null, String::new()),
            Value::Bool(flag) => (ClaimKind::Boolean, flag.to_string()),
            Value::Number(number) => (ClaimKind::Number, number.to_string()),
            Value::String(text) => (ClaimKind::Text, neutral(text, usize::MAX)),
            Value::Array(_) => (ClaimKind::List, neutral(&value.to_string(), usize::MAX)),
            Value::Object(_) => (ClaimKind::Object, neutral(&value.to_string(), usize::MAX)),
        };
        Self {
            name: neutral(name, NAME_LIMIT),
            kind,
            text,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::{Map, Value, json};

    use super::{Claim, ClaimKind};
    use crate::profile::Identity;

    fn claims(value: Value) -> Vec<(String, ClaimKind, String)> {
        let Value::Object(claims) = value else {
            panic!("an object")
        };
        let identity = Identity {
            issuer: "https://id.example/".into(),
            sub: "ada-1".into(),
            claims: Map::new(),
            auth_time: Timestamp::from_second(1_700_000_000).ok(),
            nonce: Some("n-0S6_WzA2Mj".into()),
        }
        .merged(claims);
        Claim::all(&identity)
            .into_iter()
            .map(|claim| (claim.name, claim.kind, claim.text))
            .collect()
    }

    fn one(name: &str, value: Value) -> (ClaimKind, String) {
        let all = claims(json!({ name: value }));
        let (_, kind, text) = all.into_iter().next_back().unwrap();
        (kind, text)
    }

    #[test]
    fn who_says_so_and_about_whom_comes_first() {
        let names: Vec<_> = claims(json!({"zoneinfo": "Europe/Berlin", "email": "ada@example.com"}))
            .into_iter()
            .map(|(name, ..)| name)
            .collect();
        assert_eq!(names, ["iss", "sub", "auth_time", "email", "zoneinfo"]);
    }

    #[test]
    fn the_nonce_and_the_tokens_own_claims_are_not_among_them() {
        let all = claims(json!({"nonce": "n-0S6_WzA2Mj", "at_hash": "x", "jti": "y", "sid": "z"}));
        assert_eq!(all.len(), 3, "{all:?}");
    }

    #[test]
    fn every_kind_of_value_has_a_text() {
        assert_eq!(one("name", json!("Ada")), (ClaimKind::Text, "Ada".to_owned()));
        assert_eq!(one("age", json!(36.5)), (ClaimKind::Number, "36.5".to_owned()));
        assert_eq!(
            one("admin", json!(false)),
            (ClaimKind::Boolean, "false".to_owned())
        );
        assert_eq!(
            one("groups", json!(["a", null])),
            (ClaimKind::List, r#"["a",null]"#.to_owned())
        );
        assert_eq!(
            one("address", json!({"country": "DE"})),
            (ClaimKind::Object, r#"{"country":"DE"}"#.to_owned())
        );
    }

    #[test]
    fn deceptive_characters_do_not_survive_in_names_and_values() {
        let all = claims(json!({"na\u{202e}me": "a\u{202e}b\nc", "deep": {"k\u{200b}": ["\u{2066}x"]}}));
        let text = format!("{all:?}");
        for deceptive in ['\u{202e}', '\u{200b}', '\u{2066}', '\n'] {
            assert!(!text.contains(deceptive), "{text}");
        }
        assert!(text.contains("ab c"), "{text}");
    }

    #[test]
    fn a_name_of_any_length_is_shown_with_a_limit() {
        let (name, ..) = claims(json!({"x".repeat(5_000): 1})).pop().unwrap();
        assert_eq!(name.chars().count(), 200);
    }
}
