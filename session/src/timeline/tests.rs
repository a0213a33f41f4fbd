//! What the timeline says of whole sequences of views, and what stays of it in a file.

use std::path::Path;

use jiff::Timestamp;

use super::{Entry, LIMIT, Timeline, What, fold};
use crate::error::{Code, Problem, Stage};
use crate::profile::Profile;
use crate::view::{Freshness, How, Kept, Phase, View, Why};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn signed_in(since: i64, freshness: Freshness, kept: Kept) -> View {
    View::SignedIn {
        profile: Profile {
            issuer: "https://id.example/".to_owned(),
            sub: "the-subject".to_owned(),
            name: "Ada Park".to_owned(),
            preferred_username: None,
            email: Some("ada@example.com".to_owned()),
            email_verified: None,
            picture: None,
        },
        since: at(since),
        freshness,
        kept,
        renews_at: None,
        ends_at: None,
        stray: false,
    }
}

fn fresh(since: i64) -> View {
    signed_in(since, Freshness::Fresh, Kept::Stored)
}

fn refreshing(since: i64) -> View {
    signed_in(since, Freshness::Refreshing, Kept::Stored)
}

fn stale(since: i64, code: Code) -> View {
    let freshness = Freshness::Stale {
        since: at(since),
        problem: Problem::new(Stage::Refresh, code).with_detail("ada@example.com at https://id.example/"),
        retry_at: None,
    };
    signed_in(since, freshness, Kept::Stored)
}

fn unsaved(since: i64) -> View {
    let kept = Kept::Unsaved {
        since: at(since),
        problem: Problem::new(Stage::Store, Code::StoreLocked),
    };
    signed_in(since, Freshness::Fresh, kept)
}

fn signing_in() -> View {
    View::SigningIn {
        how: How::Loopback,
        phase: Phase::Waiting,
        device: None,
        device_offered: false,
        detour: None,
        choice: None,
        deadline: at(9_000),
        stray: false,
    }
}

fn signed_out(why: Why, code: Option<Code>) -> View {
    View::SignedOut {
        why,
        last_attempt: code.map(|code| Problem::new(Stage::Browser, code)),
        receipt: None,
        lost_answer: None,
        stray: false,
    }
}

fn blocked(stage: Stage, code: Code) -> View {
    View::Blocked {
        problem: Problem::new(stage, code),
    }
}

/// The timeline after these views, one second apart; as in a log, without the times.
async fn told(views: &[View]) -> Vec<String> {
    let timeline = Timeline::new(None);
    follow(&timeline, views);
    lines(timeline.entries().await)
}

fn follow(timeline: &Timeline, views: &[View]) {
    for (second, view) in (0..).zip(views) {
        timeline.follow(at(second), view);
    }
}

fn lines(entries: Vec<Entry>) -> Vec<String> {
    entries.iter().map(|entry| entry.what.to_string()).collect()
}

#[tokio::test]
async fn a_first_sign_in_and_a_sign_out() {
    let views = [
        signed_out(Why::Never, None),
        signing_in(),
        fresh(2),
        signed_out(Why::ByUser, None),
        signed_out(Why::ByUser, None),
    ];
    assert_eq!(
        told(&views).await,
        ["signed in (loopback)", "signed out: by-user"]
    );
}

#[tokio::test]
async fn a_launch_restores_and_does_not_sign_in() {
    assert_eq!(
        told(&[refreshing(-500), fresh(-500)]).await,
        ["restored at launch", "renewed"]
    );
    assert_eq!(
        told(&[signing_in(), fresh(-500)]).await,
        ["restored at launch"],
        "an attempt of before was given up over the session"
    );
}

#[tokio::test]
async fn renewals_in_a_row_are_one_entry_with_its_first_and_last_time() {
    let timeline = Timeline::new(None);
    follow(&timeline, &[fresh(-1), refreshing(-1), fresh(-1)]);
    for second in [100, 200, 300] {
        timeline.follow(at(second), &refreshing(-1));
        timeline.follow(at(second + 1), &fresh(-1));
    }
    let last = timeline.entries().await.pop().unwrap();
    assert_eq!(last.at, at(301));
    assert_eq!(
        last.what,
        What::Renewed {
            times: 4,
            first: at(2)
        }
    );
}

#[tokio::test]
async fn of_a_run_of_failures_the_first_is_told_and_the_end() {
    let views = [
        fresh(-1),
        stale(-1, Code::Offline),
        refreshing(-1),
        stale(-1, Code::Offline),
        refreshing(-1),
        stale(-1, Code::NameNotFound),
        refreshing(-1),
        fresh(-1),
    ];
    assert_eq!(
        told(&views).await,
        [
            "restored at launch",
            "could not be renewed: offline (refresh)",
            "confirmed again"
        ]
    );
}

