//! A desktop app's sign-in session: OpenID Connect in the person's own browser, tokens in the operating system's credential
//! store, straight in at the next launch.
//!
//! The crate knows no window and no user interface. A program gives it a [configuration](config::Config), a
//! [credential store](store::CredentialStore), a [browser](ports::Browser) and a [publisher](ports::Publisher), and gets a
//! [`Session`]: a cheap handle to one task that owns everything.
//!
//! # A whole life
//!
//! ```no_run
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use latchkey_session::config::Config;
//! use latchkey_session::ports::Page;
//! use latchkey_session::store::OsStore;
//! use latchkey_session::view::View;
//! use latchkey_session::{Redirects, Session};
//!
//! # fn open_in_browser(_: &str) {}
//! # async fn get(_: &str, _: &str) {}
//! # #[tokio::main]
//! # async fn main() -> latchkey_session::Result<()> {
//! let toml = r#"
//!     [provider]
//!     name = "Acme"
//!     issuer = "https://id.acme.example/"
//!     client_id = "desktop"
//! "#;
//! let session = Session::builder(move || Config::parse(toml, "compiled in"))
//!     .store(Arc::new(OsStore::new("example.acme.desktop")))
//!     .redirects(Redirects::of_scheme("example.acme.desktop"))
//!     .browser(|page: &Page| {
//!         open_in_browser(page.url.secret());
//!         Ok(())
//!     })
//!     .publisher(|view: &View| println!("{view:?}"))
//!     .start()?; // asks the credential store: who was signed in is signed in again
//!
//! // The person is sent to the browser. The operating system brings the answer back to this program, which hands it over
//! // with `session.callback(url)`; with loopback redirects it arrives by itself.
//! session.sign_in(None).await?;
//!
//! // Whoever calls an API asks for a token each time. A fresh one costs next to nothing; an old one is renewed once for
//! // all callers, and written to the credential store before anybody gets it.
//! let token = session.access_token(Duration::from_secs(60)).await?;
//! get("https://api.acme.example/", token.secret()).await;
//!
//! // This device first, then the tokens at the provider, then the provider's own session in the browser.
//! let receipt = session.sign_out().await?;
//! println!("{receipt:?}");
//! session.close().await;
//! # Ok(())
//! # }
//! ```
//!
//! # What ends a session
//!
//! The provider's `invalid_grant`, the person, expiry without a refresh token, or the configured ceiling. A network fault, a
//! provider in trouble or a locked credential store never does: the [view](view::View) says what is the matter, and the
//! session goes on.
//!
//! # Errors
//!
//! Every failure is an [`Error`] with a [`Code`] (the fact), a [`Stage`] (the place) and a [`Fault`] (who can mend it). None
//! of them ever holds a token, a code, or the body of an answer.

#![forbid(unsafe_code)]

/// The example of the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadMe;

mod account;
mod actor;
#[cfg(test)]
mod actor_tests;
mod api;
mod attempt;
mod builder;
mod callback;
mod claim;
mod code;
pub mod config;
#[cfg(test)]
mod conformance;
mod departure;
mod device;
pub mod doctor;
mod effects;
mod error;
mod exchange;
mod failpoint;
mod handle;
mod http;
mod id_token;
#[cfg(any(test, feature = "inside"))]
#[doc(hidden)]
pub mod inside;
mod json;
mod lock;
mod log;
mod logout;
mod loopback;
mod outbox;
mod par;
mod picture;
pub mod ports;
pub mod profile;
mod provider;
mod quiet;
mod record;
mod redirects;
mod schedule;
pub mod secret;
pub mod setup;
mod shared;
mod state;
pub mod store;
#[cfg(test)]
mod testing;
mod text;
pub mod timeline;
mod tokens;
mod unsaid;
pub mod view;
mod waiting;
mod watch;

pub use api::{Api, told};
pub use builder::Builder;
pub use claim::{Claim, ClaimKind};
pub use error::{Code, Error, Fault, Problem, Result, Stage};
#[doc(hidden)]
pub use failpoint::Failpoint;
pub use handle::{Begun, Session, SignIn};
pub use json::says;
pub use picture::Picture;
pub use redirects::Redirects;
