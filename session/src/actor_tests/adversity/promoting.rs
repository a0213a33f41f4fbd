//! Sessions for this run, and the store that opens under them.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_session_for_this_run_survives_the_clearing_of_the_one_before() {
    let desk = Desk::with_files().await;
    left_under_a_locked_store(&desk).await;
    let mut run = for_this_run(&desk, desk.launch()).await;
    desk.store.fail_with(None);
    run.session.look();
    run.until(|view| kept(view) == Some(Kept::Stored)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_sign_out_does_not_clear_a_session_stored_after_the_keyring_was_reset() {
    let desk = Desk::with_files().await;
    left_under_a_locked_store(&desk).await;
    let mut run = for_this_run(&desk, desk.launch()).await;
    desk.store.fail_with(None);
    for name in desk.store.names() {
        desk.store.delete(&name).unwrap();
    }
    run.session.look();
    run.until(|view| kept(view) == Some(Kept::Stored)).await;
    run.session.close().await;
    let view = next_launch(&desk).await;
    assert!(is_in(&view), "{view:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_out_while_the_session_is_being_stored_leaves_nothing() {
    let desk = Desk::new().await;
    let store = Slow::default();
    let mut run = locked_for_this_run(&desk, &store).await;
    store.inner.fail_with(None);
    store.gate.close();
    run.session.look();
    store.gate.reached().await;
    let session = run.session.clone();
    let leaving = tokio::spawn(async move { session.sign_out().await });
    run.until(|view| signed_out(view, Why::ByUser)).await;
    tokio::time::sleep(MOMENT).await;
    store.gate.open();
    let receipt = leaving.await.unwrap().unwrap();
    tokio::time::sleep(MOMENT).await;
    run.session.close().await;
    let mut next = launch_on(&desk, store, || Ok(()));
    let view = next.until(|view| !matches!(view, View::Restoring)).await;
    assert!(!is_in(&view), "{receipt:?}, and then {view:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_while_the_session_is_being_stored_leaves_no_spent_token() {
    let desk = Desk::new().await;
    desk.provider.rotate_refresh_tokens(true);
    let store = Slow::default();
    let run = locked_for_this_run(&desk, &store).await;
    store.inner.fail_with(None);
    store.gate.close();
    desk.clock.advance(60);
    run.session.look();
    store.gate.reached().await;
    run.session.refresh().await.unwrap();
    store.gate.open();
    looking(&desk, &run, || kept(&run.session.view()) == Some(Kept::Stored)).await;
    run.session.close().await;
    let mut next = launch_on(&desk, store, || Ok(()));
    next.until(|view| !matches!(view, View::Restoring)).await;
    next.session.refresh().await.unwrap();
    assert_eq!(desk.provider.reused(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_for_this_run_is_stored_although_a_look_met_a_renewal() {
    let desk = Desk::new().await;
    desk.store.fail_with(Some(StoreError::Locked));
    let run = for_this_run(&desk, desk.launch()).await;
    let gate = Arc::new(Notify::new());
    let busy = Answer::error(503, "busy").behind(&gate);
    desk.provider.always(Endpoint::Token, busy);
    let asked = desk.provider.count(Endpoint::Token);
    let session = run.session.clone();
    let waiting = tokio::spawn(async move { session.refresh().await });
    eventually(|| desk.provider.count(Endpoint::Token) > asked).await;
    desk.store.fail_with(None);
    desk.clock.advance(60);
    run.session.look();
    tokio::time::sleep(MOMENT).await;
    desk.provider.behave(Endpoint::Token);
    gate.notify_one();
    let _ = waiting.await.unwrap();
    looking(&desk, &run, || kept(&run.session.view()) == Some(Kept::Stored)).await;
}

/// A person signed out while the store was locked, and the app was closed.
async fn left_under_a_locked_store(desk: &Desk) {
    let run = desk.signed_in().await;
    desk.store.fail_with(Some(StoreError::Locked));
    run.session.sign_out().await.unwrap();
    run.session.close().await;
}

async fn locked_for_this_run(desk: &Desk, store: &Slow) -> Run {
    store.inner.fail_with(Some(StoreError::Locked));
    for_this_run(desk, launch_on(desk, store.clone(), || Ok(()))).await
}
