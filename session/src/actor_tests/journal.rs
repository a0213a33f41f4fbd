//! A renewal, between the store and the provider: what is written before anything is asked, and what it finds there afterwards.

use std::sync::atomic::AtomicBool;

use serde_json::json;

use super::*;

/// Two processes that cannot take turns. At this point of its next renewal the first lets the second do something.
async fn two(
    desk: &Desk,
    at: Failpoint,
    meanwhile: impl Fn(&Session) -> Answering + Send + Sync + 'static,
) -> (Run, Run) {
    desk.signed_in().await.session.close().await;
    let mut second = desk.launch();
    second.until(fresh).await;
    let (other, armed) = (second.session.clone(), AtomicBool::new(true));
    let mut first = desk.launch_passing(move |point| {
        if point == at && armed.swap(false, Ordering::SeqCst) {
            tokio::task::block_in_place(|| {
                tokio::runtime::Handle::current().block_on(meanwhile(&other));
            });
        }
    });
    first.until(fresh).await;
    // Both launches have asked what the person is called: what is told from now on is news.
    eventually(|| desk.provider.count(Endpoint::Userinfo) == 3).await;
    (first, second)
}

type Answering = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

/// Another process learns a new name and writes the record again, with the tokens it has.
fn learns(desk: &Desk) -> impl Fn(&Session) -> Answering + Send + Sync + use<> {
    let store = desk.store.clone();
    move |session| {
        let (session, store) = (session.clone(), store.clone());
        let head = store.names()[0].clone();
        let before = store.get(&head).unwrap();
        Box::pin(async move {
            session.retry().await.unwrap();
            eventually(|| store.get(&head).unwrap() != before).await;
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_way_to_the_provider_nothing_is_written() {
    let desk = Desk::at(TestProvider::start_with_doors());
    let passed = Arc::new(Mutex::new(Vec::new()));
    let points = Arc::clone(&passed);
    let mut run = desk.launch_passing(move |point| points.lock().unwrap().push(point));
    desk.sign_in(&mut run).await;
    // Somebody else answers, a captive portal perhaps: was it the provider at all?
    desk.provider.once(Endpoint::Token, Answer::html(200));
    run.session.refresh().await.unwrap_err();
    desk.provider.refuse(Endpoint::Discovery).await;
    passed.lock().unwrap().clear();
    let error = run.session.refresh().await.unwrap_err();
    assert_eq!((error.stage(), error.code()), (Stage::Refresh, Code::Offline));
    assert!(!passed.lock().unwrap().contains(&Failpoint::Journaled));
    // Nonsense is an answer: the provider is there, and what was known of it serves.
    desk.provider.admit(Endpoint::Discovery);
    let nonsense = Answer::json(200, &json!({}));
    desk.provider.always(Endpoint::Discovery, nonsense);
    run.session.refresh().await.unwrap();
    assert!(passed.lock().unwrap().contains(&Failpoint::Journaled));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_set_that_is_old_is_renewed_and_not_taken_as_it_is() {
    let desk = Desk::new().await;
    desk.signed_in().await.session.close().await;
    let (mut first, mut second) = (desk.launch(), desk.launch());
    first.until(fresh).await;
    second.until(fresh).await;
    second.session.refresh().await.unwrap();
    desk.clock.set(200);
    let asked = desk.provider.count(Endpoint::Token);
    first.session.refresh().await.unwrap();
    assert_eq!(desk.provider.count(Endpoint::Token), asked + 1);
    assert_eq!(desk.provider.reused(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_written_meanwhile_with_the_tokens_before_is_written_over() {
    let desk = Desk::new().await;
    let (first, second) = two(&desk, Failpoint::Answered, learns(&desk)).await;
    desk.provider.userinfo(json!({"name": "Ada Park-Lind"}));
    first.session.refresh().await.unwrap();
    first.session.refresh().await.unwrap();
    second.session.refresh().await.unwrap();
    assert_eq!(desk.provider.reused(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_is_not_sent_again_although_its_record_was_written_again() {
    let desk = Desk::new().await;
    let (first, _second) = two(&desk, Failpoint::Asking, learns(&desk)).await;
    desk.provider.userinfo(json!({"name": "Ada Park-Lind"}));
    desk.provider.end_grants();
    let asked = desk.provider.count(Endpoint::Token);
    let error = first.session.refresh().await.unwrap_err();
    assert_eq!(error.code(), Code::InvalidGrant);
    assert_eq!(desk.provider.count(Endpoint::Token), asked + 1);
}
