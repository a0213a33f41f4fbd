//! The promises of the transition, held against random lives: attempts, answers in any order, faults, clock jumps.

use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::error::{Code, Error, Stage};
use crate::exchange::{Grant, Probe, Renewal};
use crate::profile::Identity;
use crate::record::Record;
use crate::secret::{AccessToken, RefreshToken};
use crate::tokens::TokenSet;
use crate::view::{Freshness, How, Kept};

fn second(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn moment(now: i64) -> Moment {
    Moment {
        now: second(now),
        jitter: 0.5,
        rules: SessionConfig::default(),
    }
}

fn identity(sub: &str) -> Identity {
    Identity {
        issuer: "https://id.example".into(),
        sub: sub.into(),
        claims: serde_json::Map::new(),
        auth_time: None,
        nonce: None,
    }
}

fn tokens(now: i64, renewable: bool) -> TokenSet {
    TokenSet {
        access_token: AccessToken::new("at"),
        expires_at: Some(second(now + 300)),
        obtained_at: second(now),
        refresh_token: renewable.then(|| RefreshToken::new("rt")),
        id_token: None,
        scope: None,
    }
}

fn record(now: i64, renewable: bool) -> Stored {
    let record = Record {
        tokens: tokens(now, renewable),
        identity: identity("ada"),
        since: second(now),
        how: How::DeepLink,
    };
    Stored {
        record: Some(Box::new(record)),
        ..Stored::default()
    }
}

fn refused(code: Code) -> Error {
    Error::new(Stage::Refresh, code)
}

/// Signed in at 1000 with tokens until 1300.
fn signed_in(renewable: bool) -> State {
    State::Restoring
        .transition(Event::Read(record(1000, renewable)), moment(1000))
        .0
}

fn why(state: &State) -> Option<Why> {
    match state {
        State::SignedOut(out) => Some(out.why),
        _ => None,
    }
}

fn generation(state: &State) -> Generation {
    state.live().unwrap().generation
}

#[test]
fn a_launch_with_nothing_stored_is_signed_out_never() {
    let (state, effects) = State::Restoring.transition(Event::Read(Stored::default()), moment(1000));
    assert_eq!(why(&state), Some(Why::Never));
    assert!(effects.is_empty());
}

#[test]
fn a_launch_with_a_fresh_record_is_straight_in_and_asks_userinfo() {
    let (state, effects) = State::Restoring.transition(Event::Read(record(1000, true)), moment(1100));
    assert!(matches!(
        state.view(&SessionConfig::default()),
        View::SignedIn {
            freshness: Freshness::Fresh,
            ..
        }
    ));
    assert!(matches!(effects.as_slice(), [Effect::Probe { .. }]));
}

#[test]
fn a_launch_with_an_expired_record_is_straight_in_and_renews() {
    let (state, effects) = State::Restoring.transition(Event::Read(record(1000, true)), moment(9000));
    assert!(matches!(
        state.view(&SessionConfig::default()),
        View::SignedIn {
            freshness: Freshness::Refreshing,
            ..
        }
    ));
    assert!(matches!(effects.as_slice(), [Effect::Renew { .. }]));
}

#[test]
fn a_launch_with_an_expired_record_that_cannot_be_renewed_is_expired() {
    let (state, effects) = State::Restoring.transition(Event::Read(record(1000, false)), moment(9000));
    assert_eq!(why(&state), Some(Why::Expired));
    assert!(matches!(effects.as_slice(), [Effect::Clear]));
}

#[test]
fn a_record_that_cannot_be_read_is_reported_and_not_deleted() {
    let problem = Problem::new(Stage::Store, Code::RecordUnreadable);
    let stored = Stored {
        unreadable: Some(problem.clone()),
        ..Stored::default()
    };
    let (state, effects) = State::Restoring.transition(Event::Read(stored), moment(1000));
    let State::SignedOut(out) = state else {
        panic!("{state:?}")
    };
    assert_eq!((out.why, out.last_attempt), (Why::StoreLost, Some(problem)));
    assert!(effects.is_empty());
}

#[test]
fn a_locked_store_blocks_and_a_retry_asks_it_again() {
    let problem = Problem::new(Stage::Store, Code::StoreLocked);
    let (state, _) = State::Restoring.transition(Event::ReadFailed(problem), moment(1000));
    assert!(matches!(state, State::Blocked(_)));
    let (state, effects) = state.transition(Event::Retry, moment(1001));
    assert!(matches!(state, State::Restoring));
    assert!(matches!(effects.as_slice(), [Effect::ReadStore]));
}

#[test]
fn an_answer_of_the_store_that_comes_late_still_counts() {
    let problem = Problem::new(Stage::Store, Code::StoreSilent);
    let (state, _) = State::Restoring.transition(Event::ReadFailed(problem), moment(1000));
    let (state, _) = state.transition(Event::Read(record(1000, true)), moment(1060));
    assert!(state.live().is_some());
}

#[test]
fn only_invalid_grant_of_a_renewal_ends_a_session() {
    for &code in Code::ALL {
        let (state, _) = signed_in(true).transition(Event::RenewNow, moment(1010));
        let generation = generation(&state);
        let (state, effects) = state.transition(
            Event::RenewalFailed {
                generation,
                error: refused(code),
            },
            moment(1011),
        );
        if code == Code::InvalidGrant {
            assert_eq!(why(&state), Some(Why::EndedByProvider));
            assert!(matches!(
                effects.as_slice(),
                [Effect::Clear, Effect::RenewalEnded(Err(_))]
            ));
        } else {
            assert!(state.live().is_some(), "{code:?} ended the session");
            assert!(!effects.iter().any(|effect| matches!(effect, Effect::Clear)));
        }
    }
}

#[test]
fn renewed_tokens_are_written_before_anybody_gets_them() {
    let (state, _) = signed_in(true).transition(Event::RenewNow, moment(1010));
    let before = generation(&state);
    let renewal = Box::new(Renewal {
        tokens: tokens(1010, true),
        identity: None,
        refused: None,
    });
    let (state, effects) = state.transition(
        Event::Renewed {
            generation: before,
            renewal,
        },
        moment(1011),
    );
    assert_eq!(
        generation(&state),
        before,
        "the new tokens are out before they are written"
    );
    let [
        Effect::Save {
            generation: after, ..
        },
    ] = effects.as_slice()
    else {
        panic!("{effects:?}")
    };
    let after = *after;
    let (state, effects) = state.transition(Event::Saved(after), moment(1012));
    assert_eq!(generation(&state), after);
    assert!(matches!(effects.as_slice(), [Effect::RenewalEnded(Ok(()))]));
}

#[test]
fn a_write_that_fails_keeps_the_session_and_says_so() {
    let (state, _) = signed_in(true).transition(Event::RenewNow, moment(1010));
    let renewal = Box::new(Renewal {
        tokens: tokens(1010, true),
        identity: None,
        refused: None,
    });
    let generation = generation(&state);
    let (state, _) = state.transition(Event::Renewed { generation, renewal }, moment(1011));
    let failed = Event::SaveFailed {
        generation: generation.next(),
        problem: Problem::new(Stage::Store, Code::StoreLocked),
    };
    let (state, _) = state.transition(failed, moment(1012));
    let live = state.live().unwrap();
    assert!(matches!(live.kept, Kept::Unsaved { .. }));
    assert_eq!(live.generation, generation.next());
    let (state, effects) = state.transition(Event::Tick, moment(1100));
    assert!(
        matches!(effects.as_slice(), [Effect::Save { .. }]),
        "it is written again"
    );
    let (state, _) = state.transition(Event::Saved(generation.next()), moment(1101));
    assert_eq!(state.live().unwrap().kept, Kept::Stored);
}

#[test]
fn a_renewal_without_a_refresh_token_keeps_the_old_one() {
    let (state, _) = signed_in(true).transition(Event::RenewNow, moment(1010));
    let generation = generation(&state);
    let renewal = Box::new(Renewal {
        tokens: tokens(1010, false),
        identity: None,
        refused: None,
    });
    let (state, _) = state.transition(Event::Renewed { generation, renewal }, moment(1011));
    let (state, _) = state.transition(Event::Saved(generation.next()), moment(1012));
    assert!(state.live().unwrap().tokens.refresh_token.is_some());
}

#[test]
fn the_ceiling_ends_a_session_also_while_it_is_fresh() {
    let rules = SessionConfig {
        max_session: Some(Duration::from_secs(100)),
        ..SessionConfig::default()
    };
    let (state, _) = signed_in(true).transition(
        Event::Tick,
        Moment {
            rules,
            ..moment(1100)
        },
    );
    assert_eq!(why(&state), Some(Why::Ceiling));
}

#[test]
fn an_attempt_ends_at_its_deadline_and_the_session_under_it_stays() {
    let id = AttemptId(1);
    let (state, _) = signed_in(true).transition(
        Event::Begin {
            id,
            how: How::DeepLink,
        },
        moment(1000),
    );
    assert!(matches!(
        state.view(&SessionConfig::default()),
        View::SigningIn { .. }
    ));
    let (state, effects) = state.transition(Event::Tick, moment(1300));
    assert!(matches!(state, State::SignedIn(_)));
    let [
        Effect::EndAttempt {
            result: Err(error), ..
        },
    ] = effects.as_slice()
    else {
        panic!("{effects:?}")
    };
    assert_eq!(error.code(), Code::TimedOut);
}

#[test]
fn a_grant_nobody_waits_for_any_more_is_given_back() {
    let id = AttemptId(1);
    let out = State::SignedOut(Out::because(Why::Never));
    let (state, _) = out.transition(
        Event::Begin {
            id,
            how: How::Loopback,
        },
        moment(1000),
    );
    let (state, _) = state.transition(Event::Cancel, moment(1001));
    let grant = Box::new(Grant {
        tokens: tokens(1000, true),
        identity: identity("ada"),
    });
    let (state, effects) = state.transition(Event::Redeemed { id, grant }, moment(1002));
    assert!(matches!(state, State::SignedOut(_)));
    assert!(matches!(effects.as_slice(), [Effect::Revoke(_)]));
}

#[test]
fn a_rejected_access_token_is_renewed_and_ends_nothing() {
    let state = signed_in(true);
    let event = Event::Probed {
        generation: generation(&state),
        answer: Ok(Probe::Rejected),
    };
    let (state, effects) = state.transition(event, moment(1001));
    assert!(state.live().is_some());
    assert!(matches!(effects.as_slice(), [Effect::Renew { .. }]));
}

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
