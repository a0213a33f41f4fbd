//! Quitting: the window goes at once, the process a moment later, when the session has saved what was in flight.
//!
//! The wait is bounded. Meanwhile a new launch is a process of its own and waits for the session's lock, instead of handing its
//! link to one that is on its way out.

use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use latchkey_session::Session;
use tauri::{AppHandle, Manager, RunEvent};

use crate::instance;

/// Longer than the session's own limit for closing (4 s).
const LONGEST: Duration = Duration::from_secs(6);

const RUNNING: u8 = 0;
const CLOSING: u8 = 1;
const CLOSED: u8 = 2;

/// How far the quit is.
#[derive(Debug, Default)]
pub(crate) struct Quit(AtomicU8);

/// Follows the event loop.
pub(crate) fn on_event(app: &AppHandle, event: &RunEvent) {
    if let RunEvent::ExitRequested { api, code, .. } = event {
        match app
            .state::<Quit>()
            .0
            .compare_exchange(RUNNING, CLOSING, Ordering::AcqRel, Ordering::Acquire)
        {
            Ok(_) => {
                api.prevent_exit();
                instance::release(app);
                close_then_exit(app.clone(), code.unwrap_or(0));
            }
            Err(CLOSED) => {}
            Err(_) => api.prevent_exit(),
        }
    } else if matches!(event, RunEvent::Exit) && app.state::<Quit>().0.load(Ordering::Acquire) == RUNNING {
        // macOS (the Dock's Quit, a log-out) and Windows (a log-off, a shutdown) end the loop without asking.
        tauri::async_runtime::block_on(close(app));
    }
}

fn close_then_exit(app: AppHandle, code: i32) {
    tauri::async_runtime::spawn(async move {
        close(&app).await;
        app.state::<Quit>().0.store(CLOSED, Ordering::Release);
        app.exit(code);
    });
}

async fn close(app: &AppHandle) {
    let Some(session) = app.try_state::<Session>().map(|session| session.inner().clone()) else {
        return;
    };
    match tokio::time::timeout(LONGEST, session.close()).await {
        Ok(()) => tracing::info!("closed"),
        Err(_) => tracing::warn!("closed without waiting longer"),
    }
}

/// The session manager's and the terminal's way to say quit; said twice, it is obeyed at once.
#[cfg(unix)]
pub(crate) fn on_signals(app: AppHandle) {
    use tokio::signal::unix::{SignalKind, signal};

    tauri::async_runtime::spawn(async move {
        let (Ok(mut terminate), Ok(mut interrupt)) =
            (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
        else {
            tracing::warn!("signals cannot be followed");
            return;
        };
        for again in [false, true] {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if again {
                std::process::exit(1);
            }
            app.exit(0);
        }
    });
}

/// Windows tells windows, not processes: the event loop hears it.
#[cfg(not(unix))]
pub(crate) fn on_signals(_app: AppHandle) {}
