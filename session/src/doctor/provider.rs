//! The provider: its discovery document, its keys, who vouches for its host, its clock, and what it offers.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Check, Finding};
use crate::config::{self, Config, ProviderConfig};
use crate::error::{Code, Error, Problem, Result, Stage};
use crate::http::{DOCUMENT_LIMIT, Http, get_json};
use crate::ports::Clock;
use crate::provider::{KeySet, Metadata, discovery_url, is_loopback_http};
use crate::setup::{Offer, Offered, ProbedProvider};
use crate::text;

/// What providers may offer: the discovery document's member, what people call it, and what its absence means, if anything.
const OFFERS: [(&str, &str, &str); 6] = [
    (
        "revocation_endpoint",
        "revocation",
        "a sign-out cannot take the tokens back",
    ),
    (
        "end_session_endpoint",
        "end session",
        "a sign-out leaves the browser signed in",
    ),
    (
        "userinfo_endpoint",
        "userinfo",
        "the profile is what the ID token holds",
    ),
    (
        "pushed_authorization_request_endpoint",
        "pushed authorization requests",
        "",
    ),
    ("device_authorization_endpoint", "device authorization", ""),
    (
        "authorization_response_iss_parameter_supported",
        "issuer in callbacks",
        "",
    ),
];

/// Asks the provider, twice at most, and says how each part is. What cannot be looked at because something before it failed is
/// left out.
pub async fn provider(config: &Config, clock: Arc<dyn Clock>) -> Vec<Finding> {
    match &config.provider {
        Some(provider) => look(&Http::new(clock), provider).await,
        None => vec![Finding::skipped(
            Check::Discovery,
            "No provider was asked: none is configured.",
        )],
    }
}

/// The same with this client.
pub(super) async fn look(http: &Http, provider: &ProviderConfig) -> Vec<Finding> {
    let mut findings = match document(http, provider, Code::DiscoveryInvalid).await {
        Ok((metadata, members)) => vec![
            Finding::ok(
                Check::Discovery,
                format!(
                    "The provider answers and is the configured one, {}.",
                    provider.issuer
                ),
            ),
            keys(http, &metadata).await,
            offers(&members),
        ],
        Err(error) => vec![unreachable(&error.into())],
    };
    findings.extend(certificate(http, provider));
    findings.extend(clock_of(http));
    findings
}

/// The discovery document; `absent` is the code for an answer that is neither a document nor a web page.
async fn document(
    http: &Http,
    provider: &ProviderConfig,
    absent: Code,
) -> Result<(Metadata, Map<String, Value>)> {
    let url = discovery_url(provider);
    let body = get_json(http, Stage::Discovery, absent, &url, DOCUMENT_LIMIT).await?;
    let metadata = Metadata::parse(&body, provider)?;
    let members = serde_json::from_slice(&body).map_err(|_| Error::new(Stage::Discovery, Code::NotJson))?;
    Ok((metadata, members))
}

/// A provider that nobody has configured yet, at the issuer a person named.
///
/// # Errors
/// Stage discovery.
pub(crate) async fn probe(http: &Http, issuer: &str) -> Result<ProbedProvider> {
    let provider = config::minimal(issuer, "unknown", "")?;
    let (metadata, members) = document(http, &provider, Code::NotAProvider).await?;
    let host = provider.issuer_url.host_str().unwrap_or_default();
    let mut findings = vec![keys(http, &metadata).await];
    findings.extend(clock_of(http));
    Ok(ProbedProvider {
        host: match provider.issuer_url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        },
        certified_by: http
            .certified_by()
            .filter(|_| !is_loopback_http(&provider.issuer_url)),
        offers: offered(&metadata, &members),
        findings,
        issuer: provider.issuer,
    })
}

