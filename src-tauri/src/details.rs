//! The technical text of what went wrong, for the clipboard and a ticket. Made from the view, so it holds nothing a person
//! could not see, and never from anything the page says.

use std::fmt::Write as _;

use latchkey_session::Problem;
use latchkey_session::view::{Freshness, Kept, View};

/// The problem this view shows.
pub(crate) fn problem(view: &View) -> Option<&Problem> {
    match view {
        View::Blocked { problem } => Some(problem),
        View::SignedOut { last_attempt, .. } => last_attempt.as_ref(),
        View::SignedIn {
            freshness: Freshness::Stale { problem, .. },
            ..
        }
        | View::SignedIn {
            kept: Kept::Unsaved { problem, .. },
            ..
        } => Some(problem),
        View::Unconfigured | View::Restoring | View::SigningIn { .. } | View::SignedIn { .. } => None,
    }
}

/// What goes to the clipboard. `now`: RFC 3339.
pub(crate) fn text(problem: &Problem, product: &str, now: &str) -> String {
    let mut text = format!(
        "{product} {} on {} ({})\ntime: {now}\ncode: {}\nstage: {}\nfault: {}\nretryable: {}\n",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
        problem.code.as_str(),
        wire(&problem.stage),
        wire(&problem.fault),
        problem.retryable,
    );
    if let Some(detail) = &problem.detail {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "detail: {detail}");
    }
    text
}

/// The wire name of a plain enum.
fn wire(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use latchkey_session::view::{View, Why};
    use latchkey_session::{Code, Problem, Stage};

    use super::{problem, text};

    #[test]
    fn a_problem_is_written_by_its_wire_names() {
        let fact = Problem::new(Stage::IdToken, Code::IdTokenNonce).with_detail("nonce differs");
        let text = text(&fact, "Latchkey", "2026-11-20T21:00:00Z");
        assert!(text.starts_with("Latchkey "));
        for line in [
            "code: id-token-nonce",
            "stage: id-token",
            "fault: provider",
            "detail: nonce differs",
        ] {
            assert!(text.lines().any(|it| it == line), "{line} in {text}");
        }
    }

    #[test]
    fn a_view_without_a_problem_has_no_text() {
        assert_eq!(problem(&View::Restoring), None);
        assert_eq!(
            problem(&View::SignedOut {
                why: Why::Never,
                last_attempt: None,
                receipt: None,
                lost_answer: None
            }),
            None
        );
    }
}
