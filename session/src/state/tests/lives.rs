//! The promises of the transition, held against random lives: attempts, answers in any order, faults, clock jumps.

use proptest::prelude::*;

use super::*;

/// What may happen in a random life.
#[derive(Clone, Debug)]
enum Act {
    Begin,
    Cancel,
    Tick,
    Renew,
    Retry,
    SignOut,
    Wait(i64),
    /// Answers the n-th open question, well or badly. Answers are kept and may come twice or late.
    Answer(usize, Reply),
}

#[derive(Clone, Debug)]
enum Reply {
    Well,
    Badly(Code),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let code = (0..Code::ALL.len()).prop_map(|index| Code::ALL[index]);
    let reply = prop_oneof![3 => Just(Reply::Well), 2 => code.prop_map(Reply::Badly)];
    let act = prop_oneof![
        2 => Just(Act::Begin),
        1 => Just(Act::Cancel),
        3 => Just(Act::Tick),
        2 => Just(Act::Renew),
        1 => Just(Act::Retry),
        1 => Just(Act::SignOut),
        3 => (-4000_i64..8000).prop_map(Act::Wait),
        8 => (0_usize..6, reply).prop_map(|(index, reply)| Act::Answer(index, reply)),
    ];
    proptest::collection::vec(act, 1..60)
}

/// The answer to an effect, as the actor would bring it. `None`: nothing answers it.
fn answer(effect: &Effect, reply: &Reply, now: i64) -> Option<Event> {
    let error = |stage| match reply {
        Reply::Badly(code) => Some(Error::new(stage, *code)),
        Reply::Well => None,
    };
    Some(match effect {
        Effect::ReadStore => match error(Stage::Store) {
            Some(error) => Event::ReadFailed(error.into()),
            None => Event::Read(record(now, true)),
        },
        Effect::Prepare { id, .. } => match error(Stage::Discovery) {
            Some(error) => Event::Failed { id: *id, error },
            // The random lives leave the browser out: the grant stands for the way through it.
            None => Event::Redeemed {
                id: *id,
                grant: Box::new(Grant {
                    tokens: tokens(now, true),
                    identity: identity("ada"),
                }),
            },
        },
        Effect::Renew { generation, .. } => match error(Stage::Refresh) {
            Some(error) => Event::RenewalFailed {
                generation: *generation,
                error,
            },
            None => Event::Renewed {
                generation: *generation,
                renewal: Box::new(Renewal {
                    tokens: tokens(now, true),
                    identity: None,
                    refused: None,
                }),
            },
        },
        Effect::Probe { generation, .. } => Event::Probed {
            generation: *generation,
            answer: error(Stage::Userinfo).map_or(Ok(Probe::Unusable), Err),
        },
        Effect::Save { generation, .. } => match error(Stage::Store) {
            Some(error) => Event::SaveFailed {
                generation: *generation,
                problem: error.into(),
            },
            None => Event::Saved(*generation),
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
    match event {
        Event::SignOut => true,
        Event::RenewalFailed { generation, error } => {
            *generation == live.generation && error.code() == Code::InvalidGrant
        }
        Event::Tick => {
            let expired = live.is_expired(at.now) && live.tokens.refresh_token.is_none();
            expired || live.ceiling(&at.rules).is_some_and(|end| end <= at.now)
        }
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
        let mut open: Vec<Effect> = Vec::new();
        let mut state = State::Restoring;
        open.push(Effect::ReadStore);
        for act in acts {
            let at = Moment { now: second(now), jitter: 0.5, rules };
            let event = match act {
                Act::Wait(seconds) => { now = (now + seconds).max(1); continue }
                Act::Begin => { attempts += 1; Event::Begin { id: AttemptId(attempts), how: How::Loopback } }
                Act::Cancel => Event::Cancel,
                Act::Tick => Event::Tick,
                Act::Renew => Event::RenewNow,
                Act::Retry => Event::Retry,
                Act::SignOut => Event::SignOut,
                Act::Answer(index, reply) => {
                    let Some(event) = open.get(index).and_then(|effect| answer(effect, &reply, now)) else { continue };
                    event
                }
            };
            let was_in = state.live().map(|live| live.generation);
            let stale = match &event {
                Event::Renewed { generation, .. } | Event::RenewalFailed { generation, .. }
                | Event::Probed { generation, .. } => was_in != Some(*generation),
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
            let clears = effects.iter().any(|effect| matches!(effect, Effect::Clear | Effect::Leave(_)));
            prop_assert!(!clears || state.live().is_none(), "{shown} cleared a live session");
            // Nothing is waited for in the past for ever: a tick settles what is due.
            if let Some(due) = state.wakes_at(&rules).filter(|due| *due <= at.now) {
                let (next, more) = state.transition(Event::Tick, at);
                state = next;
                prop_assert!(state.wakes_at(&rules).is_none_or(|next| next > at.now), "{due} is never settled");
                open.extend(more);
            }
            open.extend(effects);
            if open.len() > 6 { open.drain(..open.len() - 6); }
        }
    }
}
