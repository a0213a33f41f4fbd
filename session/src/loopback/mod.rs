//! The loopback listener: receives the authorization response on a port of this computer (RFC 8252, sections 7.3 and 8.3).
//!
//! It hands every request for the callback path to whoever judges it and keeps listening, since any program and any web page
//! can send one. It judges nothing itself. The browser is sent on at once to an address without the code, where the page
//! waits for the verdict and says what became of it.
//!
//! `server` accepts connections, `places` keeps them few, `request` reads a request's head, `page` is what the person sees.

#[cfg(any(test, feature = "inside"))]
pub(crate) mod inside;
mod page;
mod places;
mod request;
mod server;

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

use crate::error::{Code, Error, Result, Stage};
use crate::secret::SecretUrl;

/// The path of the redirect URI.
const CALLBACK: &str = "/callback";
/// Requests for the callback path that wait to be judged.
const QUEUE: usize = 16;

/// A listener for one sign-in's callback. Dropping it closes the port: at once, or when a page that is due has been fetched
/// (at most 12 s later).
#[derive(Debug)]
pub(crate) struct Loopback {
    redirect_uri: String,
    arrivals: mpsc::Receiver<Arrival>,
}

/// How long things may take.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// For a request's head to arrive, and for an answer to be taken.
    connection: Duration,
    /// For a verdict. The page then says that the sign-in goes on in the app.
    verdict: Duration,
    /// For a page to be fetched after the listener was dropped.
    grace: Duration,
    /// For a connection that sends nothing, while others wait for its place. What has been sent is read, however late.
    patience: Duration,
}

const LIMITS: Limits = Limits {
    connection: Duration::from_secs(5),
    verdict: Duration::from_secs(10),
    grace: Duration::from_secs(12),
    patience: Duration::from_secs(1),
};

impl Loopback {
    /// Opens a port the operating system chooses, on 127.0.0.1, or where that fails on `[::1]`, and starts a task that serves
    /// it. Inside a tokio runtime. `product`: what people call the program, for the page; may be empty.
    ///
    /// # Errors
    /// [`Code::LoopbackUnavailable`]: neither address has a port to give.
    pub(crate) async fn bind_for(product: &str) -> Result<Self> {
        // RFC 8252, section 7.3: "The authorization server MUST allow any port to be specified at the time of the request".
        let listener = match TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await {
            Ok(listener) => Ok(listener),
            Err(_) => TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).await,
        };
        listener
            .and_then(|listener| Self::serving(listener, LIMITS, product))
            .map_err(|error| {
                Error::new(Stage::Browser, Code::LoopbackUnavailable)
                    .with_detail(format!("no port: {}", error.kind()))
            })
    }

    /// For a program without a name.
    #[cfg(test)]
    async fn bind() -> Result<Self> {
        Self::bind_for("").await
    }

    #[cfg(test)]
    fn on(listener: TcpListener, limits: Limits) -> std::io::Result<Self> {
        Self::serving(listener, limits, "")
    }

    fn serving(listener: TcpListener, limits: Limits, product: &str) -> std::io::Result<Self> {
        let authority = match listener.local_addr()? {
            SocketAddr::V4(address) => address.to_string(),
            SocketAddr::V6(address) => format!("[{}]:{}", address.ip(), address.port()),
        };
        let (sender, arrivals) = mpsc::channel(QUEUE);
        tokio::spawn(server::serve(
            listener,
            authority.clone(),
            sender,
            limits,
            product.to_owned(),
        ));
        Ok(Self {
            redirect_uri: format!("http://{authority}{CALLBACK}"),
            arrivals,
        })
    }

    /// `http://127.0.0.1:PORT/callback` or `http://[::1]:PORT/callback`.
    pub(crate) fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// The next request for the callback path, whoever sent it. May be cancelled and called again: nothing is lost.
    pub(crate) async fn next(&mut self) -> Arrival {
        match self.arrivals.recv().await {
            Some(arrival) => arrival,
            // The task is gone, so nothing can arrive. The attempt's own deadline ends the wait.
            None => std::future::pending().await,
        }
    }
}

/// A request for the callback path. Its page waits up to 10 s for the verdict; dropping this is [`Verdict::NotWaiting`].
#[derive(Debug)]
pub(crate) struct Arrival {
    url: SecretUrl,
    verdict: watch::Sender<Option<Verdict>>,
}

impl Arrival {
    fn new(url: SecretUrl) -> (Self, watch::Receiver<Option<Verdict>>) {
        let (verdict, page) = watch::channel(None);
        (Self { url, verdict }, page)
    }

    /// The whole callback URL: the redirect URI with the query that came.
    pub(crate) fn url(&self) -> &SecretUrl {
        &self.url
    }

    /// Decides what the person reads in the browser. Nobody reading is fine.
    pub(crate) fn answer(self, verdict: Verdict) {
        let _ = self.verdict.send(Some(verdict));
    }
}

/// What the page in the browser says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The response was right; the person can go back to the app.
    Finished,
    /// The person, or the provider, said no.
    Declined,
    /// No sign-in waits for this response: it is over, or it never was ours.
    NotWaiting,
    /// The response was for us but cannot be used, or the sign-in failed afterwards.
    Failed,
}

#[cfg(test)]
mod strangers_tests;
#[cfg(test)]
mod tests;
