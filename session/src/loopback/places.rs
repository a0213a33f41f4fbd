//! The places of the connections that are served at once: idle ones give way, so that nobody keeps the callback out by doing
//! nothing.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, sleep_until};

/// Connections served at once. A further one takes the place of the oldest that is idle, or waits.
const CONNECTIONS: usize = 16;
/// How long a connection has its place for sure: a request that was sent at once is read in that time.
const PATIENCE: Duration = Duration::from_millis(100);

/// The connections that are served.
#[derive(Default)]
pub(super) struct Places {
    tasks: JoinSet<()>,
    /// The oldest first.
    taken: VecDeque<Place>,
}

struct Place {
    stage: Arc<Stage>,
    task: AbortHandle,
    /// From when on it may have to give way.
    until: Instant,
}

/// Whether a connection is idle: its request has not come yet, or its answer is written and it has not closed. Then it may be
/// told to give way, and is told so once.
#[derive(Debug, Default)]
pub(super) struct Stage(AtomicU8);

const IDLE: u8 = 0;
const AT_WORK: u8 = 1;
const GIVES_WAY: u8 = 2;

impl Stage {
    /// The connection has its request. False: it has to give way.
    pub(super) fn begin_work(&self) -> bool {
        self.leave_idle(AT_WORK)
    }

    /// The connection has its answer.
    pub(super) fn rest(&self) {
        self.0.store(IDLE, Ordering::Relaxed);
    }

    fn is_idle(&self) -> bool {
        self.0.load(Ordering::Relaxed) == IDLE
    }

    fn leave_idle(&self, next: u8) -> bool {
        self.0
            .compare_exchange(IDLE, next, Ordering::Relaxed, Ordering::Relaxed)
            .is_ok()
    }
}

impl Places {
    /// Whether there is a place, made by ending an idle connection if need be. None while all are taken by connections that are
    /// new or being answered.
    pub(super) async fn has_room(&mut self) -> bool {
        while self.tasks.try_join_next().is_some() {}
        self.taken.retain(|place| !place.task.is_finished());
        if self.tasks.len() < CONNECTIONS {
            return true;
        }
        let now = Instant::now();
        let oldest = self
            .taken
            .iter()
            .find(|place| place.until <= now && place.stage.leave_idle(GIVES_WAY));
        let Some(place) = oldest else { return false };
        place.task.abort();
        // Ends soon: one was told to.
        self.tasks.join_next().await;
        true
    }

    /// Serves a connection.
    pub(super) fn take<F: Future<Output = ()> + Send + 'static>(
        &mut self,
        work: impl FnOnce(Arc<Stage>) -> F,
    ) {
        let stage = Arc::new(Stage::default());
        let task = self.tasks.spawn(work(stage.clone()));
        let until = Instant::now() + PATIENCE;
        self.taken.push_back(Place { stage, task, until });
    }

    /// Waits until a connection has ended, or an idle one may have to give way. For ever, when there is none.
    pub(super) async fn room_may_come(&mut self) {
        let until = self
            .taken
            .iter()
            .find(|place| place.stage.is_idle())
            .map(|place| place.until);
        tokio::select! {
            Some(_) = self.tasks.join_next() => {}
            () = sleep_until(until.unwrap_or_else(Instant::now)), if until.is_some() => {}
            else => std::future::pending().await,
        }
    }
}
