//! `transition`: a state and an event make the next state and what has to be done.

use super::live::Trust;
use super::{
    AttemptId, Before, Effect, Event, Generation, Live, Moment, Ongoing, Out, Progress, State, Stored,
};
use crate::error::{Code, Error, Problem, Stage};
use crate::exchange::{Probe, Renewal};
use crate::view::Why;

pub(super) type Next = (State, Vec<Effect>);

impl State {
    /// The one transition. It is total: an event that does not belong to this state leaves it as it is.
    pub(crate) fn transition(self, event: Event, at: Moment) -> Next {
        match event {
            Event::Configured(true) => (State::Restoring, vec![Effect::ReadStore]),
            Event::Configured(false) => (State::Unconfigured, Vec::new()),
            Event::Misconfigured(problem) | Event::ReadFailed(problem) => self.blocked(problem),
            Event::Read(stored) => self.restored(stored, at),
            Event::UseThisRun => self.use_this_run(),
            Event::Retry => self.retry(at),

            Event::Begin { id, how } => self.begin(id, how, at),
            Event::Prepared { id, attempt } => self.prepared(id, attempt),
            Event::Presented { id, kept } => self.presented(id, kept),
            Event::Called { id, callback } => self.called(id, callback),
            Event::Failed { id, error } => self.attempt_failed(id, error),
            Event::Redeemed { id, grant } => self.redeemed(id, *grant, at),
            Event::Cancel => self.give_up(Code::Cancelled),

            Event::Tick => self.tick(at),
            Event::RenewNow => self.on_live(|live| live.renew()),
            Event::Renewed { generation, renewal } => self.renewed(generation, *renewal, at),
            Event::RenewalFailed { generation, error } => self.renewal_failed(generation, error, at),
            Event::Probed { generation, answer } => self.probed(generation, answer, at),
            Event::Saved(generation) => self.saved(generation, None, at),
            Event::SaveFailed { generation, problem } => self.saved(generation, Some(problem), at),

            Event::SignOut => self.sign_out(),
            Event::SignOutStep(step) => self.sign_out_step(step),
        }
    }

    fn blocked(self, problem: Problem) -> Next {
        match self {
            State::Restoring | State::Unconfigured | State::Blocked(_) => {
                (State::Blocked(problem), Vec::new())
            }
            other @ (State::SignedOut(_) | State::SigningIn(..) | State::SignedIn(_)) => (other, Vec::new()),
        }
    }

