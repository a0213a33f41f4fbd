//! `docs/conformance.md`, made from the table and a run.

use std::fmt::Write as _;

use super::table::{Chapter, MODULES};

/// The whole page.
pub(super) fn of(chapters: &[Chapter], done: &[Vec<String>]) -> String {
    let all = || chapters.iter().flat_map(|chapter| &chapter.behaviours);
    let as_due = all()
        .zip(done.iter().flatten())
        .filter(|(behaviour, done)| behaviour.due == **done)
        .count();
    let mut page = format!(
        "# What a provider may do, and what happens then\n\n\
        **{} behaviours, {as_due} as due.** {} of them are modules of the OpenID Foundation's relying-party plans (Basic, Config,\n\
        Refresh Token, RP-Initiated Logout), as far as they fit a public client with the code flow; they have the modules' names,\n\
        `oidcc-client-test…`.\n{INTRODUCTION}",
        all().count(),
        MODULES.len(),
    );
    for chapter in chapters {
        let (title, count) = (chapter.title, chapter.behaviours.len());
        let _ = writeln!(page, "- [{title}](#{}) ({count})", anchor(title));
    }
    for (chapter, done) in chapters.iter().zip(done) {
        let _ = write!(
            page,
            "\n## {}\n\n{}\n\n| Behaviour | What the standard says | Due | Done |\n|---|---|---|---|\n",
            chapter.title, chapter.says
        );
        for (behaviour, done) in chapter.behaviours.iter().zip(done) {
            let done = if behaviour.due == *done {
                "as\u{a0}due"
            } else {
                done
            };
            let _ = writeln!(
                page,
                "| `{}`: {} | {} | {} | {} |",
                behaviour.name,
                cell(behaviour.does),
                cell(behaviour.standard),
                cell(behaviour.due),
                cell(done)
            );
        }
    }
    page
}

const INTRODUCTION: &str = "
This page is generated: the tests play every behaviour through the public `Session` against a real HTTP server on loopback, and
write down what came of it. `cargo xtask conformance` makes it again; `cargo test -p latchkey-session` fails when a reaction is not
the one that is due, and when this page differs from what a run gives. It is our own test, not a certification.

How to read it:

- *signed in*, *renewed*: accepted, although it may be odd.
- *refused at* STAGE: `code`: the error that is shown and told. Nobody is signed in, and the credential store is empty; *the session
  stays*: a renewal failed, and the session goes on with what it has.
- *not taken*: a callback that is not the attempt's own; *the attempt lives on* and the right answer still signs in.
- In each of them: no view and no error holds a token, a code, control or bidirectional characters, or more than 8 KiB; no address is
  asked that the discovery document does not name; no spent refresh token is sent again; only web pages are opened.

What happens when nobody answers, when a connection is refused, and how often it is tried again, is in RELIABILITY.md.

Sections: Core is OpenID Connect Core 1.0, Discovery is OpenID Connect Discovery 1.0. What the standard says is told in our words.

";

/// A text within a table: no end of a cell, no markup of its own.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}

/// How a heading is linked to.
fn anchor(title: &str) -> String {
    let kept = title
        .chars()
        .filter(|c| c.is_alphanumeric() || *c == ' ' || *c == '-');
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}
