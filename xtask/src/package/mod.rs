//! `cargo xtask package`: what people download, for this system. On Linux a .deb and an .rpm.
//!
//! The tool is Tauri's own bundler. [`names`] is what the product is called, [`linux`] what goes into the packages beside the
//! program, [`notices`] the licences of everything that is not ours.

mod linux;
mod names;
mod needs;
mod notices;

use std::fs;
use std::path::{Path, PathBuf};

use crate::environment;
use crate::failure::{Doing, Failure, Result};
use crate::interrupt::Interrupt;
use crate::print;
use crate::setup::{self, node};
use crate::task::Task;
use crate::workspace::Workspace;

pub(crate) use names::Names;

/// What the bundler signs with. A workflow without the secret sets it to nothing, which the bundler takes for a certificate.
const SIGNING: [&str; 6] = [
    "APPLE_CERTIFICATE",
    "APPLE_CERTIFICATE_PASSWORD",
    "APPLE_SIGNING_IDENTITY",
    "APPLE_ID",
    "APPLE_PASSWORD",
    "APPLE_TEAM_ID",
];

/// Where the packages land.
pub(crate) fn folder(workspace: &Workspace) -> PathBuf {
    workspace.root().join("target/packages")
}

/// Builds the packages and puts them into one folder. An AppImage, too, if it is wanted: for that the bundler downloads what it lacks.
pub(crate) fn run(workspace: &Workspace, interrupt: &Interrupt, appimage: bool) -> Result<()> {
    setup::app(workspace, interrupt)?;
    let names = Names::of(workspace.root())?;
    forget(workspace)?;
    let staging = workspace.root().join("target/package");
    fs::create_dir_all(&staging).doing("make the packages' files' folder")?;
    notices::write(workspace, interrupt, &names, &staging)?;
    program(workspace, interrupt)?;
    if cfg!(target_os = "linux") {
        let config = linux::stage(workspace, interrupt, &names, &staging)?;
        let kinds = if appimage { "deb,rpm,appimage" } else { "deb,rpm" };
        bundle(workspace, kinds)
            .args(["--no-binary-patching", "--config"])
            .args([config])
            .run(interrupt)?;
    } else {
        bundle(workspace, if cfg!(windows) { "nsis,msi" } else { "app,dmg" }).run(interrupt)?;
    }
    collect(workspace)
}

/// The program itself, as it is shipped: the page first, which goes into it.
pub(crate) fn program(workspace: &Workspace, interrupt: &Interrupt) -> Result<()> {
    node::npm(&workspace.ui()).args(["run", "build"]).run(interrupt)?;
    tauri(workspace, "build")
        .args(["--no-bundle", "--ci", "--", "--locked"])
        .env("CARGO_ENCODED_RUSTFLAGS", flags(workspace))
        .run(interrupt)
}

/// The bundler, for what is built already.
fn bundle(workspace: &Workspace, kinds: &str) -> Task {
    let bundler = tauri(workspace, "bundle").args(["--ci", "--bundles", kinds]);
    SIGNING
        .iter()
        .filter(|name| environment::var(name).is_none())
        .fold(bundler, |bundler, name| bundler.env_without(name))
}

/// A command of Tauri's own tool.
fn tauri(workspace: &Workspace, command: &str) -> Task {
    Task::new("node")
        .args([workspace.ui().join("node_modules/@tauri-apps/cli/tauri.js")])
        .args([command])
        .env("CARGO_TARGET_DIR", workspace.root().join("target"))
        .dir(workspace.root())
}

/// No path of the machine that builds goes into the program.
fn flags(workspace: &Workspace) -> String {
    let home = environment::cargo_home();
    let remap = |from: &Path, to: &str| format!("--remap-path-prefix={}={to}", from.display());
    let mut flags = vec![remap(workspace.root(), "/src")];
    flags.extend(home.map(|home| remap(&home, "/cargo")));
    flags.join("\u{1f}")
}

/// Packages of an earlier run are not this one's.
fn forget(workspace: &Workspace) -> Result<()> {
    for folder in ["target/release/bundle", "target/package", "target/packages"] {
        let folder = workspace.root().join(folder);
        if folder.exists() {
            fs::remove_dir_all(&folder).doing(format_args!("empty {}", folder.display()))?;
        }
    }
    Ok(())
}

fn collect(workspace: &Workspace) -> Result<()> {
    let built = packages(&workspace.root().join("target/release/bundle"));
    if built.is_empty() {
        return Err(Failure::new("the bundler has left no package"));
    }
    let folder = folder(workspace);
    fs::create_dir_all(&folder).doing("make the packages' folder")?;
    for package in built {
        let name = package.file_name().unwrap_or_default();
        let size = fs::copy(&package, folder.join(name)).doing(format_args!("copy {}", package.display()))?;
        print::note(format_args!(
            "target/packages/{} ({:.1} MiB)",
            name.to_string_lossy(),
            in_mib(size)
        ));
    }
    Ok(())
}

/// The packages that were built.
fn packages(bundle: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for kind in ["deb", "rpm", "appimage", "nsis", "msi", "dmg"] {
        let Ok(entries) = fs::read_dir(bundle.join(kind)) else {
            continue;
        };
        let files = entries.flatten().map(|entry| entry.path());
        found.extend(files.filter(|path| {
            let ending = path.extension().and_then(|ending| ending.to_str());
            let wanted = matches!(ending, Some("deb" | "rpm" | "AppImage" | "exe" | "msi" | "dmg"));
            path.is_file() && wanted
        }));
    }
    found.sort();
    found
}

#[expect(clippy::cast_precision_loss, reason = "told with one digit")]
fn in_mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
