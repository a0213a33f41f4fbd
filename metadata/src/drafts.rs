//! Changes that are not saved yet, in a file of the data directory: readable by its owner alone, bounded, replaced whole.
//!
//! Each change keeps the value it was made on, so that a change elsewhere is noticed whenever it is saved. A file belongs to one
//! person at one issuer and to one place; its name is made of hashes and tells nothing. What it holds is personal, not secret.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::fields::{Change, Changes, Fields};
use crate::tokens::Person;

/// The largest file, in bytes.
const SIZE_LIMIT: usize = 256 * 1024;

/// How a file ends that is not yet whole.
const UNFINISHED: &str = "new";
/// One number for each write of this process.
static WRITES: AtomicU64 = AtomicU64::new(0);

/// Held by whoever of this process reads a file, or puts one in its place.
static REPLACING: Mutex<()> = Mutex::new(());

/// The drafts of one place. Everything here blocks.
#[derive(Clone, Debug)]
pub struct Drafts {
    directory: PathBuf,
    place: String,
    /// One change of a file at a time.
    turn: Arc<Mutex<()>>,
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// When it was last written.
    pub(crate) at: Timestamp,
    /// The version of the data it was begun on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<String>,
    pub(crate) edits: Vec<KeptEdit>,
}

/// A change and the value it was made on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct KeptEdit {
    #[serde(flatten)]
    pub(crate) change: Change,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) base: Option<Value>,
}

impl Drafts {
    /// The drafts for this place in this directory, which need not exist yet.
    pub(crate) fn new(directory: PathBuf, place: &Url) -> Self {
        Self {
            directory,
            place: hash(place.as_str()),
            turn: Arc::default(),
        }
    }

    /// What is kept; nothing when nothing can be read.
    pub(crate) fn read(&self, person: &Person) -> Option<Kept> {
        let mut bytes = Vec::new();
        {
            let _alone = REPLACING.lock().unwrap_or_else(PoisonError::into_inner);
            File::open(self.file(person))
                .ok()?
                .take(SIZE_LIMIT as u64 + 1)
                .read_to_end(&mut bytes)
                .ok()?;
        }
        let kept: Kept = serde_json::from_slice(&bytes).ok()?;
        // Somebody may have written into the file: what comes from it is checked like what comes from a page.
        Changes::new(kept.edits.iter().map(|edit| edit.change.clone()).collect()).ok()?;
        (!kept.edits.is_empty()).then_some(kept)
    }

    /// Keeps exactly these changes. One that was kept before stays with the value it was made on; for the others that is what
    /// `fields` holds.
    ///
    /// # Errors
    /// The disk does not take it, or it is too large.
    pub(crate) fn keep(
        &self,
        person: &Person,
        changes: &Changes,
        fields: Option<&Fields>,
        version: Option<&str>,
        now: Timestamp,
    ) -> io::Result<()> {
        let _turn = self.turn();
        let before = self.read(person);
        let known = |name: &str| {
            let edits = &before.as_ref()?.edits;
            edits.iter().find(|edit| edit.change.name == name)
        };
        let edits = changes
            .iter()
            .map(|change| KeptEdit {
                base: match known(&change.name) {
                    Some(edit) => edit.base.clone(),
                    None => fields.and_then(|fields| fields.get(&change.name)).cloned(),
                },
                change: change.clone(),
            })
            .collect();
        let version = match &before {
            Some(before) => before.version.clone(),
            None => version.map(str::to_owned),
        };
        self.write(
            person,
            &Kept {
                at: now,
                version,
                edits,
            },
        )
    }

    /// The person has seen what is there now and wants these changes all the same: from now on they are made on that.
    ///
    /// # Errors
    /// The disk does not take it.
    pub(crate) fn insist(&self, person: &Person, names: &[String], fields: &Fields) -> io::Result<()> {
        self.change(person, |edit| {
            if names.contains(&edit.change.name) {
                edit.base = fields.get(&edit.change.name).cloned();
            }
            true
        })
    }

