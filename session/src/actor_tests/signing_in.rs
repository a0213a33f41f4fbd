//! Sign-ins: whole lives, cold starts, older tabs, cancels, a store that refuses.

use std::pin::Pin;
use std::task::Poll;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_life() {
    let desk = Desk::new().await;
    let run = desk.signed_in().await;
    let View::SignedIn { profile, kept, .. } = run.session.view() else {
        panic!("{:?}", run.session.view())
    };
    assert_eq!(kept, Kept::Stored);
    assert_eq!(profile.issuer, desk.provider.issuer());
    let token = run.session.access_token(Duration::from_secs(60)).await.unwrap();
    assert!(
        desk.provider
            .issued()
            .access_tokens
            .contains(&token.secret().to_owned())
    );
    run.session.close().await;

    let mut second = desk.launch();
    second.until(fresh).await;
    assert!(
        second.kinds().iter().all(|kind| kind == "signed-in"),
        "{:?}",
        second.kinds()
    );
    let receipt = second.session.sign_out().await.unwrap();
    assert_eq!(receipt.device, Step::Done);
    assert_eq!(receipt.tokens, Step::Done);
    assert_eq!(second.pages.recv().await.unwrap().purpose, Purpose::SignOut);
    assert!(signed_out(&second.session.view(), Why::ByUser));
    second.session.close().await;

    let mut third = desk.launch();
    third.until(|view| signed_out(view, Why::ByUser)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_refuses_the_record_leaves_the_session_unsaved() {
    let desk = Desk::new().await;
    let mut run = desk.launch();
    run.until(|view| signed_out(view, Why::Never)).await;
    let begun = run.session.begin_sign_in(Some(How::Loopback)).await.unwrap();
    let page = run.page().await;
    desk.store.fail_with(Some(StoreError::Locked));
    run.session
        .callback(&desk.provider.authorize(&page))
        .await
        .unwrap();
    begun.ended().await.unwrap();
    assert!(matches!(
        run.session.view(),
        View::SignedIn {
            kept: Kept::Unsaved { .. },
            ..
        }
    ));
    desk.store.fail_with(None);
    run.session.refresh().await.unwrap();
    assert!(matches!(
        run.session.view(),
        View::SignedIn {
            kept: Kept::Stored,
            ..
        }
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_starts_the_closed_app_and_completes_the_sign_in_once() {
    let desk = Desk::new().await;
    let mut first = desk.launch();
    let _begun = first.session.begin_sign_in(Some(How::DeepLink)).await.unwrap();
    let callback = desk.provider.authorize(&first.page().await);
    first.session.close().await;

    let mut second = desk.launch();
    second.session.callback(&callback).await.unwrap();
    second.until(fresh).await;
    assert_eq!(
        second.session.callback(&callback).await.unwrap_err().code(),
        Code::NoAttempt
    );
    assert_eq!(desk.provider.count(Endpoint::Token), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_after_the_deadline_starts_nothing() {
    let desk = Desk::new().await;
    let mut first = desk.launch();
    let _begun = first.session.begin_sign_in(Some(How::DeepLink)).await.unwrap();
    let callback = desk.provider.authorize(&first.page().await);
    first.session.close().await;
    desk.clock.advance(301);
    let second = desk.launch();
    assert_eq!(
        second.session.callback(&callback).await.unwrap_err().code(),
        Code::NoAttempt
    );
    assert_eq!(desk.provider.count(Endpoint::Token), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_deletion_of_the_kept_attempt_there_is_no_exchange() {
    let desk = Desk::new().await;
    let mut run = desk.launch();
    let begun = run.session.begin_sign_in(Some(How::DeepLink)).await.unwrap();
    let callback = desk.provider.authorize(&run.page().await);
    desk.store.fail_with(Some(StoreError::Locked));
    run.session.callback(&callback).await.unwrap();
    let error = begun.ended().await.unwrap_err();
    assert_eq!((error.stage(), error.code()), (Stage::Store, Code::StoreLocked));
    assert_eq!(desk.provider.count(Endpoint::Token), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_attempt_can_be_begun_again_and_the_older_tab_does_no_harm() {
    let desk = Desk::new().await;
    let mut run = desk.launch();
    let first = run.session.begin_sign_in(None).await.unwrap();
    let older = desk.provider.authorize(&run.page().await);
    assert_eq!(
        run.session.begin_sign_in(None).await.unwrap_err().code(),
        Code::Busy
    );
    run.session.cancel().await.unwrap();
    assert_eq!(first.ended().await.unwrap_err().code(), Code::Cancelled);
    let second = run.session.begin_sign_in(None).await.unwrap();
    let newer = desk.provider.authorize(&run.page().await);
    assert_eq!(
        run.session.callback(&older).await.unwrap_err().code(),
        Code::StateMismatch
    );
    run.session.callback(&newer).await.unwrap();
    second.ended().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn declining_is_a_result_of_the_attempt() {
    let desk = Desk::new().await;
    let mut run = desk.launch();
    let begun = run.session.begin_sign_in(None).await.unwrap();
    let callback = desk.provider.decline(&run.page().await, "access_denied");
    run.session.callback(&callback).await.unwrap();
    assert_eq!(begun.ended().await.unwrap_err().code(), Code::Denied);
    let View::SignedOut {
        why: Why::Never,
        last_attempt: Some(problem),
        ..
    } = run.session.view()
    else {
        panic!("{:?}", run.session.view())
    };
    assert_eq!(problem.code, Code::Denied);
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_keep_their_order_from_the_first_moment() {
    let desk = Desk::new().await;
    let run = desk.launch();
    let mut attempts = Vec::new();
    for _ in 0..500 {
        // Polled once in line, as a program does that does not wait for the answer.
        let (session, other) = (run.session.clone(), run.session.clone());
        let begun = once(async move { session.begin_sign_in(None).await }).await;
        let cancelled = once(async move { other.cancel().await }).await;
        attempts.push((begun, cancelled));
    }
    for (begun, _) in attempts.into_iter().skip(1) {
        let code = begun.await.unwrap().ended().await.unwrap_err().code();
        assert_eq!(code, Code::Cancelled);
    }
}

/// The work after its first poll: still at it, or its result.
async fn once<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Pin<Box<dyn Future<Output = T> + Send>> {
    let mut work = Box::pin(work);
    match std::future::poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await {
        Poll::Ready(result) => Box::pin(std::future::ready(result)),
        Poll::Pending => work,
    }
}
