//! The keys of `[provider]`. The table is taken whole from one layer: never one layer's client with another's issuer.

use std::collections::BTreeMap;

use toml::de::DeValue;
use url::Url;

use super::table::{Table, Value, invalid, kind};
use super::{ProviderConfig, RedirectMode};
use crate::error::Result;
use crate::provider::is_loopback_http;
use crate::text::neutral;

const KEYS: [&str; 10] = [
    "name",
    "issuer",
    "client_id",
    "client_secret",
    "scopes",
    "audience",
    "resources",
    "redirect",
    "account_prompt",
    "authorize",
];

/// What is asked for when the configuration does not say.
const SCOPES: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// Authorization parameters this program sets itself, or whose meaning would change what it validates.
const RESERVED: [&str; 16] = [
    "client_id",
    "client_secret",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "audience",
    "resource",
    "request",
    "request_uri",
    "registration",
    "dpop_jkt",
];

/// The provider; `None` for an empty table.
pub(super) fn read(table: &Table<'_>) -> Result<Option<ProviderConfig>> {
    if table.is_empty() {
        return Ok(None);
    }
    table.only(&KEYS)?;
    let (place, text) = table.required("issuer", "\"https://…\"")?;
    let issuer_url = issuer(text).map_err(|message| place.error(message))?;
    let (_, client_id) = table.required("client_id", "\"…\", as registered at the provider")?;
    Ok(Some(ProviderConfig {
        name: plain(table, "name")?.unwrap_or_default(),
        issuer: text.to_owned(),
        issuer_url,
        client_id: client_id.to_owned(),
        client_secret: plain(table, "client_secret")?,
        scopes: scopes(table)?,
        audience: plain(table, "audience")?,
        resources: resources(table)?,
        redirect: redirect(table)?,
        account_prompt: account_prompt(table)?,
        authorize: authorize(table)?,
    }))
}

/// A provider of which no more is said than where it is and as whom to sign in there.
///
/// # Errors
/// [`Code::ConfigurationInvalid`](crate::Code::ConfigurationInvalid): the issuer is not one.
pub(crate) fn minimal(issuer: &str, client_id: &str, name: &str) -> Result<ProviderConfig> {
    let issuer_url = self::issuer(issuer).map_err(invalid)?;
    Ok(ProviderConfig {
        name: name.to_owned(),
        issuer: issuer.to_owned(),
        issuer_url,
        client_id: client_id.to_owned(),
        client_secret: None,
        scopes: SCOPES.map(str::to_owned).to_vec(),
        audience: None,
        resources: Vec::new(),
        redirect: RedirectMode::Auto,
        account_prompt: None,
        authorize: BTreeMap::new(),
    })
}

/// OpenID Connect Discovery 1.0, section 1.2 (terminology in OpenID Connect Core, section 1.2): "An Issuer Identifier is a
/// case sensitive URL using the https scheme that contains scheme, host, and optionally, port number and path components and
/// no query or fragment components." Plain http is taken on loopback, for development.
pub(crate) fn issuer(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text)
        .map_err(|_| "must be a URL; write the issuer as the provider gives it, \"https://…\"")?;
    if url.scheme() != "https" && !is_loopback_http(&url) {
        return Err("must be an https URL; http is only taken for 127.0.0.1, [::1] and localhost");
    }
    // The URL would lose them, the text is compared and shown with them.
    if text.contains(char::is_whitespace) || neutral(text, usize::MAX) != text {
        return Err("must not hold spaces or invisible characters; write it anew");
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err("must name a host: \"https://id.example.com/\"");
    }
    if !url.username().is_empty() || url.password().is_some() || text.contains('@') {
        return Err("must not hold a user name or password; take out what stands before the @");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must not have a query or fragment; take out what stands from the ? or # on");
    }
    if text.contains("/.well-known/") {
        return Err(
            "must be the issuer, not the address of its discovery document; end it before /.well-known",
        );
    }
    Ok(url)
}

fn plain(table: &Table<'_>, key: &str) -> Result<Option<String>> {
    Ok(table.text(key)?.map(|(_, text)| text.to_owned()))
}

