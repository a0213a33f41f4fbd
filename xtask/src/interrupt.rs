//! Ctrl-C and requests to end: noticed once here, obeyed wherever something is waited for.
//!
//! What is started gets a process group of its own, so the terminal's Ctrl-C reaches this process alone, and this process
//! ends the others: the same way whether a person pressed the keys or `kill` was called.

use std::process::Child;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::failure::{Doing, Failure, Result};

/// Whether we were asked to end. Clones share the answer.
#[derive(Clone, Debug)]
pub(crate) struct Interrupt(Arc<(Mutex<u32>, Condvar)>);

impl Interrupt {
    /// Starts to listen for signals. Once per process.
    pub(crate) fn listen() -> Result<Self> {
        let interrupt = Self::never();
        hear(interrupt.clone()).doing("listen for Ctrl-C")?;
        Ok(interrupt)
    }

    /// One that nobody raises: for what has to be tidied up although we were asked to end.
    pub(crate) fn never() -> Self {
        Self(Arc::new((Mutex::new(0), Condvar::new())))
    }

    /// How often we were asked.
    pub(crate) fn times(&self) -> u32 {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Fails when we were asked to end.
    pub(crate) fn check(&self) -> Result<()> {
        if self.times() == 0 {
            Ok(())
        } else {
            Err(Failure::Interrupted)
        }
    }

    /// Waits at most this long, less when we are asked once more.
    pub(crate) fn wait(&self, limit: Duration) {
        let (times, changed) = &*self.0;
        let guard = times.lock().unwrap_or_else(PoisonError::into_inner);
        let before = *guard;
        // Whether it was the limit or a signal, the caller looks for itself.
        let _ = changed.wait_timeout_while(guard, limit, |times| *times == before);
    }

    #[cfg_attr(not(unix), allow(dead_code, reason = "nothing is heard there"))]
    fn raise(&self) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.1.notify_all();
    }
}

/// A thread that waits for Ctrl-C and for requests to end.
#[cfg(unix)]
fn hear(interrupt: Interrupt) -> std::io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    std::thread::spawn(move || signals.forever().for_each(|_| interrupt.raise()));
    Ok(())
}

/// Elsewhere Ctrl-C goes to every process of the console, and ends them all.
#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "as on Unix")]
fn hear(_interrupt: Interrupt) -> std::io::Result<()> {
    Ok(())
}

/// How a process is asked to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Urgency {
    /// As Ctrl-C does.
    Interrupt,
    /// As a shutdown does.
    Terminate,
    /// It is not asked.
    Kill,
}

/// Sends it to the process, and with `group` to everything it has started in its own process group.
#[cfg(unix)]
pub(crate) fn send(child: &mut Child, urgency: Urgency, group: bool) {
    use rustix::process::{Pid, Signal, kill_process, kill_process_group};

    let Some(pid) = Pid::from_raw(child.id().cast_signed()) else {
        return;
    };
    let signal = match urgency {
        Urgency::Interrupt => Signal::INT,
        Urgency::Terminate => Signal::TERM,
        Urgency::Kill => Signal::KILL,
    };
    // An error means that it is gone already, which is what was wanted.
    let _ = if group {
        kill_process_group(pid, signal)
    } else {
        kill_process(pid, signal)
    };
}

/// Ends the process. There is no gentler way for a process without a console of its own.
#[cfg(not(unix))]
pub(crate) fn send(child: &mut Child, _urgency: Urgency, _group: bool) {
    // An error means that it is gone already, which is what was wanted.
    let _ = child.kill();
}

/// Asks a process to end, waits for it as long as `patience`, then kills it. A second Ctrl-C ends the patience.
pub(crate) fn end(
    child: &mut Child,
    urgency: Urgency,
    group: bool,
    patience: Duration,
    interrupt: &Interrupt,
) {
    const TICK: Duration = Duration::from_millis(30);
    send(child, urgency, group);
    let mut waited = Duration::ZERO;
    let before = interrupt.times();
    while waited < patience && interrupt.times() == before {
        if matches!(child.try_wait(), Ok(Some(_)) | Err(_)) {
            break;
        }
        interrupt.wait(TICK);
        waited += TICK;
    }
    // What it left behind in its group goes too.
    if group || matches!(child.try_wait(), Ok(None)) {
        send(child, Urgency::Kill, group);
    }
    // Reaped here; a failure to wait leaves nothing to do.
    let _ = child.wait();
}
