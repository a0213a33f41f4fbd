//! The log: a bounded file in the app's log directory. And the end of a program that panics.
//!
//! `…_LOG` (after the program: `LATCHKEY_LOG`) sets the level (`debug`, `latchkey_session=trace`); it is `info` otherwise. It reaches our own crates only:
//! of all others warnings and errors are written, whatever it says, because at finer levels some write down what they send.
//! The deep-link plugin is silent altogether: its warnings hold links.

use std::panic::PanicHookInfo;
use std::path::Path;
use std::sync::Mutex;

use tracing::{Level, Metadata};
use tracing_subscriber::filter::{EnvFilter, LevelFilter, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::log_file::LogFile;
use crate::names::Names;
use crate::os;

/// Starts writing. A log that cannot be opened costs the log, not the app.
pub(crate) fn start(names: &Names, directory: &Path) {
    let filter = EnvFilter::builder()
        .with_default_directive(LevelFilter::INFO.into())
        .with_env_var(names.variable("LOG"))
        .from_env_lossy();
    let log = match LogFile::open(directory, &names.program) {
        Ok(log) => log,
        Err(error) => {
            complain(&format!("no log: {error}"));
            return;
        }
    };
    let file = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_writer(Mutex::new(log))
        .with_filter(filter_fn(may_be_written))
        .with_filter(filter);
    // Fails only when a log is already running.
    let _ = tracing_subscriber::registry().with(file).try_init();
}

fn may_be_written(event: &Metadata<'_>) -> bool {
    let target = event.target();
    target.starts_with("latchkey")
        || (*event.level() <= Level::WARN && !target.starts_with("tauri_plugin_deep_link"))
}

/// From here on a panic is logged by its place alone and ends the process: its message may hold data, and a session whose task
/// has died must not look alive.
pub(crate) fn end_on_panic(program: String) {
    std::panic::set_hook(Box::new(move |panic| {
        let place = place(panic);
        tracing::error!(place, "panic");
        complain(&format!("{program} ended: internal fault at {place}"));
        os::end();
    }));
}

fn place(panic: &PanicHookInfo<'_>) -> String {
    panic.location().map_or_else(
        || "an unknown place".to_owned(),
        |at| format!("{}:{}", at.file(), at.line()),
    )
}

/// A line for whoever started us from a terminal.
pub(crate) fn complain(line: &str) {
    use std::io::Write as _;
    // Without a terminal there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "{line}");
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex, PoisonError};

    use tracing_subscriber::filter::filter_fn;
    use tracing_subscriber::layer::{Layer, SubscriberExt as _};

    use super::may_be_written;

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn strangers_write_warnings_at_most_and_the_deep_link_plugin_nothing() {
        let sink = Sink::default();
        let writer = sink.clone();
        let layer = tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .with_filter(filter_fn(may_be_written));
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            tracing::trace!(target: "latchkey_session::actor", "ours");
            tracing::warn!(target: "zbus", "their warning");
            tracing::info!(target: "hyper", "their chatter");
            tracing::warn!(target: "tauri_plugin_deep_link", "a link");
        });
        let written = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
        assert!(
            written.contains("ours") && written.contains("their warning"),
            "{written}"
        );
        assert!(
            !written.contains("their chatter") && !written.contains("a link"),
            "{written}"
        );
    }
}
