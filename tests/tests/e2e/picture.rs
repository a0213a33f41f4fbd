//! The person's picture: shown when it is one, initials in every other case.

use latchkey_e2e::deadline::eventually;
use latchkey_e2e::failure::{Result, ensure, ensure_eq};
use latchkey_e2e::pages;
use latchkey_e2e::stage::{Setting, Stage, story};

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn is_shown_also_without_the_provider() -> Result<()> {
    story("picture", Setting::default(), async |stage| {
        stage.launch().await?;
        stage.sign_in("ada").await?;
        painted(stage).await?;
        stage.quit().await?;
        stage.provider.stop().await?;
        stage.launch().await?;
        stage.app()?.shows(&[("state", "signed-in")]).await?;
        painted(stage).await
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn nobody_without_one_looks_broken() -> Result<()> {
    story("picture-none", Setting::default(), async |stage| {
        stage.launch().await?;
        stage.sign_in("chiyo").await?;
        initials(stage, "CL").await
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn a_missing_or_hostile_one_becomes_initials() -> Result<()> {
    story("picture-hostile", Setting::default(), async |stage| {
        stage.launch().await?;
        for mode in ["missing", "svg", "html", "huge"] {
            stage.provider.picture("ada", mode).await?;
            stage.provider.clear_requests().await?;
            stage.begin_sign_in().await?;
            stage.browser.follow(&stage.world).await?;
            pages::pass(&stage.browser, "ada").await?;
            stage
                .app()?
                .shows(&[("state", "signed-in"), ("freshness", "fresh")])
                .await?;
            stage.provider.asked("picture").await?;
            initials(stage, "AP").await?;
            stage.app()?.page().press("Sign out").await?;
            stage.app()?.shows(&[("state", "signed-out")]).await?;
            // The provider's sign-out page is left alone: the browser still knows the person.
            stage.browser.next_url(&stage.world).await?;
        }
        Ok(())
    })
    .await
}

/// Waits for an image that has been decoded.
async fn painted(stage: &Stage) -> Result<()> {
    let page = stage.app()?.page();
    eventually("the picture", async || {
        let width = page
            .execute("return document.querySelector('img.avatar')?.naturalWidth ?? 0")
            .await?;
        Ok((width.as_u64() > Some(0)).then_some(()))
    })
    .await
}

/// Waits for the initials, and checks that no image is shown.
async fn initials(stage: &Stage, expected: &str) -> Result<()> {
    let page = stage.app()?.page();
    let script = "const box = document.querySelector('.avatar.initials');\
         return box?.getClientRects().length ? box.textContent.trim() : null";
    let shown = eventually("initials instead of a picture", async || {
        Ok(page.execute(script).await?.as_str().map(str::to_owned))
    });
    ensure_eq(shown.await?.as_str(), expected, "the initials")?;
    ensure(page.peek("img.avatar").await?.is_none(), "there must be no image")
}
