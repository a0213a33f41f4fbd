//! Signing in on another device: approved there, given up here, and not offered.

use latchkey_e2e::deadline::eventually;
use latchkey_e2e::failure::{Doing, Result, ensure, ensure_eq};
use latchkey_e2e::pages;
use latchkey_e2e::stage::{Setting, Stage, story};
use serde_json::json;

use crate::lane::{SIGNED_IN, idle, nothing_left};

/// Begins in the browser and goes on with another device; its code.
async fn go_there(stage: &mut Stage) -> Result<String> {
    stage.begin_sign_in().await?;
    stage.app()?.shows(&[("phase", "waiting")]).await?;
    stage.browser.next_url(&stage.world).await?;
    let page = stage.app()?.page();
    page.press("Having trouble?").await?;
    page.press("Sign in on another device").await?;
    stage
        .app()?
        .shows(&[("how", "device"), ("phase", "waiting")])
        .await?;
    let code = stage.app()?.page().find(".letters").await?;
    code.text().await.doing("read the code")
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn somebody_approves_on_another_device() -> Result<()> {
    story("lane-device", Setting::default(), async |stage| {
        stage.launch().await?;
        stage.app()?.shows(&[("state", "signed-out")]).await?;
        let before = idle(stage)?;
        let code = go_there(stage).await?;
        let page = stage.app()?.page();
        let host = stage.provider.issuer.trim_start_matches("http://");
        let text = page.text().await?;
        ensure(text.contains(host), format_args!("{host} is not in {text:?}"))?;
        page.find("svg[role=img]").await?;
        nothing_left(stage, &before).await?;
        let address = format!("{}/device?user_code={code}", stage.provider.issuer);
        stage.browser.open_tab(&address).await?;
        pages::approve_device(&stage.browser, "ada").await?;
        stage.browser.shows("You are signed in").await?;
        stage.app()?.shows(&SIGNED_IN).await?;
        ensure_eq(stage.app()?.heading().await?.as_str(), "Ada Park", "the heading")?;
        nothing_left(stage, &before).await
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn the_browser_here_after_all() -> Result<()> {
    story("lane-device-back", Setting::default(), async |stage| {
        stage.launch().await?;
        stage.app()?.shows(&[("state", "signed-out")]).await?;
        let before = idle(stage)?;
        go_there(stage).await?;
        stage.app()?.page().press("Use the browser here instead").await?;
        stage
            .app()?
            .shows(&[("how", "deep-link"), ("phase", "waiting")])
            .await?;
        stage.browser.follow(&stage.world).await?;
        pages::sign_in(&stage.browser, "ada").await?;
        stage.app()?.shows(&SIGNED_IN).await?;
        nothing_left(stage, &before).await
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn given_up_nobody_asks_for_it_any_more() -> Result<()> {
    story("lane-device-cancel", Setting::default(), async |stage| {
        stage.launch().await?;
        stage.app()?.shows(&[("state", "signed-out")]).await?;
        let before = idle(stage)?;
        go_there(stage).await?;
        stage.app()?.page().press("Cancel").await?;
        stage
            .app()?
            .shows(&[("state", "signed-out"), ("problem", "cancelled")])
            .await?;
        nothing_left(stage, &before).await
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn a_provider_without_it_is_not_offered_it() -> Result<()> {
    story("lane-device-off", Setting::default(), async |stage| {
        stage.provider.offer(json!({ "device": "off" })).await?;
        stage.launch().await?;
        stage.begin_sign_in().await?;
        stage.app()?.shows(&[("phase", "waiting")]).await?;
        let page = stage.app()?.page();
        page.press("Having trouble?").await?;
        let names = eventually("the other ways", async || {
            let names = page.buttons().await?;
            Ok(names.iter().any(|it| it.starts_with("Paste")).then_some(names))
        });
        let names = names.await?;
        ensure(
            !names.iter().any(|name| name.contains("another device")),
            format_args!("{names:?}"),
        )
    })
    .await
}
