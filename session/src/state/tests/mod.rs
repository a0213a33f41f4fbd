//! The transition, event by event. The random lives that hold its promises are in `lives`.

mod lives;

use std::time::Duration;

use jiff::Timestamp;

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
