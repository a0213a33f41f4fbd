//! What handles may read without asking the actor: the current view and the fresh access token.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use jiff::Timestamp;

use crate::effects::Engine;
use crate::secret::AccessToken;
use crate::state::{Generation, State};
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

/// Written by the actor alone.
#[derive(Debug)]
pub(crate) struct Shared {
    view: RwLock<View>,
    pub(crate) token: ArcSwapOption<Cached>,
    pub(crate) engine: ArcSwapOption<Engine>,
    pub(crate) timeline: Timeline,
}

impl Shared {
    pub(crate) fn new(timeline: Timeline) -> Self {
        Self {
            view: RwLock::new(View::Restoring),
            token: ArcSwapOption::empty(),
            engine: ArcSwapOption::empty(),
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

    /// Follows the state: the live session's token, or none.
    pub(crate) fn update(&self, state: &State) {
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
