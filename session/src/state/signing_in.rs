//! The transitions of an attempt: begun, presented, called back, redeemed, given up.

use super::live::Trust;
use super::transition::Next;
use super::{
    Asked, AttemptId, Before, Effect, Event, Generation, Live, Moment, Ongoing, Progress, State, later,
};
use crate::account::{Person, Wish};
use crate::error::{Code, Error, Stage};
use crate::exchange::{Grant, Polled};
use crate::secret::StateValue;
use crate::tokens::TokenSet;
use crate::view::{Detour, How, Kept};

impl State {
    pub(super) fn begin(self, id: AttemptId, asked: Asked, at: Moment) -> Next {
        let before = match self {
            State::Unconfigured(_) => Before::Unconfigured,
            other => match other.before() {
                Ok(before) => before,
                Err(state) => return (*state, Vec::new()),
            },
        };
        let ongoing = Ongoing {
            id,
            how: asked.how,
            deadline: later(at.now, at.rules.sign_in_timeout),
            wish: Wish::after(before.last(), asked.another),
            detour: asked.detour,
            device_offered: None,
            progress: Progress::Preparing,
        };
        let prepare = ongoing.prepare(asked.check);
        (State::SigningIn(ongoing, before), vec![prepare])
    }

    /// The attempt goes on another way: as a new one, with time of its own. What the old one had open is closed.
    pub(super) fn switch(self, id: AttemptId, how: How, at: Moment) -> Next {
        match self {
            State::SigningIn(ongoing, before) if ongoing.is_before_exchange() => {
                let leave = Effect::LeaveAttempt {
                    id: ongoing.id,
                    next: id,
                    forget: ongoing.kept(),
                };
                let next = Ongoing {
                    id,
                    how,
                    deadline: later(at.now, at.rules.sign_in_timeout),
                    detour: None,
                    progress: Progress::Preparing,
                    ..ongoing
                };
                let prepare = next.prepare(false);
                (State::SigningIn(next, before), vec![leave, prepare])
            }
            other => (other, Vec::new()),
        }
    }

    pub(super) fn detoured(self, id: AttemptId, detour: Detour) -> Next {
        match self {
            State::SigningIn(ongoing, before)
                if ongoing.id == id && matches!(ongoing.progress, Progress::Preparing) =>
            {
                let next = Ongoing {
                    how: How::Loopback,
                    detour: Some(detour),
                    ..ongoing
                };
                let prepare = next.prepare(false);
                (State::SigningIn(next, before), vec![prepare])
            }
            other => (other, Vec::new()),
        }
    }

    pub(super) fn prepared(
        self,
        id: AttemptId,
        attempt: Box<crate::attempt::Attempt>,
        device_offered: bool,
    ) -> Next {
        match self {
            State::SigningIn(ongoing, before)
                if ongoing.id == id && matches!(ongoing.progress, Progress::Preparing) =>
            {
                let effect = Effect::Present {
                    id,
                    attempt: attempt.clone(),
                    // Nobody could finish a trial that was kept: the next launch has no provider.
                    this_run: before.this_run() || matches!(before, Before::Unconfigured),
                };
                let next = Ongoing {
                    device_offered: Some(device_offered),
                    progress: Progress::Waiting { attempt, kept: false },
                    ..ongoing
                };
                (State::SigningIn(next, before), vec![effect])
            }
            other => (other, Vec::new()),
        }
    }

    /// An attempt that was given up while it was being kept is not to stay in the credential store.
    pub(super) fn presented(mut self, id: AttemptId, was_kept: bool, state: StateValue) -> Next {
        let forget = match &mut self {
            State::SigningIn(ongoing, _) if ongoing.id == id => {
                if let Progress::Waiting { kept, .. } = &mut ongoing.progress {
                    *kept = was_kept;
                }
                None
            }
            _ => was_kept.then_some(Effect::ForgetKept(state)),
        };
        (self, forget.into_iter().collect())
    }

