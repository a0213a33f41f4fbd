//! The effects of a sign-out: this device, then the tokens, then the provider's own session.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use super::job::{Job, Keys};
use super::open;
use super::world::Turn;
use jiff::Timestamp;

use crate::actor::Message;
use crate::departure::Departure;
use crate::error::{Error, Problem};
use crate::exchange;
use crate::log;
use crate::logout;
use crate::outbox::{self, Owed};
use crate::record;
use crate::state::{Event, Leaving, Over, SignOutStep};
use crate::store::StoreError;
use crate::store::parts::{self, Key, Vault, Written};
use crate::store::thread::Pending;
use crate::tokens::TokenSet;
use crate::view::{How, Step, View, Why};

/// How long a sign-out waits for the local record to be gone before it goes on to the provider.
const CLEAR_LIMIT: Duration = Duration::from_secs(5);

/// How long the provider's page waits for the revocation.
const REVOKE_FIRST: Duration = Duration::from_secs(2);

/// How a removal of the session went.
pub(super) enum Gone {
    /// It is gone; the tombstone's generation.
    Cleared(u64),
    /// It was not what was expected, and still stands.
    Overtaken(parts::Stored),
}

impl Job {
    /// Removes a session that is over.
    pub(super) async fn clear(&self, over: Over, quiet: bool) {
        self.engine.pictures.forget().await;
        let answer = self.clear_and_owe(over, None, quiet).await;
        self.cleared(answer).await;
        self.look_for_owed().await;
    }

    async fn cleared(&self, answer: Result<Gone, StoreError>) {
        let event = match answer {
            Ok(Gone::Cleared(generation)) => Event::Cleared(Ok(generation)),
            Ok(Gone::Overtaken(stored)) => {
                self.answer(Event::Cleared(Ok(0))).await;
                Event::Looked(Ok(Box::new(self.understand_session(stored))))
            }
            Err(error) => {
                let problem = Problem::from(Error::from(error));
                log::problem("the stored session could not be removed", &problem);
                Event::Cleared(Err(problem))
            }
        };
        self.answer(event).await;
    }

    /// Queues the removal of the record, and keeps these tokens for revocation in the same turn.
    pub(super) fn clear_and_owe(&self, over: Over, tokens: Option<TokenSet>, quiet: bool) -> Pending<Gone> {
        let keys = self.keys();
        let departures = self.engine.departures.clone();
        let job = self.clone();
        self.world.write_session(move |vault| {
            if quiet {
                vault.ready()?;
            }
            let Over { expected, why, left } = over;
            let written = match left {
                Some(since) => job.clear_what_was_left(vault, &keys, over, since, tokens)?,
                None => vault.clear(&keys.session, expected, why)?,
            };
            match written {
                Written::Overtaken(_) => Ok(Gone::Overtaken(vault.read(&keys.session)?)),
                Written::Done(generation) => {
                    if why == Why::ByUser {
                        // What could not be read goes with it: the person wants this device to forget.
                        vault.remove(&keys.aside)?;
                        departures.forget();
                    }
                    Ok(Gone::Cleared(generation))
                }
            }
        })
    }

    /// Removes the session the person has left, which another process may have renewed since: then its tokens are to be revoked,
    /// too. A session begun later is another one, and stays.
    fn clear_what_was_left(
        &self,
        vault: &Vault,
        keys: &Keys,
        over: Over,
        since: Timestamp,
        tokens: Option<TokenSet>,
    ) -> Result<Written, StoreError> {
        let stored = vault.read(&keys.session)?;
        let (generation, vanished) = (stored.generation(), stored == parts::Stored::Nothing);
        let record = self.understand_session(stored).record;
        if record
            .as_ref()
            .is_some_and(|record| !Departure { since }.is_from(record))
        {
            return Ok(Written::Overtaken(generation));
        }
        let tokens: Vec<TokenSet> = tokens
            .into_iter()
            .chain(record.map(|record| record.tokens))
            .collect();
        self.owe(vault, keys, &tokens, self.world.clock.now());
        let expected = if vanished { over.expected } else { None };
        vault.clear(&keys.session, expected, over.why)
    }

    /// The tokens of this sign-out are the ones its receipt is about.
    fn begin_receipt(&self, tokens: &TokenSet) {
        let mut left = self.world.left.lock().unwrap_or_else(PoisonError::into_inner);
        *left = vec![tokens.revocable()];
    }

