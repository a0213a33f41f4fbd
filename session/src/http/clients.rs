//! The connections' machinery, built when it is first needed, off the launch path.

use std::sync::OnceLock;
use std::time::Duration;

use reqwest::{Client, ClientBuilder};
use rustls::ClientConfig;
use url::Url;

use super::trust::{Trust, Witness};
use crate::error::{Code, Error, Result, Stage};

/// How long a connection may take to be made, from the name's look-up to the end of the TLS handshake.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// How long a whole exchange may take.
pub(super) const TOTAL_LIMIT: Duration = Duration::from_secs(10);

/// One client for each way and kind of request.
#[derive(Debug, Default)]
pub(super) struct Clients {
    trust: Trust,
    pub(super) witness: Witness,
    /// Read once: the certificates of the platform.
    tls: OnceLock<ClientConfig>,
    /// Through the system's proxy.
    proxied: Way,
    /// For http on this computer: without a proxy, which could not reach it, and without the cost of reading certificates.
    direct: Way,
}

#[derive(Debug, Default)]
struct Way {
    /// For documents: connections are kept and used again.
    pooled: OnceLock<Client>,
    /// For the token endpoint: a connection for each request.
    single: OnceLock<Client>,
}

impl Clients {
    /// Clients that trust these authorities alone.
    #[cfg(test)]
    pub(super) fn trusting(trust: Trust) -> Self {
        Self {
            trust,
            ..Self::default()
        }
    }

    /// The client for this request.
    ///
    /// # Errors
    /// [`Code::Certificate`] when this computer has no authorities to trust, [`Code::Internal`] for everything else, at `stage`.
    pub(super) fn get(&self, url: &Url, stage: Stage) -> Result<&Client> {
        let direct = crate::provider::is_loopback_http(url);
        // A code and a refresh token can be used once. What is written to a kept connection whose route is gone may or may not
        // arrive; on a new connection the route shows before anything is sent.
        let single = stage == Stage::Token || stage == Stage::Refresh;
        let way = if direct { &self.direct } else { &self.proxied };
        let place = if single { &way.single } else { &way.pooled };
        if let Some(client) = place.get() {
            return Ok(client);
        }
        let builder = if direct {
            limited().no_proxy().tls_certs_only([])
        } else {
            self.trusted(limited(), single, stage)?
        };
        let builder = if single {
            builder.pool_max_idle_per_host(0).http1_only()
        } else {
            builder
        };
        let client = builder.build().map_err(|error| {
            let cause = super::faults::innermost(&error);
            Error::new(stage, Code::Internal).with_detail(format!("no HTTP client: {cause}"))
        })?;
        Ok(place.get_or_init(|| client))
    }

    fn trusted(&self, builder: ClientBuilder, single: bool, stage: Stage) -> Result<ClientBuilder> {
        let mut tls = self.tls(stage)?.clone();
        // reqwest leaves ALPN (RFC 7301) to whoever brings the TLS settings.
        tls.alpn_protocols = if single {
            vec![b"http/1.1".to_vec()]
        } else {
            vec![b"h2".to_vec(), b"http/1.1".to_vec()]
        };
        let builder = builder.tls_backend_preconfigured(tls);
        Ok(match self.trust {
            Trust::Platform => builder,
            #[cfg(test)]
            Trust::Only(_) => builder.no_proxy(),
        })
    }

    fn tls(&self, stage: Stage) -> Result<&ClientConfig> {
        if let Some(tls) = self.tls.get() {
            return Ok(tls);
        }
        let tls = self.trust.settings(&self.witness).map_err(|error| {
            Error::new(stage, Code::Certificate).with_detail(format!("nobody to trust was found: {error}"))
        })?;
        Ok(self.tls.get_or_init(|| tls))
    }
}

/// What holds for every request: limits, no redirects, no referrer, and nothing is ever sent twice.
fn limited() -> ClientBuilder {
    Client::builder()
        .user_agent(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(CONNECT_LIMIT)
        .timeout(TOTAL_LIMIT)
}
