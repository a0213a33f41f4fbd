//! What a message of the page may look like before a command reads it: a few plain and short values. Two commands take a list of
//! changes to what a person edits, one takes a pasted address.
//!
//! The commands' own types decide what the values mean. This decides how much there may be of them, for all commands at once
//! and for those still to come.

use serde_json::Value;
use tauri::Runtime;
use tauri::ipc::{Invoke, InvokeBody};

use crate::commands;

/// More arguments no command has.
const MOST: usize = 4;
/// The longest text a command takes, in bytes: a name of at most 200 characters.
const LONGEST: usize = 800;
/// The command that takes a callback URL: somewhat more than the core looks at.
const WITH_ADDRESS: &str = "paste_address";
/// The longest pasted text, in bytes.
const LONGEST_ADDRESS: usize = 10_000;
/// The commands that take lists, too: of names, and of changes, each a name and a plain value.
const WITH_LISTS: [&str; 2] = ["save_metadata", "keep_draft"];
/// More no list holds.
const ITEMS: usize = 100;
/// The longest text of a change, in bytes: 10,000 characters.
const LONGEST_CHANGE: usize = 40_000;

/// The commands, behind the gate.
pub(crate) fn before<R: Runtime>(
    commands: impl Fn(Invoke<R>) -> bool + Send + Sync + 'static,
) -> impl Fn(Invoke<R>) -> bool + Send + Sync + 'static {
    move |invoke| {
        if passes(invoke.message.command(), invoke.message.payload()) {
            return commands(invoke);
        }
        tracing::warn!("a message of the page was refused");
        invoke
            .resolver
            .reject(commands::internal("not a message of the page"));
        true
    }
}

fn passes(command: &str, payload: &InvokeBody) -> bool {
    let lists = WITH_LISTS.contains(&command);
    match payload {
        InvokeBody::Json(Value::Object(arguments)) => {
            arguments.len() <= MOST
                && arguments.values().all(|value| {
                    is_plain_and_short(value)
                        || lists && is_list(value)
                        || command == WITH_ADDRESS && is_address(value)
                })
        }
        InvokeBody::Json(_) | InvokeBody::Raw(_) => false,
    }
}

fn is_plain_and_short(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) => true,
        Value::String(text) => text.len() <= LONGEST,
        Value::Number(_) | Value::Array(_) | Value::Object(_) => false,
    }
}

fn is_address(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.len() <= LONGEST_ADDRESS)
}

fn is_list(value: &Value) -> bool {
    let Value::Array(items) = value else {
        return false;
    };
    items.len() <= ITEMS
        && items
            .iter()
            .all(|item| is_plain_and_short(item) || is_change(item))
}

fn is_change(item: &Value) -> bool {
    let Value::Object(members) = item else {
        return false;
    };
    members.len() <= 2
        && members.values().all(|value| match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => true,
            Value::String(text) => text.len() <= LONGEST_CHANGE,
            Value::Array(_) | Value::Object(_) => false,
        })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use tauri::ipc::InvokeBody;

    use super::passes;

    fn json_passes(payload: Value) -> bool {
        passes("sign_in", &InvokeBody::Json(payload))
    }

    #[test]
    fn what_the_page_sends_passes() {
        assert!(json_passes(json!({})));
        assert!(json_passes(json!({ "signedIn": true })));
        assert!(json_passes(json!({ "how": null })));
        assert!(json_passes(json!({ "how": "deep-link" })));
        assert!(json_passes(json!({ "name": "é".repeat(200) })));
        assert!(json_passes(
            json!({ "channel": format!("__CHANNEL__:{}", u32::MAX) })
        ));
    }

    #[test]
    fn whatever_is_long_nested_or_raw_does_not() {
        assert!(!passes("sign_in", &InvokeBody::Raw(vec![1, 2, 3])));
        assert!(!json_passes(json!(null)));
        assert!(!json_passes(json!("deep-link")));
        assert!(!json_passes(json!([])));
        assert!(!json_passes(json!({ "how": "x".repeat(801) })));
        assert!(!json_passes(json!({ "how": ["deep-link"] })));
        assert!(!json_passes(json!({ "how": { "toString": "deep-link" } })));
        assert!(!json_passes(json!({ "how": 1e300 })));
        let many = (0..5).map(|n| (n.to_string(), Value::Null)).collect();
        assert!(!json_passes(Value::Object(many)));
    }

    #[test]
    fn a_long_text_passes_to_the_command_that_takes_an_address_and_to_no_other() {
        let text = |length| InvokeBody::Json(json!({ "text": "x".repeat(length) }));
        assert!(passes("paste_address", &text(10_000)));
        assert!(!passes("paste_address", &text(10_001)));
        assert!(!passes("try_provider", &text(801)));
    }

    #[test]
    fn changes_pass_to_the_commands_that_take_them_and_are_bounded() {
        let saved = |payload: Value| passes("save_metadata", &InvokeBody::Json(payload));
        let change =
            |value: Value| json!({ "changes": [{ "name": "age", "value": value }], "over": ["age"] });
        for value in [json!(null), json!(true), json!(36), json!("x".repeat(40_000))] {
            assert!(saved(change(value.clone())));
            assert!(!json_passes(change(value)), "another command");
        }
        for value in [json!("x".repeat(40_001)), json!([1]), json!({ "a": 1 })] {
            assert!(!saved(change(value)));
        }
        assert!(!saved(json!({ "changes": vec![json!({ "name": "a" }); 101] })));
        assert!(!saved(
            json!({ "changes": [{ "name": "a", "value": 1, "more": 2 }] })
        ));
        assert!(!saved(json!({ "over": ["x".repeat(801)] })));
    }
}
