//! The discovery document, parsed once: what is in a [`Metadata`] needs no further check (OpenID Connect Discovery 1.0, section 3).

use serde_json::{Map, Value};
use url::{Host, Url};

use crate::config::ProviderConfig;
use crate::error::{Code, Error, Result, Stage};
use crate::id_token::Algorithm;
use crate::json;

/// The longest URL a provider may announce, in bytes.
const URL_LIMIT: usize = 2048;
/// What every authorization request of ours holds (see `attempt`).
const REQUEST: [&str; 8] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
];
/// What a request to the end-session page may hold (see `logout`).
const LOGOUT: [&str; 4] = ["id_token_hint", "client_id", "post_logout_redirect_uri", "state"];

/// What the provider announced.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Metadata {
    /// Where the browser goes.
    pub(crate) authorization_endpoint: Url,
    /// Where codes and refresh tokens are redeemed.
    pub(crate) token_endpoint: Url,
    /// Where the keys are.
    pub(crate) jwks_uri: Url,
    /// Where more claims are.
    pub(crate) userinfo_endpoint: Option<Url>,
    /// Where tokens are taken back (RFC 7009).
    pub(crate) revocation_endpoint: Option<Url>,
    /// Where the provider's own session is ended.
    pub(crate) end_session_endpoint: Option<Url>,
    /// The announced ID token algorithms that we accept; never empty.
    pub(crate) algorithms: Vec<Algorithm>,
    /// How a configured client secret is sent.
    pub(crate) client_authentication: ClientAuthentication,
    /// Whether authorization responses always name their issuer (RFC 9207, section 3).
    pub(crate) iss_parameter: bool,
    /// Where a person's other device is let in (RFC 8628, section 4).
    pub(crate) device_authorization_endpoint: Option<Url>,
    /// Where authorization requests are pushed (RFC 9126, section 5).
    pub(crate) pushed_endpoint: Option<Url>,
    /// Whether only pushed authorization requests are accepted (RFC 9126, section 5).
    pub(crate) push_required: bool,
    /// The values of `prompt` that are understood (Initiating User Registration via OpenID Connect 1.0, section 4); `None`: the
    /// provider does not say.
    pub(crate) prompts: Option<Vec<String>>,
}

/// How a client secret is sent (OpenID Connect Core, section 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClientAuthentication {
    /// `client_secret_basic`: the default.
    Basic,
    /// `client_secret_post`: where only that is announced.
    Post,
}

/// Where the discovery document is: "If the Issuer value contains a path component, any terminating / MUST be removed before
/// appending /.well-known/openid-configuration" (Discovery 1.0, section 4.1). Appended, never resolved.
pub(crate) fn discovery_url(config: &ProviderConfig) -> Url {
    let mut url = config.issuer_url.clone();
    let path = url.path().strip_suffix('/').unwrap_or(url.path()).to_owned();
    url.set_path(&format!("{path}/.well-known/openid-configuration"));
    url
}

/// Whether this is http on the loopback interface: the only place where https is not asked for.
pub(crate) fn is_loopback_http(url: &Url) -> bool {
    url.scheme() == "http" && is_loopback_host(url)
}

/// Whether the host is this computer by one of its three usual names.
fn is_loopback_host(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address == std::net::Ipv4Addr::LOCALHOST,
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether this may be handed to a browser: https, or http on loopback.
pub(crate) fn is_web_page(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| url.scheme() == "https" || is_loopback_http(&url))
}

/// [`is_loopback_http`] for an issuer that is still text.
pub(crate) fn is_loopback_http_text(issuer: &str) -> bool {
    Url::parse(issuer).is_ok_and(|url| is_loopback_http(&url))
}

impl Metadata {
    /// Parses and checks a discovery document of the configured provider.
    ///
    /// # Errors
    /// [`Code::IssuerMismatch`], [`Code::InsecureEndpoint`], [`Code::DiscoveryInvalid`]; stage discovery.
    pub(crate) fn parse(document: &[u8], config: &ProviderConfig) -> Result<Self> {
        let Some(document) = json::object(document) else {
            return Err(invalid(
                "the discovery document is not a JSON object that says everything once",
            ));
        };
        right_issuer(&document, &config.issuer)?;
        let endpoints = Endpoints {
            document: &document,
            loopback: is_loopback_http(&config.issuer_url),
        };
        let authorization_endpoint = endpoints.required("authorization_endpoint")?;
        adds_no_parameter_of_ours(&authorization_endpoint, config)?;
        Ok(Self {
            authorization_endpoint,
            token_endpoint: endpoints.required("token_endpoint")?,
            jwks_uri: endpoints.required("jwks_uri")?,
            userinfo_endpoint: endpoints.optional("userinfo_endpoint"),
            revocation_endpoint: endpoints.optional("revocation_endpoint"),
            end_session_endpoint: endpoints
                .optional("end_session_endpoint")
                .filter(adds_no_parameter_of_the_logout),
            algorithms: algorithms(&document),
            client_authentication: client_authentication(&document),
            iss_parameter: says_yes(&document, "authorization_response_iss_parameter_supported"),
            device_authorization_endpoint: endpoints.optional("device_authorization_endpoint"),
            pushed_endpoint: endpoints.optional("pushed_authorization_request_endpoint"),
            push_required: says_yes(&document, "require_pushed_authorization_requests"),
            prompts: document.contains_key("prompt_values_supported").then(|| {
                texts(&document, "prompt_values_supported")
                    .map(str::to_owned)
                    .collect()
            }),
        })
    }
}