    /// The sign-out, in its order: this device, then the tokens, then the provider's own session.
    pub(super) async fn leave(&self, leaving: Box<Leaving>) {
        self.begin_receipt(&leaving.tokens);
        self.engine.pictures.forget().await;
        let device = if leaving.kept {
            self.leave_device(&leaving).await
        } else {
            Step::Done
        };
        self.answer(Event::SignOutStep(SignOutStep::Device(device))).await;
        let revocation = self.revoke(&leaving.tokens, leaving.kept);
        let page = async {
            let page = self.end_provider_session(&leaving).await;
            self.answer(Event::SignOutStep(SignOutStep::ProviderSession(page)))
                .await;
        };
        tokio::pin!(revocation);
        // Revocation first; but a provider that hangs there must not keep the person waiting for its page.
        match tokio::time::timeout(REVOKE_FIRST, &mut revocation).await {
            Ok(()) => page.await,
            Err(_) => {
                tokio::join!(page, revocation);
            }
        }
    }

    /// The record goes. While the store is locked that cannot be, so it is noted beside the store that the session was left.
    async fn leave_device(&self, leaving: &Leaving) -> Step {
        let departure = Departure { since: leaving.since };
        let departures = self.engine.departures.clone();
        let noted = tokio::task::spawn_blocking(move || departures.note(departure)).await;
        if !matches!(noted, Ok(Ok(()))) && self.world.data_dir.is_some() {
            tracing::warn!("the sign-out could not be noted");
        }
        let over = Over {
            expected: leaving.stored,
            why: Why::ByUser,
            left: Some(leaving.since),
        };
        let mut pending = self.clear_and_owe(over, Some(leaving.tokens.clone()), false);
        match pending.within(CLEAR_LIMIT).await {
            Err(StoreError::Silent) => {
                let job = self.clone();
                tokio::spawn(async move {
                    job.cleared(pending.await).await;
                    job.look_for_owed().await;
                });
                Step::Pending
            }
            answer => {
                let step = if answer.is_ok() { Step::Done } else { Step::Pending };
                self.cleared(answer).await;
                step
            }
        }
    }

    /// Keeps these tokens for revocation. A sign-out does not fail for what comes after it.
    fn owe(&self, vault: &Vault, keys: &Keys, tokens: &[TokenSet], now: Timestamp) {
        let told = self
            .world
            .told
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let kept = change_owed(vault, keys, |list| {
            for tokens in tokens.iter().filter(|tokens| !told.contains(&tokens.revocable())) {
                outbox::add(list, Owed::for_tokens(tokens, now));
            }
        });
        if let Err(error) = kept {
            log::problem("a revocation could not be noted", Error::from(error).problem());
        }
        let mut left = self.world.left.lock().unwrap_or_else(PoisonError::into_inner);
        left.extend(tokens.iter().map(TokenSet::revocable));
    }

    /// Revokes these tokens, now or, when the provider cannot be reached, later.
    pub(super) async fn revoke(&self, tokens: &TokenSet, kept: bool) {
        let owed = Owed::for_tokens(tokens, self.world.clock.now());
        outbox::add(
            &mut self.world.owed.lock().unwrap_or_else(PoisonError::into_inner),
            owed.clone(),
        );
        if kept {
            let keys = self.keys();
            // It stays in memory where the store cannot take it now.
            let _ = self
                .world
                .write(move |vault| {
                    vault.ready()?;
                    change_owed(vault, &keys, |list| outbox::add(list, owed))
                })
                .within(CLEAR_LIMIT)
                .await;
        }
        self.send_owed().await;
    }

