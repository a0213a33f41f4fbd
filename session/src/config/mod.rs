//! The configuration, parsed once at the border: what is in a [`Config`] needs no further check.
//!
//! `layers` reads the files and puts them together, `table` reads typed values and knows where they stand, `provider`,
//! `profile` and `session` know the keys. Every error names file, line and key, and says what to write instead.
//!
//! Not here on purpose: looking for files, and the environment. The caller says where the layers are ([`Locations`]).

mod duration;
mod layers;
mod near;
mod profile;
mod provider;
mod session;
mod table;
#[cfg(test)]
mod tests;
mod write;

use std::collections::BTreeMap;
use std::time::Duration;

use url::Url;

pub use layers::{Layer, Locations};
pub use profile::{Editor, Field, FieldKind, ProfileConfig};
pub(crate) use provider::{issuer, minimal};
pub(crate) use write::no_file;
pub use write::write_user_provider;
pub(crate) use write::write_what_counts;

/// A whole, checked configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The provider; absent when no layer names one.
    pub provider: Option<ProviderConfig>,
    /// `[session]`.
    pub session: SessionConfig,
    /// `[ui]` `language`; empty: the system's.
    pub language: String,
    /// `[profile]`: what people can edit about themselves.
    pub profile: ProfileConfig,
}

/// `[provider]`: where and as whom to sign in.
#[derive(Clone, Debug, PartialEq)]
pub struct ProviderConfig {
    /// What people call it: "Sign in with NAME". Empty when not given.
    pub name: String,
    /// The issuer exactly as configured: compared byte by byte (OpenID Connect Discovery 1.0, section 4.3).
    pub issuer: String,
    /// The issuer as a URL, https or loopback.
    pub issuer_url: Url,
    /// `client_id` (RFC 6749, section 2.2).
    pub client_id: String,
    /// Some providers' desktop clients send one; it protects nothing and is not treated as a secret.
    pub client_secret: Option<String>,
    /// Requested scopes; always holds `openid`.
    pub scopes: Vec<String>,
    /// Auth0-style API audience.
    pub audience: Option<String>,
    /// Resource indicators (RFC 8707).
    pub resources: Vec<Url>,
    /// Which redirect to use.
    pub redirect: RedirectMode,
    /// The `prompt` that asks for another account; absent: what the provider announces decides.
    pub account_prompt: Option<String>,
    /// More authorization parameters, in order of their names; none of ours (client_id, state …) can be among them.
    pub authorize: BTreeMap<String, String>,
}

/// `redirect`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RedirectMode {
    /// Deep link where our handler is registered, else loopback.
    #[default]
    Auto,
    /// The private-use scheme.
    DeepLink,
    /// A loopback listener.
    Loopback,
}

/// `[session]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionConfig {
    /// Renew at least this long before expiry (at most a quarter of the token's life), at a random moment from three quarters of its
    /// life on.
    pub refresh_ahead: Duration,
    /// How far two clocks may differ.
    pub clock_leeway: Duration,
    /// How long one attempt may take.
    pub sign_in_timeout: Duration,
    /// The absolute end of a session, counted from the sign-in.
    pub max_session: Option<Duration>,
}

impl Default for SessionConfig {
    fn default() -> Self {
        Self {
            refresh_ahead: Duration::from_secs(60),
            clock_leeway: Duration::from_secs(60),
            sign_in_timeout: Duration::from_secs(300),
            max_session: None,
        }
    }
}
