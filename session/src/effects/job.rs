//! One effect at work: what it asks of a port or the provider, and the event it brings back.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use super::{Engine, World, open};
use crate::actor::Message;
use crate::attempt::Attempt;
use crate::callback::ValidatedCallback;
use crate::error::{Code, Error, Result, Stage};
use crate::exchange;
use crate::log;
use crate::loopback::Loopback;
use crate::ports::{Page, Purpose};
use crate::record::{self, Record};
use crate::state::{AttemptId, Event, Generation, Over, Stored};
use crate::store::StoreError;
use crate::store::parts::{self, Key, Vault, Written};
use crate::store::thread::Pending;
use crate::view::{How, Why};

use super::leaving::Gone;

/// How long a launch waits for the credential store before it says so. A late answer still counts.
const READ_LIMIT: Duration = Duration::from_secs(5);
/// How long a write is waited for. A late answer still counts.
pub(super) const WRITE_LIMIT: Duration = Duration::from_secs(10);
/// How long the deletion before an exchange may take.
const CONSUME_LIMIT: Duration = Duration::from_secs(10);
/// How long the browser waits for the attempt to be kept.
const KEEP_LIMIT: Duration = Duration::from_secs(3);

/// One effect at work.
#[derive(Clone)]
pub(super) struct Job {
    pub(super) world: Arc<World>,
    pub(super) engine: Arc<Engine>,
    outbox: mpsc::Sender<Message>,
}

impl Job {
    pub(super) fn new(world: &Arc<World>, engine: &Arc<Engine>, outbox: &mpsc::Sender<Message>) -> Self {
        Self {
            world: Arc::clone(world),
            engine: Arc::clone(engine),
            outbox: outbox.clone(),
        }
    }

    pub(super) async fn send(&self, message: Message) {
        // The session is gone: nobody is left to hear it.
        let _ = self.outbox.send(message).await;
    }

    pub(super) async fn answer(&self, event: Event) {
        self.send(Message::Answer(event)).await;
    }

    /// What the credential store holds, for a launch. A password dialog may be answered late: the answer is waited for to its
    /// end.
    pub(super) async fn read_store(&self) {
        let keys = self.keys();
        let mut pending = self.world.store.read(move |vault| keys.read(vault));
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

    /// Are there revocations owed from an earlier run? Not on the way of a launch.
    pub(super) async fn look_for_owed(&self) {
        let key = self.engine.outbox_key.clone();
        let owed = self.world.store.read(move |vault| {
            vault.ready()?;
            vault.read(&key)
        });
        if let Ok(parts::Stored::Record { .. }) = owed.await {
            self.send(Message::Owing(1)).await;
        }
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
                        self.send(Message::Owing(1)).await;
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
            parts::Stored::Cleared { why, .. } => stored.cleared = Some(why.unwrap_or(Why::ByUser)),
            parts::Stored::Nothing => {}
        }
        if let parts::Stored::Record { bytes, .. } = found.attempt {
            let redirect_uri = self.world.redirects.deep_link.as_deref().unwrap_or_default();
            match record::attempt_from_bytes(&bytes) {
                Ok(attempt) if attempt.fits(config, redirect_uri) => stored.pending = Some(Box::new(attempt)),
                Ok(_) => stored.misfit = true,
                Err(error) => log::problem("the pending attempt cannot be read", error.problem()),
            }
        }
        stored
    }

    pub(super) async fn prepare(&self, id: AttemptId, how: How) {
        match self.prepared(id, how).await {
            Ok(attempt) => {
                self.answer(Event::Prepared {
                    id,
                    attempt: Box::new(attempt),
                })
                .await
            }
            Err(error) => self.answer(Event::Failed { id, error }).await,
        }
    }

    async fn prepared(&self, id: AttemptId, how: How) -> Result<Attempt> {
        let redirect_uri = match how {
            How::DeepLink | How::Device => self.world.redirects.deep_link.clone().unwrap_or_default(),
            How::Loopback => {
                let listener = Loopback::bind().await?;
                let redirect_uri = listener.redirect_uri().to_owned();
                self.send(Message::Listening(id, listener)).await;
                redirect_uri
            }
        };
        let metadata = self.engine.provider.metadata_now().await?;
        let config = &self.engine.provider_config;
        Attempt::begin(
            config,
            &self.engine.session_config,
            &metadata,
            how,
            redirect_uri,
            self.world.clock.now(),
        )
    }

    pub(super) async fn present(&self, id: AttemptId, attempt: &Attempt, this_run: bool) {
        let kept = attempt.how() == How::DeepLink && !this_run && self.keep_attempt(attempt).await;
        self.answer(Event::Presented { id, kept }).await;
        let page = Page {
            purpose: Purpose::SignIn,
            url: attempt.authorization_url().clone(),
            redirect_uri: Some(attempt.redirect_uri().to_owned()),
        };
        if let Err(error) = open(Arc::clone(&self.world.browser), page).await {
            self.answer(Event::OpenFailed { id, error }).await;
        }
    }

    /// Keeps the attempt for a cold start. Where that fails, the attempt works as long as the app stays open.
    async fn keep_attempt(&self, attempt: &Attempt) -> bool {
        let Ok(bytes) = record::attempt_to_bytes(attempt) else {
            return false;
        };
        let key = self.engine.attempt_key.clone();
        let mut pending = self.world.write(move |vault| vault.write(&key, None, &bytes));
        match pending.within(KEEP_LIMIT).await {
            Ok(_) => true,
            Err(error) => {
                log::problem(
                    "the attempt could not be kept for a cold start",
                    Error::from(error).problem(),
                );
                false
            }
        }
    }

    pub(super) async fn redeem(
        &self,
        id: AttemptId,
        attempt: &Attempt,
        callback: ValidatedCallback,
        kept: bool,
    ) {
        let key = self.engine.attempt_key.clone();
        if attempt.how() == How::DeepLink {
            let deleted = self
                .world
                .write(move |vault| vault.remove(&key))
                .within(CONSUME_LIMIT)
                .await;
            if let (Err(error), true) = (deleted, kept) {
                self.answer(Event::Failed {
                    id,
                    error: error.into(),
                })
                .await;
                return;
            }
        }
        let grant = exchange::redeem(&self.engine.provider, attempt, callback, &*self.world.clock).await;
        self.answer(match grant {
            Ok(grant) => Event::Redeemed {
                id,
                grant: Box::new(grant),
            },
            Err(error) => Event::Failed { id, error },
        })
        .await;
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

impl Keys {
    fn read(&self, vault: &Vault) -> Result<Found, StoreError> {
        Ok(Found {
            session: vault.read(&self.session)?,
            attempt: vault.read(&self.attempt)?,
        })
    }
}
