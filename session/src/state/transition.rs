//! `transition`: a state and an event make the next state and what has to be done.

use super::live::Trust;
use super::{Before, Blocked, Effect, Event, Generation, Live, Moment, Ongoing, Out, Progress, State, later};
use crate::error::{Code, Error, Problem, Stage};
use crate::exchange::Probe;
use crate::schedule;
use crate::view::{Kept, Step, Why};

pub(super) type Next = (State, Vec<Effect>);

impl State {
    /// The one transition. It is total: an event that does not belong to this state leaves it as it is.
    pub(crate) fn transition(self, event: Event, at: Moment) -> Next {
        match event {
            Event::Configured(true) => (State::Restoring, vec![Effect::ReadStore]),
            Event::Configured(false) => (State::Unconfigured(None), Vec::new()),
            Event::Misconfigured(problem) | Event::ReadFailed(problem) => self.blocked(problem, at),
            Event::Read(stored) => self.restored(stored, at),
            Event::Looked(Ok(stored)) => self.looked(*stored, at),
            Event::Looked(Err(problem)) => self.looked_in_vain(problem, at),
            Event::Look => self.look(at),
            Event::UseThisRun => self.use_this_run(),
            Event::Retry => self.retry(at),

            Event::Begin { id, asked } => self.begin(id, asked, at),
            Event::Switch { id, how } => self.switch(id, how, at),
            Event::Detoured { id, detour } => self.detoured(id, detour),
            Event::Prepared {
                id,
                attempt,
                device_offered,
            } => self.prepared(id, attempt, device_offered),
            Event::OnDevice { id, device } => self.on_device(id, device, at),
            Event::Polled { id, answer } => self.polled(id, answer, at),
            Event::TakeAnother => self.take_another(at),
            Event::Adopted { id, result } => self.adopted(id, result, at),
            Event::Presented { id, kept, state } => self.presented(id, kept, state),
            Event::Called { id, callback } => self.called(id, callback),
            Event::OpenFailed { id, error } => self.open_failed(id, error),
            Event::Failed { id, error } => self.attempt_failed(id, error),
            Event::Redeemed { id, grant } => self.redeemed(id, *grant, at),
            Event::Cancel => self.give_up(Code::Cancelled),

            Event::Tick => self.tick(at),
            Event::RenewNow => self.on_live(|live| live.renew(false)),
            Event::Renewed {
                generation,
                record,
                refused,
                wrote,
            } => self.renewed(generation, *record, refused, wrote, at),
            Event::Overtaken { generation, stored } => self.overtaken(generation, *stored, at),
            Event::RenewalFailed {
                generation,
                error,
                spent_at,
            } => self.renewal_failed(generation, error, spent_at, at),
            Event::PutOff { generation, error } => self.renewal_put_off(generation, error, at),
            Event::Probed { generation, answer } => self.probed(generation, answer, at),
            Event::Saved { generation, stored } => self.saved(generation, stored),
            Event::SaveFailed { generation, problem } => self.save_failed(generation, problem, at),
            Event::Cleared(answer) => self.cleared(answer, at),

            Event::SignOut => self.sign_out(),
            Event::SignOutStep(step) => self.sign_out_step(step),
        }
    }

    fn blocked(self, problem: Problem, at: Moment) -> Next {
        match self {
            State::Restoring | State::Unconfigured(_) | State::Blocked(_) => {
                // A store that is silent still owes its answer; the others are looked at again, without asking the person.
                let owed = problem.stage != Stage::Store || problem.code == Code::StoreSilent;
                let look_at = (!owed).then(|| later(at.now, schedule::LOOK_AGAIN));
                (State::Blocked(Blocked { problem, look_at }), Vec::new())
            }
            other @ (State::SignedOut(_) | State::SigningIn(..) | State::SignedIn(_)) => (other, Vec::new()),
        }
    }

