//! What is written to the log while the behaviours are played, at the finest level of our own crate.

use std::io::{self, Write};
use std::sync::Mutex;

use tracing_subscriber::filter::{EnvFilter, LevelFilter};

static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Lines;

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Ok(mut lines) = LINES.lock() {
            lines.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Keeps the log of this process from here on, as the app's file would hold it.
pub(super) fn begin() {
    let filter = EnvFilter::builder()
        .with_default_directive(LevelFilter::WARN.into())
        .parse("warn,latchkey_session=trace")
        .unwrap();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(|| Lines)
        .init();
}

/// Everything so far.
pub(super) fn so_far() -> String {
    let lines = String::from_utf8_lossy(&LINES.lock().unwrap()).into_owned();
    assert!(lines.contains("latchkey_session"), "the log is kept");
    lines
}
