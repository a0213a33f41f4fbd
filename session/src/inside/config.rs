//! A configuration file, as a person or an administrator may write it.

use std::time::Duration;

use serde_json::json;

use super::{discovery::request, problem};
use crate::config::{Config, Layer, ProviderConfig};
use crate::provider::{Metadata, discovery_url, is_loopback_http};

/// A configuration that passes has an https issuer, or one on this computer, and makes an authorization request that says
/// everything once; its times are within bounds; the same text twice says the same. A refusal names the origin and is plain text.
pub fn configuration(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else {
        return false;
    };
    let config = match Config::parse(text, "latchkey.toml") {
        Ok(config) => config,
        Err(error) => {
            problem(&error, &[]);
            let detail = error.problem().detail.as_deref().unwrap();
            assert!(detail.starts_with("latchkey.toml"), "{detail}");
            return false;
        }
    };
    let twice = [Layer::new("a", text), Layer::new("b", text)];
    assert_eq!(Config::from_layers(twice).unwrap(), config);
    if let Some(provider) = &config.provider {
        sound(provider);
    }
    let session = &config.session;
    let second = Duration::from_secs(1);
    assert!((second..=60 * 60 * second).contains(&session.refresh_ahead));
    assert!((second..=10 * 60 * second).contains(&session.clock_leeway));
    assert!((second..=60 * 60 * second).contains(&session.sign_in_timeout));
    assert!(config.language.len() <= 35 && config.language.is_ascii());
    config.provider.is_some()
}

fn sound(provider: &ProviderConfig) {
    let url = &provider.issuer_url;
    assert!(url.scheme() == "https" || is_loopback_http(url), "{url}");
    assert!(url.has_host() && url.query().is_none() && url.fragment().is_none());
    assert!(url.username().is_empty() && url.password().is_none());
    // It is part of every profile.
    super::shown(&provider.issuer, usize::MAX);
    assert!(!provider.client_id.is_empty());
    assert!(provider.scopes.iter().any(|scope| scope == "openid"));
    assert!(provider.resources.iter().all(|url| url.fragment().is_none()));
    let discovery = discovery_url(provider);
    assert_eq!(discovery.origin(), url.origin());
    assert!(discovery.path().ends_with("/.well-known/openid-configuration"));
    let document = json!({
        "issuer": provider.issuer, "authorization_endpoint": "https://id.example/a?x=1",
        "token_endpoint": "https://id.example/t", "jwks_uri": "https://id.example/j",
    });
    // The endpoint's own parameter may be one of the configuration's.
    if let Ok(metadata) = Metadata::parse(document.to_string().as_bytes(), provider) {
        request(provider, &metadata);
    } else {
        assert!(provider.authorize.contains_key("x"));
    }
}
