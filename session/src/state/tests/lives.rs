//! The promises of the transition, held against random lives: attempts, answers in any order, faults, clock jumps.

use proptest::prelude::*;

use super::*;
use crate::view::Phase;

/// What may happen in a random life.
#[derive(Clone, Debug)]
enum Act {
    Begin,
    Cancel,
    /// The attempt goes on another way.
    Switch,
    /// Who came is taken instead of who was expected.
    TakeAnother,
    Tick,
    Renew,
    Retry,
    SignOut,
    Wait(i64),
    /// The process ends and another begins; the credential store holds what was written.
    Restart,
    /// The credential store is looked at; another process may have been at work there.
    Look(Elsewhere),
    /// Answers the n-th open question, well or badly. Answers are kept and may come twice or late.
    Answer(usize, Reply),
}

/// What another process did to the stored session.
#[derive(Clone, Copy, Debug)]
enum Elsewhere {
    Nothing,
    Renewed,
    SignedOut,
    EndedByProvider,
}

#[derive(Clone, Debug)]
enum Reply {
    Well,
    /// Somebody else than before.
    Another,
    Badly(Code),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let code = (0..Code::ALL.len()).prop_map(|index| Code::ALL[index]);
    let reply =
        prop_oneof![3 => Just(Reply::Well), 1 => Just(Reply::Another), 2 => code.prop_map(Reply::Badly)];
    let act = prop_oneof![
        2 => Just(Act::Begin),
        1 => Just(Act::Cancel),
        1 => Just(Act::Switch),
        1 => Just(Act::TakeAnother),
        3 => Just(Act::Tick),
        2 => Just(Act::Renew),
        1 => Just(Act::Retry),
        1 => Just(Act::SignOut),
        3 => (-4000_i64..8000).prop_map(Act::Wait),
        1 => Just(Act::Restart),
        2 => prop_oneof![
            Just(Elsewhere::Nothing),
            Just(Elsewhere::Renewed),
            Just(Elsewhere::SignedOut),
            Just(Elsewhere::EndedByProvider),
        ].prop_map(Act::Look),
        8 => (0_usize..6, reply).prop_map(|(index, reply)| Act::Answer(index, reply)),
    ];
    proptest::collection::vec(act, 1..60)
}

/// The credential store, as far as these lives go.
#[derive(Default)]
struct Shelf {
    generation: u64,
    record: Option<Box<Record>>,
    cleared: Option<Why>,
}

impl Shelf {
    fn put(&mut self, record: &Record, expected: Option<u64>) -> bool {
        let free = expected.is_none_or(|expected| expected == self.generation);
        if free {
            self.generation += 1;
            self.record = Some(Box::new(record.clone()));
            self.cleared = None;
        }
        free
    }

    fn clear(&mut self, expected: Option<u64>, why: Why) {
        if self.record.is_some() && expected.is_none_or(|expected| expected == self.generation) {
            self.generation += 1;
            self.record = None;
            self.cleared = Some(why);
        }
    }

    fn elsewhere(&mut self, what: Elsewhere, now: i64) {
        let generation = Some(self.generation);
        match (what, self.record.clone()) {
            (Elsewhere::Renewed, Some(old)) => {
                let tokens = tokens(now, true);
                self.put(&Record { tokens, ..*old }, generation);
            }
            (Elsewhere::SignedOut, Some(_)) => self.clear(generation, Why::ByUser),
            (Elsewhere::EndedByProvider, Some(_)) => self.clear(generation, Why::EndedByProvider),
            (Elsewhere::Nothing, _) | (_, None) => {}
        }
    }

    fn stored(&self) -> Stored {
        Stored {
            generation: self.generation,
            record: self.record.clone(),
            cleared: self.cleared,
            ..Stored::default()
        }
    }
}

