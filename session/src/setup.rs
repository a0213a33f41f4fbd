//! The first run: from an address that a person typed to a provider that can be tried. Nothing is written here;
//! [`Session::try_provider`](crate::Session::try_provider) writes the configuration once somebody has signed in.

use std::sync::Arc;

use serde::Serialize;
use url::Url;

use crate::config::{self, ProviderConfig};
use crate::doctor::{self, Finding};
use crate::error::{Code, Error, Result, Stage};
use crate::http::Http;
use crate::ports::Clock;
use crate::provider::is_loopback_http;
use crate::text::neutral;

/// The longest address that is looked at, in bytes.
const ADDRESS_LIMIT: usize = 500;
/// The longest client identifier and name, in characters.
const TEXT_LIMIT: usize = 300;
/// Where a provider describes itself; people copy that address, too.
const DISCOVERY: &str = "/.well-known/openid-configuration";

/// A provider that answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct ProbedProvider {
    /// The issuer, exactly as the provider writes it: at most 500 bytes.
    pub issuer: String,
    /// Its host, with its port where that is not the usual one.
    pub host: String,
    /// Who issued its certificate; absent for a provider on this computer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub certified_by: Option<String>,
    /// What it offers, in the order in which people want to know.
    pub offers: Vec<Offer>,
    /// The keys it publishes and its clock, as `doctor` finds them.
    pub findings: Vec<Finding>,
}

/// One thing a provider offers, or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct Offer {
    /// What.
    pub what: Offered,
    /// Whether; `None`: it does not say.
    #[cfg_attr(feature = "ts", ts(optional))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offered: Option<bool>,
}

/// What a provider may offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum Offered {
    /// PKCE with S256 (RFC 7636; `code_challenge_methods_supported`). Without it a code that is intercepted can be redeemed. It is sent
    /// in any case.
    Pkce,
    /// Refresh tokens (`grant_types_supported`). Without them people sign in again when the access token ends.
    Refresh,
    /// Revocation (RFC 7009). Without it a sign-out cannot take the tokens back.
    Revocation,
    /// The end-session page (OpenID Connect RP-Initiated Logout). Without it the browser stays signed in.
    EndSession,
    /// Userinfo (OpenID Connect Core, section 5.3). Without it the profile is what the ID token holds.
    Userinfo,
    /// The device grant (RFC 8628). Without it nobody can sign in on another device.
    Device,
    /// Pushed authorization requests (RFC 9126).
    PushedRequests,
    /// The issuer in callbacks (RFC 9207).
    IssuerInCallbacks,
    /// The choice of an account (`prompt_values_supported` with `select_account`). Without it another account is asked for by `login`.
    SelectAccount,
}

/// Asks the provider at an address that a person typed: an issuer, with or without `https://`, or the address of its discovery
/// document. The answer has everything that is to be known before the client identifier is asked for.
///
/// # Errors
/// Stage configuration: [`Code::AddressInvalid`], [`Code::AddressInsecure`]. Stage discovery: [`Code::NotAProvider`] (a web page, or
/// nothing, where the discovery document should be), [`Code::IssuerMismatch`], [`Code::Certificate`] and the others of a sign-in's
/// discovery.
pub async fn probe(address: &str, clock: Arc<dyn Clock>) -> Result<ProbedProvider> {
    look(&Http::new(clock), address).await
}

/// The same with this client.
pub(crate) async fn look(http: &Http, address: &str) -> Result<ProbedProvider> {
    let issuer = issuer(address)?;
    match doctor::provider::probe(http, &issuer).await {
        // The same document describes both: which one it is, the provider says.
        Err(error) if error.code() == Code::IssuerMismatch => {
            doctor::provider::probe(http, &with_the_other_slash(&issuer))
                .await
                .map_err(|_| error)
        }
        answer => answer,
    }
    .map_err(|error| {
        if error.code() != Code::NotJson {
            return error;
        }
        // At this address nobody has signed in yet: a page is more likely a wrong address than a captive portal.
        Error::new(Stage::Discovery, Code::NotAProvider)
            .with_detail("a web page came where the discovery document should be")
    })
}

/// The issuer that was meant.
fn issuer(address: &str) -> Result<String> {
    let invalid = |detail: &str| Error::new(Stage::Configuration, Code::AddressInvalid).with_detail(detail);
    let typed = address.trim();
    if typed.is_empty() || typed.len() > ADDRESS_LIMIT {
        return Err(invalid("an address is expected"));
    }
    let typed = typed.strip_suffix(DISCOVERY).unwrap_or(typed);
    let whole = match typed.split_once("://") {
        Some(_) => typed.to_owned(),
        // Who types a name alone means https; on this computer http.
        None => {
            let http = Url::parse(&format!("http://{typed}")).ok();
            let scheme = if http.as_ref().is_some_and(is_loopback_http) {
                "http"
            } else {
                "https"
            };
            format!("{scheme}://{typed}")
        }
    };
    if let Ok(url) = Url::parse(&whole)
        && url.scheme() == "http"
        && !is_loopback_http(&url)
    {
        return Err(
            Error::new(Stage::Configuration, Code::AddressInsecure).with_detail("the address is http")
        );
    }
    config::issuer(&whole).map_err(invalid)?;
    Ok(whole)
}

fn with_the_other_slash(issuer: &str) -> String {
    match issuer.strip_suffix('/') {
        Some(without) => without.to_owned(),
        None => format!("{issuer}/"),
    }
}

/// A configuration for a provider that has been [probed](probe), with the client identifier it gave this program. `name` is what
/// people call it; may be empty. Everything else is as in a file that says no more.
///
/// # Errors
/// [`Code::ConfigurationInvalid`]: the client identifier is empty or holds what one cannot hold.
pub fn candidate(issuer: &str, client_id: &str, name: &str) -> Result<ProviderConfig> {
    let client_id = client_id.trim();
    let name = name.trim();
    let odd = |text: &str| neutral(text, TEXT_LIMIT) != text;
    // RFC 6749, appendix A.1: client-id = *VSCHAR
    if client_id.is_empty() || !client_id.bytes().all(|byte| (0x20..0x7f).contains(&byte)) || odd(client_id) {
        return Err(Error::new(Stage::Configuration, Code::ConfigurationInvalid)
            .with_detail("a client identifier as registered at the provider is expected"));
    }
    if odd(name) {
        return Err(Error::new(Stage::Configuration, Code::ConfigurationInvalid)
            .with_detail("the name is too long or holds invisible characters"));
    }
    config::minimal(issuer, client_id, name)
}

#[cfg(test)]
#[path = "setup_tests.rs"]
mod tests;
