//! What other processes do to the stored session is noticed: whoever changes it rings a bell, which is a small file in the data
//! directory, and everybody watches that file through the operating system. No polling: while nothing happens nothing wakes up.
//!
//! The file says who rang last, and nothing else. Where it cannot be watched, a change is noticed when the window comes to the
//! front and when a token is renewed.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};

/// The file's name.
const FILE: &str = "session.changed";
/// Rings that come close together are one.
const TOGETHER: Duration = Duration::from_millis(200);
/// But no more than so many.
const MANY: usize = 50;

/// Tells other processes that the stored session has changed. Cloning is cheap.
#[derive(Clone, Debug)]
pub(crate) struct Bell {
    file: Option<PathBuf>,
    /// Who we are: our own rings are not heard.
    ringer: String,
}

impl Bell {
    /// A bell in this directory; without one nobody hears it.
    pub(crate) fn new(directory: Option<&Path>) -> Self {
        Self {
            file: directory.map(|directory| directory.join(FILE)),
            // Without randomness every ring is heard, also our own: no harm.
            ringer: getrandom::u64().map_or_else(|_| String::new(), |number| format!("{number:016x}")),
        }
    }

    /// Rings. Blocks, shortly.
    pub(crate) fn ring(&self) {
        if let Some(file) = &self.file
            && let Err(error) = std::fs::write(file, &self.ringer)
        {
            tracing::warn!(kind = %error.kind(), "other processes could not be told of a change");
        }
    }

    fn is_ours(&self) -> bool {
        let rang = self.file.as_ref().and_then(|file| std::fs::read(file).ok());
        !self.ringer.is_empty() && rang.is_some_and(|rang| rang == self.ringer.as_bytes())
    }
}

/// Listens for as long as it lives.
#[derive(Debug)]
pub(crate) struct Listener {
    _watcher: RecommendedWatcher,
}

impl Listener {
    /// Calls `heard`, on a thread of its own, after each ring of another process. `heard` answers whether to go on. Blocks,
    /// shortly.
    ///
    /// # Errors
    /// The operating system cannot watch the directory.
    pub(crate) fn start(bell: Bell, heard: impl Fn() -> bool + Send + 'static) -> notify::Result<Self> {
        let directory = bell
            .file
            .as_deref()
            .and_then(Path::parent)
            .ok_or_else(|| notify::Error::generic("no directory"))?
            .to_owned();
        std::fs::create_dir_all(&directory).map_err(notify::Error::io)?;
        let (ring, rings) = mpsc::channel();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            let ours = |path: &PathBuf| path.file_name().is_some_and(|name| name == FILE);
            if event.is_ok_and(|event| !event.kind.is_access() && event.paths.iter().any(ours)) {
                let _ = ring.send(());
            }
        })?;
        watcher.watch(&directory, RecursiveMode::NonRecursive)?;
        std::thread::Builder::new()
            .name("session-watch".to_owned())
            .spawn(move || {
                while rings.recv().is_ok() {
                    // The end of a burst, or enough of it.
                    for _ in 0..MANY {
                        match rings.recv_timeout(TOGETHER) {
                            Ok(()) => {}
                            Err(RecvTimeoutError::Timeout) => break,
                            Err(RecvTimeoutError::Disconnected) => return,
                        }
                    }
                    if !bell.is_ours() && !heard() {
                        return;
                    }
                }
            })
            .map_err(notify::Error::io)?;
        Ok(Self { _watcher: watcher })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(20);

    fn listen(directory: &Path, bell: &Bell) -> (Listener, mpsc::Receiver<()>) {
        let (sender, heard) = mpsc::channel();
        std::fs::create_dir_all(directory).unwrap();
        (
            Listener::start(bell.clone(), move || sender.send(()).is_ok()).unwrap(),
            heard,
        )
    }

    #[test]
    fn the_ring_of_another_is_heard_and_our_own_is_not() {
        let directory = tempfile::tempdir().unwrap();
        let (ours, theirs) = (
            Bell::new(Some(directory.path())),
            Bell::new(Some(directory.path())),
        );
        let (_listener, heard) = listen(directory.path(), &ours);
        ours.ring();
        assert!(heard.recv_timeout(3 * TOGETHER).is_err());
        theirs.ring();
        heard.recv_timeout(LONG).unwrap();
    }

    #[test]
    fn other_files_are_not_listened_to() {
        let directory = tempfile::tempdir().unwrap();
        let bell = Bell::new(Some(directory.path()));
        let (_listener, heard) = listen(directory.path(), &bell);
        std::fs::write(directory.path().join("session.lock"), b"x").unwrap();
        assert!(heard.recv_timeout(3 * TOGETHER).is_err());
    }

    #[test]
    fn a_place_that_cannot_be_watched_is_a_fact_not_a_panic() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let bell = Bell::new(Some(&file.path().join("x")));
        assert!(Listener::start(bell.clone(), || true).is_err());
        bell.ring();
        assert!(Listener::start(Bell::new(None), || true).is_err());
    }
}
