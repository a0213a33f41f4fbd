//! The attempt that is alive, and what was before it.

use jiff::Timestamp;

use super::{AttemptId, Live, Out, State};
use crate::account::{Last, Person, Wish};
use crate::attempt::Attempt;
use crate::device::{Device, Pace};
use crate::error::Problem;
use crate::exchange::Grant;
use crate::secret::StateValue;
use crate::view::{Choice, Detour, How, Phase, View};

/// One attempt, from the button to the stored record.
#[derive(Debug)]
pub(crate) struct Ongoing {
    pub(crate) id: AttemptId,
    pub(crate) how: How,
    pub(crate) deadline: Timestamp,
    /// What is asked for beyond the configuration.
    pub(crate) wish: Wish,
    /// Why it comes back by loopback, where that was not the first choice.
    pub(crate) detour: Option<Detour>,
    /// Whether the provider lets people in by another device; `None`: not known.
    pub(crate) device_offered: Option<bool>,
    pub(crate) progress: Progress,
}

/// How far it is.
#[derive(Debug)]
pub(crate) enum Progress {
    /// Discovery is asked.
    Preparing,
    /// The person is in the browser. `kept`: the attempt is in the credential store too.
    Waiting { attempt: Box<Attempt>, kept: bool },
    /// The person is at another device. `poll_at`: when the provider is asked again; `None`: it is being asked.
    OnDevice {
        device: Box<Device>,
        pace: Pace,
        poll_at: Option<Timestamp>,
    },
    /// The code is being redeemed.
    Redeeming,
    /// Somebody else signed in than the one who was expected: the person decides. Nothing of the grant is kept meanwhile.
    Choosing(Box<Grant>),
    /// The provider has been tried, and is being written into the configuration.
    Adopting(Box<Grant>),
    /// The record is being written. From here on a cancel comes too late.
    Saving(Box<Live>),
}

/// What an attempt returns to when it ends without a grant.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "there is one at a time")]
pub(crate) enum Before {
    Out(Out),
    In(Box<Live>),
    /// No provider is configured: one is being tried.
    Unconfigured,
}

impl Before {
    /// Back to what was, with the reason the attempt ended.
    pub(crate) fn back(self, problem: Problem) -> State {
        match self {
            Before::Out(out) => State::SignedOut(Out {
                last_attempt: Some(problem),
                receipt: None,
                lost_answer: None,
                ..out
            }),
            Before::In(live) => State::SignedIn(live),
            Before::Unconfigured => State::Unconfigured(Some(problem)),
        }
    }

    /// What the session before leaves to this attempt.
    pub(crate) fn last(&self) -> Last {
        match self {
            Before::Out(out) => out.last.clone(),
            Before::In(live) => live.last(),
            Before::Unconfigured => Last::default(),
        }
    }

    /// Whether the person chose to go on without the credential store.
    pub(crate) fn this_run(&self) -> bool {
        match self {
            Before::Out(out) => out.this_run,
            Before::In(live) => live.kept == crate::view::Kept::ThisRun,
            Before::Unconfigured => false,
        }
    }
}

impl Ongoing {
    /// Whether the attempt is still at the stage where time or the person may end it.
    pub(crate) fn may_be_given_up(&self) -> bool {
        !matches!(self.progress, Progress::Saving(_) | Progress::Adopting(_))
    }

    /// Whether no code is being redeemed yet.
    pub(crate) fn is_before_exchange(&self) -> bool {
        matches!(
            self.progress,
            Progress::Preparing | Progress::Waiting { .. } | Progress::OnDevice { .. }
        )
    }

    /// The `state` of what may be in the credential store: a deep-link attempt whose code has not been redeemed.
    pub(crate) fn kept(&self) -> Option<StateValue> {
        match &self.progress {
            Progress::Waiting { attempt, .. } if self.how == How::DeepLink => Some(attempt.state.clone()),
            Progress::Preparing
            | Progress::Waiting { .. }
            | Progress::OnDevice { .. }
            | Progress::Redeeming
            | Progress::Choosing(_)
            | Progress::Adopting(_)
            | Progress::Saving(_) => None,
        }
    }

    /// The grant that nobody has taken yet.
    pub(super) fn untaken(&self) -> Option<&Grant> {
        match &self.progress {
            Progress::Choosing(grant) | Progress::Adopting(grant) => Some(grant),
            Progress::Preparing
            | Progress::Waiting { .. }
            | Progress::OnDevice { .. }
            | Progress::Redeeming
            | Progress::Saving(_) => None,
        }
    }

    /// The deadline, as long as it counts: once the callback is here, the exchange has limits of its own.
    pub(super) fn ends_at(&self) -> Option<Timestamp> {
        match self.progress {
            Progress::Preparing
            | Progress::Waiting { .. }
            | Progress::OnDevice { .. }
            | Progress::Choosing(_) => Some(self.deadline),
            Progress::Redeeming | Progress::Adopting(_) | Progress::Saving(_) => None,
        }
    }

    /// When the clock must be looked at again.
    pub(super) fn wakes_at(&self) -> Option<Timestamp> {
        let poll_at = match self.progress {
            Progress::OnDevice { poll_at, .. } => poll_at,
            Progress::Preparing
            | Progress::Waiting { .. }
            | Progress::Redeeming
            | Progress::Choosing(_)
            | Progress::Adopting(_)
            | Progress::Saving(_) => None,
        };
        self.ends_at().into_iter().chain(poll_at).min()
    }

    pub(super) fn view(&self) -> View {
        let phase = match self.progress {
            Progress::Preparing => Phase::Preparing,
            Progress::Waiting { .. } | Progress::OnDevice { .. } => Phase::Waiting,
            Progress::Choosing(_) => Phase::Choosing,
            Progress::Redeeming | Progress::Adopting(_) | Progress::Saving(_) => Phase::Finishing,
        };
        let device = match &self.progress {
            Progress::OnDevice { device, .. } => Some(device.view()),
            _ => None,
        };
        let choice = match (&self.progress, &self.wish.expected) {
            (Progress::Choosing(grant), Some(expected)) => Some(Choice {
                expected: expected.view(),
                came: Person::of(&grant.identity).view(),
            }),
            _ => None,
        };
        View::SigningIn {
            how: self.how,
            phase,
            deadline: self.deadline,
            device,
            device_offered: self.device_offered == Some(true),
            detour: self.detour.clone(),
            choice,
            stray: false,
        }
    }
}
