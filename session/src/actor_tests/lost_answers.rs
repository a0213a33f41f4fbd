//! Answers that are lost after the provider has rotated the refresh token: what can be recovered is, and what cannot is told.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_made_good_by_a_provider_that_forgives_one_retry() {
    let desk = Desk::new().await;
    desk.provider.forgive(1);
    let run = desk.signed_in().await;
    desk.provider.lose_answer(Endpoint::Token);
    assert_eq!(
        run.session.refresh().await.unwrap_err().code(),
        Code::ProviderFault
    );
    assert!(matches!(run.session.view(), View::SignedIn { .. }));
    run.session.refresh().await.unwrap();
    run.session.refresh().await.unwrap();
    assert!(fresh(&run.session.view()));
    assert_eq!(desk.provider.reused(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_before_the_end_is_told_with_it() {
    let desk = Desk::new().await;
    let run = desk.signed_in().await;
    let before = desk.clock.now();
    desk.provider.lose_answer(Endpoint::Token);
    run.session.refresh().await.unwrap_err();
    assert_eq!(
        run.session.refresh().await.unwrap_err().code(),
        Code::InvalidGrant
    );
    let view = run.session.view();
    assert!(signed_out(&view, Why::EndedByProvider), "{view:?}");
    let at = lost_answer(&view).expect("an answer was lost");
    assert!(at >= before && at <= desk.clock.now(), "{at}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_before_a_restart_is_told_as_well() {
    let desk = Desk::new().await;
    let run = desk.signed_in().await;
    desk.provider.lose_answer(Endpoint::Token);
    run.session.refresh().await.unwrap_err();
    run.session.close().await;
    let mut next = desk.launch();
    next.until(|view| !matches!(view, View::Restoring)).await;
    // Either the launch has renewed by itself already, or this does.
    let _ = next.session.refresh().await;
    let view = next.until(|view| signed_out(view, Why::EndedByProvider)).await;
    assert!(lost_answer(&view).is_some(), "{view:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_was_never_sent_is_no_lost_answer() {
    let desk = Desk::at(TestProvider::start_with_doors());
    let run = desk.signed_in().await;
    desk.provider.refuse(Endpoint::Token).await;
    assert_eq!(run.session.refresh().await.unwrap_err().code(), Code::Offline);
    desk.provider.admit(Endpoint::Token);
    desk.provider.end_grants();
    assert_eq!(
        run.session.refresh().await.unwrap_err().code(),
        Code::InvalidGrant
    );
    let view = run.session.view();
    assert!(signed_out(&view, Why::EndedByProvider), "{view:?}");
    assert_eq!(lost_answer(&view), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_that_came_through_wipes_out_the_lost_answer_before_it() {
    let desk = Desk::new().await;
    desk.provider.forgive(1);
    let run = desk.signed_in().await;
    desk.provider.lose_answer(Endpoint::Token);
    run.session.refresh().await.unwrap_err();
    run.session.refresh().await.unwrap();
    desk.provider.end_grants();
    run.session.refresh().await.unwrap_err();
    let view = run.session.view();
    assert!(signed_out(&view, Why::EndedByProvider), "{view:?}");
    assert_eq!(lost_answer(&view), None);
}

fn lost_answer(view: &View) -> Option<Timestamp> {
    match view {
        View::SignedOut { lost_answer, .. } => *lost_answer,
        View::Unconfigured { .. }
        | View::Restoring
        | View::SigningIn { .. }
        | View::SignedIn { .. }
        | View::Blocked { .. } => None,
    }
}
