//! The transitions of a sign-out.

use super::transition::Next;
use super::{Before, Effect, Leaving, Ongoing, Out, Progress, SignOutStep, State};
use crate::error::{Code, Error, Stage};
use crate::view::{Receipt, Step, Why};

impl State {
    pub(super) fn sign_out(self) -> Next {
        let live = match &self {
            State::Unconfigured | State::Blocked(_) | State::Restoring | State::SignedOut(_) => {
                return (self, Vec::new());
            }
            State::SigningIn(
                Ongoing {
                    progress: Progress::Saving(live),
                    ..
                },
                _,
            ) => Some(live.as_ref()),
            State::SigningIn(..) | State::SignedIn(_) => self.live(),
        };
        let leaving = live.map(|live| {
            Box::new(Leaving {
                tokens: live.newest_tokens().clone(),
                how: live.how,
            })
        });
        let told = if leaving.is_some() {
            Step::Pending
        } else {
            Step::Skipped
        };
        let receipt = Receipt {
            device: Step::Pending,
            tokens: told,
            provider_session: told,
        };
        let mut effects = vec![Effect::Leave(leaving)];
        if let Some(ongoing) = self.ongoing() {
            let result = Err(Error::new(Stage::Browser, Code::Cancelled));
            effects.push(Effect::EndAttempt {
                id: ongoing.id,
                result,
                forget: ongoing.is_kept(),
            });
        }
        (
            State::SignedOut(Out {
                receipt: Some(receipt),
                ..Out::because(Why::ByUser)
            }),
            effects,
        )
    }

    pub(super) fn sign_out_step(mut self, step: SignOutStep) -> Next {
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
