//! The person's browser: headless Chromium under chromedriver, and the URLs the app asked to open.

use std::time::Duration;

use fantoccini::wd::WindowHandle;
use serde_json::{Map, Value, json};

use crate::child::Child;
use crate::deadline::{eventually, within};
use crate::failure::{Doing, Result};
use crate::webdriver::{Page, bounded, connect};
use crate::world::World;

/// Chromium, its driver, and how many of the world's opened URLs have been followed.
#[derive(Debug)]
pub struct Browser {
    page: Page,
    followed: usize,
    // Dropped after the session, or closing the session could not be asked for any more.
    _driver: Child,
}

impl Browser {
    /// Starts Chromium with an empty profile. `origins` may open links of these `schemes` without asking.
    pub async fn start(world: &World, origins: &[&str], schemes: &[&str]) -> Result<Self> {
        let mut command = world.command("chromedriver");
        command.arg("--port=0");
        let mut driver = world.start("chromedriver", command)?;
        let limit = Duration::from_secs(20);
        let port = driver
            .line("its port", limit, |line| {
                port_in(line, "started successfully on port ")
            })
            .await?;
        let schemes: Map<String, Value> = schemes
            .iter()
            .map(|scheme| ((*scheme).to_owned(), json!(true)))
            .collect();
        let allowed: Map<String, Value> = origins
            .iter()
            .map(|origin| ((*origin).to_owned(), json!(schemes)))
            .collect();
        let profile = world.root().join("browser");
        let capabilities = json!({
            "browserName": "chrome",
            "goog:chromeOptions": {
                "args": [
                    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                    "--disable-background-networking", "--disable-component-update", "--disable-sync",
                    "--disable-quic", "--window-size=1000,900", format!("--user-data-dir={}", profile.display()),
                ],
                "prefs": { "protocol_handler": { "allowed_origin_protocol_pairs": allowed } },
            },
        });
        let client = connect(&format!("http://127.0.0.1:{port}"), capabilities).await?;
        Ok(Self {
            page: Page::new(client),
            followed: 0,
            _driver: driver,
        })
    }

    /// The current tab.
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// Waits until the app opens the next URL, and notes it as followed without opening it.
    pub async fn next_url(&mut self, world: &World) -> Result<String> {
        let next = self.followed;
        let url = eventually("the app to open a URL in the browser", async || {
            Ok(world.opened().into_iter().nth(next))
        });
        let url = url.await?;
        self.followed += 1;
        Ok(url)
    }

    /// Waits until the app opens the next URL, and opens it in a new tab.
    pub async fn follow(&mut self, world: &World) -> Result<WindowHandle> {
        let url = self.next_url(world).await?;
        self.open_tab(&url).await
    }

    /// Opens a URL in a new tab and turns to it.
    pub async fn open_tab(&self, url: &str) -> Result<WindowHandle> {
        let client = self.page.client();
        let tab = bounded("open a tab", client.new_window(true)).await?.handle;
        self.turn_to(&tab).await?;
        bounded("open a page", client.goto(url)).await?;
        Ok(tab)
    }

    /// Forgets the cookies of the page it shows: the provider asks who it is again.
    pub async fn forget(&self) -> Result<()> {
        bounded("forget the cookies", self.page.client().delete_all_cookies()).await
    }

    /// Turns to another tab.
    pub async fn turn_to(&self, tab: &WindowHandle) -> Result<()> {
        bounded("turn to a tab", self.page.client().switch_to_window(tab.clone())).await
    }

    /// The current tab's address.
    pub async fn address(&self) -> Result<String> {
        Ok(bounded("read the address", self.page.client().current_url())
            .await?
            .to_string())
    }

    /// Waits until the current tab shows `text`.
    pub async fn shows(&self, text: &str) -> Result<()> {
        within(
            Duration::from_secs(20),
            &format!("the browser to show {text:?}"),
            async || Ok(self.page.text().await?.contains(text).then_some(())),
        )
        .await
    }
}

fn port_in(line: &str, before: &str) -> Option<u16> {
    let digits: String = line
        .split_once(before)?
        .1
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse().ok()
}

/// Reads a number from the end of a URL: the port of an issuer.
pub fn port_of(url: &str) -> Result<u16> {
    let url = url::Url::parse(url).doing("parse a URL")?;
    url.port().doing("the port of a URL")
}
