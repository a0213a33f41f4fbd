//! What was asked: the words after `cargo xtask`.

mod cross;
mod depth;
mod package;
mod rebrand;

use crate::bench::Bench;
use crate::failure::{Failure, Result};

pub(crate) use cross::Platform;
pub(crate) use rebrand::Rebrand;

/// A command with its options.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// Say what there is.
    Help(Topic),
    /// Install what every other command needs.
    Setup {
        /// Nobody is asked before sudo.
        yes: bool,
    },
    /// Show the app with the demo provider.
    Demo {
        /// The guided tour, even where there is a display.
        headless: bool,
    },
    /// Check everything, or one part.
    Test {
        /// The part; everything when there is none.
        part: Option<Part>,
        /// Of the end-to-end tests only those with this in their name.
        filter: Option<String>,
    },
    /// Let everything go wrong, and count what is lost.
    Faults {
        /// The few runs that `test` makes, too.
        quick: bool,
        /// The parts; all of them when there are none.
        parts: Vec<String>,
    },
    /// Build what people download.
    Package {
        /// An AppImage, too.
        appimage: bool,
    },
    /// Look at every state of the window in a real browser.
    Gallery {
        /// No pictures are written.
        check: bool,
    },
    /// Make the checkout a product of one's own.
    Rebrand(Rebrand),
    /// Write the UI's types anew.
    Bindings,
    /// Play everything a provider may do, and write the page about it anew.
    Conformance,
    /// Feed the parsers that face strangers.
    Fuzz {
        /// How long each target runs.
        minutes: u64,
        /// Which.
        targets: Vec<String>,
    },
    /// Change the code and see whether a test notices.
    Mutants {
        /// Where; all rooms that are to stand it when there are none.
        files: Vec<String>,
    },
    /// Measure something.
    Bench(Bench),
    /// Build and try what is for other operating systems.
    Cross {
        /// Nobody is asked before sudo.
        yes: bool,
        /// Which.
        platforms: Vec<Platform>,
    },
}

/// The parts of `cargo xtask faults`.
const FAULT_PARTS: [&str; 5] = ["kill", "crowd", "soak", "no-route", "clock"];

/// A part of `cargo xtask test`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The core crate.
    Core,
    /// The web UI.
    Ui,
    /// The real app, end to end.
    E2e,
    /// The packages, installed.
    Package,
}

/// What help is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    /// All commands.
    Everything,
    /// `demo`.
    Demo,
    /// `test`.
    Test,
    /// `faults`.
    Faults,
    /// `package`.
    Package,
    /// `gallery`.
    Gallery,
    /// `rebrand`.
    Rebrand,
    /// `bindings`.
    Bindings,
    /// `conformance`.
    Conformance,
    /// `setup`.
    Setup,
    /// `fuzz`.
    Fuzz,
    /// `mutants`.
    Mutants,
    /// `bench`.
    Bench,
    /// `cross`.
    Cross,
}

impl Ask {
    /// Understands the words or says what is wrong with them.
    pub(crate) fn parse(words: impl IntoIterator<Item = String>) -> Result<Self> {
        let words: Vec<String> = words.into_iter().collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let Some((command, options)) = words.split_first() else {
            return Ok(Self::Help(Topic::Everything));
        };
        let topic = match *command {
            "-h" | "--help" | "help" => {
                return match options.first() {
                    None => Ok(Self::Help(Topic::Everything)),
                    Some(name) => topic(name).map(Self::Help),
                };
            }
            name => topic(name)?,
        };
        if options.iter().any(|word| matches!(*word, "-h" | "--help")) {
            return Ok(Self::Help(topic));
        }
        match topic {
            Topic::Demo => demo(options),
            Topic::Test => test(options),
            Topic::Faults => faults(options),
            Topic::Package => package::package(options),
            Topic::Gallery => gallery(options),
            Topic::Rebrand => rebrand::rebrand(options),
            Topic::Bindings => nothing_more("bindings", options).map(|()| Self::Bindings),
            Topic::Conformance => nothing_more("conformance", options).map(|()| Self::Conformance),
            Topic::Setup => setup(options),
            Topic::Fuzz => depth::fuzz(options),
            Topic::Mutants => depth::mutants(options),
            Topic::Bench => depth::bench(options),
            Topic::Cross => cross::cross(options),
            Topic::Everything => Ok(Self::Help(Topic::Everything)),
        }
    }
}

fn topic(name: &str) -> Result<Topic> {
    match name {
        "demo" => Ok(Topic::Demo),
        "test" => Ok(Topic::Test),
        "faults" => Ok(Topic::Faults),
        "package" => Ok(Topic::Package),
        "gallery" => Ok(Topic::Gallery),
        "rebrand" => Ok(Topic::Rebrand),
        "bindings" => Ok(Topic::Bindings),
        "conformance" => Ok(Topic::Conformance),
        "setup" => Ok(Topic::Setup),
        name => depth::topic(name).or_else(|| cross::topic(name)).ok_or_else(|| {
            Failure::Usage(format!(
                "there is no command `{name}`; there are demo, test, package, rebrand, faults, gallery, conformance, fuzz, mutants, bench, \
                 cross, bindings and setup (--help says more)"
            ))
        }),
    }
}

