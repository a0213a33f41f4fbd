//! What the provider is still owed after a sign-out.

use super::*;

/// A person signed out, the app was closed, and the provider has not heard of it. Now it listens.
async fn owing() -> Desk {
    let desk = Desk::new().await;
    let run = desk.signed_in().await;
    desk.provider.always(Endpoint::Revocation, Answer::dropped());
    run.session.sign_out().await.unwrap();
    run.session.close().await;
    desk.provider.behave(Endpoint::Revocation);
    desk
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_told_although_the_store_was_locked_at_the_launch() {
    let desk = owing().await;
    let asked = desk.provider.count(Endpoint::Revocation);
    desk.store.fail_with(Some(StoreError::Locked));
    let mut run = desk.launch();
    run.until(|view| matches!(view, View::Blocked { .. })).await;
    desk.store.fail_with(None);
    run.session.look();
    run.until(|view| signed_out(view, Why::ByUser)).await;
    eventually(|| desk.provider.count(Endpoint::Revocation) > asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_stays_owed_although_the_store_is_locked_when_it_is_due() {
    let desk = owing().await;
    let asked = desk.provider.count(Endpoint::Revocation);
    let mut run = desk.launch();
    run.until(|view| signed_out(view, Why::ByUser)).await;
    desk.store.fail_with(Some(StoreError::Locked));
    tokio::time::sleep(Duration::from_secs(4)).await;
    desk.store.fail_with(None);
    looking(&desk, &run, || desk.provider.count(Endpoint::Revocation) > asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_newer_version_owes_is_not_thrown_away_unread() {
    let desk = owing().await;
    let names = desk.store.names();
    let outbox = names.iter().find(|name| name.starts_with("outbox-")).unwrap();
    let newer = b"{\"version\":1,\"generation\":3,\"kind\":\"whole\"}\n{\"version\":2,\"wisdom\":[1]}";
    desk.store.set(outbox, newer).unwrap();
    let run = desk.signed_in().await;
    run.session.sign_out().await.unwrap();
    run.session.close().await;
    assert!(stored(&desk).contains("wisdom"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_is_about_the_tokens_of_its_own_sign_out() {
    let desk = Desk::new().await;
    let run = desk.signed_in().await;
    let busy = || Answer::error(503, "busy");
    desk.provider.always(Endpoint::Revocation, busy());
    run.session.sign_out().await.unwrap();
    run.session.close().await;
    let run = desk.signed_in().await;
    // What was owed before is taken now, and these tokens are not.
    let ours = newest(&desk);
    desk.provider.when(Endpoint::Revocation, move |received| {
        (received.parameter("token") == Some(ours.as_str())).then(busy)
    });
    let receipt = run.session.sign_out().await.unwrap();
    assert_eq!(receipt.tokens, Step::Pending);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_steps_of_one_sign_out_are_not_the_receipt_of_the_next() {
    let desk = Desk::new().await;
    let mut run = desk.signed_in().await;
    let gate = Arc::new(Notify::new());
    desk.provider
        .always(Endpoint::Revocation, Answer::empty(200).behind(&gate));
    let first = leave(&mut run).await;
    eventually(|| desk.provider.count(Endpoint::Revocation) > 0).await;
    page_for(&mut run, Purpose::SignOut).await;
    let begun = run.session.begin_sign_in(None).await.unwrap();
    let page = sign_in_page(&mut run).await;
    run.session
        .callback(&desk.provider.authorize(&page))
        .await
        .unwrap();
    begun.ended().await.unwrap();
    let ours = newest(&desk);
    let second = leave(&mut run).await;
    tokio::time::sleep(MOMENT).await;
    gate.notify_one();
    let first = answered(first).await;
    let told = revoked(&desk, &ours);
    gate.notify_one();
    gate.notify_one();
    let second = answered(second).await;
    assert!(
        told || first.tokens == Step::Done,
        "first {first:?}, second {second:?}"
    );
}

type Leaving = tokio::task::JoinHandle<Result<Receipt>>;

async fn leave(run: &mut Run) -> Leaving {
    let session = run.session.clone();
    let leaving = tokio::spawn(async move { session.sign_out().await });
    run.until(|view| signed_out(view, Why::ByUser)).await;
    leaving
}

async fn answered(leaving: Leaving) -> Receipt {
    tokio::time::timeout(Duration::from_secs(30), leaving)
        .await
        .expect("never answered")
        .unwrap()
        .unwrap()
}
