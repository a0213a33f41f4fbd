//! The terminal client: a whole session, driven by lines of standard input, told as JSON lines on standard output.
//!
//! It uses the public API of `latchkey-session` and nothing else: documentation by example, proof that the core needs no
//! window, and a handle for tests and fuzzers. It opens no browser itself: it prints what a browser would be given.
//!
//! ```text
//! cargo run -p latchkey-session --example terminal -- --config latchkey.toml [--store os|memory]
//! ```
//!
//! Commands, one a line: `sign-in [deep-link|loopback|device] [another-account]`, `switch deep-link|loopback|device`, `callback URL`,
//! `paste TEXT`, `take-another`, `cancel`, `refresh`, `status`, `sign-out`, `quit`. On another device: what to type and where is in
//! the state. Somebody else than expected (phase `choosing`): `take-another` or `cancel`. Where the file names no provider:
//! `probe ADDRESS`, and `try ISSUER CLIENT_ID [NAME]`, which writes the file when the sign-in succeeds.
//! Every command is answered by exactly one `ok` or `error` line; commands run concurrently. The log is on standard error
//! (`LATCHKEY_LOG` filters it).

mod commands;
mod options;
mod output;

use std::io::BufRead as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use latchkey_session::config::{Config, Locations};
use latchkey_session::ports::Page;
use latchkey_session::store::{CredentialStore, MemoryStore, OsStore};
use latchkey_session::view::View;
use latchkey_session::{Redirects, Result, Session};
use tokio::sync::mpsc;

use commands::Commands;
use options::{Options, Store};
use output::Output;

/// The scheme of the product, whether or not a handler for it is registered here.
const SCHEME: &str = "dev.latchkey.desktop";

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(usage) => {
            eprintln!("{usage}");
            return ExitCode::from(2);
        }
    };
    start_log();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("no runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    let result = runtime.block_on(run(options));
    // A call into the credential store may hang behind a password dialog: the process does not wait for it.
    runtime.shutdown_timeout(Duration::from_millis(200));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<()> {
    let output = Output::new();
    let store: Arc<dyn CredentialStore> = match options.store {
        Store::Os => Arc::new(OsStore::new(SCHEME)),
        Store::Memory => Arc::new(MemoryStore::new()),
    };
    let (states, pages) = (output.clone(), output.clone());
    states.state(&View::Restoring);
    let file = options.config.clone();
    let files = Locations {
        env: Some(options.config),
        named_by: "--config".to_owned(),
        ..Locations::default()
    };
    let mut builder = Session::builder(move || Config::load(&files));
    if options.store == Store::Os
        && let Some(data) = dirs::data_local_dir()
    {
        // Whoever shares a credential store shares the lock files: they take turns there.
        builder = builder.data_dir(data.join(SCHEME));
    }
    let session = builder
        .store(store)
        .redirects(Redirects::of_scheme(SCHEME))
        .user_config(file)
        .browser(move |page: &Page| {
            pages.browser(page);
            Ok(())
        })
        .publisher(move |view: &View| states.state(view))
        .start()?;

    let mut commands = Commands::new(session, output);
    let mut lines = lines();
    while let Some(line) = lines.recv().await {
        if commands.run(&line).await.is_break() {
            return Ok(());
        }
    }
    commands.close().await;
    Ok(())
}

/// The lines of standard input. A thread of its own reads them: a read cannot be cancelled.
fn lines() -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel(16);
    std::thread::spawn(move || {
        let mut input = std::io::stdin().lock();
        let mut bytes = Vec::new();
        // Bytes that are no text become a command nobody knows, and are answered like one.
        while input.read_until(b'\n', &mut bytes).is_ok_and(|read| read > 0) {
            let line = String::from_utf8_lossy(&bytes).into_owned();
            bytes.clear();
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

/// Warnings of everybody, and what the session tells about itself.
fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("LATCHKEY_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,latchkey_session=info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .init();
}
