//! The provider ended the session: the app says so, and keeps nothing of it.

use latchkey_e2e::failure::{Result, ensure};
use latchkey_e2e::stage::{Setting, Stage, story};

use crate::straight_in::short_lived;

/// Waits until no secret the provider ever handed out is in the keyring. A mark that something was there may stay; it may name who was
/// signed in, for the way back in, unless they signed out themselves.
pub(crate) async fn ensure_keyring_empty(stage: &Stage) -> Result<()> {
    let secrets = stage.provider.issued().await?;
    for entry in stage.keyring().without(&secrets).await? {
        let ended = entry.secret.contains("\"why\":\"ended-by-provider\"");
        let mark = entry.username.starts_with("head-")
            && entry.secret.len() < 400
            && (ended || !entry.secret.contains("Ada"));
        ensure(mark, format_args!("still in the keyring: {entry:?}"))?;
    }
    Ok(())
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn while_the_app_was_closed() -> Result<()> {
    story("revoked-while-closed", Setting::default(), async |stage| {
        stage.launch().await?;
        stage.sign_in("ada").await?;
        stage.quit().await?;
        stage.provider.revoke("ada").await?;

        stage.launch().await?;
        let app = stage.app()?;
        app.shows(&[("state", "signed-out"), ("why", "ended-by-provider")])
            .await?;
        ensure(
            app.page()
                .buttons()
                .await?
                .iter()
                .any(|name| name == "Sign in with Acme"),
            "the way back in",
        )?;
        app.titled(&stage.world, &stage.world.identity().product).await?;
        ensure_keyring_empty(stage).await?;
        // The reason outlives a restart; the way back in works.
        stage.quit().await?;
        stage.launch().await?;
        stage.sign_in("ada").await
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn while_the_app_was_open() -> Result<()> {
    story("revoked-while-open", short_lived(), async |stage| {
        stage.launch().await?;
        stage.sign_in("ada").await?;
        stage.provider.revoke("ada").await?;
        stage
            .app()?
            .shows(&[("state", "signed-out"), ("why", "ended-by-provider")])
            .await?;
        ensure_keyring_empty(stage).await
    })
    .await
}