    fn use_this_run(self) -> Next {
        match self {
            State::Blocked(blocked) if blocked.problem.stage == Stage::Store => (
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
            State::Blocked(blocked) if blocked.problem.stage == Stage::Store => {
                (State::Restoring, vec![Effect::ReadStore])
            }
            other => other.on_live(|live| match live.trust {
                Trust::Refreshing { .. } => Vec::new(),
                Trust::Fresh | Trust::Stale(_) => {
                    let mut effects = live.ask(at);
                    effects.extend(live.try_store_again(false));
                    effects
                }
            }),
        }
    }

    pub(super) fn on_live(mut self, act: impl FnOnce(&mut Live) -> Vec<Effect>) -> Next {
        let effects = self.live_mut().map(act).unwrap_or_default();
        (self, effects)
    }

    /// Nobody is signed in, also under an attempt.
    pub(super) fn out_mut(&mut self) -> Option<&mut Out> {
        match self {
            State::SignedOut(out) | State::SigningIn(_, Before::Out(out)) => Some(out),
            State::Unconfigured(_)
            | State::Blocked(_)
            | State::Restoring
            | State::SigningIn(_, Before::In(_) | Before::Unconfigured)
            | State::SignedIn(_) => None,
        }
    }

    fn tick(mut self, at: Moment) -> Next {
        if self
            .ongoing()
            .and_then(Ongoing::ends_at)
            .is_some_and(|deadline| deadline <= at.now)
        {
            return self.give_up(Code::TimedOut);
        }
        if let Some(effect) = self.poll(at) {
            return (self, vec![effect]);
        }
        if let State::Blocked(blocked) = &mut self
            && blocked
                .look_at
                .is_some_and(|due| schedule::is_due(due, at.now, schedule::LOOK_AGAIN))
        {
            blocked.look_at = None;
            return (self, vec![Effect::Look]);
        }
        if let Some(effect) = self.clear_again(at) {
            return (self, vec![effect]);
        }
        let Some(live) = self.live() else {
            return (self, Vec::new());
        };
        match live.over(at) {
            Some((why, effects)) => self.end_session(why, effects),
            None => self.on_live(|live| live.tick(at)),
        }
    }

    /// The record that should be gone is due for another try. Not while a new one is on its way there.
    fn clear_again(&mut self, at: Moment) -> Option<Effect> {
        let saving = matches!(
            self,
            State::SigningIn(
                Ongoing {
                    progress: Progress::Saving(_) | Progress::Adopting(_),
                    ..
                },
                _
            )
        );
        let out = self.out_mut()?;
        let clearing = out.clearing.as_mut()?;
        if clearing
            .again
            .is_none_or(|again| !schedule::is_due(again, at.now, schedule::SAVE_AGAIN))
        {
            return None;
        }
        if saving {
            out.clearing = None;
            return None;
        }
        clearing.again = None;
        Some(Effect::Clear {
            over: clearing.over,
            quiet: true,
        })
    }

    /// The record is gone, or not yet.
    fn cleared(mut self, answer: Result<u64, Problem>, at: Moment) -> Next {
        if let Some(out) = self.out_mut()
            && let Some(clearing) = &mut out.clearing
        {
            match answer {
                Ok(generation) => {
                    out.clearing = None;
                    out.seen = out.seen.max(generation);
                    if let Some(receipt) = &mut out.receipt {
                        receipt.device = Step::Done;
                    }
                }
                Err(_) => clearing.again = Some(later(at.now, schedule::SAVE_AGAIN)),
            }
        }
        (self, Vec::new())
    }

    /// The session is over; an attempt that is alive goes on.
    pub(super) fn end_session(self, why: Why, effects: Vec<Effect>) -> Next {
        match self {
            State::SignedIn(live) => (State::SignedOut(live.out(why)), effects),
            State::SigningIn(ongoing, Before::In(live)) => {
                (State::SigningIn(ongoing, Before::Out(live.out(why))), effects)
            }
            other => (other, Vec::new()),
        }
    }

    fn probed(self, generation: Generation, answer: Result<Probe, Error>, at: Moment) -> Next {
        match self.live() {
            Some(live) if live.generation == generation => self.on_live(|live| live.probed(answer, at)),
            Some(_) | None => (self, Vec::new()),
        }
    }

    fn saved(mut self, generation: Generation, stored: u64) -> Next {
        if let Some((id, live)) = self.saving(generation) {
            live.saved(stored);
            return self.attempt_saved(id);
        }
        self.on_live(|live| {
            if live.generation == generation {
                live.saved(stored);
                return Vec::new();
            }
            // An older set of this session came to be there: the present one takes its place.
            live.stored = live.stored.max(Some(stored));
            if live.kept == Kept::ThisRun {
                return vec![live.save_over(live.stored, true)];
            }
            Vec::new()
        })
    }

    fn save_failed(mut self, generation: Generation, problem: Problem, at: Moment) -> Next {
        if let Some((id, live)) = self.saving(generation) {
            live.unsaved(problem, at);
            return self.attempt_saved(id);
        }
        self.on_live(|live| {
            if live.generation == generation {
                live.unsaved(problem, at);
            }
            Vec::new()
        })
    }
}
