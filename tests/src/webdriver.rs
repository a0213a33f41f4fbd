//! One WebDriver session and the driver process behind it: what the browser and the app have in common.

use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::Value;
use tokio::time::timeout;

use crate::deadline::{PATIENCE, eventually};
use crate::failure::{Doing, Failure, Result, ensure};

/// Connects to a driver that is already listening and opens a session with `capabilities` (a JSON object).
pub async fn connect(url: &str, capabilities: Value) -> Result<Client> {
    let Value::Object(capabilities) = capabilities else {
        return Err(Failure::new("capabilities are a JSON object"));
    };
    let mut builder = ClientBuilder::new(HttpConnector::new());
    builder.capabilities(capabilities);
    let session = timeout(PATIENCE, builder.connect(url))
        .await
        .doing("wait for a WebDriver session")?;
    session.doing("open a WebDriver session")
}

/// A page under WebDriver, with waiting built in.
#[derive(Debug, Clone)]
pub struct Page {
    client: Client,
}

impl Page {
    /// A page of an open session.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// The session, for what is not below.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The first element for a CSS selector, now.
    pub async fn peek(&self, css: &str) -> Result<Option<Element>> {
        let found = bounded("find", self.client.find_all(Locator::Css(css))).await?;
        Ok(found.into_iter().next())
    }

    /// Waits for an element that is shown.
    pub async fn find(&self, css: &str) -> Result<Element> {
        eventually(&format!("`{css}` in the page"), async || {
            self.shown(Locator::Css(css)).await
        })
        .await
    }

    /// Waits for the button with this accessible name and presses it.
    pub async fn press(&self, name: &str) -> Result<()> {
        let path = format!("//button[normalize-space(.)='{name}' or @aria-label='{name}']");
        eventually(&format!("the button \"{name}\" and press it"), async || {
            let Some(button) = self.shown(Locator::XPath(&path)).await? else {
                return Ok(None);
            };
            bounded("press", button.click()).await.map(Some)
        })
        .await
    }

    /// The accessible names of all buttons shown.
    pub async fn buttons(&self) -> Result<Vec<String>> {
        let script = "return [...document.querySelectorAll('button')].filter(b => b.checkVisibility?.() ?? true)\
             .map(b => b.getAttribute('aria-label') ?? b.textContent.trim())";
        let names = self.execute(script).await?;
        Ok(names
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect())
    }

    /// The text of the page.
    pub async fn text(&self) -> Result<String> {
        Ok(self
            .execute("return document.body.innerText")
            .await?
            .as_str()
            .unwrap_or_default()
            .to_owned())
    }

    /// Everything the page holds: markup and storage.
    pub async fn contents(&self) -> Result<String> {
        let script = "const kept = name => { try { return JSON.stringify({...window[name]}) } catch { return '' } };\
             return document.documentElement.outerHTML + kept('localStorage') + kept('sessionStorage')\
             + document.cookie + location.href + document.title";
        Ok(self
            .execute(script)
            .await?
            .as_str()
            .unwrap_or_default()
            .to_owned())
    }

    /// Runs a script in the page.
    pub async fn execute(&self, script: &str) -> Result<Value> {
        bounded("run a script", self.client.execute(script, Vec::new())).await
    }

    /// A picture of what is painted now: two frames later, or the frame before this one is returned.
    pub async fn picture(&self) -> Result<Vec<u8>> {
        self.painted().await?;
        bounded("take a screenshot", self.client.screenshot()).await
    }

    /// Waits until what the page shows now is painted: two frames.
    pub async fn painted(&self) -> Result<()> {
        let frames =
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()))";
        bounded("wait for a frame", self.client.execute_async(frames, Vec::new()))
            .await
            .map(drop)
    }

    async fn shown(&self, locator: Locator<'_>) -> Result<Option<Element>> {
        for element in bounded("find", self.client.find_all(locator)).await? {
            if bounded("look", element.is_displayed()).await? {
                return Ok(Some(element));
            }
        }
        Ok(None)
    }
}

/// A WebDriver command with a limit: a driver whose page has hung never answers.
pub async fn bounded<T>(
    what: &str,
    command: impl Future<Output = std::result::Result<T, fantoccini::error::CmdError>>,
) -> Result<T> {
    let answer = timeout(Duration::from_secs(20), command)
        .await
        .doing(format_args!("{what}: wait for the driver"))?;
    answer.doing(what)
}

/// A port nobody listens on at this moment.
pub fn free_port() -> Result<u16> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).doing("find a free port")?;
    let port = listener.local_addr().doing("read the port")?.port();
    ensure(port > 0, "a port has a number")?;
    Ok(port)
}
