//! The ways through one attempt: opened again, another way, pasted, cancelled, too late. Every exit closes what was open.

use super::*;

/// What an attempt may leave behind.
struct Traces {
    /// Tasks of the runtime before anything was begun.
    tasks: usize,
}

impl Traces {
    async fn before(run: &mut Run) -> Self {
        run.until(|view| !matches!(view, View::Restoring)).await;
        // What a launch does on its own has ended.
        tokio::time::sleep(Duration::from_millis(100)).await;
        Self { tasks: tasks() }
    }

    /// No task is left, no listener, and no pending attempt in the credential store.
    async fn are_gone(&self, desk: &Desk, listeners: &[SecretUrl]) {
        for url in listeners {
            let port = desk.port_of(url);
            eventually_async(
                || async move { tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() },
            )
            .await;
        }
        let names = || desk.store.names();
        eventually(|| !names().iter().any(|name| name.starts_with("attempt-"))).await;
        eventually(|| tasks() <= self.tasks).await;
    }
}

fn tasks() -> usize {
    tokio::runtime::Handle::current().metrics().num_alive_tasks()
}

async fn eventually_async<F: Future<Output = bool>>(is_so: impl Fn() -> F) {
    for _ in 0..2000 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("waited in vain");
}

impl Desk {
    fn port_of(&self, url: &SecretUrl) -> u16 {
        let redirect_uri = self.provider.request(url)["redirect_uri"].clone();
        url::Url::parse(&redirect_uri).unwrap().port().unwrap()
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

fn code_of(view: &View) -> Option<Code> {
    if let View::SignedOut { last_attempt, .. } = view {
        last_attempt.as_ref().map(|problem| problem.code)
    } else {
        None
    }
}

async fn begun(desk: &Desk, how: How) -> (Run, crate::Begun, Traces, SecretUrl) {
    let mut run = desk.launch();
    let traces = Traces::before(&mut run).await;
    let begun = run.session.begin_sign_in(Some(how)).await.unwrap();
    let page = run.page().await;
    run.until(waiting).await;
    (run, begun, traces, page)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancel_leaves_nothing_behind() {
    for how in [How::Loopback, How::DeepLink] {
        let desk = Desk::new().await;
        let (run, begun, traces, page) = begun(&desk, how).await;
        run.session.cancel().await.unwrap();
        assert_eq!(begun.ended().await.unwrap_err().code(), Code::Cancelled);
        let listeners = if how == How::Loopback {
            vec![page]
        } else {
            Vec::new()
        };
        traces.are_gone(&desk, &listeners).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancel_at_any_moment_leaves_nothing_behind_and_opens_nothing_any_more() {
    for how in [How::Loopback, How::DeepLink, How::Device] {
        for endpoint in [Endpoint::Discovery, Endpoint::Pushed, Endpoint::Device] {
            let desk = Desk::new().await;
            desk.provider.offer_everything();
            let gate = Arc::new(tokio::sync::Notify::new());
            let mut run = desk.launch();
            let traces = Traces::before(&mut run).await;
            desk.provider.hold(endpoint, Arc::clone(&gate));
            let begun = run.session.begin_sign_in(Some(how)).await.unwrap();
            let asked = match (how, endpoint) {
                (How::Device, Endpoint::Pushed) | (How::DeepLink | How::Loopback, Endpoint::Device) => false,
                (How::DeepLink | How::Loopback | How::Device, _) => true,
            };
            eventually(|| !asked || desk.provider.count(endpoint) == 1).await;
            run.session.cancel().await.unwrap();
            assert_eq!(begun.ended().await.unwrap_err().code(), Code::Cancelled);
            gate.notify_one();
            traces.are_gone(&desk, &[]).await;
            if asked {
                assert!(run.pages.try_recv().is_err(), "{how:?} {endpoint:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_deadline_leaves_nothing_behind_and_says_one_thing() {
    for how in [How::Loopback, How::DeepLink, How::Device] {
        let mut desk = Desk::new().await;
        desk.provider.offer_everything();
        desk.rules.sign_in_timeout = Duration::from_secs(1);
        let mut run = desk.launch();
        let traces = Traces::before(&mut run).await;
        let begun = run.session.begin_sign_in(Some(how)).await.unwrap();
        let listeners = if how == How::Loopback {
            vec![run.page().await]
        } else {
            Vec::new()
        };
        assert_eq!(begun.ended().await.unwrap_err().code(), Code::TimedOut);
        assert_eq!(code_of(&run.session.view()), Some(Code::TimedOut));
        traces.are_gone(&desk, &listeners).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn loopback_instead_of_a_deep_link_and_back_closes_the_old_way() {
    let desk = Desk::new().await;
    let (mut run, begun, traces, first) = begun(&desk, How::DeepLink).await;
    let stale = desk.provider.authorize(&first);
    run.session.switch(How::Loopback).await.unwrap();
    let second = run.page().await;
    run.until(|view| {
        matches!(
            view,
            View::SigningIn {
                how: How::Loopback,
                phase: Phase::Waiting,
                ..
            }
        )
    })
    .await;
    eventually(|| !desk.store.names().iter().any(|name| name.starts_with("attempt-"))).await;
    run.session.switch(How::DeepLink).await.unwrap();
    let third = run.page().await;
    run.until(|view| {
        matches!(
            view,
            View::SigningIn {
                how: How::DeepLink,
                phase: Phase::Waiting,
                ..
            }
        )
    })
    .await;
    // The older tabs are answered, and change nothing.
    let error = run.session.callback(&stale).await.unwrap_err();
    assert_eq!(error.code(), Code::StateMismatch);
    run.session
        .callback(&desk.provider.authorize(&third))
        .await
        .unwrap();
    begun.ended().await.unwrap();
    traces.are_gone(&desk, &[second]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_device_where_none_is_offered_leaves_the_attempt_as_it_was() {
    let desk = Desk::new().await;
    let (run, begun, _, page) = begun(&desk, How::DeepLink).await;
    let before = run.session.view();
    let error = run.session.switch(How::Device).await.unwrap_err();
    assert_eq!(error.code(), Code::DeviceNotOffered);
    assert_eq!(run.session.view(), before);
    run.session
        .callback(&desk.provider.authorize(&page))
        .await
        .unwrap();
    begun.ended().await.unwrap();
    let error = run.session.switch(How::Loopback).await.unwrap_err();
    assert_eq!(error.code(), Code::NoAttempt);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_address_from_the_browser_can_be_pasted() {
    for how in [How::Loopback, How::DeepLink] {
        let desk = Desk::new().await;
        let (run, begun, traces, page) = begun(&desk, how).await;
        for odd in [
            "",
            "hello",
            "https://id.example/",
            page.secret(),
            "http://127.0.0.1:1/callback?code=x&state=y",
        ] {
            let error = run.session.paste(odd).await.unwrap_err();
            assert_eq!(error.code(), Code::PasteUnusable, "{odd}");
        }
        let callback = desk.provider.authorize(&page);
        let foreign = callback.replace("state=", "state=x");
        assert_eq!(
            run.session.paste(&foreign).await.unwrap_err().code(),
            Code::StateMismatch
        );
        assert!(
            matches!(run.session.view(), View::SigningIn { stray: false, .. }),
            "told to who pasted"
        );
        run.session
            .paste(&format!(" \u{201c}{callback}\u{201d}\n"))
            .await
            .unwrap();
        begun.ended().await.unwrap();
        let listeners = if how == How::Loopback {
            vec![page]
        } else {
            Vec::new()
        };
        traces.are_gone(&desk, &listeners).await;
        let error = run.session.paste(&callback).await.unwrap_err();
        assert_eq!(error.code(), Code::NoAttempt);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_lost_its_beginning_is_completed() {
    let desk = Desk::new().await;
    let (run, begun, _, page) = begun(&desk, How::Loopback).await;
    let callback = desk.provider.authorize(&page);
    run.session
        .paste(callback.strip_prefix("http://").unwrap())
        .await
        .unwrap();
    begun.ended().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_is_lost_leads_to_loopback_and_says_so() {
    let desk = Desk::new().await;
    let mut run = desk.launch_with(|builder| builder.links(|| Err("The link went nowhere.".to_owned())));
    let begun = run.session.begin_sign_in(None).await.unwrap();
    let page = run.page().await;
    let View::SigningIn {
        how,
        detour: Some(detour),
        ..
    } = run.until(waiting).await
    else {
        panic!("a detour")
    };
    assert_eq!(
        (how, detour.why),
        (How::Loopback, crate::view::WhyLoopback::LinkLost)
    );
    assert_eq!(detour.finding.as_deref(), Some("The link went nowhere."));
    run.session
        .callback(&desk.provider.authorize(&page))
        .await
        .unwrap();
    begun.ended().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_arrives_or_was_asked_for_is_used() {
    for (arrives, how) in [(true, None), (false, Some(How::DeepLink))] {
        let desk = Desk::new().await;
        let mut run = desk
            .launch_with(|builder| builder.links(move || if arrives { Ok(()) } else { Err(String::new()) }));
        let _begun = run.session.begin_sign_in(how).await.unwrap();
        let view = run.until(waiting).await;
        assert!(
            matches!(
                view,
                View::SigningIn {
                    how: How::DeepLink,
                    detour: None,
                    ..
                }
            ),
            "{view:?}"
        );
        run.session.cancel().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_handler_auto_is_loopback_and_says_so_until_one_is_registered() {
    let desk = Desk::new().await;
    let mut run = desk.launch_with(|builder| builder.redirects(Redirects::default()));
    let _begun = run.session.begin_sign_in(None).await.unwrap();
    let view = run.until(waiting).await;
    let View::SigningIn {
        how: How::Loopback,
        detour: Some(detour),
        ..
    } = &view
    else {
        panic!("{view:?}")
    };
    assert_eq!(detour.why, crate::view::WhyLoopback::NotRegistered);
    assert!(
        run.session.switch(How::DeepLink).await.is_err(),
        "nobody would bring it"
    );
    run.session
        .set_redirects(Redirects::of_scheme("dev.latchkey.desktop"))
        .await
        .unwrap();
    run.session.switch(How::DeepLink).await.unwrap();
    run.until(|view| {
        matches!(
            view,
            View::SigningIn {
                how: How::DeepLink,
                phase: Phase::Waiting,
                detour: None,
                ..
            }
        )
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pushed_request_is_pushed_anew_each_time_it_is_opened() {
    let desk = Desk::new().await;
    desk.provider.offer_everything();
    let (mut run, begun, _, first) = begun(&desk, How::DeepLink).await;
    run.session.open_again().await.unwrap();
    let second = run.page().await;
    let copied = run.session.authorization_url().await.unwrap();
    assert!(first != second && second != copied && first != copied);
    assert_eq!(desk.provider.count(Endpoint::Pushed), 3);
    run.session
        .callback(&desk.provider.authorize(&second))
        .await
        .unwrap();
    begun.ended().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_of_an_attempt_that_is_over_meanwhile_is_neither_opened_nor_copied() {
    let desk = Desk::new().await;
    desk.provider.offer_everything();
    let (mut run, _begun, ..) = begun(&desk, How::DeepLink).await;
    for copy in [false, true] {
        let gate = Arc::new(tokio::sync::Notify::new());
        let asked = desk.provider.count(Endpoint::Pushed);
        desk.provider.hold(Endpoint::Pushed, Arc::clone(&gate));
        let session = run.session.clone();
        let wanted = tokio::spawn(async move {
            if copy {
                session.authorization_url().await.map(drop)
            } else {
                session.open_again().await
            }
        });
        eventually(|| desk.provider.count(Endpoint::Pushed) > asked).await;
        // The attempt goes on another way.
        let how = if copy { How::DeepLink } else { How::Loopback };
        run.session.switch(how).await.unwrap();
        gate.notify_one();
        assert_eq!(wanted.await.unwrap().unwrap_err().code(), Code::NoAttempt);
        run.page().await;
    }
}
