//! Waiting for a condition, never for a length of time.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

use crate::failure::{Failure, Result};

/// How long a step may take before the test gives up: generous, because two tests share a small machine. A step that
/// succeeds never waits for it.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The pause between two looks at a condition.
const LOOK: Duration = Duration::from_millis(40);

/// Looks again and again until `probe` finds something, at most [`PATIENCE`]. `what` completes "waiting for …".
pub async fn eventually<T>(what: &str, probe: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    within(PATIENCE, what, probe).await
}

/// As [`eventually`], with its own limit. An error of the probe counts as "not yet" (a page may be between two
/// documents); the last one is told when the limit is reached.
pub async fn within<T>(
    limit: Duration,
    what: &str,
    mut probe: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let end = Instant::now() + limit;
    let mut last = None;
    loop {
        match timeout_at(end, probe()).await {
            Ok(Ok(Some(found))) => return Ok(found),
            Ok(Ok(None)) => last = None,
            Ok(Err(error)) => last = Some(error),
            Err(_) => {}
        }
        if Instant::now() >= end {
            let why = last.map(|error| format!(" (last: {error})")).unwrap_or_default();
            return Err(Failure::new(format_args!(
                "waited {:.1} s for {what}{why}",
                limit.as_secs_f32()
            )));
        }
        sleep(LOOK).await;
    }
}

/// Makes sure that something does *not* happen during `span`: fails as soon as `probe` finds it.
pub async fn never<T>(
    span: Duration,
    what: &str,
    mut probe: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<()> {
    let end = Instant::now() + span;
    while Instant::now() < end {
        if probe().await?.is_some() {
            return Err(Failure::new(format_args!("this must not happen: {what}")));
        }
        sleep(LOOK).await;
    }
    Ok(())
}

/// Lets a length of time pass. Only for facts that are about time itself: a token's or an attempt's expiry.
pub async fn pass(passed: Duration) {
    sleep(passed).await;
}
