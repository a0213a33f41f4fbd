//! Records with generations: what is read back, and what a crash at any point leaves.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Key, Stored, Vault, Written};
use crate::store::{Call, CredentialStore as _, MemoryStore, StoreError};
use crate::view::Why;

const LIMIT: usize = 2560;

fn key() -> Key {
    Key::session("https://id.example", "desktop")
}

fn vault(store: &MemoryStore) -> Vault {
    Vault::new(Arc::new(store.clone()))
}

fn record(mark: u8, length: usize) -> Vec<u8> {
    vec![mark; length]
}

fn stored(generation: u64, bytes: &[u8]) -> Stored {
    Stored::Record {
        generation,
        bytes: bytes.to_vec().into(),
        renewing_since: None,
    }
}

#[test]
fn generations_count_up_and_survive_a_restart() {
    for store in [MemoryStore::new(), MemoryStore::with_limit(LIMIT)] {
        assert_eq!(vault(&store).read(&key()), Ok(Stored::Nothing));
        assert_eq!(vault(&store).write(&key(), Some(0), b"one"), Ok(Written::Done(1)));
        assert_eq!(vault(&store).read(&key()), Ok(stored(1, b"one")));
        let large = record(b'x', 16 * 1024);
        assert_eq!(vault(&store).write(&key(), Some(1), &large), Ok(Written::Done(2)));
        assert_eq!(vault(&store).read(&key()), Ok(stored(2, &large)));
        assert_eq!(
            vault(&store).clear(&key(), Some(2), Why::ByUser),
            Ok(Written::Done(3))
        );
        assert_eq!(
            vault(&store).read(&key()),
            Ok(Stored::Cleared {
                generation: 3,
                why: Some(Why::ByUser),
                note: zeroize::Zeroizing::default(),
            })
        );
        assert_eq!(
            vault(&store).clear(&key(), None, Why::ByUser),
            Ok(Written::Done(3))
        );
        assert_eq!(store.names().len(), 1, "only the tombstone is left");
        assert_eq!(vault(&store).write(&key(), None, b"four"), Ok(Written::Done(4)));
    }
}

#[test]
fn a_loser_changes_nothing() {
    let store = MemoryStore::new();
    vault(&store).write(&key(), None, b"winner").unwrap();
    assert_eq!(
        vault(&store).write(&key(), Some(0), b"loser"),
        Ok(Written::Overtaken(1))
    );
    assert_eq!(
        vault(&store).clear(&key(), Some(7), Why::ByUser),
        Ok(Written::Overtaken(1))
    );
    assert_eq!(vault(&store).read(&key()), Ok(stored(1, b"winner")));
}

#[test]
fn a_record_that_fits_is_read_with_one_call() {
    let store = MemoryStore::with_limit(LIMIT);
    vault(&store).write(&key(), None, &record(b'a', 2000)).unwrap();
    let before = store.calls().len();
    vault(&store).read(&key()).unwrap();
    assert_eq!(store.calls()[before..], [Call::Get(store.names()[0].clone())]);
}

#[test]
fn records_of_others_are_not_met() {
    let store = MemoryStore::new();
    vault(&store).write(&key(), None, b"ours").unwrap();
    for other in [
        Key::session("https://id.example/", "desktop"),
        Key::session("https://id.exampled", "esktop"),
        Key::attempt("https://id.example", "desktop"),
    ] {
        assert_eq!(vault(&store).read(&other), Ok(Stored::Nothing));
    }
}

#[test]
fn an_unreadable_head_is_reported_and_can_be_replaced() {
    let store = MemoryStore::new();
    vault(&store).write(&key(), None, b"x").unwrap();
    let name = store.names()[0].clone();
    store.set(&name, b"{\"version\":9,\"generation\":5}\n").unwrap();
    assert_eq!(
        vault(&store).read(&key()),
        Ok(Stored::Unreadable { generation: 5 })
    );
    assert_eq!(vault(&store).write(&key(), Some(5), b"y"), Ok(Written::Done(6)));
    assert_eq!(vault(&store).read(&key()), Ok(stored(6, b"y")));
}

#[test]
fn a_missing_or_changed_part_is_never_taken_for_a_record() {
    for damage in [None, Some(b"other".as_slice())] {
        let store = MemoryStore::with_limit(LIMIT);
        vault(&store).write(&key(), None, &record(b'a', 9000)).unwrap();
        let part = key().part(1, 2);
        match damage {
            None => store.delete(&part).unwrap(),
            Some(bytes) => store.set(&part, bytes).unwrap(),
        }
        assert_eq!(
            vault(&store).read(&key()),
            Ok(Stored::Unreadable { generation: 1 })
        );
    }
}

