//! Saves whose answer is lost: never blindly repeated, never done twice.

use serde_json::json;

use super::server::Suffers;
use super::*;

#[tokio::test]
async fn a_save_whose_answer_is_lost_is_looked_for_and_counts() {
    for kind in KINDS {
        let desk = Desk::new(kind).await;
        desk.editor.load(&ada()).await;
        desk.backend.next("PATCH", Suffers::LostAnswer);
        let outcome = desk.save(json!({"country": "FR"})).await;
        assert!(is_saved(&outcome), "{kind:?}: {outcome:?}");
        assert_eq!(desk.backend.patches().len(), 1, "{kind:?}");
        assert_eq!(desk.editor.load(&ada()).await.draft, None);
    }
}

#[tokio::test]
async fn a_save_that_was_not_done_is_repeated_only_with_a_condition() {
    for kind in KINDS {
        let desk = Desk::new(kind).await;
        desk.editor.load(&ada()).await;
        desk.backend.next("PATCH", Suffers::Dropped);
        let outcome = desk.save(json!({"country": "FR"})).await;
        let patches = desk.backend.patches();
        if kind == Kind::Strong {
            assert!(is_saved(&outcome), "{outcome:?}");
            assert_eq!(patches.len(), 2);
            assert_eq!(patches[0].headers["if-match"], patches[1].headers["if-match"]);
        } else {
            assert_eq!(outcome.unwrap_err().code, TroubleCode::ServerTrouble, "{kind:?}");
            assert_eq!(patches.len(), 1, "{kind:?}");
            let content = desk.editor.load(&ada()).await;
            assert_eq!(content.draft.unwrap().edits.len(), 1, "the draft stays");
        }
    }
}

#[tokio::test]
async fn a_lost_request_that_arrives_late_is_not_done_twice() {
    let desk = Desk::new(Kind::Strong).await;
    desk.editor.load(&ada()).await;
    desk.backend.next("PATCH", Suffers::Dropped);
    // The first request takes effect just before its repetition arrives.
    desk.backend
        .next("PATCH", Suffers::ChangedBefore("country", json!("FR")));
    let outcome = desk.save(json!({"country": "FR"})).await;
    assert!(is_saved(&outcome), "{outcome:?}");
    assert_eq!(
        desk.backend.patches().len(),
        2,
        "the condition of the second one did not hold"
    );
}

#[tokio::test]
async fn a_repetition_is_not_repeated() {
    let desk = Desk::new(Kind::Strong).await;
    desk.editor.load(&ada()).await;
    desk.backend.next("PATCH", Suffers::Dropped);
    desk.backend.next("PATCH", Suffers::Dropped);
    let trouble = desk.save(json!({"country": "FR"})).await.unwrap_err();
    assert_eq!(trouble.code, TroubleCode::ServerTrouble);
    assert_eq!(desk.backend.patches().len(), 2);
}

#[tokio::test]
async fn when_nobody_can_look_the_next_save_does() {
    for kind in KINDS {
        let desk = Desk::new(kind).await;
        desk.editor.load(&ada()).await;
        if kind != Kind::Strong {
            desk.backend
                .next("GET", Suffers::ChangedBefore("other", json!(1)));
        }
        desk.backend.next("PATCH", Suffers::LostAnswer);
        desk.backend.answers("GET", 500);
        assert!(desk.save(json!({"country": "FR"})).await.is_err(), "{kind:?}");
        let outcome = desk.save(json!({"country": "FR"})).await;
        assert!(is_saved(&outcome), "{kind:?}: {outcome:?}");
        let done = desk.backend.patches().len();
        // With a condition the repetition is refused by the server, without one it is not sent.
        assert_eq!(done, if kind == Kind::Strong { 2 } else { 1 }, "{kind:?}");
    }
}

#[tokio::test]
async fn a_web_page_instead_of_an_answer_is_no_save() {
    let desk = Desk::new(Kind::Untagged).await;
    desk.editor.load(&ada()).await;
    let page = vec![("content-type", "text/html".to_owned())];
    desk.backend
        .next("PATCH", Suffers::Answer(200, page, "<!doctype html>".into()));
    let trouble = desk.save(json!({"country": "FR"})).await.unwrap_err();
    assert_eq!(trouble.code, TroubleCode::Unanswered);
    assert_eq!(desk.backend.get("country"), "GB");
}

#[tokio::test]
async fn a_save_that_is_given_up_keeps_its_draft_and_is_found_later() {
    let desk = Desk::new(Kind::Strong).await;
    desk.editor.load(&ada()).await;
    desk.backend.next("PATCH", Suffers::Hangs);
    tokio::select! {
        _ = desk.save(json!({"country": "FR"})) => panic!("nothing answers"),
        () = desk.backend.hanging() => {}
    }
    desk.backend.gone().await;
    let content = desk.editor.load(&ada()).await;
    assert_eq!(content.draft.unwrap().edits.len(), 1);
    // Somehow it was done after all.
    desk.backend.set("country", json!("FR"));
    assert_eq!(desk.editor.load(&ada()).await.draft, None);
}
