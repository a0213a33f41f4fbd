//! The app without its window, under wine: what it answers in a console, whom its links reach, and how they come in.
//!
//! Its window would need WebView2, which wine has not. What is asked here is asked of the program that was built, from outside; only
//! the window is left out of it (the feature `windowless`, with which no release compiles).

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::toolchain::Target;
use super::wine::{Running, Wine};
use crate::environment::find_program;
use crate::failure::{Doing, Failure, Result};
use crate::interrupt::Interrupt;
use crate::print;
use crate::product::Product;
use crate::tally::Tally;
use crate::task::{Output, Task};
use crate::workspace::Workspace;

/// How long something may take to show in the log.
const LIMIT: Duration = Duration::from_secs(60);
const TICK: Duration = Duration::from_millis(100);
/// A code that must not be found again.
const CODE: &str = "c0de-of-a-stranger";
/// A provider that is not there: nothing is asked of the network.
const CONFIGURATION: &str =
    "[provider]\nname = \"Nobody\"\nissuer = \"http://127.0.0.1:1\"\nclient_id = \"desktop\"\n";

/// A question and how it is asked.
type Check = (&'static str, fn(&Place) -> Result<()>);

const CHECKS: [Check; 9] = [
    ("--version answers", version),
    ("--version answers in the console of its parent", in_a_console),
    (
        "the first launch registers the scheme; a second process hands its link over",
        warm,
    ),
    (
        "doctor's link reaches the running app, and the Credential Manager keeps",
        doctor_warm,
    ),
    ("doctor's link starts the closed app", doctor_cold),
    ("a link starts the closed app and reaches the core", cold),
    (
        "a registration that leads elsewhere is found and mended",
        elsewhere,
    ),
    ("sign-out, as the uninstaller says it, answers", sign_out),
    ("no link is in the log", silent),
];

/// Asks them all, one after the other.
pub(super) fn check(workspace: &Workspace, wine: &Wine, interrupt: &Interrupt) -> Result<Tally> {
    let place = Place::new(workspace, wine, interrupt)?;
    let mut tally = Tally::default();
    for (name, ask) in CHECKS {
        let begun = Instant::now();
        match ask(&place) {
            Ok(()) => {
                tally.passed += 1;
                print::done(name, begun.elapsed());
            }
            Err(Failure::Interrupted) => return Err(Failure::Interrupted),
            Err(failure) => {
                tally.failed += 1;
                print::bad(name, begun.elapsed());
                print::failure(&failure);
            }
        }
    }
    Ok(tally)
}

struct Place<'a> {
    wine: &'a Wine,
    interrupt: &'a Interrupt,
    product: Product,
    program: PathBuf,
    config: PathBuf,
    /// The program's own scheme.
    scheme: String,
}

impl<'a> Place<'a> {
    fn new(workspace: &Workspace, wine: &'a Wine, interrupt: &'a Interrupt) -> Result<Self> {
        let built = workspace.cross().join(Target::WindowsGnu.name()).join("debug");
        let product = Product::of(workspace.root())?;
        let program = built.join(format!("{}.exe", product.program));
        let config = workspace.cross().join("wine/configuration.toml");
        fs::write(&config, CONFIGURATION).doing(format_args!("write {}", config.display()))?;
        let help = wine.read(&program, &["--help"])?.stdout;
        // It names a link: "SCHEME:/…". A debug build's scheme is not the one of the release.
        let scheme = help
            .split_whitespace()
            .find_map(|word| word.split_once(":/"))
            .map(|(scheme, _)| scheme.to_owned())
            .ok_or_else(|| Failure::new(format_args!("--help names no scheme: {help}")))?;
        Ok(Self {
            wine,
            interrupt,
            product,
            program,
            config,
            scheme,
        })
    }

    /// A link nobody asked for. `number` tells one from another.
    fn link(&self, number: u32) -> String {
        format!("{}:/callback?code={CODE}&state={number}", self.scheme)
    }

    fn start(&self, words: &[&str]) -> Result<Running> {
        let variable = self.product.variable("CONFIG");
        self.wine
            .start(&self.program, words, &[(&variable, &self.config)])
    }

    fn doctor(&self) -> Result<String> {
        let words = [self.program.as_os_str(), "doctor".as_ref(), "--json".as_ref()];
        let task = self
            .wine
            .task(words)
            .env(&self.product.variable("CONFIG"), &self.config);
        Ok(task.read(self.interrupt)?.stdout)
    }

    /// Everything the app has written down, all launches together.
    fn log(&self) -> Result<String> {
        let apps = fs::read_dir(self.wine.local_data()?).doing("look into the prefix")?;
        let log = apps
            .flatten()
            .map(|app| {
                app.path()
                    .join("logs")
                    .join(format!("{}.log", self.product.program))
            })
            .find(|log| log.is_file());
        log.map_or(Ok(String::new()), |log| {
            fs::read_to_string(&log).doing(format_args!("read {}", log.display()))
        })
    }

    /// Waits until the log holds this, behind what it held before.
    fn until(&self, before: &str, text: &str) -> Result<()> {
        let begun = Instant::now();
        loop {
            let log = self.log()?;
            let later = log.get(before.len()..).unwrap_or_default();
            if later.contains(text) {
                return Ok(());
            }
            if begun.elapsed() > LIMIT {
                return Err(Failure::new(format_args!("`{text}` is not in the log")).advise(later));
            }
            self.interrupt.check()?;
            self.interrupt.wait(TICK);
        }
    }