#[test]
fn a_record_beyond_all_measure_is_refused_and_the_old_one_kept() {
    let store = MemoryStore::with_limit(LIMIT);
    vault(&store).write(&key(), None, b"old").unwrap();
    assert_eq!(
        vault(&store).write(&key(), None, &record(b'z', LIMIT * 65)),
        Err(StoreError::Full)
    );
    assert_eq!(vault(&store).read(&key()), Ok(stored(1, b"old")));
}

#[test]
fn removing_leaves_no_trace() {
    let store = MemoryStore::with_limit(LIMIT);
    let attempt = Key::attempt("https://id.example", "desktop");
    vault(&store).write(&attempt, None, &record(b'a', 6000)).unwrap();
    vault(&store).remove(&attempt).unwrap();
    assert!(store.names().is_empty());
    vault(&store).remove(&attempt).unwrap();
    assert_eq!(vault(&store).read(&attempt), Ok(Stored::Nothing));
}

/// What a step does to the record, for the crash tests.
#[derive(Clone, Copy, Debug)]
enum Step {
    Write(usize),
    Clear,
}

impl Step {
    fn run(self, store: &MemoryStore, mark: u8) -> Result<Written, StoreError> {
        match self {
            Self::Write(length) => vault(store).write(&key(), None, &record(mark, length)),
            Self::Clear => vault(store).clear(&key(), None, Why::ByUser),
        }
    }

    /// What is read after it, without the generation.
    fn result(self, mark: u8) -> Option<Vec<u8>> {
        match self {
            Self::Write(length) => Some(record(mark, length)),
            Self::Clear => None,
        }
    }
}

/// Small, so that the crash tests can try every pair of crashes.
const SMALL_LIMIT: usize = 300;

const STEPS: [Step; 5] = [
    Step::Write(10),
    Step::Write(700),
    Step::Write(750),
    Step::Write(1500),
    Step::Clear,
];

/// The record's bytes; panics when there is something that is not whole.
fn whole(store: &MemoryStore) -> Option<Vec<u8>> {
    match vault(store).read(&key()).unwrap() {
        Stored::Record { bytes, .. } => Some(bytes.to_vec()),
        Stored::Nothing | Stored::Cleared { .. } => None,
        Stored::Unreadable { generation } => panic!("generation {generation} is unreadable"),
    }
}

/// Runs the step and kills it after `calls` calls to the store. True when it came to its end before that.
fn killed_after(store: &MemoryStore, calls: usize, step: Step, mark: u8) -> bool {
    store.script(std::iter::repeat_n(None, calls));
    store.fail_with(Some(StoreError::Broken("killed".to_owned())));
    let before = store.calls().len();
    let done = step.run(store, mark).is_ok() && store.calls().len() - before <= calls;
    store.fail_with(None);
    store.clear_script();
    done
}

#[test]
fn a_crash_at_any_call_leaves_one_whole_generation() {
    for first in STEPS {
        for second in STEPS {
            for calls in 0.. {
                let store = MemoryStore::with_limit(SMALL_LIMIT);
                first.run(&store, b'1').unwrap();
                let done = killed_after(&store, calls, second, b'2');
                let found = whole(&store);
                assert!(
                    found == first.result(b'1') || found == second.result(b'2'),
                    "{first:?} {second:?} {calls}"
                );
                if done {
                    assert_eq!(found, second.result(b'2'));
                    break;
                }
            }
        }
    }
}

#[test]
fn two_crashes_in_a_row_leave_nothing_behind_after_the_next_write() {
    for first in STEPS {
        for second in STEPS {
            for (calls, more) in (0..20).flat_map(|calls| (0..20).map(move |more| (calls, more))) {
                let store = MemoryStore::with_limit(SMALL_LIMIT);
                Step::Write(900).run(&store, b'0').unwrap();
                killed_after(&store, calls, first, b'1');
                killed_after(&store, more, second, b'2');
                whole(&store);
                Step::Write(400).run(&store, b'3').unwrap();
                assert_eq!(whole(&store), Some(record(b'3', 400)));
                assert_eq!(
                    store.names().len(),
                    3,
                    "{first:?} {calls} {second:?} {more}: {:?}",
                    store.names()
                );
                Step::Clear.run(&store, b'4').unwrap();
                assert_eq!(
                    store.names().len(),
                    1,
                    "{first:?} {calls} {second:?} {more}: {:?}",
                    store.names()
                );
            }
        }
    }
}

