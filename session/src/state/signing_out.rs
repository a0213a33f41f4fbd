//! The transitions of a sign-out.

use super::transition::Next;
use super::{Before, Clearing, Effect, Leaving, Ongoing, Out, Over, Progress, SignOutStep, State};
use crate::account::Last;
use crate::error::{Code, Error, Stage};
use crate::view::{Kept, Receipt, Step, Why};

/// Nobody is signed in, but it is still known who was: that goes.
fn forgotten(out: Out) -> Next {
    let over = Over {
        expected: Some(out.seen),
        why: Why::ByUser,
        left: None,
    };
    let out = Out {
        why: Why::ByUser,
        last: Last::default(),
        clearing: Some(Clearing { over, again: None }),
        ..out
    };
    (State::SignedOut(out), vec![Effect::Clear { over, quiet: false }])
}

impl State {
    pub(super) fn sign_out(self) -> Next {
        let live = match &self {
            State::SignedOut(out) if out.last != Last::default() => {
                return forgotten(out.clone());
            }
            State::Unconfigured(_) | State::Blocked(_) | State::Restoring | State::SignedOut(_) => {
                return (self, Vec::new());
            }
            // Nobody can be signed in without a provider: only the trial of one ends.
            State::SigningIn(_, Before::Unconfigured) => return self.give_up(Code::Cancelled),
            State::SigningIn(
                Ongoing {
                    progress: Progress::Saving(live),
                    ..
                },
                _,
            ) => Some(live.as_ref()),
            State::SigningIn(..) | State::SignedIn(_) => self.live(),
        };
        let mut effects = Vec::new();
        let out = match live {
            Some(live) => {
                // One for this run that is just being written counts as kept: the write may come through.
                let kept = live.kept != Kept::ThisRun || live.promoting;
                effects.push(Effect::Leave(Box::new(Leaving {
                    tokens: live.tokens.clone(),
                    how: live.how,
                    since: live.since,
                    stored: live.stored,
                    kept,
                })));
                Out {
                    clearing: kept.then(|| Clearing {
                        over: live.over_because(Why::ByUser),
                        again: None,
                    }),
                    receipt: Some(Receipt::all(Step::Pending)),
                    ..Out::because(Why::ByUser).seen(live.stored.unwrap_or_default())
                }
            }
            // Nobody is signed in: only the attempt ends.
            None => Out {
                receipt: Some(Receipt::all(Step::Skipped)),
                ..self.out().cloned().unwrap_or_else(|| Out::because(Why::ByUser))
            },
        };
        if let Some(ongoing) = self.ongoing() {
            effects.extend(ongoing.untaken().map(|grant| Effect::Revoke {
                tokens: grant.tokens.clone(),
                kept: true,
            }));
            let result = Err(Error::new(Stage::Browser, Code::Cancelled));
            effects.push(Effect::EndAttempt {
                id: ongoing.id,
                result,
                forget: ongoing.kept(),
            });
        }
        (State::SignedOut(out), effects)
    }

    pub(super) fn sign_out_step(mut self, step: SignOutStep) -> Next {
        if let Some(receipt) = self.out_mut().and_then(|out| out.receipt.as_mut()) {
            receipt.note(step);
        }
        (self, Vec::new())
    }
}
