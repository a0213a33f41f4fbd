//! The technical text of what went wrong, and of what happened before, for the clipboard and a ticket. Made from the view and the
//! timeline, so it holds nothing a person could not see, and never from anything the page says.

use std::fmt::Write as _;

use latchkey_session::Problem;
use latchkey_session::doctor::Report;
use latchkey_session::timeline::Entry;
use latchkey_session::view::{Freshness, Kept, View};

use crate::info::AppInfo;

/// The problem this view shows.
pub(crate) fn problem(view: &View) -> Option<&Problem> {
    match view {
        View::Blocked { problem } => Some(problem),
        View::SignedOut { last_attempt, .. } | View::Unconfigured { last_attempt } => last_attempt.as_ref(),
        View::SignedIn {
            freshness: Freshness::Stale { problem, .. },
            ..
        }
        | View::SignedIn {
            kept: Kept::Unsaved { problem, .. },
            ..
        } => Some(problem),
        View::Restoring | View::SigningIn { .. } | View::SignedIn { .. } => None,
    }
}

/// What goes to the clipboard. `now`: RFC 3339.
pub(crate) fn text(problem: &Problem, product: &str, now: &str) -> String {
    let mut text = head(product, now);
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        "code: {}\nstage: {}\nfault: {}\nretryable: {}\n",
        problem.code.as_str(),
        wire(&problem.stage),
        wire(&problem.fault),
        problem.retryable,
    );
    if let Some(detail) = &problem.detail {
        let _ = writeln!(text, "detail: {detail}");
    }
    text
}

/// What happened, one line each, the newest last. `now`: RFC 3339.
pub(crate) fn timeline(entries: &[Entry], product: &str, now: &str) -> String {
    let mut text = head(product, now);
    text.push('\n');
    for entry in entries {
        let _ = writeln!(text, "{entry}");
    }
    text
}

/// What the app is, for a ticket. `now`: RFC 3339.
pub(crate) fn about(info: &AppInfo, now: &str) -> String {
    let mut text = head(&info.product, now);
    let lines = [
        ("provider", info.provider.as_deref().unwrap_or("not named")),
        ("store", info.store.as_str()),
        ("redirect", info.redirect.as_str()),
        ("language", info.language.as_deref().unwrap_or("the system's")),
        ("configuration", info.config_path.as_str()),
    ];
    for (name, value) in lines {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name}: {value}");
    }
    text
}

/// What the health check found, as `doctor` prints it. `now`: RFC 3339.
pub(crate) fn report(report: &Report, product: &str, now: &str) -> String {
    format!("{}\n{report}", head(product, now))
}

/// Which program on which system, and when.
fn head(product: &str, now: &str) -> String {
    format!(
        "{product} {} on {} ({})\ntime: {now}\n",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
    )
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
    use latchkey_session::doctor::{Check, Finding, Report};
    use latchkey_session::timeline::{Entry, What};
    use latchkey_session::view::{How, View, Why};
    use latchkey_session::{Code, Problem, Stage};

    use super::{about, problem, report, text, timeline};
    use crate::info::AppInfo;

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
    fn what_happened_is_one_line_each() {
        let entry = |at: &str, what| Entry {
            at: at.parse().unwrap(),
            what,
        };
        let entries = [
            entry("2026-11-20T19:00:00Z", What::SignedIn { how: How::DeepLink }),
            entry(
                "2026-11-20T20:30:00Z",
                What::ProviderRefused {
                    code: Code::InteractionRequired,
                },
            ),
        ];
        let text = timeline(&entries, "Latchkey", "2026-11-20T21:00:00Z");
        let (head, lines) = text.split_once("\n\n").unwrap();
        assert!(head.starts_with("Latchkey "), "{head}");
        assert!(head.ends_with("time: 2026-11-20T21:00:00Z"), "{head}");
        assert_eq!(
            lines,
            "2026-11-20T19:00:00Z  signed in (deep-link)\n\
             2026-11-20T20:30:00Z  provider refused to renew: interaction-required\n"
        );
    }

    #[test]
    fn what_the_app_is_is_one_line_each() {
        let info = AppInfo {
            product: "Latchkey".to_owned(),
            version: "0.1.0".to_owned(),
            provider: None,
            config_path: "/etc/latchkey.toml".to_owned(),
            store: "KWallet".to_owned(),
            language: Some("de".to_owned()),
            redirect: "loopback".to_owned(),
            editor: false,
        };
        let text = about(&info, "2026-11-20T21:00:00Z");
        assert!(text.starts_with("Latchkey "), "{text}");
        assert!(
            text.ends_with(
                "provider: not named\nstore: KWallet\nredirect: loopback\nlanguage: de\n\
             configuration: /etc/latchkey.toml\n"
            ),
            "{text}"
        );
    }

    #[test]
    fn a_report_is_what_doctor_prints_under_the_usual_head() {
        let found = Report {
            findings: vec![
                Finding::warning(Check::Clock, "It is slow.", "Set it right.").fact("ahead_ms", -90_000),
            ],
        };
        let text = report(&found, "Latchkey", "2026-11-20T21:00:00Z");
        let (head, findings) = text.split_once("\n\n").unwrap();
        assert!(
            head.starts_with("Latchkey ") && head.ends_with("time: 2026-11-20T21:00:00Z"),
            "{head}"
        );
        assert_eq!(
            findings,
            "warning It is slow.\n        -> Set it right.\n        ahead_ms: -90000\n"
        );
    }

    #[test]
    fn a_view_without_a_problem_has_no_text() {
        assert_eq!(problem(&View::Restoring), None);
        assert_eq!(
            problem(&View::SignedOut {
                why: Why::Never,
                last_attempt: None,
                receipt: None,
                lost_answer: None,
                stray: false,
            }),
            None
        );
    }
}
