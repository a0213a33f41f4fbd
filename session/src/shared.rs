//! What handles may read without asking the actor: the current view and the fresh access token.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use jiff::Timestamp;

use crate::callback;
use crate::config::SessionConfig;
use crate::effects::Engine;
use crate::quiet::Quiet;
use crate::secret::{AccessToken, StateValue};
use crate::state::{Generation, Progress, State};
use crate::timeline::Timeline;
use crate::tokens::TokenSet;
use crate::view::View;

/// An access token that a caller may be given. It appears here only after its record has been written, or could not be.
#[derive(Debug)]
pub(crate) struct Cached {
    generation: Generation,
    token: AccessToken,
    /// The microseconds of its life: [`TokenSet::usability`], put into two numbers.
    life: (i64, i64),
}

impl Cached {
    /// The token of this set. `leeway`: how far the clock may go back.
    fn new(generation: Generation, tokens: &TokenSet, leeway: Duration) -> Self {
        let life = match tokens.expires_at {
            Some(expires_at) => {
                let since = tokens.obtained_at.checked_sub(leeway).unwrap_or(Timestamp::MIN);
                (since.as_microsecond(), expires_at.as_microsecond())
            }
            None => (i64::MIN, i64::MAX),
        };
        Self {
            generation,
            token: tokens.access_token.clone(),
            life,
        }
    }

    /// The access token, whatever its age.
    pub(crate) fn token(&self) -> AccessToken {
        self.token.clone()
    }

    /// Whether it lives now, and for `at_least` longer.
    fn is_usable(&self, now: Timestamp, at_least: Duration) -> bool {
        let now = now.as_microsecond();
        let at_least = i64::try_from(at_least.as_micros()).unwrap_or(i64::MAX);
        let (since, until) = self.life;
        let endless = until == i64::MAX;
        since <= now && (endless || now < until && at_least <= until.saturating_sub(now))
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
    /// Until the first frame is on the screen.
    pub(crate) quiet: Quiet,
}

impl Shared {
    pub(crate) fn new(timeline: Timeline, quiet: Quiet) -> Self {
        Self {
            view: RwLock::new(View::Restoring),
            token: ArcSwapOption::empty(),
            engine: ArcSwapOption::empty(),
            awaited: ArcSwapOption::empty(),
            timeline,
            quiet,
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

    /// Whether the attempt with this `state` waits for its answer.
    pub(crate) fn awaits(&self, state: &StateValue) -> bool {
        let awaited = self.awaited.load();
        awaited.as_ref().is_some_and(|awaited| awaited.state == *state)
    }

    /// Follows the state: the live session's token, or none, and the answer that is awaited.
    pub(crate) fn update(&self, state: &State, rules: &SessionConfig) {
        self.follow_attempt(state);
        let known = self.token.load();
        match state.live() {
            Some(live)
                if known
                    .as_ref()
                    .is_some_and(|cached| cached.generation == live.generation) => {}
            Some(live) => {
                let cached = Cached::new(live.generation, &live.tokens, rules.clock_leeway);
                self.token.store(Some(Arc::new(cached)));
            }
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

    /// The access token, if it lives at least `min_ttl` longer.
    pub(crate) fn usable_token(&self, now: Timestamp, min_ttl: Duration) -> Option<AccessToken> {
        let cached = self.token.load();
        let cached = cached.as_ref()?;
        cached.is_usable(now, min_ttl).then(|| cached.token())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEEWAY: Duration = Duration::from_secs(60);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn tokens(expires_at: Option<i64>) -> TokenSet {
        TokenSet {
            access_token: AccessToken::new("at"),
            expires_at: expires_at.map(at),
            obtained_at: at(1000),
            refresh_token: None,
            id_token: None,
            scope: None,
        }
    }

    #[test]
    fn two_numbers_say_what_usability_says() {
        for expires_at in [None, Some(1300), Some(1000), Some(900)] {
            let tokens = tokens(expires_at);
            let cached = Cached::new(Generation(1), &tokens, LEEWAY);
            for now in [0, 939, 940, 941, 1000, 1239, 1240, 1241, 1299, 1300, 1301, 9000] {
                for at_least in [0, 1, 60, 300, u64::MAX] {
                    let at_least = Duration::from_secs(at_least);
                    let judged = tokens.usability(at(now), at_least, LEEWAY);
                    assert_eq!(
                        cached.is_usable(at(now), at_least),
                        judged.is_usable(),
                        "{expires_at:?} at {now} for {at_least:?}: {judged:?}"
                    );
                }
            }
        }
    }
}
