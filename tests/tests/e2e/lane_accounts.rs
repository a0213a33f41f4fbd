//! Whose sign-in it is: another account by wish, and another person by surprise.

use latchkey_e2e::failure::{Doing, Result, ensure, ensure_eq};
use latchkey_e2e::pages;
use latchkey_e2e::stage::{Setting, Stage, story};

use crate::lane::{SIGNED_IN, idle, nothing_left, says};

/// Ada was signed in until the provider ended it, and somebody else uses the browser now.
async fn ada_was_here(stage: &mut Stage) -> Result<()> {
    stage.launch().await?;
    stage.sign_in("ada").await?;
    stage.provider.revoke("ada").await?;
    stage.quit().await?;
    let browser = stage.browser.page().client();
    browser
        .delete_all_cookies()
        .await
        .doing("forget the browser's sessions")?;
    Ok(())
}

/// Signs in as benoit where ada is expected, until the choice.
async fn benoit_comes(stage: &mut Stage) -> Result<()> {
    stage.launch().await?;
    let app = stage.app()?;
    app.shows(&[("state", "signed-out"), ("why", "ended-by-provider")])
        .await?;
    stage.begin_sign_in().await?;
    let request = stage.browser.next_url(&stage.world).await?;
    ensure(request.contains("login_hint="), &request)?;
    stage.browser.open_tab(&request).await?;
    pages::sign_in(&stage.browser, "benoit").await?;
    stage
        .app()?
        .shows(&[("state", "signing-in"), ("phase", "choosing")])
        .await?;
    for text in ["Somebody else signed in", "Ada Park", "Benoît Okafor"] {
        says(stage, text).await?;
    }
    Ok(())
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn somebody_else_comes_back_and_is_taken() -> Result<()> {
    story("lane-another-person", Setting::default(), async |stage| {
        ada_was_here(stage).await?;
        benoit_comes(stage).await?;
        let before = idle(stage)?;
        stage.app()?.page().press("Continue as Benoît Okafor").await?;
        stage
            .app()?
            .shows(&[("state", "signed-in"), ("kept", "stored")])
            .await?;
        ensure_eq(
            stage.app()?.heading().await?.as_str(),
            "Benoît Okafor",
            "the heading",
        )?;
        nothing_left(stage, &before).await?;
        let kept = stage.keyring().entries().await?;
        ensure(
            !kept.iter().any(|entry| entry.secret.contains("Ada Park")),
            "nothing of the other person may be left",
        )
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn somebody_else_comes_back_and_is_not_taken() -> Result<()> {
    story(
        "lane-another-person-cancelled",
        Setting::default(),
        async |stage| {
            ada_was_here(stage).await?;
            benoit_comes(stage).await?;
            let before = idle(stage)?;
            stage.app()?.page().press("Cancel").await?;
            stage
                .app()?
                .shows(&[("state", "signed-out"), ("problem", "another-account")])
                .await?;
            says(stage, "Nothing has changed").await?;
            nothing_left(stage, &before).await?;
            ensure(
                !stage.provider.asked("revocation").await?.is_empty(),
                "what came for the other person must be given back",
            )
        },
    )
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn another_account_by_wish() -> Result<()> {
    story("lane-another-account", Setting::default(), async |stage| {
        stage.launch().await?;
        stage.sign_in("ada").await?;
        stage.app()?.page().press("Sign out").await?;
        stage
            .app()?
            .shows(&[("state", "signed-out"), ("why", "by-user")])
            .await?;
        // The provider's page of the sign-out, which nobody answers: the browser stays signed in.
        stage.browser.next_url(&stage.world).await?;
        stage.app()?.page().press("Use another account").await?;
        stage
            .app()?
            .shows(&[("state", "signing-in"), ("phase", "waiting")])
            .await?;
        let request = stage.browser.next_url(&stage.world).await?;
        ensure(request.contains("prompt=select_account"), &request)?;
        stage.browser.open_tab(&request).await?;
        pages::another_account(&stage.browser).await?;
        pages::sign_in(&stage.browser, "benoit").await?;
        stage.app()?.shows(&SIGNED_IN).await?;
        ensure_eq(
            stage.app()?.heading().await?.as_str(),
            "Benoît Okafor",
            "the heading",
        )
    })
    .await
}
