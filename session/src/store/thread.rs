//! The one thread on which all calls to the credential store run, in order, and the waiting for their answers.
//!
//! A call that waits for a password dialog cannot be cancelled. So a caller waits with a limit and may come back to the same
//! [`Pending`] later: a late answer still counts. The thread ends when the last handle is gone and its queue is empty.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::mpsc::{self, SyncSender, TrySendError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::sync::oneshot;

use super::parts::Vault;
use super::{CredentialStore, StoreError};

/// How many calls may wait for the one in progress. A store behind a dialog must not collect calls without end.
const QUEUE: usize = 64;

type Job = Box<dyn FnOnce(&Vault) + Send>;

/// A cheap handle to the store's thread.
#[derive(Clone)]
pub(crate) struct StoreThread {
    jobs: SyncSender<Job>,
}

impl StoreThread {
    /// Starts the thread. The store is not called yet.
    ///
    /// # Errors
    /// The operating system gives no thread.
    pub(crate) fn start(store: Arc<dyn CredentialStore>) -> Result<Self, StoreError> {
        let (jobs, queue) = mpsc::sync_channel::<Job>(QUEUE);
        let vault = Vault::new(store);
        std::thread::Builder::new()
            .name("credential-store".to_owned())
            .spawn(move || {
                for job in queue {
                    job(&vault);
                }
            })
            .map_err(|error| {
                StoreError::Broken(format!("no thread for the credential store: {}", error.kind()))
            })?;
        Ok(Self { jobs })
    }

    /// Queues work that is skipped when nobody waits for it any more by the time its turn comes.
    pub(crate) fn read<T, F>(&self, work: F) -> Pending<T>
    where
        T: Send + 'static,
        F: FnOnce(&Vault) -> Result<T, StoreError> + Send + 'static,
    {
        self.queue(work, Abandoned::Skip)
    }

    /// Queues work that is done even if nobody waits for it any more. It runs as one piece: no other call of this process
    /// comes between its steps. Take the session's [lock](crate::lock) inside it.
    pub(crate) fn write<T, F>(&self, work: F) -> Pending<T>
    where
        T: Send + 'static,
        F: FnOnce(&Vault) -> Result<T, StoreError> + Send + 'static,
    {
        self.queue(work, Abandoned::Finish)
    }

    fn queue<T, F>(&self, work: F, abandoned: Abandoned) -> Pending<T>
    where
        T: Send + 'static,
        F: FnOnce(&Vault) -> Result<T, StoreError> + Send + 'static,
    {
        let (answer, receiver) = oneshot::channel();
        let job: Job = Box::new(move |vault| {
            if abandoned == Abandoned::Skip && answer.is_closed() {
                return;
            }
            // Nobody listening is fine: the work is done.
            let _ = answer.send(work(vault));
        });
        match self.jobs.try_send(job) {
            Ok(()) => Pending(Inner::Waiting(receiver)),
            Err(TrySendError::Full(_)) => Pending(Inner::Refused(StoreError::Silent)),
            Err(TrySendError::Disconnected(_)) => Pending(Inner::Refused(ended())),
        }
    }
}

impl std::fmt::Debug for StoreThread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StoreThread")
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Abandoned {
    Skip,
    Finish,
}

/// An answer on its way. A future; awaiting it waits without a limit, [`within`](Pending::within) with one.
#[must_use = "dropping it abandons a read, and leaves a write without anybody to hear how it went"]
pub(crate) struct Pending<T>(Inner<T>);

enum Inner<T> {
    Waiting(oneshot::Receiver<Result<T, StoreError>>),
    Refused(StoreError),
}

impl<T> Pending<T> {
    /// Waits at most this long. After [`StoreError::Silent`] the answer is still on its way and can be awaited again; after
    /// any other answer it has been given and the value is spent.
    ///
    /// # Errors
    /// What the work answered, or [`StoreError::Silent`].
    pub(crate) async fn within(&mut self, limit: Duration) -> Result<T, StoreError> {
        tokio::time::timeout(limit, self)
            .await
            .unwrap_or(Err(StoreError::Silent))
    }
}

