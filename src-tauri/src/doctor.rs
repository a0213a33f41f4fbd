//! `doctor`: the core's health check, and what only the shell can look at, the versions and the way of a link.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use latchkey_session::config::{Config, RedirectMode};
use latchkey_session::doctor::{self, Check, Finding, Report, Verdict};
use latchkey_session::ports::SystemClock;
use tokio::time::Instant;

use crate::handler::{self, Reached};
use crate::names::Names;
use crate::places::Places;
use crate::self_test::{By, SelfTest};
use crate::{opening, renderer};

/// How long a link may take on its way.
const ARRIVAL_LIMIT: Duration = Duration::from_secs(15);

/// Looks at everything and prints what was found, for people or as JSON. 1 when something is in the way of signing in.
pub(crate) fn run(names: &Names, json: bool) -> ExitCode {
    let Ok(places) = Places::of(names) else {
        crate::logs::complain(&format!("{}: there is no home directory", names.program));
        return ExitCode::FAILURE;
    };
    let report = tauri::async_runtime::block_on(examine(names, &places));
    let text = if json {
        serde_json::json!({ "verdict": report.verdict(), "findings": report.findings }).to_string()
    } else {
        report.to_string().trim_end().to_owned()
    };
    let said = crate::say(&text);
    if report.verdict() == Verdict::Failure {
        ExitCode::FAILURE
    } else {
        said
    }
}

/// All findings. Reads files, and asks the operating system, the credential store and the provider.
pub(crate) async fn examine(names: &Names, places: &Places) -> Report {
    let (configuration, config) = doctor::configuration(&places.layers);
    let mut findings = vec![versions(names), configuration];
    findings.extend(renderer::finding());
    findings.push(links(names, places, config.as_ref()).await);
    findings.push(doctor::store(Arc::new(names.store())).await);
    if let Some(config) = &config {
        findings.push(doctor::proxy(config));
        findings.extend(doctor::provider(config, Arc::new(SystemClock)).await);
    }
    Report {
        findings: findings.into_iter().map(without_home).collect(),
    }
}

fn versions(names: &Names) -> Finding {
    let version = env!("CARGO_PKG_VERSION");
    Finding::ok(
        Check::Versions,
        format!("This is {} {version}, {}.", names.product, names.identifier),
    )
    .fact(
        "system",
        format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
    )
    .fact(
        "web_view",
        tauri::webview_version().unwrap_or_else(|_| "unknown".to_owned()),
    )
}

/// Who is registered for our scheme, then whether a link really arrives.
pub(crate) async fn links(names: &Names, places: &Places, config: Option<&Config>) -> Finding {
    let mode = config
        .and_then(|config| config.provider.as_ref())
        .map(|provider| provider.redirect)
        .unwrap_or_default();
    if mode == RedirectMode::Loopback {
        return Finding::skipped(
            Check::Handler,
            "Links were not looked at: redirect is \"loopback\", so none are used.",
        );
    }
    let begun = Instant::now();
    match arrives(&names.scheme, places, ARRIVAL_LIMIT).await {
        Ok(by) => {
            let whom = match by {
                By::Running => "the running app",
                By::Started => "this program, which was started for it",
            };
            Finding::ok(
                Check::Handler,
                format!("A link that begins with {}: arrives, at {whom}.", names.scheme),
            )
            .fact("arrival_ms", begun.elapsed().as_millis())
        }
        // Without them `auto` comes back by loopback; `deep-link` cannot come back.
        Err(Lost { sentence, action }) => match mode {
            RedirectMode::DeepLink => Finding::failure(Check::Handler, sentence, action),
            RedirectMode::Auto | RedirectMode::Loopback => Finding::warning(
                Check::Handler,
                format!("{sentence} Sign-ins come back by loopback instead."),
                action,
            ),
        },
    }
}

/// Why a link of ours does not arrive, and what to do.
#[derive(Debug)]
pub(crate) struct Lost {
    pub(crate) sentence: String,
    action: &'static str,
}

/// Who answered a link to ourselves within the limit.
///
/// # Errors
/// What was found instead.
pub(crate) async fn arrives(scheme: &str, places: &Places, limit: Duration) -> Result<By, Lost> {
    let lost = |sentence: String, action| Err(Lost { sentence, action });
    match handler::look(scheme) {
        Reached::Us | Reached::Unknown => {}
        Reached::Nobody => {
            return lost(
                format!("No program is registered for links that begin with {scheme}:."),
                "Start the app once: it registers itself where no package did.",
            );
        }
        Reached::Other(program) => {
            return lost(
                format!("Links that begin with {scheme}: start another program, {program}."),
                "Start the app once, or make it the handler of these links in the settings of the desktop.",
            );
        }
        Reached::WithoutLink => {
            return lost(
                format!("Links that begin with {scheme}: start this program, but without the link."),
                if cfg!(windows) {
                    "Start the app once: it registers itself anew."
                } else {
                    "Write %u at the end of Exec in its .desktop file, or install it anew."
                },
            );
        }
    }
    match send(scheme, places, limit).await {
        Ok(Some(by)) => Ok(by),
        Ok(None) => lost(
            format!(
                "A link that begins with {scheme}: did not arrive within {} seconds.",
                limit.as_secs()
            ),
            "Start the app once; where there is no desktop (a terminal on another computer), links cannot arrive.",
        ),
        Err(error) => lost(
            format!("A test link could not be sent: {error}."),
            "Look at the desktop's default programs, and whether the app's data directory can be written.",
        ),
    }
}

/// Gives a self-test link to the operating system and waits for the answer.
async fn send(scheme: &str, places: &Places, limit: Duration) -> Result<Option<By>, String> {
    let test = SelfTest::begin(&places.data, scheme).map_err(|error| error.kind().to_string())?;
    opening::address(test.link()).map_err(|_| "no program for opening links".to_owned())?;
    Ok(test.answered(limit).await)
}

/// Paths of the person's own files, without their name: a report may be pasted anywhere.
pub(crate) fn without_home(mut finding: Finding) -> Finding {
    finding.sentence = homeless(&finding.sentence);
    let Some(home) = dirs::home_dir().map(|home| home.display().to_string()) else {
        return finding;
    };
    if home.len() > 1 {
        finding.action = finding.action.map(|action| homeless(&action));
        for value in finding.facts.values_mut() {
            *value = value.replace(&home, "~");
        }
    }
    finding
}

/// A sentence without the person's home folder.
pub(crate) fn homeless(sentence: &str) -> String {
    match dirs::home_dir().map(|home| home.display().to_string()) {
        Some(home) if home.len() > 1 => sentence.replace(&home, "~"),
        Some(_) | None => sentence.to_owned(),
    }
}
