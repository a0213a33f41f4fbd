//! The lines this crate logs about a session: tags and codes, never data. One line for every published view, so that the
//! whole sequence can be read afterwards.

use crate::error::{Code, Problem, Result, Stage};
use crate::view::{Freshness, Kept, View};

/// A view was published.
pub(crate) fn view(view: &View) {
    let tags = Tags::of(view);
    tracing::info!(
        target: "latchkey_session",
        kind = %tags.kind,
        why = tags.why.map(display),
        phase = tags.phase.map(display),
        how = tags.how.map(display),
        detour = tags.detour.map(display),
        freshness = tags.freshness.map(display),
        kept = tags.kept.map(display),
        stray = tags.stray.then_some(true),
        problem = tags.problem.map(|code| display(code.as_str())),
        "view"
    );
}

/// A request is sent; why.
pub(crate) fn request(stage: Stage) {
    tracing::debug!(target: "latchkey_session", ?stage, "a request");
}

/// A launch asks the credential store.
pub(crate) fn store_asked() {
    tracing::debug!(target: "latchkey_session", "the credential store is asked");
}

/// An attempt is over.
pub(crate) fn attempt_ended(result: &Result<()>) {
    match result {
        Ok(()) => tracing::info!(target: "latchkey_session", "attempt succeeded"),
        Err(error) => problem("attempt failed", error.problem()),
    }
}

/// A link to ourselves did not arrive.
pub(crate) fn detour() {
    tracing::warn!(target: "latchkey_session", "a link to ourselves did not arrive: loopback is used");
}

/// A renewal is over.
pub(crate) fn renewal_ended(result: &Result<()>) {
    match result {
        Ok(()) => tracing::info!(target: "latchkey_session", "renewal succeeded"),
        Err(error) => problem("renewal failed", error.problem()),
    }
}

/// The configuration cannot be used. Its detail names file, line and key, and holds no value that is secret.
pub(crate) fn configuration(problem: &Problem) {
    tracing::error!(target: "latchkey_session", code = %problem.code.as_str(), detail = %problem, "configuration");
}

/// There was no room for so many claims about the person. Their names stay out: they may tell who it is.
pub(crate) fn claims_left_out(number: usize) {
    tracing::warn!(target: "latchkey_session", number, "claims are left out: there are more than 64 KiB of them, or deeper ones than can be kept");
}

/// Something outside failed: its place and code. The detail stays out: it may hold an address or a name.
pub(crate) fn problem(what: &'static str, problem: &Problem) {
    tracing::warn!(target: "latchkey_session", code = %problem.code.as_str(), stage = ?problem.stage, "{what}");
}

#[derive(Default)]
struct Tags {
    kind: &'static str,
    why: Option<String>,
    phase: Option<String>,
    how: Option<String>,
    detour: Option<String>,
    freshness: Option<&'static str>,
    kept: Option<&'static str>,
    problem: Option<Code>,
    stray: bool,
}

impl Tags {
    fn of(view: &View) -> Self {
        match view {
            View::Unconfigured { last_attempt } => Self {
                kind: "unconfigured",
                problem: last_attempt.as_ref().map(|problem| problem.code),
                ..Self::default()
            },
            View::Restoring => Self {
                kind: "restoring",
                ..Self::default()
            },
            View::SignedOut {
                why,
                last_attempt,
                stray,
                ..
            } => Self {
                kind: "signed-out",
                why: Some(wire(why)),
                problem: last_attempt.as_ref().map(|problem| problem.code),
                stray: *stray,
                ..Self::default()
            },
            View::SigningIn {
                how,
                phase,
                detour,
                stray,
                ..
            } => Self {
                kind: "signing-in",
                how: Some(wire(how)),
                detour: detour.as_ref().map(|detour| wire(&detour.why)),
                phase: Some(wire(phase)),
                stray: *stray,
                ..Self::default()
            },
            View::SignedIn {
                freshness,
                kept,
                stray,
                ..
            } => Self {
                stray: *stray,
                ..Self::signed_in(freshness, kept)
            },
            View::Blocked { problem } => Self {
                kind: "blocked",
                problem: Some(problem.code),
                ..Self::default()
            },
        }
    }

    fn signed_in(freshness: &Freshness, kept: &Kept) -> Self {
        let (freshness, doubt) = match freshness {
            Freshness::Fresh => ("fresh", None),
            Freshness::Refreshing => ("refreshing", None),
            Freshness::Stale { problem, .. } => ("stale", Some(problem.code)),
        };
        let (kept, unsaved) = match kept {
            Kept::Stored => ("stored", None),
            Kept::ThisRun => ("this-run", None),
            Kept::Unsaved { problem, .. } => ("unsaved", Some(problem.code)),
        };
        let problem = doubt.or(unsaved);
        Self {
            kind: "signed-in",
            freshness: Some(freshness),
            kept: Some(kept),
            problem,
            ..Self::default()
        }
    }
}

/// The wire name of a plain enum.
fn wire(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        Ok(_) | Err(_) => String::new(),
    }
}
