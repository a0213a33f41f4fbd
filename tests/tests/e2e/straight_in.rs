//! Launching with a stored session: straight in, without a glimpse of the sign-in screen, whatever the token's age.

use std::time::Duration;

use latchkey_e2e::deadline::pass;
use latchkey_e2e::failure::{Result, ensure, ensure_eq};
use latchkey_e2e::stage::{Setting, Stage, story};

/// The life of an access token that is to expire during a story.
pub(crate) const SHORT: u64 = 4;

/// A provider whose access tokens live for [`SHORT`] seconds.
pub(crate) fn short_lived() -> Setting {
    Setting {
        provider: vec!["--access-token-ttl", "4"],
        ..Setting::default()
    }
}

/// Signs in, quits, and waits until the access token has certainly expired.
pub(crate) async fn sign_in_and_let_expire(stage: &mut Stage) -> Result<()> {
    stage.launch().await?;
    stage.sign_in("ada").await?;
    stage.quit().await?;
    pass(Duration::from_secs(SHORT + 1)).await;
    Ok(())
}

/// Fails when one of the views since `from` would have shown the sign-in screen.
pub(crate) fn ensure_never_signed_out(stage: &Stage, from: usize) -> Result<()> {
    let views = &stage.views()[from..];
    let shown = views
        .iter()
        .any(|view| ["signed-out", "signing-in"].contains(&view.kind()));
    ensure(!views.is_empty() && !shown, format_args!("published: {views:?}"))
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn a_stored_session_opens_the_app() -> Result<()> {
    story("straight-in", Setting::default(), async |stage| {
        stage.launch().await?;
        stage.sign_in("ada").await?;
        stage.quit().await?;
        let (published, opened) = (stage.views().len(), stage.world.opened().len());
        stage.provider.clear_requests().await?;

        stage.launch().await?;
        let app = stage.app()?;
        app.shows(&[("state", "signed-in"), ("freshness", "fresh"), ("kept", "stored")])
            .await?;
        ensure_eq(app.heading().await?.as_str(), "Ada Park", "the heading")?;
        app.titled(&stage.world, &stage.world.identity().title("Ada Park"))
            .await?;
        stage.provider.asked("userinfo").await?;
        ensure_never_signed_out(stage, published)?;
        ensure_eq(
            stage.provider.requests_to("token").await?.len(),
            0,
            "token requests",
        )?;
        ensure_eq(stage.world.opened().len(), opened, "URLs opened")
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn an_expired_access_token_is_renewed_by_one_request() -> Result<()> {
    story("expired-is-renewed", short_lived(), async |stage| {
        sign_in_and_let_expire(stage).await?;
        stage.provider.access_token_ttl(300).await?;
        stage.provider.clear_requests().await?;
        let published = stage.views().len();

        stage.launch().await?;
        stage
            .app()?
            .shows(&[("state", "signed-in"), ("freshness", "fresh"), ("kept", "stored")])
            .await?;
        ensure_never_signed_out(stage, published)?;
        let requests = stage.provider.requests_to("token").await?;
        ensure_eq(requests.len(), 1, "token requests")?;
        ensure_eq(
            requests[0]["params"]["grant_type"].as_str(),
            Some("refresh_token"),
            "the kind of request",
        )?;
        let views = stage.views();
        let first = views[published..].iter().find(|view| view.kind() == "signed-in");
        ensure_eq(
            first.and_then(|view| view.get("freshness")),
            Some("refreshing"),
            "the first freshness",
        )
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn the_provider_may_have_changed_its_keys_meanwhile() -> Result<()> {
    story("keys-replaced", short_lived(), async |stage| {
        sign_in_and_let_expire(stage).await?;
        stage.provider.access_token_ttl(300).await?;
        stage.provider.replace_keys().await?;
        let published = stage.views().len();

        stage.launch().await?;
        stage
            .app()?
            .shows(&[("state", "signed-in"), ("freshness", "fresh"), ("kept", "stored")])
            .await?;
        ensure_never_signed_out(stage, published)
    })
    .await
}
