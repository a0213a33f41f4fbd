//! What a message of the page may look like before a command reads it: a few plain and short values.
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

/// The commands, behind the gate.
pub(crate) fn before<R: Runtime>(
    commands: impl Fn(Invoke<R>) -> bool + Send + Sync + 'static,
) -> impl Fn(Invoke<R>) -> bool + Send + Sync + 'static {
    move |invoke| {
        if passes(invoke.message.payload()) {
            return commands(invoke);
        }
        tracing::warn!("a message of the page was refused");
        invoke
            .resolver
            .reject(commands::internal("not a message of the page"));
        true
    }
}

fn passes(payload: &InvokeBody) -> bool {
    match payload {
        InvokeBody::Json(Value::Object(arguments)) => {
            arguments.len() <= MOST && arguments.values().all(is_plain_and_short)
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use tauri::ipc::InvokeBody;

    use super::passes;

    fn json_passes(payload: Value) -> bool {
        passes(&InvokeBody::Json(payload))
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
        assert!(!passes(&InvokeBody::Raw(vec![1, 2, 3])));
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
}
