//! What the credential store turns out to hold: at launch, and later, when another process has signed in, renewed or out.

use super::live::Trust;
use super::transition::Next;
use super::{
    AttemptId, Before, Clearing, Effect, Generation, Live, Moment, Ongoing, Out, Progress, State, Stored,
    later,
};
use crate::account::Wish;
use crate::error::{Code, Problem, Stage};
use crate::schedule;
use crate::view::{Kept, Why};

impl State {
    /// The credential store has answered at launch.
    pub(super) fn restored(self, mut stored: Stored, at: Moment) -> Next {
        match &self {
            State::Restoring => {}
            // The answer comes late, perhaps because a password dialog was open. It still counts.
            State::Blocked(blocked) if blocked.problem.stage == Stage::Store => {}
            State::Blocked(_)
            | State::Unconfigured(_)
            | State::SignedOut(_)
            | State::SigningIn(..)
            | State::SignedIn(_) => return (self, Vec::new()),
        }
        let pending = stored.pending.take();
        let misfit = stored.misfit;
        let (state, mut effects) = match (stored.record, stored.unreadable) {
            (Some(record), _) => {
                Live::restore(*record, stored.generation, stored.renewing_since, at).launched(at)
            }
            (None, Some(problem)) => {
                let out = Out {
                    last_attempt: Some(problem),
                    ..Out::because(Why::StoreLost).seen(stored.generation)
                };
                (State::SignedOut(out), Vec::new())
            }
            (None, None) => {
                let why = stored.cleared.unwrap_or(Why::Never);
                let out = Out {
                    last: stored.last,
                    ..Out::because(why).seen(stored.generation)
                };
                (State::SignedOut(out), Vec::new())
            }
        };
        if misfit {
            effects.push(Effect::PurgePending);
        }
        match pending {
            Some(attempt) => state.resume(attempt, effects, at),
            None => (state, effects),
        }
    }

    /// An attempt was kept for a cold start.
    fn resume(self, attempt: Box<crate::attempt::Attempt>, mut effects: Vec<Effect>, at: Moment) -> Next {
        match self.before() {
            Ok(before) if !attempt.is_over(at.now, at.rules.clock_leeway) => {
                let mut wish = Wish::after(before.last(), attempt.another);
                wish.consent = attempt.consent;
                let ongoing = Ongoing {
                    id: AttemptId(0),
                    how: attempt.how,
                    deadline: attempt.deadline,
                    wish,
                    detour: None,
                    device_offered: None,
                    progress: Progress::Waiting { attempt, kept: true },
                };
                (State::SigningIn(ongoing, before), effects)
            }
            Ok(before) => {
                effects.push(Effect::PurgePending);
                (before.back(Problem::new(Stage::Browser, Code::TimedOut)), effects)
            }
            Err(state) => (*state, effects),
        }
    }

    /// The state as something an attempt can begin over.
    pub(super) fn before(self) -> Result<Before, Box<State>> {
        match self {
            State::SignedOut(out) => Ok(Before::Out(out)),
            State::SignedIn(live) => Ok(Before::In(live)),
            other
            @ (State::Unconfigured(_) | State::Blocked(_) | State::Restoring | State::SigningIn(..)) => {
                Err(Box::new(other))
            }
        }
    }

    /// Something may have happened while nobody looked. A renewal under way reads the store itself.
    pub(super) fn look(self, at: Moment) -> Next {
        let worth_it = match &self {
            State::Blocked(blocked) => blocked.look_at.is_some(),
            State::SignedOut(out) | State::SigningIn(_, Before::Out(out)) => out.clearing.is_none(),
            State::SigningIn(_, Before::Unconfigured) => false,
            State::SignedIn(live) | State::SigningIn(_, Before::In(live)) => {
                !matches!(live.trust, Trust::Refreshing { .. })
            }
            State::Unconfigured(_) | State::Restoring => false,
        };
        let (mut state, mut effects) = self.transition(super::Event::Tick, at);
        if let State::Blocked(blocked) = &mut state
            && worth_it
        {
            blocked.look_at = None;
        }
        if worth_it && !effects.iter().any(|effect| matches!(effect, Effect::Look)) {
            effects.push(Effect::Look);
        }
        (state, effects)
    }

    /// The store could not be read without asking the person.
    pub(super) fn looked_in_vain(mut self, problem: Problem, at: Moment) -> Next {
        if let State::Blocked(blocked) = &mut self
            && blocked.problem.stage == Stage::Store
        {
            blocked.look_at = Some(later(at.now, schedule::LOOK_AGAIN));
            blocked.problem = problem;
            return (self, Vec::new());
        }
        self.on_live(|live| {
            if live.kept == Kept::ThisRun {
                live.save_again = Some(later(at.now, schedule::SAVE_AGAIN));
            }
            Vec::new()
        })
    }

