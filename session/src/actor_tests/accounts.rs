//! Whose session it is: another account, who was signed in last, and somebody else than expected.

use super::*;
use crate::SignIn;
use crate::view::Choice;
use serde_json::json;

const ANOTHER: SignIn = SignIn {
    how: None,
    another_account: true,
};

impl Desk {
    /// From now on Benoît signs in at the provider.
    fn benoit_comes(&self) {
        self.provider
            .id_tokens(IdTokenPlan::with_claims(json!({ "sub": "benoit-1" })));
        self.provider
            .userinfo(json!({ "sub": "benoit-1", "name": "Benoît Okafor", "email": "benoit@example.com" }));
    }

    /// Ada's session has been ended by the provider.
    async fn ended(&self) -> Run {
        let mut run = self.signed_in().await;
        self.provider.end_grants();
        let _ = run.session.refresh().await;
        run.until(|view| signed_out(view, Why::EndedByProvider)).await;
        run
    }

    fn asked(&self, page: &SecretUrl, name: &str) -> Option<String> {
        self.provider.request(page).get(name).cloned()
    }
}

fn choice(view: &View) -> Option<&Choice> {
    if let View::SigningIn {
        phase: Phase::Choosing,
        choice,
        ..
    } = view
    {
        choice.as_ref()
    } else {
        None
    }
}

fn name(view: &View) -> Option<&str> {
    if let View::SignedIn { profile, .. } = view {
        Some(&profile.name)
    } else {
        None
    }
}

