//! The identity provider: its discovery document and its keys, fetched when needed and remembered.
//!
//! The actor and the [`exchange`](crate::exchange) hold it as a cheap handle. Everything it hands out has been checked: https
//! or loopback, the configured issuer, only keys that can verify.

mod cache;
mod keys;
mod metadata;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

pub(crate) use keys::KeySet;
pub(crate) use metadata::{
    ClientAuthentication, Metadata, discovery_url, is_loopback_http, is_loopback_http_text, is_web_page,
};

use crate::config::ProviderConfig;
use crate::error::{Code, Error, Result, Stage};
use crate::http::{DOCUMENT_LIMIT, Http, get_json};

/// How long a document is used before it is asked for again.
pub(crate) const DOCUMENT_AGE: Duration = Duration::from_secs(24 * 60 * 60);
/// How long keys are used before they are asked for again.
pub(crate) const KEYS_AGE: Duration = Duration::from_secs(60 * 60);
/// No more than so many extra key fetches in [`REFETCH_PERIOD`]: a stream of tokens with unknown keys must not become a
/// stream of requests.
const REFETCH_LIMIT: usize = 5;
/// See [`REFETCH_LIMIT`].
const REFETCH_PERIOD: Duration = Duration::from_secs(60);

/// The configured provider. Cloning is cheap; the clones share what was fetched.
#[derive(Clone, Debug)]
pub(crate) struct Provider(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    config: Arc<ProviderConfig>,
    leeway: Duration,
    http: Http,
    cache: Option<PathBuf>,
    metadata: Mutex<Option<Remembered<Metadata>>>,
    keys: Mutex<Keys>,
}

#[derive(Debug)]
struct Remembered<T> {
    value: Arc<T>,
    since: Instant,
}

#[derive(Debug, Default)]
struct Keys {
    known: Option<Remembered<KeySet>>,
    refetches: Vec<Instant>,
}

impl Provider {
    /// A provider that has not been asked anything yet. `leeway` is how far its clock may differ from ours; `cache` is the
    /// directory for public documents.
    pub(crate) fn new(
        config: Arc<ProviderConfig>,
        leeway: Duration,
        http: Http,
        cache: Option<PathBuf>,
    ) -> Self {
        Self(Arc::new(Inner {
            config,
            leeway,
            http,
            cache,
            metadata: Mutex::default(),
            keys: Mutex::default(),
        }))
    }

    /// A provider whose document and keys are there for good: it is never asked.
    #[cfg(any(test, feature = "inside"))]
    pub(crate) fn known(
        config: Arc<ProviderConfig>,
        leeway: Duration,
        http: Http,
        metadata: Metadata,
        keys: KeySet,
    ) -> Self {
        let since = Instant::now() + 365 * DOCUMENT_AGE;
        Self(Arc::new(Inner {
            config,
            leeway,
            http,
            cache: None,
            metadata: Mutex::new(Some(Remembered {
                value: Arc::new(metadata),
                since,
            })),
            keys: Mutex::new(Keys {
                known: Some(Remembered {
                    value: Arc::new(keys),
                    since,
                }),
                refetches: vec![since; REFETCH_LIMIT],
            }),
        }))
    }

    /// Where and as whom to sign in.
    pub(crate) fn config(&self) -> &ProviderConfig {
        &self.0.config
    }

    /// How far two clocks may differ.
    pub(crate) fn leeway(&self) -> Duration {
        self.0.leeway
    }

    /// The HTTP client.
    pub(crate) fn http(&self) -> &Http {
        &self.0.http
    }

    /// The discovery document: from memory, else from the disk when it is less than a day old, else from the provider.
    ///
    /// # Errors
    /// Stage discovery.
    pub(crate) async fn metadata(&self) -> Result<Arc<Metadata>> {
        let mut remembered = self.0.metadata.lock().await;
        if let Some(known) = remembered
            .as_ref()
            .filter(|known| known.since.elapsed() < DOCUMENT_AGE)
        {
            return Ok(known.value.clone());
        }
        let value = match self.kept().await {
            Some(metadata) => Arc::new(metadata),
            None => match (self.ask().await, remembered.as_ref()) {
                (Ok(metadata), _) => metadata,
                // An old document is better than none: what it names will answer or not.
                (Err(_), Some(known)) => return Ok(known.value.clone()),
                (Err(error), None) => return Err(error),
            },
        };
        *remembered = Some(Remembered {
            value: value.clone(),
            since: Instant::now(),
        });
        Ok(value)
    }

