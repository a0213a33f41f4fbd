//! The app under test: started through tauri-driver, so that its page can be read, or as a plain process.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::process::Command;

use crate::child::Child;
use crate::deadline::{PATIENCE, eventually, within};
use crate::failure::{Doing, Failure, Result, ensure};
use crate::paths;
use crate::screen::Screen;
use crate::webdriver::{Page, connect, free_port};
use crate::world::World;

/// The app with its page under WebDriver.
#[derive(Debug)]
pub struct App {
    page: Page,
    pid: u32,
    // Dropped after the session.
    _driver: Child,
}

impl App {
    /// Launches the app through tauri-driver and waits for its page; `environment` is added to the world's.
    pub async fn launch(world: &World, environment: &[(&str, &str)]) -> Result<Self> {
        let binary = world.identity().binary.clone();
        ensure(
            binary.is_file(),
            format_args!("the app is not built: {}", binary.display()),
        )?;
        // Who quits while a link to ourselves is on its way has it start the app once more, which answers and ends.
        eventually("the app to be closed", async || {
            Ok(world.apps().is_empty().then_some(()))
        })
        .await?;
        let (port, native) = (free_port()?, free_port()?);
        let mut command = world.command(paths::tauri_driver());
        command.args(["--port", &port.to_string(), "--native-port", &native.to_string()]);
        command.envs(environment.iter().copied());
        let driver = world.start("app", command)?;
        let url = format!("http://127.0.0.1:{port}");
        listening(native).await.doing("wait for WebKitWebDriver")?;
        listening(port).await.doing("wait for tauri-driver")?;
        let capabilities = json!({ "browserName": "wry", "tauri:options": { "application": binary } });
        let client = connect(&url, capabilities).await.doing("launch the app")?;
        let pid = eventually("the app's process", async || Ok(world.apps().first().copied())).await?;
        Ok(Self {
            page: Page::new(client),
            pid,
            _driver: driver,
        })
    }

    /// The app's page.
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// The app's process.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Waits until the body's data attributes have these values: `[("state", "signed-in"), ("freshness", "fresh")]`.
    pub async fn shows(&self, expected: &[(&str, &str)]) -> Result<()> {
        self.shows_within(PATIENCE, expected).await
    }

    /// As [`App::shows`], with its own limit.
    pub async fn shows_within(&self, limit: Duration, expected: &[(&str, &str)]) -> Result<()> {
        let what = format!("the app to show {expected:?}");
        within(limit, &what, async || {
            let found = self.body().await?;
            let fits = expected.iter().all(|(name, value)| found[*name] == *value);
            if fits {
                Ok(Some(()))
            } else {
                Err(Failure::new(format_args!("it shows {found}")))
            }
        })
        .await
    }

    /// The body's data attributes.
    pub async fn body(&self) -> Result<Value> {
        self.page.execute("return {...document.body.dataset}").await
    }

    /// The page's heading: the person's name when signed in.
    pub async fn heading(&self) -> Result<String> {
        let text = self
            .page
            .execute("return document.querySelector('h1')?.textContent.trim() ?? ''")
            .await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// A picture of its window, as a PNG file. From the display: without OpenGL the web view's driver takes none.
    pub async fn picture(&self, world: &World) -> Result<Vec<u8>> {
        let screen = Screen::of(world)?;
        let window = screen.window_of(self.pid)?.doing("find the app's window")?;
        // A password dialog may be over it. What was hidden is drawn anew.
        screen.raise(window.id)?;
        self.page.painted().await?;
        screen.picture_of(window.id)?.png()
    }

    /// Waits for a window title.
    pub async fn titled(&self, world: &World, title: &str) -> Result<()> {
        let screen = Screen::of(world)?;
        eventually(&format!("the window title {title:?}"), async || {
            match screen.window_of(self.pid)? {
                Some(window) if window.title == title => Ok(Some(())),
                Some(window) => Err(Failure::new(format_args!("it is {:?}", window.title))),
                None => Err(Failure::new("there is no window")),
            }
        })
        .await
    }

    /// Closes the window as a person does, and waits for the end of the process.
    pub async fn quit(self, world: &World) -> Result<()> {
        close(world, self.pid).await
    }
}

/// Closes the window of an app process, and waits for its end.
pub async fn close(world: &World, pid: u32) -> Result<()> {
    let screen = Screen::of(world)?;
    let window = eventually("the app's window", async || screen.window_of(pid)).await?;
    screen.ask_to_close(window.id)?;
    eventually("the app to end after its window was closed", async || {
        Ok((!world.apps().contains(&pid)).then_some(()))
    })
    .await
}

/// A launch without a driver: by the desktop, or a second one.
pub fn command(world: &World, arguments: &[&str]) -> Command {
    let mut command = world.command(&world.identity().binary);
    command.args(arguments);
    command
}

async fn listening(port: u16) -> Result<()> {
    eventually(&format!("somebody to listen on port {port}"), async || {
        Ok(tokio::net::TcpStream::connect(("127.0.0.1", port))
            .await
            .ok()
            .map(drop))
    })
    .await
}
