//! The keys of `[profile]`: whether people can edit what is kept about them, where, and which fields are known. The table is taken
//! whole from one layer: never one layer's fields, or kind of editor, with another's address.

use std::fmt;

use toml::de::DeValue;
use url::Url;

use super::ProviderConfig;
use super::table::{Place, Table, Value, kind};
use crate::error::Result;
use crate::provider::is_loopback_http;

/// How many fields can be known.
const FIELDS_LIMIT: usize = 50;
/// The longest name of a field, in characters.
const NAME_LIMIT: usize = 64;
/// The longest label, in characters.
const LABEL_LIMIT: usize = 60;
/// The longest value of a text field, in characters.
const TEXT_LIMIT: u32 = 10_000;

/// What Auth0 wants for reading and for changing one's own metadata (Auth0, Management API, "Get a user", "Update a user").
const AUTH0_SCOPES: [&str; 2] = ["read:current_user", "update:current_user_metadata"];

/// `[profile]`: what people can edit about themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileConfig {
    /// Where it is kept; `None`: there is no editor.
    pub editor: Option<Editor>,
    /// The known fields, in the order in which they are written.
    pub fields: Vec<Field>,
}

/// Where people's data is, and how it is spoken to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Editor {
    /// A resource of JSON: GET, and PATCH with a JSON merge patch (RFC 7396).
    Http {
        /// Its address: https or loopback, without a user name, password or fragment.
        url: Url,
    },
    /// `user_metadata` in Auth0's Management API.
    Auth0 {
        /// The tenant's origin, `https://acme.eu.auth0.com/`: https or loopback, nothing after the host and port.
        domain: Url,
    },
}

impl Editor {
    /// The audience of the access token that Auth0's Management API takes: `https://acme.eu.auth0.com/api/v2/`.
    pub fn audience(&self) -> Option<String> {
        match self {
            Self::Http { .. } => None,
            Self::Auth0 { domain } => Some(format!("{domain}api/v2/")),
        }
    }
}

/// A known field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name in the data: 1 to 64 ASCII letters, digits, `_`, `-` and `.`.
    pub name: String,
    /// What it holds.
    pub kind: FieldKind,
    /// What people call it; `None`: the user interface's own word, or the name.
    pub label: Option<String>,
    /// The longest text, in characters; for texts alone.
    pub max_length: Option<u32>,
}

/// What a known field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// A text.
    Text,
    /// A country: two letters (ISO 3166-1 alpha-2).
    Country,
    /// True or false.
    YesNo,
    /// A number.
    Number,
}

/// `[profile]` of one layer, before it is known what the issuer is.
#[derive(Clone, Debug)]
pub(super) struct ProfileKeys {
    editor: Option<EditorKeys>,
    fields: Vec<Field>,
}

#[derive(Clone, Debug)]
enum EditorKeys {
    Http { url: Url },
    Auth0 { domain: Option<Url>, place: Place },
}

impl ProfileKeys {
    pub(super) fn read(table: &Table<'_>) -> Result<Self> {
        table.only(&["editor", "url", "domain", "fields"])?;
        Ok(Self {
            editor: editor(table)?,
            fields: match table.table("fields")? {
                Some(fields) => read_fields(&fields)?,
                None => Vec::new(),
            },
        })
    }

    /// Completes it by the provider, and asks in the sign-in for what the editor's requests will need.
    pub(super) fn with(self, provider: Option<&mut ProviderConfig>) -> Result<ProfileConfig> {
        let editor = match (self.editor, provider) {
            (None, _) => None,
            (Some(EditorKeys::Http { url }), _) => Some(Editor::Http { url }),
            (Some(EditorKeys::Auth0 { domain, .. }), None) => domain.map(|domain| Editor::Auth0 { domain }),
            (Some(EditorKeys::Auth0 { domain, place }), Some(provider)) => {
                let domain = domain.unwrap_or_else(|| origin(&provider.issuer_url));
                let editor = Editor::Auth0 { domain };
                ask_for(&editor, &place, provider)?;
                Some(editor)
            }
        };
        Ok(ProfileConfig {
            editor,
            fields: self.fields,
        })
    }
}

/// One access token is for one API at Auth0. So the sign-in asks for its Management API, where nothing else is asked for.
fn ask_for(editor: &Editor, place: &Place, provider: &mut ProviderConfig) -> Result<()> {
    let wanted = editor.audience();
    match (&provider.audience, &wanted) {
        (Some(asked), Some(wanted)) if asked != wanted => {
            return Err(place.error(&format!(
                "\"auth0\" needs tokens for {wanted}, and provider.audience asks for others; take provider.audience out, or \
                 use \"http\" with an address of your own"
            )));
        }
        _ => provider.audience = wanted,
    }
    for scope in AUTH0_SCOPES {
        if !provider.scopes.iter().any(|known| known == scope) {
            provider.scopes.push(scope.to_owned());
        }
    }
    Ok(())
}

