//! Renewals: what must not hold them up, and what must not make them spend a token.

use super::*;

/// A launch with a fresh token, to which the provider's userinfo says that it has an hour's trouble.
async fn without_userinfo() -> (Desk, Run) {
    let desk = Desk::new().await;
    desk.signed_in().await.session.close().await;
    let busy = Answer::error(503, "busy").with_header("retry-after", "3600");
    desk.provider.always(Endpoint::Userinfo, busy);
    let mut run = desk.launch();
    run.until(stale).await;
    (desk, run)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_userinfo_does_not_hold_up_callers() {
    let (desk, run) = without_userinfo().await;
    desk.clock.set(400);
    run.session.access_token(Duration::from_secs(30)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_userinfo_does_not_stop_renewals_by_the_clock() {
    let (desk, run) = without_userinfo().await;
    let asked = desk.provider.count(Endpoint::Token);
    desk.clock.set(290);
    run.session.look();
    eventually(|| desk.provider.count(Endpoint::Token) > asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_try_of_a_clock_that_was_ahead_does_not_hold_callers_up() {
    let desk = Desk::new().await;
    let mut run = desk.signed_in().await;
    desk.provider.always(Endpoint::Token, Answer::dropped());
    desk.clock.set(10 * 24 * 3600);
    let asked = run.session.access_token(Duration::from_secs(30)).await;
    asked.unwrap_err();
    run.until(stale).await;
    desk.clock.set(400);
    desk.provider.behave(Endpoint::Token);
    run.session.look();
    run.until(fresh).await;
    run.session.access_token(Duration::from_secs(30)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_store_does_not_keep_a_process_from_its_own_next_renewal() {
    let desk = Desk::with_files().await;
    let store = Slow::default();
    let run = signed_in_on(&desk, &store).await;
    store.gate.close();
    run.session.refresh().await.unwrap();
    assert!(matches!(kept(&run.session.view()), Some(Kept::Unsaved { .. })));
    // The first write has not ended yet, and holds what it needs.
    let session = run.session.clone();
    let second = tokio::spawn(async move { session.refresh().await });
    tokio::time::sleep(MOMENT).await;
    store.gate.open();
    second.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_of_a_silent_store_that_comes_through_late_counts() {
    let desk = Desk::with_files().await;
    let store = Slow::default();
    let mut run = signed_in_on(&desk, &store).await;
    store.gate.close();
    run.session.refresh().await.unwrap();
    assert!(matches!(kept(&run.session.view()), Some(Kept::Unsaved { .. })));
    store.gate.open();
    // The next try of its own would be half a minute away.
    run.until(|view| kept(view) == Some(Kept::Stored)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_generation_in_the_store_is_not_renewed() {
    let desk = Desk::new().await;
    desk.provider.rotate_refresh_tokens(true);
    let run = desk.signed_in().await;
    let head = desk.store.names()[0].clone();
    let old = desk.store.get(&head).unwrap().unwrap();
    run.session.refresh().await.unwrap();
    desk.store.set(&head, &old).unwrap();
    desk.clock.set(200);
    run.session.refresh().await.unwrap();
    assert_eq!(desk.provider.reused(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_generation_that_is_fresh_is_not_taken_for_a_renewal() {
    let desk = Desk::new().await;
    let run = desk.signed_in().await;
    let head = desk.store.names()[0].clone();
    let old = desk.store.get(&head).unwrap().unwrap();
    run.session.refresh().await.unwrap();
    desk.store.set(&head, &old).unwrap();
    let asked = desk.provider.count(Endpoint::Token);
    run.session.refresh().await.unwrap();
    assert!(desk.provider.count(Endpoint::Token) > asked);
    assert_eq!(kept(&run.session.view()), Some(Kept::Stored));
    run.session.close().await;
    let mut next = desk.launch();
    next.until(fresh).await;
    next.session.refresh().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_store_does_not_make_two_processes_spend_one_token() {
    let desk = Desk::with_files().await;
    desk.provider.rotate_refresh_tokens(true);
    desk.signed_in().await.session.close().await;
    let (mut first, mut second) = (desk.launch(), desk.launch());
    first.until(fresh).await;
    second.until(fresh).await;
    desk.store.fail_with(Some(StoreError::Locked));
    desk.clock.set(400);
    // Either may have been first, by its own clock. The other is told to wait, and sends nothing that was sent before.
    let one = first.session.access_token(Duration::from_secs(30)).await;
    let other = second.session.access_token(Duration::from_secs(30)).await;
    assert!(one.is_ok() || other.is_ok(), "{one:?} {other:?}");
    assert_eq!(desk.provider.reused(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_goes_on_although_the_last_handle_is_dropped() {
    let desk = Desk::new().await;
    desk.provider.rotate_refresh_tokens(true);
    desk.signed_in().await.session.close().await;
    let gate = Gate::closed();
    let run = stopping_at(&desk, &gate).await;
    // By the clock: nobody waits for it.
    desk.clock.set(250);
    run.session.look();
    gate.reached().await;
    drop(run);
    tokio::time::sleep(MOMENT).await;
    gate.open();
    tokio::time::sleep(MOMENT).await;
    let mut next = desk.launch();
    next.until(|view| !matches!(view, View::Restoring)).await;
    next.session.refresh().await.unwrap();
    assert!(is_in(&next.session.view()), "{:?}", next.session.view());
}