    pub(super) fn called(self, id: AttemptId, callback: crate::callback::ValidatedCallback) -> Next {
        match self {
            State::SigningIn(ongoing, before) if ongoing.id == id => match ongoing.progress {
                Progress::Waiting { attempt, kept } => {
                    let next = Ongoing {
                        progress: Progress::Redeeming,
                        ..ongoing
                    };
                    (
                        State::SigningIn(next, before),
                        vec![Effect::Redeem {
                            id,
                            attempt,
                            callback,
                            kept,
                        }],
                    )
                }
                progress => (
                    State::SigningIn(Ongoing { progress, ..ongoing }, before),
                    Vec::new(),
                ),
            },
            other => (other, Vec::new()),
        }
    }

    /// The browser could not be opened, or said so too late: the person may have come back another way.
    pub(super) fn open_failed(self, id: AttemptId, error: Error) -> Next {
        if self.ongoing().is_some_and(Ongoing::is_before_exchange) {
            self.attempt_failed(id, error)
        } else {
            (self, Vec::new())
        }
    }

    pub(super) fn attempt_failed(self, id: AttemptId, error: Error) -> Next {
        match self {
            State::SigningIn(ongoing, before) if ongoing.id == id && ongoing.may_be_given_up() => {
                end_without(ongoing, before, error)
            }
            other => (other, Vec::new()),
        }
    }

    pub(super) fn give_up(self, code: Code) -> Next {
        match self.ongoing() {
            Some(ongoing) => {
                let code = match (&ongoing.progress, code) {
                    (Progress::Choosing(_), Code::Cancelled) => Code::AnotherAccount,
                    _ => code,
                };
                let id = ongoing.id;
                self.attempt_failed(id, Error::new(Stage::Browser, code))
            }
            None => (self, Vec::new()),
        }
    }

    pub(super) fn redeemed(self, id: AttemptId, grant: Grant, at: Moment) -> Next {
        match self {
            State::SigningIn(ongoing, before)
                if ongoing.id == id && matches!(ongoing.progress, Progress::Redeeming) =>
            {
                if ongoing.wish.is_surprised_by(&grant.identity) {
                    let next = Ongoing {
                        deadline: later(at.now, at.rules.sign_in_timeout),
                        progress: Progress::Choosing(Box::new(grant)),
                        ..ongoing
                    };
                    return (State::SigningIn(next, before), Vec::new());
                }
                taken(ongoing, before, grant, at)
            }
            other => other.unwanted(grant.tokens),
        }
    }

    /// Nobody waits for this grant any more. It is given back, unless a session at the same provider lives: some providers end
    /// every token of the person with the first that is revoked.
    pub(super) fn unwanted(self, tokens: TokenSet) -> Next {
        let effects = if self.live().is_none() {
            vec![Effect::Revoke { tokens, kept: true }]
        } else {
            Vec::new()
        };
        (self, effects)
    }

    /// The person takes who came.
    pub(super) fn take_another(self, at: Moment) -> Next {
        match self {
            State::SigningIn(ongoing, before) => match ongoing.progress {
                Progress::Choosing(grant) => {
                    let ongoing = Ongoing {
                        progress: Progress::Redeeming,
                        ..ongoing
                    };
                    taken(ongoing, before, *grant, at)
                }
                progress => (
                    State::SigningIn(Ongoing { progress, ..ongoing }, before),
                    Vec::new(),
                ),
            },
            other => (other, Vec::new()),
        }
    }

    /// The provider that was tried is configured from now on, or could not be written down.
    pub(super) fn adopted(self, id: AttemptId, result: Result<(), Error>, at: Moment) -> Next {
        match self {
            State::SigningIn(ongoing, before) if ongoing.id == id => match (ongoing.progress, result) {
                (Progress::Adopting(grant), Ok(())) => {
                    let ongoing = Ongoing {
                        progress: Progress::Redeeming,
                        ..ongoing
                    };
                    kept(ongoing, before, *grant, at)
                }
                (progress @ Progress::Adopting(_), Err(error)) => {
                    end_without(Ongoing { progress, ..ongoing }, before, error)
                }
                (progress, _) => (
                    State::SigningIn(Ongoing { progress, ..ongoing }, before),
                    Vec::new(),
                ),
            },
            other => (other, Vec::new()),
        }
    }

    /// The attempt whose record of `generation` is being written.
    pub(super) fn saving(&mut self, generation: Generation) -> Option<(AttemptId, &mut Live)> {
        match self {
            State::SigningIn(
                Ongoing {
                    id,
                    progress: Progress::Saving(live),
                    ..
                },
                _,
            ) if live.generation == generation => Some((*id, live)),
            _ => None,
        }
    }

