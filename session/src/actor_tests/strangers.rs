//! Answers of strangers, of other attempts, and answers that come twice: nobody is signed in as somebody else, nothing of the
//! person's goes to anybody else, and the attempt that is alive lives on.

use crate::store::Call;

use super::*;

/// A program of somebody else's, on another computer, at the same provider.
fn elsewhere(desk: &mut Desk) -> Run {
    let own = (std::mem::take(&mut desk.store), desk.files.take());
    let run = desk.launch();
    (desk.store, desk.files) = own;
    run
}

/// The answer to an attempt that a stranger has begun: the stranger's own code, and the stranger's own state.
async fn answer_of_a_stranger(desk: &mut Desk) -> (Run, String) {
    let mut stranger = elsewhere(desk);
    stranger.session.begin_sign_in(Some(How::DeepLink)).await.unwrap();
    let page = stranger.page().await;
    let answer = desk.provider.authorize(&page);
    (stranger, answer)
}

/// The value of a parameter of a link.
fn parameter(link: &str, name: &str) -> String {
    let url = url::Url::parse(link).unwrap();
    let (_, value) = url.query_pairs().find(|(known, _)| known == name).unwrap();
    value.into_owned()
}

fn codes_sent(desk: &Desk) -> Vec<String> {
    let requests = desk.provider.requests(Endpoint::Token);
    let codes = requests.iter().filter_map(|request| request.parameter("code"));
    codes.map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_not_our_state_changes_nothing_and_our_answer_still_counts() {
    let mut desk = Desk::new().await;
    let (_stranger, theirs) = answer_of_a_stranger(&mut desk).await;
    let code = parameter(&theirs, "code");
    let mut run = desk.launch();
    let begun = run.session.begin_sign_in(Some(How::DeepLink)).await.unwrap();
    let ours = desk.provider.authorize(&run.page().await);
    let (at, iss) = ("dev.latchkey.desktop:/callback", desk.provider.issuer());
    for (link, due) in [
        // Login CSRF: the stranger's account for the person.
        (theirs.clone(), Code::StateMismatch),
        (format!("{at}?code={code}&iss={iss}"), Code::StateMismatch),
        (format!("{at}?code={code}&state=&iss={iss}"), Code::StateMismatch),
        (format!("{at}?code={code}"), Code::StateMismatch),
        (
            format!("{at}?error=access_denied&state=theirs&iss={iss}"),
            Code::StateMismatch,
        ),
        (format!("{at}?error=access_denied&iss={iss}"), Code::StateMismatch),
        (format!("{at}?error=server_error"), Code::StateMismatch),
        (
            format!("{at}?code={code}&code=x&state=a&state=b"),
            Code::StateMismatch,
        ),
        (at.to_owned(), Code::StateMismatch),
        (ours.replace("/callback", "/callback/"), Code::CallbackMalformed),
        (format!("{ours}#"), Code::CallbackMalformed),
        (
            "dev.latchkey.desktop:/signed-out?state=theirs".to_owned(),
            Code::NoAttempt,
        ),
        (String::new(), Code::CallbackMalformed),
    ] {
        let refused = run.session.callback(&link).await.unwrap_err();
        assert_eq!(refused.code(), due, "{link}");
        assert!(
            matches!(
                run.session.view(),
                View::SigningIn {
                    phase: Phase::Waiting,
                    ..
                }
            ),
            "{link}"
        );
    }
    assert_eq!(
        desk.provider.count(Endpoint::Token),
        0,
        "no code is sent for a stranger"
    );
    run.session.callback(&ours).await.unwrap();
    begun.ended().await.unwrap();
    assert_eq!(codes_sent(&desk), [parameter(&ours, "code")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_code_under_our_state_is_refused_by_the_provider() {
    let mut desk = Desk::new().await;
    let (_stranger, theirs) = answer_of_a_stranger(&mut desk).await;
    let mut run = desk.launch();
    let begun = run.session.begin_sign_in(Some(How::DeepLink)).await.unwrap();
    let ours = desk.provider.authorize(&run.page().await);
    let injected = ours.replace(&parameter(&ours, "code"), &parameter(&theirs, "code"));
    run.session.callback(&injected).await.unwrap();
    // The code was asked for with the challenge of another verifier (RFC 7636, section 4.6).
    assert_eq!(begun.ended().await.unwrap_err().code(), Code::InvalidGrant);
    assert!(signed_out(&run.session.view(), Why::Never));
    assert!(!run.kinds().contains(&"signed-in".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_code_under_our_state_is_refused_by_its_nonce_where_the_provider_checks_nothing() {
    let mut desk = Desk::new().await;
    let (mut stranger, theirs) = answer_of_a_stranger(&mut desk).await;
    stranger.session.callback(&theirs).await.unwrap();
    stranger.until(fresh).await;
    let issued = desk.provider.issued();
    let granted = serde_json::json!({
        "access_token": issued.access_tokens.last().unwrap(),
        "id_token": issued.id_tokens.last().unwrap(),
        "refresh_token": issued.refresh_tokens.last().unwrap(),
        "token_type": "Bearer", "expires_in": 300,
    });
    let mut run = desk.launch();
    let begun = run.session.begin_sign_in(Some(How::DeepLink)).await.unwrap();
    let ours = desk.provider.authorize(&run.page().await);
    desk.provider.always(Endpoint::Token, Answer::json(200, &granted));
    let injected = ours.replace(&parameter(&ours, "code"), &parameter(&theirs, "code"));
    run.session.callback(&injected).await.unwrap();
    assert_eq!(begun.ended().await.unwrap_err().code(), Code::IdTokenNonce);
    assert!(signed_out(&run.session.view(), Why::Never));
    assert!(!run.kinds().contains(&"signed-in".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_another_provider_ends_the_attempt_and_sends_no_code() {
    let desk = Desk::new().await;
    let other = TestProvider::start().await;
    let mut run = desk.launch();
    let begun = run.session.begin_sign_in(Some(How::DeepLink)).await.unwrap();
    let ours = desk.provider.authorize(&run.page().await);
    let mixed = ours.replace(&parameter(&ours, "iss"), other.issuer());
    let mixed = mixed.replace(
        &url::form_urlencoded::byte_serialize(parameter(&ours, "iss").as_bytes()).collect::<String>(),
        other.issuer(),
    );
    assert_eq!(
        run.session.callback(&mixed).await.unwrap_err().code(),
        Code::IssuerMismatch
    );
    assert_eq!(begun.ended().await.unwrap_err().code(), Code::IssuerMismatch);
    assert_eq!(
        (desk.provider.count(Endpoint::Token), other.count(Endpoint::Token)),
        (0, 0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_issuer_in_the_answer_the_code_goes_to_the_provider_that_was_asked() {
    let desk = Desk::new().await;
    desk.provider
        .discovery(serde_json::json!({"authorization_response_iss_parameter_supported": false}));
    let other = TestProvider::start().await;
    let mut run = desk.launch();
    let begun = run.session.begin_sign_in(Some(How::DeepLink)).await.unwrap();
    let state = parameter(run.page().await.secret(), "state");
    let mixed = format!("dev.latchkey.desktop:/callback?code=code-of-the-other&state={state}");
    run.session.callback(&mixed).await.unwrap();
    assert_eq!(begun.ended().await.unwrap_err().code(), Code::InvalidGrant);
    assert_eq!(codes_sent(&desk), ["code-of-the-other"]);
    assert_eq!(other.count(Endpoint::Token), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_comes_again_and_again_is_redeemed_once() {
    for how in [How::DeepLink, How::Loopback] {
        let desk = Desk::new().await;
        let mut run = desk.launch();
        let begun = run.session.begin_sign_in(Some(how)).await.unwrap();
        let answer = desk.provider.authorize(&run.page().await);
        let mut deliveries = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let (session, answer) = (run.session.clone(), answer.clone());
            deliveries.spawn(async move { session.callback(&answer).await });
        }
        let results = deliveries.join_all().await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        begun.ended().await.unwrap();
        let again = run.session.callback(&answer).await.unwrap_err();
        assert_eq!(again.code(), Code::NoAttempt);
        assert_eq!(desk.provider.count(Endpoint::Token), 1);
        assert!(fresh(&run.session.view()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_reaches_several_processes_is_redeemed_by_one_and_signs_all_in() {
    let desk = Desk::with_files().await;
    let mut first = desk.launch();
    first.session.begin_sign_in(Some(How::DeepLink)).await.unwrap();
    let answer = desk.provider.authorize(&first.page().await);
    // Started by the same link at the same moment. All of them know the attempt before one takes it.
    let mut runs = vec![first];
    for _ in 0..3 {
        let mut run = desk.launch();
        run.until(|view| matches!(view, View::SigningIn { .. })).await;
        runs.push(run);
    }
    let mut deliveries = tokio::task::JoinSet::new();
    for run in &runs {
        let (session, answer) = (run.session.clone(), answer.clone());
        deliveries.spawn(async move { session.callback(&answer).await });
    }
    deliveries.join_all().await;
    for run in &mut runs {
        run.until(fresh).await;
    }
    assert_eq!(codes_sent(&desk), [parameter(&answer, "code")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_that_was_finished_in_another_process_is_not_finished_again() {
    // Without files nobody is told of anything.
    let desk = Desk::new().await;
    let mut first = desk.launch();
    let begun = first.session.begin_sign_in(Some(How::DeepLink)).await.unwrap();
    let answer = desk.provider.authorize(&first.page().await);
    let mut second = desk.launch();
    second.session.callback(&answer).await.unwrap();
    second.until(fresh).await;
    first.session.callback(&answer).await.unwrap();
    assert_eq!(begun.ended().await.unwrap_err().code(), Code::NoAttempt);
    assert_eq!(desk.provider.count(Endpoint::Token), 1);
    first.session.look();
    first.until(fresh).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_gives_up_an_attempt_leaves_that_of_another_process_alone() {
    let desk = Desk::new().await;
    let mut first = desk.launch();
    first.session.begin_sign_in(Some(How::DeepLink)).await.unwrap();
    first.page().await;
    let mut second = another_that_gave_up(&desk).await;
    let begun = second.session.begin_sign_in(Some(How::DeepLink)).await.unwrap();
    let answer = desk.provider.authorize(&second.page().await);
    first.session.cancel().await.unwrap();
    first.session.close().await;
    kept_attempt(&desk.store);
    second.session.callback(&answer).await.unwrap();
    begun.ended().await.unwrap();
}

/// Another process on the same store, in which the attempt it found was given up.
async fn another_that_gave_up(desk: &Desk) -> Run {
    let mut run = desk.launch();
    run.until(|view| !matches!(view, View::Restoring)).await;
    run.session.cancel().await.unwrap();
    run.until(|view| matches!(view, View::SignedOut { .. })).await;
    run
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_after_the_sign_out_signs_nobody_in() {
    let mut desk = Desk::new().await;
    let (_stranger, theirs) = answer_of_a_stranger(&mut desk).await;
    let mut run = desk.launch();
    let begun = run.session.begin_sign_in(Some(How::DeepLink)).await.unwrap();
    let answer = desk.provider.authorize(&run.page().await);
    run.session.callback(&answer).await.unwrap();
    begun.ended().await.unwrap();
    run.session.sign_out().await.unwrap();
    let asked = desk.provider.count(Endpoint::Token);
    for link in [&answer, &theirs] {
        assert_eq!(
            run.session.callback(link).await.unwrap_err().code(),
            Code::NoAttempt
        );
    }
    run.session.close().await;
    let again = desk.launch();
    for link in [&answer, &theirs] {
        assert_eq!(
            again.session.callback(link).await.unwrap_err().code(),
            Code::NoAttempt
        );
    }
    assert!(signed_out(&again.session.view(), Why::ByUser));
    assert_eq!(desk.provider.count(Endpoint::Token), asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_while_somebody_is_signed_in_changes_nothing() {
    let mut desk = Desk::new().await;
    let (_stranger, theirs) = answer_of_a_stranger(&mut desk).await;
    let run = desk.signed_in().await;
    let (before, asked) = (run.session.view(), desk.provider.count(Endpoint::Token));
    let token = run.session.access_token(Duration::from_secs(30)).await.unwrap();
    assert_eq!(
        run.session.callback(&theirs).await.unwrap_err().code(),
        Code::NoAttempt
    );
    assert_eq!(
        run.session.access_token(Duration::from_secs(30)).await.unwrap(),
        token
    );
    assert_eq!(desk.provider.count(Endpoint::Token), asked);
    let (View::SignedIn { profile: was, .. }, View::SignedIn { profile: is, .. }) =
        (before, run.session.view())
    else {
        panic!("{:?}", run.session.view())
    };
    assert_eq!(is, was);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_an_older_attempt_does_not_end_the_newer_one() {
    let desk = Desk::new().await;
    let mut run = desk.launch();
    run.session.begin_sign_in(Some(How::DeepLink)).await.unwrap();
    let page = run.page().await;
    let older = [
        desk.provider.authorize(&page),
        desk.provider.decline(&page, "access_denied"),
    ];
    run.session.cancel().await.unwrap();
    let begun = run.session.begin_sign_in(Some(How::Loopback)).await.unwrap();
    let newer = desk.provider.authorize(&run.page().await);
    for older in older {
        let refused = run.session.callback(&older).await.unwrap_err();
        // Its place is another one already.
        assert_eq!(refused.code(), Code::CallbackMalformed);
    }
    run.session.callback(&newer).await.unwrap();
    begun.ended().await.unwrap();
    assert_eq!(codes_sent(&desk), [parameter(&newer, "code")]);
}

/// The entry of the attempt that is kept.
fn kept_attempt(store: &MemoryStore) -> String {
    let names = store.names();
    names
        .into_iter()
        .find(|name| name.starts_with("attempt-"))
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_that_was_exchanged_in_the_store_does_not_reach_the_process_that_waits() {
    let mut desk = Desk::new().await;
    let (theirs_kept, theirs) = {
        let other = MemoryStore::new();
        let own = std::mem::replace(&mut desk.store, other);
        let mut stranger = desk.launch();
        stranger.session.begin_sign_in(Some(How::DeepLink)).await.unwrap();
        let theirs = desk.provider.authorize(&stranger.page().await);
        (std::mem::replace(&mut desk.store, own), theirs)
    };
    let mut run = desk.launch();
    let begun = run.session.begin_sign_in(Some(How::DeepLink)).await.unwrap();
    let ours = desk.provider.authorize(&run.page().await);
    let name = kept_attempt(&desk.store);
    let entry = theirs_kept.get(&kept_attempt(&theirs_kept)).unwrap().unwrap();
    desk.store.set(&name, &entry).unwrap();
    assert_eq!(
        run.session.callback(&theirs).await.unwrap_err().code(),
        Code::StateMismatch
    );
    run.session.callback(&ours).await.unwrap();
    begun.ended().await.unwrap();
    assert_eq!(codes_sent(&desk), [parameter(&ours, "code")]);
    assert!(
        !desk.store.calls().contains(&Call::Delete(name)),
        "it is not ours to delete"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_attempt_of_another_provider_takes_no_answer() {
    let desk = Desk::new().await;
    let other = Desk::new().await;
    let mut theirs = other.launch();
    theirs.session.begin_sign_in(Some(How::DeepLink)).await.unwrap();
    let answer = other.provider.authorize(&theirs.page().await);
    let mut first = desk.launch();
    first.session.begin_sign_in(Some(How::DeepLink)).await.unwrap();
    first.page().await;
    first.session.close().await;
    let entry = other.store.get(&kept_attempt(&other.store)).unwrap().unwrap();
    desk.store.set(&kept_attempt(&desk.store), &entry).unwrap();
    let second = desk.launch();
    assert_eq!(
        second.session.callback(&answer).await.unwrap_err().code(),
        Code::NoAttempt
    );
    assert_eq!(
        (
            desk.provider.count(Endpoint::Token),
            other.provider.count(Endpoint::Token)
        ),
        (0, 0)
    );
    second.session.close().await;
    assert!(!desk.store.names().iter().any(|name| name.starts_with("attempt-")));
}
