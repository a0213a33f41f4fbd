//! A discovery document, as the provider or somebody in its place may send it.

use std::sync::LazyLock;

use serde_json::Value;
use url::Url;

use super::{ISSUER, now, problem, provider_config};
use crate::attempt::Attempt;
use crate::config::{ProviderConfig, SessionConfig};
use crate::provider::Metadata;
use crate::view::How;

/// The issuer of development, where plain http is taken.
const LOOPBACK: &str = "http://127.0.0.1:4444";

/// One provider on the internet, one on this computer.
static CONFIGS: LazyLock<[ProviderConfig; 2]> = LazyLock::new(|| [ISSUER, LOOPBACK].map(provider_config));

/// A document that passes is our issuer's; its endpoints are https, or on this computer as the issuer is; and a request made from
/// it says everything once.
pub fn discovery(data: &[u8]) -> bool {
    let judged = |config: &ProviderConfig| match Metadata::parse(data, config) {
        Ok(metadata) => {
            sound(data, &metadata, config);
            true
        }
        Err(error) => {
            problem(&error, &[]);
            false
        }
    };
    // Never both: each has its own issuer.
    CONFIGS.iter().any(judged)
}

fn sound(document: &[u8], metadata: &Metadata, config: &ProviderConfig) {
    let document: Value = serde_json::from_slice(document).unwrap();
    assert_eq!(document["issuer"], *config.issuer);
    let required = [
        &metadata.authorization_endpoint,
        &metadata.token_endpoint,
        &metadata.jwks_uri,
    ];
    let optional = [
        &metadata.userinfo_endpoint,
        &metadata.revocation_endpoint,
        &metadata.end_session_endpoint,
    ];
    for url in required.into_iter().chain(optional.into_iter().flatten()) {
        endpoint(url, config.issuer == LOOPBACK);
    }
    assert!(!metadata.algorithms.is_empty());
    request(config, metadata);
}

fn endpoint(url: &Url, loopback: bool) {
    let here = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    assert!(
        url.scheme() == "https" || (loopback && url.scheme() == "http" && here),
        "{url}"
    );
    assert!(
        url.has_host() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none()
    );
}

/// Judges the authorization request of this configuration at this provider.
pub(super) fn request(config: &ProviderConfig, metadata: &Metadata) {
    let attempt = Attempt::begin(
        config,
        &SessionConfig::default(),
        metadata,
        How::DeepLink,
        "dev.latchkey.desktop:/callback".into(),
        &crate::account::Wish::default(),
        now(),
    )
    .unwrap();
    let url = Url::parse(attempt.authorization_url().secret()).unwrap();
    assert!(url.as_str().starts_with(metadata.authorization_endpoint.as_str()));
    let all: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let once = |name: &str| {
        let values: Vec<_> = all.iter().filter(|(own, _)| own == name).collect();
        assert_eq!(values.len(), 1, "{name} in {url}");
        values[0].1.clone()
    };
    assert_eq!(once("response_type"), "code");
    assert_eq!(once("client_id"), config.client_id);
    assert_eq!(once("redirect_uri"), "dev.latchkey.desktop:/callback");
    assert_eq!(once("state"), attempt.state.secret());
    assert_eq!(once("nonce"), attempt.nonce.secret());
    assert_eq!(once("scope"), config.scopes.join(" "));
    assert_eq!(once("code_challenge_method"), "S256");
    assert_eq!(once("code_challenge").len(), 43);
    assert!(!url.as_str().contains(attempt.verifier.secret()));
}