    /// Takes out what the data has already. What was changed once more while it was being saved stays, and is made on what was
    /// saved (`done`).
    ///
    /// # Errors
    /// The disk does not take it.
    pub(crate) fn settle(&self, person: &Person, fields: &Fields, done: Option<&Changes>) -> io::Result<()> {
        self.change(person, |edit| {
            let change = &edit.change;
            let saved = done.and_then(|done| done.iter().find(|it| it.name == change.name));
            if saved.is_some_and(|saved| saved.value == change.value) || change.is_in(fields) {
                return false;
            }
            if saved.is_some() {
                edit.base = fields.get(&edit.change.name).cloned();
            }
            true
        })
    }

    /// Forgets the draft.
    ///
    /// # Errors
    /// The file cannot be removed.
    pub(crate) fn discard(&self, person: &Person) -> io::Result<()> {
        let _turn = self.turn();
        self.remove(person)
    }

    /// Removes the drafts of everybody at this issuer, in any place, but those of one person.
    ///
    /// # Errors
    /// The first file that cannot be removed; the others are.
    pub fn forget(directory: &Path, issuer: &str, but: Option<&str>) -> io::Result<()> {
        let of_issuer = format!("draft-{}-", hash(issuer));
        let kept = but.map(|sub| format!("{of_issuer}{}-", hash(sub)));
        let entries = match fs::read_dir(directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        let mut outcome = Ok(());
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            let stays = kept.as_deref().is_some_and(|kept| name.starts_with(kept));
            if name.starts_with(&of_issuer) && !stays {
                outcome = outcome.and(gone(fs::remove_file(entry.path())));
            }
        }
        outcome
    }

    fn change(&self, person: &Person, keep: impl FnMut(&mut KeptEdit) -> bool) -> io::Result<()> {
        let _turn = self.turn();
        let Some(before) = self.read(person) else {
            return Ok(());
        };
        let mut kept = before.clone();
        kept.edits.retain_mut(keep);
        if kept == before {
            return Ok(());
        }
        self.write(person, &kept)
    }

    fn write(&self, person: &Person, kept: &Kept) -> io::Result<()> {
        if kept.edits.is_empty() {
            return self.remove(person);
        }
        let path = self.file(person);
        let text = serde_json::to_vec(kept)?;
        if text.len() > SIZE_LIMIT {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        fs::create_dir_all(&self.directory)?;
        // Nobody else writes to a file of this name: two writers replace each other's drafts, and never mix them.
        let number = WRITES.fetch_add(1, Ordering::Relaxed);
        let fresh = path.with_extension(format!("{}-{number}.{UNFINISHED}", std::process::id()));
        let outcome = write_new(&fresh, &text).and_then(|()| {
            // Windows may refuse to replace a file that is being read or replaced.
            let _alone = REPLACING.lock().unwrap_or_else(PoisonError::into_inner);
            fs::rename(&fresh, path)
        });
        if outcome.is_err() {
            let _ = fs::remove_file(&fresh);
        }
        outcome
    }

    /// Removes the draft, and what killed processes have left of it.
    fn remove(&self, person: &Person) -> io::Result<()> {
        let path = self.file(person);
        gone(fs::remove_file(&path))?;
        let stem = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or_default();
        let Ok(entries) = fs::read_dir(&self.directory) else {
            return Ok(());
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let is_left = |name: &str| name.starts_with(stem) && name.ends_with(UNFINISHED);
            if name.to_str().is_some_and(is_left) {
                gone(fs::remove_file(entry.path()))?;
            }
        }
        Ok(())
    }

    fn file(&self, person: &Person) -> PathBuf {
        let (issuer, sub) = (hash(&person.issuer), hash(&person.sub));
        self.directory
            .join(format!("draft-{issuer}-{sub}-{}.json", self.place))
    }

    fn turn(&self) -> std::sync::MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn write_new(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut file = private(OpenOptions::new().create_new(true).write(true)).open(path)?;
    file.write_all(text)?;
    file.sync_data()
}

/// What was not there is gone, too.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// 64 bits of SHA-256.
fn hash(text: &str) -> String {
    Sha256::digest(text)[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Readable and writable by the owner alone.
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}
