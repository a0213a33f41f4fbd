//! Callers who ask again and again, as pollers do, while a renewal does not work: they cost the provider no more than the
//! schedule does. (Whoever asks for a renewal by name gets one each time.)

use super::*;

/// So often a caller asks, one call after the other, well within the shortest back-off.
const CALLS: usize = 20;
/// The first request, and one retry of the schedule that may fall among the calls.
const REQUESTS: usize = 2;

#[tokio::test(flavor = "multi_thread")]
async fn callers_do_not_overrule_the_wait_the_provider_asked_for() {
    let desk = Desk::new().await;
    let run = desk.signed_in().await;
    let before = desk.provider.count(Endpoint::Token);
    let busy = Answer::error(503, "busy").with_header("retry-after", "60");
    desk.provider.always(Endpoint::Token, busy);
    desk.clock.set(400);
    ask(&run, Code::ProviderFault).await;
    let asked = desk.provider.count(Endpoint::Token) - before;
    assert!((1..=REQUESTS).contains(&asked), "{asked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_under_a_wrong_clock_do_not_spend_a_refresh_token_each() {
    for (ahead, code) in [
        (2 * 3600, Code::IdTokenExpired),
        (-20 * 60, Code::IdTokenIssuedAt),
    ] {
        let desk = Desk::new().await;
        let run = desk.signed_in().await;
        let before = desk.provider.count(Endpoint::Token);
        desk.clock.set(ahead);
        ask(&run, code).await;
        let asked = desk.provider.count(Endpoint::Token) - before;
        assert!((1..=REQUESTS).contains(&asked), "{ahead}: {asked}");
    }
}

/// A caller who does not give up. Each time the answer is what is the matter.
async fn ask(run: &Run, code: Code) {
    for _ in 0..CALLS {
        let error = run
            .session
            .access_token(Duration::from_secs(60))
            .await
            .unwrap_err();
        assert_eq!(error.code(), code);
    }
}
