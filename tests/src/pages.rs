//! The demo provider's pages, as a person uses them.

use crate::browser::Browser;
use crate::deadline::eventually;
use crate::failure::{Doing, Result};
use crate::webdriver::bounded;

/// The password of every demo person.
const PASSWORD: &str = "demo";

/// Fills in the sign-in form and sends it.
pub async fn log_in(browser: &Browser, who: &str) -> Result<()> {
    let page = browser.page();
    for (field, text) in [("#login", who), ("#password", PASSWORD)] {
        let input = page.find(field).await?;
        bounded("clear the field", input.clear()).await?;
        bounded("type", input.send_keys(text)).await?;
    }
    click(browser, "#sign-in").await
}

/// Signs in and consents: all a person does in the browser the first time.
pub async fn sign_in(browser: &Browser, who: &str) -> Result<()> {
    log_in(browser, who)
        .await
        .doing(format_args!("log in as {who}"))?;
    allow(browser).await
}

/// As [`sign_in`], for a browser that may know the person already: answers whatever it is asked. When that is nothing, it
/// presses the link back to the app, as a person does: without a click in between Chromium opens an app only once.
pub async fn pass(browser: &Browser, who: &str) -> Result<()> {
    let question = eventually("a question of the provider", async || {
        for css in ["#login", "button#allow", "#open-app"] {
            if browser.page().peek(css).await?.is_some() {
                return Ok(Some(css));
            }
        }
        Ok(None)
    });
    match question.await? {
        "#login" => sign_in(browser, who).await,
        "button#allow" => allow(browser).await,
        link => click(browser, link).await,
    }
}

/// Types nothing, but confirms the code that came with the address of another device's page, then signs in and consents.
pub async fn approve_device(browser: &Browser, who: &str) -> Result<()> {
    let code = eventually("the code's page", async || {
        for css in ["#confirm", "#continue"] {
            if browser.page().peek(css).await?.is_some() {
                return Ok(Some(css));
            }
        }
        Ok(None)
    });
    if code.await? == "#continue" {
        click(browser, "#continue").await?;
    }
    click(browser, "#confirm").await?;
    sign_in(browser, who).await
}

/// Asks for another account than the one that is offered.
pub async fn another_account(browser: &Browser) -> Result<()> {
    click(browser, "#another").await
}

/// Consents.
pub async fn allow(browser: &Browser) -> Result<()> {
    click(browser, "button#allow").await
}

/// Declines on the consent page.
pub async fn deny(browser: &Browser) -> Result<()> {
    click(browser, "button#deny").await
}

/// Turns back on the sign-in page.
pub async fn cancel(browser: &Browser) -> Result<()> {
    click(browser, "#cancel").await
}

/// Ends the provider's session on its sign-out page.
pub async fn confirm_sign_out(browser: &Browser) -> Result<()> {
    click(browser, "button#confirm-sign-out").await
}

async fn click(browser: &Browser, css: &str) -> Result<()> {
    let element = browser.page().find(css).await?;
    bounded("click", element.click())
        .await
        .doing(format_args!("click `{css}`"))
}
