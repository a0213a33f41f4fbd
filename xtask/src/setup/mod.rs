//! Bringing what the machine lacks: system packages, npm packages, tools. Each command asks for its own part.

pub(crate) mod browser;
pub(crate) mod cross;
mod needs;
pub(crate) mod node;
mod packages;
mod system;
pub(crate) mod tool;

use std::path::Path;

pub(crate) use needs::Purpose;
pub(crate) use packages::{Consent, as_root};

use crate::environment;
use crate::failure::Result;
use crate::interrupt::Interrupt;
use crate::workspace::Workspace;

/// `cargo xtask setup`: what every command needs.
pub(crate) fn everything(workspace: &Workspace, interrupt: &Interrupt, consent: Consent) -> Result<()> {
    node::check(interrupt)?;
    let purposes: &[Purpose] = if cfg!(target_os = "linux") {
        &[
            Purpose::Core,
            Purpose::App,
            Purpose::Desktop,
            Purpose::Virtual,
            Purpose::Package,
        ]
    } else {
        &[Purpose::Core, Purpose::App]
    };
    packages::provide(purposes, consent, interrupt)?;
    npm_packages(workspace, interrupt)?;
    if cfg!(target_os = "linux") {
        browser::search_path(workspace)?;
        tool::TAURI_DRIVER.provide(workspace, interrupt)?;
    }
    Ok(())
}

/// Whether packages are installed with apt-get here.
pub(crate) fn has_apt() -> bool {
    system::System::here().has_apt()
}

/// What compiling the core needs.
pub(crate) fn core(interrupt: &Interrupt) -> Result<()> {
    packages::provide(&[Purpose::Core], Consent::Ask, interrupt)
}

/// What the web UI needs.
pub(crate) fn ui(workspace: &Workspace, interrupt: &Interrupt) -> Result<()> {
    node::check(interrupt)?;
    node::install(&workspace.ui(), interrupt)
}

/// What looking at the web UI needs: the UI, and a browser.
pub(crate) fn gallery(workspace: &Workspace, interrupt: &Interrupt) -> Result<std::path::PathBuf> {
    ui(workspace, interrupt)?;
    if let Some(found) = browser::find() {
        return Ok(found.program().to_owned());
    }
    if cfg!(target_os = "linux") {
        packages::provide(&[Purpose::Virtual], Consent::Ask, interrupt)?;
    }
    browser::find()
        .map(|found| found.program().to_owned())
        .ok_or_else(browser::missing)
}

/// What the app needs to be built and opened on this desktop.
pub(crate) fn desktop(workspace: &Workspace, interrupt: &Interrupt) -> Result<()> {
    node::check(interrupt)?;
    let mut purposes = vec![Purpose::Core, Purpose::App];
    if cfg!(target_os = "linux") {
        purposes.push(Purpose::Desktop);
        if !has_secret_service() {
            purposes.push(Purpose::Keyring);
        }
    }
    packages::provide(&purposes, Consent::Ask, interrupt)?;
    npm_packages(workspace, interrupt)
}

/// What the tour and the end-to-end tests need.
pub(crate) fn virtual_desktop(workspace: &Workspace, interrupt: &Interrupt) -> Result<()> {
    node::check(interrupt)?;
    packages::provide(
        &[Purpose::Core, Purpose::App, Purpose::Virtual],
        Consent::Ask,
        interrupt,
    )?;
    npm_packages(workspace, interrupt)?;
    browser::search_path(workspace)?;
    tool::TAURI_DRIVER.provide(workspace, interrupt)
}

/// What trying the packages needs: all that the end-to-end tests need, and more.
pub(crate) fn packages(workspace: &Workspace, interrupt: &Interrupt) -> Result<()> {
    packages::provide(&[Purpose::Package], Consent::Ask, interrupt)?;
    virtual_desktop(workspace, interrupt)
}

/// What the comparison of launches needs: all that the end-to-end tests need, and what the peers and the counting need.
pub(crate) fn bench(workspace: &Workspace, interrupt: &Interrupt) -> Result<()> {
    packages::provide(&[Purpose::Bench], Consent::Ask, interrupt)?;
    virtual_desktop(workspace, interrupt)
}

/// What the proof of faults needs: no app, no browser.
pub(crate) fn faults(workspace: &Workspace, interrupt: &Interrupt) -> Result<()> {
    node::check(interrupt)?;
    packages::provide(&[Purpose::Core, Purpose::Faults], Consent::Ask, interrupt)?;
    node::install(&workspace.demo(), interrupt)
}

/// What building the app and running the tests of every crate need.
pub(crate) fn app(workspace: &Workspace, interrupt: &Interrupt) -> Result<()> {
    node::check(interrupt)?;
    packages::provide(&[Purpose::Core, Purpose::App], Consent::Ask, interrupt)?;
    npm_packages(workspace, interrupt)
}

fn npm_packages(workspace: &Workspace, interrupt: &Interrupt) -> Result<()> {
    node::install(&workspace.demo(), interrupt)?;
    node::install(&workspace.ui(), interrupt)
}

/// Whether this desktop has a credential store: one that D-Bus can start, or KDE's, which its session starts.
fn has_secret_service() -> bool {
    let known = ["/usr/share/dbus-1/services", "/usr/local/share/dbus-1/services"]
        .iter()
        .any(|folder| {
            Path::new(folder)
                .join("org.freedesktop.secrets.service")
                .is_file()
        });
    known
        || environment::var("XDG_CURRENT_DESKTOP")
            .is_some_and(|desktops| desktops.split(':').any(|name| name == "KDE"))
}
