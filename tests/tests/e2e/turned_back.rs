//! The person changes their mind: declines, cancels, starts again, finishes the wrong tab.

use std::time::Duration;

use latchkey_e2e::deadline::never;
use latchkey_e2e::failure::{Result, ensure_eq};
use latchkey_e2e::pages;
use latchkey_e2e::stage::{Setting, story};

use crate::lane::says;

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn declines_to_share() -> Result<()> {
    story("declines", Setting::default(), async |stage| {
        stage.launch().await?;
        stage.begin_sign_in().await?;
        stage.browser.follow(&stage.world).await?;
        pages::log_in(&stage.browser, "ada").await?;
        pages::deny(&stage.browser).await?;
        stage
            .app()?
            .shows(&[("state", "signed-out"), ("why", "never"), ("problem", "denied")])
            .await?;
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
async fn turns_back_at_the_password() -> Result<()> {
    story("cancels-in-browser", Setting::default(), async |stage| {
        stage.launch().await?;
        stage.begin_sign_in().await?;
        stage.browser.follow(&stage.world).await?;
        pages::cancel(&stage.browser).await?;
        stage
            .app()?
            .shows(&[("state", "signed-out"), ("problem", "denied")])
            .await?;
        // And changes their mind once more.
        stage.sign_in("ada").await
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn an_older_tab_finished_late_does_no_harm() -> Result<()> {
    story("older-tab", Setting::default(), async |stage| {
        stage.launch().await?;
        stage.begin_sign_in().await?;
        let older = stage.browser.follow(&stage.world).await?;
        stage.app()?.page().press("Cancel").await?;
        stage
            .app()?
            .shows(&[("state", "signed-out"), ("problem", "cancelled")])
            .await?;
        stage.begin_sign_in().await?;
        let newer = stage.browser.follow(&stage.world).await?;

        stage.browser.turn_to(&older).await?;
        pages::sign_in(&stage.browser, "benoit").await?;
        says(stage, "That link belongs to another sign-in").await?;
        stage.browser.shows("You are signed in").await?;
        never(
            Duration::from_secs(2),
            "the older tab's code is redeemed",
            async || Ok(stage.provider.requests_to("token").await?.into_iter().next()),
        )
        .await?;
        stage.app()?.shows(&[("state", "signing-in")]).await?;

        stage.browser.turn_to(&newer).await?;
        pages::sign_in(&stage.browser, "ada").await?;
        stage
            .app()?
            .shows(&[("state", "signed-in"), ("freshness", "fresh")])
            .await?;
        ensure_eq(stage.app()?.heading().await?.as_str(), "Ada Park", "the heading")?;
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
async fn the_browser_can_be_opened_again() -> Result<()> {
    story("open-again", Setting::default(), async |stage| {
        stage.launch().await?;
        stage.begin_sign_in().await?;
        let first = stage.browser.next_url(&stage.world).await?;
        stage.app()?.page().press("Open the browser again").await?;
        let again = stage.browser.next_url(&stage.world).await?;
        ensure_eq(again.as_str(), first.as_str(), "the same request")?;
        stage.browser.open_tab(&again).await?;
        pages::sign_in(&stage.browser, "ada").await?;
        stage.app()?.shows(&[("state", "signed-in")]).await
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn nobody_comes_back_in_time() -> Result<()> {
    let setting = Setting {
        session: vec!["sign_in_timeout = \"3s\""],
        ..Setting::default()
    };
    story("timed-out", setting, async |stage| {
        stage.launch().await?;
        stage.begin_sign_in().await?;
        stage.browser.follow(&stage.world).await?;
        stage
            .app()?
            .shows(&[("state", "signed-out"), ("problem", "timed-out")])
            .await?;
        pages::sign_in(&stage.browser, "ada").await?;
        stage.browser.shows("You are signed in").await?;
        never(Duration::from_secs(2), "a late code is redeemed", async || {
            Ok(stage.provider.requests_to("token").await?.into_iter().next())
        })
        .await?;
        stage.app()?.shows(&[("state", "signed-out")]).await
    })
    .await
}
