//! The first moments of a run belong to the window: what the session would ask of the provider by itself waits until the first
//! frame is on the screen, or until a limit is over. What a person asks for never waits here.
//!
//! So the network has no part in a launch, neither by waiting nor by the work that a first connection is.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

/// Whatever is asked for, it is over after this.
const LONGEST: Duration = Duration::from_secs(3600);

/// Whether the provider is left alone still. It ends once, and for good.
#[derive(Debug)]
pub(crate) struct Quiet {
    over: watch::Sender<bool>,
    until: Instant,
}

impl Quiet {
    /// For this long from now, unless it is ended before. Zero: there is none.
    pub(crate) fn at_most(limit: Duration) -> Self {
        Self {
            over: watch::Sender::new(limit.is_zero()),
            until: Instant::now() + limit.min(LONGEST),
        }
    }

    /// Ends it.
    pub(crate) fn end(&self) {
        self.over.send_replace(true);
    }

    /// Waits until it is over.
    pub(crate) async fn over(&self) {
        let mut over = self.over.subscribe();
        // The limit is an end like the other one.
        let _ = tokio::time::timeout_at(self.until, over.wait_for(|over| *over)).await;
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
    async fn without_a_limit_there_is_none_and_there_is_always_an_end() {
        assert_eq!(waited(&Quiet::at_most(Duration::ZERO)).await, Duration::ZERO);
        assert!(waited(&Quiet::at_most(Duration::MAX)).await < 2 * LONGEST);
    }
}
