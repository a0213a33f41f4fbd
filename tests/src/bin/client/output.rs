//! The lines of standard output: one JSON object each, whole.

use std::io::Write as _;

use latchkey_session::ports::{Page, Purpose};
use latchkey_session::view::View;
use latchkey_session::{Error, Failpoint};
use serde_json::{Value, json};

/// A new view.
pub(crate) fn state(view: &View) {
    line(&json!({ "event": "state", "state": view }));
}

/// A page for the browser.
pub(crate) fn browser(page: &Page) {
    let purpose = match page.purpose {
        Purpose::SignIn => "sign-in",
        Purpose::SignOut => "sign-out",
    };
    line(&json!({ "event": "browser", "purpose": purpose, "url": page.url.secret() }));
}

/// It has stopped here, for ever.
pub(crate) fn failpoint(point: Failpoint) {
    line(&json!({ "event": "failpoint", "name": point.as_str() }));
}

/// The answer to a command, with what else there is to say.
pub(crate) fn answer(command: &str, result: Result<Value, Error>) {
    let mut answer = match result {
        Ok(more) => more,
        Err(error) => json!({ "event": "error", "code": error.code(), "stage": error.stage() }),
    };
    if answer.get("event").is_none() {
        answer["event"] = json!("ok");
    }
    answer["command"] = json!(command);
    line(&answer);
}

fn line(event: &Value) {
    let mut stdout = std::io::stdout().lock();
    // Who closed our standard output does not want to know.
    let _ = writeln!(stdout, "{event}").and_then(|()| stdout.flush());
}
