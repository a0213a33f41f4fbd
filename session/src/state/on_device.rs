//! The transitions of an attempt on another device: begun, asked about, granted. When to ask is a time the state waits for, so
//! that no task outlives an exit: a cancel leaves at most the one request that is under way, and what it brings is given back.

use super::transition::Next;
use super::{AttemptId, Effect, Moment, Ongoing, Progress, State, later};
use crate::device::{Device, Pace};
use crate::error::Error;
use crate::exchange::Polled;
use crate::schedule;

impl State {
    /// The provider has given the codes. The attempt ends with them, if they end first.
    pub(super) fn on_device(self, id: AttemptId, device: Box<Device>, at: Moment) -> Next {
        match self {
            State::SigningIn(ongoing, before)
                if ongoing.id == id && matches!(ongoing.progress, Progress::Preparing) =>
            {
                let pace = Pace::of(&device);
                let next = Ongoing {
                    deadline: ongoing.deadline.min(device.expires_at),
                    device_offered: Some(true),
                    progress: Progress::OnDevice {
                        poll_at: Some(later(at.now, pace.first())),
                        device,
                        pace,
                    },
                    ..ongoing
                };
                (State::SigningIn(next, before), Vec::new())
            }
            other => (other, Vec::new()),
        }
    }

    /// The provider is asked, if that is due.
    pub(super) fn poll(&mut self, at: Moment) -> Option<Effect> {
        let State::SigningIn(
            Ongoing {
                id,
                progress:
                    Progress::OnDevice {
                        device,
                        pace,
                        poll_at,
                    },
                ..
            },
            _,
        ) = self
        else {
            return None;
        };
        poll_at.take_if(|due| schedule::is_due(*due, at.now, pace.longest()))?;
        Some(Effect::Poll {
            id: *id,
            device: device.clone(),
        })
    }

    /// The provider has answered, or has not.
    pub(super) fn polled(self, id: AttemptId, answer: Result<Polled, Error>, at: Moment) -> Next {
        let (ongoing, before) = match self {
            State::SigningIn(ongoing, before)
                if ongoing.id == id && matches!(ongoing.progress, Progress::OnDevice { .. }) =>
            {
                (ongoing, before)
            }
            other => {
                return match answer {
                    Ok(Polled::Granted(tokens)) => other.unwanted(*tokens),
                    Ok(Polled::NotYet(_)) | Err(_) => (other, Vec::new()),
                };
            }
        };
        let Progress::OnDevice { device, mut pace, .. } = ongoing.progress else {
            return (State::SigningIn(ongoing, before), Vec::new());
        };
        let (wait, failed) = match answer {
            Ok(Polled::Granted(tokens)) => {
                let next = Ongoing {
                    progress: Progress::Redeeming,
                    ..ongoing
                };
                return (
                    State::SigningIn(next, before),
                    vec![Effect::Identify { id, device, tokens }],
                );
            }
            Ok(Polled::NotYet(answer)) => (pace.after(answer), None),
            Err(error) if error.is_retryable() && !error.ends_the_wait() => {
                (pace.after_failure(error.retry_after()), None)
            }
            Err(error) => (pace.first(), Some(error)),
        };
        let poll_at = Some(later(at.now, wait));
        let state = State::SigningIn(
            Ongoing {
                progress: Progress::OnDevice {
                    device,
                    pace,
                    poll_at,
                },
                ..ongoing
            },
            before,
        );
        match failed {
            Some(error) => state.attempt_failed(id, error),
            None => (state, Vec::new()),
        }
    }
}

impl Error {
    /// Whether the codes are over, although another attempt may succeed.
    fn ends_the_wait(&self) -> bool {
        self.code() == crate::Code::TimedOut
    }
}
