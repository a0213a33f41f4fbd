//! The timeline: what happened to this session, in the order in which it happened. Kept on this computer, bounded, and without
//! anything personal: times, codes and reasons, never a name, an address, a subject or a token.
//!
//! It is made from the published views alone (`past` compares each with what was before it), so it says what people were
//! shown and nothing else. Where the session has a directory of its own, a `keeper` writes it there; otherwise it lives as long
//! as the process. A sign-out leaves it: to say afterwards what happened is its use.

mod fold;
mod keeper;
mod past;

#[cfg(test)]
mod tests;

use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::error::{Code, Stage};
use crate::view::{How, View, Why};
use keeper::Keeper;
use past::Past;

/// How many entries are kept; the oldest go first.
const LIMIT: usize = 200;
/// How long a reader waits for the file. After that it gets what this process knows.
const READ_LIMIT: Duration = Duration::from_secs(2);
/// How long a close waits for the file.
const CLOSE_LIMIT: Duration = Duration::from_secs(1);

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct Entry {
    /// When: of a sign-in the beginning of its session, of several renewals the last one.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// What can happen to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum What {
    /// The person signed in.
    SignedIn {
        /// How the answer came back.
        how: How,
    },
    /// Another process signed in, and this one noticed.
    SignedInElsewhere,
    /// A launch found the session in the credential store.
    Restored,
    /// The provider renewed the session.
    Renewed {
        /// How often in a row, with nothing else in between.
        times: u32,
        /// The first of these times.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        first: Timestamp,
    },
    /// The provider could not be asked. The first of a row of failures.
    Stale {
        /// Why.
        code: Code,
        /// Where.
        stage: Stage,
        /// As in [`Problem`](crate::Problem), in seconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional, type = "number"))]
        clock_ahead: Option<i64>,
    },
    /// The provider was asked and refused to renew; the session was kept.
    ProviderRefused {
        /// Its error.
        code: Code,
    },
    /// After failures or a refusal the provider has confirmed the session.
    Recovered,
    /// The credential store could not be read, so nobody knew whether somebody was signed in.
    StoreTrouble {
        /// Why.
        code: Code,
    },
    /// The credential store did not take the session; it went on in memory.
    Unsaved {
        /// Why.
        code: Code,
    },
    /// A session that was in memory alone is in the credential store.
    Saved,
    /// Somebody else than before is signed in.
    SwitchedAccount,
    /// The session ended.
    SignedOut {
        /// Why, and by whom.
        why: Why,
        /// As in [`View::SignedOut`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional, type = "string"))]
        lost_answer: Option<Timestamp>,
    },
    /// A sign-in did not succeed, or was given up.
    AttemptFailed {
        /// Why.
        code: Code,
        /// Where.
        stage: Stage,
        /// As in [`Problem`](crate::Problem), in seconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional, type = "number"))]
        clock_ahead: Option<i64>,
    },
}

impl fmt::Display for Entry {
    /// One line for a ticket: the time, then what happened, with the codes and reasons of the wire.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}  {}", self.at, self.what)
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignedIn { how } => write!(f, "signed in ({})", wire(how)),
            Self::SignedInElsewhere => f.write_str("signed in by another process"),
            Self::Restored => f.write_str("restored at launch"),
            Self::Renewed { times: 1, .. } => f.write_str("renewed"),
            Self::Renewed { times, first } => write!(f, "renewed {times} times since {first}"),
            Self::Stale {
                code,
                stage,
                clock_ahead,
            } => failed(f, "could not be renewed", *code, *stage, *clock_ahead),
            Self::ProviderRefused { code } => write!(f, "provider refused to renew: {}", code.as_str()),
            Self::Recovered => f.write_str("confirmed again"),
            Self::StoreTrouble { code } => write!(f, "credential store not readable: {}", code.as_str()),
            Self::Unsaved { code } => write!(f, "not saved: {}", code.as_str()),
            Self::Saved => f.write_str("saved"),
            Self::SwitchedAccount => f.write_str("another account than before"),
            Self::SignedOut { why, lost_answer } => {
                write!(f, "signed out: {}", wire(why))?;
                lost_answer.map_or(Ok(()), |at| write!(f, ", after an answer was lost at {at}"))
            }
            Self::AttemptFailed {
                code,
                stage,
                clock_ahead,
            } => failed(f, "sign-in failed", *code, *stage, *clock_ahead),
        }
    }
}

fn failed(
    f: &mut fmt::Formatter<'_>,
    what: &str,
    code: Code,
    stage: Stage,
    clock_ahead: Option<i64>,
) -> fmt::Result {
    write!(f, "{what}: {} ({})", code.as_str(), wire(&stage))?;
    clock_ahead.map_or(Ok(()), |seconds| write!(f, ", clock ahead by {seconds} s"))
}

/// The wire name of a plain enum.
fn wire(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        Ok(_) | Err(_) => String::new(),
    }
}

/// The timeline of one session. Written by the session's task, read by handles.
#[derive(Debug)]
pub(crate) struct Timeline {
    directory: Option<PathBuf>,
    /// Whether it is known by now which file is ours, or that there is none.
    begun: watch::Sender<bool>,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    past: Past,
    /// What this process has seen.
    entries: Vec<Entry>,
    keeper: Option<Keeper>,
}

impl Timeline {
    /// An empty one. `directory`: where its file may be; none: in memory alone.
    pub(crate) fn new(directory: Option<PathBuf>) -> Self {
        Self {
            begun: watch::Sender::new(directory.is_none()),
            directory,
            inner: Mutex::default(),
        }
    }

    /// From now on it is kept in the file of this name. Does nothing without a directory, and the second time.
    pub(crate) fn keep(&self, file_name: &str) {
        let Some(directory) = &self.directory else { return };
        let mut inner = self.inner();
        if inner.keeper.is_none() {
            inner.keeper = Keeper::start(directory.join(file_name));
            for entry in inner.entries.clone() {
                inner.write(entry);
            }
        }
        drop(inner);
        self.begun.send_replace(true);
    }

    /// Notes what this view tells. Called with every view that is published, in order; it does not wait for the file.
    pub(crate) fn follow(&self, now: Timestamp, view: &View) {
        let mut inner = self.inner();
        for entry in inner.past.see(now, view) {
            inner.write(entry.clone());
            fold::add(&mut inner.entries, entry);
        }
        drop(inner);
        self.begun.send_replace(true);
    }

    /// Everything, the newest last: of the file, where there is one, else of this process.
    pub(crate) async fn entries(&self) -> Vec<Entry> {
        // Who asks in the moment of the start waits for the configuration.
        let _ = tokio::time::timeout(READ_LIMIT, self.begun.subscribe().wait_for(|begun| *begun)).await;
        let answer = self.inner().keeper.as_ref().and_then(Keeper::read);
        let kept = match answer {
            Some(answer) => tokio::time::timeout(READ_LIMIT, answer).await.ok(),
            None => None,
        };
        match kept {
            Some(Ok(entries)) => entries,
            Some(Err(_)) | None => self.inner().entries.clone(),
        }
    }

    /// Waits until everything noted so far is in the file, but not long.
    pub(crate) async fn settle(&self) {
        let answer = self.inner().keeper.as_ref().and_then(Keeper::read);
        if let Some(answer) = answer {
            let _ = tokio::time::timeout(CLOSE_LIMIT, answer).await;
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn write(&self, entry: Entry) {
        if let Some(keeper) = &self.keeper {
            keeper.write(entry);
        }
    }
}
