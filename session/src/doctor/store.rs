//! The credential store: whether an entry can be written, read back and removed.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::{Check, Finding};
use crate::error::{Error, Problem};
use crate::secret::random_text;
use crate::store::{CredentialStore, StoreError};

/// How long the store may take for all of it.
const LIMIT: Duration = Duration::from_secs(15);
/// The size of the probe, in bytes: a record with three usual tokens.
const PROBE: usize = 4 * 1024;

/// Writes a probe of 4 KiB into the store, reads it back and removes it. A locked store is not asked to unlock: that would open
/// a dialog.
pub async fn store(store: Arc<dyn CredentialStore>) -> Finding {
    let (answer, answered) = oneshot::channel();
    // A thread of its own: a call that hangs cannot be cancelled, and must not hold up the end of the program.
    let probing = std::thread::Builder::new()
        .name("store-probe".to_owned())
        .spawn(move || {
            let name = store.name();
            let _ = answer.send((name, probe(store.as_ref())));
        });
    if probing.is_err() {
        return refused("The credential store", StoreError::Broken("no thread".to_owned()));
    }
    match tokio::time::timeout(LIMIT, answered).await {
        Ok(Ok((name, Ok(times)))) => Finding::ok(
            Check::Store,
            format!("The credential store ({name}) keeps what is written to it."),
        )
        .fact("write_ms", times.write.as_millis())
        .fact("read_ms", times.read.as_millis())
        .fact("remove_ms", times.remove.as_millis()),
        Ok(Ok((name, Err(error)))) => refused(&format!("The credential store ({name})"), error),
        Ok(Err(_)) | Err(_) => refused("The credential store", StoreError::Silent),
    }
}

struct Times {
    write: Duration,
    read: Duration,
    remove: Duration,
}

fn probe(store: &dyn CredentialStore) -> Result<Times, StoreError> {
    store.ready()?;
    // A name of its own: two checks at once do not meet.
    let random = random_text().map_err(|_| StoreError::Broken("no random numbers".to_owned()))?;
    let name = format!("health-check-{}", random.get(..12).unwrap_or_default());
    let size = store.limit().map_or(PROBE, |limit| limit.min(PROBE));
    let bytes = vec![b'x'; size];
    let (written, write) = timed(|| store.set(&name, &bytes));
    written?;
    let (read, reading) = timed(|| store.get(&name));
    let (removed, remove) = timed(|| store.delete(&name));
    let kept = read?.is_some_and(|read| *read == bytes);
    removed?;
    if !kept {
        return Err(StoreError::Broken(
            "it gave back something else than was written".to_owned(),
        ));
    }
    Ok(Times {
        write,
        read: reading,
        remove,
    })
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    let answer = work();
    (answer, begun.elapsed())
}

fn refused(what: &str, error: StoreError) -> Finding {
    let (sentence, action) = match &error {
        StoreError::Missing => (
            "There is no credential store: no program on this computer keeps secrets.".to_owned(),
            "Install and start one (GNOME Keyring, KWallet), or use a session for one run only.",
        ),
        StoreError::Locked => (
            format!("{what} is locked."),
            "Unlock it: opening the app asks for its password.",
        ),
        StoreError::Silent => (
            format!("{what} did not answer within {} seconds.", LIMIT.as_secs()),
            "Look for a password dialog behind other windows; else sign out of the desktop and in again.",
        ),
        StoreError::Broken(detail) => (
            format!("{what} fails: {detail}."),
            "Try again; if it stays so, look at the keyring program of your desktop.",
        ),
        StoreError::Full => (
            format!("{what} does not take an entry of 4 KiB."),
            "Remove what is not needed any more from it.",
        ),
    };
    let problem: Problem = Error::from(error).into();
    Finding::failure(Check::Store, sentence, action).because(&problem)
}
