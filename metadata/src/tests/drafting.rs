//! Drafts: over a restart, with the value they were made on, gone when they are done.

use serde_json::json;

use super::*;
use crate::Drafts;

fn files(desk: &Desk) -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(desk.directory.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

#[tokio::test]
async fn a_draft_made_offline_is_offered_after_a_restart_and_saved_only_when_told() {
    let desk = Desk::new(Kind::Strong).await;
    desk.editor.load(&ada()).await;
    let changes = changes_of(json!({"country": "FR"}));
    desk.editor.keep(&ada(), &changes).await.unwrap();
    let editor = desk.restarted();
    desk.backend.answers("GET", 503);
    let content = editor.load(&ada()).await;
    assert_eq!(content.fields, None);
    let draft = content.draft.unwrap();
    assert_eq!(draft.version.as_deref(), Some("\"v3\""));
    assert_eq!(draft.edits[0].base.as_ref().unwrap().text, "GB");
    editor.load(&ada()).await;
    assert!(desk.backend.patches().is_empty());
    let outcome = editor.save(&ada(), &changes, &[]).await;
    assert!(is_saved(&outcome), "{outcome:?}");
    assert!(files(&desk).is_empty(), "nothing is left of it");
}

#[tokio::test]
async fn a_draft_stays_on_what_it_was_made_on() {
    for kind in KINDS {
        let desk = Desk::new(kind).await;
        desk.editor.load(&ada()).await;
        let changes = changes_of(json!({"country": "FR"}));
        desk.editor.keep(&ada(), &changes).await.unwrap();
        desk.backend.set("country", json!("SE"));
        let editor = desk.restarted();
        let content = editor.load(&ada()).await;
        let draft = content.draft.unwrap();
        assert_eq!(draft.conflicts[0].base.as_ref().unwrap().text, "GB");
        // Writing the draft again after the load does not hide the conflict.
        editor.keep(&ada(), &changes).await.unwrap();
        let outcome = editor.save(&ada(), &changes, &[]).await;
        assert!(
            matches!(outcome, Ok(Saved::Conflict { .. })),
            "{kind:?}: {outcome:?}"
        );
        assert!(desk.backend.patches().is_empty(), "{kind:?}");
    }
}

#[tokio::test]
async fn a_draft_saved_without_a_load_before_it_is_compared_first() {
    let desk = Desk::new(Kind::Strong).await;
    desk.editor.load(&ada()).await;
    let changes = changes_of(json!({"country": "FR"}));
    desk.editor.keep(&ada(), &changes).await.unwrap();
    desk.backend.set("country", json!("SE"));
    let outcome = desk.restarted().save(&ada(), &changes, &[]).await;
    assert!(matches!(outcome, Ok(Saved::Conflict { .. })), "{outcome:?}");
}

#[tokio::test]
async fn what_the_server_has_already_is_no_draft() {
    let desk = Desk::new(Kind::Strong).await;
    desk.editor.load(&ada()).await;
    let changes = changes_of(json!({"country": "FR", "first_name": "Grace"}));
    desk.editor.keep(&ada(), &changes).await.unwrap();
    desk.backend.set("country", json!("FR"));
    let draft = desk.editor.load(&ada()).await.draft.unwrap();
    let names: Vec<_> = draft.edits.iter().map(|edit| edit.name.as_str()).collect();
    assert_eq!(names, ["first_name"]);
}

#[tokio::test]
async fn a_draft_without_changes_and_a_discarded_one_are_gone() {
    let desk = Desk::new(Kind::Strong).await;
    let changes = changes_of(json!({"country": "FR"}));
    desk.editor.keep(&ada(), &changes).await.unwrap();
    assert_eq!(files(&desk).len(), 1);
    desk.editor.keep(&ada(), &changes_of(json!({}))).await.unwrap();
    assert!(files(&desk).is_empty());
    desk.editor.keep(&ada(), &changes).await.unwrap();
    desk.editor.discard(&ada()).await.unwrap();
    desk.editor.discard(&ada()).await.unwrap();
    assert!(files(&desk).is_empty());
}

#[tokio::test]
async fn what_is_edited_while_it_is_saved_stays_in_the_draft() {
    let desk = Desk::new(Kind::Strong).await;
    desk.editor.load(&ada()).await;
    let (outcome, kept) = tokio::join!(desk.save(json!({"country": "FR"})), async {
        // The save has written its own draft before it asks anybody.
        while desk.backend.patches().is_empty() {
            tokio::task::yield_now().await;
        }
        let later = changes_of(json!({"country": "SE", "first_name": "Grace"}));
        desk.editor.keep(&ada(), &later).await
    });
    kept.unwrap();
    assert!(outcome.is_ok());
    let draft = desk.editor.load(&ada()).await.draft.unwrap();
    assert_eq!(draft.edits.len(), 2, "{draft:?}");
    assert!(draft.conflicts.is_empty(), "{draft:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_draft_is_its_owners_alone_and_its_name_tells_nothing() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::new(Kind::Strong).await;
    let changes = changes_of(json!({"country": "FR"}));
    desk.editor.keep(&ada(), &changes).await.unwrap();
    let [file] = &files(&desk)[..] else {
        panic!("one file")
    };
    assert_eq!(
        std::fs::metadata(file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let name = file.file_name().unwrap().to_str().unwrap();
    assert!(!name.contains("ada") && !name.contains("example"), "{name}");
    assert!(!std::fs::read_to_string(file).unwrap().contains("t0ken"));
}

#[tokio::test]
async fn signing_out_forgets_every_draft_of_the_issuer_and_no_others() {
    let desk = Desk::new(Kind::Strong).await;
    let changes = changes_of(json!({"country": "FR"}));
    let somebody = |issuer: &str, sub: &str| Person {
        issuer: issuer.into(),
        sub: sub.into(),
    };
    let (ada, benoit) = (ada(), somebody("https://id.example/", "benoit"));
    let elsewhere = somebody("https://other.example/", "auth0|ada");
    for person in [&ada, &benoit, &elsewhere] {
        desk.editor.keep(person, &changes).await.unwrap();
    }
    let directory = desk.directory.path();
    std::fs::write(directory.join("session.lock"), "").unwrap();
    Drafts::forget(directory, &ada.issuer, Some(&ada.sub)).unwrap();
    assert!(desk.editor.load(&ada).await.draft.is_some());
    assert!(desk.editor.load(&benoit).await.draft.is_none());
    Drafts::forget(directory, &ada.issuer, None).unwrap();
    assert_eq!(files(&desk).len(), 2, "another issuer's, and what is no draft");
    Drafts::forget(&directory.join("nowhere"), "x", None).unwrap();
}

#[test]
fn several_writers_never_mix_their_drafts() {
    let directory = tempfile::tempdir().unwrap();
    let place = "https://api.example/me".parse().unwrap();
    let drafts = || Drafts::new(directory.path().to_owned(), &place);
    let now = jiff::Timestamp::UNIX_EPOCH;
    let keep = |drafts: &Drafts, text: &str| {
        let changes = changes_of(json!({"a": text, "b": text}));
        drafts.keep(&ada(), &changes, None, None, now).unwrap();
    };
    keep(&drafts(), "x");
    std::thread::scope(|scope| {
        for writer in ["y", "z"] {
            // Of another length each, so that a mixture could not be read.
            let (drafts, keep) = (drafts(), &keep);
            scope.spawn(move || {
                for length in 0..200 {
                    keep(&drafts, &writer.repeat(length));
                    assert!(drafts.read(&ada()).is_some());
                }
            });
        }
    });
    let left = std::fs::read_dir(directory.path()).unwrap().count();
    assert_eq!(left, 1, "nothing unfinished is left");
}

#[tokio::test]
async fn what_a_killed_process_left_of_a_draft_goes_with_it() {
    let desk = Desk::new(Kind::Strong).await;
    let changes = changes_of(json!({"country": "FR"}));
    desk.editor.keep(&ada(), &changes).await.unwrap();
    let left = files(&desk)[0].with_extension("1-0.new");
    std::fs::write(&left, "{").unwrap();
    assert!(desk.editor.load(&ada()).await.draft.is_some());
    desk.editor.discard(&ada()).await.unwrap();
    assert!(files(&desk).is_empty());
}

#[tokio::test]
async fn a_draft_that_is_too_large_is_not_written_over_the_one_before() {
    let desk = Desk::new(Kind::Strong).await;
    desk.backend.set("country", json!("x".repeat(210_000)));
    desk.backend.set("first_name", json!("x".repeat(60_000)));
    desk.editor.load(&ada()).await;
    let first = changes_of(json!({"country": "FR"}));
    desk.editor.keep(&ada(), &first).await.unwrap();
    // Each change keeps what it was made on.
    let both = changes_of(json!({"country": "FR", "first_name": "Grace"}));
    let trouble = desk.editor.keep(&ada(), &both).await.unwrap_err();
    assert_eq!(trouble.code, TroubleCode::DraftUnwritable);
    assert_eq!(desk.editor.load(&ada()).await.draft.unwrap().edits.len(), 1);
}

#[tokio::test]
async fn a_damaged_draft_harms_nobody() {
    let desk = Desk::new(Kind::Strong).await;
    let changes = changes_of(json!({"country": "FR"}));
    desk.editor.keep(&ada(), &changes).await.unwrap();
    let file = files(&desk).remove(0);
    for text in [
        "",
        "{",
        "[]",
        r#"{"at":"2026-11-20T21:00:00Z","edits":[{"name":"a","value":"\u0000"}]}"#,
        r#"{"at":"2026-11-20T21:00:00Z","edits":[{"name":"a"}]}"#,
    ] {
        std::fs::write(&file, text).unwrap();
        assert_eq!(desk.editor.load(&ada()).await.draft, None, "{text}");
    }
    std::fs::write(&file, vec![b'x'; 1024 * 1024]).unwrap();
    assert_eq!(desk.editor.load(&ada()).await.draft, None);
    desk.editor.keep(&ada(), &changes).await.unwrap();
    assert!(desk.editor.load(&ada()).await.draft.is_some());
}

#[tokio::test]
async fn a_disk_that_takes_nothing_is_told_and_holds_up_no_save() {
    let desk = Desk::new(Kind::Strong).await;
    let file = desk.directory.path().join("file");
    std::fs::write(&file, "").unwrap();
    let editor = editor(&desk.backend, &desk.tokens, &file.join("drafts"));
    editor.load(&ada()).await;
    let changes = changes_of(json!({"country": "FR"}));
    let trouble = editor.keep(&ada(), &changes).await.unwrap_err();
    assert_eq!(trouble.code, TroubleCode::DraftUnwritable);
    assert!(is_saved(&editor.save(&ada(), &changes, &[]).await));
}
