//! Saves: what is sent, conflicts, and what a server does not take.

use serde_json::json;

use super::server::Suffers;
use super::*;

#[tokio::test]
async fn only_what_changed_is_sent_and_the_server_has_the_last_word() {
    for kind in KINDS {
        let desk = Desk::new(kind).await;
        desk.editor.load(&ada()).await;
        let outcome = desk
            .save(json!({"first_name": "Grace", "country": null, "nickname": "G", "age": 36, "active": true}))
            .await;
        assert!(is_saved(&outcome), "{kind:?}: {outcome:?}");
        let patches = desk.backend.patches();
        assert_eq!(patches.len(), 1);
        let expected = json!({"first_name": "Grace", "country": null, "nickname": "G", "age": 36});
        let (body, content_type) = (patches[0].json(), &patches[0].headers["content-type"]);
        if kind == Kind::Auth0 {
            assert_eq!(
                (body, content_type.as_str()),
                (json!({"user_metadata": expected}), "application/json")
            );
        } else {
            assert_eq!(
                (body, content_type.as_str()),
                (expected, "application/merge-patch+json")
            );
        }
        assert_eq!(desk.backend.get("country"), json!(null));
        let Ok(Saved::Saved { content }) = outcome else {
            panic!("saved")
        };
        let names: Vec<_> = content
            .fields
            .unwrap()
            .into_iter()
            .map(|field| field.name)
            .collect();
        assert_eq!(names, ["active", "age", "first_name", "nickname"]);
        assert_eq!(content.draft, None);
    }
}

#[tokio::test]
async fn a_strong_tag_is_a_condition_and_without_one_the_data_is_read_just_before() {
    let desk = Desk::new(Kind::Strong).await;
    desk.editor.load(&ada()).await;
    assert!(is_saved(&desk.save(json!({"country": "FR"})).await));
    assert_eq!(desk.backend.patches()[0].headers["if-match"], "\"v3\"");
    assert_eq!(desk.backend.methods(), ["GET", "PATCH", "GET"]);
    for kind in [Kind::Weak, Kind::Untagged, Kind::Auth0] {
        let desk = Desk::new(kind).await;
        desk.editor.load(&ada()).await;
        assert!(is_saved(&desk.save(json!({"country": "FR"})).await));
        assert_eq!(desk.backend.methods(), ["GET", "GET", "PATCH", "GET"], "{kind:?}");
        assert!(!desk.backend.patches()[0].headers.contains_key("if-match"));
    }
}

#[tokio::test]
async fn the_same_field_changed_elsewhere_is_a_conflict_and_nothing_is_written_over() {
    for kind in KINDS {
        let desk = Desk::new(kind).await;
        desk.editor.load(&ada()).await;
        desk.backend.set("country", json!("SE"));
        let outcome = desk.save(json!({"country": "FR", "first_name": "Grace"})).await;
        let Ok(Saved::Conflict { conflicts, content }) = outcome else {
            panic!("{kind:?}: {outcome:?}")
        };
        let [conflict] = &conflicts[..] else {
            panic!("one field: {conflicts:?}")
        };
        assert_eq!(conflict.name, "country");
        assert_eq!(conflict.base.as_ref().unwrap().text, "GB");
        assert_eq!(conflict.theirs.as_ref().unwrap().text, "SE");
        assert_eq!(serde_json::to_value(&conflict.mine).unwrap(), "FR");
        assert_eq!(desk.backend.get("country"), "SE");
        assert_eq!(desk.backend.get("first_name"), "Ada");
        assert_eq!(content.draft.unwrap().edits.len(), 2, "the draft stays");

        // The person chooses their own.
        let over = ["country".to_owned()];
        let changes = changes_of(json!({"country": "FR", "first_name": "Grace"}));
        let outcome = desk.editor.save(&ada(), &changes, &over).await;
        assert!(is_saved(&outcome), "{kind:?}: {outcome:?}");
        assert_eq!(desk.backend.get("country"), "FR");
    }
}

#[tokio::test]
async fn choosing_ones_own_holds_for_what_was_seen_only() {
    for kind in KINDS {
        let desk = Desk::new(kind).await;
        desk.editor.load(&ada()).await;
        desk.backend.set("country", json!("SE"));
        let _ = desk.save(json!({"country": "FR"})).await;
        desk.backend.set("country", json!("NO"));
        let over = ["country".to_owned()];
        let outcome = desk
            .editor
            .save(&ada(), &changes_of(json!({"country": "FR"})), &over)
            .await;
        assert!(
            matches!(outcome, Ok(Saved::Conflict { .. })),
            "{kind:?}: {outcome:?}"
        );
        assert_eq!(desk.backend.get("country"), "NO");
    }
}

#[tokio::test]
async fn other_fields_changed_elsewhere_are_no_conflict() {
    for kind in KINDS {
        let desk = Desk::new(kind).await;
        desk.editor.load(&ada()).await;
        desk.backend.set("active", json!(false));
        let outcome = desk.save(json!({"country": "FR"})).await;
        assert!(is_saved(&outcome), "{kind:?}: {outcome:?}");
        assert_eq!(desk.backend.get("active"), false);
        assert_eq!(desk.backend.get("country"), "FR");
    }
}

