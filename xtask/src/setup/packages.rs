//! System packages: which are missing, and installing them where we know how.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Instant;

use super::browser;
use super::needs::{NEEDS, Need, Probe, Purpose};
use super::system::System;
use crate::environment;
use crate::failure::{Failure, Result};
use crate::interrupt::Interrupt;
use crate::print;
use crate::task::Task;

/// Whether the person is asked before sudo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Consent {
    /// Ask, and where nobody can answer, print the command instead.
    Ask,
    /// It was given on the command line.
    Given,
}

/// Sees to it that everything for these purposes is there.
pub(crate) fn provide(purposes: &[Purpose], consent: Consent, interrupt: &Interrupt) -> Result<()> {
    let needs: Vec<&Need> = NEEDS.iter().filter(|need| need.is_for(purposes)).collect();
    provide_these(&needs, consent, interrupt)
}

/// Sees to it that these are there.
pub(super) fn provide_these(needs: &[&'static Need], consent: Consent, interrupt: &Interrupt) -> Result<()> {
    let begun = Instant::now();
    let system = System::here();
    let missing = match system {
        System::Windows => Vec::new(),
        System::MacOs => return developer_tools(interrupt),
        System::Debian | System::Ubuntu => missing_by_dpkg(needs, system, interrupt)?,
        System::Fedora | System::Arch | System::Suse | System::OtherLinux => {
            missing_by_probe(needs, interrupt)?
        }
    };
    if missing.is_empty() {
        print::done(
            format_args!("system packages: all {} are there", needs.len()),
            begun.elapsed(),
        );
        return Ok(());
    }
    print::step(format_args!(
        "system packages: {} of {} are missing",
        missing.len(),
        needs.len()
    ));
    for need in &missing {
        print::note(format_args!("{} ({})", need.package(system), need.why));
    }
    let names: BTreeSet<&str> = missing.iter().map(|need| need.package(system)).collect();
    let names: Vec<&str> = names.into_iter().collect();
    match system.install_words() {
        Some(words) if system.has_apt() => install(words, &names, consent, interrupt),
        words => Err(by_hand(words, &names)),
    }?;
    print::done("system packages", begun.elapsed());
    Ok(())
}

/// What dpkg does not know as installed and what is not there in another way either.
fn missing_by_dpkg(
    needs: &[&'static Need],
    system: System,
    interrupt: &Interrupt,
) -> Result<Vec<&'static Need>> {
    // Ubuntu's Chromium is a snap, which cannot take part: the browser is looked for elsewhere.
    let wanted: Vec<_> = needs
        .iter()
        .filter(|need| !(need.is_browser() && system == System::Ubuntu))
        .collect();
    let query = Task::new("dpkg-query")
        .args(["--show", "--showformat", "${Package} ${db:Status-Status}\\n"])
        .args(wanted.iter().map(|need| need.package(system)));
    let listing = query.read(interrupt)?.stdout;
    let installed = installed(&listing);
    let mut missing = Vec::new();
    for need in wanted {
        if !installed.contains(need.package(system)) && !is_there(need, interrupt)? {
            missing.push(*need);
        }
    }
    Ok(missing)
}

fn missing_by_probe(needs: &[&'static Need], interrupt: &Interrupt) -> Result<Vec<&'static Need>> {
    let mut missing = Vec::new();
    for need in needs {
        if !is_there(need, interrupt)? {
            missing.push(*need);
        }
    }
    Ok(missing)
}

fn is_there(need: &Need, interrupt: &Interrupt) -> Result<bool> {
    if need.is_browser() {
        return Ok(browser::find().is_some());
    }
    match need.probe {
        Probe::Program(name) => Ok(environment::find_program(name).is_some()),
        Probe::Shared(_) if environment::find_program("ldconfig").is_none() => Ok(false),
        Probe::Shared(name) => Ok(Task::new("ldconfig")
            .args(["--print-cache"])
            .read(interrupt)?
            .stdout
            .contains(name)),
        Probe::Folder(path) => Ok(Path::new(path).is_dir()),
        Probe::BusService(name) => Ok(Path::new("/usr/share/dbus-1/services")
            .join(format!("{name}.service"))
            .is_file()),
        Probe::Font(_) if environment::find_program("fc-list").is_none() => Ok(false),
        Probe::Font(family) => Ok(!Task::new("fc-list")
            .args([family])
            .read(interrupt)?
            .stdout
            .is_empty()),
        Probe::Library(_) if environment::find_program("pkg-config").is_none() => Ok(false),
        Probe::Library(name) => Ok(Task::new("pkg-config")
            .args(["--exists", name])
            .read(interrupt)?
            .status
            .success()),
    }
}

/// The names dpkg-query lists as installed; it also lists what was removed but left its configuration.
fn installed(listing: &str) -> BTreeSet<&str> {
    listing
        .lines()
        .filter_map(|line| line.strip_suffix(" installed"))
        .collect()
}

fn install(words: &[&str], names: &[&str], consent: Consent, interrupt: &Interrupt) -> Result<()> {
    let prefix: &[&str] = match (is_root(), consent) {
        (true, _) => &[],
        (false, _) if environment::find_program("sudo").is_none() => return Err(by_hand(Some(words), names)),
        (false, Consent::Given) => &["sudo"],
        (false, Consent::Ask) if !environment::can_ask() => return Err(by_hand(Some(words), names)),
        (false, Consent::Ask) => {
            if !print::ask("Install them now with sudo?") {
                return Err(by_hand(Some(words), names));
            }
            &["sudo"]
        }
    };
    let apt = |arguments: &[&str]| {
        let words = [prefix, &["env", "DEBIAN_FRONTEND=noninteractive"], arguments].concat();
        let task =
            Task::new(words.first().copied().unwrap_or("env")).args(words.get(1..).unwrap_or_default());
        if prefix.is_empty() { task } else { task.asks() }
    };
    let update = || {
        apt(&["apt-get", "update"])
            .hint("The package lists could not be fetched: is there a network?")
            .run(interrupt)
    };
    let install = || apt(&[words, names].concat()).run(interrupt);
    if !has_lists(Path::new("/var/lib/apt/lists")) {
        update()?;
        return install();
    }
    // Lists that are there may name versions the archive no longer has.
    install().or_else(|failure| match failure {
        Failure::Interrupted => Err(Failure::Interrupted),
        Failure::Broken { .. } | Failure::Usage(_) | Failure::Reported => update().and_then(|()| install()),
    })
}

/// A command with an administrator's rights; where we have none, sudo asks for the password.
pub(crate) fn as_root(words: &[&str]) -> Task {
    let words = [&["env", "DEBIAN_FRONTEND=noninteractive"], words].concat();
    if is_root() {
        Task::new("env").args(words.get(1..).unwrap_or_default())
    } else {
        Task::new("sudo").args(words).asks()
    }
}

/// Whether apt knows any package.
fn has_lists(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else {
        return false;
    };
    entries
        .flatten()
        .any(|entry| entry.file_name().to_string_lossy().contains("_Packages"))
}

fn by_hand(words: Option<&[&str]>, names: &[&str]) -> Failure {
    let failure = Failure::new("system packages are missing");
    match words {
        Some(words) => failure.advise(format_args!("Install them with: {}", command_line(words, names))),
        None => failure.advise(format_args!(
            "Install what your system calls these (Debian's names), then try again: {}",
            names.join(" ")
        )),
    }
}

/// What to type, with names the shell would misread in quotes.
fn command_line(words: &[&str], names: &[&str]) -> String {
    let quoted = names.iter().map(|name| {
        if name.contains('(') {
            format!("'{name}'")
        } else {
            (*name).to_owned()
        }
    });
    let mut line = format!("sudo {}", words.join(" "));
    for name in quoted {
        line.push(' ');
        line.push_str(&name);
    }
    line
}

/// macOS: everything comes with the developer tools.
fn developer_tools(interrupt: &Interrupt) -> Result<()> {
    if Task::new("xcode-select")
        .args(["-p"])
        .read(interrupt)?
        .status
        .success()
    {
        return Ok(());
    }
    Err(Failure::new("Apple's command line developer tools are missing")
        .advise("Install them with: xcode-select --install"))
}

#[cfg(unix)]
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_installed_packages_count() {
        let listing = "xvfb installed\ngnome-keyring config-files\ndbus not-installed\nlibc6 installed\n";
        assert_eq!(installed(listing), BTreeSet::from(["xvfb", "libc6"]));
        assert_eq!(installed(""), BTreeSet::new());
    }

    #[test]
    fn the_command_can_be_pasted_into_a_shell() {
        let words = System::Fedora.install_words().unwrap();
        assert_eq!(
            command_line(words, &["gcc", "pkgconfig(webkit2gtk-4.1)"]),
            "sudo dnf install gcc 'pkgconfig(webkit2gtk-4.1)'"
        );
    }
}
