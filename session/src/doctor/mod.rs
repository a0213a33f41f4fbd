//! The health check: every part a sign-in depends on, looked at one by one, each with a sentence and, where something is to be
//! done, an action. Nothing here signs in, reads a session, or asks the person for anything.
//!
//! A report is safe to paste: it holds no token, no code, no client secret and nothing about the person. It does name hosts, the
//! issuer, the client id and the paths of configuration files.

mod configuration;
pub(crate) mod provider;
mod proxy;
mod store;

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::error::{Code, Problem};

pub use configuration::configuration;
pub use provider::provider;
pub use proxy::proxy;
pub use store::store;

/// What was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// The program, the operating system, the desktop.
    Versions,
    /// How the window is drawn, where there is something to choose.
    Drawing,
    /// The configuration files, and which of them each key is from.
    Configuration,
    /// Whether links of our scheme reach this program.
    Handler,
    /// The credential store: a probe is written, read and removed.
    Store,
    /// The proxy that requests to the provider go through.
    Proxy,
    /// The discovery document.
    Discovery,
    /// The provider's keys.
    Keys,
    /// Who vouches for the provider's host.
    Certificate,
    /// This computer's clock against the provider's.
    Clock,
    /// What the provider offers beyond the necessary.
    Offers,
}

/// How it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// In order.
    Ok,
    /// Signing in works, something is worth knowing.
    Warning,
    /// Signing in or staying signed in will fail.
    Failure,
    /// Not looked at, because something before it failed or nothing asks for it.
    Skipped,
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct Finding {
    /// What was looked at.
    pub check: Check,
    /// How it is.
    pub verdict: Verdict,
    /// The fact behind it, where it is one of the codes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub code: Option<Code>,
    /// What was found, in English: one sentence.
    pub sentence: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub action: Option<String>,
    /// Names and values, for whoever looks closer. Times are in milliseconds where a name ends in `_ms`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, String>,
}

impl Finding {
    /// In order.
    pub fn ok(check: Check, sentence: impl Into<String>) -> Self {
        Self::new(check, Verdict::Ok, sentence.into(), None)
    }

    /// Worth knowing, with what to do.
    pub fn warning(check: Check, sentence: impl Into<String>, action: impl Into<String>) -> Self {
        Self::new(check, Verdict::Warning, sentence.into(), Some(action.into()))
    }

    /// In the way of signing in, with what to do.
    pub fn failure(check: Check, sentence: impl Into<String>, action: impl Into<String>) -> Self {
        Self::new(check, Verdict::Failure, sentence.into(), Some(action.into()))
    }

    /// Not looked at, and why.
    pub fn skipped(check: Check, sentence: impl Into<String>) -> Self {
        Self::new(check, Verdict::Skipped, sentence.into(), None)
    }

    /// With another name and value.
    #[must_use]
    pub fn fact(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.facts.insert(name.to_owned(), value.to_string());
        self
    }

    /// With the code behind it.
    #[must_use]
    pub fn because(mut self, problem: &Problem) -> Self {
        self.code = Some(problem.code);
        self
    }

    fn new(check: Check, verdict: Verdict, sentence: String, action: Option<String>) -> Self {
        Self {
            check,
            verdict,
            code: None,
            sentence,
            action,
            facts: BTreeMap::new(),
        }
    }
}

/// All findings, in the order in which things were looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct Report {
    /// One or more for each check.
    pub findings: Vec<Finding>,
}

impl Report {
    /// The worst verdict; [`Verdict::Ok`] when nothing is worse. What was skipped does not count.
    pub fn verdict(&self) -> Verdict {
        let counted = self.findings.iter().map(|finding| finding.verdict);
        counted
            .filter(|verdict| *verdict != Verdict::Skipped)
            .max()
            .unwrap_or(Verdict::Ok)
    }
}

/// For a terminal: a line for each finding, its action and its facts below.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            let mark = match finding.verdict {
                Verdict::Ok => "ok      ",
                Verdict::Warning => "warning ",
                Verdict::Failure => "FAILURE ",
                Verdict::Skipped => "skipped ",
            };
            writeln!(f, "{mark}{}", finding.sentence)?;
            if let Some(action) = &finding.action {
                writeln!(f, "        -> {action}")?;
            }
            for (name, value) in &finding.facts {
                writeln!(f, "        {name}: {value}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
