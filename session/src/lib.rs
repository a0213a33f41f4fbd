//! A desktop app's sign-in session.

mod actor;
#[cfg(test)]
mod actor_tests;
mod attempt;
mod callback;
pub mod config;
mod effects;
mod error;
mod exchange;
mod handle;
mod http;
mod id_token;
mod lock;
mod log;
mod logout;
mod loopback;
mod picture;
pub mod ports;
pub mod profile;
mod provider;
mod record;
mod schedule;
pub mod secret;
mod shared;
mod state;
pub mod store;
#[cfg(test)]
mod testing;
mod text;
mod tokens;
pub mod view;
mod waiting;

pub use error::{Code, Error, Fault, Problem, Result, Stage};
pub use handle::{Begun, Builder, Redirects, Session};
pub use picture::Picture;
