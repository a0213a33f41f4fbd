//! `cargo xtask rebrand`: this checkout, or another one, as a product of one's own.
//!
//! Four places hold what a product is called and looks like, and only these are written: `tauri.conf.json`, the program's name in
//! `Cargo.toml`, the accent in `ui/src/tokens.css`, the icon in `icons/` and `ui/src/parts/`. All else is named after them when it
//! is built or run. Everything is checked, and made in memory, before the first file is written.

mod accent;
mod icon;
mod names;
mod text;

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Doing, Failure, Result};
use crate::interrupt::Interrupt;
use crate::print;
use crate::product::Product;
use crate::task::Task;
use crate::words::Rebrand;
use crate::workspace::Workspace;

use accent::Accent;

/// A file as it will be.
struct Change {
    /// From the root.
    file: PathBuf,
    /// `None`: it goes.
    content: Option<Vec<u8>>,
    /// What is said of it.
    says: String,
}

/// Does what was asked for.
pub(crate) fn run(workspace: &Workspace, interrupt: &Interrupt, asked: &Rebrand) -> Result<()> {
    let root = asked.at.as_deref().unwrap_or_else(|| workspace.root());
    let current = Product::of(root)?;
    let wanted = names::wanted(&current, asked)?;
    let accent = asked.accent.as_deref().map(Accent::of).transpose()?;
    let mut changes = renamed(root, &current, &wanted)?;
    if let Some(accent) = &accent {
        changes.push(painted(root, accent, asked)?);
    }
    if let Some(picture) = &asked.icon {
        changes.extend(icon::changes(workspace, interrupt, root, picture)?);
    }
    changes.retain(|change| fs::read(root.join(&change.file)).ok() != change.content);
    if changes.is_empty() {
        print::line(format_args!("Nothing to change: it is {} already.", wanted.name));
        return Ok(());
    }
    if !asked.allow_dirty {
        all_is_committed(root, interrupt)?;
    }
    for Change { file, content, says } in &changes {
        let path = root.join(file);
        match content {
            Some(content) => fs::write(&path, content).doing(format_args!("write {}", path.display()))?,
            None => fs::remove_file(&path).doing(format_args!("remove {}", path.display()))?,
        }
        print::line(format_args!("{}: {says}", file.display()));
    }
    tell_what_is_left(&current, &wanted, asked);
    Ok(())
}

/// The names, where they are written.
fn renamed(root: &Path, current: &Product, wanted: &Product) -> Result<Vec<Change>> {
    if current == wanted {
        return Ok(Vec::new());
    }
    let mut differences = Vec::new();
    for (what, old, new) in [
        ("name", &current.name, &wanted.name),
        ("program", &current.program, &wanted.program),
        ("identifier", &current.identifier, &wanted.identifier),
        ("scheme", &current.scheme, &wanted.scheme),
    ] {
        if old != new {
            differences.push(format!("{what} {old} -> {new}"));
        }
    }
    let configuration = text::configuration(&read(root, "tauri.conf.json")?, current, wanted)?;
    let manifest = text::manifest(&read(root, "Cargo.toml")?, &current.program, &wanted.program)?;
    Ok(vec![
        Change {
            file: "tauri.conf.json".into(),
            content: Some(configuration.into()),
            says: differences.join(", "),
        },
        Change {
            file: "Cargo.toml".into(),
            content: Some(manifest.into()),
            says: format!("program {} -> {}", current.program, wanted.program),
        },
    ])
}

/// The accent, where it is written.
fn painted(root: &Path, accent: &Accent, asked: &Rebrand) -> Result<Change> {
    const TOKENS: &str = "ui/src/tokens.css";
    let lines = accent.lines();
    let tokens = lines
        .iter()
        .try_fold(read(root, TOKENS)?, |tokens, (name, value)| {
            text::token(&tokens, name, value)
        })?;
    let values: Vec<_> = lines.iter().map(|(_, value)| value.as_str()).collect();
    let wished = asked.accent.as_deref().unwrap_or_default();
    let why = if accent.light().eq_ignore_ascii_case(wished) {
        String::new()
    } else {
        format!("; {wished} itself could not be read everywhere, so its nearest shade is used")
    };
    Ok(Change {
        file: TOKENS.into(),
        content: Some(tokens.into()),
        says: format!("accent {}{why}", values.join(" ")),
    })
}

fn read(root: &Path, file: &str) -> Result<String> {
    fs::read_to_string(root.join(file)).doing(format_args!("read {}", root.join(file).display()))
}

/// Whether git could bring everything back.
fn all_is_committed(root: &Path, interrupt: &Interrupt) -> Result<()> {
    const ADVICE: &str =
        "Commit it first, so that you can look at what was changed and take it back; or say --allow-dirty.";
    let status = Task::new("git")
        .args(["status", "--porcelain"])
        .dir(root)
        .read(interrupt);
    match status {
        Ok(output) if output.status.success() && output.stdout.trim().is_empty() => Ok(()),
        Ok(output) if output.status.success() => {
            let first = output.stdout.lines().next().unwrap_or_default().trim().to_owned();
            Err(Failure::new(format_args!("something is not committed: {first}")).advise(ADVICE))
        }
        Err(Failure::Interrupted) => Err(Failure::Interrupted),
        Ok(_) | Err(_) => {
            Err(Failure::new(format_args!("{} is no git checkout", root.display())).advise(ADVICE))
        }
    }
}

fn tell_what_is_left(current: &Product, wanted: &Product, asked: &Rebrand) {
    let Product { scheme, program, .. } = wanted;
    let debug = names::DEBUG;
    print::line("");
    print::line("Left for you:");
    print::note(
        "defaults.toml      the provider: [provider] with name, issuer and client_id of a client you register there as",
    );
    print::note("                   a native (public) client with PKCE and these addresses:");
    print::note(format_args!(
        "                     redirect URI              {scheme}:/callback"
    ));
    print::note("                     redirect URI              http://127.0.0.1/callback, any port");
    print::note(format_args!(
        "                     post-logout redirect URI  {scheme}:/signed-out"
    ));
    print::note(format_args!(
        "                   and for debug builds the same with {scheme}{debug}"
    ));
    print::note(
        "tauri.conf.json    version, publisher, copyright, licence and the descriptions under \"bundle\"",
    );
    if asked.accent.is_none() {
        print::note("ui/src/tokens.css  the accent: --accent '#c2255c'");
    }
    if asked.icon.is_none() {
        print::note("icons/             the icon: --icon FILE.svg");
    }
    print::note(
        "README.md          and the other documents, which still speak of the project this is made from",
    );
    print::note("docs/screens       `cargo xtask gallery` takes the pictures anew");
    print::line("");
    if current.identifier != wanted.identifier {
        print::line(
            "For the operating system this is another app now: whoever is signed in in the old one signs in anew.",
        );
    }
    print::line(format_args!(
        "`cargo xtask demo` shows it (target/debug/{program}); docs/adopt.md has the whole way."
    ));
}
