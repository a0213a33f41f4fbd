//! A session in a process of its own, for the proof of faults: the public API of `latchkey-session` with the operating
//! system's credential store, driven by lines of standard input, told as JSON lines on standard output.
//!
//! ```text
//! client --config FILE --data-dir FOLDER --service NAME --scheme SCHEME [--ahead SECONDS] [--stop-at FAILPOINT]
//! ```
//!
//! Commands, one a line and one after the other; each is answered by one line that names it:
//! - `sign-in`, `callback URL`, `sign-out`, `retry`
//! - `renew [TIMES]`: renewals, one after the other
//! - `token MIN_TTL_SECONDS [COUNT]`: so many callers at once
//! - `signed-in?`: the view
//! - `advance SECONDS`: the clock goes forward, or back
//! - `stop-at FAILPOINT`: from now on it stops there for ever, so that it can be killed there
//! - `quit`

mod commands;
mod output;

use std::io::BufRead as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use latchkey_session::config::{Config, Locations};
use latchkey_session::ports::{Clock, Page, SystemClock};
use latchkey_session::store::OsStore;
use latchkey_session::view::View;
use latchkey_session::{Failpoint, Redirects, Result, Session};

use commands::{Commands, Next};

/// What was asked for on the command line.
#[derive(Debug, Default)]
struct Options {
    config: PathBuf,
    data_dir: PathBuf,
    service: String,
    /// A redirect scheme the demo provider knows.
    scheme: String,
    ahead: i64,
    stop_at: Option<Failpoint>,
}

/// The system's clock, and so many seconds more.
#[derive(Clone, Debug)]
struct Shifted(Arc<AtomicI64>);

impl Clock for Shifted {
    fn now(&self) -> Timestamp {
        SystemClock.now() + SignedDuration::from_secs(self.0.load(Ordering::SeqCst))
    }
}

/// Where it stops, if anywhere.
type StopAt = Arc<Mutex<Option<Failpoint>>>;

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(usage) => {
            eprintln!("{usage}");
            return ExitCode::from(2);
        }
    };
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_max_level(tracing_subscriber::filter::LevelFilter::INFO)
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let result = match runtime {
        Ok(runtime) => {
            let result = runtime.block_on(run(options));
            runtime.shutdown_timeout(Duration::from_millis(200));
            result.map_err(|error| error.to_string())
        }
        Err(error) => Err(error.to_string()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<()> {
    let ahead = Arc::new(AtomicI64::new(options.ahead));
    let stop_at = StopAt::new(Mutex::new(options.stop_at));
    let files = Locations {
        env: Some(options.config),
        named_by: "--config".to_owned(),
        ..Locations::default()
    };
    let place = Arc::clone(&stop_at);
    let session = Session::builder(move || Config::load(&files))
        .store(Arc::new(OsStore::new(&options.service)))
        .redirects(Redirects::of_scheme(&options.scheme))
        .data_dir(options.data_dir)
        .clock(Shifted(Arc::clone(&ahead)))
        .browser(|page: &Page| {
            output::browser(page);
            Ok(())
        })
        .publisher(|view: &View| output::state(view))
        .at_failpoint(move |point| {
            if *place.lock().unwrap_or_else(PoisonError::into_inner) == Some(point) {
                output::failpoint(point);
                loop {
                    std::thread::park();
                }
            }
        })
        .start()?;
    let mut commands = Commands {
        session: session.clone(),
        ahead,
        stop_at,
    };
    let mut lines = lines();
    while let Some(line) = lines.recv().await {
        if commands.run(line.trim()).await == Next::End {
            break;
        }
    }
    session.close().await;
    Ok(())
}

/// The lines of standard input, read on a thread of its own.
fn lines() -> tokio::sync::mpsc::Receiver<String> {
    let (sender, receiver) = tokio::sync::mpsc::channel(16);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            let Ok(line) = line else { return };
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> std::result::Result<Self, String> {
        let mut options = Self::default();
        while let Some(name) = arguments.next() {
            let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
            match name.as_str() {
                "--config" => options.config = value.into(),
                "--data-dir" => options.data_dir = value.into(),
                "--service" => options.service = value,
                "--scheme" => options.scheme = value,
                "--ahead" => options.ahead = value.parse().map_err(|_| "--ahead: seconds".to_owned())?,
                "--stop-at" => {
                    options.stop_at = Some(failpoint(&value).ok_or("--stop-at: no such failpoint")?);
                }
                _ => return Err(format!("unknown argument {name}")),
            }
        }
        if options.service.is_empty() {
            return Err(
                "--service is missing: the proof must not touch another program's entries".to_owned(),
            );
        }
        Ok(options)
    }
}

fn failpoint(name: &str) -> Option<Failpoint> {
    Failpoint::ALL.into_iter().find(|point| point.as_str() == name)
}
