//! An attempt, step by step: answers that come late, or belong to another one, change nothing.

use super::*;
use crate::attempt::Attempt;
use crate::callback::{Parsed, ValidatedCallback, parse};
use crate::testing::{metadata, provider_config};
use crate::view::{Phase, Receipt, Step};

const ID: AttemptId = AttemptId(1);
const ANOTHER: AttemptId = AttemptId(2);

/// An attempt as it is prepared for the browser.
pub(super) fn attempt(how: How) -> Box<Attempt> {
    let config = provider_config("https://id.example");
    let redirect_uri = "dev.latchkey.desktop:/callback".to_owned();
    let rules = SessionConfig::default();
    let document = metadata(&config);
    Box::new(
        Attempt::begin(
            &config,
            &rules,
            &document,
            how,
            redirect_uri,
            &crate::account::Wish::default(),
            second(1000),
        )
        .unwrap(),
    )
}

fn out() -> State {
    State::SignedOut(Out::because(Why::Never))
}

fn preparing(over: State, how: How) -> State {
    over.transition(
        Event::Begin {
            id: ID,
            asked: Asked::by(how),
        },
        moment(1000),
    )
    .0
}

fn waiting(over: State, how: How) -> (State, Box<Attempt>) {
    let attempt = attempt(how);
    let event = Event::Prepared {
        id: ID,
        attempt: attempt.clone(),
        device_offered: false,
    };
    (preparing(over, how).transition(event, moment(1001)).0, attempt)
}

fn callback(attempt: &Attempt) -> ValidatedCallback {
    let (state, issuer) = (attempt.state.secret(), &attempt.issuer);
    let url = format!("{}?code=c&state={state}&iss={issuer}", attempt.redirect_uri);
    let Parsed::Valid(callback) = parse(&url, attempt) else {
        panic!("{url}")
    };
    callback
}

pub(super) fn redeeming(over: State) -> State {
    let (state, attempt) = waiting(over, How::DeepLink);
    let callback = callback(&attempt);
    state
        .transition(Event::Called { id: ID, callback }, moment(1002))
        .0
}

fn redeemed(id: AttemptId) -> Event {
    let grant = Box::new(Grant {
        tokens: tokens(1003, true),
        identity: identity("ada"),
    });
    Event::Redeemed { id, grant }
}

pub(super) fn saving(over: State) -> State {
    redeeming(over).transition(redeemed(ID), moment(1003)).0
}

fn phase(state: &State) -> Option<Phase> {
    match state.view(&SessionConfig::default()) {
        View::SigningIn { phase, .. } => Some(phase),
        _ => None,
    }
}

#[test]
fn a_request_that_is_ready_goes_to_the_attempt_it_was_made_for_and_once() {
    let prepared = |id| Event::Prepared {
        id,
        attempt: attempt(How::DeepLink),
        device_offered: false,
    };
    let state = preparing(out(), How::DeepLink);
    let (state, effects) = state.transition(prepared(ANOTHER), moment(1001));
    assert_eq!((phase(&state), effects.len()), (Some(Phase::Preparing), 0));
    let (state, effects) = state.transition(prepared(ID), moment(1001));
    assert_eq!(phase(&state), Some(Phase::Waiting));
    assert!(matches!(effects.as_slice(), [Effect::Present { .. }]));
    let (_, effects) = state.transition(prepared(ID), moment(1002));
    assert!(effects.is_empty(), "{effects:?}");
}

#[test]
fn an_answer_of_the_browser_goes_to_the_attempt_it_was_judged_by() {
    let (state, attempt) = waiting(out(), How::DeepLink);
    let called = |id| Event::Called {
        id,
        callback: callback(&attempt),
    };
    let (state, effects) = state.transition(called(ANOTHER), moment(1002));
    assert_eq!((phase(&state), effects.len()), (Some(Phase::Waiting), 0));
    let (state, effects) = state.transition(called(ID), moment(1002));
    assert!(matches!(effects.as_slice(), [Effect::Redeem { .. }]));
    let (state, effects) = state.transition(called(ID), moment(1003));
    assert_eq!((phase(&state), effects.len()), (Some(Phase::Finishing), 0));
}

#[test]
fn what_was_kept_is_known_of_the_attempt_that_was_presented() {
    for (id, is_kept) in [(ID, true), (ANOTHER, false)] {
        let (state, attempt) = waiting(out(), How::DeepLink);
        let presented = Event::Presented {
            id,
            kept: true,
            state: attempt.state.clone(),
        };
        let (state, effects) = state.transition(presented, moment(1002));
        // What was kept too late is forgotten.
        let forgotten = matches!(effects.as_slice(), [Effect::ForgetKept(_)]);
        assert_eq!((forgotten, effects.len()), (!is_kept, usize::from(!is_kept)));
        let callback = callback(&attempt);
        let (_, effects) = state.transition(Event::Called { id: ID, callback }, moment(1003));
        let [Effect::Redeem { kept, .. }] = effects.as_slice() else {
            panic!("{effects:?}")
        };
        assert_eq!(*kept, is_kept);
    }
}

