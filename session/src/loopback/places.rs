//! The places of the connections that are served at once: idle ones give way, so that nobody keeps the callback out by doing
//! nothing.

use std::collections::VecDeque;
use std::mem::MaybeUninit;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use socket2::SockRef;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

/// Connections served at once. A further one takes the place of the oldest that is idle, or waits. (Some systems give a program
/// no more than 256 open files.)
pub(super) const CONNECTIONS: usize = 64;

/// Who stays although asked to give way is not asked again before this.
const PAUSE: Duration = Duration::from_millis(10);

/// The connections that are served.
pub(super) struct Places {
    tasks: JoinSet<()>,
    /// The oldest first.
    taken: VecDeque<Place>,
    patience: Duration,
}

struct Place {
    stage: Arc<Stage>,
    task: tokio::task::AbortHandle,
    /// From when on it may be asked to give way, or asked again.
    until: Instant,
}

/// Whether a connection is idle: its request has not come yet, or its answer is written and it has not closed. Then it may be
/// asked to give way. It decides by itself: what has been sent and not been read yet is a reason to stay, however busy this
/// computer is.
#[derive(Debug, Default)]
pub(super) struct Stage {
    at: AtomicU8,
    asked: Notify,
}

const IDLE: u8 = 0;
const AT_WORK: u8 = 1;
const ASKED: u8 = 2;

impl Stage {
    /// The connection has its request.
    pub(super) fn begin_work(&self) {
        self.at.store(AT_WORK, Ordering::Relaxed);
    }

    /// The connection has its answer.
    pub(super) fn rest(&self) {
        self.at.store(IDLE, Ordering::Relaxed);
    }

    /// Waits until the connection has to give way: it was asked to, and nothing that it has sent waits to be read.
    pub(super) async fn gives_way(&self, stream: &TcpStream) {
        loop {
            self.asked.notified().await;
            if self.at.load(Ordering::Relaxed) != ASKED {
                continue; // it was asked before it went to work
            }
            if !has_sent(stream) {
                return;
            }
            self.rest();
        }
    }

    fn is_idle(&self) -> bool {
        self.at.load(Ordering::Relaxed) == IDLE
    }

    fn ask(&self) {
        let asked = self
            .at
            .compare_exchange(IDLE, ASKED, Ordering::Relaxed, Ordering::Relaxed);
        if asked.is_ok() {
            self.asked.notify_one();
        }
    }
}

/// Whether the operating system holds something that this connection has sent and nobody has read. Asked directly: the runtime
/// may not have heard of it yet.
fn has_sent(stream: &TcpStream) -> bool {
    let peeked = SockRef::from(stream).peek(&mut [MaybeUninit::uninit()]);
    peeked.is_ok_and(|count| count > 0)
}

impl Places {
    /// Places of which each is one's own for so long, whatever one does there.
    pub(super) fn with(patience: Duration) -> Self {
        Self {
            tasks: JoinSet::new(),
            taken: VecDeque::new(),
            patience,
        }
    }

    /// Whether there is a place. While there is none, the oldest idle connection is asked to give way.
    pub(super) fn has_room(&mut self) -> bool {
        while self.tasks.try_join_next().is_some() {}
        self.taken.retain(|place| !place.task.is_finished());
        if self.tasks.len() < CONNECTIONS {
            return true;
        }
        let now = Instant::now();
        let mut idle = self.taken.iter_mut().filter(|place| place.stage.is_idle());
        if let Some(oldest) = idle.find(|place| place.until <= now) {
            oldest.stage.ask();
            oldest.until = now + self.patience.max(PAUSE);
        }
        false
    }

    /// Serves a connection.
    pub(super) fn take<F: Future<Output = ()> + Send + 'static>(
        &mut self,
        work: impl FnOnce(Arc<Stage>) -> F,
    ) {
        let stage = Arc::new(Stage::default());
        let task = self.tasks.spawn(work(stage.clone()));
        let until = Instant::now() + self.patience;
        self.taken.push_back(Place { stage, task, until });
    }

    /// Waits until a connection has ended, or an idle one may be asked to give way. For ever, when there is none.
    pub(super) async fn room_may_come(&mut self) {
        let idle = self.taken.iter().filter(|place| place.stage.is_idle());
        let until = idle.map(|place| place.until).min();
        tokio::select! {
            Some(_) = self.tasks.join_next() => {}
            () = sleep_until(until.unwrap_or_else(Instant::now)), if until.is_some() => {}
            else => std::future::pending().await,
        }
    }
}