#[tokio::test]
async fn a_refusal_is_told_also_within_a_run_of_failures() {
    let views = [
        fresh(-1),
        stale(-1, Code::Offline),
        stale(-1, Code::InteractionRequired),
        refreshing(-1),
        stale(-1, Code::InteractionRequired),
    ];
    assert_eq!(
        told(&views).await[1..],
        [
            "could not be renewed: offline (refresh)",
            "provider refused to renew: interaction-required"
        ]
    );
}

#[tokio::test]
async fn an_attempt_over_a_live_session_ends_or_renews_nothing_by_itself() {
    let given_up = [fresh(-1), signing_in(), fresh(-1)];
    assert_eq!(told(&given_up).await, ["restored at launch"]);
    let replaced = [fresh(-1), signing_in(), fresh(2)];
    assert_eq!(
        told(&replaced).await,
        ["restored at launch", "signed in (loopback)"]
    );
    let renewed_below = [fresh(-1), refreshing(-1), signing_in(), fresh(-1)];
    assert_eq!(told(&renewed_below).await[1..], ["renewed"]);
    let ended_below = [
        fresh(-1),
        signing_in(),
        signed_out(Why::EndedByProvider, Some(Code::Cancelled)),
    ];
    assert_eq!(
        told(&ended_below).await[1..],
        [
            "signed out: ended-by-provider",
            "sign-in failed: cancelled (browser)"
        ]
    );
}

#[tokio::test]
async fn every_attempt_that_fails_is_told_once() {
    let failed = signed_out(Why::Never, Some(Code::Denied));
    let views = [
        signed_out(Why::Never, None),
        signing_in(),
        failed.clone(),
        failed.clone(),
        signing_in(),
        failed,
    ];
    assert_eq!(told(&views).await, ["sign-in failed: denied (browser)"; 2]);
}

#[tokio::test]
async fn what_the_credential_store_did_is_told() {
    let views = [
        blocked(Stage::Store, Code::StoreLocked),
        View::Restoring,
        blocked(Stage::Store, Code::StoreLocked),
        fresh(-1),
        unsaved(-1),
        unsaved(-1),
        fresh(-1),
    ];
    assert_eq!(
        told(&views).await,
        [
            "credential store not readable: store-locked",
            "restored at launch",
            "not saved: store-locked",
            "saved"
        ]
    );
    let this_run = [
        signed_out(Why::Never, None),
        signing_in(),
        signed_in(2, Freshness::Fresh, Kept::ThisRun),
        fresh(2),
    ];
    assert_eq!(told(&this_run).await, ["signed in (loopback)", "saved"]);
}

#[tokio::test]
async fn a_problem_with_the_configuration_is_not_the_sessions() {
    assert!(
        told(&[blocked(Stage::Configuration, Code::ConfigurationInvalid)])
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn another_process_is_noticed() {
    let views = [
        signed_out(Why::Never, None),
        fresh(1),
        signed_out(Why::Elsewhere, None),
    ];
    assert_eq!(
        told(&views).await,
        ["signed in by another process", "signed out: elsewhere"]
    );
}

#[tokio::test]
async fn an_end_found_at_launch_is_told_and_a_record_that_cannot_be_read_is_no_attempt() {
    assert_eq!(
        told(&[signed_out(Why::Ceiling, None)]).await,
        ["signed out: ceiling"]
    );
    let lost = View::SignedOut {
        why: Why::StoreLost,
        last_attempt: Some(Problem::new(Stage::Store, Code::RecordUnreadable)),
        receipt: None,
        lost_answer: None,
        stray: false,
    };
    assert_eq!(told(&[lost]).await, ["signed out: store-lost"]);
}

#[tokio::test]
async fn a_lost_answer_is_part_of_the_end() {
    let over = View::SignedOut {
        why: Why::EndedByProvider,
        last_attempt: None,
        receipt: None,
        lost_answer: Some(at(-40)),
        stray: false,
    };
    let last = told(&[fresh(-1), over]).await.pop().unwrap();
    assert_eq!(
        last,
        format!(
            "signed out: ended-by-provider, after an answer was lost at {}",
            at(-40)
        )
    );
}

#[test]
fn it_is_bounded_and_the_oldest_go_first() {
    let mut entries = Vec::new();
    for second in 0..1000 {
        let what = if second % 2 == 0 {
            What::Recovered
        } else {
            What::Saved
        };
        fold::add(&mut entries, Entry { at: at(second), what });
    }
    assert_eq!(entries.len(), LIMIT);
    assert_eq!(entries.last().unwrap().at, at(999));
}

#[test]
fn a_session_begins_and_ends_once_whoever_writes_it_down() {
    let mut entries = Vec::new();
    for (second, what) in [
        (5, What::SignedIn { how: How::DeepLink }),
        (5, What::SignedInElsewhere),
        (
            8,
            What::SignedOut {
                why: Why::ByUser,
                lost_answer: None,
            },
        ),
        (
            9,
            What::SignedOut {
                why: Why::Elsewhere,
                lost_answer: None,
            },
        ),
    ] {
        fold::add(&mut entries, Entry { at: at(second), what });
    }
    assert_eq!(lines(entries), ["signed in (deep-link)", "signed out: by-user"]);
}

#[test]
fn an_entry_on_the_wire() {
    let entry = Entry {
        at: at(0),
        what: What::Stale {
            code: Code::IdTokenExpired,
            stage: Stage::Refresh,
            clock_ahead: Some(-840),
        },
    };
    let text = serde_json::to_string(&entry).unwrap();
    assert_eq!(
        text,
        r#"{"at":"2027-01-15T08:00:00Z","kind":"stale","code":"id-token-expired","stage":"refresh","clock_ahead":-840}"#
    );
    assert_eq!(serde_json::from_str::<Entry>(&text).unwrap(), entry);
}

fn kept_in(directory: &Path) -> Timeline {
    let timeline = Timeline::new(Some(directory.to_path_buf()));
    timeline.keep("timeline-x.jsonl");
    timeline
}

#[tokio::test]
async fn the_next_process_reads_what_the_last_one_wrote() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path().join("new");
    let first = kept_in(&folder);
    follow(&first, &[signed_out(Why::Never, None), signing_in(), fresh(2)]);
    first.settle().await;
    drop(first);
    let second = kept_in(&folder);
    second.follow(at(100), &fresh(2));
    assert_eq!(
        lines(second.entries().await),
        ["signed in (loopback)", "restored at launch"]
    );
}

#[tokio::test]
async fn several_processes_write_to_one_file_and_lose_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let many: Vec<_> = (0..6).map(|_| kept_in(directory.path())).collect();
    for round in 0..10 {
        for (index, timeline) in (0..).zip(&many) {
            let second = round * 10 + index;
            timeline.follow(at(second), &signing_in());
            timeline.follow(at(second), &signed_out(Why::Never, Some(Code::Denied)));
        }
    }
    for timeline in &many {
        timeline.settle().await;
    }
    assert_eq!(many[0].entries().await.len(), 60);
    // The timeline and the lock of its turns: nothing half-written stays.
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 2);
}

