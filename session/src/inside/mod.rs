//! What fuzzing and benchmarks see of the rooms. No part of the crate's interface: it is there with the feature `inside` and in
//! tests, and may change with any commit.
//!
//! Each target takes bytes as a stranger may send them, gives them to its room the way the program does, and judges the result by
//! what the room promises; where a promise is broken, it panics. It tells whether the room took them, so that
//! `seeds_tests` can show that every seed of `fuzz/seeds` is what its name says.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a broken promise has to stop the fuzzer, and what is fixed here is known to be right"
)]

mod callback;
mod config;
mod device;
mod discovery;
mod fleet;
mod id_token;
mod judge;
mod keys;
mod pasted;
mod record;
#[cfg(test)]
mod seeds_tests;
mod session;
mod timeline;
mod verification;

pub use callback::callback;
pub use config::configuration;
pub use device::device_response;
pub use discovery::discovery;
pub use fleet::{Answer, Desktop, ENDPOINTS, Endpoint, Provider};
pub use id_token::id_token;
pub use keys::key_set;
pub use pasted::pasted;
pub use record::record;
pub use session::{Held, Kept};
pub use timeline::Events;
pub use verification::Verification;

pub use crate::exchange::inside::token_response;
pub use crate::loopback::inside::request;

pub(crate) use judge::{problem, shown};

use jiff::Timestamp;

use crate::config::{Config, ProviderConfig};

/// The provider of all targets.
pub(crate) const ISSUER: &str = "https://id.example";
/// The client of all targets.
pub(crate) const CLIENT_ID: &str = "desktop";
/// What no message may quote: the state, a code or a token that the seeds hold, too.
pub(crate) const SECRET: &str = "rt-b7WFqk2ZrX91mN4pLs0T";

/// Now, in all targets.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_second(1_700_000_000).unwrap()
}

/// The configuration of all targets, with this issuer.
pub(crate) fn provider_config(issuer: &str) -> ProviderConfig {
    let text = format!("[provider]\nissuer = \"{issuer}\"\nclient_id = \"{CLIENT_ID}\"\n");
    Config::parse(&text, "inside").unwrap().provider.unwrap()
}
