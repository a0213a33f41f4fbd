//! Linux: the desktop's own answer to "who opens this?", and whether that is us and gets the link. Asked through GIO, in this
//! process: `xdg-mime` would cost a few processes at every launch.
//!
//! Our own registration is a desktop entry in the person's data directory. It is called after the identifier, so that builds with
//! other names, and a debug build, have entries of their own.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{fs, io};

use gio::prelude::{AppInfoExt, IsA};
use tauri::{AppHandle, Manager as _};

use super::Reached;

/// Somebody who is registered for a scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    /// The name of the desktop entry's file.
    id: String,
    /// Its `Exec` line.
    command: String,
}

impl Entry {
    fn of(info: &impl IsA<gio::AppInfo>) -> Option<Self> {
        Some(Self {
            id: info.id()?.into(),
            command: info.commandline()?.to_str()?.to_owned(),
        })
    }
}

/// What is to be done for links to reach us.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// They do already.
    Nothing,
    /// They do by a package's entry; ours goes.
    GiveWay,
    /// A package has registered us, but another program counts: the package's entry is made the one that does, and ours goes.
    Prefer(String),
    /// Our own entry is written.
    Register,
}

pub(super) fn look(scheme: &str) -> Reached {
    let Some(command) = gio::AppInfo::default_for_uri_scheme(scheme).and_then(|info| info.commandline())
    else {
        return Reached::Nobody;
    };
    match (command.to_str(), us()) {
        (Some(command), Some(us)) => started_by(command, &us),
        (Some(_), None) | (None, _) => Reached::Unknown,
    }
}

pub(super) fn ensure(app: &AppHandle, scheme: &str) -> bool {
    let (Some(us), Ok(data)) = (us(), app.path().data_dir()) else {
        return false;
    };
    let place = Place {
        applications: data.join("applications"),
        own: format!("{}-handler.desktop", app.config().identifier),
        mime_type: format!("x-scheme-handler/{scheme}"),
    };
    let default = gio::AppInfo::default_for_uri_scheme(scheme).and_then(|info| Entry::of(&info));
    let all: Vec<Entry> = gio::AppInfo::all_for_type(&place.mime_type)
        .iter()
        .filter_map(Entry::of)
        .collect();
    let own_is_there = place.applications.join(&place.own).exists();
    let done = match decide(default.as_ref(), &all, (&place.own, own_is_there), &us) {
        Step::Nothing => Ok(()),
        Step::GiveWay => {
            tracing::info!("a package has registered the scheme: the app's own registration goes");
            place.give_way()
        }
        Step::Prefer(id) => {
            tracing::info!("a package has registered the scheme");
            place.prefer(&id)
        }
        Step::Register => {
            tracing::info!("the scheme is registered by the app itself");
            let product = app.config().product_name.as_deref();
            place.register(product.unwrap_or(scheme), &us)
        }
    };
    if let Err(error) = &done {
        tracing::warn!(%error, "the scheme could not be registered");
    }
    done.is_ok()
}

/// From who counts now, and who else there is. `own` is the name of our own entry, and whether its file is there: the desktop does
/// not tell of an entry whose program is gone.
fn decide(default: Option<&Entry>, all: &[Entry], (own, own_is_there): (&str, bool), us: &Path) -> Step {
    let reaches_us = |entry: &&Entry| started_by(&entry.command, us) == Reached::Us;
    let package = all.iter().filter(|entry| entry.id != own).find(reaches_us);
    match (default.filter(reaches_us), package) {
        (Some(_), Some(_)) if own_is_there => Step::GiveWay,
        (Some(_), _) => Step::Nothing,
        (None, Some(package)) => Step::Prefer(package.id.clone()),
        (None, None) => Step::Register,
    }
}

/// Where our own entry is, and what it is for.
struct Place {
    applications: PathBuf,
    own: String,
    mime_type: String,
}

