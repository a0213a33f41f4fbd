//! The one renewal: take turns, read again, check again, journal, ask, store, and only then answer.
//!
//! Several processes may share one credential store, and a refresh token may be good for one use. So a renewal first waits for
//! its turn among processes, and then looks whether another has renewed already. It writes into the journal that it begins,
//! which also shows that the store takes writes; a process that finds the journal later knows that an answer was lost.

use jiff::Timestamp;

use super::job::{Job, WRITE_LIMIT};
use super::verdicts::{is_fresh, is_no_way, may_have_spent, usable};
use super::world::Turn;
use crate::error::{Code, Error, Stage};
use crate::exchange::{self};
use crate::failpoint::Failpoint;
use crate::log;
use crate::record::Record;
use crate::state::{Base, Event, Generation, Stored};
use crate::store::StoreError;
use crate::store::parts::{self, Key, Vault, Written};
use crate::view::Why;

/// How often a renewal starts again because another process had been there.
pub(super) const ROUNDS: usize = 3;

/// A renewal that is due.
pub(super) struct Due {
    pub(super) generation: Generation,
    pub(super) record: Record,
    pub(super) base: Base,
    /// Nobody waits for it.
    pub(super) patient: bool,
    /// The one before failed, and not by an answer of the provider: is there a way to it?
    pub(super) wary: bool,
}

/// What a renewal works on.
pub(super) struct Renewing {
    pub(super) generation: Generation,
    pub(super) record: Record,
    pub(super) base: Base,
    /// When an earlier renewal of this generation was begun, of which nothing was heard since.
    begun_before: Option<Timestamp>,
}

/// What the store says before a request is sent.
enum Prepared {
    /// The journal is written.
    Journaled { begun_before: Option<Timestamp> },
    /// Something else is there.
    Overtaken(parts::Stored),
}

impl Job {
    /// A whole renewal; the event it ends with is the last thing.
    pub(super) async fn renew(&self, renewal: Due) {
        let Due {
            generation,
            record,
            base,
            patient,
            wary,
        } = renewal;
        self.world.pass(Failpoint::Decided);
        if patient && !self.world.shared.quiet.over().await {
            return;
        }
        let turn = match base {
            Base::ThisRun => None,
            Base::Stored(_) | Base::Unsaved => match self.world.turn(Turn::Renewal).await {
                Ok(turn) => turn,
                Err(error) => return self.failed(generation, error, None).await,
            },
        };
        if wary && let Err(error) = self.find_a_way().await {
            return self.failed(generation, error, None).await;
        }
        let mut renewing = Renewing {
            generation,
            record,
            base,
            begun_before: None,
        };
        if base != Base::ThisRun && self.world.is_unsaved_elsewhere().await {
            // Another process has the tokens that follow these, and cannot save them yet. It will.
            let error = Error::from(StoreError::Locked)
                .with_detail("another process has renewed and cannot save yet");
            return self.failed(generation, error, None).await;
        }
        for _ in 0..ROUNDS {
            if let Err(event) = self.prepare_renewal(&mut renewing, patient).await {
                return self.answer(*event).await;
            }
            self.world.pass(Failpoint::Journaled);
            let Some(refresh) = renewing.record.tokens.refresh_token.clone() else {
                let error = Error::new(Stage::Refresh, Code::NoRefreshToken);
                return self.failed(generation, error, None).await;
            };
            let sent_at = self.world.clock.now();
            self.world.pass(Failpoint::Asking);
            let answer = exchange::renew(
                &self.engine.provider,
                &refresh,
                &renewing.record.identity,
                &*self.world.clock,
            )
            .await;
            if answer.is_ok() {
                self.world.pass(Failpoint::Answered);
            }
            match answer {
                Ok(renewal) => return self.keep(renewing, renewal, turn).await,
                Err(error) if error.code() == Code::InvalidGrant => {
                    if !self.find_newer(&mut renewing).await {
                        return self.failed(generation, error, renewing.begun_before).await;
                    }
                }
                Err(error) => {
                    let spent_at = may_have_spent(&error).then_some(sent_at);
                    if spent_at.is_none() {
                        self.take_back(&renewing).await;
                    }
                    return self.failed(generation, error, spent_at).await;
                }
            }
        }
        let error = Error::new(Stage::Refresh, Code::ProviderBusy)
            .with_detail("other processes renewed at the same time, again and again");
        self.failed(generation, error, None).await;
    }

