//! Renewals: what ends a session, what is taken over, what a store that fails means.

use super::*;

fn due(state: &State) -> Moment {
    Moment {
        now: state.wakes_at(&SessionConfig::default()).unwrap(),
        ..moment(0)
    }
}

/// A renewal under way since 1010.
fn renewing() -> (State, Generation) {
    let (state, effects) = signed_in(true).transition(Event::RenewNow, moment(1010));
    assert!(matches!(
        effects.as_slice(),
        [Effect::Renew {
            base: Base::Stored(1),
            patient: false,
            ..
        }]
    ));
    let generation = generation(&state);
    (state, generation)
}

fn renewed(generation: Generation, wrote: Wrote) -> Event {
    Event::Renewed {
        generation,
        record: Box::new(Record {
            tokens: tokens(1010, true),
            ..*record(1000, true).record.unwrap()
        }),
        refused: None,
        wrote,
    }
}

fn failed(generation: Generation, code: Code, spent_at: Option<i64>) -> Event {
    Event::RenewalFailed {
        generation,
        error: refused(code),
        spent_at: spent_at.map(second),
    }
}

#[test]
fn only_invalid_grant_of_a_renewal_ends_a_session() {
    for &code in Code::ALL {
        let (state, generation) = renewing();
        let (state, effects) = state.transition(failed(generation, code, None), moment(1011));
        if code == Code::InvalidGrant {
            assert_eq!(why(&state), Some(Why::EndedByProvider));
            assert!(matches!(
                effects.as_slice(),
                [
                    Effect::Clear {
                        over: Over {
                            expected: Some(1),
                            why: Why::EndedByProvider,
                            left: None
                        },
                        ..
                    },
                    Effect::RenewalEnded(Err(_))
                ]
            ));
        } else {
            assert!(state.live().is_some(), "{code:?} ended the session");
            assert!(
                !effects
                    .iter()
                    .any(|effect| matches!(effect, Effect::Clear { .. }))
            );
        }
    }
}

#[test]
fn an_end_after_a_lost_answer_says_so() {
    let (state, generation) = renewing();
    let (state, _) = state.transition(failed(generation, Code::ProviderSilent, Some(1010)), moment(1020));
    let (state, _) = state.transition(Event::RenewNow, moment(1025));
    let (state, _) = state.transition(failed(generation, Code::InvalidGrant, None), moment(1026));
    let View::SignedOut { why, lost_answer, .. } = state.view(&SessionConfig::default()) else {
        panic!("{state:?}")
    };
    assert_eq!((why, lost_answer), (Why::EndedByProvider, Some(second(1010))));
}

#[test]
fn an_end_without_a_lost_answer_does_not_say_so() {
    let (state, generation) = renewing();
    // The connection was refused: nothing was sent.
    let (state, _) = state.transition(failed(generation, Code::Offline, None), moment(1020));
    let (state, _) = state.transition(Event::RenewNow, moment(1025));
    let (state, _) = state.transition(failed(generation, Code::InvalidGrant, None), moment(1026));
    assert!(matches!(
        state.view(&SessionConfig::default()),
        View::SignedOut {
            lost_answer: None,
            ..
        }
    ));
}

#[test]
fn a_launch_that_finds_the_journal_of_a_lost_answer_renews_at_once() {
    let stored = Stored {
        renewing_since: Some(second(1005)),
        ..record(1000, true)
    };
    let (state, effects) = State::Restoring.transition(Event::Read(stored), moment(1010));
    assert!(matches!(effects.as_slice(), [Effect::Renew { .. }]));
    let generation = generation(&state);
    let (state, _) = state.transition(failed(generation, Code::InvalidGrant, None), moment(1011));
    assert!(matches!(
        state.view(&SessionConfig::default()),
        View::SignedOut { lost_answer: Some(at), .. } if at == second(1005)
    ));
}

#[test]
fn a_renewed_set_takes_over_when_it_is_written() {
    let (state, generation) = renewing();
    let (state, effects) = state.transition(renewed(generation, Wrote::Done(2)), moment(1011));
    let live = state.live().unwrap();
    assert_eq!((live.stored, &live.kept), (Some(2), &Kept::Stored));
    assert!(live.generation != generation);
    assert!(matches!(effects.as_slice(), [Effect::RenewalEnded(Ok(()))]));
}

#[test]
fn a_write_that_fails_keeps_the_session_and_says_so() {
    let (state, generation) = renewing();
    let problem = Problem::new(Stage::Store, Code::StoreLocked);
    let (state, effects) = state.transition(renewed(generation, Wrote::Failed(problem)), moment(1011));
    assert!(matches!(effects.as_slice(), [Effect::RenewalEnded(Ok(()))]));
    let live = state.live().unwrap();
    assert!(matches!(live.kept, Kept::Unsaved { .. }));
    let generation = live.generation;
    let (state, effects) = state.transition(Event::Tick, moment(1100));
    assert!(
        matches!(
            effects.as_slice(),
            [Effect::Save {
                expected: Some(1),
                quiet: true,
                ..
            }]
        ),
        "it is written again, without a dialog: {effects:?}"
    );
    let (state, _) = state.transition(
        Event::Saved {
            generation,
            stored: 2,
        },
        moment(1101),
    );
    assert_eq!(state.live().unwrap().kept, Kept::Stored);
}