    fn reg(&self, words: &[&str]) -> Result<Output> {
        self.wine.task(["reg"].iter().chain(words)).read(self.interrupt)
    }

    fn class(&self, root: &str) -> String {
        format!("{root}\\Software\\Classes\\{}", self.scheme)
    }

    /// What is registered for the person.
    fn registered(&self) -> Result<String> {
        let key = format!("{}\\shell\\open\\command", self.class("HKCU"));
        Ok(self.reg(&["query", &key])?.stdout)
    }

    /// Wine 8 does not put the person's classes and the machine's together when it opens a link: the machine gets a copy.
    fn mirror(&self) -> Result<()> {
        self.reg(&["copy", &self.class("HKCU"), &self.class("HKLM"), "/s", "/f"])?;
        Ok(())
    }
}

/// An error unless it holds.
fn holds(what: bool, else_said: impl std::fmt::Display) -> Result<()> {
    if what {
        Ok(())
    } else {
        Err(Failure::new(else_said))
    }
}

fn is_version(text: &str) -> bool {
    text.trim_end().ends_with(env!("CARGO_PKG_VERSION"))
}

fn version(place: &Place) -> Result<()> {
    let answer = place.wine.read(&place.program, &["--version"])?;
    holds(
        answer.status.success() && is_version(&answer.stdout),
        answer.stdout,
    )
}

/// As somebody sees it who types it: the program has no console of its own, and its output is not redirected.
fn in_a_console(place: &Place) -> Result<()> {
    let Some(script) = find_program("script") else {
        return Err(Failure::new(
            "there is no `script` (util-linux), which makes a terminal",
        ));
    };
    let program = format!("Z:{}", place.program.display()).replace('/', "\\");
    let line = format!("wine cmd /c start /wait '{program}' --version");
    let task = Task::new(script).args(["-qec", &line, "/dev/null"]);
    let answer = place.wine.within(task).read(place.interrupt)?.stdout;
    holds(answer.contains(env!("CARGO_PKG_VERSION")), answer)
}

fn warm(place: &Place) -> Result<()> {
    let mut first = place.start(&[])?;
    place.until("", "registered=true")?;
    let registered = place.registered()?;
    let due = format!("{}.exe\" \"%1\"", place.product.program);
    holds(registered.contains(&due), registered)?;
    let before = place.log()?;
    let second = place.wine.read(&place.program, &[&place.link(1)])?;
    holds(second.status.success(), "the second process has failed")?;
    place.until(&before, "link refused")?;
    let later = place.log()?.split_off(before.len());
    holds(
        !later.contains("started"),
        "the second process did not end where it should",
    )?;
    holds(!first.has_ended(), "the first process has ended")
}

fn doctor_warm(place: &Place) -> Result<()> {
    let _app = place.start(&[])?;
    place.until("", "registered=true")?;
    place.mirror()?;
    let report = place.doctor()?;
    let handler = finding(&report, "handler");
    holds(is_ok(handler) && handler.contains("running app"), handler)?;
    holds(is_ok(finding(&report, "store")), &report)
}

fn doctor_cold(place: &Place) -> Result<()> {
    let report = place.doctor()?;
    let handler = finding(&report, "handler");
    holds(is_ok(handler) && handler.contains("started for it"), handler)
}

fn cold(place: &Place) -> Result<()> {
    let before = place.log()?;
    let _app = place.start(&[&place.link(2)])?;
    place.until(&before, "link refused")?;
    let later = place.log()?.split_off(before.len());
    holds(later.matches("link refused").count() == 1, later)
}

fn elsewhere(place: &Place) -> Result<()> {
    let key = format!("{}\\shell\\open\\command", place.class("HKCU"));
    place.reg(&["add", &key, "/ve", "/d", "\"C:\\old\\app.exe\" \"%1\"", "/f"])?;
    let report = place.doctor()?;
    let handler = finding(&report, "handler");
    holds(!is_ok(handler) && handler.contains("another program"), handler)?;
    let before = place.log()?;
    let _app = place.start(&[])?;
    place.until(&before, "registered=true")?;
    let registered = place.registered()?;
    holds(!registered.contains("C:\\old"), registered)
}

fn sign_out(place: &Place) -> Result<()> {
    let words = [place.program.as_os_str(), "sign-out".as_ref()];
    let task = place
        .wine
        .task(words)
        .env(&place.product.variable("CONFIG"), &place.config);
    let answer = task.read(place.interrupt)?;
    let said = answer.stdout.contains("Nobody is signed in.");
    holds(answer.status.success() && said, answer.stdout)
}

fn silent(place: &Place) -> Result<()> {
    let log = place.log()?;
    holds(!log.is_empty() && !log.contains(CODE), log)
}

/// The part of doctor's report about this. The members of a finding are in the order of the alphabet, the verdict last.
fn finding<'a>(report: &'a str, check: &str) -> &'a str {
    let Some((_, rest)) = report.split_once(&format!("\"check\":\"{check}\"")) else {
        return "doctor said nothing of it";
    };
    rest.split("\"check\":").next().unwrap_or(rest)
}

fn is_ok(finding: &str) -> bool {
    finding.contains("\"verdict\":\"ok\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_ends_where_the_next_begins() {
        let report = r#"{"findings":[{"check":"store","sentence":"s","verdict":"ok"},{"action":"a","check":"handler","verdict":"warning"}]}"#;
        assert!(is_ok(finding(report, "store")));
        assert!(!is_ok(finding(report, "handler")));
        assert!(!is_ok(finding(report, "proxy")));
    }
}
