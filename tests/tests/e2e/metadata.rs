//! Details a person edits: what they save is at the provider, what somebody else changed meanwhile is shown, what they could not save
//! is there after a restart.

use latchkey_e2e::deadline::eventually;
use latchkey_e2e::failure::{Doing, Result, ensure, ensure_eq};
use latchkey_e2e::stage::{Setting, Stage, story};
use serde_json::json;

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn a_saved_change_is_at_the_provider() -> Result<()> {
    story("metadata-saved", setting(), async |stage| {
        open(stage).await?;
        fill(stage, "Grace").await?;
        says(stage, "1 change not saved").await?;
        stage.app()?.page().press("Save").await?;
        says(stage, "Saved.").await?;
        ensure_eq(first_name(stage).await?, "Grace".to_owned(), "at the provider")?;
        ensure_eq(drafts(stage)?, 0, "drafts")
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn a_change_elsewhere_is_shown_and_the_person_chooses() -> Result<()> {
    story("metadata-conflict", setting(), async |stage| {
        open(stage).await?;
        let elsewhere = json!({ "sub": "ada", "set": { "first_name": "Edith" } });
        stage.provider.change_metadata(elsewhere).await?;
        fill(stage, "Grace").await?;
        stage.app()?.page().press("Save").await?;
        says(stage, "Changed here and elsewhere").await?;
        says(stage, "Edith").await?;
        ensure_eq(
            first_name(stage).await?,
            "Edith".to_owned(),
            "nothing is written over",
        )?;
        let mine = stage
            .app()?
            .page()
            .find("fieldset label:last-of-type input")
            .await?;
        mine.click().await.doing("choose")?;
        stage.app()?.page().press("Save choice").await?;
        says(stage, "Saved.").await?;
        ensure_eq(first_name(stage).await?, "Grace".to_owned(), "at the provider")
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn a_draft_made_offline_is_offered_after_a_restart_and_gone_after_a_sign_out() -> Result<()> {
    story("metadata-draft", setting(), async |stage| {
        open(stage).await?;
        let down = json!({ "endpoint": "management", "mode": "drop", "times": 0 });
        stage.provider.fault(down).await?;
        fill(stage, "Grace").await?;
        stage.app()?.page().press("Save").await?;
        says(stage, "Your changes are kept on this computer.").await?;
        ensure_eq(drafts(stage)?, 1, "drafts")?;
        stage.quit().await?;

        stage.provider.clear_faults().await?;
        stage.launch().await?;
        stage.app()?.shows(&[("state", "signed-in")]).await?;
        says(stage, "Not saved").await?;
        ensure_eq(
            first_name(stage).await?,
            "Ada".to_owned(),
            "nothing is sent by itself",
        )?;
        stage.app()?.page().press("Sign out").await?;
        stage.app()?.shows(&[("state", "signed-out")]).await?;
        eventually("no draft", async || Ok((drafts(stage)? == 0).then_some(()))).await?;
        ensure_eq(first_name(stage).await?, "Ada".to_owned(), "at the provider")
    })
    .await
}

/// An editor at the demo provider, as at Auth0.
pub(crate) fn setting() -> Setting {
    Setting {
        config: vec![
            "[profile]",
            "editor = \"auth0\"",
            "[profile.fields]",
            "first_name = \"text\"",
            "country = \"country\"",
        ],
        ..Setting::default()
    }
}

/// Somebody is signed in and edits their profile.
async fn open(stage: &mut Stage) -> Result<()> {
    stage.launch().await?;
    stage.sign_in("ada").await?;
    stage.app()?.page().press("Edit your profile").await?;
    fields(stage).await
}

/// Waits for something to edit.
pub(crate) async fn fields(stage: &Stage) -> Result<()> {
    eventually("the fields", async || {
        stage
            .app()?
            .page()
            .peek(".field input")
            .await
            .map(|it| it.map(drop))
    })
    .await
}

pub(crate) async fn fill(stage: &Stage, name: &str) -> Result<()> {
    let input = stage.app()?.page().find(".field input").await?;
    input.clear().await.doing("clear the field")?;
    input.send_keys(name).await.doing("type")
}

pub(crate) async fn says(stage: &Stage, sentence: &str) -> Result<()> {
    eventually(sentence, async || {
        let contents = stage.app()?.page().contents().await?;
        Ok(contents.contains(sentence).then_some(()))
    })
    .await
}

async fn first_name(stage: &Stage) -> Result<String> {
    let all = stage.provider.metadata().await?;
    let name = all["ada"]["fields"]["first_name"]
        .as_str()
        .doing("a first name")?;
    Ok(name.to_owned())
}

/// How many drafts there are; each is its owner's alone.
pub(crate) fn drafts(stage: &Stage) -> Result<usize> {
    let mut count = 0;
    for file in std::fs::read_dir(stage.world.app_data())
        .doing("list the data directory")?
        .flatten()
    {
        let name = file.file_name();
        if !name.to_string_lossy().starts_with("draft-") || !name.to_string_lossy().ends_with(".json") {
            continue;
        }
        count += 1;
        use std::os::unix::fs::PermissionsExt as _;
        let mode = file.metadata().doing("look at the draft")?.permissions().mode();
        ensure(mode & 0o077 == 0, "the draft is its owner's alone")?;
    }
    Ok(count)
}
