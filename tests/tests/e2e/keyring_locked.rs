//! The keyring cannot be read: that is a problem with a way out, not a reason to sign in again.

use latchkey_e2e::failure::{Result, ensure, ensure_eq};
use latchkey_e2e::stage::{Setting, Stage, story};

use crate::straight_in::ensure_never_signed_out;

/// Signs in, quits, locks the keyring and launches again. Returns how many views had been published before.
async fn launch_with_a_locked_keyring(stage: &mut Stage) -> Result<usize> {
    stage.launch().await?;
    stage.sign_in("ada").await?;
    stage.quit().await?;
    stage.keyring().lock().await?;
    let published = stage.views().len();
    stage.launch().await?;
    Ok(published)
}

/// The session is shown as if nothing had been, and the sign-in screen never was.
async fn ensure_back(stage: &Stage, published: usize) -> Result<()> {
    let app = stage.app()?;
    app.shows(&[("state", "signed-in"), ("freshness", "fresh"), ("kept", "stored")])
        .await?;
    ensure_eq(app.heading().await?.as_str(), "Ada Park", "the heading")?;
    ensure_never_signed_out(stage, published)
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn the_session_is_back_when_the_password_is_given() -> Result<()> {
    story("keyring-locked", Setting::default(), async |stage| {
        let published = launch_with_a_locked_keyring(stage).await?;
        // The dialog is open and nobody answers it: after a while the app says what it waits for.
        let app = stage.app()?;
        app.shows(&[("state", "blocked"), ("problem", "store-silent")])
            .await?;
        let buttons = app.page().buttons().await?;
        for way_out in ["Try again", "Use for this run only"] {
            ensure(
                buttons.iter().any(|name| name == way_out),
                format_args!("{way_out:?} is not in {buttons:?}"),
            )?;
        }
        stage.keyring().answer_dialog().await?;
        ensure_back(stage, published).await
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn turning_the_dialog_away_can_be_taken_back() -> Result<()> {
    story("keyring-dialog-dismissed", Setting::default(), async |stage| {
        let published = launch_with_a_locked_keyring(stage).await?;
        stage.keyring().dismiss_dialog().await?;
        stage
            .app()?
            .shows(&[("state", "blocked"), ("problem", "store-locked")])
            .await?;
        stage.app()?.page().press("Try again").await?;
        stage.keyring().answer_dialog().await?;
        ensure_back(stage, published).await
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn one_run_without_it_is_possible() -> Result<()> {
    story("keyring-this-run", Setting::default(), async |stage| {
        launch_with_a_locked_keyring(stage).await?;
        stage.keyring().dismiss_dialog().await?;
        stage.app()?.page().press("Use for this run only").await?;
        let before = stage.provider.issued().await?;
        stage.begin_sign_in().await?;
        stage.browser.follow(&stage.world).await?;
        latchkey_e2e::pages::pass(&stage.browser, "benoit").await?;
        stage
            .app()?
            .shows(&[
                ("state", "signed-in"),
                ("freshness", "fresh"),
                ("kept", "this-run"),
            ])
            .await?;
        stage.quit().await?;

        stage.keyring().replace().await?;
        let issued = stage.provider.issued().await?;
        let of_this_run = issued.get(before.len()..).unwrap_or_default();
        ensure(!of_this_run.is_empty(), "this run had tokens")?;
        let entries = stage.keyring().entries().await?;
        let holds = |secret: &str| of_this_run.iter().any(|(_, value)| secret.contains(value));
        ensure(
            !entries.iter().any(|entry| holds(&entry.secret)),
            "nothing of this run may be stored",
        )
    })
    .await
}
