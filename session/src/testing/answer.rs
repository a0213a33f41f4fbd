//! What an endpoint of the test provider answers, and how its answer ends.

use std::sync::Arc;

use serde_json::Value;
use tokio::sync::Notify;

/// What an endpoint answers.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    /// So many more bytes after the body.
    pub(super) filler: usize,
    pub(super) gate: Option<Arc<Notify>>,
    pub(super) end: End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Whole,
    /// The connection is closed before the answer.
    Drop,
    /// The connection is closed in the middle of the body.
    Cut,
    /// Nothing is ever answered.
    Hang,
}

impl Answer {
    /// This status and body, with this media type.
    pub(crate) fn new(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("content-type".to_owned(), media_type.to_owned())];
        Self {
            status,
            headers,
            body: body.into(),
            filler: 0,
            gate: None,
            end: End::Whole,
        }
    }

    /// A JSON body.
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json", body.to_string())
    }

    /// `{"error": …}`.
    pub(crate) fn error(status: u16, error: &str) -> Self {
        Self::json(
            status,
            &serde_json::json!({"error": error, "error_description": "for a test"}),
        )
    }

    /// A web page.
    pub(crate) fn html(status: u16) -> Self {
        Self::new(
            status,
            "text/html; charset=utf-8",
            "<!doctype html><title>Wi-Fi</title>Please pay.",
        )
    }

    /// No body at all.
    pub(crate) fn empty(status: u16) -> Self {
        Self {
            headers: Vec::new(),
            ..Self::new(status, "", "")
        }
    }

    /// A redirect.
    pub(crate) fn redirect(status: u16, to: &str) -> Self {
        Self::empty(status).with_header("location", to)
    }

    /// The connection is closed without a word.
    pub(crate) fn dropped() -> Self {
        Self {
            end: End::Drop,
            ..Self::empty(200)
        }
    }

    /// The connection is closed in the middle of the body.
    pub(crate) fn cut(self) -> Self {
        Self {
            end: End::Cut,
            ..self
        }
    }

    /// Nothing is ever answered.
    pub(crate) fn hang() -> Self {
        Self {
            end: End::Hang,
            ..Self::empty(200)
        }
    }

    /// A JSON text of this many bytes and more, sent piece by piece.
    pub(crate) fn huge(bytes: usize) -> Self {
        Self {
            filler: bytes,
            ..Self::new(200, "application/json", "{\"filler\":\"")
        }
    }

    /// With one more header.
    pub(crate) fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With this time in the `Date` header (RFC 9110, section 5.6.7).
    pub(crate) fn dated(self, now: jiff::Timestamp) -> Self {
        let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        self.with_header("date", &date)
    }

    /// Not before the test opens the gate (`notify_one`).
    pub(crate) fn behind(self, gate: &Arc<Notify>) -> Self {
        Self {
            gate: Some(gate.clone()),
            ..self
        }
    }
}
