//! Processes that cannot take turns: who comes too late ends nobody else's session.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn the_clearing_of_who_lost_does_not_end_the_session_of_who_won() {
    let desk = Desk::new().await;
    desk.provider.rotate_refresh_tokens(true);
    desk.signed_in().await.session.close().await;
    let mut second = desk.launch();
    second.until(fresh).await;
    let (other, armed) = (second.session.clone(), AtomicBool::new(true));
    // The second is refused, and clears, before the first has saved its answer.
    let mut first = desk.launch_passing(move |point| {
        if point == Failpoint::Answered && armed.swap(false, Ordering::SeqCst) {
            tokio::task::block_in_place(|| {
                tokio::runtime::Handle::current().block_on(async {
                    let _ = other.refresh().await;
                    tokio::time::sleep(MOMENT).await;
                });
            });
        }
    });
    first.until(fresh).await;
    let answer = first.session.refresh().await;
    let view = first.session.view();
    assert!(is_in(&view), "{answer:?} {view:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clearing_of_who_lost_does_not_revoke_what_could_not_be_saved_yet() {
    let desk = Desk::new().await;
    desk.provider.rotate_refresh_tokens(true);
    let store = Slow::default();
    let first = signed_in_on(&desk, &store).await;
    let mut second = launch_on(&desk, store.inner.clone(), || Ok(()));
    second.until(fresh).await;
    store.gate.close();
    first.session.refresh().await.unwrap();
    assert!(matches!(kept(&first.session.view()), Some(Kept::Unsaved { .. })));
    let living = newest(&desk);
    // It is refused, and clears.
    let _ = second.session.refresh().await;
    tokio::time::sleep(MOMENT).await;
    store.gate.open();
    tokio::time::sleep(MOMENT * 3).await;
    assert!(!revoked(&desk, &living), "{:?}", first.session.view());
    assert!(is_in(&first.session.view()));
}
