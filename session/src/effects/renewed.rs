//! The end of a renewal that brought tokens: they are written, and only then anybody gets them.

use super::job::{Job, WRITE_LIMIT};
use super::keeping::Put;
use super::renewing::{ROUNDS, Renewing};
use super::verdicts::{is_a_losers, is_from_before};
use crate::account::Person;
use crate::error::Error;
use crate::exchange::Renewal;
use crate::failpoint::Failpoint;
use crate::lock::SessionLock;
use crate::record::Record;
use crate::state::{Base, Event, Generation, Stored, Wrote};
use crate::store::StoreError;

impl Job {
    /// Store, then answer.
    pub(super) async fn keep(&self, renewing: Renewing, renewal: Renewal, turn: Option<SessionLock>) {
        let Renewing {
            generation,
            record: spent,
            base,
            ..
        } = renewing;
        let (record, refused) = spent.renewed(renewal);
        let mut turn = turn;
        let mut expected = match base {
            Base::ThisRun => return self.kept(generation, record, refused, Wrote::Nowhere).await,
            Base::Stored(stored) => Some(stored),
            Base::Unsaved => None,
        };
        for _ in 0..ROUNDS {
            let mut pending = self.write_record(&record, expected, true);
            let mut answer = pending.within(WRITE_LIMIT).await;
            let silent = matches!(answer, Err(StoreError::Silent));
            if silent {
                // Who waits need not wait any longer; the answer still counts when it comes. Others keep off meanwhile.
                self.world.is_unsaved();
                drop(turn.take());
                let wrote = Wrote::Failed(Error::from(StoreError::Silent).into());
                self.kept(generation, record.clone(), refused.clone(), wrote)
                    .await;
                answer = pending.await;
                if answer.is_err() {
                    return;
                }
            }
            match answer {
                Ok(Put::Done(stored)) if silent => {
                    let generation = generation.next();
                    return self.answer(Event::Saved { generation, stored }).await;
                }
                Ok(Put::Done(stored)) => {
                    return self.kept(generation, record, refused, Wrote::Done(stored)).await;
                }
                Ok(Put::Overtaken(found)) => {
                    let found = self.understand_session(found);
                    if is_from_before(&found, &spent) || is_a_losers(&found) {
                        expected = Some(found.generation);
                    } else if found.unreadable.is_some() {
                        // It is set aside. What was just got may be the only key to the session.
                        expected = None;
                    } else {
                        return self.lost(generation, record, found).await;
                    }
                }
                Err(error) => {
                    self.world.is_unsaved();
                    let problem = Error::from(error).into();
                    return self
                        .kept(generation, record, refused, Wrote::Failed(problem))
                        .await;
                }
            }
        }
        self.world.is_unsaved();
        let error = StoreError::Broken("others write at the same time, again and again".to_owned());
        let wrote = Wrote::Failed(Error::from(error).into());
        self.kept(generation, record, refused, wrote).await;
    }

    async fn kept(&self, generation: Generation, record: Record, refused: Option<Error>, wrote: Wrote) {
        self.world.pass(Failpoint::Saved);
        self.answer(Event::Renewed {
            generation,
            record: Box::new(record),
            refused,
            wrote,
        })
        .await;
    }

    /// While the provider was asked, the person signed out, or in again, elsewhere: what was just got is not wanted.
    async fn lost(&self, generation: Generation, record: Record, found: Stored) {
        // Another person's session does not hang on these tokens, and that person's sign-in has ended this one's session.
        let over = found
            .record
            .as_ref()
            .is_none_or(|found| !Person::of(&found.identity).is(&record.identity));
        self.answer(Event::Overtaken {
            generation,
            stored: Box::new(found),
        })
        .await;
        // Over a session of the same person it is not revoked: some providers end every token of the person with the first.
        if over {
            self.revoke(&record.tokens, true).await;
        }
    }
}
