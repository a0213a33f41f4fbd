//! The effects of a sign-out: this device, then the tokens, then the provider's own session.

use std::sync::Arc;
use std::time::Duration;

use super::job::Job;
use super::keeping::Keys;
use super::open;
use jiff::Timestamp;

use crate::actor::Message;
use crate::departure::Departure;
use crate::error::{Error, Problem};
use crate::log;
use crate::logout;
use crate::record;
use crate::state::{Event, Leaving, Over, SignOutStep};
use crate::store::StoreError;
use crate::store::parts::{self, Vault, Written};
use crate::store::thread::Pending;
use crate::tokens::TokenSet;
use crate::view::{How, Step, View, Why};

/// How long a sign-out waits for the local record to be gone before it goes on to the provider.
pub(super) const CLEAR_LIMIT: Duration = Duration::from_secs(5);

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
                // Who ended it is known; who it was is written down for the next sign-in, unless the person wanted to leave.
                None => {
                    let stored = vault.read(&keys.session)?;
                    let record = job.understand_session(stored).record;
                    let last = record.filter(|_| why != Why::ByUser).map(|record| record.last());
                    let note = record::last_to_bytes(&last.unwrap_or_default());
                    vault.clear_leaving(&keys.session, expected, why, &note)?
                }
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
        let redirects = self.world.redirects.load();
        let back = redirects
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
            // What the person does there is known when the browser comes back, if it does.
            Ok(()) => Step::Pending,
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
