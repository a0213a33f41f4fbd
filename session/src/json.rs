//! JSON from strangers, read so that nothing is said twice.
//!
//! An object with a repeated member has two readings: this program would take one, a proxy or the provider's own tools perhaps the
//! other. For a JWT's header and claims and for keys the standards ask to refuse such an object or to take the last value (RFC
//! 7515, section 4; RFC 7519, section 4; RFC 7517, section 4); we refuse. The discovery document and userinfo are read in the same
//! way: no provider we know of repeats a member, so nobody is locked out. A token response is read by `serde`, which refuses a
//! member it uses when it comes twice.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Reads a JSON text whose objects say everything once. One that does not reads as null, wherever it stands: an odd key is
/// skipped, an odd token is none. None for what is not JSON, or deeper than 127 levels.
pub(crate) fn value(text: &[u8]) -> Option<Value> {
    serde_json::from_slice::<Unique>(text).ok().map(|read| read.0)
}

/// Reads a JSON text that is one object.
pub(crate) fn object(text: &[u8]) -> Option<Map<String, Value>> {
    match value(text)? {
        Value::Object(object) => Some(object),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => None,
    }
}

struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader).map(Self)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(Unique(element)) = elements.next_element()? {
            array.push(element);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let (mut object, mut repeated) = (Map::new(), false);
        while let Some((name, Unique(value))) = members.next_entry::<String, Unique>()? {
            repeated |= object.insert(name, value).is_some();
        }
        Ok(if repeated {
            Value::Null
        } else {
            Value::Object(object)
        })
    }
}

/// Whether this holds for a text or a name anywhere in the value.
pub(crate) fn any_text(value: &Value, holds: &mut impl FnMut(&str) -> bool) -> bool {
    match value {
        Value::String(text) => holds(text),
        Value::Array(items) => items.iter().any(|item| any_text(item, holds)),
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| holds(name) || any_text(value, holds)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether a text or a name anywhere in somebody else's data holds this text, however it was escaped when it came.
pub fn says(value: &Value, text: &str) -> bool {
    any_text(value, &mut |own| own.contains(text))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_said_once_reads_as_everywhere() {
        let text = r#"{"a": [1, -2, 0.5, "x\u00e9", null, true, {"b": {}}], "c": 1e3}"#;
        let usual: Value = serde_json::from_str(text).unwrap();
        assert_eq!(value(text.as_bytes()).unwrap(), usual);
        assert_eq!(
            Value::Object(object(br#"{"a": {"a": 1}}"#).unwrap()),
            json!({"a": {"a": 1}})
        );
    }

    #[test]
    fn an_object_that_says_something_twice_says_nothing() {
        assert!(object(br#"{"a": 1, "a": 1}"#).is_none());
        assert!(object(br#"{"a": 1, "b": 2, "\u0061": 3}"#).is_none());
        let nested = br#"{"keys": [{"kid": "1", "kid": "2"}, {"kid": "3"}], "x": {"y": null, "y": null}}"#;
        assert_eq!(
            value(nested).unwrap(),
            json!({"keys": [null, {"kid": "3"}], "x": null})
        );
    }

    #[test]
    fn what_is_not_one_object_is_none() {
        for text in [
            "",
            "{",
            "[]",
            "7",
            "null",
            "{} {}",
            "{\"a\":1e999}",
            "{\"a\":\"\u{1}\"}",
        ] {
            assert!(object(text.as_bytes()).is_none(), "{text}");
        }
        assert!(value(b"{\"a\":\"\xff\"}").is_none());
        assert!(value("[".repeat(100_000).as_bytes()).is_none());
    }

    #[test]
    fn a_text_is_found_wherever_it_is_and_however_it_was_written() {
        let value = object(br#"{"a": [{"b": "xx \u0061t-1 yy"}], "at-2 is a name": 1}"#).unwrap();
        let value = Value::Object(value);
        assert!(says(&value, "at-1") && says(&value, "at-2"));
        assert!(!says(&value, "at-3"));
    }
}
