//! The transitions of an attempt: begun, presented, called back, redeemed, given up.

use super::live::Trust;
use super::transition::Next;
use super::{AttemptId, Before, Effect, Generation, Live, Moment, Ongoing, Progress, State, later};
use crate::error::{Code, Error, Stage};
use crate::exchange::Grant;
use crate::view::{How, Kept};

impl State {
    pub(super) fn begin(self, id: AttemptId, how: How, at: Moment) -> Next {
        match self.before() {
            Ok(before) => {
                let deadline = later(at.now, at.rules.sign_in_timeout);
                let ongoing = Ongoing {
                    id,
                    how,
                    deadline,
                    progress: Progress::Preparing,
                };
                (
                    State::SigningIn(ongoing, before),
                    vec![Effect::Prepare { id, how }],
                )
            }
            Err(state) => (*state, Vec::new()),
        }
    }

    pub(super) fn prepared(self, id: AttemptId, attempt: Box<crate::attempt::Attempt>) -> Next {
        match self {
            State::SigningIn(ongoing, before)
                if ongoing.id == id && matches!(ongoing.progress, Progress::Preparing) =>
            {
                let effect = Effect::Present {
                    id,
                    attempt: attempt.clone(),
                    this_run: before.this_run(),
                };
                let progress = Progress::Waiting { attempt, kept: false };
                (
                    State::SigningIn(Ongoing { progress, ..ongoing }, before),
                    vec![effect],
                )
            }
            other => (other, Vec::new()),
        }
    }

    pub(super) fn presented(mut self, id: AttemptId, was_kept: bool) -> Next {
        if let State::SigningIn(
            Ongoing {
                id: alive,
                progress: Progress::Waiting { kept, .. },
                ..
            },
            _,
        ) = &mut self
            && *alive == id
        {
            *kept = was_kept;
        }
        (self, Vec::new())
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
                let forget = ongoing.kept();
                let state = before.back(error.problem().clone());
                (
                    state,
                    vec![Effect::EndAttempt {
                        id,
                        result: Err(error),
                        forget,
                    }],
                )
            }
            other => (other, Vec::new()),
        }
    }

    pub(super) fn give_up(self, code: Code) -> Next {
        match self.ongoing() {
            Some(ongoing) if ongoing.may_be_given_up() => {
                let id = ongoing.id;
                self.attempt_failed(id, Error::new(Stage::Browser, code))
            }
            Some(_) | None => (self, Vec::new()),
        }
    }

    pub(super) fn redeemed(self, id: AttemptId, grant: Grant, at: Moment) -> Next {
        match self {
            State::SigningIn(ongoing, before)
                if ongoing.id == id && matches!(ongoing.progress, Progress::Redeeming) =>
            {
                let kept = if before.this_run() {
                    Kept::ThisRun
                } else {
                    Kept::Stored
                };
                let generation = Generation::first_of(id);
                let live = Box::new(Live::begin(generation, grant, ongoing.how, kept, at));
                match live.save(false) {
                    Some(save) => {
                        let next = Ongoing {
                            progress: Progress::Saving(live),
                            ..ongoing
                        };
                        (State::SigningIn(next, before), vec![save])
                    }
                    None => (State::SignedIn(live), attempt_succeeded(id, &before)),
                }
            }
            // Nobody waits for this grant any more. It is given back, unless a session at the same provider lives: some
            // providers end every token of the person with the first that is revoked.
            other => {
                let effects = if other.live().is_none() {
                    vec![Effect::Revoke {
                        tokens: grant.tokens,
                        kept: true,
                    }]
                } else {
                    Vec::new()
                };
                (other, effects)
            }
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
            ) => (State::SignedIn(live), attempt_succeeded(id, &before)),
            other => (other, Vec::new()),
        }
    }
}

/// The attempt is over. Who waited for a renewal of the session before gets the token of this one.
fn attempt_succeeded(id: AttemptId, before: &Before) -> Vec<Effect> {
    let mut effects = vec![Effect::EndAttempt {
        id,
        result: Ok(()),
        forget: None,
    }];
    if let Before::In(old) = before
        && matches!(old.trust, Trust::Refreshing { .. })
    {
        effects.push(Effect::RenewalEnded(Ok(())));
    }
    effects
}
