//! What must be mended before anything else, and who may go past it.

use super::*;

fn misconfigured() -> State {
    let problem = Problem::new(Stage::Configuration, Code::ConfigurationInvalid);
    State::Restoring
        .transition(Event::Misconfigured(problem), moment(1000))
        .0
}

#[test]
fn a_broken_configuration_is_not_passed_by_the_store_nor_by_the_person() {
    for event in [Event::Read(record(1000, true)), Event::UseThisRun, Event::Retry] {
        let name = format!("{event:?}");
        let (state, effects) = misconfigured().transition(event, moment(1001));
        let State::Blocked(blocked) = state else {
            panic!("{name}: {state:?}")
        };
        assert_eq!(
            (blocked.problem.code, effects.len()),
            (Code::ConfigurationInvalid, 0),
            "{name}"
        );
    }
}

#[test]
fn what_is_owed_or_has_to_be_mended_is_not_looked_at_by_the_clock() {
    let wakes = |state: State| state.wakes_at(&SessionConfig::default());
    assert_eq!(wakes(misconfigured()), None);
    let blocked = |code| {
        let problem = Problem::new(Stage::Store, code);
        State::Restoring
            .transition(Event::ReadFailed(problem), moment(1000))
            .0
    };
    assert_eq!(
        wakes(blocked(Code::StoreSilent)),
        None,
        "its answer is on its way"
    );
    assert!(wakes(blocked(Code::StoreLocked)).is_some());
}
