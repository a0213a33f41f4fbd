//! A server that gives the token back, wherever it can: nothing of it reaches the page or a draft.

use serde_json::json;

use super::server::Suffers;
use super::*;

/// What the page is given and what the directory holds after a load that is answered so, and a draft kept over it.
async fn after(desk: &Desk, status: u16, header: Option<(&'static str, &str)>, body: &str) -> String {
    let headers = header
        .map(|(name, value)| (name, value.to_owned()))
        .into_iter()
        .collect();
    desk.backend
        .next("GET", Suffers::Answer(status, headers, body.to_owned()));
    let content = desk.editor.load(&ada()).await;
    desk.editor
        .keep(&ada(), &changes_of(json!({"a": "y"})))
        .await
        .unwrap();
    let mut all = serde_json::to_string(&content).unwrap();
    for entry in std::fs::read_dir(desk.directory.path()).unwrap() {
        all += &std::fs::read_to_string(entry.unwrap().path()).unwrap();
    }
    all
}

#[tokio::test]
async fn a_token_that_comes_back_is_neither_shown_nor_kept() {
    let scope = "Bearer error=\"insufficient_scope\", scope=\"t0ken-0\"";
    let words = "Bearer error=\"invalid_token\", error_description=\"t0ken-0 no\"";
    for (status, header, body) in [
        (200, Some(("etag", "\"t0ken-0\"")), "{\"a\": \"x\"}"),
        (200, None, "{\"a\": \"t0ken-0\"}"),
        (200, None, "{\"a\": \"\\u00740ken-0\"}"),
        (200, None, "{\"\\u00740ken-0\": {\"b\": 1}}"),
        (403, Some(("www-authenticate", scope)), ""),
        (403, Some(("www-authenticate", words)), ""),
    ] {
        let desk = Desk::new(Kind::Untagged).await;
        let all = after(&desk, status, header, body).await;
        assert!(!all.contains("t0ken-0"), "{status} {header:?} {body}: {all}");
    }
}

#[tokio::test]
async fn a_token_that_was_refused_is_not_shown_after_its_renewal() {
    let desk = Desk::new(Kind::Untagged).await;
    desk.backend.answers("GET", 401);
    let all = after(&desk, 200, None, "{\"a\": \"t0ken-0\"}").await;
    assert!(!all.contains("t0ken-0"), "{all}");
}

#[tokio::test]
async fn an_operation_renews_once() {
    let desk = Desk::new(Kind::Untagged).await;
    desk.editor.load(&ada()).await;
    desk.backend.answers("GET", 401);
    desk.backend.answers("PATCH", 401);
    let outcome = desk.save(json!({"first_name": "Grace"})).await;
    assert_eq!(desk.tokens.renewals(), 1, "{outcome:?}");
}
