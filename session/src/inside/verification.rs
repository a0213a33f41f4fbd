//! The validation of one ID token over and over, for the benchmark: all of it, with the keys at hand.

use std::time::Duration;

use serde_json::json;

use super::id_token::{at_once, known};
use super::{now, provider_config};
use crate::id_token::{Expected, ExpectedNonce, validate};
use crate::provider::{KeySet, Metadata, Provider};
use crate::secret::{AccessToken, IdToken, Nonce};

/// A sign-in's ID token and what it must fit.
#[derive(Debug)]
pub struct Verification {
    provider: Provider,
    token: IdToken,
    nonce: Nonce,
    access_token: AccessToken,
}

impl Verification {
    /// A token of this issuer for the client `desktop`, and the key set that verifies it. The time is 1,700,000,000 seconds after
    /// 1970.
    ///
    /// # Panics
    /// The key set is none.
    pub fn new(issuer: &str, keys: &[u8], token: &str, nonce: &str, access_token: &str) -> Self {
        let config = provider_config(issuer);
        let document = json!({
            "issuer": issuer, "authorization_endpoint": "https://id.example/a", "token_endpoint": "https://id.example/t",
            "jwks_uri": "https://id.example/j", "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        });
        let metadata = Metadata::parse(document.to_string().as_bytes(), &config).unwrap();
        Self {
            provider: known(config, metadata, KeySet::parse(keys).unwrap()),
            token: IdToken::new(token),
            nonce: Nonce::new(nonce),
            access_token: AccessToken::new(access_token),
        }
    }

    /// What a sign-in does with it: header, key, signature, claims, every check. Whether it passed.
    pub fn run(&self) -> bool {
        let expected = Expected {
            issuer: &self.provider.config().issuer,
            client_id: &self.provider.config().client_id,
            nonce: ExpectedNonce::Sent(&self.nonce),
            subject: None,
            access_token: &self.access_token,
            max_age: None,
            now: now(),
            leeway: Duration::from_secs(60),
        };
        at_once(validate(&self.provider, &self.token, &expected)).is_ok()
    }
}
