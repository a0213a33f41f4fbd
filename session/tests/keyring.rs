//! The operating system's store on Linux against a real gnome-keyring on a bus of its own: the contract, and the situations
//! a keyring gets into.
//!
//! The bus's address is part of a process's environment, so each story runs this program again, inside its own bus.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "tests"
)]

mod contract;
mod secret_service;

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use latchkey_session::store::{CredentialStore as _, OsStore, StoreError};
use secret_service::bad::Bad;
use secret_service::gnome::Keyring;

/// Names the story in the inner process.
const STORY: &str = "LATCHKEY_TEST_STORY";
const SERVICE: &str = "dev.latchkey.desktop.test";
const LIMIT: Duration = Duration::from_secs(20);

/// A bus that starts no services by itself.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/>
  </policy>
</busconfig>"#;

#[test]
#[ignore = "cargo xtask test e2e"]
fn the_contract_holds() {
    on_a_bus("contract");
}

#[test]
#[ignore = "cargo xtask test e2e"]
fn a_keyring_that_appears_later_is_picked_up() {
    on_a_bus("appears");
}

#[test]
#[ignore = "cargo xtask test e2e"]
fn a_locked_keyring_is_locked_until_it_is_unlocked() {
    on_a_bus("locked");
}

#[test]
#[ignore = "cargo xtask test e2e"]
fn a_fresh_keyring_nobody_unlocked_is_empty_and_takes_nothing() {
    on_a_bus("fresh");
}

#[test]
#[ignore = "cargo xtask test e2e"]
fn a_keyring_that_was_restarted_is_found_again() {
    on_a_bus("restarted");
}

#[test]
#[ignore = "cargo xtask test e2e"]
fn a_dialog_is_waited_for_until_its_service_goes_away() {
    on_a_bus("gone");
}

#[test]
#[ignore = "cargo xtask test e2e"]
fn a_dialog_is_waited_for_until_another_service_takes_over() {
    on_a_bus("taken-over");
}

#[test]
#[ignore = "cargo xtask test e2e"]
fn a_locked_keyring_that_hides_its_entries_is_not_taken_for_an_empty_one() {
    on_a_bus("hiding");
}

#[test]
#[ignore = "cargo xtask test e2e"]
fn a_service_that_does_not_answer_is_silent() {
    on_a_bus("silent");
}

#[test]
#[ignore = "cargo xtask test e2e"]
fn without_a_bus_there_is_no_store() {
    run(Command::new(std::env::current_exe().unwrap()), "no-bus");
}

fn on_a_bus(story: &str) {
    let directory = tempfile::tempdir().unwrap();
    let config = directory.path().join("bus.conf");
    std::fs::write(&config, BUS).unwrap();
    let mut command = Command::new("dbus-run-session");
    command
        .arg("--config-file")
        .arg(config)
        .arg("--")
        .arg(std::env::current_exe().unwrap());
    run(command, story);
}

/// Runs this program again for one story, with a home and a runtime directory of its own.
fn run(mut command: Command, story: &str) {
    let home = tempfile::tempdir().unwrap();
    let runtime = tempfile::Builder::new()
        .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700))
        .tempdir()
        .unwrap();
    let output = command
        .args(["--exact", "inside", "--ignored", "--nocapture"])
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .envs([("HOME", home.path()), ("XDG_RUNTIME_DIR", runtime.path())])
        .env("XDG_DATA_HOME", home.path().join("data"))
        .env(STORY, story)
        .output()
        .unwrap();
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        output.status.success() && text.contains("story told"),
        "{story}: {text}"
    );
}

/// The inner process.
#[test]
#[ignore = "run by the stories above"]
fn inside() {
    let Ok(story) = std::env::var(STORY) else { return };
    let store = Arc::new(OsStore::new(SERVICE));
    match story.as_str() {
        "contract" => {
            let _keyring = Keyring::start();
            until(&store, Ok(None));
            contract::holds(&*store);
        }
        "appears" => {
            assert_eq!(store.ready(), Err(StoreError::Missing));
            assert_eq!(store.get("a"), Err(StoreError::Missing));
            assert_eq!(store.set("a", b"b"), Err(StoreError::Missing));
            let _keyring = Keyring::start();
            until(&store, Ok(None));
            assert_eq!(store.ready(), Ok(()));
            assert_eq!(store.set("a", b"b"), Ok(()));
        }
        "fresh" => {
            let _keyring = Keyring::start_with(&[]);
            until(&store, Ok(None));
            assert_eq!(store.ready(), Err(StoreError::Locked));
            assert_eq!(store.set("a", b"b"), Err(StoreError::Locked));
        }
        "gone" => gone(&store),
        "taken-over" => taken_over(&store),
        "hiding" => {
            let service = Bad::locked_and_hiding();
            let answer = in_background(&store, get);
            service.dialog();
            drop(service);
            assert_ended(&answer.recv_timeout(LIMIT).unwrap());
        }
        "silent" => {
            let service = Bad::silent();
            assert_eq!(store.ready(), Err(StoreError::Silent));
            let store = OsStore::new(SERVICE).answering_within(Duration::from_secs(5));
            assert_eq!(store.get("a"), Err(StoreError::Silent));
            drop(service);
            let _keyring = Keyring::start();
            until(&store, Ok(None));
            store.set("a", b"b").unwrap();
        }
        "locked" => locked(&store),
        "restarted" => {
            let keyring = Keyring::start();
            until(&store, Ok(None));
            store.set("a", b"kept").unwrap();
            drop(keyring);
            until(&store, Err(StoreError::Missing));
            let _keyring = Keyring::start();
            until(&store, Ok(Some(b"kept")));
        }
        "no-bus" => {
            assert_eq!(store.ready(), Err(StoreError::Missing));
            assert_eq!(store.get("a"), Err(StoreError::Missing));
        }
        other => panic!("unknown story {other}"),
    }
    println!("story told");
}

