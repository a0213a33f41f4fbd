//! The credential store: what it has lost, what it shows that is not so, and when it is left alone.

use super::*;
use crate::store::Call;

#[tokio::test(flavor = "multi_thread")]
async fn a_record_damaged_under_a_live_session_is_written_again() {
    let desk = Desk::new().await;
    let run = desk.signed_in().await;
    let head = desk.store.names()[0].clone();
    desk.store.set(&head, b"wisdom").unwrap();
    run.session.refresh().await.unwrap();
    run.session.look();
    tokio::time::sleep(MOMENT).await;
    run.session.close().await;
    desk.provider.end_grants();
    desk.launch().until(fresh).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_nobody_asked_for_asks_first_whether_the_store_is_open() {
    let desk = Desk::new().await;
    desk.signed_in().await.session.close().await;
    let gate = Arc::new(Notify::new());
    let renamed = serde_json::json!({"sub": "ada-1", "name": "Ada Newname"});
    desk.provider
        .always(Endpoint::Userinfo, Answer::json(200, &renamed).behind(&gate));
    let asked = desk.provider.count(Endpoint::Userinfo);
    let mut run = desk.launch();
    run.until(fresh).await;
    eventually(|| desk.provider.count(Endpoint::Userinfo) > asked).await;
    tokio::time::sleep(MOMENT).await;
    desk.store.fail_with(Some(StoreError::Locked));
    let before = desk.store.calls().len();
    gate.notify_one();
    tokio::time::sleep(MOMENT).await;
    let calls = desk.store.calls()[before..].to_vec();
    assert!(calls.iter().all(|call| *call == Call::Ready), "{calls:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_out_after_the_entry_vanished_is_not_undone_by_another_process() {
    let desk = Desk::new().await;
    let first = desk.signed_in().await;
    let mut second = desk.launch();
    second.until(fresh).await;
    for name in desk.store.names() {
        desk.store.delete(&name).unwrap();
    }
    assert_eq!(first.session.sign_out().await.unwrap().device, Step::Done);
    second.session.look();
    tokio::time::sleep(MOMENT).await;
    first.session.look();
    tokio::time::sleep(MOMENT).await;
    let view = first.session.view();
    assert!(!is_in(&view), "{view:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_out_reaches_an_open_store_although_its_lock_file_cannot_be_used() {
    let desk = Desk::with_files().await;
    let run = desk.signed_in().await;
    // Where the lock file was there is a directory: nobody can open that for writing.
    let path = desk.files.as_ref().unwrap().path().join("session.lock");
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    let token = newest(&desk);
    let receipt = run.session.sign_out().await.unwrap();
    run.session.close().await;
    assert!(!stored(&desk).contains(&token), "{receipt:?}");
    let view = next_launch(&desk).await;
    assert!(!is_in(&view), "{receipt:?}, and then {view:?}");
}
