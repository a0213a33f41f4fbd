//! Answers that come late, from the store and from the browser.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_by_the_clock_that_a_silent_store_put_off_is_no_lost_answer() {
    let desk = Desk::new().await;
    let store = Slow::default();
    let run = signed_in_on(&desk, &store).await;
    let asked = desk.provider.count(Endpoint::Token);
    store.gate.close();
    desk.clock.set(250);
    run.session.look();
    store.gate.reached().await;
    // The store's time is up after ten seconds.
    tokio::time::sleep(Duration::from_secs(11)).await;
    assert_eq!(desk.provider.count(Endpoint::Token), asked, "not put off");
    store.gate.open();
    tokio::time::sleep(MOMENT).await;
    desk.provider.end_grants();
    run.session.refresh().await.unwrap_err();
    let view = run.session.view();
    assert!(
        matches!(
            view,
            View::SignedOut {
                lost_answer: None,
                ..
            }
        ),
        "{view:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_failure_of_the_browser_does_not_undo_a_sign_in_that_is_being_saved() {
    let desk = Desk::new().await;
    let store = Slow::default();
    let (mut run, browser) = with_a_late_browser(&desk, store.clone()).await;
    let begun = run.session.begin_sign_in(None).await.unwrap();
    let page = run.page().await;
    store.gate.close();
    run.session
        .callback(&desk.provider.authorize(&page))
        .await
        .unwrap();
    store.gate.reached().await;
    browser.open();
    tokio::time::sleep(MOMENT).await;
    store.gate.open();
    begun.ended().await.unwrap();
    assert!(is_in(&run.session.view()));
    run.session.close().await;
    launch_on(&desk, store, || Ok(())).until(fresh).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_failure_of_the_browser_does_not_undo_an_exchange() {
    let desk = Desk::new().await;
    let (mut run, browser) = with_a_late_browser(&desk, desk.store.clone()).await;
    let begun = run.session.begin_sign_in(None).await.unwrap();
    let page = run.page().await;
    // Userinfo is asked within the exchange.
    let gate = Arc::new(Notify::new());
    let busy = Answer::error(503, "busy").behind(&gate);
    desk.provider.always(Endpoint::Userinfo, busy);
    run.session
        .callback(&desk.provider.authorize(&page))
        .await
        .unwrap();
    eventually(|| desk.provider.count(Endpoint::Userinfo) > 0).await;
    browser.open();
    tokio::time::sleep(MOMENT).await;
    gate.notify_one();
    begun.ended().await.unwrap();
}

/// A run whose browser shows the page, and says later, when its gate opens, that it has failed.
async fn with_a_late_browser(desk: &Desk, store: impl CredentialStore + 'static) -> (Run, Gate) {
    let gate = Gate::closed();
    let late = gate.clone();
    let mut run = launch_on(desk, store, move || {
        late.pass();
        Err(crate::Error::new(Stage::Browser, Code::BrowserFailed))
    });
    run.until(|view| signed_out(view, Why::Never)).await;
    (run, gate)
}
