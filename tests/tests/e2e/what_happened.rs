//! Afterwards: the window says what happened, also when nobody is signed in any more and in the next run.

use std::fs;
use std::path::Path;

use latchkey_e2e::deadline::eventually;
use latchkey_e2e::failure::{Doing, Result, ensure, ensure_eq};
use latchkey_e2e::stage::{Setting, Stage, story};

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn is_told_after_a_sign_out_and_in_the_next_run() -> Result<()> {
    story("what-happened", Setting::default(), async |stage| {
        stage.launch().await?;
        stage.sign_in("ada").await?;
        look(stage, "You signed in with Acme.").await?;
        stage.app()?.page().press("Copy").await?;
        says(stage, "Copied what happened.").await?;
        stage.app()?.page().press("Back").await?;
        eventually("the profile again", async || {
            Ok((stage.app()?.heading().await? == "Ada Park").then_some(()))
        })
        .await?;
        stage.app()?.page().press("Sign out").await?;
        stage
            .app()?
            .shows(&[("state", "signed-out"), ("why", "by-user")])
            .await?;
        look(stage, "You signed out.").await?;
        stage.app()?.page().press("Back").await?;
        stage.quit().await?;

        stage.launch().await?;
        stage.app()?.shows(&[("state", "signed-out")]).await?;
        look(stage, "You signed out.").await?;
        says(stage, "You signed in with Acme.").await?;
        ensure_nothing_personal(&stage.world.app_data())
    })
    .await
}

/// Opens "What happened?" and waits for a sentence. The state of the page stays what it was.
async fn look(stage: &Stage, sentence: &str) -> Result<()> {
    let before = stage.app()?.body().await?;
    stage.app()?.page().press("What happened?").await?;
    says(stage, sentence).await?;
    ensure_eq(stage.app()?.body().await?, before, "the state of the page")
}

async fn says(stage: &Stage, sentence: &str) -> Result<()> {
    eventually(sentence, async || {
        Ok(stage
            .app()?
            .page()
            .contents()
            .await?
            .contains(sentence)
            .then_some(()))
    })
    .await
}

fn ensure_nothing_personal(data: &Path) -> Result<()> {
    let mut found = 0;
    for file in fs::read_dir(data).doing("list the data directory")?.flatten() {
        if !file.file_name().to_string_lossy().ends_with(".jsonl") {
            continue;
        }
        found += 1;
        let text = fs::read_to_string(file.path()).doing("read the timeline")?;
        ensure(text.contains("signed-in"), "the timeline tells the sign-in")?;
        for personal in ["Ada", "ada", "example.com", "127.0.0.1"] {
            ensure(!text.contains(personal), format!("{personal} is in the timeline"))?;
        }
    }
    ensure_eq(found, 1, "timelines")
}
