//! The timeline's file: JSON lines, one entry each, readable by its owner alone. A thread of its own does all work with it, so that
//! a slow disk delays nobody.
//!
//! Several processes write to the same file. Each change is: take the turn (a lock file, freed by the operating system when its
//! holder ends), read, add, write a new file beside it, put it in the place of the old one. So the file is whole at any moment
//! and bounded. A line that cannot be read (damaged, or of a newer version) is left out; nothing in the file can make us fail.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, SyncSender, TrySendError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::{Entry, LIMIT, fold};

/// How many who read may wait for the disk.
const QUEUE: usize = 256;
/// More of a file is not read: the last part of it. Ours are a tenth of that.
const BYTES: u64 = 256 * 1024;

/// A handle to the thread, which ends with it.
#[derive(Debug)]
pub(super) struct Keeper {
    /// What the thread has not taken yet. However slow the disk is, it is bounded like the file: the oldest go first.
    fresh: Arc<Mutex<Vec<Entry>>>,
    jobs: SyncSender<Job>,
}

#[derive(Debug)]
enum Job {
    /// There is something fresh.
    Write,
    Read(oneshot::Sender<Vec<Entry>>),
}

impl Keeper {
    /// Starts the thread. Nothing is read or written yet. `None`: the operating system gives no thread.
    pub(super) fn start(path: PathBuf) -> Option<Self> {
        let (jobs, queue) = mpsc::sync_channel(QUEUE);
        let fresh = Arc::new(Mutex::new(Vec::new()));
        let taken = Arc::clone(&fresh);
        let work = move || {
            let mut waiting = Vec::new();
            while let Ok(job) = queue.recv() {
                // What a burst brings is written at once.
                let readers: Vec<_> = std::iter::once(job)
                    .chain(queue.try_iter())
                    .filter_map(Job::reader)
                    .collect();
                for entry in std::mem::take(&mut *of(&taken)) {
                    fold::add(&mut waiting, entry);
                }
                write_down(&path, &mut waiting);
                for reader in readers {
                    tell(&path, &waiting, reader);
                }
            }
        };
        std::thread::Builder::new()
            .name("timeline".to_owned())
            .spawn(work)
            .ok()?;
        Some(Self { fresh, jobs })
    }

    /// Queues an entry.
    pub(super) fn write(&self, entry: Entry) {
        let mut fresh = of(&self.fresh);
        let was_empty = fresh.is_empty();
        fold::add(&mut fresh, entry);
        drop(fresh);
        // Of what was not empty the thread has been told and not taken it yet. A full queue wakes it, too.
        if was_empty && let Err(TrySendError::Disconnected(_)) = self.jobs.try_send(Job::Write) {
            tracing::warn!(target: "latchkey_session", "the timeline's file takes nothing more");
        }
    }

    /// What the file holds after everything that has been queued. `None`: it takes too long already.
    pub(super) fn read(&self) -> Option<oneshot::Receiver<Vec<Entry>>> {
        let (answer, entries) = oneshot::channel();
        self.jobs.try_send(Job::Read(answer)).ok()?;
        Some(entries)
    }
}

impl Job {
    fn reader(self) -> Option<oneshot::Sender<Vec<Entry>>> {
        match self {
            Self::Write => None,
            Self::Read(answer) => Some(answer),
        }
    }
}

fn of(fresh: &Mutex<Vec<Entry>>) -> MutexGuard<'_, Vec<Entry>> {
    fresh.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Adds what waits to the file. What a full disk refuses waits on, and is tried again with the next entry.
fn write_down(path: &Path, waiting: &mut Vec<Entry>) {
    if waiting.is_empty() {
        return;
    }
    match add(path, waiting) {
        Ok(()) => waiting.clear(),
        Err(error) => {
            tracing::warn!(target: "latchkey_session", kind = %error.kind(), "the timeline could not be written");
        }
    }
}

fn tell(path: &Path, waiting: &[Entry], answer: oneshot::Sender<Vec<Entry>>) {
    let mut entries = read(path);
    for entry in waiting {
        fold::add(&mut entries, entry.clone());
    }
    // Nobody waits any more: fine.
    let _ = answer.send(entries);
}

fn add(path: &Path, waiting: &[Entry]) -> io::Result<()> {
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory)?;
    }
    let turn = private(OpenOptions::new().create(true).write(true).truncate(false))
        .open(path.with_extension("lock"))?;
    turn.lock()?;
    let mut entries = read(path);
    for entry in waiting {
        fold::add(&mut entries, entry.clone());
    }
    let mut text = Vec::with_capacity(LIMIT * 128);
    for entry in &entries {
        serde_json::to_writer(&mut text, entry)?;
        text.push(b'\n');
    }
    let fresh = path.with_extension("new");
    // One that a killed process left behind may not be ours to write: it is made anew.
    let _ = std::fs::remove_file(&fresh);
    let mut file = private(OpenOptions::new().create_new(true).write(true)).open(&fresh)?;
    file.write_all(&text)?;
    file.sync_data()?;
    drop(file);
    std::fs::rename(&fresh, path)
}

/// What can be read of the file, folded. Nothing when there is none.
fn read(path: &Path) -> Vec<Entry> {
    let mut entries = Vec::new();
    for line in tail(path).unwrap_or_default().split(|byte| *byte == b'\n') {
        if let Ok(entry) = serde_json::from_slice(line) {
            fold::add(&mut entries, entry);
        }
    }
    entries
}

fn tail(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(BYTES)))?;
    let mut bytes = Vec::new();
    file.take(BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Readable and writable by the owner alone.
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}
