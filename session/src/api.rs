//! A narrow door to the session's HTTP client, for programs that call an API with the session's access token.
//!
//! What holds for the sign-in holds for them: time limits, size limits, the system's proxy, the platform's trust store, typed faults,
//! no redirects (a token never follows one), nothing sent twice.

use std::sync::Arc;

use url::Url;

use crate::error::{Code, Error, Result, Stage};
use crate::http::Http;
use crate::ports::Clock;
use crate::provider::is_loopback_http;
use crate::text;

/// The client. Cloning is cheap; what it needs is read at the first request.
#[derive(Clone, Debug)]
pub struct Api(Http);

impl Api {
    /// A client that has not connected to anything yet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self(Http::new(clock))
    }

    /// Sends a request and reads at most `limit` bytes of the answer, in 10 seconds altogether. 2xx, 3xx and 4xx but 408 and 429 are
    /// answers. When the future is dropped the connection is closed.
    ///
    /// # Errors
    /// All at stage api: `insecure-endpoint` for anything but https, or http on loopback; the network's codes (`offline` and so on), `provider-fault` for 5xx, `provider-busy` for 429,
    /// `too-large`. [`Error::may_have_been_sent`] tells whether the request may have had its effect, and [`Error::retry_after`]
    /// how long the other side asks to wait.
    pub async fn send(
        &self,
        request: http::Request<Vec<u8>>,
        limit: usize,
    ) -> Result<http::Response<Vec<u8>>> {
        let url = Url::parse(&request.uri().to_string()).ok();
        if !url.is_some_and(|url| url.scheme() == "https" || is_loopback_http(&url)) {
            return Err(Error::new(Stage::Api, Code::InsecureEndpoint));
        }
        self.0.send(Stage::Api, request, limit).await
    }

    /// Refuses a web page where data was due: a captive portal or a proxy's notice.
    ///
    /// # Errors
    /// `not-json` at stage api.
    pub fn not_a_page(answer: &http::Response<Vec<u8>>) -> Result<(), Error> {
        crate::http::not_a_page(Stage::Api, answer)
    }
}

/// What somebody else's server said, made fit to be shown: at most 300 characters, no control or bidirectional characters, and
/// nothing that looks like a token. It is still a stranger's text.
pub fn told(text: &str) -> String {
    text::without_tokens(text)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Api, told};
    use crate::error::{Code, Stage};
    use crate::ports::SystemClock;

    #[tokio::test]
    async fn nothing_is_sent_in_the_clear() {
        let api = Api::new(Arc::new(SystemClock));
        for address in [
            "http://api.example/me",
            "http://127.0.0.1.example/",
            "ftp://127.0.0.1/",
            "/me",
        ] {
            let request = http::Request::get(address).body(Vec::new()).unwrap();
            let error = api.send(request, 10).await.unwrap_err();
            assert_eq!(
                (error.stage(), error.code()),
                (Stage::Api, Code::InsecureEndpoint),
                "{address}"
            );
            assert!(!error.may_have_been_sent());
        }
    }

    #[test]
    fn what_is_told_holds_no_token() {
        assert_eq!(
            told("no\u{202e}\n eyJhbGciOiJSUzI1NiJ9.e30.c2ln"),
            "no [left out]"
        );
    }
}
