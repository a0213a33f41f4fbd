//! A session that stands: its number, what is known of the credential store, when it is looked at, and how it ends.

use super::elsewhere::{at_generation, this_run, unsaved};
use super::*;
use crate::view::Receipt;

fn trouble(retry_after: u64) -> Error {
    Error::new(Stage::Refresh, Code::ProviderFault).after(Some(Duration::from_secs(retry_after)))
}

/// A renewal, or a probe, has failed at this time, and the provider asks for an hour.
fn doubted(of_probe: bool, now: i64) -> State {
    let state = signed_in(true);
    let generation = generation(&state);
    let (state, event) = if of_probe {
        let answer = Err(trouble(3600));
        (state, Event::Probed { generation, answer })
    } else {
        let failed = Event::RenewalFailed {
            generation,
            error: trouble(3600),
            spent_at: None,
        };
        (state.transition(Event::RenewNow, moment(now)).0, failed)
    };
    state.transition(event, moment(now)).0
}

#[test]
fn no_number_stands_for_two_sets() {
    let mut all = Vec::new();
    for i in [0, 1, 2, 1000] {
        for first in [Generation::of_store(i), Generation::first_of(AttemptId(i))] {
            assert!(first > Generation(0) && first.next() > first);
            all.extend([first, first.next(), first.next().next()]);
        }
    }
    let count = all.len();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), count);
    // Those of the store are apart from all others.
    for stored in [0, 1, 1 << 42, 1 << 43] {
        assert!(Generation::of_store(stored) > Generation::first_of(AttemptId(1 << 30)));
    }
}

#[test]
fn it_is_unsaved_while_its_tokens_are_not_in_the_store() {
    assert!(!signed_in(true).is_unsaved());
    assert!(unsaved().is_unsaved());
    assert!(
        signed_in(true)
            .transition(Event::RenewNow, moment(1010))
            .0
            .is_unsaved()
    );
    assert!(!this_run().is_unsaved());
    assert!(!State::Restoring.is_unsaved());
}

#[test]
fn somebody_is_there_from_the_moment_the_record_is_written() {
    assert!(signed_in(true).is_somebody());
    assert!(!State::Restoring.is_somebody());
    let out = || State::SignedOut(Out::because(Why::Never));
    assert!(!out().is_somebody());
    assert!(!super::attempts::redeeming(out()).is_somebody());
    assert!(super::attempts::saving(out()).is_somebody());
    assert!(super::attempts::redeeming(signed_in(true)).is_somebody());
}

#[test]
fn a_probe_that_is_answered_ends_the_doubt_and_keeps_what_is_new() {
    let probed = |state: State, answer| {
        let generation = generation(&state);
        state.transition(Event::Probed { generation, answer }, moment(1020))
    };
    let is_fresh = |state: &State| state.live().unwrap().trust == live::Trust::Fresh;
    let same = || Ok(Probe::Confirmed(identity("ada")));
    let (state, effects) = probed(doubted(true, 1010), same());
    assert!(is_fresh(&state) && effects.is_empty(), "{effects:?}");
    let (state, _) = probed(doubted(true, 1010), Ok(Probe::Unusable));
    assert!(is_fresh(&state));
    let mut newer = identity("ada");
    newer.claims.insert("name".into(), "Ada".into());
    let (state, effects) = probed(signed_in(true), Ok(Probe::Confirmed(newer)));
    assert!(is_fresh(&state) && matches!(effects.as_slice(), [Effect::Save { .. }]));
    // It fails while a renewal is under way: that will tell.
    let (state, _) = signed_in(true).transition(Event::RenewNow, moment(1010));
    let (state, _) = probed(state, Err(trouble(60)));
    assert!(matches!(
        state.live().unwrap().trust,
        live::Trust::Refreshing { .. }
    ));
}

#[test]
fn a_record_as_old_as_what_the_launch_found_brings_nobody_back() {
    let found = Stored {
        generation: 4,
        cleared: Some(Why::ByUser),
        ..Stored::default()
    };
    let (state, _) = State::Restoring.transition(Event::Read(found), moment(1000));
    let (state, _) = state.transition(at_generation(4, record(1000, true)), moment(1001));
    assert_eq!(why(&state), Some(Why::ByUser));
    let (state, _) = state.transition(at_generation(5, record(1000, true)), moment(1002));
    assert!(state.live().is_some());
}