    /// The record is written, or could not be: the attempt has come to its end either way.
    pub(super) fn attempt_saved(self, id: AttemptId) -> Next {
        match self {
            State::SigningIn(
                Ongoing {
                    progress: Progress::Saving(live),
                    ..
                },
                before,
            ) => {
                let effects = attempt_succeeded(id, &before, &live);
                (State::SignedIn(live), effects)
            }
            other => (other, Vec::new()),
        }
    }
}

impl Ongoing {
    fn prepare(&self, check: bool) -> Effect {
        Effect::Prepare {
            id: self.id,
            how: self.how,
            check,
            wish: self.wish.clone(),
        }
    }
}

impl Event {
    /// What has to be undone at a provider that was tried and given up, when its answer comes only now. Nothing else of such an
    /// answer concerns anybody: the state is about another provider, or about none.
    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "what brings nothing leaves nothing to be undone"
    )]
    pub(crate) fn into_undoing(self) -> Option<Effect> {
        let tokens = match self {
            Event::Redeemed { grant, .. } => grant.tokens,
            Event::Polled {
                answer: Ok(Polled::Granted(tokens)),
                ..
            } => *tokens,
            Event::Presented {
                kept: true, state, ..
            } => return Some(Effect::ForgetKept(state)),
            _ => return None,
        };
        Some(Effect::Revoke { tokens, kept: true })
    }
}

/// The attempt is over without a session. A grant that nobody has taken goes back: it is another person's than the session that
/// may live, so giving it back ends none of that one's tokens.
fn end_without(ongoing: Ongoing, before: Before, error: Error) -> Next {
    let forget = ongoing.kept();
    let give_back = ongoing.untaken().map(|grant| Effect::Revoke {
        tokens: grant.tokens.clone(),
        kept: !before.this_run(),
    });
    let id = ongoing.id;
    let state = before.back(error.problem().clone());
    let end = Effect::EndAttempt {
        id,
        result: Err(error),
        forget,
    };
    (state, give_back.into_iter().chain([end]).collect())
}

/// The grant is wanted. Of a provider that was only tried, the configuration is written first.
fn taken(ongoing: Ongoing, before: Before, grant: Grant, at: Moment) -> Next {
    if matches!(before, Before::Unconfigured) {
        let adopt = Effect::Adopt { id: ongoing.id };
        let next = Ongoing {
            progress: Progress::Adopting(Box::new(grant)),
            ..ongoing
        };
        return (State::SigningIn(next, before), vec![adopt]);
    }
    kept(ongoing, before, grant, at)
}

/// The grant becomes a session, which is written down.
fn kept(ongoing: Ongoing, before: Before, grant: Grant, at: Moment) -> Next {
    let kept = if before.this_run() {
        Kept::ThisRun
    } else {
        Kept::Stored
    };
    let (id, consent) = (ongoing.id, ongoing.wish.consent);
    let generation = Generation::first_of(id);
    let live = Box::new(Live::begin(generation, grant, ongoing.how, consent, kept, at));
    match live.save(false) {
        Some(save) => {
            let next = Ongoing {
                progress: Progress::Saving(live),
                ..ongoing
            };
            (State::SigningIn(next, before), vec![save])
        }
        None => {
            let effects = attempt_succeeded(id, &before, &live);
            (State::SignedIn(live), effects)
        }
    }
}

/// The attempt is over. Who waited for a renewal of the session before gets the token of this one. If that session was another
/// person's, its tokens are given back and their picture goes.
fn attempt_succeeded(id: AttemptId, before: &Before, live: &Live) -> Vec<Effect> {
    let mut effects = vec![Effect::EndAttempt {
        id,
        result: Ok(()),
        forget: None,
    }];
    if let Before::In(old) = before {
        if matches!(old.trust, Trust::Refreshing { .. }) {
            effects.push(Effect::RenewalEnded(Ok(())));
        }
        if !Person::of(&old.identity).is(&live.identity) {
            effects.push(Effect::ForgetPicture);
            effects.push(Effect::Revoke {
                tokens: old.tokens.clone(),
                kept: old.kept != Kept::ThisRun,
            });
        }
    }
    effects
}
