//! The credential store: one that comes later, records that cannot be read, a session for this run only.

use super::*;

async fn this_run(desk: &Desk) -> Run {
    desk.store.fail_with(Some(StoreError::Locked));
    let mut run = desk.launch();
    run.until(|view| matches!(view, View::Blocked { .. })).await;
    run.session.use_this_run().await.unwrap();
    desk.sign_in(&mut run).await;
    run
}

fn kept(view: &View) -> Option<&Kept> {
    if let View::SignedIn { kept, .. } = view {
        Some(kept)
    } else {
        None
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_for_this_run_is_kept_when_the_store_opens() {
    let desk = Desk::new().await;
    let mut run = this_run(&desk).await;
    assert_eq!(kept(&run.session.view()), Some(&Kept::ThisRun));
    desk.store.fail_with(None);
    run.session.look();
    run.until(|view| kept(view) == Some(&Kept::Stored)).await;
    run.session.close().await;
    desk.launch().until(fresh).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_session_for_this_run_leaves_the_stored_one_alone() {
    let desk = Desk::new().await;
    desk.signed_in().await.session.close().await;
    let before = desk.store.names();
    let run = this_run(&desk).await;
    desk.store.fail_with(None);
    run.session.sign_out().await.unwrap();
    run.session.close().await;
    assert_eq!(desk.store.names(), before);
    desk.launch().until(fresh).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_blocks_is_looked_at_again_by_itself() {
    let desk = Desk::new().await;
    desk.signed_in().await.session.close().await;
    desk.store.fail_with(Some(StoreError::Missing));
    let mut run = desk.launch();
    run.until(|view| matches!(view, View::Blocked { .. })).await;
    desk.store.fail_with(None);
    run.until(fresh).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unsaved_session_is_saved_when_the_store_opens() {
    let desk = Desk::new().await;
    let mut run = desk.signed_in().await;
    desk.store.fail_with(Some(StoreError::Locked));
    // Nobody loses a token for it: the one that lives is renewed all the same, because somebody asked.
    run.session.refresh().await.unwrap();
    assert!(matches!(
        kept(&run.session.view()),
        Some(Kept::Unsaved { problem, .. }) if problem.code == Code::StoreLocked
    ));
    desk.store.fail_with(None);
    run.session.retry().await.unwrap();
    run.until(|view| kept(view) == Some(&Kept::Stored)).await;
    run.session.close().await;
    desk.provider.end_grants();
    desk.launch().until(fresh).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_of_a_newer_version_is_set_aside_not_thrown_away() {
    for record in [
        &b"{\"version\":1,\"generation\":3,\"kind\":\"whole\"}\n{\"version\":99,\"wisdom\":1}"[..],
        b"{\"version\":7,\"generation\":3,\"kind\":\"sealed\"}\nwisdom",
        b"wisdom",
    ] {
        let desk = Desk::new().await;
        desk.signed_in().await.session.close().await;
        let head = desk.store.names()[0].clone();
        desk.store.set(&head, record).unwrap();
        let mut run = desk.launch();
        run.until(|view| signed_out(view, Why::StoreLost)).await;
        assert_eq!(
            &**desk.store.get(&head).unwrap().unwrap(),
            record,
            "it was touched unread"
        );
        desk.sign_in(&mut run).await;
        let aside = desk
            .store
            .names()
            .into_iter()
            .find(|name| name.starts_with("aside-"))
            .expect("it was thrown away");
        let kept = desk.store.get(&aside).unwrap().unwrap();
        assert!(String::from_utf8_lossy(&kept).contains("wisdom"));
        // The person wants this device to forget: then it goes, too.
        run.session.sign_out().await.unwrap();
        assert_eq!(desk.store.names(), [head]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_somebody_deleted_is_written_again() {
    let desk = Desk::new().await;
    let run = desk.signed_in().await;
    for name in desk.store.names() {
        desk.store.delete(&name).unwrap();
    }
    run.session.refresh().await.unwrap();
    run.session.close().await;
    desk.launch().until(fresh).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_of_16_kib_are_kept_where_an_entry_takes_2560_bytes() {
    let mut desk = Desk::new().await;
    desk.store = MemoryStore::with_limit(2560);
    desk.provider
        .token_response(serde_json::json!({ "access_token": "x".repeat(16 * 1024) }));
    desk.provider
        .id_tokens(IdTokenPlan::with_claims(serde_json::json!({ "at_hash": null })));
    let run = desk.signed_in().await;
    run.session.refresh().await.unwrap();
    run.session.close().await;
    let mut next = desk.launch();
    next.until(fresh).await;
    let token = next.session.access_token(Duration::ZERO).await.unwrap();
    assert_eq!(token.secret().len(), 16 * 1024);
    next.session.sign_out().await.unwrap();
    assert_eq!(desk.store.names().len(), 1, "only the tombstone is left");
}
