//! Sign-outs: nothing is left here, whatever the provider does.

use super::*;
use crate::view::Receipt;

#[tokio::test(flavor = "multi_thread")]
async fn no_token_is_left_in_the_store_after_a_sign_out() {
    let desk = Desk::new().await;
    let run = desk.signed_in().await;
    run.session.sign_out().await.unwrap();
    run.session.close().await;
    let issued = desk.provider.issued();
    for name in desk.store.names() {
        let bytes = desk.store.get(&name).unwrap().unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let all = issued
            .access_tokens
            .iter()
            .chain(&issued.refresh_tokens)
            .chain(&issued.id_tokens);
        for token in all {
            assert!(!text.contains(token.as_str()));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_succeeds_here_although_the_provider_is_gone() {
    let desk = Desk::new().await;
    let run = desk.signed_in().await;
    for endpoint in [Endpoint::Discovery, Endpoint::Revocation] {
        desk.provider.always(endpoint, Answer::dropped());
    }
    let receipt = run.session.sign_out().await.unwrap();
    assert_eq!((receipt.device, receipt.tokens), (Step::Done, Step::Pending));
    assert!(signed_out(&run.session.view(), Why::ByUser));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_refuses_the_revocation_is_not_asked_again() {
    let desk = Desk::new().await;
    let run = desk.signed_in().await;
    desk.provider
        .always(Endpoint::Revocation, Answer::error(401, "invalid_client"));
    let receipt = run.session.sign_out().await.unwrap();
    assert_eq!(receipt.tokens, Step::Failed);
    run.session.close().await;
    assert_eq!(desk.store.names().len(), 1, "only the tombstone is left");
}

fn receipt(view: &View) -> Option<Receipt> {
    if let View::SignedOut { receipt, .. } = view {
        *receipt
    } else {
        None
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_could_not_be_told_it_is_told_once_when_it_is_back() {
    let desk = Desk::new().await;
    let mut run = desk.signed_in().await;
    desk.provider.always(Endpoint::Revocation, Answer::dropped());
    assert_eq!(run.session.sign_out().await.unwrap().tokens, Step::Pending);
    desk.provider.behave(Endpoint::Revocation);
    run.until(|view| receipt(view).is_some_and(|receipt| receipt.tokens == Step::Done))
        .await;
    let asked = desk.provider.count(Endpoint::Revocation);
    run.session.close().await;
    let mut next = desk.launch();
    next.until(|view| signed_out(view, Why::ByUser)).await;
    next.session.close().await;
    assert_eq!(desk.provider.count(Endpoint::Revocation), asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_owed_survives_a_restart_sealed_in_the_store() {
    let desk = Desk::new().await;
    let run = desk.signed_in().await;
    desk.provider.always(Endpoint::Revocation, Answer::dropped());
    run.session.sign_out().await.unwrap();
    run.session.close().await;
    assert!(desk.store.names().iter().any(|name| name.starts_with("outbox-")));
    desk.provider.behave(Endpoint::Revocation);
    let asked = desk.provider.count(Endpoint::Revocation);
    let run = desk.launch();
    eventually(|| desk.provider.count(Endpoint::Revocation) == asked + 1).await;
    eventually(|| desk.store.names().len() == 1).await;
    run.session.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_owed_is_dropped_after_the_tokens_life() {
    let desk = Desk::new().await;
    let run = desk.signed_in().await;
    desk.provider.always(Endpoint::Revocation, Answer::dropped());
    run.session.sign_out().await.unwrap();
    run.session.close().await;
    let asked = desk.provider.count(Endpoint::Revocation);
    desk.clock.advance(40 * 24 * 60 * 60);
    let run = desk.launch();
    eventually(|| desk.store.names().len() == 1).await;
    assert_eq!(desk.provider.count(Endpoint::Revocation), asked);
    run.session.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_out_under_a_locked_store_is_not_undone_by_a_restart() {
    let desk = Desk::with_files().await;
    let run = desk.signed_in().await;
    desk.store.fail_with(Some(StoreError::Locked));
    let receipt = run.session.sign_out().await.unwrap();
    assert_eq!((receipt.device, receipt.tokens), (Step::Pending, Step::Done));
    assert!(signed_out(&run.session.view(), Why::ByUser));
    run.session.close().await;
    desk.store.fail_with(None);
    let mut next = desk.launch();
    next.until(|view| signed_out(view, Why::ByUser)).await;
    assert!(
        next.kinds().iter().all(|kind| kind == "signed-out"),
        "{:?}",
        next.kinds()
    );
    eventually(|| desk.store.names().len() == 1).await;
    next.session.close().await;
    // And the next sign-in is an ordinary one.
    desk.signed_in().await.session.close().await;
    desk.launch().until(fresh).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_out_under_a_locked_store_is_completed_when_the_store_opens() {
    let desk = Desk::new().await;
    let mut run = desk.signed_in().await;
    desk.store.fail_with(Some(StoreError::Locked));
    assert_eq!(run.session.sign_out().await.unwrap().device, Step::Pending);
    desk.store.fail_with(None);
    desk.clock.advance(60);
    run.session.look();
    run.until(|view| receipt(view).is_some_and(|receipt| receipt.device == Step::Done))
        .await;
    assert_eq!(desk.store.names().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_return_from_the_sign_out_page_must_carry_its_state() {
    let desk = Desk::new().await;
    let mut run = desk.signed_in().await;
    run.session.sign_out().await.unwrap();
    let page = url::Url::parse(run.page().await.secret()).unwrap();
    let state = page
        .query_pairs()
        .find(|(name, _)| name == "state")
        .unwrap()
        .1
        .into_owned();
    let back = "dev.latchkey.desktop:/signed-out";
    assert_eq!(
        run.session
            .callback(&format!("{back}?state=other"))
            .await
            .unwrap_err()
            .code(),
        Code::StateMismatch
    );
    let asked = receipt(&run.session.view()).unwrap().provider_session;
    assert_eq!(asked, Step::Pending);
    run.session
        .callback(&format!("{back}?state={state}"))
        .await
        .unwrap();
    let left = receipt(&run.session.view()).unwrap().provider_session;
    assert_eq!(left, Step::Done);
    assert_eq!(
        run.session
            .callback(&format!("{back}?state={state}"))
            .await
            .unwrap_err()
            .code(),
        Code::NoAttempt
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_answers_a_sign_out_whose_revocation_hangs() {
    let desk = Desk::new().await;
    let mut run = desk.signed_in().await;
    desk.provider.always(Endpoint::Revocation, Answer::hang());
    let session = run.session.clone();
    let leaving = tokio::spawn(async move { session.sign_out().await });
    run.until(|view| signed_out(view, Why::ByUser)).await;
    run.session.close().await;
    let receipt = leaving.await.unwrap().unwrap();
    assert_eq!((receipt.device, receipt.tokens), (Step::Done, Step::Pending));
}
