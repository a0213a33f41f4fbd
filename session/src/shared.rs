//! What handles may read without asking the actor: the current view and the fresh access token.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use jiff::Timestamp;

use crate::callback;
use crate::effects::Engine;
use crate::secret::{AccessToken, StateValue};
use crate::state::{Generation, Progress, State};
use crate::timeline::Timeline;
use crate::tokens::TokenSet;
use crate::view::View;

/// Tokens whose access token a caller may be given. They appear here only after their record has been written, or could not be.
#[derive(Debug)]
pub(crate) struct Cached {
    generation: Generation,
    tokens: TokenSet,
}

impl Cached {
    /// The access token, whatever its age.
    pub(crate) fn token(&self) -> AccessToken {
        self.tokens.access_token.clone()
    }
}

/// Where the answer to the attempt that waits will arrive, and by what it is known.
#[derive(Debug)]
struct Awaited {
    redirect_uri: String,
    state: StateValue,
}

/// Written by the actor alone.
#[derive(Debug)]
pub(crate) struct Shared {
    view: RwLock<View>,
    pub(crate) token: ArcSwapOption<Cached>,
    pub(crate) engine: ArcSwapOption<Engine>,
    awaited: ArcSwapOption<Awaited>,
    pub(crate) timeline: Timeline,
}

impl Shared {
    pub(crate) fn new(timeline: Timeline) -> Self {
        Self {
            view: RwLock::new(View::Restoring),
            token: ArcSwapOption::empty(),
            engine: ArcSwapOption::empty(),
            awaited: ArcSwapOption::empty(),
            timeline,
        }
    }

    /// The current view.
    pub(crate) fn view(&self) -> View {
        self.view.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether the view is another one than before.
    pub(crate) fn replace_view(&self, view: &View) -> bool {
        let mut current = self.view.write().unwrap_or_else(PoisonError::into_inner);
        let changed = *current != *view;
        if changed {
            current.clone_from(view);
        }
        changed
    }

    /// Whether the URL carries the `state` of the attempt that waits, at the place where its answer is due.
    pub(crate) fn expects(&self, url: &str) -> bool {
        let awaited = self.awaited.load();
        awaited
            .as_ref()
            .is_some_and(|awaited| callback::carries(url, &awaited.redirect_uri, &awaited.state))
    }

    /// Follows the state: the live session's token, or none, and the answer that is awaited.
    pub(crate) fn update(&self, state: &State) {
        self.follow_attempt(state);
        let known = self.token.load();
        match state.live() {
            Some(live)
                if known
                    .as_ref()
                    .is_some_and(|cached| cached.generation == live.generation) => {}
            Some(live) => self.token.store(Some(Arc::new(Cached {
                generation: live.generation,
                tokens: live.tokens.clone(),
            }))),
            None if known.is_some() => self.token.store(None),
            None => {}
        }
    }

    fn follow_attempt(&self, state: &State) {
        let waiting = match state.ongoing().map(|ongoing| &ongoing.progress) {
            Some(Progress::Waiting { attempt, .. }) => Some(attempt),
            Some(_) | None => None,
        };
        let known = self.awaited.load();
        if known.as_ref().map(|awaited| &awaited.state) != waiting.map(|attempt| &attempt.state) {
            self.awaited.store(waiting.map(|attempt| {
                Arc::new(Awaited {
                    redirect_uri: attempt.redirect_uri.clone(),
                    state: attempt.state.clone(),
                })
            }));
        }
    }

    /// The access token, if it lives at least `min_ttl` longer. `leeway`: how far the clock may have gone back meanwhile.
    pub(crate) fn usable_token(
        &self,
        now: Timestamp,
        min_ttl: Duration,
        leeway: Duration,
    ) -> Option<AccessToken> {
        let cached = self.token.load();
        let cached = cached.as_ref()?;
        cached
            .tokens
            .usability(now, min_ttl, leeway)
            .is_usable()
            .then(|| cached.token())
    }
}
