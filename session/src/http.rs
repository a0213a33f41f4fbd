//! The one HTTP client: time limits, size limits, proxy, trust. It turns transport faults, 5xx, 429 and web pages into typed
//! errors, so that no caller mistakes them for an answer. No redirects, no cookies, no retries, no compression.
//!
//! Its errors name the host and the fact, never a URL, a header or a body.

use std::error::Error as _;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http::header::{CONTENT_TYPE, DATE, HeaderMap, RETRY_AFTER};
use http::{Method, StatusCode};
use jiff::Timestamp;
use url::Url;

use crate::error::{Code, Error, Result, Stage};
use crate::ports::{Clock as _, SystemClock};

/// A request to send.
pub(crate) type Request = http::Request<Vec<u8>>;
/// An answer that arrived whole: neither 5xx nor 429.
pub(crate) type Response = http::Response<Vec<u8>>;

/// The size limit for JSON documents, in bytes.
pub(crate) const DOCUMENT_LIMIT: usize = 256 * 1024;
/// The size limit for pictures, in bytes.
pub(crate) const PICTURE_LIMIT: usize = 1024 * 1024;

/// How long a connection may take to be made.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// How long a whole exchange may take.
const TOTAL_LIMIT: Duration = Duration::from_secs(10);
/// The longest wait that is granted to `Retry-After`.
const RETRY_AFTER_LIMIT: Duration = Duration::from_secs(24 * 60 * 60);

/// The client. Cloning is cheap. The connections' machinery is built when it is first needed, off the launch path.
#[derive(Clone, Debug, Default)]
pub(crate) struct Http(Arc<Clients>);

#[derive(Debug, Default)]
struct Clients {
    /// Through the system's proxy.
    proxied: OnceLock<reqwest::Client>,
    /// For http on this computer: without a proxy, which could not reach it, and without the cost of reading certificates.
    direct: OnceLock<reqwest::Client>,
}