#[tokio::test]
async fn damaged_and_foreign_lines_are_left_out() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("timeline-x.jsonl");
    std::fs::write(
        &path,
        b"{\"at\":\"2026-01-01T00:00:00Z\",\"kind\":\"recovered\"}\n{\"at\":\"2026-01-02T00:00:00Z\",\"kind\":\"beamed-up\"}\n\xff\xfe\0{\n\n{\"at\":\"2026-01-03T00:00:00Z\",\"kind\":\"sav",
    )
    .unwrap();
    let timeline = kept_in(directory.path());
    assert_eq!(lines(timeline.entries().await), ["confirmed again"]);
    timeline.follow(at(0), &fresh(-1));
    assert_eq!(
        lines(timeline.entries().await),
        ["confirmed again", "restored at launch"]
    );
}

#[tokio::test]
async fn a_file_that_cannot_be_written_takes_nothing_away() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("file"), b"").unwrap();
    let timeline = kept_in(&directory.path().join("file"));
    timeline.follow(at(0), &fresh(-1));
    assert_eq!(lines(timeline.entries().await), ["restored at launch"]);
}

#[tokio::test]
async fn the_file_holds_nothing_personal_and_is_its_owners_alone() {
    let directory = tempfile::tempdir().unwrap();
    let timeline = kept_in(directory.path());
    follow(
        &timeline,
        &[
            fresh(-1),
            stale(-1, Code::Offline),
            unsaved(-1),
            signed_out(Why::ByUser, None),
        ],
    );
    timeline.settle().await;
    let path = directory.path().join("timeline-x.jsonl");
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), 5);
    for personal in ["Ada", "ada@", "the-subject", "id.example"] {
        assert!(!text.contains(personal), "{personal} in {text}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}

#[tokio::test]
#[cfg_attr(
    windows,
    ignore = "wine 8 cannot replace a file that somebody is reading, and this reads all the while"
)]
async fn more_events_than_the_disk_is_fast_push_out_the_oldest_and_not_the_newest() {
    let directory = tempfile::tempdir().unwrap();
    let timeline = kept_in(directory.path());
    let many = 10_000;
    for second in 0..many {
        let view = if second % 2 == 0 {
            fresh(-1)
        } else {
            stale(-1, Code::Offline)
        };
        timeline.follow(at(second), &view);
    }
    drop(timeline);
    // The file's thread ends when it has written everything; its turn is free then.
    let mut newest = None;
    let begun = std::time::Instant::now();
    while newest != Some(at(many - 1)) && begun.elapsed() < std::time::Duration::from_secs(20) {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        newest = kept_in(directory.path())
            .entries()
            .await
            .last()
            .map(|entry| entry.at);
    }
    assert_eq!(newest, Some(at(many - 1)));
}
