//! Sign-outs: nothing is left here, whatever the provider does.

use super::*;

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
    assert_eq!((receipt.device, receipt.tokens), (Step::Done, Step::Failed));
    assert!(signed_out(&run.session.view(), Why::ByUser));
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
    run.session
        .callback(&format!("{back}?state={state}"))
        .await
        .unwrap();
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
