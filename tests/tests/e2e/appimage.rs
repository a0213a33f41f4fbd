//! The app in an AppImage: one file, which the person may put anywhere. It registers that file, and where it was moved to.
//!
//! What AppImage's own start-up does is done by a script here: it sets the variables and starts the program that it has unpacked.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use latchkey_e2e::app;
use latchkey_e2e::deadline::eventually;
use latchkey_e2e::failure::{Doing, Result, ensure};
use latchkey_e2e::identity::Identity;
use latchkey_e2e::log;
use latchkey_e2e::pages;
use latchkey_e2e::stage::{Setting, Stage, story};

/// Writes the file the person has: it starts the program unpacked in `mount`.
fn write_image(file: &Path, mount: &Path, program: &Path) -> Result<()> {
    let text = format!(
        "#!/bin/sh\nexport APPIMAGE='{}' APPDIR='{}'\nexec '{}' \"$@\"\n",
        file.display(),
        mount.display(),
        program.display()
    );
    fs::write(file, text).doing("write the image")?;
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).doing("make it executable")
}

/// The `Exec` line of the app's own registration.
fn registered(stage: &Stage) -> String {
    let identifier = &stage.world.identity().identifier;
    let entry = stage
        .world
        .data()
        .join(format!("applications/{identifier}-handler.desktop"));
    let text = fs::read_to_string(entry).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("Exec="));
    line.unwrap_or_default().to_owned()
}

/// A text that lives as long as the test run: what a stage is told has to.
fn kept(path: &Path) -> &'static str {
    path.display().to_string().leak()
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn registers_its_file_and_where_that_was_moved_to() -> Result<()> {
    let folder = tempfile::tempdir().doing("make a folder")?;
    let place = |name: &str| folder.path().join(name);
    let (mount, first, moved) = (place("mount"), place("App.AppImage"), place("My App.AppImage"));
    let original = Identity::under_test()?;
    let program: PathBuf = mount.join("usr/bin").join(original.program());
    fs::create_dir_all(program.parent().unwrap_or(&mount)).doing("make the mount")?;
    fs::copy(&original.binary, &program).doing("unpack the program")?;
    write_image(&first, &mount, &program)?;
    let setting = Setting {
        identity: Some(Identity {
            binary: program.clone(),
            ..original
        }),
        environment: vec![("APPIMAGE", kept(&first)), ("APPDIR", kept(&mount))],
        ..Setting::default()
    };
    story("appimage", setting, async |stage| {
        stage.launch().await?;
        stage.app()?.shows(&[("state", "signed-out")]).await?;
        let line = registered(stage);
        ensure(
            line == format!("{} %u", first.display()),
            format_args!("Exec={line}"),
        )?;
        stage.quit().await?;

        fs::rename(&first, &moved).doing("move the image")?;
        write_image(&moved, &mount, &program)?;
        stage.launch_with(&[("APPIMAGE", kept(&moved)), ("APPDIR", kept(&mount))]);
        stage.launch().await?;
        stage.begin_sign_in().await?;
        let line = registered(stage);
        ensure(
            line == format!("\"{}\" %u", moved.display()),
            format_args!("Exec={line}"),
        )?;
        stage.browser.follow(&stage.world).await?;
        stage.quit().await?;

        // The browser's answer starts the file where it is now.
        pages::sign_in(&stage.browser, "ada").await?;
        eventually("the app to be signed in", async || {
            let views = log::views(&stage.world);
            Ok(views.iter().any(|view| view.kind() == "signed-in").then_some(()))
        })
        .await?;
        let pid = stage.world.apps().first().copied().doing("the app's process")?;
        app::close(&stage.world, pid).await
    })
    .await
}
