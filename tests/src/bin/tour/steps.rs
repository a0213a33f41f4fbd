//! What the tour does, one function a step.

use std::fs;
use std::time::Duration;

use latchkey_e2e::failure::{Doing, Failure, Result, ensure};
use latchkey_e2e::pages;
use latchkey_e2e::stage::Stage;

use crate::Album;

const FRESH: [(&str, &str); 3] = [("state", "signed-in"), ("freshness", "fresh"), ("kept", "stored")];
/// What makes GTK, and so WebKitGTK, use its dark colours.
const DARK: [(&str, &str); 1] = [("GTK_THEME", "Adwaita:dark")];
/// The life of the first access token, in seconds: the tour lets it expire.
const SHORT: u32 = 10;

pub(crate) async fn unconfigured(stage: &mut Stage, album: &Album) -> Result<()> {
    fs::remove_dir_all(stage.world.app_config()).doing("take the configuration away")?;
    stage.launch().await?;
    stage.app()?.shows(&[("state", "unconfigured")]).await?;
    album.take_app(stage, "unconfigured").await?;
    stage.quit().await?;
    stage.configure()
}

pub(crate) async fn offers_in_the_dark(stage: &mut Stage, album: &Album) -> Result<()> {
    stage.launch_with(&DARK);
    stage.launch().await?;
    stage
        .app()?
        .shows(&[("state", "signed-out"), ("why", "never")])
        .await?;
    let dark = stage
        .app()?
        .page()
        .execute("return matchMedia('(prefers-color-scheme: dark)').matches")
        .await?;
    ensure(dark == true, "the page must see a dark desktop")?;
    album.take_app(stage, "sign-in-dark").await?;
    stage.quit().await?;
    stage.launch_with(&[]);
    Ok(())
}

pub(crate) async fn offers(stage: &mut Stage, album: &Album) -> Result<()> {
    stage.launch().await?;
    stage
        .app()?
        .shows(&[("state", "signed-out"), ("why", "never")])
        .await?;
    album.take_app(stage, "sign-in").await
}

pub(crate) async fn begins(stage: &mut Stage, album: &Album) -> Result<()> {
    stage.provider.access_token_ttl(SHORT).await?;
    stage.begin_sign_in().await?;
    stage.app()?.shows(&[("state", "signing-in")]).await?;
    stage.app()?.page().find("button").await?;
    stage.browser.follow(&stage.world).await?;
    album.take_app(stage, "waiting").await
}

pub(crate) async fn logs_in(stage: &mut Stage, album: &Album) -> Result<()> {
    stage.browser.page().find("#login").await?;
    album.take_browser(stage, "browser-login").await?;
    pages::log_in(&stage.browser, "ada").await?;
    stage.browser.page().find("button#allow").await?;
    album.take_browser(stage, "browser-consent").await
}

pub(crate) async fn consents(stage: &mut Stage, album: &Album) -> Result<()> {
    pages::allow(&stage.browser).await?;
    stage.app()?.shows(&FRESH).await?;
    let name = stage.app()?.heading().await?;
    ensure(name == "Ada Park", format_args!("the app shows {name:?}"))?;
    stage.app()?.page().find("img.avatar").await?;
    album.take_app(stage, "signed-in").await?;
    stage.browser.shows("You are signed in").await?;
    album.take_browser(stage, "browser-done").await
}

pub(crate) async fn is_kept(stage: &mut Stage, _album: &Album) -> Result<()> {
    let secrets = stage.provider.issued().await?;
    let tokens: Vec<_> = secrets
        .into_iter()
        .filter(|(kind, _)| kind == "refresh_token")
        .collect();
    let entries = stage.keyring().entries().await?;
    let kept = entries
        .iter()
        .any(|entry| tokens.iter().any(|(_, token)| entry.secret.contains(token)));
    ensure(kept, "the refresh token is not in the keyring")
}

pub(crate) async fn goes_stale(stage: &mut Stage, album: &Album) -> Result<()> {
    stage.provider.stop().await?;
    let stale = [("state", "signed-in"), ("freshness", "stale")];
    stage
        .app()?
        .shows_within(Duration::from_secs(u64::from(SHORT) + 20), &stale)
        .await?;
    album.take_app(stage, "stale").await
}

pub(crate) async fn recovers(stage: &mut Stage, _album: &Album) -> Result<()> {
    stage.provider.start_again(&stage.world).await?;
    stage.app()?.page().press("Try again").await?;
    stage.app()?.shows_within(Duration::from_secs(90), &FRESH).await
}

pub(crate) async fn quits(stage: &mut Stage, _album: &Album) -> Result<()> {
    stage.quit().await
}

pub(crate) async fn straight_in(stage: &mut Stage, album: &Album) -> Result<()> {
    let published = stage.views().len();
    stage.launch_with(&DARK);
    stage.launch().await?;
    stage.app()?.shows(&FRESH).await?;
    stage.app()?.page().find("img.avatar").await?;
    album.take_app(stage, "signed-in-dark").await?;
    let views = &stage.views()[published..];
    let shown = views
        .iter()
        .find(|view| ["signed-out", "signing-in"].contains(&view.kind()));
    match shown {
        Some(view) => Err(Failure::new(format_args!(
            "the sign-in screen was shown: {view:?}"
        ))),
        None => Ok(()),
    }
}

pub(crate) async fn finds_it_locked(stage: &mut Stage, album: &Album) -> Result<()> {
    stage.quit().await?;
    stage.keyring().lock().await?;
    stage.launch_with(&[]);
    stage.launch().await?;
    stage.app()?.shows(&[("state", "blocked")]).await?;
    album.take_app(stage, "keyring-locked").await
}

pub(crate) async fn is_back(stage: &mut Stage, _album: &Album) -> Result<()> {
    stage.keyring().answer_dialog().await?;
    stage.app()?.shows(&FRESH).await
}

pub(crate) async fn signs_out(stage: &mut Stage, _album: &Album) -> Result<()> {
    stage.app()?.page().press("Sign out").await?;
    stage
        .app()?
        .shows(&[("state", "signed-out"), ("why", "by-user")])
        .await?;
    let secrets = stage.provider.issued().await?;
    stage.keyring().without(&secrets).await.map(drop)
}

pub(crate) async fn ends_at_the_provider(stage: &mut Stage, album: &Album) -> Result<()> {
    stage.provider.asked("revocation").await?;
    stage.browser.follow(&stage.world).await?;
    stage.browser.page().find("button#confirm-sign-out").await?;
    album.take_browser(stage, "browser-sign-out").await?;
    pages::confirm_sign_out(&stage.browser).await?;
    stage.browser.shows("You are signed out").await?;
    // The link of the sign-in, and the one back from here.
    stage.links_accepted(2).await?;
    album.take_app(stage, "signed-out").await?;
    stage.quit().await
}
