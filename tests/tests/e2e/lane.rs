//! The ways back from the browser when the usual one is lost: over loopback by itself, by hand, another way; and what is left of each.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use latchkey_e2e::deadline::eventually;
use latchkey_e2e::failure::{Doing, Failure, Result, ensure, ensure_eq};
use latchkey_e2e::listeners;
use latchkey_e2e::pages;
use latchkey_e2e::stage::{Setting, Stage, story};
use serde_json::json;

/// The desktop entry that the app has written, or would write, for its links.
fn entry(stage: &Stage) -> PathBuf {
    let name = format!("{}-handler.desktop", stage.world.identity().identifier);
    stage.world.data().join("applications").join(name)
}

/// What the app listens on while nothing is under way: what drives it in a test.
pub(crate) fn idle(stage: &Stage) -> Result<BTreeSet<u16>> {
    listeners::of(stage.app()?.pid())
}

/// Waits until the app listens on nothing more than before, and keeps no attempt.
pub(crate) async fn nothing_left(stage: &Stage, before: &BTreeSet<u16>) -> Result<()> {
    let pid = stage.app()?.pid();
    eventually("the app to listen on nothing", async || {
        let now = listeners::of(pid)?;
        if now == *before {
            return Ok(Some(()));
        }
        Err(Failure::new(format_args!("it listens on {now:?}")))
    })
    .await?;
    let kept = |username: &str| username.starts_with("attempt-");
    let keyring = stage.keyring();
    let all = keyring.wait("no attempt left", |entries| {
        !entries.iter().any(|it| kept(&it.username))
    });
    all.await.map(drop)
}

/// Waits until the page says this.
pub(crate) async fn says(stage: &Stage, text: &str) -> Result<()> {
    let app = stage.app()?;
    eventually(&format!("the app to say {text:?}"), async || {
        let said = app.page().text().await?;
        if said.contains(text) {
            return Ok(Some(()));
        }
        Err(Failure::new(format_args!("it says {said:?}")))
    })
    .await
}

