//! A life of the package: installed, upgraded, downgraded, removed, purged; and what becomes of the session meanwhile.

use std::fs;
use std::path::Path;

use latchkey_e2e::app;
use latchkey_e2e::failure::{Doing, Result, ensure, ensure_eq};
use latchkey_e2e::package::{Packages, of_the_system};
use latchkey_e2e::paths;
use latchkey_e2e::stage::{Setting, Stage, story};
use serde_json::Value;

use crate::links::{own_registrations, xdg_open};

const FRESH: [(&str, &str); 3] = [("state", "signed-in"), ("freshness", "fresh"), ("kept", "stored")];
/// A version before every other.
const PREVIOUS: &str = "0.0.1";

#[tokio::test]
#[ignore = "cargo xtask test package"]
async fn it_is_upgraded_and_removed_and_the_session_stays_the_persons() -> Result<()> {
    let packages = Packages::under_test()?;
    let before = of_the_system()?;
    let told = story("package-life", Setting::default(), async |stage| {
        let previous = packages.with_version(PREVIOUS, stage.world.root()).await?;
        packages.install(&previous).await?;
        ensure_eq(
            packages.installed().await?.as_deref(),
            Some(PREVIOUS),
            "the version",
        )?;
        stage.launch().await?;
        stage.sign_in("ada").await?;
        stage.quit().await?;

        packages.install(&packages.deb).await?;
        let version = packages.field("Version").await?;
        ensure_eq(packages.installed().await?, Some(version), "the version")?;
        straight_in(stage).await?;
        healthy(stage).await?;
        stage.quit().await?;

        packages.install(&previous).await?;
        straight_in(stage).await?;
        stage.quit().await?;
        ensure_eq(own_registrations(stage)?, vec![], "own registrations")?;

        let said = packages.remove().await?;
        removed(stage, &packages, &said).await?;
        // Installed once more, the session is still there: it is the person's, not the package's.
        packages.install(&packages.deb).await?;
        straight_in(stage).await?;
        stage.quit().await?;

        managed(&packages)?;
        packages.purge().await?;
        let left: Vec<_> = of_the_system()?.difference(&before).cloned().collect();
        ensure(left.is_empty(), format_args!("the purge has left {left:?}"))?;
        clear_as_told(stage, &said).await
    })
    .await;
    packages.purge().await?;
    told
}

/// A launch with what is stored, without a sign-in.
async fn straight_in(stage: &mut Stage) -> Result<()> {
    let opened = stage.world.opened().len();
    stage.launch().await?;
    stage.app()?.shows(&FRESH).await?;
    ensure_eq(stage.app()?.heading().await?.as_str(), "Ada Park", "the heading")?;
    ensure_eq(stage.world.opened().len(), opened, "pages opened")
}

/// `doctor` finds nothing, beside the running app.
async fn healthy(stage: &Stage) -> Result<()> {
    let output = app::command(&stage.world, &["doctor", "--json"]).output().await;
    let output = output.doing("start the health check")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let report: Value = serde_json::from_str(&text).doing(format_args!("read {text:?}"))?;
    ensure_eq(report["verdict"].as_str(), Some("ok"), &text)?;
    ensure(
        output.status.success() && text.contains("arrives, at the running app"),
        &text,
    )
}

/// Links reach nobody any more, and the person is told what is still theirs.
async fn removed(stage: &Stage, packages: &Packages, said: &str) -> Result<()> {
    let identity = stage.world.identity();
    ensure(!identity.binary.exists(), "the program must be gone")?;
    ensure(
        !xdg_open(stage, &identity.link("/callback?code=x&state=y")).await?,
        "nobody may open a link of a removed app",
    )?;
    for part in [
        format!("{} is removed", identity.product),
        format!("secret-tool clear service {}", identity.identifier),
        format!("~/.config/{}", identity.identifier),
    ] {
        ensure(said.contains(&part), format_args!("{part:?} is not in {said:?}"))?;
    }
    ensure(
        !stage.keyring().entries().await?.is_empty(),
        "the session is the person's and stays",
    )?;
    ensure_eq(packages.installed().await?, None, "the version")
}

/// An administrator's file, which belongs to the system and goes with it.
fn managed(packages: &Packages) -> Result<()> {
    let folder = Path::new("/etc").join(&packages.name);
    if !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    fs::create_dir_all(&folder).doing("make the administrator's folder")?;
    fs::write(folder.join(format!("{}.toml", packages.name)), "").doing("write the administrator's file")
}

/// What the removal has said to do empties the keyring.
async fn clear_as_told(stage: &Stage, said: &str) -> Result<()> {
    let line = said
        .lines()
        .find_map(|line| line.trim().strip_prefix("secret-tool "));
    let words = line.doing("the command to clear the keyring")?.split(' ');
    let cleared = stage.world.command("secret-tool").args(words).status().await;
    ensure(
        cleared.doing("start secret-tool")?.success(),
        "secret-tool failed",
    )?;
    ensure_eq(
        stage.keyring().entries().await?.len(),
        0,
        "entries in the keyring",
    )
}

#[tokio::test]
#[ignore = "cargo xtask test package"]
async fn it_can_be_looked_at() -> Result<()> {
    let packages = Packages::under_test()?;
    let folder = paths::evidence("installed");
    fs::create_dir_all(&folder).doing("make the folder for the pictures")?;
    packages.install(&packages.deb).await?;
    let told = story("package-pictures", Setting::default(), async |stage| {
        for (theme, environment) in [
            ("light", [].as_slice()),
            ("dark", &[("GTK_THEME", "Adwaita:dark")]),
        ] {
            stage.launch_with(environment);
            stage.launch().await?;
            if theme == "light" {
                picture(stage, &folder.join("first-launch.png")).await?;
                stage.sign_in("ada").await?;
            }
            stage.app()?.shows(&FRESH).await?;
            stage.app()?.page().find("img.avatar").await?;
            picture(stage, &folder.join(format!("{theme}.png"))).await?;
            stage.quit().await?;
        }
        Ok(())
    })
    .await;
    packages.purge().await?;
    told
}

async fn picture(stage: &Stage, file: &Path) -> Result<()> {
    fs::write(file, stage.app()?.picture(&stage.world).await?).doing("write a picture")
}
