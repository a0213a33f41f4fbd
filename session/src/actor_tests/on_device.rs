//! Signing in on another device (RFC 8628), from the button to the stored session, and every way out of it.

use super::*;
use serde_json::json;

async fn shown(desk: &Desk) -> (Run, crate::Begun, crate::view::Device) {
    desk.provider.offer_everything();
    let mut run = desk.launch();
    let begun = run.session.begin_sign_in(Some(How::Device)).await.unwrap();
    let view = run
        .until(|view| matches!(view, View::SigningIn { device: Some(_), .. }))
        .await;
    let View::SigningIn {
        device: Some(device),
        how: How::Device,
        phase: Phase::Waiting,
        device_offered: true,
        ..
    } = view
    else {
        panic!("{view:?}")
    };
    (run, begun, device)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_says_yes_on_another_device_is_signed_in_here_and_renewed_and_kept() {
    let desk = Desk::new().await;
    let (mut run, begun, device) = shown(&desk).await;
    assert!(
        device
            .verification_uri_complete
            .unwrap()
            .contains(&device.user_code)
    );
    assert!(device.qr.is_some());
    // The address can be opened and copied here, too.
    run.session.open_again().await.unwrap();
    assert!(run.page().await.secret().contains(&device.user_code));
    desk.provider.decide_on_devices(Ok(()));
    begun.ended().await.unwrap();
    assert!(matches!(
        run.session.view(),
        View::SignedIn {
            kept: Kept::Stored,
            ..
        }
    ));
    run.session.refresh().await.unwrap();
    run.session.close().await;
    desk.launch().until(fresh).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_token_and_no_device_code_is_in_any_view() {
    let desk = Desk::new().await;
    let (run, begun, _) = shown(&desk).await;
    desk.provider.decide_on_devices(Ok(()));
    begun.ended().await.unwrap();
    let views = serde_json::to_string(&*run.views.lock().unwrap()).unwrap();
    let issued = desk.provider.issued();
    assert!(
        issued
            .access_tokens
            .iter()
            .chain(&issued.refresh_tokens)
            .all(|token| !views.contains(token.as_str()))
    );
    assert!(!views.contains("device-1"), "{views}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_declines_or_lets_it_expire_is_told_so() {
    for (error, code) in [("access_denied", Code::Denied), ("expired_token", Code::TimedOut)] {
        let desk = Desk::new().await;
        let (_run, begun, _) = shown(&desk).await;
        desk.provider.decide_on_devices(Err(error));
        assert_eq!(begun.ended().await.unwrap_err().code(), code);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_attempt_ends_with_its_codes_when_they_end_first() {
    let desk = Desk::new().await;
    desk.provider.device_response(json!({ "expires_in": 1 }));
    let (_run, begun, _) = shown(&desk).await;
    assert_eq!(begun.ended().await.unwrap_err().code(), Code::TimedOut);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_in_trouble_is_asked_again_and_less_often() {
    let desk = Desk::new().await;
    desk.provider.once(Endpoint::Token, Answer::empty(503));
    let (_run, begun, _) = shown(&desk).await;
    desk.provider.decide_on_devices(Ok(()));
    begun.ended().await.unwrap();
    assert_eq!(desk.provider.count(Endpoint::Token), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_after_a_cancel_is_given_back_and_nobody_asks_any_more() {
    let desk = Desk::new().await;
    desk.provider.offer_everything();
    let gate = Arc::new(tokio::sync::Notify::new());
    let mut run = desk.launch();
    let begun = run.session.begin_sign_in(Some(How::Device)).await.unwrap();
    run.until(|view| matches!(view, View::SigningIn { device: Some(_), .. }))
        .await;
    desk.provider.decide_on_devices(Ok(()));
    desk.provider.hold(Endpoint::Token, Arc::clone(&gate));
    eventually(|| desk.provider.count(Endpoint::Token) == 1).await;
    run.session.cancel().await.unwrap();
    assert_eq!(begun.ended().await.unwrap_err().code(), Code::Cancelled);
    gate.notify_one();
    eventually(|| desk.provider.revoked() == desk.provider.issued().refresh_tokens).await;
    assert!(signed_out(&run.session.view(), Why::Never));
    assert_eq!(desk.provider.count(Endpoint::Token), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_goes_on_on_another_device_and_back() {
    let desk = Desk::new().await;
    desk.provider.offer_everything();
    let mut run = desk.launch();
    let begun = run.session.begin_sign_in(Some(How::DeepLink)).await.unwrap();
    run.page().await;
    run.until(|view| {
        matches!(
            view,
            View::SigningIn {
                phase: Phase::Waiting,
                device_offered: true,
                ..
            }
        )
    })
    .await;
    run.session.switch(How::Device).await.unwrap();
    run.until(|view| matches!(view, View::SigningIn { device: Some(_), .. }))
        .await;
    run.session.switch(How::Loopback).await.unwrap();
    let page = run.page().await;
    run.until(|view| {
        matches!(
            view,
            View::SigningIn {
                how: How::Loopback,
                device: None,
                phase: Phase::Waiting,
                ..
            }
        )
    })
    .await;
    let error = run.session.paste("USER-1").await.unwrap_err();
    assert_eq!(error.code(), Code::PasteUnusable);
    run.session
        .callback(&desk.provider.authorize(&page))
        .await
        .unwrap();
    begun.ended().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn where_it_is_not_offered_the_attempt_ends_with_that_fact() {
    let desk = Desk::new().await;
    let run = desk.launch();
    let error = run.session.sign_in(Some(How::Device)).await.unwrap_err();
    assert_eq!(
        (error.code(), error.stage()),
        (Code::DeviceNotOffered, Stage::Discovery)
    );
}