impl Http {
    /// A client that has not connected to anything yet.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Sends a request and reads at most `limit` bytes of the answer. 2xx, 3xx and 4xx are answers; the rest are errors.
    ///
    /// # Errors
    /// [`Code::Offline`], [`Code::NameNotFound`], [`Code::Certificate`], [`Code::ProviderSilent`], [`Code::ProviderFault`],
    /// [`Code::ProviderBusy`], [`Code::TooLarge`], all at `stage`.
    pub(crate) async fn send(&self, stage: Stage, request: Request, limit: usize) -> Result<Response> {
        let request = reqwest::Request::try_from(request)
            .map_err(|_| Error::new(stage, Code::Internal).with_detail("not a request that can be sent"))?;
        let host = request.url().host_str().unwrap_or_default().to_owned();
        let client = self.client(request.url(), stage)?;
        let mut answer = client
            .execute(request)
            .await
            .map_err(|error| transport_fault(stage, &host, &error))?;
        if let Some(error) = status_fault(stage, &host, answer.status(), answer.headers()) {
            return Err(error);
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer
            .chunk()
            .await
            .map_err(|error| transport_fault(stage, &host, &error))?
        {
            if body.len() + chunk.len() > limit {
                return Err(Error::new(stage, Code::TooLarge)
                    .with_detail(format!("{host} sent more than {limit} bytes"))
                    .maybe_sent());
            }
            body.extend_from_slice(&chunk);
        }
        let mut whole = Response::new(body);
        *whole.status_mut() = answer.status();
        *whole.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(whole)
    }

    fn client(&self, url: &Url, stage: Stage) -> Result<&reqwest::Client> {
        let direct = crate::provider::is_loopback_http(url);
        let place = if direct { &self.0.direct } else { &self.0.proxied };
        if let Some(client) = place.get() {
            return Ok(client);
        }
        let builder = reqwest::Client::builder()
            .user_agent(concat!("latchkey/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(CONNECT_LIMIT)
            .timeout(TOTAL_LIMIT);
        let builder = if direct {
            builder.no_proxy().tls_certs_only([])
        } else {
            builder
        };
        let client = builder.build().map_err(|error| {
            Error::new(stage, Code::Internal).with_detail(format!("no HTTP client: {}", innermost(&error)))
        })?;
        Ok(place.get_or_init(|| client))
    }
}

/// Asks for a JSON document. `malformed` is the code for an answer that is neither a document nor a web page nor the way to one:
/// a captive portal sends a page with any status, or a redirect to its own.
///
/// # Errors
/// Those of [`Http::send`], [`Code::NotJson`] and `malformed`.
pub(crate) async fn get_json(
    http: &Http,
    stage: Stage,
    malformed: Code,
    url: &Url,
    limit: usize,
) -> Result<Vec<u8>> {
    let request = http::Request::builder()
        .method(Method::GET)
        .uri(url.as_str())
        .header(http::header::ACCEPT, "application/json")
        .body(Vec::new())
        .map_err(|_| Error::new(stage, malformed).with_detail("not a URL that can be asked"))?;
    let response = http.send(stage, request, limit).await?;
    not_a_page(stage, &response)?;
    let (host, status) = (url.host_str().unwrap_or_default(), response.status());
    if status.is_redirection() {
        return Err(Error::new(stage, Code::NotJson)
            .with_detail(format!(
                "{host} answered {}, a redirect, where JSON was due",
                status.as_u16()
            ))
            .maybe_sent());
    }
    if status != StatusCode::OK {
        return Err(Error::new(stage, malformed).with_detail(format!("{host} answered {}", status.as_u16())));
    }
    Ok(response.into_body())
}

/// Refuses a web page where JSON was due: a captive portal or a proxy's notice.
///
/// # Errors
/// [`Code::NotJson`] at `stage`.
pub(crate) fn not_a_page(stage: Stage, response: &Response) -> Result<()> {
    let html =
        media_type(response).is_some_and(|media| media == "text/html" || media == "application/xhtml+xml");
    let start = response
        .body()
        .iter()
        .copied()
        .find(|byte| !byte.is_ascii_whitespace() && *byte < 0x80);
    if html || start == Some(b'<') {
        return Err(Error::new(stage, Code::NotJson)
            .with_detail("a web page came where JSON was due")
            .maybe_sent());
    }
    Ok(())
}

/// The answer's media type, lower case and without parameters.
pub(crate) fn media_type(response: &Response) -> Option<String> {
    let value = response.headers().get(CONTENT_TYPE)?.to_str().ok()?;
    Some(
        value
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase(),
    )
}

/// 429 and 5xx say nothing about the request, whatever their body says (RFC 6585, section 4; RFC 9110, section 15.6). The
/// request may have had its effect.
fn status_fault(stage: Stage, host: &str, status: StatusCode, headers: &HeaderMap) -> Option<Error> {
    let code = match status {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => Code::ProviderBusy,
        _ if status.is_server_error() => Code::ProviderFault,
        _ => return None,
    };
    let detail = format!("{host} answered {}", status.as_u16());
    Some(
        Error::new(stage, code)
            .with_detail(detail)
            .after(retry_after(headers))
            .maybe_sent(),
    )
}

/// Seconds or an HTTP date (RFC 9110, section 10.2.3); the date counts from the answer's own, if it has one.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match text.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let now = headers.get(DATE).and_then(|date| http_date(date.to_str().ok()?));
            let left = now
                .unwrap_or_else(|| SystemClock.now())
                .duration_until(http_date(text)?);
            if left.is_negative() {
                Duration::ZERO
            } else {
                left.unsigned_abs()
            }
        }
    };
    (!wait.is_zero()).then(|| wait.min(RETRY_AFTER_LIMIT))
}

fn http_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::DateTimeParser::new()
        .parse_timestamp(text)
        .ok()
}

/// What a failed connection means, by where in its life it failed.
fn transport_fault(stage: Stage, host: &str, error: &reqwest::Error) -> Error {
    let cause = innermost(error);
    let certificate = sources(error).any(|source| source.contains("invalid peer certificate"));
    let (code, detail) = if certificate {
        (
            Code::Certificate,
            format!("the certificate of {host} is not trusted: {cause}"),
        )
    } else if error.is_dns() && !cause.contains("emporary failure") {
        (Code::NameNotFound, format!("{host} has no address"))
    } else if error.is_connect() {
        (Code::Offline, format!("no connection to {host}: {cause}"))
    } else if error.is_timeout() {
        (
            Code::ProviderSilent,
            format!("{host} did not answer in {} seconds", TOTAL_LIMIT.as_secs()),
        )
    } else {
        (
            Code::ProviderFault,
            format!("the connection to {host} broke: {cause}"),
        )
    };
    let fault = Error::new(stage, code).with_detail(detail);
    if error.is_connect() {
        fault
    } else {
        fault.maybe_sent()
    }
}

/// The text of every cause of an error, without its own (which holds the URL).
fn sources(error: &reqwest::Error) -> impl Iterator<Item = String> {
    std::iter::successors(error.source(), |source| (*source).source()).map(|source| source.to_string())
}

fn innermost(error: &reqwest::Error) -> String {
    sources(error).last().unwrap_or_default()
}

#[cfg(test)]
#[path = "http_tests.rs"]
mod tests;