fn setup(options: &[&str]) -> Result<Ask> {
    match options {
        [] => Ok(Ask::Setup { yes: false }),
        ["-y" | "--yes"] => Ok(Ask::Setup { yes: true }),
        [unknown, ..] => Err(Failure::Usage(format!(
            "`setup` knows only --yes, not `{unknown}`"
        ))),
    }
}

fn demo(options: &[&str]) -> Result<Ask> {
    match options {
        [] => Ok(Ask::Demo { headless: false }),
        ["--headless"] => Ok(Ask::Demo { headless: true }),
        [unknown, ..] => Err(Failure::Usage(format!(
            "`demo` knows only --headless, not `{unknown}`"
        ))),
    }
}

fn test(options: &[&str]) -> Result<Ask> {
    let part = match options.first() {
        None => None,
        Some(&"core") => Some(Part::Core),
        Some(&"ui") => Some(Part::Ui),
        Some(&"e2e") => Some(Part::E2e),
        Some(&"package") => Some(Part::Package),
        Some(unknown) => {
            return Err(Failure::Usage(format!(
                "there is no part `{unknown}`; there are core, ui, e2e and package, or no word for everything"
            )));
        }
    };
    match (part, options.get(1..).unwrap_or_default()) {
        (part, []) => Ok(Ask::Test { part, filter: None }),
        (Some(Part::E2e | Part::Package), [name]) if !name.starts_with('-') => Ok(Ask::Test {
            part,
            filter: Some((*name).to_owned()),
        }),
        (_, [unknown, ..]) => Err(Failure::Usage(format!("`test` has no use for `{unknown}` here"))),
    }
}

fn faults(options: &[&str]) -> Result<Ask> {
    let (mut quick, mut parts) = (false, Vec::new());
    for word in options {
        match *word {
            "--quick" => quick = true,
            part if FAULT_PARTS.contains(&part) => parts.push(part.to_owned()),
            unknown => {
                return Err(Failure::Usage(format!(
                    "`faults` knows --quick and {}, not `{unknown}`",
                    FAULT_PARTS.join(", ")
                )));
            }
        }
    }
    Ok(Ask::Faults { quick, parts })
}

fn gallery(options: &[&str]) -> Result<Ask> {
    match options {
        [] => Ok(Ask::Gallery { check: false }),
        ["--check"] => Ok(Ask::Gallery { check: true }),
        [unknown, ..] => Err(Failure::Usage(format!(
            "`gallery` knows only --check, not `{unknown}`"
        ))),
    }
}

fn nothing_more(command: &str, options: &[&str]) -> Result<()> {
    options.first().map_or(Ok(()), |unknown| {
        Err(Failure::Usage(format!("`{command}` has no use for `{unknown}`")))
    })
}

impl Topic {
    /// What `--help` prints.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Everything => EVERYTHING,
            Self::Demo => DEMO,
            Self::Test => TEST,
            Self::Faults => FAULTS,
            Self::Package => package::PACKAGE,
            Self::Gallery => GALLERY,
            Self::Rebrand => rebrand::REBRAND,
            Self::Bindings => BINDINGS,
            Self::Conformance => CONFORMANCE,
            Self::Setup => SETUP,
            Self::Fuzz => depth::FUZZ,
            Self::Mutants => depth::MUTANTS,
            Self::Bench => depth::BENCH,
            Self::Cross => cross::CROSS,
        }
    }
}

const EVERYTHING: &str = "\
cargo xtask demo                 build the app and open it with a demo identity provider
cargo xtask test [core|ui|e2e]   check everything, or one part
cargo xtask package              build what people download
cargo xtask test package         install it and try everything with the installed app
cargo xtask rebrand --name …     make it a product of your own: names, accent, icon
cargo xtask faults [--quick]     let everything go wrong, and count what is lost
cargo xtask fuzz [--minutes N]   feed the parsers that face strangers
cargo xtask mutants [FILE…]      change the code, and see whether a test notices
cargo xtask bench NAME           measure: verify, tokens, refresh, callback, scale, fleet, launch, weight
cargo xtask cross                build and try what is for Windows and macOS, on Linux
cargo xtask gallery [--check]    look at every state of the window in a real browser, and take its pictures
cargo xtask bindings             write the UI's types (ui/src/bindings) anew
cargo xtask conformance          play everything a provider may do, and write docs/conformance.md anew
cargo xtask setup                install what the commands above need, and nothing else

Every command installs what it lacks. `cargo xtask COMMAND --help` says more.";

const DEMO: &str = "\
cargo xtask demo [--headless]

Builds the UI and the app, starts the demo provider on 127.0.0.1 and opens the app, configured for it.
Closing the window or Ctrl-C ends everything. What it writes is in target/demo/.

Without a display, or with --headless, a guided tour runs instead (Linux): a virtual display, a D-Bus and a keyring of
its own, a real headless browser; it signs in, launches again, signs out, and leaves screenshots in target/demo/.";

