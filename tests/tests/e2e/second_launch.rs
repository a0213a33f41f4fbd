//! Launching the app while it runs: the window that is there comes to the front.

use std::time::Duration;

use latchkey_e2e::app;
use latchkey_e2e::deadline::{eventually, never};
use latchkey_e2e::failure::{Doing, Result, ensure, ensure_eq};
use latchkey_e2e::screen::Screen;
use latchkey_e2e::stage::{Setting, Stage, story};

/// Runs the app a second time, to its end.
async fn launch_again(stage: &Stage, arguments: &[&str]) -> Result<()> {
    let mut second = stage
        .world
        .start("second", app::command(&stage.world, arguments))?;
    let code = tokio::time::timeout(Duration::from_secs(20), second.wait())
        .await
        .doing("wait for the second launch")??;
    ensure_eq(code, Some(0), "the second launch's exit code")?;
    // The link that a sign-in sends to itself is another process for a moment.
    eventually("one running app", async || {
        Ok((stage.world.apps().len() == 1).then_some(()))
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn brings_the_first_window_to_the_front() -> Result<()> {
    story("second-launch", Setting::default(), async |stage| {
        stage.launch().await?;
        let app = stage.app()?;
        app.shows(&[("state", "signed-out")]).await?;
        let screen = Screen::of(&stage.world)?;
        let window = eventually("the app's window", async || screen.window_of(app.pid())).await?;
        let other = screen.cover()?;
        ensure(
            screen.is_over(other, window.id)? && screen.focused()?.is_none(),
            "something else must be in front",
        )?;
        launch_again(stage, &[]).await?;
        eventually("the first window in front, with the keyboard", async || {
            let in_front = screen.is_over(window.id, other)? && screen.focused()? == Some(app.pid());
            Ok(in_front.then_some(()))
        })
        .await
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn ignores_a_callback_nobody_asked_for() -> Result<()> {
    story("foreign-callback", Setting::default(), async |stage| {
        stage.launch().await?;
        stage.app()?.shows(&[("state", "signed-out")]).await?;
        let link = |rest: &str| stage.world.identity().link(rest);
        launch_again(stage, &[&link("/callback?code=stolen&state=guessed")]).await?;
        never(
            Duration::from_secs(2),
            "a code nobody asked for is redeemed",
            async || Ok(stage.provider.requests_to("token").await?.into_iter().next()),
        )
        .await?;
        // Nor does it disturb a sign-in that is under way.
        stage.begin_sign_in().await?;
        launch_again(stage, &[&link("/callback?error=access_denied&state=guessed")]).await?;
        stage.app()?.shows(&[("state", "signing-in")]).await?;
        stage.browser.follow(&stage.world).await?;
        latchkey_e2e::pages::sign_in(&stage.browser, "ada").await?;
        stage
            .app()?
            .shows(&[("state", "signed-in"), ("freshness", "fresh")])
            .await
    })
    .await
}