/// "The issuer value returned MUST be identical to the Issuer URL that was used as the prefix to /.well-known/openid-configuration to
/// retrieve the configuration information." (Discovery 1.0, section 4.3)
fn right_issuer(document: &Map<String, Value>, issuer: &str) -> Result<()> {
    match document.get("issuer") {
        Some(Value::String(announced)) if announced == issuer => Ok(()),
        Some(Value::String(announced)) => {
            // What is no address may be anything, also something that was sent to the provider.
            let is_address = Url::parse(announced).is_ok_and(|url| url.has_host());
            let announced = if is_address {
                announced
            } else {
                "something that is no address"
            };
            Err(
                Error::new(Stage::Discovery, Code::IssuerMismatch).with_detail(format!(
                    "the provider calls itself {announced}, the configuration says {issuer}"
                )),
            )
        }
        _ => Err(invalid("the discovery document names no issuer")),
    }
}

/// The query of the authorization endpoint is retained, but "Request and response parameters MUST NOT be included more than once."
/// (RFC 6749, section 3.1) `resource` alone may be (RFC 8707, section 2).
fn adds_no_parameter_of_ours(endpoint: &Url, config: &ProviderConfig) -> Result<()> {
    let ours = |name: &str| {
        REQUEST.contains(&name)
            || (name == "audience" && config.audience.is_some())
            || config.authorize.contains_key(name)
    };
    match endpoint.query_pairs().find(|(name, _)| ours(name)) {
        Some((name, _)) => Err(invalid(format!(
            "authorization_endpoint holds a parameter of the request itself: {name}"
        ))),
        None => Ok(()),
    }
}

/// The same for the page that ends the provider's session: a `post_logout_redirect_uri` of another would send the browser there,
/// a `state` of another would come back for ours. Without the page people are signed out here all the same.
fn adds_no_parameter_of_the_logout(endpoint: &Url) -> bool {
    let name = endpoint
        .query_pairs()
        .map(|(name, _)| name)
        .find(|name| LOGOUT.contains(&&**name));
    if let Some(name) = &name {
        tracing::warn!(%name, "end_session_endpoint holds a parameter of the request itself and is left out");
    }
    name.is_none()
}

struct Endpoints<'a> {
    document: &'a Map<String, Value>,
    loopback: bool,
}

impl Endpoints<'_> {
    /// An endpoint without which nobody can sign in.
    fn required(&self, member: &str) -> Result<Url> {
        self.sound(member)?
            .ok_or_else(|| invalid(format!("the discovery document lacks {member}")))
    }

    /// An endpoint that a sign-in can do without: one that may not be used is left out.
    fn optional(&self, member: &str) -> Option<Url> {
        self.sound(member).unwrap_or_else(|error| {
            tracing::warn!(member, code = error.code().as_str(), "an endpoint is left out");
            None
        })
    }

    /// An endpoint is https (Discovery 1.0, section 3) and "MUST NOT include a fragment component" (RFC 6749, sections 3.1 and 3.2).
    fn sound(&self, member: &str) -> Result<Option<Url>> {
        let text = match self.document.get(member) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(text)) if text.is_empty() => return Ok(None),
            Some(Value::String(text)) if text.len() <= URL_LIMIT => text,
            Some(_) => return Err(invalid(format!("{member} is not a URL"))),
        };
        let url = Url::parse(text).map_err(|_| invalid(format!("{member} is not a URL")))?;
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(invalid(format!("{member} holds credentials or a fragment")));
        }
        if url.scheme() == "https" || (self.loopback && is_loopback_http(&url)) {
            Ok(Some(url))
        } else {
            Err(Error::new(Stage::Discovery, Code::InsecureEndpoint)
                .with_detail(format!("{member} is not https")))
        }
    }
}

/// The accepted ones among `id_token_signing_alg_values_supported`; RS256, which every provider must support (Discovery 1.0,
/// section 3), when nothing usable is announced.
fn algorithms(document: &Map<String, Value>) -> Vec<Algorithm> {
    let mut usable: Vec<_> = texts(document, "id_token_signing_alg_values_supported")
        .filter_map(Algorithm::from_name)
        .collect();
    if usable.is_empty() {
        usable.push(Algorithm::Rs256);
    }
    usable
}

/// "If omitted, the default is client_secret_basic" (Discovery 1.0, section 3).
fn client_authentication(document: &Map<String, Value>) -> ClientAuthentication {
    let announced =
        |method| texts(document, "token_endpoint_auth_methods_supported").any(|text| text == method);
    if announced("client_secret_post") && !announced("client_secret_basic") {
        ClientAuthentication::Post
    } else {
        ClientAuthentication::Basic
    }
}

fn says_yes(document: &Map<String, Value>, member: &str) -> bool {
    document.get(member) == Some(&Value::Bool(true))
}

fn texts<'a>(document: &'a Map<String, Value>, member: &str) -> impl Iterator<Item = &'a str> {
    document
        .get(member)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

fn invalid(detail: impl AsRef<str>) -> Error {
    Error::new(Stage::Discovery, Code::DiscoveryInvalid).with_detail(detail)
}

#[cfg(test)]
#[path = "metadata_tests.rs"]
mod tests;
