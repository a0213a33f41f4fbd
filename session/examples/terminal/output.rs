//! The lines of standard output: one JSON object each, whole, in order.

use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use latchkey_session::ports::{Page, Purpose};
use latchkey_session::setup::ProbedProvider;
use latchkey_session::view::View;
use latchkey_session::{Code, Error, Problem, Stage};
use serde_json::{Value, json};

/// Standard output, shared by everybody who writes to it.
#[derive(Clone, Debug)]
pub(crate) struct Output(Arc<Mutex<std::io::Stdout>>);

impl Output {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(std::io::stdout())))
    }

    /// The view, at the start and for every change.
    pub(crate) fn state(&self, view: &View) {
        self.line(&json!({ "event": "state", "state": view }));
    }

    /// A page that a browser is to open.
    pub(crate) fn browser(&self, page: &Page) {
        let purpose = match page.purpose {
            Purpose::SignIn => "sign-in",
            Purpose::SignOut => "sign-out",
        };
        let mut event = json!({ "event": "browser", "purpose": purpose, "url": page.url.secret() });
        if let Some(redirect_uri) = &page.redirect_uri {
            event["redirect_uri"] = json!(redirect_uri);
        }
        self.line(&event);
    }

    /// What a provider is and offers.
    pub(crate) fn probed(&self, provider: &ProbedProvider) {
        self.line(&json!({ "event": "probed", "provider": provider }));
    }

    /// The one answer to a command.
    pub(crate) fn answer(&self, command: &str, result: Result<(), Error>) {
        match result {
            Ok(()) => self.line(&json!({ "event": "ok", "command": command })),
            Err(error) => self.line(&failure(command, error.problem())),
        }
    }

    fn line(&self, event: &Value) {
        let mut stdout = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Who closed our standard output does not want to know.
        let _ = writeln!(stdout, "{event}").and_then(|()| stdout.flush());
    }
}

/// A command this client does not know, or does not know with these words.
pub(crate) fn unknown(detail: &str) -> Error {
    Error::new(Stage::Configuration, Code::UnknownCommand).with_detail(detail)
}

fn failure(command: &str, problem: &Problem) -> Value {
    let message = problem
        .detail
        .clone()
        .unwrap_or_else(|| problem.code.as_str().replace('-', " "));
    json!({
        "event": "error",
        "command": command,
        "code": problem.code,
        "stage": problem.stage,
        "fault": problem.fault,
        "message": message,
        "retryable": problem.retryable,
    })
}
