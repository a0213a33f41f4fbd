//! Opens pages in the person's own browser: the core's browser port on top of `opening`.
//!
//! Only http and https leave here, whatever the core asks for. The URL carries `state`: it is neither logged nor part of an
//! error. The opener's own plugin is not installed: the page has no way to open anything.

use latchkey_session::ports::{Browser, Page, Purpose};
use latchkey_session::{Code, Error, Result, Stage};
use url::Url;

use crate::opening;

/// The default browser.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DefaultBrowser;

impl Browser for DefaultBrowser {
    fn open(&self, page: &Page) -> Result<()> {
        let stage = match page.purpose {
            Purpose::SignIn => Stage::Browser,
            Purpose::SignOut => Stage::Logout,
        };
        let url = page.url.secret();
        if !is_web_page(url) {
            return Err(Error::new(stage, Code::BrowserFailed).with_detail("not a web address"));
        }
        opening::address(url)
            .map_err(|_| Error::new(stage, Code::BrowserFailed).with_detail("no browser could be started"))
    }
}

fn is_web_page(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

#[cfg(test)]
mod tests {
    use super::is_web_page;

    #[test]
    fn only_web_pages_are_opened() {
        assert!(is_web_page("https://id.acme.example/authorize?client_id=c"));
        assert!(is_web_page("http://127.0.0.1:9470/auth"));
        assert!(!is_web_page("file:///etc/passwd"));
        assert!(!is_web_page("javascript:alert(1)"));
        assert!(!is_web_page("dev.latchkey.desktop:/callback"));
        assert!(!is_web_page("--version"));
        assert!(!is_web_page(""));
    }
}