const TEST: &str = "\
cargo xtask test                 everything, in this order: formatting, UI, demo provider, clippy, documents,
                                 build, Rust tests, bindings, keyring, end-to-end
cargo xtask test core            formatting, clippy, documents, tests and bindings of the core crate
cargo xtask test ui              formatting, lint, types, tests and build of the web UI
cargo xtask test e2e [NAME]      the real app in a virtual display (Linux), only tests with NAME in their name
cargo xtask test package [NAME]  the .deb and the .rpm of `cargo xtask package`: really installed, upgraded, removed (Debian, Ubuntu)

The last line counts: N passed, M failed. A failed check that is not a test counts as one failure.
What a failed end-to-end test saw is in target/e2e/.";

const FAULTS: &str = "\
cargo xtask faults [--quick] [kill] [crowd] [soak] [no-route] [clock]      (Linux)

  kill       a process is killed at every moment of a renewal: no session is lost that the provider lets live
  crowd      a thousand callers, eight and sixteen processes: one request for all, no token spent twice
  soak       virtual days for an hour: memory, files and threads stay what they were
  no-route   a launch in a network namespace without any route: signed in, and nothing is asked
  clock      a launch two hours early and late (faketime): never signed out

Prints one table and fails when a count is not what it must be; times are told, not judged. Without parts all of them: well
over an hour, or half a minute with --quick, which `cargo xtask test` runs, too. RELIABILITY.md holds the figures.";

const GALLERY: &str = "\
cargo xtask gallery [--check]

Opens every state of the window with sample data in a headless Chromium: light, dark, in high contrast and in forced colours,
from 360 by 480 to 1600 by 1000, in every language, and with the text twice as large. Fails when axe-core finds something,
when a text does not fit, when Tab does not reach a control or does not show it. The pictures of all states, light and dark,
are written to docs/screens/; not with --check.

By hand: `npm run dev` in ui/, then http://127.0.0.1:5180/gallery/ in a browser.";

const BINDINGS: &str = "\
cargo xtask bindings

Generates the UI's TypeScript types from the core's Rust types into ui/src/bindings. They are committed;
`cargo xtask test` fails when they differ from what would be generated.";

const CONFORMANCE: &str = "\
cargo xtask conformance

Plays every behaviour of the adversarial provider (session/src/conformance) through the core and writes what came of it into
docs/conformance.md. The page is committed; the core's tests fail when it differs from what a run gives.";

const SETUP: &str = "\
cargo xtask setup [--yes]

Installs what is missing: system packages (Debian and Ubuntu; asks before sudo, not with --yes; elsewhere prints the
command), the locked npm packages, and tauri-driver in target/tools. Rust and Node 20 or newer are expected to be there.";

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn parse(line: &str) -> Result<Ask> {
        Ask::parse(line.split_whitespace().map(str::to_owned))
    }

    pub(super) fn asks(line: &str) -> Ask {
        parse(line).unwrap()
    }

    #[test]
    fn commands_and_parts_are_understood() {
        assert_eq!(asks("demo"), Ask::Demo { headless: false });
        assert_eq!(asks("demo --headless"), Ask::Demo { headless: true });
        assert_eq!(
            asks("test"),
            Ask::Test {
                part: None,
                filter: None
            }
        );
        assert_eq!(
            asks("test ui"),
            Ask::Test {
                part: Some(Part::Ui),
                filter: None
            }
        );
        assert_eq!(
            asks("test e2e cold"),
            Ask::Test {
                part: Some(Part::E2e),
                filter: Some("cold".to_owned())
            }
        );
        assert_eq!(
            asks("faults --quick kill no-route"),
            Ask::Faults {
                quick: true,
                parts: vec!["kill".to_owned(), "no-route".to_owned()]
            }
        );
        assert_eq!(asks("gallery"), Ask::Gallery { check: false });
        assert_eq!(asks("gallery --check"), Ask::Gallery { check: true });
        assert_eq!(asks("bindings"), Ask::Bindings);
        assert_eq!(asks("conformance"), Ask::Conformance);
        assert_eq!(asks("setup"), Ask::Setup { yes: false });
        assert_eq!(asks("setup --yes"), Ask::Setup { yes: true });
    }

    #[test]
    fn help_is_there_for_everything() {
        assert_eq!(asks(""), Ask::Help(Topic::Everything));
        assert_eq!(asks("--help"), Ask::Help(Topic::Everything));
        assert_eq!(asks("help test"), Ask::Help(Topic::Test));
        assert_eq!(asks("demo --help"), Ask::Help(Topic::Demo));
        assert_eq!(asks("test e2e -h"), Ask::Help(Topic::Test));
    }

    #[test]
    fn unknown_words_are_refused_by_name() {
        for line in [
            "dmo",
            "test all",
            "demo --quick",
            "bindings now",
            "faults all",
            "faults --fast",
            "gallery --all",
            "test core name",
            "test e2e --nocapture",
            "help x",
        ] {
            let Err(Failure::Usage(text)) = parse(line) else {
                panic!("{line} was accepted")
            };
            assert!(text.contains('`'), "{text}");
        }
    }
}