fn scopes(table: &Table<'_>) -> Result<Vec<String>> {
    let Some(value) = table.value("scopes") else {
        return Ok(SCOPES.map(str::to_owned).to_vec());
    };
    let mut scopes: Vec<String> = Vec::new();
    for (place, scope) in value.texts()? {
        // RFC 6749, section 3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
        if !scope
            .bytes()
            .all(|byte| matches!(byte, 0x21 | 0x23..=0x5B | 0x5D..=0x7E))
        {
            return Err(
                place.error("must hold one scope for each text, without spaces, quotes and backslashes")
            );
        }
        if !scopes.iter().any(|known| known == scope) {
            scopes.push(scope.to_owned());
        }
    }
    if scopes.iter().any(|scope| scope == "openid") {
        Ok(scopes)
    } else {
        Err(value.error("must hold \"openid\"; without it the provider does not say who signed in"))
    }
}

/// RFC 8707, section 2: an absolute URI without a fragment.
fn resources(table: &Table<'_>) -> Result<Vec<Url>> {
    let Some(value) = table.value("resources") else {
        return Ok(Vec::new());
    };
    let mut resources = Vec::new();
    for (place, text) in value.texts()? {
        let url = Url::parse(text)
            .map_err(|_| place.error("must hold absolute URIs, \"https://api.example.com/\""))?;
        if url.fragment().is_some() {
            return Err(place.error("must not have a fragment; take out what stands from the # on"));
        }
        resources.push(url);
    }
    Ok(resources)
}

fn redirect(table: &Table<'_>) -> Result<RedirectMode> {
    let Some((value, text)) = table.text("redirect")? else {
        return Ok(RedirectMode::Auto);
    };
    match text {
        "auto" => Ok(RedirectMode::Auto),
        "deep-link" => Ok(RedirectMode::DeepLink),
        "loopback" => Ok(RedirectMode::Loopback),
        _ => Err(value.error("must be \"auto\", \"deep-link\" or \"loopback\"")),
    }
}

/// OpenID Connect Core, section 3.1.2.1: the two values that let the person be somebody else.
fn account_prompt(table: &Table<'_>) -> Result<Option<String>> {
    match table.text("account_prompt")? {
        None => Ok(None),
        Some((_, text @ ("select_account" | "login"))) => Ok(Some(text.to_owned())),
        Some((value, _)) => Err(value.error("must be \"select_account\" or \"login\"")),
    }
}

fn authorize(table: &Table<'_>) -> Result<BTreeMap<String, String>> {
    let Some(parameters) = table.table("authorize")? else {
        return Ok(BTreeMap::new());
    };
    let mut texts = BTreeMap::new();
    for (name, value) in parameters.entries() {
        if RESERVED.contains(&name) {
            return Err(value.error(match name {
                "scope" => "is set by the program; use provider.scopes",
                "resource" => "is set by the program; use provider.resources",
                "audience" => "is set by the program; use provider.audience",
                _ => "is set by the program itself; take it out",
            }));
        }
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(value.error("is no parameter name; use letters, digits and _"));
        }
        let text = parameter(name, &value)?;
        texts.insert(name.to_owned(), text);
    }
    Ok(texts)
}

/// A parameter's value as text: lists are joined by spaces, as `prompt` and `ui_locales` want them.
fn parameter(name: &str, value: &Value<'_>) -> Result<String> {
    let text = match value.content() {
        DeValue::String(text) => text.clone().into_owned(),
        DeValue::Boolean(answer) => answer.to_string(),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_err(|_| value.error("is a number beyond all measure"))?
            .to_string(),
        DeValue::Array(_) => value
            .texts()?
            .into_iter()
            .map(|(_, text)| text)
            .collect::<Vec<_>>()
            .join(" "),
        DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Table(_) => {
            let message = format!(
                "must be a text, a whole number, true, false or a list of texts, not {}",
                kind(value.content())
            );
            return Err(value.error(&message));
        }
    };
    // OpenID Connect Core, section 3.1.2.1; the validation of auth_time reads this number again.
    if name == "max_age" && text.parse::<u64>().is_err() {
        return Err(value.error("must be a whole number of seconds, 0 or more"));
    }
    Ok(text)
}
