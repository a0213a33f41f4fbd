//! Signing out: this machine first and in any case, then the provider.

use std::fs;
use std::path::Path;
use std::time::Duration;

use latchkey_e2e::app;
use latchkey_e2e::failure::{Doing, Result, ensure, ensure_eq};
use latchkey_e2e::keyring::Entry;
use latchkey_e2e::pages;
use latchkey_e2e::stage::{Setting, Stage, story};

use crate::revoked::ensure_keyring_empty;

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn forgets_here_and_tells_the_provider() -> Result<()> {
    story("sign-out", Setting::default(), async |stage| {
        stage.launch().await?;
        stage.sign_in("ada").await?;
        stage.app()?.page().find("img.avatar").await?;
        stage.app()?.page().press("Sign out").await?;
        stage
            .app()?
            .shows(&[("state", "signed-out"), ("why", "by-user")])
            .await?;
        stage
            .app()?
            .titled(&stage.world, &stage.world.identity().product)
            .await?;
        ensure_keyring_empty(stage).await?;
        ensure(
            !holds_a_picture(&stage.world.cache()),
            "the cached picture must be gone",
        )?;
        ensure(
            !stage.app()?.page().contents().await?.contains("Ada"),
            "the page must have forgotten the person",
        )?;

        let revocations = stage.provider.asked("revocation").await?;
        ensure_eq(
            revocations[0]["params"]["client_id"].as_str(),
            Some("latchkey-demo"),
            "who revokes",
        )?;
        stage.browser.follow(&stage.world).await?;
        pages::confirm_sign_out(&stage.browser).await?;
        stage.browser.shows("You are signed out").await?;
        let asked = stage.provider.asked("end-session").await?;
        ensure(
            asked[0]["params"]["id_token_hint"].is_string(),
            "end_session must know whose session",
        )?;

        stage.links_accepted(2).await?;

        stage.quit().await?;
        stage.launch().await?;
        // The browser has forgotten, too: it asks for the password again.
        stage.begin_sign_in().await?;
        stage.browser.follow(&stage.world).await?;
        pages::sign_in(&stage.browser, "benoit").await?;
        stage
            .app()?
            .shows(&[("state", "signed-in"), ("freshness", "fresh")])
            .await?;
        ensure_eq(
            stage.app()?.heading().await?.as_str(),
            "Benoît Okafor",
            "the heading",
        )
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn succeeds_without_the_provider() -> Result<()> {
    story("sign-out-provider-down", Setting::default(), async |stage| {
        stage.launch().await?;
        stage.sign_in("ada").await?;
        let secrets = stage.provider.issued().await?;
        stage.provider.stop().await?;
        stage.app()?.page().press("Sign out").await?;
        stage
            .app()?
            .shows(&[("state", "signed-out"), ("why", "by-user")])
            .await?;
        // What the provider still has to be told waits in the keyring, in an entry of its own; everything else is gone.
        stage
            .keyring()
            .wait("only what is owed", |entries| {
                let holds = |entry: &Entry| secrets.iter().any(|(_, value)| entry.secret.contains(value));
                entries
                    .iter()
                    .all(|entry| entry.username.starts_with("outbox-") || !holds(entry))
                    && entries.iter().any(holds)
            })
            .await?;
        stage.quit().await?;
        stage.provider.start_again(&stage.world).await?;
        stage.launch().await?;
        stage
            .app()?
            .shows(&[("state", "signed-out"), ("why", "by-user")])
            .await?;
        stage.keyring().without(&secrets).await?;
        ensure_eq(
            stage.provider.asked("revocation").await?.len(),
            1,
            "revocations after the provider was back",
        )
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn with_a_locked_keyring_it_is_not_undone_by_a_restart() -> Result<()> {
    story("sign-out-keyring-locked", Setting::default(), async |stage| {
        stage.launch().await?;
        stage.sign_in("ada").await?;
        let secrets = stage.provider.issued().await?;
        stage.keyring().lock().await?;
        stage.app()?.page().press("Sign out").await?;
        stage
            .app()?
            .shows(&[("state", "signed-out"), ("why", "by-user")])
            .await?;
        stage.keyring().dismiss_dialog().await?;
        stage.quit().await?;
        let published = stage.views().len();

        stage.keyring().replace().await?;
        stage.launch().await?;
        stage
            .app()?
            .shows(&[("state", "signed-out"), ("why", "by-user")])
            .await?;
        stage.keyring().without(&secrets).await?;
        let views = stage.views();
        let restored = views[published..].iter().any(|view| view.kind() == "signed-in");
        ensure(!restored, "the session was restored")
    })
    .await
}

/// Whether a raster image is in one of the files.
fn holds_a_picture(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else {
        return false;
    };
    entries.flatten().any(|entry| {
        let path = entry.path();
        let is_picture = |bytes: Vec<u8>| bytes.starts_with(b"\x89PNG") || bytes.starts_with(b"\xff\xd8\xff");
        if path.is_dir() {
            holds_a_picture(&path)
        } else {
            fs::read(&path).is_ok_and(is_picture)
        }
    })
}

/// Runs `sign-out` to its end; its exit code and what it said.
async fn on_the_command_line(stage: &Stage) -> Result<(Option<i32>, String)> {
    let command = app::command(&stage.world, &["sign-out"]);
    let mut sign_out = stage.world.start("sign-out", command)?;
    let code = tokio::time::timeout(Duration::from_secs(90), sign_out.wait())
        .await
        .doing("wait for the sign-out")??;
    Ok((code, sign_out.written()))
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn on_the_command_line_it_needs_no_window() -> Result<()> {
    story("sign-out-command", Setting::default(), async |stage| {
        stage.launch().await?;
        stage.sign_in("ada").await?;
        // The running app hears of it.
        let (code, said) = on_the_command_line(stage).await?;
        ensure(
            code == Some(0) && said.contains("has withdrawn"),
            format_args!("{code:?}: {said}"),
        )?;
        stage
            .app()?
            .shows(&[("state", "signed-out"), ("why", "elsewhere")])
            .await?;
        ensure_keyring_empty(stage).await?;
        ensure_eq(
            stage.provider.asked("revocation").await?.is_empty(),
            false,
            "no revocation",
        )?;
        stage.sign_in("ada").await?;
        stage.quit().await?;
        let opened = stage.world.opened().len();
        let (code, said) = on_the_command_line(stage).await?;
        ensure(code == Some(0), format_args!("{code:?}: {said}"))?;
        ensure_keyring_empty(stage).await?;
        ensure_eq(stage.world.opened().len(), opened, "pages opened")?;
        let (code, said) = on_the_command_line(stage).await?;
        ensure(
            code == Some(0) && said.contains("Nobody is signed in"),
            format_args!("{code:?}: {said}"),
        )?;
        stage.launch().await?;
        stage
            .app()?
            .shows(&[("state", "signed-out"), ("why", "by-user")])
            .await?;
        // A sign-in that waits for the browser is given up.
        stage.begin_sign_in().await?;
        stage.quit().await?;
        let (code, said) = on_the_command_line(stage).await?;
        ensure(
            code == Some(0) && said.contains("Nobody is signed in"),
            format_args!("{code:?}: {said}"),
        )?;
        stage.launch().await?;
        stage.app()?.shows(&[("state", "signed-out")]).await
    })
    .await
}
