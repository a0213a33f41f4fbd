//! What changed there and here: the value a change was made on, the change, and what is there now.

use serde::Serialize;
use serde_json::Value;

use crate::fields::{Change, Fields, Scalar, same};
use crate::shown::Shown;

/// A field that was changed here and elsewhere, to different values. A person has to choose.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct Conflict {
    /// The field's name.
    pub name: String,
    /// What it was when it was changed here; absent: there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub base: Option<Shown>,
    /// What it was changed to here; null: it was removed.
    #[cfg_attr(feature = "ts", ts(type = "string | number | boolean | null"))]
    pub mine: Option<Scalar>,
    /// What it is there now; absent: it was removed there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub theirs: Option<Shown>,
}

/// Compares a change, made on `base`, with what is there. Nothing when they can live together: nobody changed the field there, or
/// they changed it to the same.
pub(crate) fn between(base: Option<&Value>, change: &Change, there: &Fields) -> Option<Conflict> {
    let theirs = there.get(&change.name);
    if same(base, theirs) || change.is_in(there) {
        return None;
    }
    let shown = |value: Option<&Value>| value.map(|value| Shown::of(&change.name, value));
    Some(Conflict {
        name: change.name.clone(),
        base: shown(base),
        mine: change.value.clone(),
        theirs: shown(theirs),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::between;
    use crate::fields::Change;

    fn conflict(base: Value, mine: Value, theirs: Value) -> bool {
        let change: Change = serde_json::from_value(json!({"name": "a", "value": mine})).unwrap();
        let there = json!({"a": theirs, "b": 1});
        between(Some(&base), &change, there.as_object().unwrap()).is_some()
    }

    #[test]
    fn only_different_changes_on_both_sides_are_a_conflict() {
        assert!(!conflict(json!("x"), json!("y"), json!("x")), "changed here");
        assert!(
            !conflict(json!("x"), json!("y"), json!("y")),
            "changed to the same"
        );
        assert!(
            !conflict(json!("x"), json!(null), json!(null)),
            "removed on both sides"
        );
        assert!(conflict(json!("x"), json!("y"), json!("z")));
        assert!(conflict(json!("x"), json!("y"), json!(null)), "removed there");
        assert!(conflict(json!("x"), json!(null), json!("z")), "removed here");
        assert!(
            conflict(json!(null), json!("y"), json!("z")),
            "added on both sides"
        );
        assert!(conflict(json!("x"), json!("y"), json!({"deep": true})));
    }
}
