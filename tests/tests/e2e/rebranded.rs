//! Another product made of the same sources, beside the original: both run at once, each has its own names, and neither touches
//! what is the other's.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use latchkey_e2e::app;
use latchkey_e2e::deadline::eventually;
use latchkey_e2e::failure::{Doing, Result, ensure, ensure_eq};
use latchkey_e2e::identity::Identity;
use latchkey_e2e::pages;
use latchkey_e2e::stage::{Player, Setting, Stage, story};

const SIGNED_IN: [(&str, &str); 3] = [("state", "signed-in"), ("freshness", "fresh"), ("kept", "stored")];

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn signs_in_by_its_own_scheme_beside_the_original() -> Result<()> {
    let copy = Identity::rebranded()?;
    let setting = Setting {
        beside: vec![copy.clone()],
        ..Setting::default()
    };
    story("rebranded", setting, async |stage| {
        let original = stage.world.identity().clone();
        ensure_nothing_shared(&original, &copy)?;
        stage.launch().await?;
        stage.sign_in("ada").await?;
        stage.links_accepted(1).await?;
        let before = belongings(stage).await?;

        // The copy, with somebody else, while the original runs.
        let first = stage.turn_to(Player::of(copy.clone()));
        stage.configure()?;
        stage.launch().await?;
        stage
            .app()?
            .shows(&[("state", "signed-out"), ("why", "never")])
            .await?;
        stage.app()?.titled(&stage.world, &copy.product).await?;
        // The browser is the person's, and knows ada: it is to forget her.
        stage.browser.forget().await?;
        stage.begin_sign_in().await?;
        stage.browser.follow(&stage.world).await?;
        pages::pass(&stage.browser, "benoit").await?;
        stage.app()?.shows(&SIGNED_IN).await?;
        stage
            .app()?
            .titled(&stage.world, &copy.title("Benoît Okafor"))
            .await?;
        stage.links_accepted(1).await?;

        // Two apps, two windows, two sessions; the original has heard of none of it.
        ensure_eq(stage.world.apps().len(), 1, "processes of the copy")?;
        ensure_eq(
            stage.world.running(&original.binary).len(),
            1,
            "processes of the original",
        )?;
        handlers_are_apart(stage, &[&original, &copy]).await?;
        launch_again(stage).await?;
        let sessions = belongings(stage).await?;
        let second = stage.turn_to(first);
        stage.app()?.shows(&SIGNED_IN).await?;
        stage
            .app()?
            .titled(&stage.world, &original.title("Ada Park"))
            .await?;
        stage.links_accepted(1).await?;
        ensure_eq(
            &belongings(stage).await?,
            &before,
            "what is the original's, after the copy's sign-in",
        )?;
        launch_again(stage).await?;

        // The original signs out: the copy stays as it is, also after a restart.
        stage.app()?.page().press("Sign out").await?;
        stage
            .app()?
            .shows(&[("state", "signed-out"), ("why", "by-user")])
            .await?;
        let first = stage.turn_to(second);
        stage.app()?.shows(&SIGNED_IN).await?;
        ensure_eq(
            &belongings(stage).await?,
            &sessions,
            "what is the copy's, after the original's sign-out",
        )?;
        stage.quit().await?;
        stage.launch().await?;
        stage.app()?.shows(&SIGNED_IN).await?;
        let _second = stage.turn_to(first);
        stage
            .app()?
            .shows(&[("state", "signed-out"), ("why", "by-user")])
            .await
    })
    .await
}

/// The names by which a system tells programs apart.
fn ensure_nothing_shared(one: &Identity, other: &Identity) -> Result<()> {
    for (what, one, other) in [
        ("product", &one.product, &other.product),
        ("identifier", &one.identifier, &other.identifier),
        ("scheme", &one.scheme, &other.scheme),
        ("program", &one.program(), &other.program()),
        ("variable", &one.variable("CONFIG"), &other.variable("CONFIG")),
    ] {
        ensure(one != other, format_args!("both have the {what} {one}"))?;
    }
    Ok(())
}

/// What the app of the moment keeps, by its place: its configuration, what has happened to its session, its entries in the keyring.
/// Each as a number that changes with it: no failure is to show a secret.
async fn belongings(stage: &Stage) -> Result<BTreeMap<String, u64>> {
    let (world, identity) = (&stage.world, stage.world.identity());
    let all = files(&world.app_data())
        .into_iter()
        .chain(files(&world.app_config()));
    let mut found = BTreeMap::new();
    for file in all {
        let name = file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let told = name == "session.changed" || name.ends_with(".jsonl") || name.ends_with(".toml");
        if told {
            let content = fs::read(&file).doing(format_args!("read {}", file.display()))?;
            found.insert(file.display().to_string(), number(&content));
        }
    }
    let places: Vec<_> = found.keys().collect();
    for file in [
        identity.config_file(),
        "session.changed".to_owned(),
        ".jsonl".to_owned(),
    ] {
        ensure(
            places.iter().any(|place| place.ends_with(&file)),
            format_args!("{file} is not among {places:?}"),
        )?;
    }
    let log = world.app_data().join(format!("logs/{}.log", identity.program()));
    ensure(log.is_file(), format_args!("there is no {}", log.display()))?;
    let entries = stage.keyring().entries().await?;
    ensure(!entries.is_empty(), "a session must be in the keyring")?;
    found.extend(
        entries
            .into_iter()
            .map(|entry| (entry.username, number(entry.secret.as_bytes()))),
    );
    Ok(found)
}

fn number(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<_> = entries
        .flat_map(|entry| {
            if entry.path().is_dir() {
                files(&entry.path())
            } else {
                vec![entry.path()]
            }
        })
        .collect();
    found.sort();
    found
}

/// Each scheme is opened by its own program.
async fn handlers_are_apart(stage: &Stage, apps: &[&Identity]) -> Result<()> {
    for app in apps {
        let mut command = stage.world.command("xdg-mime");
        command.args(["query", "default", &format!("x-scheme-handler/{}", app.scheme)]);
        let output = command.output().await.doing("ask xdg-mime")?;
        let entry = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let file = stage.world.data().join("applications").join(&entry);
        let text = fs::read_to_string(&file).doing(format_args!("read {}", file.display()))?;
        let starts = text
            .lines()
            .any(|line| line.starts_with("Exec=") && line.contains(&app.binary.display().to_string()));
        ensure(
            starts,
            format_args!("{} is opened by {entry}: {text}", app.scheme),
        )?;
    }
    Ok(())
}

/// A second launch finds its own first, and ends.
async fn launch_again(stage: &Stage) -> Result<()> {
    let mut second = stage.world.start("second", app::command(&stage.world, &[]))?;
    let code = tokio::time::timeout(Duration::from_secs(20), second.wait())
        .await
        .doing("wait for the second launch")??;
    ensure_eq(code, Some(0), "the second launch's exit code")?;
    eventually("one process", async || {
        Ok((stage.world.apps().len() == 1).then_some(()))
    })
    .await
}
