//! Without a mouse.

use latchkey_e2e::deadline::eventually;
use latchkey_e2e::failure::{Result, ensure_eq};
use latchkey_e2e::keyboard::{Keyboard, RETURN, TAB};
use latchkey_e2e::screen::Screen;
use latchkey_e2e::stage::{Setting, Stage, story};

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn starts_and_cancels_a_sign_in() -> Result<()> {
    story("keyboard", Setting::default(), async |stage| {
        stage.launch().await?;
        stage.app()?.shows(&[("state", "signed-out")]).await?;
        let screen = Screen::of(&stage.world)?;
        let pid = stage.app()?.pid();
        let window = eventually("the app's window", async || screen.window_of(pid)).await?;
        screen.focus(window.id)?;
        press(stage, "Sign in with Acme").await?;
        stage.app()?.shows(&[("state", "signing-in")]).await?;
        stage.browser.next_url(&stage.world).await?;
        press(stage, "Cancel").await?;
        stage
            .app()?
            .shows(&[("state", "signed-out"), ("problem", "cancelled")])
            .await
    })
    .await
}

/// Goes from control to control until the one with this name has the focus, and presses it.
async fn press(stage: &Stage, name: &str) -> Result<()> {
    let keyboard = Keyboard::of(&stage.world)?;
    for _ in 0..12 {
        if focused(stage).await? == name {
            return keyboard.press(RETURN);
        }
        let before = focused(stage).await?;
        keyboard.press(TAB)?;
        eventually("the focus to go on", async || {
            Ok((focused(stage).await? != before).then_some(()))
        })
        .await?;
    }
    ensure_eq(focused(stage).await?.as_str(), name, "what the tab key leads to")
}

async fn focused(stage: &Stage) -> Result<String> {
    let text = stage
        .app()?
        .page()
        .execute("return document.activeElement.textContent.trim()")
        .await?;
    Ok(text.as_str().unwrap_or_default().to_owned())
}
