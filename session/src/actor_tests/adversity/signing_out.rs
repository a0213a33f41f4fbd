//! Sign-outs that meet a renewal, a locked store, another process: who left stays out, and nobody else has to go.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_out_revokes_the_token_another_process_got() {
    let desk = Desk::new().await;
    desk.provider.rotate_refresh_tokens(true);
    let first = desk.signed_in().await;
    let mut second = desk.launch();
    second.until(fresh).await;
    second.session.refresh().await.unwrap();
    let living = newest(&desk);
    first.session.sign_out().await.unwrap();
    second.session.look();
    second.until(|view| signed_out(view, Why::Elsewhere)).await;
    eventually(|| revoked(&desk, &living)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_out_under_a_locked_store_is_not_undone_by_a_renewal_elsewhere_before_it() {
    let mut desk = Desk::with_files().await;
    desk.provider.rotate_refresh_tokens(true);
    let first = desk.signed_in().await;
    // Without files the first does not hear of it.
    let files = desk.files.take();
    let mut second = desk.launch();
    second.until(fresh).await;
    second.session.refresh().await.unwrap();
    second.session.close().await;
    desk.store.fail_with(Some(StoreError::Locked));
    assert_eq!(first.session.sign_out().await.unwrap().device, Step::Pending);
    desk.store.fail_with(None);
    looking(&desk, &first, || done_here(&first)).await;
    assert!(signed_out(&first.session.view(), Why::ByUser));
    assert!(!came_back(&first), "{:?}", first.kinds());
    drop(files);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_out_under_a_locked_store_is_not_undone_by_a_renewal_that_is_answered_later() {
    let desk = Desk::with_files().await;
    desk.provider.rotate_refresh_tokens(true);
    desk.signed_in().await.session.close().await;
    let gate = Gate::closed();
    let run = stopping_at(&desk, &gate).await;
    let session = run.session.clone();
    let renewal = tokio::spawn(async move { session.refresh().await });
    gate.reached().await;
    desk.store.fail_with(Some(StoreError::Locked));
    assert_eq!(run.session.sign_out().await.unwrap().device, Step::Pending);
    desk.store.fail_with(None);
    gate.open();
    let _ = renewal.await.unwrap();
    looking(&desk, &run, || done_here(&run)).await;
    assert!(signed_out(&run.session.view(), Why::ByUser));
    assert!(!came_back(&run), "{:?}", run.kinds());
    eventually(|| !stored(&desk).contains("refresh-")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_out_of_an_unsaved_session_does_not_bring_back_the_one_before() {
    let desk = Desk::with_files().await;
    let mut run = desk.signed_in().await;
    desk.store.fail_with(Some(StoreError::Locked));
    desk.sign_in(&mut run).await;
    assert!(matches!(kept(&run.session.view()), Some(Kept::Unsaved { .. })));
    run.session.sign_out().await.unwrap();
    run.session.close().await;
    desk.store.fail_with(None);
    let view = next_launch(&desk).await;
    assert!(!is_in(&view), "{view:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clearing_that_is_tried_again_leaves_a_later_sign_in_alone() {
    let desk = Desk::new().await;
    let mut first = desk.launch();
    first.until(|view| signed_out(view, Why::Never)).await;
    desk.store.fail_with(Some(StoreError::Locked));
    desk.sign_in(&mut first).await;
    assert_eq!(first.session.sign_out().await.unwrap().device, Step::Pending);
    desk.store.fail_with(None);
    let second = desk.signed_in().await;
    assert_eq!(kept(&second.session.view()), Some(Kept::Stored));
    desk.clock.advance(60);
    first.session.look();
    tokio::time::sleep(MOMENT).await;
    second.session.look();
    tokio::time::sleep(MOMENT).await;
    let view = second.session.view();
    assert!(is_in(&view), "{view:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unsaved_session_that_ends_elsewhere_is_revoked() {
    let desk = Desk::new().await;
    desk.provider.rotate_refresh_tokens(true);
    let first = desk.signed_in().await;
    let mut second = desk.launch();
    second.until(fresh).await;
    desk.store.fail_with(Some(StoreError::Locked));
    second.session.refresh().await.unwrap();
    let living = newest(&desk);
    desk.store.fail_with(None);
    first.session.sign_out().await.unwrap();
    second.session.look();
    second.until(|view| signed_out(view, Why::Elsewhere)).await;
    eventually(|| revoked(&desk, &living)).await;
}

/// Its sign-out has removed the session from this device.
fn done_here(run: &Run) -> bool {
    receipt(&run.session.view()).is_some_and(|receipt| receipt.device == Step::Done) || came_back(run)
}

fn came_back(run: &Run) -> bool {
    let kinds = run.kinds();
    kinds.windows(2).any(|two| two == ["signed-out", "signed-in"])
}
