//! What another process does to the stored session, and what the store turns out to hold later.

use super::*;

pub(super) fn at_generation(generation: u64, stored: Stored) -> Event {
    Event::Looked(Ok(Box::new(Stored { generation, ..stored })))
}

fn tombstone(generation: u64, why: Why) -> Event {
    at_generation(
        generation,
        Stored {
            cleared: Some(why),
            ..Stored::default()
        },
    )
}

fn somebody(sub: &str, now: i64) -> Stored {
    let mut stored = record(now, true);
    stored.record.as_mut().unwrap().identity = identity(sub);
    stored
}

#[test]
fn a_renewal_elsewhere_is_taken_over() {
    let state = signed_in(true);
    let before = generation(&state);
    let (state, effects) = state.transition(at_generation(2, record(1200, true)), moment(1200));
    let live = state.live().unwrap();
    assert_eq!(live.tokens.obtained_at, second(1200));
    assert_eq!(live.stored, Some(2));
    assert!(live.generation != before && effects.is_empty());
}

#[test]
fn a_sign_out_elsewhere_is_noticed_and_nothing_is_cleared_for_it() {
    let (state, effects) = signed_in(true).transition(tombstone(2, Why::ByUser), moment(1200));
    assert_eq!(why(&state), Some(Why::Elsewhere));
    assert!(matches!(effects.as_slice(), [Effect::ForgetPicture]));
}

#[test]
fn an_end_by_the_provider_that_another_process_met_says_so_here_too() {
    let (state, _) = signed_in(true).transition(tombstone(2, Why::EndedByProvider), moment(1200));
    assert_eq!(why(&state), Some(Why::EndedByProvider));
}

#[test]
fn a_sign_in_elsewhere_signs_in_here() {
    let (state, _) = signed_in(true).transition(tombstone(2, Why::ByUser), moment(1200));
    let (state, _) = state.transition(at_generation(3, somebody("benoit", 1300)), moment(1300));
    assert_eq!(state.live().unwrap().identity.sub, "benoit");
}

#[test]
fn a_sign_in_elsewhere_ends_an_attempt_that_waits_here() {
    let out = State::SignedOut(Out::because(Why::Never));
    let (id, how) = (AttemptId(1), How::DeepLink);
    let attempt = super::attempts::attempt(how);
    let ours = attempt.state.clone();
    let (state, _) = out.transition(
        Event::Begin {
            id,
            asked: Asked::by(how),
        },
        moment(1000),
    );
    let (state, _) = state.transition(
        Event::Prepared {
            id,
            attempt,
            device_offered: false,
        },
        moment(1001),
    );
    let (state, effects) = state.transition(at_generation(1, record(1010, true)), moment(1010));
    assert!(matches!(state, State::SignedIn(_)));
    assert!(effects.iter().any(|effect| matches!(
        effect,
        Effect::EndAttempt {
            result: Ok(()),
            forget: Some(state),
            ..
        } if *state == ours
    )));
}

#[test]
fn what_is_known_already_changes_nothing() {
    let (state, effects) = signed_in(true).transition(at_generation(1, record(1050, true)), moment(1100));
    assert_eq!(
        (generation(&state), effects.len()),
        (generation(&signed_in(true)), 0)
    );
    assert_eq!(state.live().unwrap().tokens.obtained_at, second(1000));
    // A record as old as the tombstone does not bring a session back.
    let (state, _) = signed_in(true).transition(tombstone(2, Why::ByUser), moment(1200));
    let (state, _) = state.transition(at_generation(2, record(1000, true)), moment(1201));
    assert_eq!(why(&state), Some(Why::Elsewhere));
}

#[test]
fn an_emptied_store_is_no_sign_out_and_the_record_is_written_again() {
    let (state, effects) = signed_in(true).transition(at_generation(0, Stored::default()), moment(1100));
    assert!(state.live().is_some());
    assert!(matches!(effects.as_slice(), [Effect::Save { .. }]));
}

#[test]
fn a_renewal_under_way_is_not_disturbed() {
    let (state, _) = signed_in(true).transition(Event::RenewNow, moment(1010));
    let before = generation(&state);
    let (state, effects) = state.transition(tombstone(2, Why::ByUser), moment(1011));
    assert_eq!((generation(&state), effects.len()), (before, 0));
}

