//! A computer whose clock is wrong, at launch, during a session and at a sign-in: by minutes, hours, days, a year. The
//! provider's clock is always right. What holds in all cases: a session is kept, nothing is asked in a storm, and once the
//! clock is right again everything is as if nothing had been.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "what is not expected is printed as it is"
)]

use super::*;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 365 * DAY;

/// How long nothing may happen before a session counts as quiet.
const QUIET: Duration = Duration::from_millis(700);

/// By how many seconds the clock is ahead; what a launch with a stored session comes to; what an attempt to sign in comes to.
///
/// An access token of the test provider lives 5 minutes, an ID token an hour. A clock that is behind takes the access token
/// for younger than it is: it is used until it is refused, or renewed, which the new ID token then does not allow.
const TABLE: [(i64, &[&str], &str); 6] = [
    (20 * MINUTE, &["fresh"], "fresh"),
    (-20 * MINUTE, &["fresh", TOO_EARLY], "id-token-issued-at"),
    (2 * HOUR, &["stale id-token-expired"], "id-token-expired"),
    (-2 * HOUR, &["fresh", TOO_EARLY], "id-token-issued-at"),
    (10 * DAY, &["stale id-token-expired"], "id-token-expired"),
    (-YEAR, &["fresh", TOO_EARLY], "id-token-issued-at"),
];

const TOO_EARLY: &str = "stale id-token-issued-at";

#[tokio::test(flavor = "multi_thread")]
async fn a_launch_with_a_wrong_clock_keeps_the_session() {
    for_each(|ahead, at_launch, _| async move {
        let desk = Desk::new().await;
        desk.signed_in().await.session.close().await;
        let before = desk.provider.count(Endpoint::Token);
        desk.clock.set(ahead);
        let mut run = desk.launch();
        run.until(|view| at_launch.contains(&said(view).as_str())).await;
        quiet(&desk, &run).await;
        assert!(at_launch.contains(&said(&run.session.view()).as_str()), "{ahead}");
        assert!(desk.provider.count(Endpoint::Token) - before <= 1, "{ahead}");
        recovers(&desk, run).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_during_a_session_does_not_end_it() {
    for_each(|ahead, _, _| async move {
        let desk = Desk::new().await;
        let run = desk.signed_in().await;
        let before = desk.provider.count(Endpoint::Token);
        desk.clock.set(ahead);
        let answer = run.session.access_token(Duration::from_secs(60)).await;
        quiet(&desk, &run).await;
        let found = said(&run.session.view());
        match answer {
            Ok(_) => assert_eq!(found, "fresh", "{ahead}"),
            Err(error) => assert_eq!(found, format!("stale {}", error.code().as_str()), "{ahead}"),
        }
        assert!(desk.provider.count(Endpoint::Token) - before <= 1, "{ahead}");
        recovers(&desk, run).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_with_a_wrong_clock_says_so_and_works_once_it_is_right() {
    for_each(|ahead, _, at_sign_in| async move {
        let desk = Desk::new().await;
        desk.clock.set(ahead);
        let mut run = desk.launch();
        let told = match sign_in(&desk, &mut run).await {
            Ok(()) => said(&run.session.view()),
            Err(error) => error.code().as_str().to_owned(),
        };
        assert_eq!(told, at_sign_in, "{ahead}");
        desk.clock.set(0);
        if told != "fresh" {
            sign_in(&desk, &mut run).await.unwrap();
        }
        recovers(&desk, run).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_renewed_under_a_fast_clock_is_renewed_again_once_the_clock_is_right() {
    for_each(|ahead, _, _| async move {
        let desk = Desk::new().await;
        // No ID token at renewals: nothing but the times of the access token tells that the clock was wrong.
        let run = desk.signed_in().await;
        desk.provider
            .token_response(serde_json::json!({ "id_token": null }));
        desk.clock.set(ahead);
        run.session.refresh().await.unwrap();
        desk.clock.set(0);
        run.session.retry().await.unwrap();
        quiet(&desk, &run).await;
        let due = renews_at(&run).duration_since(desk.clock.now());
        assert!(due.as_secs() <= 300, "{ahead}: due in {due:#}");
        recovers(&desk, run).await;
    })
    .await;
}

/// Runs the case of every line of the table, all at once.
async fn for_each<F: Future<Output = ()> + Send + 'static>(
    case: impl Fn(i64, &'static [&'static str], &'static str) -> F,
) {
    let mut running = tokio::task::JoinSet::new();
    for (ahead, at_launch, at_sign_in) in TABLE {
        running.spawn(case(ahead, at_launch, at_sign_in));
    }
    while let Some(result) = running.join_next().await {
        result.unwrap();
    }
}

/// The clock is right again: a token for who asks, a renewal that is due within the token's life, and nobody was signed out.
async fn recovers(desk: &Desk, run: Run) {
    desk.clock.set(0);
    run.session.access_token(Duration::from_secs(60)).await.unwrap();
    run.session.refresh().await.unwrap();
    assert_eq!(said(&run.session.view()), "fresh");
    let due = renews_at(&run).duration_since(desk.clock.now());
    assert!((0..=300).contains(&due.as_secs()), "due in {due:#}");
    let asked = desk.provider.count(Endpoint::Token);
    quiet(desk, &run).await;
    assert_eq!(desk.provider.count(Endpoint::Token), asked);
    let kinds = run.kinds();
    assert!(
        kinds
            .iter()
            .skip_while(|kind| *kind != "signed-in")
            .all(|kind| kind == "signed-in"),
        "{kinds:?}"
    );
    assert_eq!(desk.provider.reused(), Vec::<String>::new());
    run.session.close().await;
    let mut next = desk.launch();
    next.until(fresh).await;
}

/// Waits until there has been neither a request nor a new view for a while.
async fn quiet(desk: &Desk, run: &Run) {
    let seen = || {
        let requests = [Endpoint::Token, Endpoint::Userinfo].map(|endpoint| desk.provider.count(endpoint));
        (requests, run.views.lock().unwrap().len())
    };
    let mut before = None;
    while before != Some(seen()) {
        before = Some(seen());
        tokio::time::sleep(QUIET).await;
    }
}

fn renews_at(run: &Run) -> Timestamp {
    match run.session.view() {
        View::SignedIn {
            renews_at: Some(at), ..
        } => at,
        view => panic!("{view:?}"),
    }
}

async fn sign_in(desk: &Desk, run: &mut Run) -> Result<()> {
    let begun = run.session.begin_sign_in(None).await?;
    let callback = desk.provider.authorize(&run.page().await);
    run.session.callback(&callback).await?;
    begun.ended().await
}

fn said(view: &View) -> String {
    match view {
        View::SignedIn {
            freshness: Freshness::Fresh,
            ..
        } => "fresh".to_owned(),
        View::SignedIn {
            freshness: Freshness::Stale { problem, .. },
            ..
        } => format!("stale {}", problem.code.as_str()),
        _ => format!("{view:?}"),
    }
}
