//! The guided tour: what `cargo xtask demo` shows where there is no display. A whole life of a session with the real
//! app, a real browser and a real keyring, each step with its time, and a picture of every screen in `target/demo/`.
//! Ends with 0, or with 1 and the name of the step that failed.
#![allow(clippy::print_stdout)] // its output is what it is for

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use latchkey_e2e::evidence;
use latchkey_e2e::failure::{Doing, Result};
use latchkey_e2e::identity::Identity;
use latchkey_e2e::paths;
use latchkey_e2e::stage::{Setting, Stage};

mod steps;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let started = Instant::now();
    match tour(started).await {
        Ok(()) => {
            println!(
                "done in {:.1} s; pictures in {}",
                started.elapsed().as_secs_f32(),
                paths::tour().display()
            );
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("FAILED: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn tour(started: Instant) -> Result<()> {
    let folder = paths::tour();
    fs::create_dir_all(&folder).doing("make the folder for the pictures")?;
    println!(
        "Display, session bus, keyring, browser and provider of its own; the app: {}",
        Identity::under_test()?.binary.display()
    );
    let stage = Stage::set(Setting::default()).await.doing("step 0, set up")?;
    let mut guide = Guide {
        stage,
        folder,
        number: 0,
    };
    guide.tell(
        &format!("The demo provider answers at {}", guide.stage.provider.issuer),
        started,
    );
    let outcome = walk(&mut guide).await;
    if let Err(failure) = &outcome {
        let left = evidence::collect("tour", &failure.to_string(), &guide.stage).await;
        println!("what could be seen is in {}", left.display());
    }
    outcome
}

async fn walk(guide: &mut Guide) -> Result<()> {
    guide
        .step(
            "The app opens without a configuration and says what to write where",
            steps::unconfigured,
        )
        .await?;
    guide
        .step(
            "Configured, it offers to sign in (dark desktop)",
            steps::offers_in_the_dark,
        )
        .await?;
    guide.step("The same on a light desktop", steps::offers).await?;
    guide
        .step("\"Sign in\" opens the browser; the app waits", steps::begins)
        .await?;
    guide.step("Ada signs in at the provider", steps::logs_in).await?;
    guide
        .step(
            "She consents; the link brings her back into the app",
            steps::consents,
        )
        .await?;
    guide
        .step("Her tokens are in the keyring", steps::is_kept)
        .await?;
    guide
        .step(
            "The provider goes away: she stays signed in, the app says so",
            steps::goes_stale,
        )
        .await?;
    guide
        .step("The provider is back: renewed without a restart", steps::recovers)
        .await?;
    guide.step("The app quits", steps::quits).await?;
    guide
        .step("Launched again: straight in", steps::straight_in)
        .await?;
    guide
        .step(
            "The keyring is locked at the next launch: a problem with a way out",
            steps::finds_it_locked,
        )
        .await?;
    guide
        .step(
            "She gives the keyring's password: the session is back",
            steps::is_back,
        )
        .await?;
    guide
        .step("She signs out: forgotten here at once", steps::signs_out)
        .await?;
    guide
        .step(
            "The provider has ended its session as well",
            steps::ends_at_the_provider,
        )
        .await
}

/// Where the tour is.
struct Guide {
    stage: Stage,
    folder: PathBuf,
    number: u32,
}

impl Guide {
    async fn step(
        &mut self,
        what: &str,
        act: impl AsyncFnOnce(&mut Stage, &Album) -> Result<()>,
    ) -> Result<()> {
        let started = Instant::now();
        let album = Album(self.folder.clone());
        let outcome = act(&mut self.stage, &album).await;
        outcome.doing(format_args!("step {}, \"{what}\"", self.number + 1))?;
        self.tell(what, started);
        Ok(())
    }

    fn tell(&mut self, what: &str, started: Instant) {
        self.number += 1;
        println!(
            "{:>3}. {:>5.1} s  {what}",
            self.number,
            started.elapsed().as_secs_f32()
        );
    }
}

/// The folder the pictures go to.
struct Album(PathBuf);

impl Album {
    async fn take_app(&self, stage: &Stage, name: &str) -> Result<()> {
        let picture = stage.app()?.picture(&stage.world).await;
        self.put(name, picture)
    }

    async fn take_browser(&self, stage: &Stage, name: &str) -> Result<()> {
        self.put(name, stage.browser.page().picture().await)
    }

    fn put(&self, name: &str, picture: Result<Vec<u8>>) -> Result<()> {
        let picture = picture.doing(format_args!("take {name}.png"))?;
        fs::write(self.0.join(format!("{name}.png")), picture).doing(format_args!("write {name}.png"))
    }
}