#[test]
fn a_renewal_that_was_overtaken_ends_well_for_who_waits() {
    let (state, _) = signed_in(true).transition(Event::RenewNow, moment(1010));
    let event = Event::Overtaken {
        generation: generation(&state),
        stored: Box::new(Stored {
            generation: 2,
            ..record(1010, true)
        }),
    };
    let (state, effects) = state.transition(event, moment(1011));
    assert_eq!(state.live().unwrap().stored, Some(2));
    assert!(matches!(effects.as_slice(), [Effect::RenewalEnded(Ok(()))]));
}

/// Renewed at 1010, and the store did not take it.
pub(super) fn unsaved() -> State {
    let (state, _) = signed_in(true).transition(Event::RenewNow, moment(1010));
    let event = Event::Renewed {
        generation: generation(&state),
        record: record(1010, true).record.unwrap(),
        refused: None,
        wrote: Wrote::Failed(Problem::new(Stage::Store, Code::StoreLocked)),
    };
    state.transition(event, moment(1011)).0
}

#[test]
fn a_loser_that_ended_the_stored_session_does_not_end_the_unsaved_one() {
    let (state, effects) = unsaved().transition(tombstone(2, Why::EndedByProvider), moment(1020));
    assert!(state.live().is_some());
    assert!(matches!(
        effects.as_slice(),
        [Effect::Save {
            expected: Some(2),
            ..
        }]
    ));
}

#[test]
fn the_person_ends_an_unsaved_session_from_elsewhere_too() {
    let (state, _) = unsaved().transition(tombstone(2, Why::ByUser), moment(1020));
    assert_eq!(why(&state), Some(Why::Elsewhere));
}

/// Signed in at 1000 for this run only.
pub(super) fn this_run() -> State {
    let problem = Problem::new(Stage::Store, Code::StoreLocked);
    let (state, _) = State::Restoring.transition(Event::ReadFailed(problem), moment(990));
    let (state, _) = state.transition(Event::UseThisRun, moment(991));
    let id = AttemptId(1);
    let how = How::Loopback;
    let (state, _) = state.transition(
        Event::Begin {
            id,
            asked: Asked::by(how),
        },
        moment(992),
    );
    let State::SigningIn(ongoing, before) = state else {
        panic!("{state:?}")
    };
    let ongoing = Ongoing {
        progress: Progress::Redeeming,
        ..ongoing
    };
    let grant = Box::new(Grant {
        tokens: tokens(1000, true),
        identity: identity("ada"),
    });
    State::SigningIn(ongoing, before)
        .transition(Event::Redeemed { id, grant }, moment(1000))
        .0
}

fn looks(state: State) -> State {
    let (state, effects) = state.transition(Event::Tick, moment(1031));
    assert!(matches!(effects.as_slice(), [Effect::Look]), "{effects:?}");
    state
}

#[test]
fn a_session_for_this_run_is_kept_when_the_store_comes() {
    for found in [
        at_generation(0, Stored::default()),
        tombstone(4, Why::ByUser),
        at_generation(4, record(900, true)),
    ] {
        let state = looks(this_run());
        let generation = generation(&state);
        let (state, effects) = state.transition(found, moment(1032));
        assert!(matches!(
            effects.as_slice(),
            [Effect::Save {
                expected: Some(_),
                ..
            }]
        ));
        assert_eq!(state.live().unwrap().kept, Kept::ThisRun);
        let (state, _) = state.transition(
            Event::Saved {
                generation,
                stored: 5,
            },
            moment(1033),
        );
        assert_eq!(state.live().unwrap().kept, Kept::Stored);
    }
}

#[test]
fn a_session_for_this_run_takes_nobody_elses_place() {
    let (state, effects) =
        looks(this_run()).transition(at_generation(4, somebody("benoit", 900)), moment(1032));
    assert_eq!((effects.len(), &state.live().unwrap().kept), (0, &Kept::ThisRun));
}

#[test]
fn the_end_of_a_session_for_this_run_clears_nothing() {
    let (state, _) = this_run().transition(Event::RenewNow, moment(1010));
    let generation = generation(&state);
    let event = Event::RenewalFailed {
        generation,
        error: refused(Code::InvalidGrant),
        spent_at: None,
    };
    let (state, effects) = state.transition(event, moment(1011));
    assert_eq!(why(&state), Some(Why::EndedByProvider));
    assert!(
        !effects
            .iter()
            .any(|effect| matches!(effect, Effect::Clear { .. }))
    );
    let (_, effects) = this_run().transition(Event::SignOut, moment(1010));
    let [Effect::Leave(leaving)] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert!(!leaving.kept);
}
