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
    pub(super) fn polled(mut self, id: AttemptId, answer: Result<Polled, Error>, at: Moment) -> Next {
        let waiting = match &mut self {
            State::SigningIn(
                Ongoing {
                    id: alive,
                    progress: Progress::OnDevice { pace, poll_at, .. },
                    ..
                },
                _,
            ) if *alive == id => Some((pace, poll_at)),
            _ => None,
        };
        match (waiting, answer) {
            (Some((pace, poll_at)), Ok(Polled::NotYet(answer))) => {
                *poll_at = Some(later(at.now, pace.after(answer)));
                (self, Vec::new())
            }
            (Some((pace, poll_at)), Err(error)) if error.is_retryable() && !error.ends_the_wait() => {
                *poll_at = Some(later(at.now, pace.after_failure(error.retry_after())));
                (self, Vec::new())
            }
            (Some(_), Err(error)) => self.attempt_failed(id, error),
            (Some(_), Ok(Polled::Granted(tokens))) => {
                if let State::SigningIn(ongoing, _) = &mut self {
                    ongoing.progress = Progress::Redeeming;
                }
                (self, vec![Effect::Identify { id, tokens }])
            }
            (None, Ok(Polled::Granted(tokens))) => self.unwanted(*tokens),
            (None, Ok(Polled::NotYet(_)) | Err(_)) => (self, Vec::new()),
        }
    }
}

impl Error {
    /// Whether the codes are over, although another attempt may succeed.
    fn ends_the_wait(&self) -> bool {
        self.code() == crate::Code::TimedOut
    }
}