#[test]
fn callers_are_held_up_by_a_failed_renewal_until_the_next_is_due() {
    let held_up = |state: &State, now| state.live().unwrap().held_up(second(now)).is_some();
    let by_renewal = doubted(false, 1010);
    assert!(held_up(&by_renewal, 1011));
    assert!(!held_up(&by_renewal, 1010 + 3700));
    let by_probe = doubted(true, 1010);
    assert!(!held_up(&by_probe, 1011) && !held_up(&by_probe, 1010 + 3700));
}

#[test]
fn a_failed_probe_puts_off_no_renewal_and_a_failed_renewal_does() {
    let due = |state: &State| state.wakes_at(&SessionConfig::default()).unwrap();
    let by_probe = doubted(true, 1010);
    assert!(due(&by_probe) <= second(1300));
    let (_, effects) = by_probe.transition(Event::Tick, moment(1299));
    assert!(
        matches!(effects.as_slice(), [Effect::Renew { .. }]),
        "{effects:?}"
    );
    let by_renewal = doubted(false, 1010);
    assert!(due(&by_renewal) > second(1300));
    let (_, effects) = by_renewal.transition(Event::Tick, moment(1299));
    assert!(effects.is_empty(), "{effects:?}");
}

#[test]
fn tokens_of_a_session_that_is_over_are_owed_where_they_are_kept() {
    let rules = SessionConfig {
        max_session: Some(Duration::from_secs(100)),
        ..SessionConfig::default()
    };
    for (state, stored) in [(signed_in(true), true), (this_run(), false)] {
        let at = Moment {
            rules,
            ..moment(1200)
        };
        let (state, effects) = state.transition(Event::Tick, at);
        assert_eq!(why(&state), Some(Why::Ceiling));
        let owed = effects.iter().find_map(|effect| match effect {
            Effect::Revoke { kept, .. } => Some(*kept),
            _ => None,
        });
        assert_eq!(owed, Some(stored));
    }
}

#[test]
fn a_session_that_never_got_into_the_store_clears_nothing_there() {
    let State::SignedIn(mut live) = unsaved() else {
        panic!()
    };
    live.stored = None;
    let state = State::SignedIn(live);
    let event = Event::RenewalFailed {
        generation: generation(&state),
        error: refused(Code::InvalidGrant),
        spent_at: None,
    };
    let (state, effects) = state.transition(event, moment(1012));
    assert_eq!(why(&state), Some(Why::EndedByProvider));
    assert!(matches!(effects[0], Effect::ForgetPicture), "{effects:?}");
    assert_eq!(state.wakes_at(&SessionConfig::default()), None);
}

#[test]
fn a_renewal_under_way_is_not_looked_past() {
    let (state, _) = signed_in(true).transition(Event::RenewNow, moment(1010));
    let (_, effects) = state.transition(Event::Look, moment(1011));
    assert!(effects.is_empty(), "{effects:?}");
    let (state, _) = signed_in(false).transition(Event::Tick, moment(1300));
    let (_, effects) = state.transition(Event::Look, moment(1301));
    assert!(effects.is_empty(), "a record that has to go: {effects:?}");
    let (_, effects) = signed_in(true).transition(Event::Look, moment(1011));
    assert!(matches!(effects.as_slice(), [Effect::Look]));
}

#[test]
fn only_a_session_for_this_run_asks_the_store_again_after_a_look() {
    let after = |state: State, event| {
        let state = state.transition(event, moment(1031)).0;
        state.live().unwrap().save_again
    };
    let renewing = |state: State| state.transition(Event::RenewNow, moment(1010)).0;
    let locked = || Event::Looked(Err(Problem::new(Stage::Store, Code::StoreLocked)));
    let found = || Event::Looked(Ok(Box::new(Stored::default())));
    let due = Some(second(1061));
    assert_eq!(after(this_run(), locked()), due);
    assert_eq!(after(renewing(this_run()), locked()), due);
    assert_eq!(after(renewing(this_run()), found()), due);
    assert_eq!(after(signed_in(true), locked()), None);
    assert_eq!(after(renewing(signed_in(true)), locked()), None);
    assert_eq!(after(renewing(signed_in(true)), found()), None);
}

#[test]
fn who_cleared_too_late_takes_over_what_is_there() {
    let (state, _) = signed_in(false).transition(Event::Tick, moment(1300));
    assert_eq!(why(&state), Some(Why::Expired));
    let event = Event::Overtaken {
        generation: Generation::of_store(1),
        stored: Box::new(Stored {
            generation: 2,
            ..record(1300, true)
        }),
    };
    let (state, _) = state.transition(event, moment(1301));
    assert!(state.live().is_some());
}

