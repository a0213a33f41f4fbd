//! The harness without the app: a whole sign-in in the browser must end as a URL at the handler of the app's scheme.
//! When this fails, the machine is not fit for the stories: see the packages in the harness's documentation.

use std::os::unix::fs::PermissionsExt;

use latchkey_e2e::deadline::eventually;
use latchkey_e2e::failure::{Doing, Result, ensure, ensure_eq};
use latchkey_e2e::pages;
use latchkey_e2e::stage::{Setting, Stage, story};

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn the_browser_delivers_the_callback_to_the_handler() -> Result<()> {
    story("rehearsal", Setting::default(), async |stage| {
        install_stand_in(stage).await?;
        let scheme = &stage.world.identity().scheme;
        let request = format!(
            "{}?client_id={}&response_type=code&scope=openid&redirect_uri={scheme}:/callback&state=rehearsal\
             &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256",
            stage.provider.published("authorization_endpoint").await?,
            stage.provider.client_id
        );
        let opened = stage
            .world
            .command("xdg-open")
            .arg(&request)
            .status()
            .await
            .doing("start xdg-open")?;
        ensure(opened.success(), "xdg-open must find the test browser")?;
        stage.browser.follow(&stage.world).await?;
        pages::sign_in(&stage.browser, "ada").await?;
        let arrived = arrival(stage).await?;
        ensure(
            arrived.starts_with(&stage.world.identity().link("/callback?code=")),
            &arrived,
        )?;
        ensure(
            arrived.contains("state=rehearsal") && arrived.contains("iss="),
            &arrived,
        )?;
        ensure_eq(
            stage.provider.requests_to("token").await?.len(),
            0,
            "token requests",
        )
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn nothing_of_a_world_stays_behind() -> Result<()> {
    let stage = Stage::set(Setting::default()).await?;
    let root = stage.world.root().to_owned();
    drop(stage);
    ensure(!root.exists(), "the world's directory must be gone")?;
    let mark = root.to_string_lossy().into_owned();
    let carries = |process: &std::path::Path| {
        ["environ", "cmdline"].iter().any(|file| {
            let content = std::fs::read(process.join(file)).unwrap_or_default();
            String::from_utf8_lossy(&content).contains(&mark)
        })
    };
    let left = std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter(|entry| carries(&entry.path()))
        .count();
    ensure_eq(left, 0, "processes of the world")
}

/// A handler of the app's scheme that writes down what it is given.
async fn install_stand_in(stage: &Stage) -> Result<()> {
    let world = &stage.world;
    let applications = world.data().join("applications");
    let script = world.root().join("bin/stand-in");
    let arrived = world.root().join("arrived");
    std::fs::write(
        &script,
        format!("#!/bin/sh\nprintf '%s\\n' \"$1\" >>'{}'\n", arrived.display()),
    )
    .unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    let entry = format!(
        "[Desktop Entry]\nType=Application\nName=Stand-in\nExec={} %u\nMimeType=x-scheme-handler/{};\n",
        script.display(),
        world.identity().scheme
    );
    std::fs::write(applications.join("stand-in.desktop"), entry).doing("write the stand-in's entry")?;
    let done = world
        .command("update-desktop-database")
        .arg(&applications)
        .status()
        .await;
    ensure(
        done.doing("start update-desktop-database")?.success(),
        "update-desktop-database failed",
    )
}

async fn arrival(stage: &Stage) -> Result<String> {
    let file = stage.world.root().join("arrived");
    eventually("the callback at the stand-in", async || {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        Ok(text.lines().next().map(str::to_owned))
    })
    .await
}
