//! The data and changes of it. What comes from a page is checked here once; behind this everything is bounded.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Number, Value};

use crate::trouble::{Trouble, TroubleCode};

/// The data: names and values, first level.
pub type Fields = Map<String, Value>;

/// How many fields can be changed at once.
const CHANGES_LIMIT: usize = 100;
/// The longest name of a field that can be changed, in characters.
const NAME_LIMIT: usize = 100;
/// The longest text, in characters.
pub(crate) const TEXT_LIMIT: usize = 10_000;
/// The largest patch, in bytes.
const PATCH_LIMIT: usize = 64 * 1024;
/// Beyond this a page's numbers cannot tell one whole number from the next (`Number.MAX_SAFE_INTEGER`).
const EXACT_LIMIT: u64 = (1 << 53) - 1;

/// A value that can be edited.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    /// True or false.
    Flag(bool),
    /// A number.
    Number(Number),
    /// A text, at most 10,000 characters.
    Text(String),
}

/// One change: a field gets this value, or is removed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct Change {
    /// The field's name.
    pub name: String,
    /// Its new value; null: it is removed. Never left out.
    #[cfg_attr(feature = "ts", ts(type = "string | number | boolean | null"))]
    pub value: Option<Scalar>,
}

impl<'de> Deserialize<'de> for Change {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        /// A value that is left out is a mistake: it must not remove the field.
        #[derive(Deserialize)]
        struct Sent {
            name: String,
            #[serde(deserialize_with = "Option::deserialize")]
            value: Option<Scalar>,
        }
        let Sent { name, value } = Sent::deserialize(from)?;
        Ok(Self { name, value })
    }
}

/// Checked changes, each of another field.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes(Vec<Change>);

impl Changes {
    /// Checks what came from a page.
    ///
    /// # Errors
    /// [`TroubleCode::Invalid`] with the field, or [`TroubleCode::TooLarge`].
    pub fn new(changes: Vec<Change>) -> Result<Self, Trouble> {
        if changes.len() > CHANGES_LIMIT {
            return Err(Trouble::new(TroubleCode::TooLarge)
                .with_detail(format!("at most {CHANGES_LIMIT} fields at once")));
        }
        for (i, change) in changes.iter().enumerate() {
            check(change).map_err(|message| Trouble::invalid(&change.name, message))?;
            if changes[..i].iter().any(|other| other.name == change.name) {
                return Err(Trouble::invalid(&change.name, "is changed twice"));
            }
        }
        let all = Self(changes);
        let size = serde_json::to_vec(&all.0).map_or(usize::MAX, |bytes| bytes.len());
        if size > PATCH_LIMIT {
            return Err(Trouble::new(TroubleCode::TooLarge).with_detail("the changes are larger than 64 KiB"));
        }
        Ok(all)
    }

    /// Each change.
    pub fn iter(&self) -> impl Iterator<Item = &Change> {
        self.0.iter()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those that are not done yet in this data.
    pub(crate) fn not_in(&self, fields: &Fields) -> Self {
        let open = |change: &&Change| !change.is_in(fields);
        Self(self.0.iter().filter(open).cloned().collect())
    }

    /// A patch: null removes a member. So it is in a JSON merge patch (RFC 7396) and in Auth0's first-level merge alike, because no
    /// value is an object.
    pub fn patch(&self) -> Fields {
        self.0
            .iter()
            .map(|change| (change.name.clone(), change.json().unwrap_or(Value::Null)))
            .collect()
    }
}

impl Change {
    /// The new value as JSON; nothing when the field is removed.
    pub(crate) fn json(&self) -> Option<Value> {
        self.value.as_ref().map(Scalar::json)
    }

    /// Whether the data already is as this change wants it.
    pub(crate) fn is_in(&self, fields: &Fields) -> bool {
        same(self.json().as_ref(), fields.get(&self.name))
    }
}

impl Scalar {
    /// The value, if a page can edit it without changing it: a text without control characters and not too long, a number that a
    /// page's numbers hold exactly, true or false.
    pub(crate) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(flag) => Some(Self::Flag(*flag)),
            Value::Number(number) if is_exact(number) => Some(Self::Number(number.clone())),
            Value::String(text) if is_editable(text) => Some(Self::Text(text.clone())),
            Value::Number(_) | Value::String(_) | Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Flag(flag) => Value::Bool(*flag),
            Self::Number(number) => Value::Number(number.clone()),
            Self::Text(text) => Value::String(text.clone()),
        }
    }
}

/// Whether two values are the same; a null is none, and 1 is 1.0.
pub(crate) fn same(a: Option<&Value>, b: Option<&Value>) -> bool {
    match (a, b) {
        (None | Some(Value::Null), None | Some(Value::Null)) => true,
        (Some(Value::Number(a)), Some(Value::Number(b))) => a == b || a.as_f64() == b.as_f64(),
        (a, b) => a == b,
    }
}

fn check(change: &Change) -> Result<(), &'static str> {
    if !is_name(&change.name) {
        return Err("is no name for a field");
    }
    match &change.value {
        Some(Scalar::Text(text)) if text.chars().count() > TEXT_LIMIT => Err("is too long"),
        Some(Scalar::Text(text)) if !is_editable(text) => Err("holds characters that cannot be shown"),
        Some(Scalar::Number(number)) if !is_exact(number) => Err("is too large a number"),
        Some(_) | None => Ok(()),
    }
}

