//! An identity provider for tests, on loopback, well-behaved unless told otherwise. Compiled for tests only.
//!
//! [`TestProvider`] speaks discovery, authorization (without a browser), token, userinfo, revocation and pictures. Every endpoint
//! counts its requests and can be given a behaviour: another answer, a delay, a dropped connection. It judges what clients
//! send: `client_id`, `redirect_uri`, PKCE, single use of codes and refresh tokens.

#![allow(
    clippy::unwrap_in_result,
    reason = "a test that panics says what it has to say"
)]

mod answer;
mod claims;
mod doors;
mod endpoints;
mod keys;
mod provider;
mod server;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use sha2::{Digest as _, Sha256};

pub(crate) use answer::Answer;
pub(crate) use claims::{IdTokenPlan, Rewrite, lay_over};
pub(crate) use keys::TestKey;
pub(crate) use provider::TestProvider;
pub(crate) use server::{Endpoint, Received};

use crate::attempt::Attempt;
use crate::callback::{self, Parsed};
use crate::config::{ProviderConfig, RedirectMode, SessionConfig};
use crate::error::Result;
use crate::exchange::{self, Grant};
use crate::http::Http;
use crate::ports::{Clock as _, SystemClock};
use crate::provider::{Metadata, Provider};
use crate::view::How;

/// The client that the test provider knows.
pub(crate) const CLIENT_ID: &str = "client-1";

/// A configuration for this issuer.
pub(crate) fn provider_config(issuer: &str) -> ProviderConfig {
    ProviderConfig {
        name: "Test".into(),
        issuer: issuer.into(),
        issuer_url: issuer.parse().unwrap(),
        client_id: CLIENT_ID.into(),
        client_secret: None,
        scopes: ["openid", "profile", "email", "offline_access"]
            .map(String::from)
            .into(),
        audience: None,
        resources: Vec::new(),
        redirect: RedirectMode::Auto,
        account_prompt: None,
        authorize: BTreeMap::new(),
    }
}

/// A discovery document's content for this configuration, without a server.
pub(crate) fn metadata(config: &ProviderConfig) -> Metadata {
    Metadata::parse(
        endpoints::discovery_document(&config.issuer)
            .to_string()
            .as_bytes(),
        config,
    )
    .unwrap()
}

/// The S256 code challenge of a verifier (RFC 7636, section 4.2).
pub(crate) fn s256(verifier: &str) -> String {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

/// The core's side of this configuration: a minute of leeway, no cache.
pub(crate) fn relying_party(config: ProviderConfig) -> Provider {
    Provider::new(Arc::new(config), Duration::from_secs(60), http(), None)
}

/// A client by this computer's clock.
pub(crate) fn http() -> Http {
    Http::new(Arc::new(SystemClock))
}

/// An attempt at this provider, begun now, whose answer comes by deep link.
pub(crate) async fn begin(provider: &Provider) -> Result<Attempt> {
    let metadata = provider.metadata_now().await?;
    let redirect_uri = "dev.latchkey.desktop:/callback".to_owned();
    let now = SystemClock.now();
    Attempt::begin(
        provider.config(),
        &SessionConfig::default(),
        &metadata,
        How::DeepLink,
        redirect_uri,
        &crate::account::Wish::default(),
        now,
    )
}

/// A whole sign-in by a person who says yes.
pub(crate) async fn sign_in(server: &TestProvider, provider: &Provider) -> Result<Grant> {
    let attempt = begin(provider).await?;
    match callback::parse(&server.authorize(attempt.authorization_url()), &attempt) {
        Parsed::Valid(callback) => exchange::redeem(provider, &attempt, callback, &SystemClock).await,
        Parsed::NotOurs(error) | Parsed::Refused(error) | Parsed::Declined(error) => Err(error),
    }
}