    /// The discovery document, asked for now: what a sign-in begins with.
    ///
    /// # Errors
    /// Stage discovery.
    pub(crate) async fn metadata_now(&self) -> Result<Arc<Metadata>> {
        let value = self.ask().await?;
        *self.0.metadata.lock().await = Some(Remembered {
            value: value.clone(),
            since: Instant::now(),
        });
        Ok(value)
    }

    /// Asks the provider (OpenID Connect Discovery 1.0, section 4.1).
    async fn ask(&self) -> Result<Arc<Metadata>> {
        let url = metadata::discovery_url(&self.0.config);
        let body = get_json(
            &self.0.http,
            Stage::Discovery,
            Code::DiscoveryInvalid,
            &url,
            DOCUMENT_LIMIT,
        )
        .await?;
        let metadata = Metadata::parse(&body, &self.0.config)?;
        if let Some(directory) = self.0.cache.clone() {
            let issuer = self.0.config.issuer.clone();
            // The cache is a convenience: whether it could be written changes nothing.
            let _ = tokio::task::spawn_blocking(move || cache::write(&directory, &issuer, body)).await;
        }
        Ok(Arc::new(metadata))
    }

    /// The document on disk, if it is there, fresh and sound.
    async fn kept(&self) -> Option<Metadata> {
        let (directory, issuer) = (self.0.cache.clone()?, self.0.config.issuer.clone());
        let read = tokio::task::spawn_blocking(move || cache::read(&directory, &issuer, DOCUMENT_AGE));
        Metadata::parse(&read.await.ok()??, &self.0.config).ok()
    }

    /// The provider's keys, from memory when they are fresh enough.
    ///
    /// # Errors
    /// Stage id-token (the keys) or discovery (where they are).
    pub(crate) async fn keys(&self) -> Result<Arc<KeySet>> {
        let mut keys = self.0.keys.lock().await;
        if let Some(known) = keys
            .known
            .as_ref()
            .filter(|known| known.since.elapsed() < KEYS_AGE)
        {
            return Ok(known.value.clone());
        }
        self.fetch_keys(&mut keys).await
    }

    /// The keys, asked for again because none of `old` fits: "The verifier knows to go back to the jwks_uri location to re-retrieve
    /// the keys when it sees an unfamiliar kid value." (OpenID Connect Core, section 10.1.1) None when they were asked for too
    /// often lately.
    ///
    /// # Errors
    /// As for [`Provider::keys`].
    pub(crate) async fn newer_keys(&self, old: &Arc<KeySet>) -> Result<Option<Arc<KeySet>>> {
        let mut keys = self.0.keys.lock().await;
        if let Some(known) = keys
            .known
            .as_ref()
            .filter(|known| !Arc::ptr_eq(&known.value, old))
        {
            return Ok(Some(known.value.clone()));
        }
        keys.refetches.retain(|at| at.elapsed() < REFETCH_PERIOD);
        if keys.refetches.len() >= REFETCH_LIMIT {
            return Ok(None);
        }
        keys.refetches.push(Instant::now());
        self.fetch_keys(&mut keys).await.map(Some)
    }

    async fn fetch_keys(&self, keys: &mut Keys) -> Result<Arc<KeySet>> {
        self.ask_for_keys(keys).await.map_err(Error::unchecked)
    }

    async fn ask_for_keys(&self, keys: &mut Keys) -> Result<Arc<KeySet>> {
        let url = self.metadata().await?.jwks_uri.clone();
        let body = get_json(
            &self.0.http,
            Stage::IdToken,
            Code::IdTokenKey,
            &url,
            DOCUMENT_LIMIT,
        )
        .await?;
        let value = Arc::new(KeySet::parse(&body).ok_or_else(|| {
            Error::new(Stage::IdToken, Code::IdTokenKey).with_detail("jwks_uri holds no key set")
        })?);
        keys.known = Some(Remembered {
            value: value.clone(),
            since: Instant::now(),
        });
        Ok(value)
    }
}

#[cfg(test)]
mod published_tests;
#[cfg(test)]
mod tests;