#[test]
fn a_grant_goes_to_the_attempt_that_redeems_and_is_given_back_otherwise() {
    for (state, id) in [(redeeming(out()), ANOTHER), (preparing(out(), How::DeepLink), ID)] {
        let before = phase(&state);
        let (state, effects) = state.transition(redeemed(id), moment(1003));
        assert_eq!(phase(&state), before);
        assert!(
            matches!(effects.as_slice(), [Effect::Revoke { .. }]),
            "{effects:?}"
        );
    }
    let (state, effects) = redeeming(out()).transition(redeemed(ID), moment(1003));
    assert_eq!(phase(&state), Some(Phase::Finishing));
    assert!(matches!(effects.as_slice(), [Effect::Save { .. }]));
}

#[test]
fn a_record_that_was_written_ends_the_attempt_it_is_of() {
    let before = generation(&signed_in(true));
    let state = saving(signed_in(true));
    for event in [
        Event::Saved {
            generation: before,
            stored: 2,
        },
        Event::SaveFailed {
            generation: before,
            problem: Problem::new(Stage::Store, Code::StoreLocked),
        },
    ] {
        let (state, effects) = saving(signed_in(true)).transition(event, moment(1004));
        assert_eq!((phase(&state), effects.len()), (Some(Phase::Finishing), 0));
    }
    let event = Event::Saved {
        generation: Generation::first_of(ID),
        stored: 2,
    };
    let (state, effects) = state.transition(event, moment(1004));
    assert!(matches!(state, State::SignedIn(_)));
    assert!(matches!(effects.as_slice(), [Effect::EndAttempt { .. }]));
}

#[test]
fn who_cancels_while_the_record_is_written_comes_too_late() {
    let late = Error::new(Stage::Browser, Code::TimedOut);
    for event in [Event::Cancel, Event::Failed { id: ID, error: late }] {
        let (state, effects) = saving(out()).transition(event, moment(1004));
        assert_eq!((phase(&state), effects.len()), (Some(Phase::Finishing), 0));
    }
    // Before that it is in time.
    let (state, _) = redeeming(out()).transition(Event::Cancel, moment(1004));
    assert!(matches!(state, State::SignedOut(_)));
}

#[test]
fn only_an_attempt_by_deep_link_is_forgotten_in_the_store() {
    for (how, is_there) in [(How::DeepLink, true), (How::Loopback, false)] {
        let (state, _) = waiting(out(), how);
        let (_, effects) = state.transition(Event::Cancel, moment(1002));
        let [Effect::EndAttempt { forget, .. }] = effects.as_slice() else {
            panic!("{effects:?}")
        };
        assert_eq!(forget.is_some(), is_there, "{how:?}");
    }
}

#[test]
fn an_attempt_that_ends_leaves_nothing_of_the_sign_out_before_it() {
    let before = State::SignedOut(Out {
        receipt: Some(Receipt::all(Step::Done)),
        lost_answer: Some(second(900)),
        ..Out::because(Why::ByUser)
    });
    let (state, _) = preparing(before, How::DeepLink).transition(Event::Cancel, moment(1001));
    let State::SignedOut(out) = state else {
        panic!("{state:?}")
    };
    assert_eq!((out.receipt, out.lost_answer), (None, None));
    assert_eq!(
        out.last_attempt.map(|problem| problem.code),
        Some(Code::Cancelled)
    );
}

#[test]
fn a_sign_out_that_ends_an_attempt_alone_has_nothing_to_give_back() {
    let (state, _) = waiting(out(), How::DeepLink);
    let (state, effects) = state.transition(Event::SignOut, moment(1002));
    let State::SignedOut(out) = state else {
        panic!("{state:?}")
    };
    assert_eq!(out.receipt, Some(Receipt::all(Step::Skipped)));
    assert!(matches!(effects.as_slice(), [Effect::EndAttempt { .. }]));
}

#[test]
fn an_attempt_kept_for_a_cold_start_goes_on_until_its_deadline() {
    let launch = |now| {
        let stored = Stored {
            pending: Some(attempt(How::DeepLink)),
            ..Stored::default()
        };
        State::Restoring.transition(Event::Read(stored), moment(now))
    };
    let (state, effects) = launch(1010);
    assert_eq!((phase(&state), effects.len()), (Some(Phase::Waiting), 0));
    let (state, effects) = launch(1000 + 3600);
    assert!(matches!(state, State::SignedOut(_)));
    assert!(matches!(effects.as_slice(), [Effect::PurgePending]));
}

#[test]
fn a_record_found_while_the_code_is_redeemed_does_not_count() {
    let found = || Event::Looked(Ok(Box::new(record(1002, true))));
    let (state, effects) = redeeming(out()).transition(found(), moment(1003));
    assert_eq!((phase(&state), effects.len()), (Some(Phase::Finishing), 0));
    let (waiting, _) = waiting(out(), How::DeepLink);
    assert!(matches!(
        waiting.transition(found(), moment(1003)).0,
        State::SignedIn(_)
    ));
}