fn offered(metadata: &Metadata, members: &Map<String, Value>) -> Vec<Offer> {
    let lists = |member: &str, wanted: &str| {
        let list = members.get(member).and_then(Value::as_array)?;
        Some(list.iter().any(|value| value == wanted))
    };
    let prompts = metadata.prompts.as_ref();
    [
        (Offered::Pkce, lists("code_challenge_methods_supported", "S256")),
        (Offered::Refresh, lists("grant_types_supported", "refresh_token")),
        (Offered::Revocation, Some(metadata.revocation_endpoint.is_some())),
        (Offered::EndSession, Some(metadata.end_session_endpoint.is_some())),
        (Offered::Userinfo, Some(metadata.userinfo_endpoint.is_some())),
        (
            Offered::Device,
            Some(metadata.device_authorization_endpoint.is_some()),
        ),
        (Offered::PushedRequests, Some(metadata.pushed_endpoint.is_some())),
        (Offered::IssuerInCallbacks, Some(metadata.iss_parameter)),
        (
            Offered::SelectAccount,
            prompts.map(|prompts| prompts.iter().any(|prompt| prompt == "select_account")),
        ),
    ]
    .map(|(what, offered)| Offer { what, offered })
    .to_vec()
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the rest of the codes is about what the provider sent"
)]
fn unreachable(problem: &Problem) -> Finding {
    // The detail names the host.
    let detail = problem.detail.as_deref().unwrap_or("no more is known");
    let (sentence, action) = match problem.code {
        Code::NameNotFound => (
            format!("The provider's host is not known: {detail}."),
            "Check the network, the VPN, and the issuer in the configuration.",
        ),
        Code::Offline => (
            format!("The provider cannot be reached: {detail}."),
            "Check the network, the VPN, the firewall and the proxy.",
        ),
        Code::Certificate => (
            format!("The connection to the provider is not trusted: {detail}."),
            "If the issuer of the certificate is your company's, ask it to install its authority on this computer; check the clock, too.",
        ),
        Code::NotJson => (
            format!("Something else than the provider answers: {detail}."),
            "Open a web page in the browser: the network may ask you to sign in to it first.",
        ),
        Code::ProviderSilent | Code::ProviderFault | Code::ProviderBusy => (
            format!("The provider is in trouble: {detail}."),
            "Try again later; sessions are kept meanwhile.",
        ),
        Code::IssuerMismatch => (
            format!("The provider is another one than configured: {detail}."),
            "Write the issuer exactly as the provider gives it, to the last slash.",
        ),
        _ => (
            format!("The provider's discovery document cannot be used: {detail}."),
            "Check the issuer in the configuration, or tell whoever runs the provider.",
        ),
    };
    Finding::failure(Check::Discovery, sentence, action).because(problem)
}

async fn keys(http: &Http, metadata: &Metadata) -> Finding {
    let action = "Tell whoever runs the provider: nobody can sign in without its keys.";
    let fetched = get_json(
        http,
        Stage::IdToken,
        Code::IdTokenKey,
        &metadata.jwks_uri,
        DOCUMENT_LIMIT,
    );
    let body = match fetched.await {
        Ok(body) => body,
        Err(error) => {
            let problem: Problem = error.into();
            let detail = problem.detail.as_deref().unwrap_or("no more is known");
            return Finding::failure(
                Check::Keys,
                format!("The provider's keys cannot be had: {detail}."),
                action,
            )
            .because(&problem);
        }
    };
    let set = KeySet::parse(&body);
    let usable = set.is_some_and(|set| {
        let fits = |algorithm: &_| !set.fitting(*algorithm, None).is_empty();
        metadata.algorithms.iter().any(fits)
    });
    if usable {
        Finding::ok(
            Check::Keys,
            "The provider publishes keys that ID tokens can be checked with.",
        )
    } else {
        let problem = Error::new(Stage::IdToken, Code::IdTokenKey).into();
        Finding::failure(
            Check::Keys,
            "None of the provider's keys can be used to check an ID token.",
            action,
        )
        .because(&problem)
    }
}

/// Who vouches for the host; nothing where there is no TLS, or no connection came about.
fn certificate(http: &Http, provider: &ProviderConfig) -> Option<Finding> {
    if is_loopback_http(&provider.issuer_url) {
        return Some(Finding::skipped(
            Check::Certificate,
            "The provider is on this computer: there is no certificate to look at.",
        ));
    }
    let issuer = http.certified_by()?;
    Some(
        Finding::ok(
            Check::Certificate,
            format!("The connection is trusted: its certificate was issued by \"{issuer}\"."),
        )
        .fact("issuer", issuer),
    )
}

/// How this computer's clock compares; nothing when no answer told the time.
fn clock_of(http: &Http) -> Option<Finding> {
    let offset = http.clock_offset()?;
    let Some(ahead) = offset.significant() else {
        return Some(Finding::ok(
            Check::Clock,
            "This computer's clock agrees with the provider's.",
        ));
    };
    let span = text::span(ahead.unsigned_abs().as_secs());
    let way = if ahead.is_negative() { "slow" } else { "fast" };
    let finding = Finding::warning(
        Check::Clock,
        format!("This computer's clock is {span} {way}, compared with the provider's."),
        "Set it right, best by letting the operating system set it; sign-ins may fail until then.",
    );
    Some(finding.fact("ahead_ms", ahead.as_millis()))
}

fn offers(members: &Map<String, Value>) -> Finding {
    let offered = |member: &str| match members.get(member) {
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Bool(flag)) => *flag,
        Some(_) | None => false,
    };
    let missed: Vec<_> = OFFERS
        .iter()
        .filter(|(member, _, without)| !without.is_empty() && !offered(member))
        .map(|(_, name, without)| format!("no {name} ({without})"))
        .collect();
    let finding = if missed.is_empty() {
        Finding::ok(Check::Offers, "The provider offers all that a sign-out needs.")
    } else {
        Finding::warning(
            Check::Offers,
            format!("The provider offers {}.", missed.join(", ")),
            "Nothing, unless it can be switched on at the provider.",
        )
    };
    OFFERS.iter().fold(finding, |finding, (member, name, _)| {
        finding.fact(name, if offered(member) { "offered" } else { "not offered" })
    })
}
