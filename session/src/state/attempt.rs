//! The attempt that is alive, and what was before it.

use jiff::Timestamp;

use super::{AttemptId, Live, Out, State};
use crate::attempt::Attempt;
use crate::error::Problem;
use crate::secret::StateValue;
use crate::view::{How, Phase, View};

/// One attempt, from the button to the stored record.
#[derive(Debug)]
pub(crate) struct Ongoing {
    pub(crate) id: AttemptId,
    pub(crate) how: How,
    pub(crate) deadline: Timestamp,
    pub(crate) progress: Progress,
}

/// How far it is.
#[derive(Debug)]
pub(crate) enum Progress {
    /// Discovery is asked.
    Preparing,
    /// The person is in the browser. `kept`: the attempt is in the credential store too.
    Waiting { attempt: Box<Attempt>, kept: bool },
    /// The code is being redeemed.
    Redeeming,
    /// The record is being written. From here on a cancel comes too late.
    Saving(Box<Live>),
}

/// What an attempt returns to when it ends without a grant.
#[derive(Debug)]
pub(crate) enum Before {
    Out(Out),
    In(Box<Live>),
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
        }
    }

    /// Whether the person chose to go on without the credential store.
    pub(crate) fn this_run(&self) -> bool {
        match self {
            Before::Out(out) => out.this_run,
            Before::In(live) => live.kept == crate::view::Kept::ThisRun,
        }
    }
}

impl Ongoing {
    /// Whether the attempt is still at the stage where time or the person may end it.
    pub(crate) fn may_be_given_up(&self) -> bool {
        !matches!(self.progress, Progress::Saving(_))
    }

    /// Whether no code is being redeemed yet.
    pub(crate) fn is_before_exchange(&self) -> bool {
        matches!(self.progress, Progress::Preparing | Progress::Waiting { .. })
    }

    /// The `state` of what may be in the credential store: a deep-link attempt whose code has not been redeemed.
    pub(crate) fn kept(&self) -> Option<StateValue> {
        match &self.progress {
            Progress::Waiting { attempt, .. } if self.how == How::DeepLink => Some(attempt.state.clone()),
            Progress::Preparing | Progress::Waiting { .. } | Progress::Redeeming | Progress::Saving(_) => {
                None
            }
        }
    }

    /// The deadline, as long as it counts: once the callback is here, the exchange has limits of its own.
    pub(super) fn wakes_at(&self) -> Option<Timestamp> {
        match self.progress {
            Progress::Preparing | Progress::Waiting { .. } => Some(self.deadline),
            Progress::Redeeming | Progress::Saving(_) => None,
        }
    }

    pub(super) fn view(&self) -> View {
        let phase = match self.progress {
            Progress::Preparing => Phase::Preparing,
            Progress::Waiting { .. } => Phase::Waiting,
            Progress::Redeeming | Progress::Saving(_) => Phase::Finishing,
        };
        View::SigningIn {
            how: self.how,
            phase,
            deadline: self.deadline,
            stray: false,
        }
    }
}