fn locked(store: &OsStore) {
    let keyring = Keyring::start();
    until(store, Ok(None));
    store.set("a", b"kept").unwrap();
    let done = Command::new("gdbus")
        .args([
            "call",
            "--session",
            "--dest",
            "org.freedesktop.secrets",
            "--object-path",
            "/org/freedesktop/secrets",
        ])
        .args([
            "--method",
            "org.freedesktop.Secret.Service.Lock",
            "['/org/freedesktop/secrets/collection/login']",
        ])
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(done.success());
    assert_eq!(store.ready(), Err(StoreError::Locked));
    assert_eq!(store.get("a"), Err(StoreError::Locked));
    assert_eq!(store.set("a", b"new"), Err(StoreError::Locked));
    assert_eq!(store.delete("a"), Err(StoreError::Locked));
    let _unlocked = Keyring::start();
    until(store, Ok(Some(b"kept")));
    assert_eq!(store.ready(), Ok(()));
    drop(keyring);
}

/// The service ends, or stays without the name. The write that waited for its dialog is not made up for later.
fn gone(store: &Arc<OsStore>) {
    for resigns in [false, true] {
        let service = Bad::locked();
        let answer = in_background(store, |store| store.set("a", b"late"));
        service.dialog();
        // The dialog stays open: a question neither waits for it nor opens another.
        for _ in 0..3 {
            assert_eq!(store.ready(), Err(StoreError::Locked));
        }
        assert!(!service.has_dialog());
        assert!(answer.try_recv().is_err(), "an open dialog is waited for");
        if resigns {
            service.resign();
        } else {
            drop(service);
        }
        assert_ended(&answer.recv_timeout(LIMIT).unwrap());
        assert_eq!(store.get("a"), Err(StoreError::Missing));
    }
    let _keyring = Keyring::start();
    until(store, Ok(None));
    store.set("a", b"b").unwrap();
    until_threads_have_ended();
}

fn taken_over(store: &Arc<OsStore>) {
    let first = Bad::locked();
    let answer = in_background(store, get);
    first.dialog();
    let second = Bad::locked();
    assert_ended(&answer.recv_timeout(LIMIT).unwrap());
    // The next call asks the new one.
    let answer = in_background(store, get);
    second.dialog();
    assert!(!first.has_dialog());
    drop((first, second));
    assert_ended(&answer.recv_timeout(LIMIT).unwrap());
}

/// Makes a call on a thread of its own.
fn in_background(
    store: &Arc<OsStore>,
    call: fn(&OsStore) -> Result<(), StoreError>,
) -> Receiver<Result<(), StoreError>> {
    let (sender, answer) = channel();
    let store = Arc::clone(store);
    std::thread::spawn(move || sender.send(call(&store)));
    answer
}

fn get(store: &OsStore) -> Result<(), StoreError> {
    store.get("a").map(drop)
}

/// Waits until only the present connection is still watched.
fn until_threads_have_ended() {
    let deadline = Instant::now() + LIMIT;
    let watching = || {
        let names = std::fs::read_dir("/proc/self/task").unwrap();
        let name = |task: std::fs::DirEntry| std::fs::read_to_string(task.path().join("comm"));
        let names = names.flatten().filter_map(|task| name(task).ok());
        names.filter(|name| name.trim_end() == "secret-service").count()
    };
    while watching() != 1 {
        assert!(
            Instant::now() < deadline,
            "{} connections are watched",
            watching()
        );
    }
}

fn assert_ended(answer: &Result<(), StoreError>) {
    assert!(
        matches!(answer, Err(StoreError::Broken(text)) if text.contains("it ended")),
        "{answer:?}"
    );
}

/// Waits until the store answers like this.
fn until(store: &OsStore, expected: Result<Option<&[u8]>, StoreError>) {
    let deadline = Instant::now() + LIMIT;
    let expected = expected.map(|bytes| bytes.map(<[u8]>::to_vec));
    loop {
        let answer = store.get("a").map(|bytes| bytes.map(|bytes| bytes.to_vec()));
        if answer == expected {
            return;
        }
        assert!(Instant::now() < deadline, "still {answer:?}, not {expected:?}");
    }
}
