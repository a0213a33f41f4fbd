//! What people may edit about themselves: one JSON object with an entity tag, read and patched (RFC 7396).

use serde_json::{Map, Value};

use super::answers::{Answer, error, json_answer};

/// How long each value is, in bytes.
const VALUE: usize = 1000;

/// The object, and how often it was changed.
#[derive(Debug)]
pub(super) struct Document {
    fields: Map<String, Value>,
    version: usize,
}

impl Document {
    /// One of about so many bytes, in values of a thousand.
    pub(super) fn of(bytes: usize) -> Self {
        let mut fields = Map::new();
        let mut size = 2;
        for number in 0.. {
            let name = format!("field_{number:04}");
            // With quotes, colon and comma.
            size += name.len() + VALUE + 6;
            if size > bytes {
                break;
            }
            fields.insert(name, Value::from("x".repeat(VALUE)));
        }
        Self { fields, version: 1 }
    }

    pub(super) fn answer(&self) -> Answer {
        let mut answer = json_answer(&Value::Object(self.fields.clone()));
        answer.headers.push(("etag", format!("\"{}\"", self.version)));
        answer
    }

    pub(super) fn patch(&mut self, body: &[u8]) -> Answer {
        let Ok(Value::Object(patch)) = serde_json::from_slice(body) else {
            return error(400, "no_patch");
        };
        for (name, value) in patch {
            match value {
                Value::Null => self.fields.remove(&name),
                value => self.fields.insert(name, value),
            };
        }
        self.version += 1;
        self.answer()
    }
}
