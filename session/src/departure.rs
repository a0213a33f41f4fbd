//! A sign-out the credential store has not heard of yet, because it was locked: written down in a file, so that the session is
//! not restored meanwhile. The file names no person and holds no secret: a time.

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::record::Record;
use crate::store::parts::Key;

/// Which session was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Departure {
    /// When it had begun: the same through all its renewals.
    pub(crate) since: Timestamp,
}

impl Departure {
    /// Whether what the store holds is what was left: the same session, or one older still.
    pub(crate) fn is_from(self, record: &Record) -> bool {
        record.since <= self.since
    }
}

/// Where it is written down; nowhere without a data directory.
#[derive(Clone, Debug)]
pub(crate) struct Departures(Option<PathBuf>);

impl Departures {
    pub(crate) fn new(data_dir: Option<&Path>, key: &Key) -> Self {
        Self(data_dir.map(|directory| directory.join(key.file("signed-out"))))
    }

    /// What is written down. Blocks.
    pub(crate) fn read(&self) -> Option<Departure> {
        serde_json::from_slice(&std::fs::read(self.0.as_ref()?).ok()?).ok()
    }

    /// Writes it down. Blocks.
    ///
    /// # Errors
    /// There is no place for it, or it cannot be written.
    pub(crate) fn note(&self, departure: Departure) -> io::Result<()> {
        let path = self.0.as_ref().ok_or(io::ErrorKind::NotFound)?;
        if let Some(directory) = path.parent() {
            std::fs::create_dir_all(directory)?;
        }
        let next = path.with_extension("new");
        std::fs::write(&next, serde_json::to_vec(&departure)?)?;
        std::fs::rename(next, path)
    }

    /// The store has heard of it. Blocks.
    pub(crate) fn forget(&self) {
        if let Some(path) = &self.0
            && let Err(error) = std::fs::remove_file(path)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(kind = %error.kind(), "a sign-out that is done stays noted");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noted_is_read_until_it_is_forgotten() {
        let directory = tempfile::tempdir().unwrap();
        let departures = Departures::new(
            Some(&directory.path().join("data")),
            &Key::session("https://id.example", "desktop"),
        );
        assert_eq!(departures.read(), None);
        let departure = Departure {
            since: Timestamp::from_second(1000).unwrap(),
        };
        departures.note(departure).unwrap();
        assert_eq!(departures.read(), Some(departure));
        departures.forget();
        departures.forget();
        assert_eq!(departures.read(), None);
    }

    #[test]
    fn without_a_place_nothing_is_noted() {
        let departures = Departures::new(None, &Key::session("https://id.example", "desktop"));
        let departure = Departure {
            since: Timestamp::from_second(1000).unwrap(),
        };
        assert!(departures.note(departure).is_err());
        assert_eq!(departures.read(), None);
    }
}
