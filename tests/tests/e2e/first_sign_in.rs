//! The first sign-in by deep link: the person is shown, the tokens are in the keyring and nowhere else.

use latchkey_e2e::canary;
use latchkey_e2e::failure::{Doing, Result, ensure, ensure_eq};
use latchkey_e2e::log;
use latchkey_e2e::stage::{Setting, Stage, story};

/// Everything the app and its libraries can say: a secret must not be in there either.
fn talkative() -> Setting {
    Setting {
        traced: true,
        ..Setting::default()
    }
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn shows_who_signed_in() -> Result<()> {
    story("first-sign-in", Setting::default(), async |stage| {
        stage.launch().await?;
        let app = stage.app()?;
        app.shows(&[("state", "signed-out"), ("why", "never")]).await?;
        app.titled(&stage.world, &stage.world.identity().product).await?;
        stage.sign_in("ada").await?;
        let app = stage.app()?;
        ensure_eq(app.heading().await?.as_str(), "Ada Park", "the heading")?;
        ensure(
            app.page().text().await?.contains("ada@example.com"),
            "the e-mail address must be shown",
        )?;
        app.titled(&stage.world, &stage.world.identity().title("Ada Park"))
            .await?;
        stage.browser.shows("You are signed in").await?;
        asked_as_it_should(stage).await
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn keeps_the_tokens_in_the_keyring_and_nowhere_else() -> Result<()> {
    story("tokens-in-keyring-only", talkative(), async |stage| {
        stage.launch().await?;
        stage.sign_in("ada").await?;
        let secrets = stage.provider.issued().await?;
        for kind in ["code", "access_token", "refresh_token", "id_token"] {
            ensure(
                secrets.iter().any(|(issued, _)| issued == kind),
                format_args!("no {kind} was issued"),
            )?;
        }
        let entries = stage.keyring().entries().await?;
        let kept: String = entries.iter().map(|entry| entry.secret.as_str()).collect();
        let refresh_token = secrets
            .iter()
            .find(|(kind, _)| kind == "refresh_token")
            .doing("a refresh token")?;
        ensure(
            kept.contains(&refresh_token.1),
            "the refresh token must be in the keyring",
        )?;
        let attempts = entries
            .iter()
            .filter(|entry| entry.username.starts_with("attempt-"))
            .count();
        ensure_eq(attempts, 0, "attempts left in the keyring")?;
        let verifier = stage.provider.requests_to("token").await?[0]["params"]["code_verifier"].clone();
        let mut secrets = secrets;
        secrets.push((
            "code_verifier".to_owned(),
            verifier.as_str().unwrap_or_default().to_owned(),
        ));
        let page = stage.app()?.page().contents().await?;
        canary::search(
            &stage.world,
            &secrets,
            &[("the page", page), ("the log", log::text(&stage.world))],
        )?;
        stage.quit().await?;
        canary::search(&stage.world, &secrets, &[]).map(drop)
    })
    .await
}

/// What the provider saw: PKCE, state and nonce in the request, one exchange.
async fn asked_as_it_should(stage: &Stage) -> Result<()> {
    let url = url::Url::parse(&stage.world.opened()[0]).doing("parse the authorization URL")?;
    let parameter = |name: &str| {
        url.query_pairs()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    };
    ensure_eq(
        parameter("code_challenge_method").as_deref(),
        Some("S256"),
        "the challenge's method",
    )?;
    // A link the app sent to itself has arrived, so it relies on one.
    let back = parameter("redirect_uri").unwrap_or_default();
    ensure(back.ends_with(":/callback") && !back.starts_with("http"), &back)?;
    for name in ["state", "nonce", "code_challenge"] {
        let length = parameter(name).map_or(0, |value| value.len());
        ensure(
            length >= 22,
            format_args!("{name} must hold at least 128 bits, it has {length} characters"),
        )?;
    }
    let exchanges = stage.provider.requests_to("token").await?;
    ensure_eq(exchanges.len(), 1, "token requests")?;
    ensure(
        exchanges[0]["params"]["client_secret"].is_null(),
        "a public client has no secret",
    )?;
    ensure(
        !stage.provider.requests_to("userinfo").await?.is_empty(),
        "userinfo must have been asked",
    )
}