/// The answer to an effect, as the actor would bring it. `None`: nothing answers it.
fn answer(effect: &Effect, reply: &Reply, now: i64, shelf: &mut Shelf) -> Option<Event> {
    let error = |stage| match reply {
        Reply::Badly(code) => Some(Error::new(stage, *code)),
        Reply::Well | Reply::Another => None,
    };
    Some(match effect {
        Effect::ReadStore => match error(Stage::Store) {
            Some(error) => Event::ReadFailed(error.into()),
            None => Event::Read(shelf.stored()),
        },
        Effect::Look => Event::Looked(match error(Stage::Store) {
            Some(error) => Err(error.into()),
            None => Ok(Box::new(shelf.stored())),
        }),
        Effect::Prepare { id, .. } => match error(Stage::Discovery) {
            Some(error) => Event::Failed { id: *id, error },
            // The random lives leave the browser out: the grant stands for the way through it.
            None => Event::Redeemed {
                id: *id,
                grant: Box::new(Grant {
                    tokens: tokens(now, true),
                    identity: identity(if matches!(reply, Reply::Another) {
                        "benoit"
                    } else {
                        "ada"
                    }),
                }),
            },
        },
        Effect::Renew {
            generation,
            record,
            base,
            ..
        } => match error(Stage::Refresh) {
            Some(error) => Event::RenewalFailed {
                generation: *generation,
                error,
                spent_at: None,
            },
            None => {
                let record = Record {
                    tokens: tokens(now, true),
                    ..(**record).clone()
                };
                let expected = match base {
                    Base::Stored(stored) => Some(*stored),
                    Base::Unsaved | Base::ThisRun => None,
                };
                if shelf.put(&record, expected) {
                    Event::Renewed {
                        generation: *generation,
                        record: Box::new(record),
                        refused: None,
                        wrote: Wrote::Done(shelf.generation),
                    }
                } else {
                    Event::Overtaken {
                        generation: *generation,
                        stored: Box::new(shelf.stored()),
                    }
                }
            }
        },
        Effect::Probe { generation, .. } => Event::Probed {
            generation: *generation,
            answer: error(Stage::Userinfo).map_or(Ok(Probe::Unusable), Err),
        },
        Effect::Save {
            generation,
            record,
            expected,
            ..
        } => match error(Stage::Store) {
            Some(error) => Event::SaveFailed {
                generation: *generation,
                problem: error.into(),
            },
            None if shelf.put(record, *expected) => Event::Saved {
                generation: *generation,
                stored: shelf.generation,
            },
            None => Event::Overtaken {
                generation: *generation,
                stored: Box::new(shelf.stored()),
            },
        },
        Effect::Clear { over, .. } => match error(Stage::Store) {
            Some(error) => Event::Cleared(Err(error.into())),
            None => {
                shelf.clear(over.expected, over.why);
                Event::Cleared(Ok(shelf.generation))
            }
        },
        Effect::Leave(_) => match error(Stage::Store) {
            Some(error) => Event::Cleared(Err(error.into())),
            None => {
                shelf.clear(None, Why::ByUser);
                Event::Cleared(Ok(shelf.generation))
            }
        },
        _ => return None,
    })
}

/// An attempt that prepares is moved on to the exchange, so that a grant can come.
fn skip_browser(state: State) -> State {
    match state {
        State::SigningIn(ongoing, before) if matches!(ongoing.progress, Progress::Preparing) => {
            State::SigningIn(
                Ongoing {
                    progress: Progress::Redeeming,
                    ..ongoing
                },
                before,
            )
        }
        other => other,
    }
}

