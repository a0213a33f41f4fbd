//! The one HTTP client: time limits, size limits, proxy, trust. It turns transport faults, 5xx, 429 and web pages into typed
//! errors, so that no caller mistakes them for an answer. No redirects, no cookies, no retries, no compression. In passing it
//! measures how far this computer's clock is from the provider's.
//!
//! Its errors name the host and the fact, never a URL, a header or a body.

mod clients;
mod faults;
mod offset;
mod trust;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use http::header::CONTENT_TYPE;
use http::{Method, StatusCode};
use url::Url;

use self::clients::Clients;
pub(crate) use self::offset::Offset;
use crate::error::{Code, Error, Result, Stage};
use crate::log;
use crate::ports::Clock;

/// A request to send.
pub(crate) type Request = http::Request<Vec<u8>>;
/// An answer that arrived whole: neither 5xx nor 429.
pub(crate) type Response = http::Response<Vec<u8>>;

/// The size limit for JSON documents, in bytes.
pub(crate) const DOCUMENT_LIMIT: usize = 256 * 1024;
/// The size limit for pictures, in bytes.
pub(crate) const PICTURE_LIMIT: usize = 1024 * 1024;

/// The client. Cloning is cheap.
#[derive(Clone)]
pub(crate) struct Http(Arc<Inner>);

struct Inner {
    clock: Arc<dyn Clock>,
    clients: Clients,
    /// The latest measurement of this computer's clock.
    offset: Mutex<Option<Offset>>,
}

impl Http {
    /// A client that has not connected to anything yet.
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self::with_clients(clock, Clients::default())
    }

    fn with_clients(clock: Arc<dyn Clock>, clients: Clients) -> Self {
        Self(Arc::new(Inner {
            clock,
            clients,
            offset: Mutex::default(),
        }))
    }

    /// How far this computer's clock was from the provider's in the latest exchange that told.
    pub(crate) fn clock_offset(&self) -> Option<Offset> {
        *self.0.offset.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who issued the certificate of the connection that was made last. It was trusted.
    pub(crate) fn certified_by(&self) -> Option<String> {
        self.0.clients.witness.issuer()
    }

    /// Sends a request and reads at most `limit` bytes of the answer. 2xx, 3xx and 4xx are answers; the rest are errors. What is
    /// sent at the stages token and refresh goes over a connection of its own.
    ///
    /// # Errors
    /// [`Code::Offline`], [`Code::NameNotFound`], [`Code::Certificate`], [`Code::ProviderSilent`], [`Code::ProviderFault`],
    /// [`Code::ProviderBusy`], [`Code::TooLarge`], all at `stage`.
    pub(crate) async fn send(&self, stage: Stage, request: Request, limit: usize) -> Result<Response> {
        let request = reqwest::Request::try_from(request)
            .map_err(|_| Error::new(stage, Code::Internal).with_detail("not a request that can be sent"))?;
        let host = request.url().host_str().unwrap_or_default().to_owned();
        log::request(stage);
        let client = self.0.clients.get(request.url(), stage)?;
        let sent = self.0.clock.now();
        let mut answer = client
            .execute(request)
            .await
            .map_err(|error| faults::of_transport(stage, &host, &error))?;
        let received = self.0.clock.now();
        if let Some(error) = faults::of_status(stage, &host, answer.status(), answer.headers(), received) {
            return Err(error);
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer
            .chunk()
            .await
            .map_err(|error| faults::of_transport(stage, &host, &error))?
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
        if speaks_for_the_provider(&whole)
            && let Some(offset) = Offset::measured(sent, received, whole.headers())
        {
            *self.0.offset.lock().unwrap_or_else(PoisonError::into_inner) = Some(offset);
        }
        Ok(whole)
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http")
            .field("clients", &self.0.clients)
            .field("offset", &self.clock_offset())
            .finish_non_exhaustive()
    }
}

/// Whether the answer's `Date` is the provider's: a JSON object is its own, a page may be a captive portal's, a picture may come
/// from anywhere.
fn speaks_for_the_provider(answer: &Response) -> bool {
    !answer.status().is_redirection() && is_object(answer.body())
}

/// Whether these bytes begin like a JSON object. (Derived readers would take an array for one.)
pub(crate) fn is_object(body: &[u8]) -> bool {
    body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{')
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

// The environment names proxy and trust here; macOS and Windows ask their settings.
#[cfg(test)]
#[cfg(target_os = "linux")]
mod proxy_tests;
#[cfg(test)]
#[path = "http_tests.rs"]
mod tests;
#[cfg(test)]
pub(crate) mod tls_double;
#[cfg(test)]
mod tls_tests;
