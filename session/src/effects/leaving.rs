//! The effects of a sign-out: this device, then the tokens, then the provider's own session.

use std::sync::Arc;
use std::time::Duration;

use super::job::Job;
use super::open;
use crate::actor::Message;
use crate::error::Error;
use crate::exchange;
use crate::log;
use crate::logout;
use crate::state::{Event, Leaving, SignOutStep};
use crate::tokens::TokenSet;
use crate::view::{How, Step, View};

/// How long a sign-out waits for the local record to be gone before it goes on to the provider.
const CLEAR_LIMIT: Duration = Duration::from_secs(5);

/// How long the provider's page waits for the revocation.
const REVOKE_FIRST: Duration = Duration::from_secs(2);

impl Job {
    pub(super) async fn clear(&self) -> Step {
        self.engine.pictures.forget().await;
        let key = self.engine.session_key.clone();
        let mut pending = self.world.write(move |vault| vault.clear(&key, None));
        match pending.within(CLEAR_LIMIT).await {
            Ok(_) => Step::Done,
            Err(error) => {
                log::problem(
                    "the stored session could not be removed",
                    Error::from(error).problem(),
                );
                Step::Failed
            }
        }
    }

    /// The sign-out, in its order: this device, then the tokens, then the provider's own session.
    pub(super) async fn leave(&self, leaving: Option<Box<Leaving>>) {
        let device = self.clear().await;
        self.answer(Event::SignOutStep(SignOutStep::Device(device))).await;
        let Some(leaving) = leaving else { return };
        let revocation = async {
            let tokens = self.revoke(&leaving.tokens).await;
            self.answer(Event::SignOutStep(SignOutStep::Tokens(tokens))).await;
        };
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

    pub(super) async fn revoke(&self, tokens: &TokenSet) -> Step {
        match exchange::revoke(&self.engine.provider, tokens).await {
            Ok(step) => step,
            Err(error) => {
                log::problem("the tokens could not be revoked", error.problem());
                Step::Failed
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
