//! The stored session: read and understood at a launch and later, and written.

use std::sync::Arc;
use std::time::Duration;

use super::job::{Job, WRITE_LIMIT};
use super::leaving::Gone;
use crate::error::{Code, Error, Stage};
use crate::log;
use crate::record::{self, Record};
use crate::state::{Event, Generation, Over, Stored};
use crate::store::StoreError;
use crate::store::parts::{self, Key, Vault, Written};
use crate::store::thread::Pending;
use crate::view::Why;

/// How long a launch waits for the credential store before it says so. A late answer still counts.
const READ_LIMIT: Duration = Duration::from_secs(5);

/// The names of everything one issuer and client keep.
#[derive(Clone)]
pub(super) struct Keys {
    pub(super) session: Key,
    pub(super) attempt: Key,
    pub(super) outbox: Key,
    pub(super) aside: Key,
    pub(super) outbox_aside: Key,
}

/// What the store holds, not understood yet.
struct Found {
    session: parts::Stored,
    attempt: parts::Stored,
}

/// How a write of the session went.
pub(super) enum Put {
    /// It is there, as this generation.
    Done(u64),
    /// Something else is there.
    Overtaken(parts::Stored),
}

impl Job {
    /// What the credential store holds, for a launch. A password dialog may be answered late: the answer is waited for to its
    /// end.
    pub(super) async fn read_store(&self) {
        let keys = self.keys();
        let mut pending = self.world.store.read(move |vault| {
            log::store_asked();
            keys.read(vault)
        });
        let answer = match pending.within(READ_LIMIT).await {
            Err(StoreError::Silent) => {
                self.answer(Event::ReadFailed(Error::from(StoreError::Silent).into()))
                    .await;
                pending.await
            }
            answer => answer,
        };
        let event = match answer {
            Ok(found) => Event::Read(self.at_launch(found).await),
            Err(error) => Event::ReadFailed(Error::from(error).into()),
        };
        self.answer(event).await;
        self.look_for_owed().await;
    }

    /// What the credential store holds now, if nobody need be asked for it.
    pub(super) async fn look(&self) {
        let keys = self.keys();
        let looking = self.world.store.read(move |vault| {
            vault.ready()?;
            keys.read(vault)
        });
        let answer = match looking.await {
            Ok(found) => Ok(Box::new(self.at_launch(found).await)),
            Err(error) => Err(Error::from(error).into()),
        };
        let readable = answer.is_ok();
        self.answer(Event::Looked(answer)).await;
        if readable {
            self.look_for_owed().await;
        }
    }

    /// A session that was left while the store was locked is not restored: its record goes now.
    async fn at_launch(&self, found: Found) -> Stored {
        let stored = self.understand(found);
        let (departures, record) = (self.engine.departures.clone(), stored.record.as_deref().cloned());
        let Some(record) = record else { return stored };
        let mut generation = stored.generation;
        let left = tokio::task::spawn_blocking(move || departures.read()).await;
        match left {
            Ok(Some(departure)) if departure.is_from(&record) => {
                let over = Over {
                    expected: Some(generation),
                    why: Why::ByUser,
                    left: Some(departure.since),
                };
                match self.clear_and_owe(over, Some(record.tokens), true).await {
                    Ok(Gone::Cleared(tombstone)) => {
                        generation = tombstone;
                        self.owing(1).await;
                    }
                    Ok(Gone::Overtaken(_)) => {}
                    Err(error) => log::problem(
                        "the stored session could not be removed",
                        Error::from(error).problem(),
                    ),
                }
                Stored {
                    generation,
                    record: None,
                    cleared: Some(Why::ByUser),
                    ..stored
                }
            }
            Ok(_) | Err(_) => stored,
        }
    }

    pub(super) fn keys(&self) -> Keys {
        Keys {
            session: self.engine.session_key.clone(),
            attempt: self.engine.attempt_key.clone(),
            outbox: self.engine.outbox_key.clone(),
            aside: self.engine.aside_key.clone(),
            outbox_aside: self.engine.outbox_aside_key.clone(),
        }
    }

    /// The stored session, without the attempt beside it.
    pub(super) fn understand_session(&self, session: parts::Stored) -> Stored {
        self.understand(Found {
            session,
            attempt: parts::Stored::Nothing,
        })
    }