#[test]
fn a_write_that_was_overtaken_by_nothing_newer_changes_nothing() {
    let state = signed_in(true);
    let overtaken = |generation, by| Event::Overtaken {
        generation,
        stored: Box::new(Stored {
            generation: by,
            ..record(1200, true)
        }),
    };
    let (number, known) = (generation(&state), state.live().unwrap().stored.unwrap());
    let (state, effects) = state.transition(overtaken(number, known), moment(1201));
    assert_eq!((generation(&state), effects.len()), (number, 0));
    assert_eq!(state.live().unwrap().tokens.obtained_at, second(1000));
    // Nobody waited for a renewal: none is answered.
    let (state, effects) = state.transition(overtaken(number, known + 1), moment(1202));
    assert_eq!(
        (state.live().unwrap().stored, effects.len()),
        (Some(known + 1), 0)
    );
}

#[test]
fn a_renewal_nobody_wants_any_more_is_owed_where_it_was_kept() {
    for (wrote, is_kept) in [(Wrote::Done(2), true), (Wrote::Nowhere, false)] {
        let (state, _) = signed_in(true).transition(Event::RenewNow, moment(1010));
        let generation = generation(&state);
        let (state, _) = state.transition(Event::SignOut, moment(1011));
        let event = Event::Renewed {
            generation,
            record: record(1010, true).record.unwrap(),
            refused: None,
            wrote,
        };
        let (_, effects) = state.transition(event, moment(1012));
        let [Effect::Revoke { kept, .. }] = effects.as_slice() else {
            panic!("{effects:?}")
        };
        assert_eq!(*kept, is_kept);
    }
}

#[test]
fn what_became_of_an_older_set_is_not_what_became_of_this_one() {
    let failed = |generation| Event::SaveFailed {
        generation,
        problem: Problem::new(Stage::Store, Code::StoreLocked),
    };
    let kept = |state: &State| state.live().unwrap().kept.clone();
    let number = generation(&signed_in(true));
    let (state, _) = signed_in(true).transition(failed(number.next()), moment(1010));
    assert_eq!(kept(&state), Kept::Stored);
    let (state, _) = state.transition(failed(number), moment(1010));
    assert!(matches!(kept(&state), Kept::Unsaved { .. }));

    let saved = |generation| Event::Saved {
        generation,
        stored: 7,
    };
    let (state, effects) = signed_in(true).transition(saved(number.next()), moment(1010));
    assert_eq!((state.live().unwrap().stored, effects.len()), (Some(7), 0));
    // A session for this run that was renewed while an older set of it was being written is written, too.
    let number = generation(&this_run());
    let (state, effects) = this_run().transition(saved(number.next()), moment(1010));
    assert_eq!(kept(&state), Kept::ThisRun);
    assert!(matches!(
        effects.as_slice(),
        [Effect::Save {
            expected: Some(7),
            ..
        }]
    ));
}

#[test]
fn a_sign_out_clears_the_record_where_there_is_one_or_may_be() {
    let found = || Event::Looked(Ok(Box::new(Stored::default())));
    let being_stored = this_run().transition(found(), moment(1009)).0;
    for (state, clears) in [(signed_in(true), true), (this_run(), false), (being_stored, true)] {
        let (state, effects) = state.transition(Event::SignOut, moment(1010));
        let State::SignedOut(out) = state else {
            panic!("{state:?}")
        };
        assert_eq!(out.receipt, Some(Receipt::all(crate::view::Step::Pending)));
        assert_eq!(out.clearing.is_some(), clears);
        let [Effect::Leave(leaving)] = effects.as_slice() else {
            panic!("{effects:?}")
        };
        assert_eq!(leaving.kept, clears);
    }
}

#[test]
fn a_sign_out_after_the_session_has_ended_forgets_who_it_was() {
    let (state, _) = signed_in(true).transition(Event::RenewNow, moment(1010));
    let generation = generation(&state);
    let ended = Event::RenewalFailed {
        generation,
        error: refused(Code::InvalidGrant),
        spent_at: None,
    };
    let (state, _) = state.transition(ended, moment(1011));
    let (state, _) = state.transition(Event::Cleared(Ok(2)), moment(1012));
    let known = |state: &State| state.out().is_some_and(|out| out.last.person.is_some());
    assert!(known(&state), "for the way back in");
    let (state, effects) = state.transition(Event::SignOut, moment(1013));
    assert!(!known(&state));
    let [Effect::Clear { over, .. }] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!((over.expected, over.why, over.left), (Some(2), Why::ByUser, None));
    // Once is enough.
    let (state, _) = state.transition(Event::Cleared(Ok(3)), moment(1014));
    let (_, effects) = state.transition(Event::SignOut, moment(1015));
    assert!(effects.is_empty(), "{effects:?}");
}
