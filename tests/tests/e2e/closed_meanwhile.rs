//! The app is closed while the browser is open: the callback starts it again, and is worth what it was worth before.

use std::time::Duration;

use latchkey_e2e::app;
use latchkey_e2e::deadline::{eventually, pass};
use latchkey_e2e::failure::{Result, ensure, ensure_eq};
use latchkey_e2e::pages;
use latchkey_e2e::screen::Screen;
use latchkey_e2e::stage::{Setting, Stage, story};

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn the_callback_starts_it_and_the_sign_in_completes_once() -> Result<()> {
    story("closed-meanwhile", Setting::default(), async |stage| {
        stage.launch().await?;
        stage.begin_sign_in().await?;
        stage.browser.follow(&stage.world).await?;
        stage.quit().await?;
        let published = stage.views().len();

        let pid = finish_in_browser(stage).await?;
        eventually("the app to publish signed-in", async || {
            let views = stage.views();
            Ok(views[published..]
                .iter()
                .find(|view| view.kind() == "signed-in")
                .cloned())
        })
        .await?;
        let screen = Screen::of(&stage.world)?;
        eventually("the person's name in the window title", async || {
            Ok(screen
                .window_of(pid)?
                .filter(|window| window.title == stage.world.identity().title("Ada Park")))
        })
        .await?;
        ensure_eq(
            stage.provider.requests_to("token").await?.len(),
            1,
            "token requests",
        )?;

        // The same callback once more, from the tab that is still open, changes nothing.
        stage.repeat_link().await?;
        app::close(&stage.world, pid).await?;
        stage.launch().await?;
        stage
            .app()?
            .shows(&[("state", "signed-in"), ("freshness", "fresh"), ("kept", "stored")])
            .await?;
        ensure_eq(
            stage.provider.requests_to("token").await?.len(),
            1,
            "token requests",
        )
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn not_after_its_deadline() -> Result<()> {
    let setting = Setting {
        session: vec!["sign_in_timeout = \"3s\""],
        ..Setting::default()
    };
    story("closed-meanwhile-too-late", setting, async |stage| {
        stage.launch().await?;
        stage.begin_sign_in().await?;
        stage.browser.follow(&stage.world).await?;
        stage.quit().await?;
        pass(Duration::from_secs(4)).await;
        ends_signed_out(stage).await
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn not_after_a_cancel() -> Result<()> {
    story("closed-meanwhile-cancelled", Setting::default(), async |stage| {
        stage.launch().await?;
        stage.begin_sign_in().await?;
        stage.browser.follow(&stage.world).await?;
        stage.app()?.page().press("Cancel").await?;
        stage
            .app()?
            .shows(&[("state", "signed-out"), ("problem", "cancelled")])
            .await?;
        stage.quit().await?;
        ends_signed_out(stage).await
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn started_by_hand_it_is_still_waiting() -> Result<()> {
    story("closed-meanwhile-by-hand", Setting::default(), async |stage| {
        stage.launch().await?;
        stage.begin_sign_in().await?;
        stage.browser.follow(&stage.world).await?;
        stage.quit().await?;
        stage.launch().await?;
        stage.app()?.shows(&[("state", "signing-in")]).await?;
        pages::sign_in(&stage.browser, "ada").await?;
        stage
            .app()?
            .shows(&[("state", "signed-in"), ("freshness", "fresh"), ("kept", "stored")])
            .await
    })
    .await
}

/// Signs in in the browser, and waits for the app the desktop then starts.
async fn finish_in_browser(stage: &Stage) -> Result<u32> {
    pages::sign_in(&stage.browser, "ada").await?;
    eventually("the callback to start the app", async || {
        Ok(stage.world.apps().first().copied())
    })
    .await
}

async fn ends_signed_out(stage: &Stage) -> Result<()> {
    let published = stage.views().len();
    let pid = finish_in_browser(stage).await?;
    eventually("the app to publish signed-out", async || {
        let views = stage.views();
        Ok(views[published..]
            .iter()
            .find(|view| view.kind() == "signed-out")
            .cloned())
    })
    .await?;
    app::close(&stage.world, pid).await?;
    let views = stage.views();
    let signed_in = views[published..].iter().any(|view| view.kind() == "signed-in");
    ensure(!signed_in, format_args!("published: {:?}", &views[published..]))?;
    ensure_eq(
        stage.provider.requests_to("token").await?.len(),
        0,
        "token requests",
    )
}
