//! Revocations owed to the provider: kept in the outbox, sent in turn with other processes, and what the receipt says of them.

use std::sync::PoisonError;

use jiff::Timestamp;

use super::job::Job;
use super::keeping::Keys;
use super::leaving::CLEAR_LIMIT;
use super::world::Turn;
use crate::error::Error;
use crate::exchange;
use crate::log;
use crate::outbox::{self, Owed};
use crate::record;
use crate::state::{Event, SignOutStep};
use crate::store::StoreError;
use crate::store::parts::{self, Key, Vault};
use crate::tokens::TokenSet;
use crate::view::Step;

/// So many revocations that are done are remembered, so that none is owed again for a record that is removed late.
const TOLD: usize = 16;

impl Job {
    /// The tokens of this sign-out are the ones its receipt is about.
    pub(super) fn begin_receipt(&self, tokens: &TokenSet) {
        let mut left = self.world.left.lock().unwrap_or_else(PoisonError::into_inner);
        *left = vec![tokens.revocable().fingerprint()];
    }

    /// Keeps these tokens for revocation. A sign-out does not fail for what comes after it.
    pub(super) fn owe(&self, vault: &Vault, keys: &Keys, tokens: &[TokenSet], now: Timestamp) {
        let told = self
            .world
            .told
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let kept = change_owed(vault, keys, |list| {
            let untold = |tokens: &&TokenSet| !told.contains(&tokens.revocable().fingerprint());
            for tokens in tokens.iter().filter(untold) {
                outbox::add(list, Owed::for_tokens(tokens, now));
            }
        });
        if let Err(error) = kept {
            log::problem("a revocation could not be noted", Error::from(error).problem());
        }
        let mut left = self.world.left.lock().unwrap_or_else(PoisonError::into_inner);
        left.extend(tokens.iter().map(|tokens| tokens.revocable().fingerprint()));
    }

    /// Revokes these tokens, now or, when the provider cannot be reached, later.
    pub(super) async fn revoke(&self, tokens: &TokenSet, kept: bool) {
        let owed = Owed::for_tokens(tokens, self.world.clock.now());
        outbox::add(
            &mut self.engine.owed.lock().unwrap_or_else(PoisonError::into_inner),
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
            self.owing(1).await;
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
            .engine
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
        self.owing(left).await;
    }

    /// Whether the receipt of the last sign-out is about this.
    fn is_of_the_sign_out(&self, owed: &Owed) -> bool {
        let left = self.world.left.lock().unwrap_or_else(PoisonError::into_inner);
        left.contains(&owed.token.fingerprint())
    }

    /// This is not owed any more.
    async fn settle(&self, settled: Owed) {
        self.engine
            .owed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|owed| owed.token != settled.token);
        {
            let mut told = self.world.told.lock().unwrap_or_else(PoisonError::into_inner);
            told.push(settled.token.fingerprint());
            if told.len() > TOLD {
                told.remove(0);
            }
        }
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

    /// Are there revocations owed from an earlier run? Not on the way of a launch.
    pub(super) async fn look_for_owed(&self) {
        let key = self.engine.outbox_key.clone();
        let owed = self.world.store.read(move |vault| {
            vault.ready()?;
            vault.read(&key)
        });
        if let Ok(parts::Stored::Record { .. }) = owed.await {
            self.owing(1).await;
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
