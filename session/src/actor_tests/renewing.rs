//! Renewals: one request for all, what ends a session and what does not.

use super::*;

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
    // The reason is still known after a restart.
    desk.launch()
        .until(|view| signed_out(view, Why::EndedByProvider))
        .await;
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
async fn an_array_is_no_token_response_and_ends_nothing() {
    let desk = Desk::new().await;
    let run = desk.signed_in().await;
    for (status, body, code) in [
        (400, r#"["invalid_grant"]"#, Code::ProviderRefused),
        (200, r#"["at","Bearer",60]"#, Code::TokenMalformed),
        (302, r#"{"error":"invalid_grant"}"#, Code::ProviderRefused),
    ] {
        desk.provider
            .always(Endpoint::Token, Answer::new(status, "application/json", body));
        assert_eq!(run.session.refresh().await.unwrap_err().code(), code, "{body}");
        assert!(matches!(run.session.view(), View::SignedIn { .. }));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_quotes_what_it_was_sent_is_not_quoted() {
    let desk = Desk::new().await;
    let run = desk.signed_in().await;
    let token = desk.provider.issued().refresh_tokens[0].clone();
    let told = token.clone();
    desk.provider.when(Endpoint::Token, move |_| {
        let body = serde_json::json!({ "error": "temporarily_unavailable", "error_description": format!("not now: {told}") });
        Some(Answer::json(400, &body))
    });
    let error = run.session.refresh().await.unwrap_err();
    assert!(!error.to_string().contains(&token), "{error}");
    assert!(error.to_string().contains("not now"), "{error}");
    assert!(!format!("{:?}", run.session.view()).contains(&token));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_refresh_token_outlives_an_id_token_that_came_too_late() {
    let desk = Desk::new().await;
    let run = desk.signed_in().await;
    desk.provider.id_tokens(IdTokenPlan::with_claims(
        serde_json::json!({ "exp": 1000, "iat": 900 }),
    ));
    let error = run.session.refresh().await.unwrap_err();
    assert_eq!(
        (error.stage(), error.code()),
        (Stage::Refresh, Code::IdTokenExpired)
    );
    desk.provider.id_tokens(IdTokenPlan::default());
    run.session.refresh().await.unwrap();
    assert!(fresh(&run.session.view()));
}
