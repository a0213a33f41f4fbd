//! The least that signs somebody in: by loopback, kept by the operating system, straight in when it is run again.
//!
//! ```text
//! cargo run -p latchkey-session --example minimal -- configuration.toml [sign-out]
//! ```
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for a terminal"
)]

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use latchkey_session::config::{Config, Locations};
use latchkey_session::ports::Page;
use latchkey_session::store::OsStore;
use latchkey_session::view::View;
use latchkey_session::{Result, Session};

/// Under this name the credential store keeps the entries.
const SERVICE: &str = "example.latchkey.minimal";

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [file] => run(file, false).await,
        [file, "sign-out"] => run(file, true).await,
        _ => {
            eprintln!("usage: minimal CONFIGURATION.toml [sign-out]");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(file: &str, sign_out: bool) -> Result<()> {
    let files = Locations {
        env: Some(PathBuf::from(file)),
        named_by: "the first argument".to_owned(),
        ..Locations::default()
    };
    let session = Session::builder(move || Config::load(&files))
        .store(Arc::new(OsStore::new(SERVICE)))
        .product("the minimal example")
        .browser(|page: &Page| {
            println!("Open this in a browser:\n{}", page.url.secret());
            Ok(())
        })
        .start()?;
    settled(&session).await;
    if sign_out {
        println!("{:?}", session.sign_out().await?);
    } else {
        if !matches!(session.view(), View::SignedIn { .. }) {
            session.sign_in(None).await?;
        }
        if let View::SignedIn { profile, .. } = session.view() {
            println!(
                "Signed in as {}. Run it again: it goes straight in.",
                profile.name
            );
        }
    }
    session.close().await;
    Ok(())
}

/// Waits until the credential store has answered.
async fn settled(session: &Session) {
    while matches!(session.view(), View::Restoring) {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}