/// Ada's session is over and Benoît has signed in: the choice is to be made.
async fn surprised(desk: &Desk) -> (Run, crate::Begun) {
    let mut run = desk.ended().await;
    desk.benoit_comes();
    let begun = run.session.begin_sign_in(None).await.unwrap();
    let page = run.page().await;
    run.session
        .callback(&desk.provider.authorize(&page))
        .await
        .unwrap();
    let view = run.until(|view| choice(view).is_some()).await;
    let choice = choice(&view).unwrap();
    assert_eq!(
        (choice.expected.name.as_str(), choice.came.name.as_str()),
        ("Ada Park", "Benoît Okafor")
    );
    assert_eq!(choice.expected.login.as_deref(), Some("ada@example.com"));
    (run, begun)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_signed_in_is_hinted_at_also_after_a_restart_but_not_after_a_sign_out() {
    let desk = Desk::new().await;
    let mut run = desk.ended().await;
    let _begun = run.session.begin_sign_in(None).await.unwrap();
    let page = run.page().await;
    assert_eq!(
        desk.asked(&page, "login_hint").as_deref(),
        Some("ada@example.com")
    );
    run.session.cancel().await.unwrap();
    run.session.close().await;

    let mut run = desk.launch();
    run.until(|view| signed_out(view, Why::EndedByProvider)).await;
    let begun = run.session.begin_sign_in(None).await.unwrap();
    let page = run.page().await;
    assert_eq!(
        desk.asked(&page, "login_hint").as_deref(),
        Some("ada@example.com")
    );
    run.session
        .callback(&desk.provider.authorize(&page))
        .await
        .unwrap();
    begun.ended().await.unwrap();
    run.session.sign_out().await.unwrap();
    while run.pages.try_recv().is_ok() {}
    for _ in 0..2 {
        let _begun = run.session.begin_sign_in(None).await.unwrap();
        assert_eq!(desk.asked(&run.page().await, "login_hint"), None);
        run.session.cancel().await.unwrap();
        run.session.close().await;
        run = desk.launch();
    }
    assert!(
        !holds(&desk.store, "ada@example.com"),
        "a sign-out leaves nothing of the person"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn another_account_is_asked_for_and_taken_without_a_question() {
    let desk = Desk::new().await;
    let mut run = desk.signed_in().await;
    let adas = desk.provider.issued().refresh_tokens;
    desk.benoit_comes();
    let begun = run.session.begin(ANOTHER).await.unwrap();
    let page = run.page().await;
    assert_eq!(desk.asked(&page, "prompt").as_deref(), Some("login"));
    assert_eq!(desk.asked(&page, "login_hint"), None);
    run.session
        .callback(&desk.provider.authorize(&page))
        .await
        .unwrap();
    begun.ended().await.unwrap();
    assert_eq!(name(&run.session.view()), Some("Benoît Okafor"));
    // What was Ada's is given back.
    eventually(|| desk.provider.revoked() == adas).await;
    run.session.close().await;
    let view = desk.launch().until(fresh).await;
    assert_eq!(name(&view), Some("Benoît Okafor"));
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_else_than_expected_is_a_question_and_nothing_is_kept_meanwhile() {
    let desk = Desk::new().await;
    let (run, _begun) = surprised(&desk).await;
    assert!(!holds(&desk.store, "benoit@example.com"));
    let error = run.session.access_token(Duration::ZERO).await.unwrap_err();
    assert_eq!(error.code(), Code::NotSignedIn);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_switch_takes_who_came_and_is_told() {
    let desk = Desk::new().await;
    let (run, begun) = surprised(&desk).await;
    run.session.take_another().await.unwrap();
    begun.ended().await.unwrap();
    assert_eq!(name(&run.session.view()), Some("Benoît Okafor"));
    let told: Vec<_> = run
        .session
        .timeline()
        .await
        .into_iter()
        .map(|entry| entry.what)
        .collect();
    assert!(told.contains(&crate::timeline::What::SwitchedAccount), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_gives_back_what_came_and_everything_is_as_before() {
    let desk = Desk::new().await;
    let (mut run, begun) = surprised(&desk).await;
    let benoits = desk.provider.issued().refresh_tokens.pop().unwrap();
    run.session.cancel().await.unwrap();
    assert_eq!(begun.ended().await.unwrap_err().code(), Code::AnotherAccount);
    assert!(signed_out(&run.session.view(), Why::EndedByProvider));
    eventually(|| desk.provider.revoked().contains(&benoits)).await;
    // Ada is still the one who is expected.
    let _begun = run.session.begin_sign_in(None).await.unwrap();
    assert_eq!(
        desk.asked(&run.page().await, "login_hint").as_deref(),
        Some("ada@example.com")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn over_a_live_session_the_other_person_is_asked_about_too_and_a_cancel_keeps_it() {
    let desk = Desk::new().await;
    let mut run = desk.signed_in().await;
    desk.benoit_comes();
    let begun = run.session.begin_sign_in(None).await.unwrap();
    let page = run.page().await;
    run.session
        .callback(&desk.provider.authorize(&page))
        .await
        .unwrap();
    run.until(|view| choice(view).is_some()).await;
    let benoits = desk.provider.issued().refresh_tokens.pop().unwrap();
    run.session.cancel().await.unwrap();
    assert_eq!(begun.ended().await.unwrap_err().code(), Code::AnotherAccount);
    assert_eq!(name(&run.session.view()), Some("Ada Park"));
    eventually(|| desk.provider.revoked() == [benoits.clone()]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_decides_nothing_in_time_or_closes_the_app_has_cancelled() {
    let mut desk = Desk::new().await;
    desk.rules.sign_in_timeout = Duration::from_secs(2);
    let (_run, begun) = surprised(&desk).await;
    assert_eq!(begun.ended().await.unwrap_err().code(), Code::TimedOut);
    eventually(|| desk.provider.revoked() == [desk.provider.issued().refresh_tokens.pop().unwrap()]).await;

    let desk = Desk::new().await;
    let (run, _begun) = surprised(&desk).await;
    run.session.close().await;
    eventually(|| desk.provider.revoked() == [desk.provider.issued().refresh_tokens.pop().unwrap()]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_subject_of_the_same_issuer_is_no_surprise() {
    let desk = Desk::new().await;
    let mut run = desk.ended().await;
    desk.provider
        .userinfo(json!({ "name": "Ada Lind", "email": "ada.lind@example.com" }));
    desk.sign_in(&mut run).await;
    assert_eq!(name(&run.session.view()), Some("Ada Lind"));
}

#[tokio::test(flavor = "multi_thread")]
async fn consent_is_asked_for_at_the_next_sign_in_and_only_once() {
    let desk = Desk::new().await;
    desk.provider.token_response(json!({ "refresh_token": null }));
    let mut prompts = Vec::new();
    let mut run = desk.launch();
    for _ in 0..4 {
        let begun = run.session.begin_sign_in(None).await.unwrap();
        let page = run.page().await;
        prompts.push(desk.asked(&page, "prompt"));
        run.session
            .callback(&desk.provider.authorize(&page))
            .await
            .unwrap();
        begun.ended().await.unwrap();
        desk.clock.advance(400);
        run.session.look();
        run.until(|view| signed_out(view, Why::Expired)).await;
        run.session.close().await;
        run = desk.launch();
        run.until(|view| signed_out(view, Why::Expired)).await;
    }
    assert_eq!(prompts, [None, Some("consent".to_owned()), None, None]);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_else_who_comes_while_the_app_closes_is_given_back() {
    for closed in [true, false] {
        let desk = Desk::new().await;
        let mut run = desk.ended().await;
        desk.benoit_comes();
        let gate = Arc::new(tokio::sync::Notify::new());
        let _begun = run.session.begin_sign_in(None).await.unwrap();
        let page = run.page().await;
        let asked = desk.provider.count(Endpoint::Token);
        desk.provider.hold(Endpoint::Token, Arc::clone(&gate));
        run.session
            .callback(&desk.provider.authorize(&page))
            .await
            .unwrap();
        eventually(|| desk.provider.count(Endpoint::Token) > asked).await;
        let session = run.session;
        let closing = tokio::spawn(async move {
            if closed {
                session.close().await;
            }
        });
        // The close, or the end of the last handle, comes before the answer.
        tokio::time::sleep(Duration::from_millis(200)).await;
        gate.notify_one();
        closing.await.unwrap();
        let benoits = desk.provider.issued().refresh_tokens.pop().unwrap();
        eventually(|| desk.provider.revoked() == [benoits.clone()]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_that_ends_after_somebody_else_has_signed_in_is_given_back() {
    let desk = Desk::new().await;
    let mut run = desk.signed_in().await;
    let gate = Arc::new(tokio::sync::Notify::new());
    desk.provider.hold(Endpoint::Token, Arc::clone(&gate));
    let session = run.session.clone();
    let renewing = tokio::spawn(async move { session.refresh().await });
    eventually(|| desk.provider.count(Endpoint::Token) == 2).await;
    let adas = desk.provider.issued().refresh_tokens;
    assert_eq!(adas.len(), 2);
    desk.benoit_comes();
    let begun = run.session.begin(ANOTHER).await.unwrap();
    let page = run.page().await;
    run.session
        .callback(&desk.provider.authorize(&page))
        .await
        .unwrap();
    begun.ended().await.unwrap();
    gate.notify_one();
    let _ = renewing.await.unwrap();
    eventually(|| adas.iter().all(|token| desk.provider.revoked().contains(token))).await;
    assert_eq!(name(&run.session.view()), Some("Benoît Okafor"));
    run.session.refresh().await.unwrap();
}
