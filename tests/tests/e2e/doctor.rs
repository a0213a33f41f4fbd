//! `latchkey doctor`: everything in order, then broken one thing at a time, and exactly that is found.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use latchkey_e2e::app;
use latchkey_e2e::failure::{Doing, Result, ensure, ensure_eq};
use latchkey_e2e::stage::{Setting, Stage, story};
use serde_json::Value;

/// What one run of the health check said.
struct Said {
    code: Option<i32>,
    text: String,
    findings: Vec<Value>,
}

/// Runs `latchkey doctor --json` to its end.
async fn doctor(stage: &Stage) -> Result<Said> {
    let mut check = stage
        .world
        .start("doctor", app::command(&stage.world, &["doctor", "--json"]))?;
    let code = tokio::time::timeout(Duration::from_secs(90), check.wait())
        .await
        .doing("wait for the health check")??;
    let text = check.written();
    let line = text
        .lines()
        .find(|line| line.starts_with('{'))
        .unwrap_or_default();
    let report: Value = serde_json::from_str(line).doing(format_args!("read {text:?}"))?;
    let findings = report["findings"].as_array().cloned().unwrap_or_default();
    Ok(Said { code, text, findings })
}

impl Said {
    /// What is not in order: check, verdict and code.
    fn troubles(&self) -> Vec<String> {
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        self.findings
            .iter()
            .filter(|finding| finding["verdict"] == "warning" || finding["verdict"] == "failure")
            .map(|it| {
                format!(
                    "{} {} {}",
                    text(&it["check"]),
                    text(&it["verdict"]),
                    text(&it["code"])
                )
            })
            .collect()
    }

    fn sentence(&self, check: &str) -> String {
        let found = self.findings.iter().find(|finding| finding["check"] == check);
        found
            .and_then(|finding| finding["sentence"].as_str())
            .unwrap_or_default()
            .to_owned()
    }

    /// Fails unless exactly these are the troubles.
    fn finds(&self, troubles: &[&str]) -> Result<()> {
        ensure_eq(
            self.troubles(),
            troubles.iter().map(|it| (*it).to_owned()).collect(),
            "troubles",
        )
        .doing(format_args!("read {}", self.text))?;
        let failed = troubles.iter().any(|trouble| trouble.contains(" failure "));
        ensure_eq(self.code, Some(i32::from(failed)), "the exit code")
    }
}

/// The desktop entry that the app has written for its links.
fn entry(stage: &Stage) -> Result<PathBuf> {
    let folder = fs::read_dir(stage.world.data().join("applications")).doing("list the desktop entries")?;
    let mut entries = folder.flatten().map(|entry| entry.path());
    entries
        .find(|path| path.to_string_lossy().ends_with("-handler.desktop"))
        .doing("find the app's desktop entry")
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn finds_everything_in_order_and_says_who_gets_the_link() -> Result<()> {
    story("doctor", Setting::default(), async |stage| {
        stage.launch().await?;
        stage.sign_in("ada").await?;
        let running = doctor(stage).await?;
        running.finds(&[])?;
        ensure(
            running.sentence("handler").contains("the running app"),
            format_args!("{}", running.text),
        )?;
        ensure(
            running.sentence("store").contains("GNOME Keyring"),
            format_args!("{}", running.text),
        )?;
        ensure(
            running.sentence("drawing").starts_with("The window is drawn"),
            format_args!("{}", running.text),
        )?;
        // Nothing personal, nothing secret, and no path with somebody's name.
        let secrets = stage.provider.issued().await?;
        let told = secrets.iter().any(|(_, value)| running.text.contains(value));
        ensure(!told, "a report must not hold a token")?;
        for personal in ["Ada", "ada@", &stage.world.home().display().to_string()] {
            ensure(
                !running.text.contains(personal),
                format_args!("{personal} is in {}", running.text),
            )?;
        }
        stage.quit().await?;
        let alone = doctor(stage).await?;
        alone.finds(&[])?;
        ensure(
            alone.sentence("handler").contains("was started for it"),
            format_args!("{}", alone.text),
        )?;
        // The check has left the session as it was.
        stage.launch().await?;
        stage
            .app()?
            .shows(&[("state", "signed-in"), ("freshness", "fresh")])
            .await
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn finds_what_is_wrong_with_the_way_of_a_link() -> Result<()> {
    story("doctor-handler", Setting::default(), async |stage| {
        doctor(stage).await?.finds(&["handler warning -"])?;
        stage.launch().await?;
        stage.app()?.shows(&[("state", "signed-out")]).await?;
        stage.quit().await?;
        doctor(stage).await?.finds(&[])?;
        let entry = entry(stage)?;
        let whole = fs::read_to_string(&entry).doing("read the desktop entry")?;
        fs::write(&entry, whole.replace(" %u", "")).doing("take the link out of it")?;
        let said = doctor(stage).await?;
        said.finds(&["handler warning -"])?;
        ensure(
            said.sentence("handler").contains("without the link"),
            format_args!("{}", said.text),
        )?;
        let other = whole
            .lines()
            .map(|line| {
                if line.starts_with("Exec=") {
                    "Exec=/bin/true %u"
                } else {
                    line
                }
            })
            .collect::<Vec<_>>()
            .join("\n");
        fs::write(&entry, other).doing("give the links to another program")?;
        let said = doctor(stage).await?;
        said.finds(&["handler warning -"])?;
        ensure(
            said.sentence("handler").contains("/bin/true"),
            format_args!("{}", said.text),
        )
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn finds_the_one_thing_that_is_broken() -> Result<()> {
    let setting = Setting {
        config: vec!["redirect = \"loopback\""],
        ..Setting::default()
    };
    story("doctor-broken", setting, async |stage| {
        doctor(stage).await?.finds(&[])?;
        stage.keyring().lock().await?;
        doctor(stage).await?.finds(&["store failure store-locked"])?;
        stage.keyring().replace().await?;
        doctor(stage).await?.finds(&[])?;
        stage.provider.stop().await?;
        doctor(stage).await?.finds(&["discovery failure offline"])?;
        stage.world.configure("[provider]\nissue = 1\n")?;
        let said = doctor(stage).await?;
        said.finds(&["configuration failure configuration-invalid", "handler warning -"])?;
        ensure(
            said.sentence("configuration").contains("line 2"),
            format_args!("{}", said.text),
        )
    })
    .await
}
