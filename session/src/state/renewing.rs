//! The transitions of a renewal: written and taken over, overtaken, failed, put off.

use jiff::Timestamp;

use super::live::Trust;
use super::transition::Next;
use super::{Effect, Generation, Live, Moment, State, Stored, Wrote, later};
use crate::account::Person;
use crate::error::{Code, Error};
use crate::record::Record;
use crate::schedule;
use crate::view::{Kept, Why};

impl State {
    /// The new set was given to the credential store: from now on callers may have it.
    pub(super) fn renewed(
        self,
        generation: Generation,
        record: Record,
        refused: Option<Error>,
        wrote: Wrote,
        at: Moment,
    ) -> Next {
        match self.live() {
            Some(live) if live.generation == generation => {}
            // Somebody else has signed in meanwhile: the tokens of the one before are over.
            Some(live) if !Person::of(&record.identity).is(&live.identity) => {
                let kept = !matches!(wrote, Wrote::Nowhere);
                let tokens = record.tokens;
                return (self, vec![Effect::Revoke { tokens, kept }]);
            }
            // Who signed out meanwhile does not want it; who signed in anew neither.
            Some(_) => return (self, Vec::new()),
            None => {
                let kept = !matches!(wrote, Wrote::Nowhere);
                let tokens = record.tokens;
                return (self, vec![Effect::Revoke { tokens, kept }]);
            }
        }
        self.on_live(|live| {
            match &refused {
                None => live.replace(generation.next(), record, at),
                // Only the rotated refresh token is taken over.
                Some(error) => {
                    live.tokens.refresh_token = record.tokens.refresh_token;
                    live.lost_answer = None;
                    live.doubt(error, false, at);
                }
            }
            match wrote {
                Wrote::Done(stored) => live.saved(stored),
                Wrote::Failed(problem) => live.unsaved(problem, at),
                Wrote::Nowhere => {}
            }
            vec![Effect::RenewalEnded(refused.map_or(Ok(()), Err))]
        })
    }

    /// Another process has been there first. Also the answer to a write that came too late.
    pub(super) fn overtaken(mut self, generation: Generation, stored: Stored, at: Moment) -> Next {
        if let Some(out) = self.out_mut() {
            out.not_to_be_cleared();
            return self.looked(stored, at);
        }
        let Some(live) = self.live_mut().filter(|live| live.generation == generation) else {
            return (self, Vec::new());
        };
        let was_refreshing = if let Trust::Refreshing { before } = &live.trust {
            live.trust = before.clone().map_or(Trust::Fresh, Trust::Stale);
            true
        } else {
            false
        };
        let (state, mut effects) =
            if live.stored.is_some_and(|known| stored.generation > known) || live.stored.is_none() {
                self.found_newer(stored, at)
            } else {
                (self, Vec::new())
            };
        if was_refreshing && state.live().is_some() {
            effects.push(Effect::RenewalEnded(Ok(())));
        }
        (state, effects)
    }

    pub(super) fn renewal_failed(
        self,
        generation: Generation,
        error: Error,
        spent_at: Option<Timestamp>,
        at: Moment,
    ) -> Next {
        let Some(live) = self.live().filter(|live| live.generation == generation) else {
            return (self, Vec::new());
        };
        let told = Effect::RenewalEnded(Err(error.clone()));
        if error.code() == Code::InvalidGrant {
            let lost_answer = live.lost_answer.or(spent_at);
            let mut effects = live.clear(Why::EndedByProvider);
            effects.push(told);
            let (mut state, effects) = self.end_session(Why::EndedByProvider, effects);
            if let Some(out) = state.out_mut() {
                out.lost_answer = lost_answer;
            }
            return (state, effects);
        }
        self.on_live(|live| {
            live.lost_answer = live.lost_answer.or(spent_at);
            live.doubt(&error, false, at);
            vec![told]
        })
    }

    /// The credential store would not take the result, and there is time: the access token lives.
    pub(super) fn renewal_put_off(self, generation: Generation, error: Error, at: Moment) -> Next {
        match self.live() {
            Some(live) if live.generation == generation => {}
            Some(_) | None => return (self, Vec::new()),
        }
        self.on_live(|live| {
            live.put_off(at);
            vec![Effect::RenewalPutOff(error)]
        })
    }
}

impl Live {
    fn put_off(&mut self, at: Moment) {
        if let Trust::Refreshing { before } = &self.trust {
            self.trust = before.clone().map_or(Trust::Fresh, Trust::Stale);
        }
        let again = later(at.now, schedule::SAVE_AGAIN);
        self.renew_again = Some(again);
        if let Trust::Stale(doubt) = &mut self.trust {
            doubt.retry_at = Some(again);
        }
        debug_assert!(self.kept != Kept::ThisRun, "a session for this run asks no store");
    }
}
