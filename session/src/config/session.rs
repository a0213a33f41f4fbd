//! The keys of `[session]` and `[ui]`: each layer holds some, later ones win key by key.

use std::time::Duration;

use super::SessionConfig;
use super::duration::{self, Bounds};
use super::table::Table;
use crate::error::Result;

/// What one layer says about the session. An inner `None`: said to be without one.
#[derive(Clone, Debug, Default)]
pub(super) struct SessionKeys {
    refresh_ahead: Option<Duration>,
    clock_leeway: Option<Duration>,
    sign_in_timeout: Option<Duration>,
    max_session: Option<Option<Duration>>,
}

impl SessionKeys {
    pub(super) fn read(table: &Table<'_>) -> Result<Self> {
        table.only(&["refresh_ahead", "clock_leeway", "sign_in_timeout", "max_session"])?;
        Ok(Self {
            refresh_ahead: needed(table, "refresh_ahead", &duration::REFRESH_AHEAD)?,
            clock_leeway: needed(table, "clock_leeway", &duration::CLOCK_LEEWAY)?,
            sign_in_timeout: needed(table, "sign_in_timeout", &duration::SIGN_IN_TIMEOUT)?,
            max_session: optional(table, "max_session", &duration::MAX_SESSION)?,
        })
    }

    /// Puts what this layer says over what was said before.
    pub(super) fn over(self, below: SessionConfig) -> SessionConfig {
        SessionConfig {
            refresh_ahead: self.refresh_ahead.unwrap_or(below.refresh_ahead),
            clock_leeway: self.clock_leeway.unwrap_or(below.clock_leeway),
            sign_in_timeout: self.sign_in_timeout.unwrap_or(below.sign_in_timeout),
            max_session: self.max_session.unwrap_or(below.max_session),
        }
    }
}

/// A duration that cannot be empty.
fn needed(table: &Table<'_>, key: &str, bounds: &Bounds) -> Result<Option<Duration>> {
    let Some(value) = table.value(key) else {
        return Ok(None);
    };
    duration::parse(value.text()?, bounds)
        .map(Some)
        .map_err(|message| value.error(&message))
}

/// A duration; the empty text says that there is none.
fn optional(table: &Table<'_>, key: &str, bounds: &Bounds) -> Result<Option<Option<Duration>>> {
    match table.value(key) {
        Some(value) if value.text()?.is_empty() => Ok(Some(None)),
        Some(_) | None => Ok(needed(table, key, bounds)?.map(Some)),
    }
}

/// `[ui]` `language`: a language tag (RFC 5646) or empty; `None` when the layer says nothing.
pub(super) fn language(table: &Table<'_>) -> Result<Option<String>> {
    table.only(&["language"])?;
    let Some(value) = table.value("language") else {
        return Ok(None);
    };
    let text = value.text()?;
    let is_tag = text.len() <= 35
        && text
            .split('-')
            .all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    if text.is_empty() || is_tag {
        Ok(Some(text.to_owned()))
    } else {
        Err(value.error("must be a language tag like \"en\" or \"pt-BR\", or \"\" for the system's language"))
    }
}
