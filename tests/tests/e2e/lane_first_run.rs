//! The first run: no configuration, an address, a sign-in, and straight in from then on.

use std::fs;

use latchkey_e2e::failure::{Doing, Result, ensure, ensure_eq};
use latchkey_e2e::pages;
use latchkey_e2e::stage::{Setting, Stage, story};

use crate::lane::{SIGNED_IN, idle, nothing_left, says};

/// Writes into the field with this label.
async fn write(stage: &Stage, label: &str, text: &str) -> Result<()> {
    let page = stage.app()?.page();
    let script = format!(
        "return [...document.querySelectorAll('label')].find(it => it.textContent === '{label}')?.control.id"
    );
    says(stage, label).await?;
    let id = page.execute(&script).await?;
    let id = id.as_str().doing("the field's id")?.to_owned();
    let field = page.find(&format!("[id='{id}']")).await?;
    field.clear().await.doing("clear the field")?;
    field.send_keys(text).await.doing("write into the field")
}

/// Nothing is configured.
fn bare(stage: &Stage) -> Result<()> {
    fs::remove_dir_all(stage.world.app_config()).doing("take the configuration away")
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn from_an_address_to_straight_in() -> Result<()> {
    story("lane-first-run", Setting::default(), async |stage| {
        bare(stage)?;
        let file = stage
            .world
            .app_config()
            .join(stage.world.identity().config_file());
        stage.launch().await?;
        stage.app()?.shows(&[("state", "unconfigured")]).await?;
        let before = idle(stage)?;
        let page = stage.app()?.page().clone();
        for (address, sentence) in [
            ("http://id.example.com", "That address isn’t encrypted"),
            ("not an address", "That isn’t an address"),
            (
                &format!("{}/style.css", stage.provider.issuer),
                "There’s no provider at that address",
            ),
        ] {
            write(stage, "Address of the provider", address).await?;
            page.press("Continue").await?;
            says(stage, sentence).await?;
        }
        write(stage, "Address of the provider", &stage.provider.issuer).await?;
        page.press("Continue").await?;
        says(stage, "Renewal").await?;
        write(stage, "Client ID", "nobody").await?;
        write(stage, "Name to show (optional)", "Acme").await?;
        page.press("Try to sign in").await?;
        stage
            .app()?
            .shows(&[("state", "signing-in"), ("phase", "waiting")])
            .await?;
        stage.browser.next_url(&stage.world).await?;
        page.press("Cancel").await?;
        stage
            .app()?
            .shows(&[("state", "unconfigured"), ("problem", "cancelled")])
            .await?;
        ensure(
            !file.exists(),
            "nothing may be written before somebody has signed in",
        )?;
        nothing_left(stage, &before).await?;

        write(stage, "Client ID", &stage.provider.client_id).await?;
        page.press("Try to sign in").await?;
        stage
            .app()?
            .shows(&[("state", "signing-in"), ("phase", "waiting")])
            .await?;
        says(stage, "Sign in with Acme there").await?;
        stage.browser.follow(&stage.world).await?;
        pages::sign_in(&stage.browser, "ada").await?;
        stage.app()?.shows(&SIGNED_IN).await?;
        ensure_eq(stage.app()?.heading().await?.as_str(), "Ada Park", "the heading")?;
        says(stage, "Acme").await?;
        let written = fs::read_to_string(&file).doing("read the configuration")?;
        ensure(written.contains(&stage.provider.client_id), &written)?;
        nothing_left(stage, &before).await?;

        stage.quit().await?;
        stage.launch().await?;
        stage.app()?.shows(&SIGNED_IN).await?;
        ensure_eq(stage.app()?.heading().await?.as_str(), "Ada Park", "the heading")
    })
    .await
}
