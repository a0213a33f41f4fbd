//! The locks between processes: every write to the credential store happens under one, every renewal under another.
//!
//! Two files, so that a sign-out need not wait for the answer to a renewal. The store has no compare-and-swap. A locked file gives one: whoever holds it may read the generation and write the next.
//! The operating system frees it when its holder ends, however it ends. The file itself is empty and is never removed (a
//! removed file would give the next two processes two different locks).

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use crate::store::StoreError;

/// Why the lock was not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LockError {
    /// Another process held it all the while.
    Held,
    /// The file cannot be opened or locked.
    Unavailable(io::ErrorKind),
}

impl From<LockError> for StoreError {
    fn from(error: LockError) -> Self {
        Self::Broken(match error {
            LockError::Held => "another process holds the session's lock file".to_owned(),
            LockError::Unavailable(kind) => format!("the session's lock file: {kind}"),
        })
    }
}

/// Holds the lock; dropping it frees it.
#[derive(Debug)]
pub(crate) struct SessionLock {
    _file: File,
}

impl SessionLock {
    /// Takes the lock, waiting at most `limit` for another holder. Blocks: call it on the store's thread.
    ///
    /// # Errors
    /// See [`LockError`].
    pub(crate) fn acquire(path: &Path, limit: Duration) -> Result<Self, LockError> {
        let file = open(path).map_err(|error| failed(&error))?;
        match file.try_lock() {
            Ok(()) => return Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(failed(&error)),
        }
        wait(file, limit)
    }
}

/// Whether somebody holds the lock. Who only asks does not get in the way of others who ask. Blocks, shortly.
pub(crate) fn is_held(path: &Path) -> bool {
    open(path).is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// `File::lock` knows no limit, so another thread waits in it. If it gets the lock after we have given up, it finds nobody to
/// hand it to and frees it again.
fn wait(file: File, limit: Duration) -> Result<SessionLock, LockError> {
    let (sender, receiver) = mpsc::sync_channel(1);
    std::thread::Builder::new()
        .name("session-lock".to_owned())
        .spawn(move || {
            let locked = file.lock().map(|()| SessionLock { _file: file });
            let _ = sender.send(locked);
        })
        .map_err(|error| failed(&error))?;
    match receiver.recv_timeout(limit) {
        Ok(Ok(lock)) => Ok(lock),
        Ok(Err(error)) => Err(failed(&error)),
        Err(_) => Err(LockError::Held),
    }
}

fn open(path: &Path) -> io::Result<File> {
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory)?;
    }
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn failed(error: &io::Error) -> LockError {
    LockError::Unavailable(error.kind())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::process::{Command, Stdio};
    use std::time::Duration;

    use super::{LockError, SessionLock, is_held};

    const SOON: Duration = Duration::from_millis(20);
    const LONG: Duration = Duration::from_secs(20);
    /// Set in the child process of the test below: where the lock is.
    const CHILD: &str = "LATCHKEY_TEST_LOCK";

    #[test]
    fn one_holder_at_a_time_and_dropping_frees_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("sub/session.lock");
        let held = SessionLock::acquire(&path, SOON).unwrap();
        assert!(matches!(SessionLock::acquire(&path, SOON), Err(LockError::Held)));
        drop(held);
        SessionLock::acquire(&path, LONG).unwrap();
    }

    #[test]
    fn who_asks_sees_a_holder_and_not_another_who_asks() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("session.lock");
        let asking = super::open(&path).unwrap();
        asking.try_lock_shared().unwrap();
        assert!(!is_held(&path));
        drop(asking);
        let held = SessionLock::acquire(&path, LONG).unwrap();
        assert!(is_held(&path));
        drop(held);
        assert!(!is_held(&path));
    }

    #[test]
    fn a_waiter_gets_it_as_soon_as_it_is_free() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("session.lock");
        let held = SessionLock::acquire(&path, SOON).unwrap();
        let waiter = std::thread::spawn({
            let path = path.clone();
            move || SessionLock::acquire(&path, LONG).map(drop)
        });
        drop(held);
        waiter.join().unwrap().unwrap();
    }

    #[test]
    fn a_waiter_that_gave_up_does_not_keep_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("session.lock");
        let held = SessionLock::acquire(&path, SOON).unwrap();
        for _ in 0..3 {
            SessionLock::acquire(&path, SOON).unwrap_err();
        }
        drop(held);
        SessionLock::acquire(&path, LONG).unwrap();
    }

    #[test]
    fn a_place_that_cannot_be_written_is_a_fact_not_a_panic() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(matches!(
            SessionLock::acquire(&file.path().join("x.lock"), SOON),
            Err(LockError::Unavailable(_))
        ));
    }

    #[test]
    fn a_killed_holder_frees_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("session.lock");
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "lock::tests::child_process",
                "--ignored",
                "--nocapture",
            ])
            .env(CHILD, &path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = child.stdout.take().unwrap();
        let mut seen = String::new();
        while !seen.contains("locked!") {
            let mut byte = [0];
            output.read_exact(&mut byte).unwrap();
            seen.push(byte[0] as char);
        }
        assert!(matches!(SessionLock::acquire(&path, SOON), Err(LockError::Held)));
        child.kill().unwrap();
        child.wait().unwrap();
        SessionLock::acquire(&path, LONG).unwrap();
    }

    /// The other process of the test above: holds the lock until its input ends.
    #[test]
    #[ignore = "run by a_killed_holder_frees_it"]
    #[expect(clippy::disallowed_methods, reason = "how the parent says where the lock is")]
    fn child_process() {
        let Some(path) = std::env::var_os(CHILD) else {
            return;
        };
        let _held = SessionLock::acquire(path.as_ref(), LONG).unwrap();
        println!("locked!");
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
    }
}