    fn understand(&self, found: Found) -> Stored {
        let config = &self.engine.provider_config;
        let mut stored = Stored {
            generation: found.session.generation(),
            ..Stored::default()
        };
        match found.session {
            parts::Stored::Record {
                bytes,
                renewing_since,
                ..
            } => match Record::from_bytes(&bytes, &config.issuer, &config.client_id) {
                Ok(record) => {
                    stored.record = Some(Box::new(record));
                    stored.renewing_since = renewing_since;
                }
                Err(error) => stored.unreadable = Some(error.into()),
            },
            parts::Stored::Unreadable { .. } => {
                stored.unreadable = Some(Error::new(Stage::Store, Code::RecordUnreadable).into());
            }
            // A tombstone of a version that gave no reason.
            parts::Stored::Cleared { why, note, .. } => {
                stored.cleared = Some(why.unwrap_or(Why::ByUser));
                stored.last = record::last_from_bytes(&note);
            }
            parts::Stored::Nothing => {}
        }
        if let parts::Stored::Record { bytes, .. } = found.attempt {
            let redirects = self.world.redirects.load();
            let redirect_uri = redirects.deep_link.as_deref().unwrap_or_default();
            match record::attempt_from_bytes(&bytes) {
                Ok(attempt) if attempt.fits(config, redirect_uri) => stored.pending = Some(Box::new(attempt)),
                Ok(_) => stored.misfit = true,
                Err(error) => log::problem("the pending attempt cannot be read", error.problem()),
            }
        }
        stored
    }

    /// Writes the record. What stands there and cannot be read is set aside first, not thrown away.
    pub(super) async fn save(
        &self,
        generation: Generation,
        record: &Record,
        expected: Option<u64>,
        quiet: bool,
    ) {
        let mut pending = self.write_record(record, expected, quiet);
        let mut answer = pending.within(WRITE_LIMIT).await;
        if matches!(answer, Err(StoreError::Silent)) {
            let problem = Error::from(StoreError::Silent).into();
            self.answer(Event::SaveFailed { generation, problem }).await;
            answer = pending.await;
        }
        self.answer(match answer {
            Ok(Put::Done(stored)) => Event::Saved { generation, stored },
            Ok(Put::Overtaken(stored)) => Event::Overtaken {
                generation,
                stored: Box::new(self.understand_session(stored)),
            },
            Err(error) => Event::SaveFailed {
                generation,
                problem: Error::from(error).into(),
            },
        })
        .await;
    }

    /// Queues the writing of a record.
    pub(super) fn write_record(&self, record: &Record, expected: Option<u64>, quiet: bool) -> Pending<Put> {
        let config = Arc::clone(&self.engine.provider_config);
        let bytes = record.to_bytes(&config.issuer, &config.client_id);
        let keys = self.keys();
        let departures = self.engine.departures.clone();
        self.world.write_session(move |vault| {
            let bytes = bytes.map_err(|error| StoreError::Broken(error.to_string()))?;
            if quiet {
                vault.ready()?;
            }
            let is_ours = |bytes: &[u8]| Record::from_bytes(bytes, &config.issuer, &config.client_id).is_ok();
            if expected.is_none() {
                match vault.read(&keys.session)? {
                    parts::Stored::Record { bytes, .. } if is_ours(&bytes) => {}
                    parts::Stored::Record { .. } | parts::Stored::Unreadable { .. } => {
                        vault.set_aside(&keys.session, &keys.aside)?;
                    }
                    parts::Stored::Nothing | parts::Stored::Cleared { .. } => {}
                }
            }
            match vault.write(&keys.session, expected, &bytes)? {
                Written::Done(stored) => {
                    if expected.is_none() {
                        departures.forget();
                    }
                    Ok(Put::Done(stored))
                }
                Written::Overtaken(_) => Ok(Put::Overtaken(vault.read(&keys.session)?)),
            }
        })
    }
}

impl Keys {
    fn read(&self, vault: &Vault) -> Result<Found, StoreError> {
        Ok(Found {
            session: vault.read(&self.session)?,
            attempt: vault.read(&self.attempt)?,
        })
    }
}