pub(crate) const SIGNED_IN: [(&str, &str); 3] =
    [("state", "signed-in"), ("freshness", "fresh"), ("kept", "stored")];

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn a_handler_without_the_link_is_noticed_and_mended() -> Result<()> {
    story("lane-without-link", Setting::default(), async |stage| {
        stage.launch().await?;
        stage.app()?.shows(&[("state", "signed-out")]).await?;
        let before = idle(stage)?;
        let whole = fs::read_to_string(entry(stage)).doing("read the desktop entry")?;
        fs::write(entry(stage), whole.replace(" %u", "")).doing("take the link out of it")?;
        stage.begin_sign_in().await?;
        let app = stage.app()?;
        app.shows(&[("how", "loopback"), ("phase", "waiting")]).await?;
        says(stage, "It comes back by a local connection: links don’t reach").await?;
        says(stage, "without the link").await?;
        app.page().press("Repair links").await?;
        says(stage, "and the next sign-in uses them").await?;
        ensure_eq(
            fs::read_to_string(entry(stage))
                .doing("read the desktop entry")?
                .contains("%u"),
            true,
            "the entry takes the link again",
        )?;
        stage.browser.follow(&stage.world).await?;
        pages::sign_in(&stage.browser, "ada").await?;
        stage.app()?.shows(&SIGNED_IN).await?;
        nothing_left(stage, &before).await
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn without_a_handler_it_comes_back_over_loopback() -> Result<()> {
    story("lane-no-handler", Setting::default(), async |stage| {
        // What stands in the place of the app's entry keeps it from being written.
        fs::create_dir_all(entry(stage)).doing("take the entry's place")?;
        stage.launch().await?;
        stage.app()?.shows(&[("state", "signed-out")]).await?;
        let before = idle(stage)?;
        stage.begin_sign_in().await?;
        let app = stage.app()?;
        app.shows(&[("how", "loopback"), ("phase", "waiting")]).await?;
        says(stage, "no link leads to").await?;
        ensure(
            idle(stage)?.len() > before.len(),
            "the app must listen while it waits",
        )?;
        stage.browser.follow(&stage.world).await?;
        pages::sign_in(&stage.browser, "ada").await?;
        stage.app()?.shows(&SIGNED_IN).await?;
        stage.browser.shows("You can close this tab").await?;
        let product = stage.world.identity().product.clone();
        stage.browser.shows(&product).await?;
        let script = "return `${document.scripts.length} ${performance.getEntriesByType('resource').length}`";
        let held = stage.browser.page().execute(script).await?;
        ensure_eq(held.as_str(), Some("0 0"), "scripts and other files of the page")?;
        let address = stage.browser.address().await?;
        ensure(!address.contains("code="), &address)?;
        nothing_left(stage, &before).await
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn an_answer_that_was_lost_can_be_pasted() -> Result<()> {
    story("lane-paste", Setting::default(), async |stage| {
        stage.provider.offer(json!({ "callback": "lost" })).await?;
        stage.launch().await?;
        stage.app()?.shows(&[("state", "signed-out")]).await?;
        let before = idle(stage)?;
        stage.begin_sign_in().await?;
        stage.browser.follow(&stage.world).await?;
        pages::sign_in(&stage.browser, "ada").await?;
        let lost = stage.browser.page().find("#lost-callback").await?;
        let address = lost.text().await.doing("read the address")?;

        let page = stage.app()?.page();
        page.press("Having trouble?").await?;
        page.press("Paste the address from the browser").await?;
        paste(stage, "https://example.com/").await?;
        says(stage, "That isn’t the address").await?;
        stage
            .app()?
            .shows(&[("state", "signing-in"), ("phase", "waiting")])
            .await?;
        paste(stage, &address).await?;
        stage.app()?.shows(&SIGNED_IN).await?;
        let contents = stage.app()?.page().contents().await?;
        let code = address
            .split("code=")
            .nth(1)
            .and_then(|rest| rest.split('&').next());
        let code = code.doing("the code in the address")?;
        ensure(!contents.contains(code), "the page must not keep what was pasted")?;
        nothing_left(stage, &before).await
    })
    .await
}

/// Writes into the field and hands it over.
async fn paste(stage: &Stage, text: &str) -> Result<()> {
    let page = stage.app()?.page();
    let field = page.find("input").await?;
    field.send_keys(text).await.doing("write into the field")?;
    page.press("Go on").await?;
    let kept = page
        .execute("return document.querySelector('input')?.value ?? ''")
        .await?;
    ensure_eq(kept.as_str(), Some(""), "what the field holds afterwards")
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn an_answer_that_was_lost_comes_back_over_loopback_instead() -> Result<()> {
    story("lane-switch", Setting::default(), async |stage| {
        stage.provider.offer(json!({ "callback": "lost" })).await?;
        stage.launch().await?;
        stage.app()?.shows(&[("state", "signed-out")]).await?;
        let before = idle(stage)?;
        stage.begin_sign_in().await?;
        stage
            .app()?
            .shows(&[("how", "deep-link"), ("phase", "waiting")])
            .await?;
        stage.browser.follow(&stage.world).await?;
        pages::sign_in(&stage.browser, "ada").await?;
        stage.browser.page().find("#lost-callback").await?;
        stage.provider.offer(json!({ "callback": "arrives" })).await?;
        let page = stage.app()?.page();
        page.press("Having trouble?").await?;
        page.press("Come back another way").await?;
        stage
            .app()?
            .shows(&[("how", "loopback"), ("phase", "waiting")])
            .await?;
        stage.browser.follow(&stage.world).await?;
        stage.app()?.shows(&SIGNED_IN).await?;
        nothing_left(stage, &before).await
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn a_cancelled_attempt_of_either_way_leaves_nothing() -> Result<()> {
    story("lane-cancel", Setting::default(), async |stage| {
        stage.launch().await?;
        stage.app()?.shows(&[("state", "signed-out")]).await?;
        let before = idle(stage)?;
        for way in ["deep-link", "loopback"] {
            stage.begin_sign_in().await?;
            stage
                .app()?
                .shows(&[("how", "deep-link"), ("phase", "waiting")])
                .await?;
            let page = stage.app()?.page();
            if way == "loopback" {
                page.press("Having trouble?").await?;
                page.press("Come back another way").await?;
            }
            stage.app()?.shows(&[("how", way), ("phase", "waiting")]).await?;
            page.press("Cancel").await?;
            stage
                .app()?
                .shows(&[("state", "signed-out"), ("problem", "cancelled")])
                .await?;
            nothing_left(stage, &before).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn a_request_that_must_be_pushed_is() -> Result<()> {
    story("lane-pushed", Setting::default(), async |stage| {
        stage.provider.offer(json!({ "par": "required" })).await?;
        stage.launch().await?;
        stage.sign_in("ada").await?;
        ensure(
            !stage.provider.requests_to("par").await?.is_empty(),
            "the request must have been pushed",
        )?;
        let opened = &stage.world.opened()[0];
        ensure(opened.contains("request_uri="), opened)?;
        ensure(!opened.contains("code_challenge="), opened)
    })
    .await
}