#[tokio::test]
async fn a_change_elsewhere_to_the_same_value_is_saved_already() {
    let desk = Desk::new(Kind::Strong).await;
    desk.editor.load(&ada()).await;
    desk.backend.set("country", json!("FR"));
    assert!(is_saved(&desk.save(json!({"country": "FR"})).await));
    assert_eq!(
        desk.backend.patches().len(),
        1,
        "refused by its condition, and not repeated"
    );
    assert!(is_saved(&desk.save(json!({"country": "FR"})).await));
    assert_eq!(desk.backend.patches().len(), 1, "nothing to send");
}

#[tokio::test]
async fn a_change_between_look_and_patch_is_found_by_the_condition() {
    let desk = Desk::new(Kind::Strong).await;
    desk.editor.load(&ada()).await;
    desk.backend
        .next("PATCH", Suffers::ChangedBefore("country", json!("SE")));
    let outcome = desk.save(json!({"country": "FR"})).await;
    assert!(matches!(outcome, Ok(Saved::Conflict { .. })), "{outcome:?}");
    assert_eq!(desk.backend.get("country"), "SE");
}

#[tokio::test]
async fn data_that_changes_again_and_again_is_given_up() {
    let desk = Desk::new(Kind::Strong).await;
    desk.editor.load(&ada()).await;
    for i in 0..3 {
        desk.backend
            .next("PATCH", Suffers::ChangedBefore("other", json!(i)));
    }
    let trouble = desk.save(json!({"country": "FR"})).await.unwrap_err();
    assert_eq!(trouble.code, TroubleCode::Contended);
    assert_eq!(desk.backend.patches().len(), 3);
}

#[tokio::test]
async fn a_409_without_any_change_is_told_in_the_servers_words() {
    for kind in KINDS {
        let desk = Desk::new(kind).await;
        desk.editor.load(&ada()).await;
        let body = json!({"detail": "your plan does not allow it"}).to_string();
        for _ in 0..3 {
            desk.backend
                .next("PATCH", Suffers::Answer(409, Vec::new(), body.clone()));
        }
        let trouble = desk.save(json!({"country": "FR"})).await.unwrap_err();
        assert_eq!(trouble.code, TroubleCode::Refused, "{kind:?}");
        assert_eq!(trouble.detail.as_deref(), Some("your plan does not allow it"));
    }
}

#[tokio::test]
async fn what_a_server_does_not_take_is_told_by_field() {
    let desk = Desk::new(Kind::Strong).await;
    let body = json!({"title": "Not valid", "errors": [{"pointer": "#/first_name", "detail": "too short"}]});
    let problem = vec![("content-type", "application/problem+json".to_owned())];
    desk.backend
        .next("PATCH", Suffers::Answer(422, problem, body.to_string()));
    let trouble = desk.failing().await;
    assert_eq!(trouble.code, TroubleCode::Refused);
    assert_eq!(trouble.fields[0].name, "first_name");
    assert_eq!(trouble.fields[0].message, "too short");
    assert_eq!(desk.backend.patches().len(), 1);
}

#[tokio::test]
async fn each_refusal_is_told_and_sent_once() {
    for (status, code) in [
        (400, TroubleCode::Refused),
        (403, TroubleCode::Forbidden),
        (404, TroubleCode::NotFound),
        (405, TroubleCode::Refused),
        (413, TroubleCode::TooLarge),
        (415, TroubleCode::Refused),
        (428, TroubleCode::Refused),
        (429, TroubleCode::Busy),
        (302, TroubleCode::Unusable),
    ] {
        let desk = Desk::new(Kind::Strong).await;
        desk.backend.answers("PATCH", status);
        assert_eq!(desk.failing().await.code, code, "{status}");
        assert_eq!(desk.backend.patches().len(), 1, "{status}");
        assert_eq!(desk.backend.get("first_name"), "Ada");
    }
}

#[tokio::test]
async fn auth0s_missing_permission_is_known() {
    let desk = Desk::new(Kind::Auth0).await;
    desk.backend.answers("PATCH", 403);
    let trouble = desk.failing().await;
    assert_eq!(trouble.scope.as_deref(), Some("update:current_user_metadata"));
}

#[tokio::test]
async fn a_refused_token_is_renewed_and_the_save_sent_once_more() {
    let desk = Desk::new(Kind::Strong).await;
    desk.editor.load(&ada()).await;
    desk.backend.answers("PATCH", 401);
    assert!(is_saved(&desk.save(json!({"country": "FR"})).await));
    let patches = desk.backend.patches();
    assert_eq!(patches[1].headers["authorization"], "Bearer t0ken-1");
    assert_eq!(patches[1].headers["if-match"], patches[0].headers["if-match"]);

    desk.backend.answers("PATCH", 401);
    desk.backend.answers("PATCH", 401);
    let trouble = desk.save(json!({"country": "SE"})).await.unwrap_err();
    assert_eq!(trouble.code, TroubleCode::AccessRefused);
    assert_eq!(desk.tokens.renewals(), 2);
}

#[tokio::test]
async fn two_saves_at_once_are_sent_once() {
    for kind in KINDS {
        let desk = Desk::new(kind).await;
        desk.editor.load(&ada()).await;
        let (a, b) = tokio::join!(
            desk.save(json!({"country": "FR"})),
            desk.save(json!({"country": "FR"}))
        );
        assert!(is_saved(&a) && is_saved(&b), "{kind:?}");
        assert_eq!(desk.backend.patches().len(), 1);
    }
}
