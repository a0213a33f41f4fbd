//! The provider cannot be reached: the person stays signed in and is told, and it heals by itself.

use std::time::Duration;

use latchkey_e2e::failure::{Result, ensure, ensure_eq};
use latchkey_e2e::stage::story;
use serde_json::json;

use crate::straight_in::{ensure_never_signed_out, short_lived, sign_in_and_let_expire};

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn at_launch_it_is_stale_and_recovers_without_a_restart() -> Result<()> {
    story("provider-down", short_lived(), async |stage| {
        sign_in_and_let_expire(stage).await?;
        stage.provider.stop().await?;
        let published = stage.views().len();

        stage.launch().await?;
        let app = stage.app()?;
        app.shows(&[("state", "signed-in"), ("freshness", "stale"), ("kept", "stored")])
            .await?;
        ensure_eq(app.heading().await?.as_str(), "Ada Park", "the heading")?;
        ensure(app.body().await?["problem"].is_string(), "the page must know why")?;

        stage.provider.start_again(&stage.world).await?;
        stage.provider.access_token_ttl(300).await?;
        let fresh = [("state", "signed-in"), ("freshness", "fresh"), ("kept", "stored")];
        stage.app()?.shows_within(Duration::from_secs(90), &fresh).await?;
        ensure_never_signed_out(stage, published)
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn try_again_asks_at_once() -> Result<()> {
    story("provider-down-try-again", short_lived(), async |stage| {
        sign_in_and_let_expire(stage).await?;
        stage.provider.access_token_ttl(300).await?;
        // With this the app's own next try is an hour away.
        let busy = json!({
            "endpoint": "token", "mode": "status", "status": 503, "times": 0, "headers": { "retry-after": "3600" },
        });
        stage.provider.fault(busy).await?;

        stage.launch().await?;
        stage
            .app()?
            .shows(&[("state", "signed-in"), ("freshness", "stale")])
            .await?;
        stage.provider.clear_faults().await?;
        stage.app()?.page().press("Try again").await?;
        stage
            .app()?
            .shows_within(
                Duration::from_secs(10),
                &[("state", "signed-in"), ("freshness", "fresh")],
            )
            .await
    })
    .await
}
