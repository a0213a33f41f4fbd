//! The proxy that requests to the provider go through, as the HTTP client finds it.

use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;

use super::{Check, Finding};
use crate::config::Config;
use crate::provider::is_loopback_http;

/// Which proxy the system's settings (environment, registry, network preferences) name for the provider's host.
pub fn proxy(config: &Config) -> Finding {
    let Some(provider) = &config.provider else {
        return Finding::skipped(
            Check::Proxy,
            "No proxy was looked for: no provider is configured.",
        );
    };
    let host = provider.issuer_url.host_str().unwrap_or_default();
    let target = provider.issuer_url.as_str().parse::<Uri>();
    let through = match target {
        Ok(target) if !is_loopback_http(&provider.issuer_url) => Matcher::from_system().intercept(&target),
        Ok(_) | Err(_) => None,
    };
    match through {
        Some(proxy) => {
            // The name and password that a proxy's address may hold stay out.
            let address = proxy.uri();
            let place = address.authority().map_or_else(String::new, |authority| {
                let host = authority.host();
                authority
                    .port_u16()
                    .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
            });
            Finding::ok(
                Check::Proxy,
                format!("Requests to {host} go through the proxy {place}."),
            )
            .fact(
                "password",
                if proxy.basic_auth().is_some() {
                    "set"
                } else {
                    "none"
                },
            )
        }
        None => Finding::ok(
            Check::Proxy,
            format!("Requests to {host} go there directly, without a proxy."),
        ),
    }
}