    /// The store was read again.
    pub(super) fn looked(self, stored: Stored, at: Moment) -> Next {
        match self {
            State::Restoring | State::Blocked(_) => self.restored(stored, at),
            State::SignedOut(out) => match out.looked(stored, at) {
                Ok((live, effects)) => (State::SignedIn(live), effects),
                Err(out) => (State::SignedOut(*out), Vec::new()),
            },
            // Once the code is being redeemed, the new session is what counts.
            State::SigningIn(ongoing, Before::Out(out)) if ongoing.is_before_exchange() => {
                match out.looked(stored, at) {
                    // Somebody signed in elsewhere, perhaps with this very attempt: straight in.
                    Ok((live, mut effects)) => {
                        effects.push(Effect::EndAttempt {
                            id: ongoing.id,
                            result: Ok(()),
                            forget: ongoing.kept(),
                        });
                        (State::SignedIn(live), effects)
                    }
                    Err(out) => (State::SigningIn(ongoing, Before::Out(*out)), Vec::new()),
                }
            }
            State::SignedIn(_) | State::SigningIn(_, Before::In(_)) => self.live_looked(stored, at),
            State::Unconfigured(_) | State::SigningIn(_, Before::Out(_) | Before::Unconfigured) => {
                (self, Vec::new())
            }
        }
    }

    fn live_looked(self, stored: Stored, at: Moment) -> Next {
        let Some(live) = self.live() else {
            return (self, Vec::new());
        };
        if matches!(live.trust, Trust::Refreshing { .. }) {
            return self.on_live(|live| {
                if live.kept == Kept::ThisRun {
                    live.save_again = Some(later(at.now, schedule::SAVE_AGAIN));
                }
                Vec::new()
            });
        }
        match (&live.kept, live.stored) {
            (Kept::ThisRun, _) => self.on_live(|live| live.promote(&stored, at)),
            (_, Some(known)) if stored.generation > known => self.found_newer(stored, at),
            // Somebody emptied the store, and no tombstone says that the person wanted that.
            (Kept::Stored, Some(_)) if stored.generation == 0 => {
                self.on_live(|live| live.save(true).into_iter().collect())
            }
            (Kept::Stored | Kept::Unsaved { .. }, _) => (self, Vec::new()),
        }
    }

    /// The store holds a later generation than this session's: another process has been at work.
    pub(super) fn found_newer(self, stored: Stored, at: Moment) -> Next {
        let generation = stored.generation;
        if let Some(record) = stored.record {
            return self.on_live(|live| {
                live.replace(Generation::of_store(generation), *record, at);
                live.saved(generation);
                Vec::new()
            });
        }
        let Some(why) = stored.cleared else {
            return (self, Vec::new());
        };
        let is_unsaved = self
            .live()
            .is_some_and(|live| matches!(live.kept, Kept::Unsaved { .. }));
        if is_unsaved && why != Why::ByUser {
            // The other process failed with a token that this one had renewed already, and could not write down.
            return self.on_live(|live| {
                live.stored = Some(generation);
                vec![live.save_over(live.stored, true)]
            });
        }
        let why = if why == Why::ByUser { Why::Elsewhere } else { why };
        let mut effects = vec![Effect::ForgetPicture];
        if is_unsaved && let Some(live) = self.live() {
            // Nobody else knows these tokens.
            effects.push(Effect::Revoke {
                tokens: live.tokens.clone(),
                kept: true,
            });
        }
        let (mut state, effects) = self.end_session(why, effects);
        if let Some(out) = state.out_mut() {
            out.clearing = None;
            out.seen = generation;
        }
        (state, effects)
    }
}

impl Out {
    /// A record that was not there before: somebody signed in, or the store is back.
    fn looked(mut self, stored: Stored, at: Moment) -> Result<(Box<Live>, Vec<Effect>), Box<Self>> {
        if self.clearing.is_some() {
            return Err(Box::new(self));
        }
        let newer = stored.generation > self.seen;
        self.seen = self.seen.max(stored.generation);
        let Some(record) = stored.record.filter(|_| newer) else {
            return Err(Box::new(self));
        };
        let live = Live::restore(*record, stored.generation, stored.renewing_since, at);
        match live.launched(at) {
            (State::SignedIn(live), effects) => Ok((live, effects)),
            // It is over already, and its own process will say so.
            _ => Err(Box::new(self)),
        }
    }

    /// The clear found that it is not this session's record any more.
    pub(super) fn not_to_be_cleared(&mut self) {
        self.clearing = None::<Clearing>;
    }
}

impl Live {
    /// A session for this run only can be kept, if that takes nobody else's place.
    fn promote(&mut self, stored: &Stored, at: Moment) -> Vec<Effect> {
        let free = match (&stored.record, &stored.unreadable) {
            (Some(record), _) => record.identity.sub == self.identity.sub,
            (None, Some(_)) => false,
            (None, None) => true,
        };
        if free {
            self.promoting = true;
            vec![self.save_over(Some(stored.generation), true)]
        } else {
            self.save_again = Some(later(at.now, schedule::SAVE_AGAIN));
            Vec::new()
        }
    }
}