    fn restored(self, stored: Stored, at: Moment) -> Next {
        match &self {
            State::Restoring => {}
            // The answer comes late, perhaps because a password dialog was open. It still counts.
            State::Blocked(problem) if problem.code == Code::StoreSilent => {}
            State::Blocked(_)
            | State::Unconfigured
            | State::SignedOut(_)
            | State::SigningIn(..)
            | State::SignedIn(_) => return (self, Vec::new()),
        }
        let (state, mut effects) = match (stored.record, stored.unreadable) {
            (Some(record), _) => Live::restore(Generation::RESTORED, *record).launched(at),
            (None, Some(problem)) => {
                let out = Out {
                    last_attempt: Some(problem),
                    ..Out::because(Why::StoreLost)
                };
                (State::SignedOut(out), Vec::new())
            }
            (None, None) => (State::SignedOut(Out::because(Why::Never)), Vec::new()),
        };
        let Some(attempt) = stored.pending else {
            return (state, effects);
        };
        match state.before() {
            Ok(before) if !attempt.is_over(at.now, at.rules.clock_leeway) => {
                let ongoing = Ongoing {
                    id: AttemptId(0),
                    how: attempt.how,
                    deadline: attempt.deadline,
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
            other @ (State::Unconfigured | State::Blocked(_) | State::Restoring | State::SigningIn(..)) => {
                Err(Box::new(other))
            }
        }
    }

    fn use_this_run(self) -> Next {
        match self {
            State::Blocked(problem) if problem.stage == Stage::Store => (
                State::SignedOut(Out {
                    this_run: true,
                    ..Out::because(Why::Never)
                }),
                Vec::new(),
            ),
            other => (other, Vec::new()),
        }
    }

    fn retry(self, at: Moment) -> Next {
        match self {
            State::Blocked(problem) if problem.stage == Stage::Store => {
                (State::Restoring, vec![Effect::ReadStore])
            }
            other => other.on_live(|live| match live.trust {
                Trust::Refreshing { .. } => Vec::new(),
                Trust::Fresh | Trust::Stale(_) => {
                    let mut effects = live.ask(at);
                    if live.save_again.take().is_some() {
                        effects.extend(live.save());
                    }
                    effects
                }
            }),
        }
    }

    fn on_live(mut self, act: impl FnOnce(&mut Live) -> Vec<Effect>) -> Next {
        let effects = self.live_mut().map(act).unwrap_or_default();
        (self, effects)
    }

    fn tick(self, at: Moment) -> Next {
        if self
            .ongoing()
            .and_then(Ongoing::wakes_at)
            .is_some_and(|deadline| deadline <= at.now)
        {
            return self.give_up(Code::TimedOut);
        }
        let Some(live) = self.live() else {
            return (self, Vec::new());
        };
        if live.ceiling(&at.rules).is_some_and(|end| end <= at.now) {
            let revoke = Effect::Revoke(live.newest_tokens().clone());
            return self.end_session(Why::Ceiling, vec![Effect::Clear, revoke]);
        }
        if live.is_expired(at.now) && live.tokens.refresh_token.is_none() {
            return self.end_session(Why::Expired, vec![Effect::Clear]);
        }
        self.on_live(|live| live.tick(at))
    }

    /// The session is over; an attempt that is alive goes on.
    pub(super) fn end_session(self, why: Why, effects: Vec<Effect>) -> Next {
        match self {
            State::SignedIn(_) => (State::SignedOut(Out::because(why)), effects),
            State::SigningIn(ongoing, Before::In(_)) => {
                (State::SigningIn(ongoing, Before::Out(Out::because(why))), effects)
            }
            other => (other, Vec::new()),
        }
    }

    fn renewed(self, generation: Generation, mut renewal: Renewal, at: Moment) -> Next {
        match self.live() {
            Some(live) if live.generation == generation => {}
            Some(_) | None => return (self, vec![Effect::Revoke(renewal.tokens)]),
        }
        match renewal.refused.take() {
            Some(error) => self.renewal_refused(renewal, error, at),
            None => self.on_live(|live| {
                live.renewed(renewal);
                live.save().map_or_else(
                    || {
                        live.promote();
                        vec![Effect::RenewalEnded(Ok(()))]
                    },
                    |save| vec![save],
                )
            }),
        }
    }

    /// A renewal whose ID token was refused: the session stays with what it had, and with the rotated refresh token.
    fn renewal_refused(self, renewal: Renewal, error: Error, at: Moment) -> Next {
        self.on_live(|live| {
            live.rotated(renewal);
            live.doubt(&error, at);
            live.save()
                .into_iter()
                .chain([Effect::RenewalEnded(Err(error))])
                .collect()
        })
    }

    fn renewal_failed(self, generation: Generation, error: Error, at: Moment) -> Next {
        match self.live() {
            Some(live) if live.generation == generation => {}
            Some(_) | None => return (self, Vec::new()),
        }
        let told = Effect::RenewalEnded(Err(error.clone()));
        if error.code() == Code::InvalidGrant {
            return self.end_session(Why::EndedByProvider, vec![Effect::Clear, told]);
        }
        self.on_live(|live| {
            live.doubt(&error, at);
            vec![told]
        })
    }

    fn probed(self, generation: Generation, answer: Result<Probe, Error>, at: Moment) -> Next {
        match self.live() {
            Some(live) if live.generation == generation && live.incoming.is_none() => {}
            Some(_) | None => return (self, Vec::new()),
        }
        self.on_live(|live| live.probed(answer, at))
    }

    fn saved(mut self, generation: Generation, problem: Option<Problem>, at: Moment) -> Next {
        if let State::SigningIn(
            Ongoing {
                id,
                progress: Progress::Saving(live),
                ..
            },
            _,
        ) = &mut self
            && live.generation == generation
        {
            let id = *id;
            live.noted(problem, at);
            return match self {
                State::SigningIn(
                    Ongoing {
                        progress: Progress::Saving(live),
                        ..
                    },
                    _,
                ) => (
                    State::SignedIn(live),
                    vec![Effect::EndAttempt {
                        id,
                        result: Ok(()),
                        forget: false,
                    }],
                ),
                other => (other, Vec::new()),
            };
        }
        self.on_live(|live| {
            let incoming = live
                .incoming
                .as_ref()
                .is_some_and(|incoming| incoming.generation == generation);
            if incoming {
                live.promote();
            } else if live.generation != generation {
                return Vec::new();
            }
            live.noted(problem, at);
            if incoming {
                vec![Effect::RenewalEnded(Ok(()))]
            } else {
                Vec::new()
            }
        })
    }
}
