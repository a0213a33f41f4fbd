//! Launches: straight in, renewed, stale, blocked, unconfigured.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_token_is_renewed_at_launch_with_one_request() {
    let desk = Desk::new().await;
    desk.signed_in().await.session.close().await;
    desk.clock.advance(100_000);
    desk.provider.stop_clock_at(desk.clock.now());
    let before = desk.provider.count(Endpoint::Token);
    let mut run = desk.launch();
    run.until(fresh).await;
    assert_eq!(desk.provider.count(Endpoint::Token), before + 1);
    assert!(run.kinds().iter().all(|kind| kind == "signed-in"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_launch_with_the_provider_gone_is_straight_in_and_stale() {
    let desk = Desk::new().await;
    desk.signed_in().await.session.close().await;
    for endpoint in [Endpoint::Discovery, Endpoint::Userinfo, Endpoint::Token] {
        desk.provider.always(endpoint, Answer::dropped());
    }
    let mut run = desk.launch();
    run.until(|view| {
        matches!(
            view,
            View::SignedIn {
                freshness: Freshness::Stale { .. },
                ..
            }
        )
    })
    .await;
    assert!(run.kinds().iter().all(|kind| kind == "signed-in"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_store_blocks_and_the_session_is_back_after_unlocking() {
    let desk = Desk::new().await;
    desk.signed_in().await.session.close().await;
    desk.store.fail_with(Some(StoreError::Locked));
    let mut run = desk.launch();
    run.until(|view| matches!(view, View::Blocked { problem } if problem.code == Code::StoreLocked))
        .await;
    desk.store.fail_with(None);
    run.session.retry().await.unwrap();
    run.until(fresh).await;
    assert!(!run.kinds().contains(&"signed-out".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_that_is_mended_is_read_again_by_retry() {
    let provider = TestProvider::start().await;
    let (config, mended) = (provider.config(), Arc::new(AtomicI64::new(0)));
    let switch = Arc::clone(&mended);
    let session = Session::builder(move || match switch.load(Ordering::SeqCst) {
        0 => Config::parse("[provider]\nissue = 1", "latchkey.toml"),
        _ => Ok(Config {
            provider: Some(config.clone()),
            session: SessionConfig::default(),
            language: String::new(),
            profile: crate::config::ProfileConfig::default(),
        }),
    })
    .start()
    .unwrap();
    let error = session.sign_in(None).await.unwrap_err();
    assert_eq!(
        (error.stage(), error.code()),
        (Stage::Configuration, Code::ConfigurationInvalid)
    );
    mended.store(1, Ordering::SeqCst);
    session.retry().await.unwrap();
    session.cancel().await.unwrap();
    assert!(signed_out(&session.view(), Why::Never), "{:?}", session.view());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_refresh_token_the_session_works_until_it_expires() {
    let desk = Desk::new().await;
    desk.provider
        .token_response(serde_json::json!({ "refresh_token": null }));
    let run = desk.signed_in().await;
    assert_eq!(
        run.session.refresh().await.unwrap_err().code(),
        Code::NoRefreshToken
    );
    assert!(matches!(
        run.session.view(),
        View::SignedIn {
            ends_at: Some(_),
            renews_at: None,
            ..
        }
    ));
    run.session.close().await;
    desk.clock.advance(100_000);
    desk.launch().until(|view| signed_out(view, Why::Expired)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_store_the_person_may_go_on_for_this_run() {
    let desk = Desk::new().await;
    desk.store.fail_with(Some(StoreError::Missing));
    let mut run = desk.launch();
    run.until(|view| matches!(view, View::Blocked { .. })).await;
    run.session.use_this_run().await.unwrap();
    let begun = run.session.begin_sign_in(None).await.unwrap();
    let callback = desk.provider.authorize(&run.page().await);
    run.session.callback(&callback).await.unwrap();
    begun.ended().await.unwrap();
    assert!(matches!(
        run.session.view(),
        View::SignedIn {
            kept: Kept::ThisRun,
            ..
        }
    ));
    run.session.refresh().await.unwrap();
}

/// Longer than any test: only the window ends it.
const AGES: Duration = Duration::from_secs(3600);

/// What the provider was asked, whatever it was.
fn asked(desk: &Desk) -> usize {
    [
        Endpoint::Discovery,
        Endpoint::Jwks,
        Endpoint::Token,
        Endpoint::Userinfo,
        Endpoint::Picture,
    ]
    .map(|endpoint| desk.provider.count(endpoint))
    .iter()
    .sum()
}

/// A launch that waits for its window: it is straight in, and for a while the provider hears nothing.
async fn behind_its_window(desk: &Desk, at_most: Duration) -> (Run, usize) {
    let before = asked(desk);
    let mut run = desk.launch_with(|builder| builder.quiet_until_shown(at_most));
    run.until(|view| matches!(view, View::SignedIn { .. })).await;
    (run, before)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_launch_asks_nothing_before_the_window_shows_something() {
    let desk = Desk::new().await;
    desk.signed_in().await.session.close().await;
    for old in [false, true] {
        desk.clock.advance(if old { 100_000 } else { 0 });
        desk.provider.stop_clock_at(desk.clock.now());
        let (mut run, before) = behind_its_window(&desk, AGES).await;
        let picture = tokio::spawn({
            let session = run.session.clone();
            async move { session.picture().await }
        });
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(asked(&desk), before, "old: {old}");
        let waiting = run.session.until_shown();
        assert!(
            tokio::time::timeout(Duration::from_millis(20), waiting)
                .await
                .is_err()
        );
        run.session.shown();
        run.session.until_shown().await;
        eventually(|| asked(&desk) > before).await;
        run.until(fresh).await;
        picture.await.unwrap();
        run.session.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_never_shows_anything_holds_nothing_up_for_long() {
    let desk = Desk::new().await;
    desk.signed_in().await.session.close().await;
    desk.clock.advance(100_000);
    desk.provider.stop_clock_at(desk.clock.now());
    let (mut run, _) = behind_its_window(&desk, Duration::from_millis(200)).await;
    run.until(fresh).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_close_does_not_wait_for_a_window() {
    let desk = Desk::new().await;
    desk.signed_in().await.session.close().await;
    desk.clock.advance(100_000);
    desk.provider.stop_clock_at(desk.clock.now());
    let (run, _) = behind_its_window(&desk, AGES).await;
    let before = desk.provider.count(Endpoint::Token);
    run.session.close().await;
    // A renewal that began now could lose its answer: it is the next launch's.
    assert_eq!(desk.provider.count(Endpoint::Token), before);
    let mut run = desk.launch();
    run.until(fresh).await;
    assert_eq!(desk.provider.count(Endpoint::Token), before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_not_kept_waiting_for_a_window() {
    let desk = Desk::new().await;
    let mut run = desk.launch_with(|builder| builder.quiet_until_shown(AGES));
    desk.sign_in(&mut run).await;
    assert!(fresh(&run.session.view()), "{:?}", run.session.view());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_out_does_not_wait_for_a_window() {
    let desk = Desk::new().await;
    desk.signed_in().await.session.close().await;
    let (run, _) = behind_its_window(&desk, AGES).await;
    let before = desk.provider.count(Endpoint::Revocation);
    run.session.sign_out().await.unwrap();
    eventually(|| desk.provider.count(Endpoint::Revocation) > before).await;
}