fn ends_a_session(event: &Event, state: &State, at: Moment) -> bool {
    let Some(live) = state.live() else { return true };
    let over = live.over(at).is_some();
    let tombstone = |stored: &Stored| stored.cleared.is_some() && live.stored < Some(stored.generation);
    match event {
        Event::SignOut => true,
        Event::RenewalFailed {
            generation, error, ..
        } => *generation == live.generation && error.code() == Code::InvalidGrant,
        Event::Looked(Ok(stored)) | Event::Overtaken { stored, .. } => tombstone(stored),
        Event::Tick | Event::Look => over,
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn promises_hold_in_any_life(acts in acts(), ceiling in proptest::option::of(500_u64..5000)) {
        let rules = SessionConfig { max_session: ceiling.map(Duration::from_secs), ..SessionConfig::default() };
        let mut now = 10_000_i64;
        let mut attempts = 0;
        let mut open: Vec<Effect> = vec![Effect::ReadStore];
        let mut state = State::Restoring;
        let mut shelf = Shelf::default();
        shelf.put(&record(now, true).record.unwrap(), None);
        for act in acts {
            let at = Moment { now: second(now), jitter: 0.5, rules };
            let event = match act {
                Act::Wait(seconds) => { now = (now + seconds).max(1); continue }
                Act::Restart => { state = State::Restoring; open = vec![Effect::ReadStore]; continue }
                Act::Begin => { attempts += 1; Event::Begin { id: AttemptId(attempts), asked: Asked::by(How::Loopback) } }
                Act::Cancel => Event::Cancel,
                Act::Switch => { attempts += 1; Event::Switch { id: AttemptId(attempts), how: How::DeepLink } }
                Act::TakeAnother => Event::TakeAnother,
                Act::Tick => Event::Tick,
                Act::Renew => Event::RenewNow,
                Act::Retry => Event::Retry,
                Act::SignOut => Event::SignOut,
                Act::Look(what) => { shelf.elsewhere(what, now); Event::Look }
                Act::Answer(index, reply) => {
                    if index >= open.len() { continue }
                    let Some(event) = answer(&open[index], &reply, now, &mut shelf) else { continue };
                    // A write or a renewal is answered once; a read may be answered late and twice.
                    if !matches!(event, Event::Read(_) | Event::ReadFailed(_) | Event::Looked(_) | Event::Probed { .. }) { open.remove(index); }
                    event
                }
            };
            let was_in = state.live().map(|live| live.generation);
            let stale = match &event {
                Event::RenewalFailed { generation, .. } | Event::Probed { generation, .. } => was_in != Some(*generation),
                Event::Renewed { generation, .. } => was_in.is_some() && was_in != Some(*generation),
                Event::Failed { id, .. } | Event::Redeemed { id, .. } =>
                    state.ongoing().is_none_or(|ongoing| ongoing.id != *id),
                _ => false,
            };
            let may_end = ends_a_session(&event, &state, at);
            let before = state.view(&rules);
            let shown = format!("{event:?}");
            let (next, effects) = state.transition(event, at);
            state = skip_browser(next);

            // Only what is definite ends a session.
            prop_assert!(was_in.is_none() || state.live().is_some() || may_end, "{shown} ended the session");
            // An older answer changes nothing.
            if stale { prop_assert_eq!(&state.view(&rules), &before, "{} changed something", shown); }
            // The stored record is removed only when no session lives.
            let clears = effects.iter().any(|effect| matches!(effect, Effect::Clear { .. } | Effect::Leave(_)));
            prop_assert!(!clears || state.live().is_none(), "{shown} cleared a live session");
            // Who is shown as stored is stored; everybody else is labelled.
            if let (View::SignedIn { kept: Kept::Stored, .. }, Some(live)) = (state.view(&rules), state.live()) {
                prop_assert!(live.stored.is_some(), "{shown}: shown as stored, and is not");
            }
            // Whoever was not expected is not signed in without a word of the person, and what they brought is given back.
            let choosing = matches!(before, View::SigningIn { phase: Phase::Choosing, .. });
            let chosen = choosing && !matches!(state.view(&rules), View::SigningIn { phase: Phase::Choosing, .. });
            if chosen && shown != "TakeAnother" {
                prop_assert!(effects.iter().any(|effect| matches!(effect, Effect::Revoke { .. })), "{shown} lost a grant");
            }
            // Nothing is waited for in the past for ever: a tick settles one thing that is due, and an attempt, its device, the session and
            // its writing may be due at once.
            let due = |state: &State| state.wakes_at(&rules).filter(|due| *due <= at.now);
            for _ in 0..4 {
                if due(&state).is_none() { break }
                let (next, more) = state.transition(Event::Tick, at);
                state = next;
                open.extend(more);
            }
            prop_assert!(due(&state).is_none(), "{:?} is never settled", due(&state));
            open.extend(effects);
            if open.len() > 6 { open.drain(..open.len() - 6); }
        }
    }
}
