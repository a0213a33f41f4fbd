//! What the views so far have told, as far as it must be known to say what the next one tells. Pure.

use jiff::Timestamp;

use super::{Entry, What};
use crate::error::{Code, Problem, Stage};
use crate::view::{Freshness, How, Kept, Phase, Profile, View, Why};

/// The views so far, in short.
#[derive(Debug, Default)]
pub(super) struct Past {
    /// When the first view came: sessions that are older were there before this process.
    begun: Option<Timestamp>,
    /// Somebody was seen signed in, or signed out.
    settled: bool,
    /// Since when the session goes that was last seen alive, and has not been seen over.
    session: Option<Timestamp>,
    /// The attempt of the last view.
    attempt: Option<How>,
    /// Somebody else than expected came, and the person was asked.
    surprised: bool,
    /// Who was last seen signed in: issuer and subject.
    person: Option<(String, String)>,
    /// A renewal is under way.
    renewing: bool,
    /// What was last told of the failures that are going on.
    failing: Option<Code>,
    /// Where the session is.
    place: Place,
    /// The problem that blocks, as it was told.
    blocked: Option<Code>,
}

#[derive(Debug, Default, PartialEq)]
enum Place {
    #[default]
    Stored,
    ThisRun,
    Unsaved,
}

impl Past {
    /// What this view tells, after all those before it.
    pub(super) fn see(&mut self, now: Timestamp, view: &View) -> Vec<Entry> {
        self.begun.get_or_insert(now);
        let note = |what| Entry { at: now, what };
        let mut told = Vec::new();
        match view {
            // A live session may go on under an attempt.
            View::SigningIn { how, phase, .. } => {
                self.attempt = Some(*how);
                self.surprised |= *phase == Phase::Choosing;
                return told;
            }
            View::Unconfigured { .. } | View::Restoring => {}
            View::Blocked { problem } => told.extend(self.blocked_by(problem).map(note)),
            View::SignedIn {
                profile,
                since,
                freshness,
                kept,
                ..
            } => {
                told.extend(self.switched(profile).map(note));
                told.extend(self.arrived(now, *since));
                told.extend(self.trusted(freshness, now).map(note));
                told.extend(self.placed(kept).map(note));
            }
            View::SignedOut {
                why,
                last_attempt,
                lost_answer,
                ..
            } => {
                if matches!(why, Why::ByUser | Why::Elsewhere) {
                    self.person = None;
                }
                told.extend(self.left(*why, *lost_answer).map(note));
                told.extend(self.attempted(last_attempt.as_ref()).map(note));
                self.settled = true;
            }
        }
        self.attempt = None;
        self.surprised = false;
        told
    }

    /// Another person than the one before is signed in: seen to be, or the person was asked about it.
    fn switched(&mut self, profile: &Profile) -> Option<What> {
        let person = (profile.issuer.clone(), profile.sub.clone());
        let before = self.person.replace(person.clone());
        before
            .map_or(self.surprised, |before| before != person)
            .then_some(What::SwitchedAccount)
    }

    /// A problem with the configuration is not the session's: nothing is known of one then.
    fn blocked_by(&mut self, problem: &Problem) -> Option<What> {
        if problem.stage == Stage::Configuration || self.blocked == Some(problem.code) {
            return None;
        }
        self.blocked = Some(problem.code);
        Some(What::StoreTrouble { code: problem.code })
    }

    /// Somebody is signed in. A session is known by its beginning: one that is older than this process was restored, whatever
    /// attempt was given up over it; a newer one is the attempt's, or another process's.
    fn arrived(&mut self, now: Timestamp, since: Timestamp) -> Option<Entry> {
        self.settled = true;
        self.blocked = None;
        if self.session.replace(since) == Some(since) {
            return None;
        }
        self.renewing = false;
        self.failing = None;
        self.place = Place::Stored;
        Some(match self.attempt {
            _ if self.begun.is_some_and(|begun| since < begun) => Entry {
                at: now,
                what: What::Restored,
            },
            Some(how) => Entry {
                at: since,
                what: What::SignedIn { how },
            },
            None => Entry {
                at: since,
                what: What::SignedInElsewhere,
            },
        })
    }

    fn trusted(&mut self, freshness: &Freshness, now: Timestamp) -> Option<What> {
        match freshness {
            Freshness::Refreshing => {
                self.renewing = true;
                None
            }
            Freshness::Fresh => {
                let renewed = std::mem::take(&mut self.renewing);
                if self.failing.take().is_some() {
                    return Some(What::Recovered);
                }
                renewed.then_some(What::Renewed { times: 1, first: now })
            }
            Freshness::Stale { problem, .. } => {
                self.renewing = false;
                let refused = is_refusal(problem.code);
                let known = match self.failing {
                    Some(told) => told == problem.code || !refused,
                    None => false,
                };
                if known {
                    return None;
                }
                self.failing = Some(problem.code);
                Some(if refused {
                    What::ProviderRefused { code: problem.code }
                } else {
                    What::Stale {
                        code: problem.code,
                        stage: problem.stage,
                        clock_ahead: problem.clock_ahead,
                    }
                })
            }
        }
    }

    fn placed(&mut self, kept: &Kept) -> Option<What> {
        let (place, problem) = match kept {
            Kept::Stored => (Place::Stored, None),
            Kept::ThisRun => (Place::ThisRun, None),
            Kept::Unsaved { problem, .. } => (Place::Unsaved, Some(problem)),
        };
        let before = std::mem::replace(&mut self.place, place);
        if before == self.place {
            return None;
        }
        match problem {
            Some(problem) => Some(What::Unsaved { code: problem.code }),
            None => (self.place == Place::Stored).then_some(What::Saved),
        }
    }

    /// Nobody is signed in. Told when somebody was, or when a launch found the end of a session.
    fn left(&mut self, why: Why, lost_answer: Option<Timestamp>) -> Option<What> {
        let lived = self.session.take().is_some() || !self.settled;
        self.renewing = false;
        self.failing = None;
        self.blocked = None;
        (lived && why != Why::Never).then_some(What::SignedOut { why, lost_answer })
    }

    /// How an attempt ended: the one just seen, or one that a launch found and that was over. What could not be read at launch
    /// is no attempt.
    fn attempted(&self, problem: Option<&Problem>) -> Option<What> {
        let problem = problem?;
        let of_launch = !self.settled && problem.stage != Stage::Store;
        (self.attempt.is_some() || of_launch).then_some(What::AttemptFailed {
            code: problem.code,
            stage: problem.stage,
            clock_ahead: problem.clock_ahead,
        })
    }
}

/// The provider was asked and said no, in words of OAuth; trying again by itself would not help.
fn is_refusal(code: Code) -> bool {
    matches!(
        code,
        Code::InvalidClient | Code::InvalidScope | Code::InteractionRequired | Code::ProviderRefused
    )
}