impl<T> Future for Pending<T> {
    type Output = Result<T, StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            Inner::Refused(error) => Poll::Ready(Err(error.clone())),
            Inner::Waiting(receiver) => Pin::new(receiver)
                .poll(context)
                .map(|answer| answer.unwrap_or_else(|_| Err(ended()))),
        }
    }
}

impl<T> std::fmt::Debug for Pending<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pending")
    }
}

/// The thread is gone: the store's code panicked.
fn ended() -> StoreError {
    StoreError::Broken("the credential store's thread has ended".to_owned())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::StoreThread;
    use crate::store::parts::{Key, Stored, Written};
    use crate::store::{Call, MemoryStore, StoreError};

    fn key() -> Key {
        Key::session("https://id.example", "desktop")
    }

    fn start() -> (MemoryStore, StoreThread) {
        let store = MemoryStore::new();
        let thread = StoreThread::start(Arc::new(store.clone())).unwrap();
        (store, thread)
    }

    #[tokio::test]
    async fn calls_run_in_order() {
        let (_store, thread) = start();
        let written = thread.write(|vault| vault.write(&key(), None, b"one"));
        let read = thread.read(|vault| vault.read(&key()));
        assert_eq!(
            read.await,
            Ok(Stored::Record {
                generation: 1,
                bytes: b"one".to_vec().into(),
                renewing_since: None
            })
        );
        assert_eq!(written.await, Ok(Written::Done(1)));
    }

    #[tokio::test]
    async fn a_late_answer_still_counts() {
        let (store, thread) = start();
        store.hold(true);
        let mut pending = thread.write(|vault| vault.write(&key(), None, b"late"));
        assert_eq!(
            pending.within(Duration::from_millis(1)).await,
            Err(StoreError::Silent)
        );
        store.hold(false);
        assert_eq!(pending.await, Ok(Written::Done(1)));
    }

    #[tokio::test]
    async fn an_abandoned_write_is_done_and_an_abandoned_read_is_not() {
        let (store, thread) = start();
        store.hold(true);
        let first = thread.read(|vault| vault.read(&key()));
        drop(thread.write(|vault| vault.write(&key(), None, b"kept")));
        drop(thread.read(|vault| vault.read(&Key::attempt("https://id.example", "desktop"))));
        store.hold(false);
        first.await.unwrap();
        let last = thread.read(|vault| vault.read(&key())).await;
        assert_eq!(
            last,
            Ok(Stored::Record {
                generation: 1,
                bytes: b"kept".to_vec().into(),
                renewing_since: None
            })
        );
        assert!(
            !store
                .calls()
                .iter()
                .any(|call| matches!(call, Call::Get(name) if name.starts_with("attempt")))
        );
    }

    #[tokio::test]
    async fn a_store_that_never_answers_collects_calls_only_up_to_a_limit() {
        let (store, thread) = start();
        store.hold(true);
        let mut pending: Vec<_> = (0..100)
            .map(|_| thread.read(|vault| vault.read(&key())))
            .collect();
        assert_eq!(
            pending.last_mut().unwrap().within(Duration::from_secs(5)).await,
            Err(StoreError::Silent)
        );
        store.hold(false);
        assert_eq!(pending.remove(0).await, Ok(Stored::Nothing));
    }

    #[tokio::test]
    async fn what_was_queued_is_finished_after_the_last_handle_is_gone() {
        let (store, thread) = start();
        let pending = thread.write(|vault| vault.write(&key(), None, b"saved"));
        drop(thread);
        pending.await.unwrap();
        assert_eq!(store.names().len(), 1);
    }

    #[tokio::test]
    async fn a_panic_in_the_store_is_a_broken_store() {
        let (_store, thread) = start();
        let pending = thread.read::<(), _>(|_| panic!("the store's own fault"));
        assert!(matches!(pending.await, Err(StoreError::Broken(_))));
        assert!(matches!(
            thread.read(|vault| vault.read(&key())).await,
            Err(StoreError::Broken(_))
        ));
    }
}