fn editor(table: &Table<'_>) -> Result<Option<EditorKeys>> {
    let named = table.text("editor")?;
    let (url, domain) = (table.text("url")?, table.text("domain")?);
    let kind = named.as_ref().map_or("none", |(_, text)| text);
    if let (Some((place, _)), "auth0" | "none") = (&url, kind) {
        return Err(place.error(&format!(
            "belongs to editor = \"http\", and the editor is \"{kind}\""
        )));
    }
    if let (Some((place, _)), "http" | "none") = (&domain, kind) {
        return Err(place.error(&format!(
            "belongs to editor = \"auth0\", and the editor is \"{kind}\""
        )));
    }
    match named {
        None => Ok(None),
        Some((_, "none")) => Ok(None),
        Some((_, "http")) => {
            let (place, text) = table.required("url", "\"https://…\", where people's own data is")?;
            let url = address(text).map_err(|message| place.error(message))?;
            Ok(Some(EditorKeys::Http { url }))
        }
        Some((place, "auth0")) => {
            let domain = domain
                .map(|(place, text)| tenant(text).map_err(|message| place.error(message)))
                .transpose()?;
            let place = place.place();
            Ok(Some(EditorKeys::Auth0 { domain, place }))
        }
        Some((place, _)) => Err(place.error("must be \"none\", \"http\" or \"auth0\"")),
    }
}

/// An address that is sent a token.
fn address(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text).map_err(|_| "must be a URL, \"https://…\"")?;
    if url.scheme() != "https" && !is_loopback_http(&url) {
        return Err("must be an https URL; http is only taken for 127.0.0.1, [::1] and localhost");
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err("must name a host: \"https://api.example.com/me\"");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not hold a user name or password; take out what stands before the @");
    }
    if url.fragment().is_some() {
        return Err("must not have a fragment; take out what stands from the # on");
    }
    Ok(url)
}

/// A tenant's domain: "acme.eu.auth0.com", or its origin.
fn tenant(text: &str) -> Result<Url, &'static str> {
    let url = if text.contains("://") {
        address(text)?
    } else {
        address(&format!("https://{text}"))?
    };
    if url.path() != "/" || url.query().is_some() {
        return Err("must be the tenant's domain alone: \"acme.eu.auth0.com\"");
    }
    Ok(url)
}

fn origin(url: &Url) -> Url {
    let mut origin = url.clone();
    origin.set_path("/");
    origin
}

fn read_fields(table: &Table<'_>) -> Result<Vec<Field>> {
    let mut entries: Vec<(&str, Value<'_>)> = table.entries().collect();
    entries.sort_by_key(|(_, value)| value.start());
    if let Some((_, value)) = entries.get(FIELDS_LIMIT) {
        return Err(value.error(&format!(
            "is one too many; at most {FIELDS_LIMIT} fields can be known"
        )));
    }
    entries
        .into_iter()
        .map(|(name, value)| field(name, &value))
        .collect()
}

fn field(name: &str, value: &Value<'_>) -> Result<Field> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    if name.is_empty() || name.len() > NAME_LIMIT || !name.bytes().all(plain) || name == "__proto__" {
        return Err(value.error(&format!(
            "is no name for a field; use at most {NAME_LIMIT} letters, digits, _, - and ."
        )));
    }
    let (kind, label, max_length) = match value.content() {
        DeValue::String(_) => (field_kind(value)?, None, None),
        DeValue::Table(_) => described(value)?,
        other @ (DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)
        | DeValue::Array(_)) => {
            return Err(value.error(&format!(
                "must be a kind, \"text\", or a table, {{ kind = \"text\" }}, not {}",
                kind(other)
            )));
        }
    };
    Ok(Field {
        name: name.to_owned(),
        kind,
        label,
        max_length,
    })
}

/// A field that is described by a table.
fn described(value: &Value<'_>) -> Result<(FieldKind, Option<String>, Option<u32>)> {
    let Some(table) = value.table() else {
        return Err(value.error("must be a table"));
    };
    table.only(&["kind", "label", "max_length"])?;
    let (place, _) = table.required("kind", "\"text\", \"country\", \"yes-no\" or \"number\"")?;
    let kind = field_kind(&place)?;
    let label = match table.text("label")? {
        Some((place, text)) if text.chars().count() > LABEL_LIMIT => {
            return Err(place.error(&format!("must have at most {LABEL_LIMIT} characters")));
        }
        found => found.map(|(_, text)| text.to_owned()),
    };
    let max_length = match table.value("max_length") {
        None => None,
        Some(place) if kind != FieldKind::Text => {
            return Err(place.error(&format!("belongs to texts, and this is \"{kind}\"")));
        }
        Some(place) => Some(length(&place)?),
    };
    Ok((kind, label, max_length))
}

fn length(place: &Value<'_>) -> Result<u32> {
    let number = match place.content() {
        DeValue::Integer(number) => u32::from_str_radix(number.as_str(), number.radix()).ok(),
        DeValue::String(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => None,
    };
    number
        .filter(|number| (1..=TEXT_LIMIT).contains(number))
        .ok_or_else(|| place.error(&format!("must be a whole number from 1 to {TEXT_LIMIT}")))
}

fn field_kind(place: &Value<'_>) -> Result<FieldKind> {
    FieldKind::ALL
        .into_iter()
        .find(|kind| place.text().is_ok_and(|text| text == kind.as_str()))
        .ok_or_else(|| place.error("must be \"text\", \"country\", \"yes-no\" or \"number\""))
}

impl FieldKind {
    const ALL: [Self; 4] = [Self::Text, Self::Country, Self::YesNo, Self::Number];

    /// As it is written in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Country => "country",
            Self::YesNo => "yes-no",
            Self::Number => "number",
        }
    }
}

impl fmt::Display for FieldKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
#[path = "profile_tests.rs"]
mod tests;
