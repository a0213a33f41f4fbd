//! `transition`: a state and an event make the next state and what has to be done.

use super::live::Trust;
use super::{
    AttemptId, Before, Effect, Event, Generation, Leaving, Live, Moment, Ongoing, Out, Progress, SignOutStep, State, Stored,
    later,
};
use crate::error::{Code, Error, Problem, Stage};
use crate::exchange::{Grant, Probe};
use crate::schedule;
use crate::view::{How, Kept, Receipt, Step, Why};

type Next = (State, Vec<Effect>);

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
            Event::Renewed { generation, renewal } => self.renewed(generation, *renewal),
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
            State::Restoring | State::Unconfigured | State::Blocked(_) => (State::Blocked(problem), Vec::new()),
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
                let out = Out { last_attempt: Some(problem), ..Out::because(Why::StoreLost) };
                (State::SignedOut(out), Vec::new())
            }
            (None, None) => (State::SignedOut(Out::because(Why::Never)), Vec::new()),
        };
        let Some(attempt) = stored.pending else { return (state, effects) };
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
    fn before(self) -> Result<Before, Box<State>> {
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
            State::Blocked(problem) if problem.stage == Stage::Store => {
                (State::SignedOut(Out { this_run: true, ..Out::because(Why::Never) }), Vec::new())
            }
            other => (other, Vec::new()),
        }
    }

    fn retry(self, at: Moment) -> Next {
        match self {
            State::Blocked(problem) if problem.stage == Stage::Store => (State::Restoring, vec![Effect::ReadStore]),
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

    fn begin(self, id: AttemptId, how: How, at: Moment) -> Next {
        match self.before() {
            Ok(before) => {
                let deadline = later(at.now, at.rules.sign_in_timeout);
                let ongoing = Ongoing { id, how, deadline, progress: Progress::Preparing };
                (State::SigningIn(ongoing, before), vec![Effect::Prepare { id, how }])
            }
            Err(state) => (*state, Vec::new()),
        }
    }

    fn prepared(self, id: AttemptId, attempt: Box<crate::attempt::Attempt>) -> Next {
        match self {
            State::SigningIn(ongoing, before)
                if ongoing.id == id && matches!(ongoing.progress, Progress::Preparing) =>
            {
                let effect = Effect::Present { id, attempt: attempt.clone(), this_run: before.this_run() };
                let progress = Progress::Waiting { attempt, kept: false };
                (State::SigningIn(Ongoing { progress, ..ongoing }, before), vec![effect])
            }
            other => (other, Vec::new()),
        }
    }

    fn presented(mut self, id: AttemptId, was_kept: bool) -> Next {
        if let State::SigningIn(Ongoing { id: alive, progress: Progress::Waiting { kept, .. }, .. }, _) = &mut self
            && *alive == id
        {
            *kept = was_kept;
        }
        (self, Vec::new())
    }

    fn called(self, id: AttemptId, callback: crate::callback::ValidatedCallback) -> Next {
        match self {
            State::SigningIn(ongoing, before) if ongoing.id == id => match ongoing.progress {
                Progress::Waiting { attempt, kept } => {
                    let next = Ongoing { progress: Progress::Redeeming, ..ongoing };
                    (State::SigningIn(next, before), vec![Effect::Redeem { id, attempt, callback, kept }])
                }
                progress => (State::SigningIn(Ongoing { progress, ..ongoing }, before), Vec::new()),
            },
            other => (other, Vec::new()),
        }
    }

    fn attempt_failed(self, id: AttemptId, error: Error) -> Next {
        match self {
            State::SigningIn(ongoing, before) if ongoing.id == id => {
                let forget = ongoing.is_kept();
                let state = before.back(error.problem().clone());
                (state, vec![Effect::EndAttempt { id, result: Err(error), forget }])
            }
            other => (other, Vec::new()),
        }
    }

    fn give_up(self, code: Code) -> Next {
        match self.ongoing() {
            Some(ongoing) if ongoing.may_be_given_up() => {
                let id = ongoing.id;
                self.attempt_failed(id, Error::new(Stage::Browser, code))
            }
            Some(_) | None => (self, Vec::new()),
        }
    }

    fn redeemed(self, id: AttemptId, grant: Grant, at: Moment) -> Next {
        match self {
            State::SigningIn(ongoing, before)
                if ongoing.id == id && matches!(ongoing.progress, Progress::Redeeming) =>
            {
                let kept = if before.this_run() { Kept::ThisRun } else { Kept::Stored };
                let generation = Generation::first_of(id);
                let live = Box::new(Live::begin(generation, grant, ongoing.how, kept, at.now));
                match live.save() {
                    Some(save) => {
                        let next = Ongoing { progress: Progress::Saving(live), ..ongoing };
                        (State::SigningIn(next, before), vec![save])
                    }
                    None => (State::SignedIn(live), vec![Effect::EndAttempt { id, result: Ok(()), forget: false }]),
                }
            }
            // Nobody waits for this grant any more. It is given back, unless a session at the same provider lives: some
            // providers end every token of the person with the first that is revoked.
            other => {
                let effects = if other.live().is_none() { vec![Effect::Revoke(grant.tokens)] } else { Vec::new() };
                (other, effects)
            }
        }
    }

    fn on_live(mut self, act: impl FnOnce(&mut Live) -> Vec<Effect>) -> Next {
        let effects = self.live_mut().map(act).unwrap_or_default();
        (self, effects)
    }

    fn tick(self, at: Moment) -> Next {
        if self.ongoing().and_then(Ongoing::wakes_at).is_some_and(|deadline| deadline <= at.now) {
            return self.give_up(Code::TimedOut);
        }
        let Some(live) = self.live() else { return (self, Vec::new()) };
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
    fn end_session(self, why: Why, effects: Vec<Effect>) -> Next {
        match self {
            State::SignedIn(_) => (State::SignedOut(Out::because(why)), effects),
            State::SigningIn(ongoing, Before::In(_)) => {
                (State::SigningIn(ongoing, Before::Out(Out::because(why))), effects)
            }
            other => (other, Vec::new()),
        }
    }

    fn renewed(self, generation: Generation, renewal: crate::exchange::Renewal) -> Next {
        match self.live() {
            Some(live) if live.generation == generation => self.on_live(|live| {
                live.renewed(renewal);
                live.save().map_or_else(
                    || {
                        live.promote();
                        vec![Effect::RenewalEnded(Ok(()))]
                    },
                    |save| vec![save],
                )
            }),
            Some(_) | None => (self, vec![Effect::Revoke(renewal.tokens)]),
        }
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

    fn probed(
        self,
        generation: Generation,
        answer: Result<Probe, Error>,
        at: Moment,
    ) -> Next {
        match self.live() {
            Some(live) if live.generation == generation && live.incoming.is_none() => {}
            Some(_) | None => return (self, Vec::new()),
        }
        self.on_live(|live| live.probed(answer, at))
    }

    fn saved(mut self, generation: Generation, problem: Option<Problem>, at: Moment) -> Next {
        if let State::SigningIn(Ongoing { id, progress: Progress::Saving(live), .. }, _) = &mut self
            && live.generation == generation
        {
            let id = *id;
            live.noted(problem, at);
            return match self {
                State::SigningIn(Ongoing { progress: Progress::Saving(live), .. }, _) => {
                    (State::SignedIn(live), vec![Effect::EndAttempt { id, result: Ok(()), forget: false }])
                }
                other => (other, Vec::new()),
            };
        }
        self.on_live(|live| {
            let incoming = live.incoming.as_ref().is_some_and(|incoming| incoming.generation == generation);
            if incoming {
                live.promote();
            } else if live.generation != generation {
                return Vec::new();
            }
            live.noted(problem, at);
            if incoming { vec![Effect::RenewalEnded(Ok(()))] } else { Vec::new() }
        })
    }

    fn sign_out(self) -> Next {
        let live = match &self {
            State::Unconfigured | State::Blocked(_) | State::Restoring | State::SignedOut(_) => return (self, Vec::new()),
            State::SigningIn(Ongoing { progress: Progress::Saving(live), .. }, _) => Some(live.as_ref()),
            State::SigningIn(..) | State::SignedIn(_) => self.live(),
        };
        let leaving = live.map(|live| Box::new(Leaving { tokens: live.newest_tokens().clone(), how: live.how }));
        let told = if leaving.is_some() { Step::Pending } else { Step::Skipped };
        let receipt = Receipt { device: Step::Pending, tokens: told, provider_session: told };
        let mut effects = vec![Effect::Leave(leaving)];
        if let Some(ongoing) = self.ongoing() {
            let result = Err(Error::new(Stage::Browser, Code::Cancelled));
            effects.push(Effect::EndAttempt { id: ongoing.id, result, forget: ongoing.is_kept() });
        }
        (State::SignedOut(Out { receipt: Some(receipt), ..Out::because(Why::ByUser) }), effects)
    }

    fn sign_out_step(mut self, step: SignOutStep) -> Next {
        let out = match &mut self {
            State::SignedOut(out) | State::SigningIn(_, Before::Out(out)) => Some(out),
            State::Unconfigured
            | State::Blocked(_)
            | State::Restoring
            | State::SigningIn(_, Before::In(_))
            | State::SignedIn(_) => None,
        };
        if let Some(receipt) = out.and_then(|out| out.receipt.as_mut()) {
            receipt.note(step);
        }
        (self, Vec::new())
    }
}

impl Live {
    /// A launch with this session: straight in, then asked about.
    fn launched(mut self, at: Moment) -> Next {
        if self.ceiling(&at.rules).is_some_and(|end| end <= at.now) {
            let revoke = Effect::Revoke(self.tokens);
            return (State::SignedOut(Out::because(Why::Ceiling)), vec![Effect::Clear, revoke]);
        }
        if self.is_expired(at.now) && self.tokens.refresh_token.is_none() {
            return (State::SignedOut(Out::because(Why::Expired)), vec![Effect::Clear]);
        }
        let effects = self.ask(at);
        (State::SignedIn(Box::new(self)), effects)
    }

    /// The clock was looked at.
    fn tick(&mut self, at: Moment) -> Vec<Effect> {
        let due = match &self.trust {
            Trust::Fresh => self.renews_at(&at.rules).is_some_and(|due| due <= at.now),
            Trust::Refreshing { .. } => false,
            Trust::Stale(doubt) => doubt.retry_at.is_some_and(|due| due <= at.now),
        };
        let mut effects = if due { self.ask(at) } else { Vec::new() };
        if self.save_again.is_some_and(|due| due <= at.now) {
            self.save_again = None;
            effects.extend(self.save());
        }
        effects
    }

    /// Userinfo has answered. A rejected access token is renewed; only the token endpoint's answer can end the session.
    fn probed(&mut self, answer: Result<Probe, Error>, at: Moment) -> Vec<Effect> {
        match answer {
            Ok(Probe::Confirmed(identity)) => {
                self.trusted_again();
                if identity == self.identity {
                    return Vec::new();
                }
                self.identity = identity;
                self.save().into_iter().collect()
            }
            Ok(Probe::Rejected) => {
                self.trusted_again();
                self.renew()
            }
            // The provider is there, but its userinfo is of no use: the ID token's claims serve.
            Ok(Probe::Unusable) => {
                self.trusted_again();
                Vec::new()
            }
            Err(error) => {
                if !matches!(self.trust, Trust::Refreshing { .. }) {
                    self.doubt(&error, at);
                }
                Vec::new()
            }
        }
    }

    /// The provider has answered a probe.
    fn trusted_again(&mut self) {
        if let Trust::Stale(_) = self.trust {
            self.trust = Trust::Fresh;
        }
    }

    /// Whether the record is in the credential store now.
    fn noted(&mut self, problem: Option<Problem>, at: Moment) {
        let Some(problem) = problem else {
            self.kept = Kept::Stored;
            self.save_again = None;
            return;
        };
        let since = match &self.kept {
            Kept::Unsaved { since, .. } => *since,
            Kept::Stored | Kept::ThisRun => at.now,
        };
        self.save_again = Some(later(at.now, schedule::SAVE_AGAIN));
        self.kept = Kept::Unsaved { since, problem };
    }
}