/// Whether this is a name that can be changed: it is shown as it is, and means nothing to JavaScript.
pub(crate) fn is_name(name: &str) -> bool {
    let shown = latchkey_session::Claim::of(name, &Value::Null).name;
    !name.is_empty() && name.chars().count() <= NAME_LIMIT && shown == name && name != "__proto__"
}

fn is_editable(text: &str) -> bool {
    text.chars().count() <= TEXT_LIMIT && !text.chars().any(|c| c.is_control() && c != '\n' && c != '\t')
}

fn is_exact(number: &Number) -> bool {
    #[allow(clippy::cast_precision_loss, reason = "the limit is exact")]
    let limit = EXACT_LIMIT as f64;
    if number.is_f64() {
        return number.as_f64().is_some_and(|number| number.abs() <= limit);
    }
    let size = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
    size.is_some_and(|size| size <= EXACT_LIMIT)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Change, Changes, Scalar, same};
    use crate::TroubleCode;

    fn changes(list: Value) -> Result<Changes, TroubleCode> {
        let list = serde_json::from_value(list).map_err(|_| TroubleCode::Unusable)?;
        Changes::new(list).map_err(|trouble| trouble.code)
    }

    #[test]
    fn a_change_says_what_it_does_or_is_none() {
        assert!(serde_json::from_value::<Change>(json!({"name": "a"})).is_err());
        assert!(serde_json::from_value::<Change>(json!({"name": "a", "value": {"b": 1}})).is_err());
        assert!(serde_json::from_value::<Change>(json!({"name": "a", "value": [1]})).is_err());
        let removed: Change = serde_json::from_value(json!({"name": "a", "value": null})).unwrap();
        assert_eq!(removed.value, None);
    }

    #[test]
    fn what_a_page_sends_is_bounded() {
        let text = |length: usize| json!([{"name": "a", "value": "é".repeat(length)}]);
        assert!(changes(text(10_000)).is_ok());
        assert_eq!(changes(text(10_001)), Err(TroubleCode::Invalid));
        let many = |count: usize, length: usize| {
            Value::Array(
                (0..count)
                    .map(|i| json!({"name": format!("f{i}"), "value": "x".repeat(length)}))
                    .collect(),
            )
        };
        assert!(changes(many(100, 600)).is_ok());
        assert_eq!(changes(many(101, 1)), Err(TroubleCode::TooLarge));
        assert_eq!(changes(many(100, 650)), Err(TroubleCode::TooLarge));
    }

    #[test]
    fn odd_names_and_values_are_refused() {
        for name in ["", "a\nb", "a\u{202e}b", " a", "__proto__", &"x".repeat(101)] {
            assert_eq!(
                changes(json!([{"name": name, "value": 1}])),
                Err(TroubleCode::Invalid),
                "{name:?}"
            );
        }
        for value in [json!("a\0b"), json!(9_007_199_254_740_993_u64), json!(i64::MIN)] {
            assert_eq!(
                changes(json!([{"name": "a", "value": value}])),
                Err(TroubleCode::Invalid)
            );
        }
        assert_eq!(
            changes(json!([{"name": "a", "value": 1}, {"name": "a", "value": 2}])),
            Err(TroubleCode::Invalid)
        );
    }

    #[test]
    fn values_are_compared_by_what_they_say() {
        assert!(same(None, Some(&Value::Null)));
        assert!(same(Some(&json!(1)), Some(&json!(1.0))));
        assert!(!same(Some(&json!(1)), Some(&json!("1"))));
        assert!(!same(None, Some(&json!(""))));
        assert!(same(Some(&json!({"a": [1]})), Some(&json!({"a": [1]}))));
    }

    #[test]
    fn only_what_comes_back_unchanged_can_be_edited() {
        for value in [
            json!("a\nb"),
            json!(1.5),
            json!(true),
            json!(9_007_199_254_740_991_u64),
            json!(-9_007_199_254_740_991.0),
        ] {
            assert_eq!(Scalar::of(&value).map(|scalar| scalar.json()), Some(value));
        }
        for value in [json!("a\0"), json!(u64::MAX), json!(null), json!([1]), json!({})] {
            assert_eq!(Scalar::of(&value), None);
        }
        for number in [
            "9007199254740992",
            "9007199254740993",
            "-9007199254740993",
            "9007199254740993.0",
            "-9007199254740992.0",
            "100000000000000000001",
            "1e300",
        ] {
            let value: Value = serde_json::from_str(number).unwrap();
            assert_eq!(Scalar::of(&value), None, "{number}");
            assert_eq!(
                changes(json!([{"name": "a", "value": value}])),
                Err(TroubleCode::Invalid)
            );
        }
    }

    #[test]
    fn a_patch_removes_with_null() {
        let changes = changes(json!([{"name": "a", "value": 1}, {"name": "b", "value": null}])).unwrap();
        assert_eq!(Value::Object(changes.patch()), json!({"a": 1, "b": null}));
        let fields = json!({"a": 1.0, "b": null, "c": 3});
        assert!(changes.not_in(fields.as_object().unwrap()).is_empty());
    }
}
