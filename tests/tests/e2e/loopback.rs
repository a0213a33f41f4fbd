//! The loopback redirect: for machines where the app's scheme is not registered.

use latchkey_e2e::failure::{Doing, Result, ensure};
use latchkey_e2e::pages;
use latchkey_e2e::stage::{Setting, story};

fn loopback() -> Setting {
    Setting {
        config: vec!["redirect = \"loopback\""],
        ..Setting::default()
    }
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn signs_in_over_loopback() -> Result<()> {
    story("loopback", loopback(), async |stage| {
        stage.launch().await?;
        stage.sign_in("ada").await?;
        let redirect = redirect_uri(&stage.world.opened()[0])?;
        ensure(redirect.starts_with("http://127.0.0.1:"), &redirect)?;
        stage.browser.page().find("h1").await?;
        let address = stage.browser.address().await?;
        ensure(
            !address.contains("code=") && !address.contains("state="),
            format_args!("address bar: {address}"),
        )?;
        stage.quit().await?;
        stage.launch().await?;
        stage
            .app()?
            .shows(&[("state", "signed-in"), ("freshness", "fresh"), ("kept", "stored")])
            .await
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn strangers_at_the_listener_do_no_harm() -> Result<()> {
    story("loopback-strangers", loopback(), async |stage| {
        stage.launch().await?;
        stage.begin_sign_in().await?;
        let request = stage.browser.next_url(&stage.world).await?;
        let redirect = redirect_uri(&request)?;
        for stranger in [
            "?code=stolen&state=guessed",
            "?error=access_denied&state=guessed",
            "",
        ] {
            stage.browser.open_tab(&format!("{redirect}{stranger}")).await?;
        }
        let origin = redirect.trim_end_matches("/callback");
        stage.browser.open_tab(&format!("{origin}/favicon.ico")).await?;
        stage.app()?.shows(&[("state", "signing-in")]).await?;
        stage.browser.open_tab(&request).await?;
        pages::sign_in(&stage.browser, "ada").await?;
        stage
            .app()?
            .shows(&[("state", "signed-in"), ("freshness", "fresh"), ("kept", "stored")])
            .await
    })
    .await
}

fn redirect_uri(request: &str) -> Result<String> {
    let url = url::Url::parse(request).doing("parse the authorization URL")?;
    let found = url
        .query_pairs()
        .find(|(name, _)| name == "redirect_uri")
        .map(|(_, value)| value.into_owned());
    found.doing("the redirect URI of the authorization URL")
}