    /// Sends what is owed, each entry once, in turn with other processes. What the provider could not be told stays.
    pub(super) async fn send_owed(&self) {
        let Ok(_turn) = self.world.turn(Turn::Revocation).await else {
            self.answer(Event::SignOutStep(SignOutStep::Tokens(Step::Pending)))
                .await;
            self.send(Message::Owing(1)).await;
            return;
        };
        let key = self.engine.outbox_key.clone();
        let stored = self
            .world
            .store
            .read(move |vault| {
                vault.ready()?;
                owed_in(vault, &key)
            })
            .within(CLEAR_LIMIT)
            .await;
        let mut list = self
            .world
            .owed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        // A store that cannot be asked now may hold more.
        let mut left = usize::from(stored.is_err());
        for owed in stored.unwrap_or_default() {
            outbox::add(&mut list, owed);
        }
        for owed in list {
            let step = if owed.drop_at <= self.world.clock.now() {
                Step::Failed
            } else {
                let answer = exchange::revoke(&self.engine.provider, &owed.token).await;
                if let Err(error) = &answer {
                    log::problem("the tokens could not be revoked", error.problem());
                }
                outbox::outcome(&answer)
            };
            if self.is_of_the_sign_out(&owed) {
                self.answer(Event::SignOutStep(SignOutStep::Tokens(step))).await;
            }
            if step == Step::Pending {
                left += 1;
            } else {
                self.settle(owed).await;
            }
        }
        self.send(Message::Owing(left)).await;
    }

    /// Whether the receipt of the last sign-out is about this.
    fn is_of_the_sign_out(&self, owed: &Owed) -> bool {
        let left = self.world.left.lock().unwrap_or_else(PoisonError::into_inner);
        left.contains(&owed.token)
    }

    /// This is not owed any more.
    async fn settle(&self, settled: Owed) {
        self.world
            .owed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|owed| owed.token != settled.token);
        self.world
            .told
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(settled.token.clone());
        let keys = self.keys();
        let removed = self
            .world
            .write(move |vault| {
                vault.ready()?;
                change_owed(vault, &keys, |list| {
                    list.retain(|owed| owed.token != settled.token)
                })
            })
            .within(CLEAR_LIMIT)
            .await;
        if let Err(error) = removed {
            log::problem(
                "a revocation that is done stays noted",
                Error::from(error).problem(),
            );
        }
    }

    async fn end_provider_session(&self, leaving: &Leaving) -> Step {
        let metadata = match self.engine.provider.metadata().await {
            Ok(metadata) => metadata,
            Err(error) => {
                log::problem("the provider's sign-out page is not known", error.problem());
                return Step::Failed;
            }
        };
        // Who has begun to sign in again must not be signed out by an old page.
        if !matches!(self.world.shared.view(), View::SignedOut { .. }) {
            return Step::Skipped;
        }
        let back = self
            .world
            .redirects
            .post_logout
            .as_deref()
            .filter(|_| leaving.how != How::Loopback);
        let config = &self.engine.provider_config;
        let Some((page, state)) =
            logout::end_session_page(&metadata, config, leaving.tokens.id_token.as_ref(), back)
        else {
            return Step::Skipped;
        };
        if back.is_some() {
            self.send(Message::AwaitReturn(state)).await;
        }
        match open(Arc::clone(&self.world.browser), page).await {
            Ok(()) => Step::Done,
            Err(error) => {
                log::problem(
                    "the provider's sign-out page could not be opened",
                    error.problem(),
                );
                Step::Failed
            }
        }
    }
}

fn owed_in(vault: &Vault, key: &Key) -> Result<Vec<Owed>, StoreError> {
    Ok(match vault.read(key)? {
        parts::Stored::Record { bytes, .. } => record::outbox_from_bytes(&bytes).unwrap_or_default(),
        parts::Stored::Nothing | parts::Stored::Cleared { .. } | parts::Stored::Unreadable { .. } => {
            Vec::new()
        }
    })
}

/// Changes the list of what is owed. One that cannot be read is set aside, not thrown away.
fn change_owed(vault: &Vault, keys: &Keys, change: impl FnOnce(&mut Vec<Owed>)) -> Result<(), StoreError> {
    let before = match vault.read(&keys.outbox)? {
        parts::Stored::Record { bytes, .. } => record::outbox_from_bytes(&bytes).ok(),
        parts::Stored::Unreadable { .. } => None,
        parts::Stored::Nothing | parts::Stored::Cleared { .. } => Some(Vec::new()),
    };
    let readable = before.is_some();
    let before = before.unwrap_or_default();
    let mut list = before.clone();
    change(&mut list);
    if list == before {
        return Ok(());
    }
    if !readable {
        vault.set_aside(&keys.outbox, &keys.outbox_aside)?;
    }
    if list.is_empty() {
        return vault.remove(&keys.outbox);
    }
    let bytes = record::outbox_to_bytes(&list).map_err(|error| StoreError::Broken(error.to_string()))?;
    vault.write(&keys.outbox, None, &bytes).map(|_| ())
}