#[test]
fn a_removal_cut_short_leaves_the_old_record_or_none() {
    for length in [10, 7000] {
        for calls in 0..12 {
            let store = MemoryStore::with_limit(LIMIT);
            vault(&store).write(&key(), None, &record(b'a', length)).unwrap();
            store.script(std::iter::repeat_n(None, calls));
            store.fail_with(Some(StoreError::Locked));
            let removed = vault(&store).remove(&key()).is_ok();
            store.fail_with(None);
            store.clear_script();
            match vault(&store).read(&key()).unwrap() {
                Stored::Record { bytes, .. } => assert!(!removed && *bytes == record(b'a', length)),
                Stored::Nothing => assert!(removed),
                Stored::Cleared { .. } => panic!("a removal leaves no tombstone"),
                Stored::Unreadable { .. } => assert!(!removed),
            }
            vault(&store).remove(&key()).unwrap();
            assert!(store.names().is_empty());
        }
    }
}

fn since(second: i64) -> Option<Timestamp> {
    Some(Timestamp::from_second(second).unwrap())
}

fn journal(store: &MemoryStore) -> Option<Timestamp> {
    let stored = vault(store).read(&key()).unwrap();
    let Stored::Record { renewing_since, .. } = stored else {
        panic!("{stored:?}")
    };
    renewing_since
}

#[test]
fn the_journal_is_written_beside_the_record_and_goes_with_the_next_generation() {
    for length in [10, 100, 220, 230, 240, 250, 700] {
        let store = MemoryStore::with_limit(SMALL_LIMIT);
        let vault = vault(&store);
        vault.write(&key(), None, &record(b'1', length)).unwrap();
        assert_eq!(
            vault.journal(&key(), 1, since(1000)),
            Ok(Written::Done(1)),
            "{length}"
        );
        assert_eq!(journal(&store), since(1000));
        assert_eq!(whole(&store), Some(record(b'1', length)));
        vault.journal(&key(), 1, None).unwrap();
        assert_eq!(journal(&store), None);
        vault.journal(&key(), 1, since(1001)).unwrap();
        vault.write(&key(), Some(1), &record(b'2', length)).unwrap();
        assert_eq!(journal(&store), None);
        assert_eq!(whole(&store), Some(record(b'2', length)));
    }
}

#[test]
fn no_renewal_is_begun_on_what_is_no_longer_there() {
    let store = MemoryStore::new();
    let vault = vault(&store);
    assert_eq!(vault.journal(&key(), 1, since(1)), Ok(Written::Overtaken(0)));
    vault.write(&key(), None, b"one").unwrap();
    vault.write(&key(), None, b"two").unwrap();
    assert_eq!(vault.journal(&key(), 1, since(1)), Ok(Written::Overtaken(2)));
    vault.clear(&key(), None, Why::ByUser).unwrap();
    assert_eq!(vault.journal(&key(), 3, since(1)), Ok(Written::Overtaken(3)));
    assert_eq!(
        vault.read(&key()),
        Ok(Stored::Cleared {
            generation: 3,
            why: Some(Why::ByUser),
            note: zeroize::Zeroizing::default(),
        })
    );
}

#[test]
fn a_store_that_takes_no_writes_takes_no_journal() {
    let store = MemoryStore::new();
    vault(&store).write(&key(), None, b"one").unwrap();
    store.script([None, Some(StoreError::Locked)]);
    assert_eq!(
        vault(&store).journal(&key(), 1, since(1)),
        Err(StoreError::Locked)
    );
    assert_eq!(journal(&store), None);
}

#[test]
fn an_entry_that_vanished_is_written_again_under_a_later_generation() {
    let store = MemoryStore::new();
    vault(&store).write(&key(), None, b"one").unwrap();
    store.delete(&store.names()[0]).unwrap();
    assert_eq!(vault(&store).write(&key(), Some(7), b"two"), Ok(Written::Done(8)));
}

#[test]
fn what_cannot_be_read_can_be_set_aside_whole() {
    let aside = Key::aside("https://id.example", "desktop");
    for store in [MemoryStore::new(), MemoryStore::with_limit(SMALL_LIMIT)] {
        let vault = vault(&store);
        vault.write(&key(), None, &record(b'x', 900)).unwrap();
        vault.set_aside(&key(), &aside).unwrap();
        assert_eq!(vault.read(&aside), Ok(stored(1, &record(b'x', 900))));
        store.set(key().head(), b"hunter2").unwrap();
        vault.set_aside(&key(), &aside).unwrap();
        assert_eq!(vault.read(&aside), Ok(stored(2, b"hunter2")));
        vault
            .set_aside(&Key::attempt("https://id.example", "desktop"), &aside)
            .unwrap();
        assert_eq!(vault.read(&aside), Ok(stored(2, b"hunter2")));
    }
}