    /// After a failure: is there a way to the provider at all? Without one the journal need not be written, and nothing is spent.
    async fn find_a_way(&self) -> Result<(), Error> {
        match self.engine.provider.metadata_now().await {
            Err(error) if is_no_way(error.code()) => Err(error.at(Stage::Refresh)),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    async fn failed(&self, generation: Generation, error: Error, spent_at: Option<Timestamp>) {
        self.answer(Event::RenewalFailed {
            generation,
            error,
            spent_at,
        })
        .await;
    }

    /// Reads the store again and writes the journal. An event ends the renewal here: there is nothing left to ask.
    async fn prepare_renewal(&self, renewing: &mut Renewing, patient: bool) -> Result<(), Box<Event>> {
        let Base::Stored(mut stored) = renewing.base else {
            return Ok(());
        };
        for _ in 0..ROUNDS {
            let key = self.engine.session_key.clone();
            let now = self.world.clock.now();
            let (departures, since) = (self.engine.departures.clone(), renewing.record.since);
            let prepared = self
                .world
                .write(move |vault| {
                    vault.ready()?;
                    // The person left while the store was locked, and nobody has told the store yet.
                    if departures.read().is_some_and(|left| left.since == since) {
                        vault.clear(&key, Some(stored), Why::ByUser)?;
                    }
                    prepare(vault, &key, stored, now)
                })
                .within(WRITE_LIMIT)
                .await;
            match prepared {
                Ok(Prepared::Journaled { begun_before }) => {
                    renewing.base = Base::Stored(stored);
                    renewing.begun_before = begun_before;
                    return Ok(());
                }
                // Vanished without a tombstone: nobody wanted the session to end, and it is written anew.
                Ok(Prepared::Overtaken(parts::Stored::Nothing)) => return Ok(()),
                Ok(Prepared::Overtaken(found)) => {
                    let found = self.understand_session(found);
                    if let Some(problem) = &found.unreadable {
                        // It is set aside when the renewed record takes its place.
                        log::problem("the stored session cannot be read any more", problem);
                        return Ok(());
                    }
                    stored = self.go_on_from(renewing, stored, found)?;
                }
                Err(error) => {
                    log::problem(
                        "the renewal could not be written into the journal",
                        Error::from(error.clone()).problem(),
                    );
                    let alive = usable(&renewing.record, now);
                    if patient && alive {
                        if error == StoreError::Silent {
                            // It may be written late, and there will have been no request.
                            let (key, before) = (self.engine.session_key.clone(), renewing.begun_before);
                            drop(self.world.write(move |vault| vault.journal(&key, stored, before)));
                        }
                        return Err(Box::new(Event::PutOff {
                            generation: renewing.generation,
                            error: error.into(),
                        }));
                    }
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// The store holds another generation. One that is fresh is taken as it is; one that is old is what this renewal goes on
    /// from.
    fn go_on_from(&self, renewing: &mut Renewing, stored: u64, found: Stored) -> Result<u64, Box<Event>> {
        let generation = found.generation;
        // Somebody brought back an older keyring: what is here is newer.
        if generation < stored {
            return Ok(generation);
        }
        match &found.record {
            Some(record) if !is_fresh(record, self.world.clock.now()) => {
                renewing.record = (**record).clone();
                Ok(generation)
            }
            Some(_) | None => Err(Box::new(Event::Overtaken {
                generation: renewing.generation,
                stored: Box::new(found),
            })),
        }
    }

    /// The provider refused the refresh token. Is there a newer one? Then this was a loser's try, and the winner's goes on.
    async fn find_newer(&self, renewing: &mut Renewing) -> bool {
        let Base::Stored(stored) = renewing.base else {
            return false;
        };
        let key = self.engine.session_key.clone();
        let found = self
            .world
            .store
            .read(move |vault| {
                vault.ready()?;
                vault.read(&key)
            })
            .within(WRITE_LIMIT)
            .await;
        let Ok(found) = found.map(|found| self.understand_session(found)) else {
            return false;
        };
        let newer = found
            .record
            .as_ref()
            .is_some_and(|record| record.tokens.refresh_token != renewing.record.tokens.refresh_token);
        // A refused token is never sent again: the next round reads the newer one.
        newer && found.generation > stored
    }

    /// Nothing was sent, or the provider said plainly that nothing has changed: the journal has nothing to tell.
    async fn take_back(&self, renewing: &Renewing) {
        let Base::Stored(stored) = renewing.base else {
            return;
        };
        let (key, before) = (self.engine.session_key.clone(), renewing.begun_before);
        let taken_back = self
            .world
            .write(move |vault| {
                vault.ready()?;
                vault.journal(&key, stored, before).map(|_| ())
            })
            .within(WRITE_LIMIT)
            .await;
        if let Err(error) = taken_back {
            log::problem(
                "the journal could not be taken back",
                Error::from(error).problem(),
            );
        }
    }
}

fn prepare(vault: &Vault, key: &Key, stored: u64, now: Timestamp) -> Result<Prepared, StoreError> {
    let found = vault.read(key)?;
    let begun_before = match &found {
        parts::Stored::Record {
            generation,
            renewing_since,
            ..
        } if *generation == stored => *renewing_since,
        parts::Stored::Nothing
        | parts::Stored::Record { .. }
        | parts::Stored::Cleared { .. }
        | parts::Stored::Unreadable { .. } => return Ok(Prepared::Overtaken(found)),
    };
    match vault.journal(key, stored, Some(begun_before.unwrap_or(now)))? {
        Written::Done(_) => Ok(Prepared::Journaled { begun_before }),
        Written::Overtaken(_) => Ok(Prepared::Overtaken(vault.read(key)?)),
    }
}