impl Place {
    /// Removes our own entry, and what says that it counts.
    fn give_way(&self) -> io::Result<()> {
        match fs::remove_file(self.applications.join(&self.own)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        self.tell_the_desktop();
        gio::AppInfo::reset_type_associations(&self.mime_type);
        Ok(())
    }

    /// Makes this entry the one that counts.
    fn prefer(&self, id: &str) -> io::Result<()> {
        self.give_way()?;
        let entry = gio::DesktopAppInfo::new(id).ok_or(io::ErrorKind::NotFound)?;
        entry
            .set_as_default_for_type(&self.mime_type)
            .map_err(io::Error::other)
    }

    /// Writes our own entry and makes it the one that counts.
    fn register(&self, product: &str, us: &Path) -> io::Result<()> {
        let text = format!(
            "[Desktop Entry]\nType=Application\nName={product}\nExec={} %u\nTerminal=false\nNoDisplay=true\nMimeType={};\n",
            exec(us).ok_or(io::ErrorKind::InvalidFilename)?,
            self.mime_type
        );
        let file = self.applications.join(&self.own);
        fs::create_dir_all(&self.applications)?;
        if fs::read_to_string(&file).ok().as_ref() != Some(&text) {
            fs::write(&file, text)?;
        }
        self.tell_the_desktop();
        let entry = gio::DesktopAppInfo::from_filename(&file).ok_or(io::ErrorKind::InvalidData)?;
        entry
            .set_as_default_for_type(&self.mime_type)
            .map_err(io::Error::other)
    }

    /// Has the list written that programs look handlers up in. A desktop without the tool finds the entry by its default.
    fn tell_the_desktop(&self) {
        let told = Command::new("update-desktop-database")
            .arg(&self.applications)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if !told.is_ok_and(|status| status.success()) {
            tracing::info!("the list of desktop entries was not written anew");
        }
    }
}

/// This program as others start it: the AppImage, not what it is unpacked to.
fn us() -> Option<PathBuf> {
    let own = tauri::utils::platform::current_exe().ok()?;
    let env = tauri::Env::default();
    Some(program(own, env.appimage.as_deref(), env.appdir.as_deref()))
}

/// Both variables are inherited: a program started by some AppImage has that one's. They are ours if we are in its directory.
fn program(own: PathBuf, appimage: Option<&OsStr>, appdir: Option<&OsStr>) -> PathBuf {
    match (appimage, appdir) {
        (Some(image), Some(directory)) if own.starts_with(directory) => image.into(),
        _ => own,
    }
}

/// A path as the first word of `Exec`. Quoted only where it has to be: not every opener of links understands quotes. A path with
/// a percent sign cannot be told: it would have to be doubled, and GIO looks for the program with both.
fn exec(program: &Path) -> Option<String> {
    let path = program
        .to_str()
        .filter(|path| !path.contains(['\n', '\r', '%']))?;
    let plain = |c: char| c.is_alphanumeric() || "/._-+,:@".contains(c);
    if path.chars().all(plain) {
        return Some(path.to_owned());
    }
    let mut quoted = String::from("\"");
    for c in path.chars() {
        // Escaped once for the command line and once for the file.
        match c {
            '\\' => quoted.push_str("\\\\\\\\"),
            '"' | '`' | '$' => quoted.extend(["\\\\", c.encode_utf8(&mut [0; 4])]),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    Some(quoted)
}

/// Whom this `Exec` line starts, and whether it hands the link on.
fn started_by(command: &str, us: &Path) -> Reached {
    let other = || Reached::Other(command.to_owned());
    let Ok(words) = gio::glib::shell_parse_argv(command) else {
        return other();
    };
    let Some((program, rest)) = words.split_first() else {
        return other();
    };
    let takes_link = rest.iter().any(|word| word == "%u" || word == "%U");
    match gio::glib::find_program_in_path(program) {
        Some(program) if !is_same_file(&program, us) => other(),
        Some(_) if takes_link => Reached::Us,
        Some(_) => Reached::WithoutLink,
        None => other(),
    }
}

fn is_same_file(a: &Path, b: &Path) -> bool {
    a == b || matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

#[cfg(test)]
mod tests;
