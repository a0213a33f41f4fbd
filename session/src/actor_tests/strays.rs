//! Links that belong to no sign-in that waits are said, once and for a while; floods of them; and ports that are closed as soon
//! as nothing is due there.

use super::*;

const AT: &str = "dev.latchkey.desktop:/callback";

fn tells_of_a_stray(view: &View) -> bool {
    match view {
        View::SignedOut { stray, .. } | View::SigningIn { stray, .. } | View::SignedIn { stray, .. } => {
            *stray
        }
        View::Unconfigured { .. } | View::Restoring | View::Blocked { .. } => false,
    }
}

fn waiting(view: &View) -> bool {
    matches!(
        view,
        View::SigningIn {
            phase: Phase::Waiting,
            ..
        }
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stray_link_is_told_whoever_is_there_and_for_a_while() {
    let desk = Desk::new().await;
    let mut run = desk.launch();
    run.until(|view| signed_out(view, Why::Never)).await;
    let link = format!("{AT}?code=c&state=older");
    let told_for_a_while = async |run: &mut Run| {
        run.session.callback(&link).await.unwrap_err();
        assert!(tells_of_a_stray(&run.session.view()));
        desk.clock.advance(21);
        run.session.look();
        run.until(|view| !tells_of_a_stray(view)).await;
    };
    told_for_a_while(&mut run).await;
    let begun = run.session.begin_sign_in(Some(How::DeepLink)).await.unwrap();
    let answer = desk.provider.authorize(&run.page().await);
    told_for_a_while(&mut run).await;
    assert!(waiting(&run.session.view()));
    run.session.callback(&link).await.unwrap_err();
    run.session.callback(&answer).await.unwrap();
    begun.ended().await.unwrap();
    assert!(
        !tells_of_a_stray(&run.session.view()),
        "the sign-in is what counts now"
    );
    told_for_a_while(&mut run).await;
    assert!(matches!(run.session.view(), View::SignedIn { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_stray_is_not_told_as_one() {
    let desk = Desk::new().await;
    let mut run = desk.launch();
    let begun = run.session.begin_sign_in(Some(How::DeepLink)).await.unwrap();
    let page = run.page().await;
    run.session
        .callback(&desk.provider.decline(&page, "access_denied"))
        .await
        .unwrap();
    begun.ended().await.unwrap_err();
    // A way back from the sign-out page that nobody waits for.
    run.session
        .callback("dev.latchkey.desktop:/signed-out?state=x")
        .await
        .unwrap_err();
    let begun = run.session.begin_sign_in(Some(How::DeepLink)).await.unwrap();
    let page = run.page().await;
    run.session
        .callback(&desk.provider.callback(&page, &[("code", "c"), ("error", "e")]))
        .await
        .unwrap_err();
    begun.ended().await.unwrap_err();
    assert!(!run.views.lock().unwrap().iter().any(tells_of_a_stray));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_among_ten_thousand_strays_signs_in_and_they_are_told_once() {
    let desk = Desk::with_files().await;
    let mut run = desk.launch();
    let begun = run.session.begin_sign_in(Some(How::DeepLink)).await.unwrap();
    let answer = desk.provider.authorize(&run.page().await);
    let before = run.views.lock().unwrap().len();
    for n in 0..10_000 {
        let link = format!("{AT}?code=c{n}&state=s{n}");
        assert!(!run.session.expects(&link));
        assert_eq!(
            run.session.callback(&link).await.unwrap_err().code(),
            Code::StateMismatch
        );
    }
    assert_eq!(run.views.lock().unwrap().len(), before + 1);
    assert!(run.session.expects(&answer));
    run.session.callback(&answer).await.unwrap();
    begun.ended().await.unwrap();
    assert!(!run.session.expects(&answer));
    assert_eq!(desk.provider.count(Endpoint::Token), 1);
    assert_eq!(
        run.session.timeline().await.len(),
        1,
        "strays are no part of what happened"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn strays_while_nobody_waits_cost_one_view() {
    let desk = Desk::new().await;
    let mut run = desk.launch();
    run.until(|view| signed_out(view, Why::Never)).await;
    for n in 0..10_000 {
        let link = format!("{AT}?error=access_denied&state=s{n}");
        assert_eq!(
            run.session.callback(&link).await.unwrap_err().code(),
            Code::NoAttempt
        );
    }
    assert_eq!(run.kinds().len(), 2, "{:?}", run.kinds());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_answer_that_is_awaited_is_expected() {
    let desk = Desk::new().await;
    let mut run = desk.launch();
    let _begun = run.session.begin_sign_in(Some(How::DeepLink)).await.unwrap();
    let page = run.page().await;
    let (yes, no) = (
        desk.provider.authorize(&page),
        desk.provider.decline(&page, "access_denied"),
    );
    assert!(run.session.expects(&yes) && run.session.expects(&no));
    for link in [
        yes.replace("state=", "state=x"),
        yes.replace("/callback", "/callback/"),
        format!("{yes}#"),
        AT.to_owned(),
        String::new(),
    ] {
        assert!(!run.session.expects(&link), "{link}");
    }
    run.session.cancel().await.unwrap();
    assert!(!run.session.expects(&yes));
}

/// A sign-in that waits at a port of this computer, and its answer.
async fn at_a_port(desk: &Desk, run: &mut Run) -> (crate::Begun, String) {
    let begun = run.session.begin_sign_in(Some(How::Loopback)).await.unwrap();
    let answer = desk.provider.authorize(&run.page().await);
    assert!(is_open(&answer));
    (begun, answer)
}

fn is_open(answer: &str) -> bool {
    let port = url::Url::parse(answer).unwrap().port().unwrap();
    std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_port_is_closed_after_a_cancel() {
    let desk = Desk::new().await;
    let mut run = desk.launch();
    let (_begun, answer) = at_a_port(&desk, &mut run).await;
    run.session.cancel().await.unwrap();
    eventually(|| !is_open(&answer)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_port_is_closed_when_the_time_is_over() {
    let desk = Desk::new().await;
    let mut run = desk.launch();
    let (begun, answer) = at_a_port(&desk, &mut run).await;
    desk.clock.advance(301);
    run.session.look();
    assert_eq!(begun.ended().await.unwrap_err().code(), Code::TimedOut);
    eventually(|| !is_open(&answer)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_port_is_closed_when_somebody_signed_in_another_way() {
    // In another process.
    let desk = Desk::new().await;
    let mut run = desk.launch();
    let (_begun, answer) = at_a_port(&desk, &mut run).await;
    let mut other = desk.launch();
    desk.sign_in(&mut other).await;
    run.session.look();
    run.until(fresh).await;
    eventually(|| !is_open(&answer)).await;
    // With the answer handed over by hand, so that no page is due.
    let desk = Desk::new().await;
    let mut run = desk.launch();
    let (begun, answer) = at_a_port(&desk, &mut run).await;
    run.session.callback(&answer).await.unwrap();
    begun.ended().await.unwrap();
    eventually(|| !is_open(&answer)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_port_is_closed_with_the_session_and_after_a_sign_out() {
    let desk = Desk::new().await;
    let mut run = desk.launch();
    let (_begun, answer) = at_a_port(&desk, &mut run).await;
    run.session.sign_out().await.unwrap();
    eventually(|| !is_open(&answer)).await;
    let (_begun, answer) = at_a_port(&desk, &mut run).await;
    run.session.close().await;
    eventually(|| !is_open(&answer)).await;
    let mut run = desk.launch();
    let (begun, answer) = at_a_port(&desk, &mut run).await;
    drop((run, begun));
    eventually(|| !is_open(&answer)).await;
}
