//! Whole lives of a session against the provider double: the actor, the effects and the handle together.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{mpsc, watch};

use crate::config::{Config, SessionConfig};
use crate::ports::{Clock, Page, Purpose, SystemClock};
use crate::secret::SecretUrl;
use crate::store::{CredentialStore, MemoryStore, StoreError};
use crate::testing::{Answer, Endpoint, TestProvider};
use crate::view::{Freshness, How, Kept, Step, View, Why};
use crate::{Code, Redirects, Result, Session, Stage};

/// Real time plus what the test adds.
#[derive(Clone, Default)]
struct TestClock(Arc<AtomicI64>);

impl TestClock {
    fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        SystemClock.now() + Duration::from_secs(u64::try_from(self.0.load(Ordering::SeqCst)).unwrap())
    }
}

/// What stays when the app is closed: the provider, the credential store, the clock.
struct Desk {
    provider: TestProvider,
    store: MemoryStore,
    clock: TestClock,
    rules: SessionConfig,
}

/// One run of the app.
struct Run {
    session: Session,
    pages: mpsc::UnboundedReceiver<Page>,
    views: Arc<Mutex<Vec<View>>>,
    current: watch::Receiver<View>,
}

impl Desk {
    async fn new() -> Self {
        let rules = SessionConfig::default();
        Self {
            provider: TestProvider::start().await,
            store: MemoryStore::new(),
            clock: TestClock::default(),
            rules,
        }
    }

    fn launch(&self) -> Run {
        let config = Config {
            provider: Some(self.provider.config()),
            session: self.rules,
            language: String::new(),
        };
        let (opened, pages) = mpsc::unbounded_channel();
        let views = Arc::new(Mutex::new(Vec::new()));
        let (tell, current) = watch::channel(View::Restoring);
        let seen = Arc::clone(&views);
        let session = Session::builder(move || Ok(config.clone()))
            .store(Arc::new(self.store.clone()))
            .clock(self.clock.clone())
            .redirects(Redirects::of_scheme("dev.latchkey.desktop"))
            .browser(move |page: &Page| -> Result<()> {
                let _ = opened.send(page.clone());
                Ok(())
            })
            .publisher(move |view: &View| {
                seen.lock().unwrap().push(view.clone());
                tell.send_replace(view.clone());
            })
            .start()
            .unwrap();
        Run {
            session,
            pages,
            views,
            current,
        }
    }

    /// A run in which the person has signed in.
    async fn signed_in(&self) -> Run {
        let mut run = self.launch();
        let begun = run.session.begin_sign_in(None).await.unwrap();
        let callback = self.provider.authorize(&run.page().await);
        run.session.callback(&callback).await.unwrap();
        begun.ended().await.unwrap();
        run
    }
}

impl Run {
    async fn page(&mut self) -> SecretUrl {
        self.pages.recv().await.unwrap().url
    }

    async fn until(&mut self, wanted: impl Fn(&View) -> bool) -> View {
        tokio::time::timeout(
            Duration::from_secs(20),
            self.current.wait_for(|view| wanted(view)),
        )
        .await
        .unwrap_or_else(|_| panic!("waited in vain; saw {:?}", self.views.lock().unwrap()))
        .unwrap()
        .clone()
    }

