//! The first moments of a run belong to the window: what the session would ask of the provider by itself waits until the first
//! frame is on the screen, or until a limit is over. A sign-in and a sign-out never wait here; a program that asks for a token while a
//! renewal waits gets its answer with that renewal.
//!
//! So the network has no part in a launch, neither by waiting nor by the work that a first connection is.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

/// Whatever is asked for, it is over after this.
const LONGEST: Duration = Duration::from_secs(3600);

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// It has not.
    NotYet,
    /// The window shows something, or nobody waits for one.
    Shown,
    /// The session closes before.
    Closed,
}

/// Whether the provider is left alone still. It ends once, and for good.
#[derive(Debug)]
pub(crate) struct Quiet {
    end: watch::Sender<End>,
    until: Instant,
}

impl Quiet {
    /// For this long from now, unless it is ended before. Zero: there is none.
    pub(crate) fn at_most(limit: Duration) -> Self {
        let end = if limit.is_zero() { End::Shown } else { End::NotYet };
        Self {
            end: watch::Sender::new(end),
            until: Instant::now() + limit.min(LONGEST),
        }
    }

    /// Ends it.
    pub(crate) fn end(&self) {
        self.end_as(End::Shown);
    }

    /// Ends it because the session closes: who still waits does not begin any more. A request that began now would be cut off, and with
    /// it the answer to a spent refresh token.
    pub(crate) fn close(&self) {
        let late = Instant::now() >= self.until;
        self.end_as(if late { End::Shown } else { End::Closed });
    }

    /// Waits until it is over. False: the session closes, and what waited stays undone until the next launch.
    pub(crate) async fn over(&self) -> bool {
        let mut end = self.end.subscribe();
        // The limit is an end like any other.
        match tokio::time::timeout_at(self.until, end.wait_for(|end| *end != End::NotYet)).await {
            Ok(Ok(end)) => *end == End::Shown,
            Ok(Err(_)) | Err(_) => true,
        }
    }

    fn end_as(&self, how: End) {
        self.end.send_if_modified(|end| {
            let first = *end == End::NotYet;
            if first {
                *end = how;
            }
            first
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(3);

    async fn waited(quiet: &Quiet) -> Duration {
        let begun = Instant::now();
        quiet.over().await;
        begun.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn it_ends_by_itself_and_stays_over() {
        let quiet = Quiet::at_most(LIMIT);
        let first = waited(&quiet).await;
        assert!(first >= LIMIT && first < 2 * LIMIT, "{first:?}");
        assert_eq!(waited(&quiet).await, Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn an_end_frees_who_waits_and_who_comes_later() {
        let quiet = Quiet::at_most(LIMIT);
        let (first, ()) = tokio::join!(waited(&quiet), async {
            tokio::time::sleep(LIMIT / 3).await;
            quiet.end();
        });
        assert!(first < LIMIT, "{first:?}");
        assert_eq!(waited(&quiet).await, Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_when_the_session_closes_does_not_begin() {
        let quiet = Quiet::at_most(LIMIT);
        let (goes_on, ()) = tokio::join!(quiet.over(), async {
            tokio::time::sleep(LIMIT / 3).await;
            quiet.close();
            quiet.end();
        });
        assert!(!goes_on && !quiet.over().await);
        let shown = Quiet::at_most(LIMIT);
        shown.end();
        shown.close();
        assert!(shown.over().await);
        let late = Quiet::at_most(LIMIT);
        assert!(late.over().await);
        late.close();
        assert!(late.over().await);
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_limit_there_is_none_and_there_is_always_an_end() {
        assert_eq!(waited(&Quiet::at_most(Duration::ZERO)).await, Duration::ZERO);
        assert!(waited(&Quiet::at_most(Duration::MAX)).await < 2 * LONGEST);
    }
}
