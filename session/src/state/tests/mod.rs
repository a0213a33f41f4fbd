//! The transition, event by event. The random lives that hold its promises are in `lives`.

mod attempts;
mod blocked;
mod elsewhere;
mod lives;
mod renewing;
mod standing;

use std::time::Duration;

use jiff::Timestamp;

use super::*;
use crate::error::{Code, Error, Stage};
use crate::exchange::{Grant, Probe};
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
        consent: crate::account::Consent::Unneeded,
    };
    Stored {
        generation: 1,
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
    assert!(matches!(effects.as_slice(), [Effect::Clear { .. }]));
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
fn a_store_that_opens_later_is_noticed_without_anybody_asking() {
    for code in [Code::StoreLocked, Code::StoreMissing, Code::StoreBroken] {
        let problem = Problem::new(Stage::Store, code);
        let (state, _) = State::Restoring.transition(Event::ReadFailed(problem.clone()), moment(1000));
        let due = state.wakes_at(&SessionConfig::default()).unwrap();
        let (state, effects) = state.transition(
            Event::Tick,
            Moment {
                now: due,
                ..moment(0)
            },
        );
        assert!(matches!(effects.as_slice(), [Effect::Look]));
        let (state, effects) = state.transition(Event::Looked(Err(problem)), moment(1010));
        assert!(effects.is_empty() && state.wakes_at(&SessionConfig::default()).is_some());
        let (state, _) = state.transition(Event::Looked(Ok(Box::new(record(1000, true)))), moment(1011));
        assert!(state.live().is_some(), "{code:?}");
    }
}

#[test]
fn why_a_session_ended_survives_a_restart() {
    for reason in [Why::ByUser, Why::EndedByProvider, Why::Expired, Why::Ceiling] {
        let stored = Stored {
            generation: 4,
            cleared: Some(reason),
            ..Stored::default()
        };
        let (state, _) = State::Restoring.transition(Event::Read(stored), moment(1000));
        assert_eq!(why(&state), Some(reason));
    }
}

#[test]
fn a_kept_attempt_that_no_longer_fits_is_deleted() {
    let stored = Stored {
        misfit: true,
        ..Stored::default()
    };
    let (_, effects) = State::Restoring.transition(Event::Read(stored), moment(1000));
    assert!(matches!(effects.as_slice(), [Effect::PurgePending]));
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
fn the_providers_own_ceiling_ends_a_session_also_offline() {
    let mut stored = record(1000, true);
    let identity = &mut stored.record.as_mut().unwrap().identity;
    identity.claims.insert("session_expiry".into(), 1200.into());
    let (state, _) = State::Restoring.transition(Event::Read(stored), moment(1000));
    assert!(
        state
            .wakes_at(&SessionConfig::default())
            .is_some_and(|at| at <= second(1200))
    );
    assert!(state.transition(Event::Tick, moment(1200)).0.live().is_none());
}

#[test]
fn a_record_that_could_not_be_removed_is_tried_again_until_it_is_gone() {
    let (state, _) = signed_in(false).transition(Event::Tick, moment(1300));
    let problem = Problem::new(Stage::Store, Code::StoreLocked);
    let (state, _) = state.transition(Event::Cleared(Err(problem)), moment(1301));
    // Meanwhile nothing is restored, not even when the store can be read and holds a later generation.
    let stored = Stored {
        generation: 2,
        ..record(1000, true)
    };
    let (state, _) = state.transition(Event::Looked(Ok(Box::new(stored))), moment(1302));
    assert_eq!(why(&state), Some(Why::Expired));
    let due = state.wakes_at(&SessionConfig::default()).unwrap();
    let (state, effects) = state.transition(
        Event::Tick,
        Moment {
            now: due,
            ..moment(0)
        },
    );
    assert!(matches!(effects.as_slice(), [Effect::Clear { quiet: true, .. }]));
    let (state, _) = state.transition(Event::Cleared(Ok(2)), moment(1340));
    assert_eq!(state.wakes_at(&SessionConfig::default()), None);
}

#[test]
fn an_attempt_ends_at_its_deadline_and_the_session_under_it_stays() {
    let id = AttemptId(1);
    let (state, _) = signed_in(true).transition(
        Event::Begin {
            id,
            asked: Asked::by(How::DeepLink),
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
            asked: Asked::by(How::Loopback),
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
    assert!(matches!(effects.as_slice(), [Effect::Revoke { .. }]));
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
