//! All that a story needs, set up in one go: world, provider, browser, configured app. And the frame of every story.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::task::Poll;

use crate::app::App;
use crate::browser::Browser;
use crate::deadline::eventually;
use crate::evidence;
use crate::failure::{Doing, Failure, Result};
use crate::identity::Identity;
use crate::keyring::Keyring;
use crate::log::{self, ViewLine};
use crate::pages;
use crate::provider::Provider;
use crate::world::World;

/// What the provider is called in the app's configuration.
pub const NAME: &str = "Acme";

/// What a story asks for beyond the usual.
#[derive(Debug, Default, Clone)]
pub struct Setting {
    /// Options of the provider's command line.
    pub provider: Vec<&'static str>,
    /// Lines for `[provider]` in the configuration.
    pub config: Vec<&'static str>,
    /// Lines for `[session]` in the configuration.
    pub session: Vec<&'static str>,
    /// More environment for everything in the world, so for the app whoever starts it.
    pub machine: Vec<(&'static str, &'static str)>,
    /// More environment for the app.
    pub environment: Vec<(&'static str, &'static str)>,
    /// Everything in the world logs all it can.
    pub traced: bool,
    /// The app it is about; the one under test when there is none.
    pub identity: Option<Identity>,
    /// Other apps of the same world, see [`Stage::turn_to`].
    pub beside: Vec<Identity>,
}

/// An app of the stage, running or not.
#[derive(Debug)]
pub struct Player {
    /// Which.
    pub identity: Identity,
    /// When it was launched by [`Stage::launch`].
    pub app: Option<App>,
}

impl Player {
    /// An app that does not run.
    pub fn of(identity: Identity) -> Self {
        Self { identity, app: None }
    }
}

/// A set stage. Fields are dropped in this order: the app first, its world last.
#[derive(Debug)]
pub struct Stage {
    /// The running app, when it was launched by [`Stage::launch`].
    app: Option<App>,
    /// The person's browser.
    pub browser: Browser,
    /// The identity provider.
    pub provider: Provider,
    /// The machine.
    pub world: World,
    setting: Setting,
}

impl Stage {
    /// Sets the stage: everything but the app is running, and the app is configured for the provider.
    pub async fn set(setting: Setting) -> Result<Self> {
        let identity = match &setting.identity {
            Some(identity) => identity.clone(),
            None => Identity::under_test()?,
        };
        let log = identity.variable("LOG");
        let mut machine = setting.machine.clone();
        if setting.traced {
            machine.extend([(log.as_str(), "trace"), ("RUST_LOG", "trace")]);
        }
        let world = World::create_with(identity, &machine)
            .await
            .doing("build a world")?;
        let mut options = setting.provider.clone();
        for other in &setting.beside {
            options.extend(["--scheme", &other.scheme]);
        }
        let provider = Provider::start(&world, &options)
            .await
            .doing("start the provider")?;
        let everybody = setting.beside.iter().chain([world.identity()]);
        let schemes: Vec<&str> = everybody.map(|it| it.scheme.as_str()).collect();
        let browser = Browser::start(&world, &[&provider.issuer], &schemes)
            .await
            .doing("start the browser")?;
        let stage = Self {
            app: None,
            browser,
            provider,
            world,
            setting,
        };
        stage.configure()?;
        Ok(stage)
    }

    /// Writes the app's configuration for the provider.
    pub fn configure(&self) -> Result<()> {
        let lines = |lines: &[&str]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
        self.world.configure(&format!(
            "[provider]\nname = \"{NAME}\"\nissuer = \"{}\"\nclient_id = \"{}\"\n{}[session]\n{}",
            self.provider.issuer,
            self.provider.client_id,
            lines(&self.setting.config),
            lines(&self.setting.session)
        ))
    }

    /// Launches the app under WebDriver.
    pub async fn launch(&mut self) -> Result<()> {
        let app = App::launch(&self.world, &self.setting.environment).await?;
        self.app = Some(app);
        Ok(())
    }

