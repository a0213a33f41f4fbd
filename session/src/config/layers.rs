//! Where configuration comes from: four layers, of which the later one wins.
//!
//! `[provider]` and `[profile]` are taken whole from the last layer that has them; the other tables are put together key by key.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use toml::de::DeTable;

use super::profile::ProfileKeys;
use super::session::{self, SessionKeys};
use super::table::{Source, Table, invalid, shortened};
use super::{Config, ProfileConfig, ProviderConfig, SessionConfig, provider};
use crate::error::Result;

/// The largest configuration file, in bytes.
pub(super) const SIZE_LIMIT: usize = 64 * 1024;

/// One configuration text and where it is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// What an error calls it: the file's path.
    pub origin: String,
    /// The TOML text.
    pub text: String,
}

impl Layer {
    /// A layer of this origin.
    pub fn new(origin: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            origin: origin.into(),
            text: text.into(),
        }
    }
}

/// Where the layers are, the weakest first. The core looks nowhere by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Locations {
    /// Text compiled into the program.
    pub compiled_in: Option<String>,
    /// The person's file; may be absent.
    pub user: Option<PathBuf>,
    /// The file that was named for this run, by a variable of the environment or an argument; must exist.
    pub env: Option<PathBuf>,
    /// What names it, for errors: `ACME_NOTES_CONFIG`, `--config`.
    pub named_by: String,
    /// The administrator's file; may be absent.
    pub managed: Option<PathBuf>,
}

impl Config {
    /// One text alone. `origin` is what errors call it.
    ///
    /// # Errors
    /// [`Code::ConfigurationInvalid`](crate::Code::ConfigurationInvalid); the detail names origin, line and key, and what to do.
    pub fn parse(text: &str, origin: &str) -> Result<Self> {
        Self::from_layers([Layer::new(origin, text)])
    }

    /// Several texts, the weakest first. Each has to be right by itself, also where a later one overrules it.
    ///
    /// # Errors
    /// As for [`parse`](Self::parse).
    pub fn from_layers(layers: impl IntoIterator<Item = Layer>) -> Result<Self> {
        let mut config = Self {
            provider: None,
            session: SessionConfig::default(),
            language: String::new(),
            profile: ProfileConfig::default(),
        };
        let mut profile = None;
        for layer in layers {
            config = config.under(&layer, &mut profile)?;
        }
        // Only now is it known which issuer there is.
        if let Some(profile) = profile {
            config.profile = profile.with(config.provider.as_mut())?;
        }
        Ok(config)
    }

    /// Reads the files (blocking) and puts the layers together.
    ///
    /// # Errors
    /// As for [`parse`](Self::parse); also a file that cannot be read, is larger than 64 KiB or is not UTF-8, and a file
    /// that was named for this run and does not exist.
    pub fn load(locations: &Locations) -> Result<Self> {
        Self::from_layers(layers(locations)?)
    }

    /// Which layer each key in effect is from, by key ("session.refresh_ahead"), in order of the keys. Reads the files (blocking).
    ///
    /// # Errors
    /// As for [`load`](Self::load).
    pub fn origins(locations: &Locations) -> Result<BTreeMap<String, String>> {
        let mut origins = BTreeMap::new();
        let mut before: Option<toml::Value> = None;
        for layer in layers(locations)? {
            let Ok(document) = layer.text.parse::<toml::Table>() else {
                continue;
            };
            let issuer = document.get("provider").and_then(|table| table.get("issuer"));
            let another = before.is_some() && issuer.is_some() && issuer != before.as_ref();
            if document.contains_key("profile") || another {
                origins.retain(|key: &String, _| !key.starts_with("profile."));
            }
            before = issuer.cloned().or(before);
            // The table is taken whole from the last layer that has it.
            if document.contains_key("provider") {
                origins.retain(|key: &String, _| !key.starts_with("provider."));
            }
            for (name, value) in &document {
                for key in value.as_table().into_iter().flat_map(toml::Table::keys) {
                    origins.insert(format!("{name}.{key}"), shortened(&layer.origin));
                }
            }
        }
        Ok(origins)
    }

    /// This configuration with another layer on top, and what that layer says about the profile.
    fn under(self, layer: &Layer, profile: &mut Option<ProfileKeys>) -> Result<Self> {
        let source = Source {
            origin: &layer.origin,
            text: &layer.text,
        };
        let document = DeTable::parse(&layer.text).map_err(|error| {
            source.error(error.span(), "", &format!("not valid TOML: {}", error.message()))
        })?;
        let root = Table::root(source, document.get_ref());
        root.only(&["provider", "session", "ui", "profile"])?;
        if let Some(table) = root.table("profile")? {
            *profile = Some(ProfileKeys::read(&table)?);
        }
        let language = root
            .table("ui")?
            .map(|table| session::language(&table))
            .transpose()?
            .flatten();
        let session = root
            .table("session")?
            .map(|table| SessionKeys::read(&table))
            .transpose()?
            .unwrap_or_default();
        let provider = match root.table("provider")? {
            Some(table) => provider::read(&table)?,
            None => self.provider.clone(),
        };
        // An editor is told the tokens of the provider it was written for, and of no other.
        let issuer = |provider: &Option<ProviderConfig>| provider.as_ref().map(|it| it.issuer.clone());
        let another = self.provider.is_some() && issuer(&provider) != issuer(&self.provider);
        if another && root.table("profile")?.is_none() {
            *profile = None;
        }
        Ok(Self {
            provider,
            session: session.over(self.session),
            language: language.unwrap_or(self.language),
            profile: self.profile,
        })
    }
}

/// The layers that are there, the weakest first.
fn layers(locations: &Locations) -> Result<Vec<Layer>> {
    let compiled_in = locations
        .compiled_in
        .as_deref()
        .map(|text| Layer::new("the built-in configuration", text));
    let user = locations.user.as_deref().map(read).transpose()?.flatten();
    let env = match locations.env.as_deref() {
        Some(path) => Some(read(path)?.ok_or_else(|| {
            let by = match locations.named_by.as_str() {
                "" => "what names it",
                by => by,
            };
            file_error(
                path,
                &format!("there is no such file; {by} must name one that exists"),
            )
        })?),
        None => None,
    };
    let managed = locations.managed.as_deref().map(read).transpose()?.flatten();
    Ok([compiled_in, user, env, managed].into_iter().flatten().collect())
}

/// The file's text; `None` when there is no such file.
fn read(path: &Path) -> Result<Option<Layer>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(path, &error)),
    };
    let mut bytes = Vec::new();
    file.take(SIZE_LIMIT as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(path, &error))?;
    if bytes.len() > SIZE_LIMIT {
        return Err(file_error(
            path,
            "is larger than 64 KiB; this is not a configuration file",
        ));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let text =
            String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]).into_owned();
        let place = text.len()..text.len();
        let origin = path.display().to_string();
        Source {
            origin: &origin,
            text: &text,
        }
        .error(Some(place), "", "is not UTF-8 here; save the file as UTF-8")
    })?;
    // Editors on Windows put a byte order mark in front.
    let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    Ok(Some(Layer::new(path.display().to_string(), text)))
}

fn unreadable(path: &Path, error: &std::io::Error) -> crate::Error {
    file_error(path, &format!("cannot be read: {}", error.kind()))
}

fn file_error(path: &Path, message: &str) -> crate::Error {
    invalid(&format!("{}: {message}", shortened(&path.display().to_string())))
}

#[cfg(test)]
mod tests;
