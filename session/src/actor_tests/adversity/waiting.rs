//! Callers who wait: they are answered, and with what is true.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_whose_renewal_is_overtaken_by_a_sign_in_is_answered() {
    let desk = Desk::new().await;
    let mut run = desk.signed_in().await;
    let begun = run.session.begin_sign_in(None).await.unwrap();
    let page = sign_in_page(&mut run).await;
    let gate = Arc::new(Notify::new());
    let behind = Arc::clone(&gate);
    desk.provider.when(Endpoint::Token, move |received| {
        (received.parameter("grant_type") == Some("refresh_token"))
            .then(|| Answer::error(503, "busy").behind(&behind))
    });
    let asked = desk.provider.count(Endpoint::Token);
    let session = run.session.clone();
    let waiting = tokio::spawn(async move { session.refresh().await });
    eventually(|| desk.provider.count(Endpoint::Token) > asked).await;
    run.session
        .callback(&desk.provider.authorize(&page))
        .await
        .unwrap();
    begun.ended().await.unwrap();
    gate.notify_one();
    let _ = tokio::time::timeout(Duration::from_secs(30), waiting)
        .await
        .expect("never answered")
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_is_told_that_the_store_is_locked() {
    let desk = Desk::new().await;
    desk.signed_in().await.session.close().await;
    desk.store.fail_with(Some(StoreError::Locked));
    let mut run = desk.launch();
    run.until(|view| matches!(view, View::Blocked { .. })).await;
    let error = run.session.access_token(Duration::ZERO).await.unwrap_err();
    assert_eq!(error.code(), Code::StoreLocked);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_is_not_put_off_because_the_clock_asked_first() {
    let desk = Desk::new().await;
    let store = Slow::default();
    let run = signed_in_on(&desk, &store).await;
    store.gate.close();
    desk.clock.set(250);
    run.session.look();
    store.gate.reached().await;
    let answer = run.session.access_token(Duration::from_secs(120)).await;
    store.gate.open();
    answer.unwrap();
}

/// The other process holds the turn all the while.
#[test]
fn a_session_closed_while_it_waits_for_its_turn_lets_the_program_end() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let (desk, held) = runtime.block_on(async {
        let desk = Desk::with_files().await;
        let run = desk.signed_in().await;
        let path = desk.files.as_ref().unwrap().path().join("renewal.lock");
        let held = crate::lock::SessionLock::acquire(&path, Duration::from_secs(1)).unwrap();
        let session = run.session.clone();
        let waiting = tokio::spawn(async move { session.refresh().await });
        tokio::time::sleep(MOMENT).await;
        run.session.close().await;
        waiting.await.unwrap().unwrap_err();
        (desk, held)
    });
    // The lock is let go only after the runtime has ended: nothing may wait for it.
    let (ended, end) = std::sync::mpsc::channel();
    let ending = std::thread::spawn(move || {
        drop(runtime);
        let _ = ended.send(());
    });
    let in_time = end.recv_timeout(Duration::from_secs(20));
    drop(held);
    ending.join().unwrap();
    in_time.expect("the runtime waits for a lock nobody wants any more");
    drop(desk);
}
