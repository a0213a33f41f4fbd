//! Where the app is launched: three machines of their own, with somebody signed in, with an access token that is always over, and
//! with nobody. The others are launched in the first.

use std::fs;
use std::path::{Path, PathBuf};

use latchkey_e2e::failure::{Doing, Result, ensure};
use latchkey_e2e::identity::Identity;
use latchkey_e2e::paths;
use latchkey_e2e::stage::{Setting, Stage};
use latchkey_e2e::world::World;
use serde_json::json;

use crate::frames::Watch;

/// The person who signs in: one without a picture, which would come over the network.
const PERSON: &str = "chiyo";
/// So that what is stored has at least four kibibytes, as with providers whose tokens carry much.
const FILLING: usize = 800;

/// The page as it is, without its programs: the styles are put in.
const PAGE: &str = r#"
const copy = document.documentElement.cloneNode(true);
copy.querySelectorAll("script, link").forEach((it) => it.remove());
const style = document.createElement("style");
style.textContent = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]).map((rule) => rule.cssText).join("\n");
copy.querySelector("head").append(style);
return "<!doctype html>" + copy.outerHTML;
"#;

/// Which of the machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    SignedIn,
    Expired,
    SignedOut,
}

/// The machines, each with a look at its display.
pub(crate) struct Places {
    signed_in: (Stage, Watch),
    expired: (Stage, Watch),
    signed_out: (Stage, Watch),
    /// The file with the signed-in page, still.
    pub(crate) page: PathBuf,
    /// What is stored for the person who is signed in, in bytes.
    pub(crate) stored: usize,
}

impl Places {
    /// Builds them, and signs somebody in.
    pub(crate) async fn build(folder: &Path) -> Result<Self> {
        let page = folder.join("page.html");
        let mut stage = set().await?;
        stage.provider.lives(json!({ "access_token": 86_400 })).await?;
        sign_in(&mut stage).await?;
        let html = stage.app()?.page().execute(PAGE).await?;
        fs::write(&page, html.as_str().doing("the page as text")?).doing("write the page")?;
        stage.quit().await?;
        let entries = stage.keyring().entries().await?;
        let stored: usize = entries.iter().map(|entry| entry.secret.len()).sum();
        ensure(
            stored >= 4096,
            format_args!("at least 4 KiB must be stored, not {stored} bytes"),
        )?;
        let mut expired = set().await?;
        expired.provider.lives(json!({ "access_token": 1 })).await?;
        sign_in(&mut expired).await?;
        expired.quit().await?;
        Ok(Self {
            signed_in: watched(stage)?,
            expired: watched(expired)?,
            signed_out: watched(set().await?)?,
            page,
            stored,
        })
    }

    /// The machine.
    pub(crate) fn world(&self, place: Place) -> &World {
        &self.at(place).0.world
    }

    /// The look at its display.
    pub(crate) fn watch(&self, place: Place) -> &Watch {
        &self.at(place).1
    }

    fn at(&self, place: Place) -> &(Stage, Watch) {
        match place {
            Place::SignedIn => &self.signed_in,
            Place::Expired => &self.expired,
            Place::SignedOut => &self.signed_out,
        }
    }
}

fn watched(stage: Stage) -> Result<(Stage, Watch)> {
    let watch = Watch::of(&stage.world)?;
    Ok((stage, watch))
}

/// A machine with the release.
async fn set() -> Result<Stage> {
    let binary = paths::root().join("target/release/latchkey");
    ensure(
        binary.is_file(),
        format_args!("the release is not built: {}", binary.display()),
    )?;
    let identity = Identity::installed(paths::root(), &binary)?;
    let stage = Stage::set(Setting {
        identity: Some(identity),
        ..Setting::default()
    })
    .await?;
    stage.provider.marker(&"long".repeat(FILLING / 4)).await?;
    Ok(stage)
}

async fn sign_in(stage: &mut Stage) -> Result<()> {
    stage.launch().await?;
    stage.begin_sign_in().await?;
    stage.browser.follow(&stage.world).await?;
    latchkey_e2e::pages::pass(&stage.browser, PERSON).await?;
    stage
        .app()?
        .shows(&[("state", "signed-in"), ("kept", "stored")])
        .await
}