    /// The environment of launches from now on, beyond the world's.
    pub fn launch_with(&mut self, environment: &[(&'static str, &'static str)]) {
        self.setting.environment = environment.to_vec();
    }

    /// The running app.
    pub fn app(&self) -> Result<&App> {
        self.app.as_ref().doing("the running app")
    }

    /// Turns to another app of this world: from now on that one is configured, launched, and looked for in log and keyring.
    /// Returns the one before, which goes on running. The other must be one of [`Setting::beside`], for the browser to open
    /// its links.
    pub fn turn_to(&mut self, other: Player) -> Player {
        Player {
            identity: self.world.turn_to(other.identity),
            app: std::mem::replace(&mut self.app, other.app),
        }
    }

    /// Quits the app as a person does.
    pub async fn quit(&mut self) -> Result<()> {
        let app = self.app.take().doing("the running app")?;
        app.quit(&self.world).await.doing("quit the app")
    }

    /// The keyring of this world.
    pub fn keyring(&self) -> Keyring<'_> {
        Keyring::of(&self.world)
    }

    /// The views published so far.
    pub fn views(&self) -> Vec<ViewLine> {
        log::views(&self.world)
    }

    /// Waits until the app has taken in so many links of its scheme, over all launches. To be awaited before quitting: a link
    /// that finds no app any more starts it.
    pub async fn links_accepted(&self, count: usize) -> Result<()> {
        self.logged("link accepted", count).await
    }

    /// Clicks the link back to the app in the browser's tab once more, and waits until the app has ignored it. Without the
    /// wait, the click could start a second app after the first has been closed.
    pub async fn repeat_link(&self) -> Result<()> {
        let repeated = "link ignored";
        let before = self.times_logged(repeated);
        let link = self.browser.page().find("#open-app").await?;
        link.click().await.doing("open the app from the tab")?;
        self.logged(repeated, before + 1).await
    }

    fn times_logged(&self, what: &str) -> usize {
        log::text(&self.world).matches(what).count()
    }

    async fn logged(&self, what: &str, count: usize) -> Result<()> {
        eventually(&format!("{count} times \"{what}\" in the log"), async || {
            Ok((self.times_logged(what) >= count).then_some(()))
        })
        .await
    }

    /// A whole sign-in: press the button, log in and consent as asked, and wait until the app shows it.
    pub async fn sign_in(&mut self, who: &str) -> Result<()> {
        self.begin_sign_in().await?;
        self.browser.follow(&self.world).await?;
        pages::pass(&self.browser, who).await?;
        self.app()?
            .shows(&[("state", "signed-in"), ("freshness", "fresh"), ("kept", "stored")])
            .await
    }

    /// Presses the sign-in button and waits until the app waits for the browser.
    pub async fn begin_sign_in(&self) -> Result<()> {
        let app = self.app()?;
        app.shows(&[("state", "signed-out")]).await?;
        app.page().press(&format!("Sign in with {NAME}")).await?;
        app.shows(&[("state", "signing-in")]).await
    }
}

/// Runs a story on a stage of its own. When it fails or panics, evidence is left under its name.
pub async fn story(
    name: &str,
    setting: Setting,
    act: impl AsyncFnOnce(&mut Stage) -> Result<()>,
) -> Result<()> {
    let mut stage = Stage::set(setting).await?;
    let outcome = {
        let mut act = pin!(act(&mut stage));
        poll_fn(
            |context| match catch_unwind(AssertUnwindSafe(|| act.as_mut().poll(context))) {
                Ok(poll) => poll.map(Ok),
                Err(panic) => Poll::Ready(Err(panic)),
            },
        )
        .await
    };
    let failure = match &outcome {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(failure)) => failure.to_string(),
        Err(_) => "it panicked".to_owned(),
    };
    let folder = evidence::collect(name, &failure, &stage).await;
    match outcome {
        Ok(_) => Err(Failure::new(format_args!(
            "{name}: {failure}; evidence in {}",
            folder.display()
        ))),
        Err(panic) => resume_unwind(panic),
    }
}