#[test]
fn a_store_that_refuses_puts_off_a_renewal_nobody_waits_for() {
    let state = signed_in(true);
    let at = due(&state);
    let (state, effects) = state.transition(Event::Tick, at);
    assert!(matches!(
        effects.as_slice(),
        [Effect::Renew { patient: true, .. }]
    ));
    let event = Event::PutOff {
        generation: generation(&state),
        error: Error::new(Stage::Store, Code::StoreLocked),
    };
    let (state, _) = state.transition(event, at);
    assert!(matches!(
        state.view(&SessionConfig::default()),
        View::SignedIn {
            freshness: Freshness::Fresh,
            kept: Kept::Stored,
            ..
        }
    ));
    let later = due(&state);
    assert!(later.now > at.now);
    let (_, effects) = state.transition(Event::Tick, later);
    assert!(matches!(effects.as_slice(), [Effect::Renew { .. }]));
}

#[test]
fn an_answer_of_an_older_generation_changes_nothing() {
    let (state, generation) = renewing();
    let (state, _) = state.transition(renewed(generation, Wrote::Done(2)), moment(1011));
    let before = state.view(&SessionConfig::default());
    for event in [
        failed(generation, Code::InvalidGrant, None),
        renewed(generation, Wrote::Done(2)),
        Event::PutOff {
            generation,
            error: refused(Code::StoreLocked),
        },
        Event::Probed {
            generation,
            answer: Ok(Probe::Rejected),
        },
    ] {
        let shown = format!("{event:?}");
        let (next, effects) = renewed_twice(event);
        assert!(effects.is_empty(), "{shown}: {effects:?}");
        assert_eq!(next.view(&SessionConfig::default()), before, "{shown}");
    }
}

fn renewed_twice(event: Event) -> (State, Vec<Effect>) {
    let (state, generation) = renewing();
    let (state, _) = state.transition(renewed(generation, Wrote::Done(2)), moment(1011));
    state.transition(event, moment(1012))
}

#[test]
fn a_renewal_that_comes_after_a_sign_out_is_given_back() {
    let (state, generation) = renewing();
    let (state, effects) = state.transition(Event::SignOut, moment(1011));
    assert!(matches!(effects.as_slice(), [Effect::Leave(_)]));
    let (state, effects) = state.transition(renewed(generation, Wrote::Done(2)), moment(1012));
    assert_eq!(why(&state), Some(Why::ByUser));
    assert!(matches!(effects.as_slice(), [Effect::Revoke { .. }]));
}

#[test]
fn a_rotated_refresh_token_is_kept_when_the_id_token_fails_for_a_clock() {
    let (state, generation) = renewing();
    let mut rotated = *record(1000, true).record.unwrap();
    rotated.tokens.refresh_token = Some(RefreshToken::new("rotated"));
    let event = Event::Renewed {
        generation,
        record: Box::new(rotated),
        refused: Some(refused(Code::IdTokenExpired)),
        wrote: Wrote::Done(2),
    };
    let (state, effects) = state.transition(event, moment(1011));
    let live = state.live().unwrap();
    assert_eq!(live.tokens.refresh_token, Some(RefreshToken::new("rotated")));
    assert_eq!((live.generation, live.stored), (generation, Some(2)));
    assert!(matches!(effects.as_slice(), [Effect::RenewalEnded(Err(_))]));
}

#[test]
fn after_a_week_with_the_lid_closed_there_is_one_renewal() {
    let week = 7 * 24 * 60 * 60;
    let (state, effects) = signed_in(true).transition(Event::Tick, moment(1000 + week));
    assert!(matches!(effects.as_slice(), [Effect::Renew { wary: false, .. }]));
    // The lid was closed while it was stale, too.
    let generation = generation(&state);
    let (state, _) = state.transition(failed(generation, Code::Offline, None), moment(1000 + week));
    let (state, effects) = state.transition(Event::Tick, moment(1000 + 2 * week));
    assert!(matches!(effects.as_slice(), [Effect::Renew { wary: true, .. }]));
    let (_, effects) = state.transition(Event::Tick, moment(1000 + 2 * week + 1));
    assert!(effects.is_empty(), "one at a time");
}

#[test]
fn who_was_answered_that_the_provider_is_busy_does_not_look_for_a_way_to_it() {
    for (code, is_wary) in [
        (Code::ProviderFault, false),
        (Code::ProviderBusy, false),
        (Code::ProviderSilent, true),
        (Code::NotJson, true),
        (Code::Offline, true),
    ] {
        let (state, _) = signed_in(true).transition(Event::RenewNow, moment(1010));
        let generation = generation(&state);
        let (state, _) = state.transition(failed(generation, code, None), moment(1011));
        let (_, effects) = state.transition(Event::RenewNow, moment(1012));
        assert!(
            matches!(effects.as_slice(), [Effect::Renew { wary, .. }] if *wary == is_wary),
            "{code:?}: {effects:?}"
        );
    }
}

#[test]
fn a_clock_that_goes_back_a_year_ends_nothing_and_starts_no_storm() {
    let year = 365 * 24 * 60 * 60;
    let start = 2 * year;
    let (state, _) = State::Restoring.transition(Event::Read(record(start, true)), moment(start));
    let mut state = state;
    let mut renewals = 0;
    for second in 0..100 {
        let (next, effects) = state.transition(Event::Tick, moment(start - year + second));
        renewals += effects
            .iter()
            .filter(|effect| matches!(effect, Effect::Renew { .. }))
            .count();
        state = next;
    }
    assert!(state.live().is_some());
    assert!(renewals <= 1, "{renewals}");
}