    fn kinds(&self) -> Vec<String> {
        let kind = |view: &View| {
            serde_json::to_value(view).unwrap()["kind"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        self.views.lock().unwrap().iter().map(kind).collect()
    }
}

fn fresh(view: &View) -> bool {
    matches!(
        view,
        View::SignedIn {
            freshness: Freshness::Fresh,
            ..
        }
    )
}

fn signed_out(view: &View, wanted: Why) -> bool {
    matches!(view, View::SignedOut { why, .. } if *why == wanted)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_life() {
    let desk = Desk::new().await;
    let run = desk.signed_in().await;
    let View::SignedIn { profile, kept, .. } = run.session.view() else {
        panic!("{:?}", run.session.view())
    };
    assert_eq!(kept, Kept::Stored);
    assert_eq!(profile.issuer, desk.provider.issuer());
    let token = run.session.access_token(Duration::from_secs(60)).await.unwrap();
    assert!(
        desk.provider
            .issued()
            .access_tokens
            .contains(&token.secret().to_owned())
    );
    run.session.close().await;

    let mut second = desk.launch();
    second.until(fresh).await;
    assert!(
        second.kinds().iter().all(|kind| kind == "signed-in"),
        "{:?}",
        second.kinds()
    );
    let receipt = second.session.sign_out().await.unwrap();
    assert_eq!(receipt.device, Step::Done);
    assert_eq!(receipt.tokens, Step::Done);
    assert_eq!(second.pages.recv().await.unwrap().purpose, Purpose::SignOut);
    assert!(signed_out(&second.session.view(), Why::ByUser));
    second.session.close().await;

    let mut third = desk.launch();
    third.until(|view| signed_out(view, Why::Never)).await;
}

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
async fn a_thousand_callers_cost_one_renewal() {
    let desk = Desk::new().await;
    let run = desk.signed_in().await;
    desk.clock.advance(100_000);
    desk.provider.stop_clock_at(desk.clock.now());
    let before = desk.provider.count(Endpoint::Token);
    let calls = (0..1000).map(|_| {
        let session = run.session.clone();
        tokio::spawn(async move { session.access_token(Duration::from_secs(30)).await })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap().unwrap();
    }
    assert_eq!(desk.provider.count(Endpoint::Token), before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_grant_ends_the_session_with_its_reason_and_clears_the_record() {
    let desk = Desk::new().await;
    let run = desk.signed_in().await;
    desk.provider.end_grants();
    let error = run.session.refresh().await.unwrap_err();
    assert_eq!(
        (error.stage(), error.code(), error.is_retryable()),
        (Stage::Refresh, Code::InvalidGrant, false)
    );
    assert!(signed_out(&run.session.view(), Why::EndedByProvider));
    run.session.close().await;
    desk.launch().until(|view| signed_out(view, Why::Never)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_in_trouble_makes_the_session_stale_and_it_recovers_by_itself() {
    let desk = Desk::new().await;
    let mut run = desk.signed_in().await;
    desk.provider
        .always(Endpoint::Token, Answer::error(503, "invalid_grant"));
    let error = run.session.refresh().await.unwrap_err();
    assert!(error.is_retryable());
    let View::SignedIn {
        freshness: Freshness::Stale {
            problem, retry_at, ..
        },
        ..
    } = run.session.view()
    else {
        panic!("{:?}", run.session.view())
    };
    assert_eq!(problem.code, Code::ProviderFault);
    assert!(retry_at.is_some());
    desk.provider.behave(Endpoint::Token);
    run.until(fresh).await;
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
async fn errors_that_are_no_end_keep_the_session_and_ask_for_the_person() {
    for (error, code) in [
        ("invalid_client", Code::InvalidClient),
        ("invalid_scope", Code::InvalidScope),
        ("interaction_required", Code::InteractionRequired),
    ] {
        let desk = Desk::new().await;
        let run = desk.signed_in().await;
        desk.provider.always(Endpoint::Token, Answer::error(400, error));
        assert_eq!(run.session.refresh().await.unwrap_err().code(), code);
        let View::SignedIn {
            freshness: Freshness::Stale { retry_at, .. },
            ..
        } = run.session.view()
        else {
            panic!("{error}: {:?}", run.session.view())
        };
        assert_eq!(retry_at, None);
    }
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

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_refuses_the_record_leaves_the_session_unsaved() {
    let desk = Desk::new().await;
    let mut run = desk.launch();
    run.until(|view| signed_out(view, Why::Never)).await;
    let begun = run.session.begin_sign_in(Some(How::Loopback)).await.unwrap();
    let page = run.page().await;
    desk.store.fail_with(Some(StoreError::Locked));
    run.session
        .callback(&desk.provider.authorize(&page))
        .await
        .unwrap();
    begun.ended().await.unwrap();
    assert!(matches!(
        run.session.view(),
        View::SignedIn {
            kept: Kept::Unsaved { .. },
            ..
        }
    ));
    desk.store.fail_with(None);
    run.session.refresh().await.unwrap();
    assert!(matches!(
        run.session.view(),
        View::SignedIn {
            kept: Kept::Stored,
            ..
        }
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_starts_the_closed_app_and_completes_the_sign_in_once() {
    let desk = Desk::new().await;
    let mut first = desk.launch();
    let _begun = first.session.begin_sign_in(Some(How::DeepLink)).await.unwrap();
    let callback = desk.provider.authorize(&first.page().await);
    first.session.close().await;

    let mut second = desk.launch();
    second.session.callback(&callback).await.unwrap();
    second.until(fresh).await;
    assert_eq!(
        second.session.callback(&callback).await.unwrap_err().code(),
        Code::NoAttempt
    );
    assert_eq!(desk.provider.count(Endpoint::Token), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_after_the_deadline_starts_nothing() {
    let desk = Desk::new().await;
    let mut first = desk.launch();
    let _begun = first.session.begin_sign_in(Some(How::DeepLink)).await.unwrap();
    let callback = desk.provider.authorize(&first.page().await);
    first.session.close().await;
    desk.clock.advance(301);
    let second = desk.launch();
    assert_eq!(
        second.session.callback(&callback).await.unwrap_err().code(),
        Code::NoAttempt
    );
    assert_eq!(desk.provider.count(Endpoint::Token), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_deletion_of_the_kept_attempt_there_is_no_exchange() {
    let desk = Desk::new().await;
    let mut run = desk.launch();
    let begun = run.session.begin_sign_in(Some(How::DeepLink)).await.unwrap();
    let callback = desk.provider.authorize(&run.page().await);
    desk.store.fail_with(Some(StoreError::Locked));
    run.session.callback(&callback).await.unwrap();
    let error = begun.ended().await.unwrap_err();
    assert_eq!((error.stage(), error.code()), (Stage::Store, Code::StoreLocked));
    assert_eq!(desk.provider.count(Endpoint::Token), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_attempt_can_be_begun_again_and_the_older_tab_does_no_harm() {
    let desk = Desk::new().await;
    let mut run = desk.launch();
    let first = run.session.begin_sign_in(None).await.unwrap();
    let older = desk.provider.authorize(&run.page().await);
    assert_eq!(
        run.session.begin_sign_in(None).await.unwrap_err().code(),
        Code::Busy
    );
    run.session.cancel().await.unwrap();
    assert_eq!(first.ended().await.unwrap_err().code(), Code::Cancelled);
    let second = run.session.begin_sign_in(None).await.unwrap();
    let newer = desk.provider.authorize(&run.page().await);
    assert_eq!(
        run.session.callback(&older).await.unwrap_err().code(),
        Code::StateMismatch
    );
    run.session.callback(&newer).await.unwrap();
    second.ended().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn declining_is_a_result_of_the_attempt() {
    let desk = Desk::new().await;
    let mut run = desk.launch();
    let begun = run.session.begin_sign_in(None).await.unwrap();
    let callback = desk.provider.decline(&run.page().await, "access_denied");
    run.session.callback(&callback).await.unwrap();
    assert_eq!(begun.ended().await.unwrap_err().code(), Code::Denied);
    let View::SignedOut {
        why: Why::Never,
        last_attempt: Some(problem),
        ..
    } = run.session.view()
    else {
        panic!("{:?}", run.session.view())
    };
    assert_eq!(problem.code, Code::Denied);
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
