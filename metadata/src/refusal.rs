//! What a server says about a request it does not take: problem details (RFC 9457), Auth0's errors, and what others write.

use http::Response;
use latchkey_session::told;
use serde_json::{Map, Value};

use crate::trouble::{FieldTrouble, Trouble, TroubleCode};

/// How many fields are told of.
const FIELDS_LIMIT: usize = 50;

/// The server's words, made fit to be shown, by field where it says so.
pub(crate) fn refused(answer: &Response<Vec<u8>>) -> Trouble {
    let status = answer.status().as_u16();
    let mut trouble = Trouble::new(TroubleCode::Refused).with_detail(format!("the server answered {status}"));
    let Ok(Value::Object(body)) = serde_json::from_slice(answer.body()) else {
        return trouble;
    };
    // RFC 9457, section 3.1: `detail` is about this occurrence, `title` about the kind. Auth0 and many others: `message`.
    let words = ["detail", "message", "error_description", "title"]
        .iter()
        .find_map(|name| body.get(*name)?.as_str().filter(|text| !text.trim().is_empty()));
    if let Some(words) = words {
        trouble = trouble.with_detail(words);
    }
    trouble.fields = fields(&body);
    trouble
}

/// RFC 9457, section 3 (its example): `errors`, each with `detail` and a JSON pointer; RFC 7807's example: `invalid-params`, each with
/// `name` and `reason`. Others write `errors` as an object of texts or of lists of texts.
fn fields(body: &Map<String, Value>) -> Vec<FieldTrouble> {
    let mut told_of = Vec::new();
    for list in ["errors", "invalid-params", "invalid_params"]
        .iter()
        .filter_map(|name| body.get(*name))
    {
        match list {
            Value::Array(items) => told_of.extend(items.iter().filter_map(one)),
            Value::Object(by_name) => told_of.extend(by_name.iter().filter_map(|(name, words)| {
                let words = words.as_str().or_else(|| words.get(0)?.as_str())?;
                about(name, words)
            })),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    told_of.truncate(FIELDS_LIMIT);
    told_of
}

fn one(item: &Value) -> Option<FieldTrouble> {
    let text = |names: &[&str]| names.iter().find_map(|name| item.get(*name)?.as_str());
    let name = text(&["pointer", "name", "field", "path"])?;
    about(name, text(&["detail", "reason", "message"])?)
}

/// `#/first_name` and `/user_metadata/first_name` are about `first_name` (RFC 6901).
fn about(pointer: &str, words: &str) -> Option<FieldTrouble> {
    let last = pointer.rsplit('/').next()?;
    let name = last.trim_start_matches('#').replace("~1", "/").replace("~0", "~");
    let (name, message) = (told(&name), told(words));
    (!name.is_empty() && !message.is_empty()).then_some(FieldTrouble { name, message })
}

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::{Value, json};

    use super::refused;
    use crate::trouble::Trouble;

    fn told(body: &Value) -> Trouble {
        let mut answer = Response::new(body.to_string().into_bytes());
        *answer.status_mut() = http::StatusCode::UNPROCESSABLE_ENTITY;
        refused(&answer)
    }

    fn fields(trouble: &Trouble) -> Vec<(&str, &str)> {
        trouble
            .fields
            .iter()
            .map(|it| (it.name.as_str(), it.message.as_str()))
            .collect()
    }

    #[test]
    fn problem_details_are_told_by_field() {
        let trouble = told(&json!({
            "title": "Your request is not valid.",
            "errors": [
                {"detail": "must be a positive integer", "pointer": "#/age"},
                {"detail": "unknown", "pointer": "/user_metadata/country"},
                {"pointer": "#/x"},
                7
            ]
        }));
        assert_eq!(trouble.detail.as_deref(), Some("Your request is not valid."));
        assert_eq!(
            fields(&trouble),
            [("age", "must be a positive integer"), ("country", "unknown")]
        );
    }

    #[test]
    fn other_forms_are_understood() {
        let trouble = told(
            &json!({"message": "Payload validation error", "invalid-params": [{"name": "age", "reason": "too old"}]}),
        );
        assert_eq!(trouble.detail.as_deref(), Some("Payload validation error"));
        assert_eq!(fields(&trouble), [("age", "too old")]);
        let trouble = told(&json!({"errors": {"age": ["too old", "odd"], "name": "short"}}));
        assert_eq!(fields(&trouble), [("age", "too old"), ("name", "short")]);
        assert_eq!(trouble.detail.as_deref(), Some("the server answered 422"));
    }

    #[test]
    fn a_strangers_words_are_made_fit_to_be_shown() {
        let trouble = told(&json!({"detail": "a\u{202e}b\n<b>c</b> eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl"}));
        assert_eq!(trouble.detail.as_deref(), Some("ab <b>c</b> [left out]"));
        let trouble = told(&json!({"detail": "x".repeat(100_000)}));
        assert!(trouble.detail.unwrap_or_default().chars().count() <= 300);
    }

    #[test]
    fn an_answer_without_words_is_told_by_its_status() {
        for body in [json!([]), json!("no"), json!({"detail": 3})] {
            assert_eq!(told(&body).detail.as_deref(), Some("the server answered 422"));
        }
    }
}
