//! Several processes on one credential store: they take turns, renew once for all, and notice each other.

use std::sync::atomic::AtomicBool;

use super::*;

/// A person signed in, and so many processes of the app. Refresh tokens are good for one use.
async fn processes(count: usize) -> (Desk, Vec<Run>) {
    let desk = Desk::with_files().await;
    desk.provider.rotate_refresh_tokens(true);
    desk.signed_in().await.session.close().await;
    let mut runs = Vec::new();
    for _ in 0..count {
        let mut run = desk.launch();
        run.until(fresh).await;
        runs.push(run);
    }
    (desk, runs)
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_processes_of_125_callers_cost_one_renewal() {
    let (desk, runs) = processes(8).await;
    desk.clock.advance(100_000);
    desk.provider.stop_clock_at(desk.clock.now());
    let before = desk.provider.count(Endpoint::Token);
    let mut calls = Vec::new();
    for run in &runs {
        for _ in 0..125 {
            let session = run.session.clone();
            calls.push(tokio::spawn(async move {
                session.access_token(Duration::from_secs(30)).await
            }));
        }
    }
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(desk.provider.count(Endpoint::Token), before + 1);
    assert!(runs.iter().all(|run| fresh(&run.session.view())));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_renewals_by_many_processes_spend_each_token_once() {
    let (desk, runs) = processes(4).await;
    let mut tasks = Vec::new();
    for run in &runs {
        let session = run.session.clone();
        tasks.push(tokio::spawn(async move {
            for _ in 0..10 {
                session.refresh().await.unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let mut sent: Vec<_> = desk
        .provider
        .requests(Endpoint::Token)
        .iter()
        .filter_map(|request| request.parameter("refresh_token").map(str::to_owned))
        .collect();
    let all = sent.len();
    sent.sort();
    sent.dedup();
    assert_eq!(sent.len(), all, "a refresh token was sent twice");
    assert!(
        runs.iter()
            .all(|run| matches!(run.session.view(), View::SignedIn { .. }))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_out_in_one_is_noticed_by_the_others() {
    let (_desk, mut runs) = processes(3).await;
    runs[0].session.sign_out().await.unwrap();
    for run in &mut runs[1..] {
        run.until(|view| signed_out(view, Why::Elsewhere)).await;
    }
    assert!(signed_out(&runs[0].session.view(), Why::ByUser));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_in_one_signs_the_others_in() {
    let desk = Desk::with_files().await;
    let mut runs = vec![desk.launch(), desk.launch()];
    for run in &mut runs {
        run.until(|view| signed_out(view, Why::Never)).await;
    }
    let mut third = desk.launch();
    desk.sign_in(&mut third).await;
    for run in &mut runs {
        run.until(|view| {
            matches!(
                view,
                View::SignedIn {
                    kept: Kept::Stored,
                    ..
                }
            )
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_files_a_change_is_noticed_when_the_window_comes_to_the_front() {
    let desk = Desk::new().await;
    let mut first = desk.signed_in().await;
    let mut second = desk.launch();
    second.until(fresh).await;
    second.session.sign_out().await.unwrap();
    first.session.look();
    first.until(|view| signed_out(view, Why::Elsewhere)).await;
}

/// Two processes that cannot take turns, and the second renews while the first is about to ask.
async fn raced() -> (Desk, Run, Run) {
    let desk = Desk::new().await;
    desk.provider.rotate_refresh_tokens(true);
    desk.signed_in().await.session.close().await;
    let mut second = desk.launch();
    second.until(fresh).await;
    let (other, armed) = (second.session.clone(), Arc::new(AtomicBool::new(true)));
    let mut first = desk.launch_passing(move |point| {
        if point == Failpoint::Asking && armed.swap(false, Ordering::SeqCst) {
            tokio::task::block_in_place(|| {
                tokio::runtime::Handle::current().block_on(async { other.refresh().await.unwrap() });
            });
        }
    });
    first.until(fresh).await;
    (desk, first, second)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_lost_a_race_takes_over_what_the_winner_got() {
    let (desk, first, second) = raced().await;
    first.session.refresh().await.unwrap();
    let token = Duration::from_secs(30);
    assert_eq!(
        first.session.access_token(token).await.unwrap().secret(),
        second.session.access_token(token).await.unwrap().secret()
    );
    first.session.close().await;
    second.session.close().await;
    desk.launch().until(fresh).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_that_finds_a_sign_out_gives_back_what_it_got() {
    let desk = Desk::new().await;
    desk.provider.rotate_refresh_tokens(true);
    desk.signed_in().await.session.close().await;
    let mut second = desk.launch();
    second.until(fresh).await;
    desk.provider
        .always(Endpoint::Revocation, Answer::error(503, "busy"));
    let other = second.session.clone();
    let mut first = desk.launch_passing(move |point| {
        if point == Failpoint::Answered {
            tokio::task::block_in_place(|| {
                tokio::runtime::Handle::current().block_on(async { other.sign_out().await.unwrap() });
            });
        }
    });
    first.until(fresh).await;
    first.session.refresh().await.unwrap_err();
    assert!(signed_out(&first.session.view(), Why::Elsewhere));
    let newest = desk.provider.issued().refresh_tokens.last().unwrap().clone();
    eventually(|| {
        let requests = desk.provider.requests(Endpoint::Revocation);
        requests
            .iter()
            .any(|request| request.parameter("token") == Some(newest.as_str()))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_dies_between_answer_and_save_leaves_word_of_it() {
    let desk = Desk::with_files().await;
    desk.provider.rotate_refresh_tokens(true);
    desk.signed_in().await.session.close().await;
    let mut first = desk.launch_passing(|point| {
        if point == Failpoint::Answered {
            panic!("killed");
        }
    });
    first.until(fresh).await;
    let renewal = tokio::spawn({
        let session = first.session.clone();
        async move { session.refresh().await }
    });
    let spent = desk.provider.count(Endpoint::Token) + 1;
    eventually(|| desk.provider.count(Endpoint::Token) >= spent || renewal.is_finished()).await;
    // The next process repeats the renewal at once. This provider grants no second use.
    let mut second = desk.launch();
    let view = second.until(|view| signed_out(view, Why::EndedByProvider)).await;
    assert!(
        matches!(
            view,
            View::SignedOut {
                lost_answer: Some(_),
                ..
            }
        ),
        "{view:?}"
    );
    renewal.abort();
}

/// Two processes; the first signs out while the store is locked, and the second does not know.
async fn left_under_a_locked_store() -> (Desk, Run, Run) {
    let (desk, mut runs) = processes(2).await;
    let (second, first) = (runs.pop().unwrap(), runs.pop().unwrap());
    desk.store.fail_with(Some(StoreError::Locked));
    assert_eq!(first.session.sign_out().await.unwrap().device, Step::Pending);
    (desk, first, second)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_was_left_is_not_renewed_by_another_process() {
    let (desk, first, mut second) = left_under_a_locked_store().await;
    desk.store.fail_with(None);
    let before = desk.provider.count(Endpoint::Token);
    second.session.refresh().await.unwrap_err();
    assert_eq!(desk.provider.count(Endpoint::Token), before);
    second.until(|view| signed_out(view, Why::Elsewhere)).await;
    assert!(signed_out(&first.session.view(), Why::ByUser));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_was_left_is_noticed_when_the_store_opens() {
    let (desk, _first, mut second) = left_under_a_locked_store().await;
    desk.store.fail_with(None);
    second.session.look();
    second.until(|view| signed_out(view, Why::Elsewhere)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_left_stays_out_although_another_process_renewed_meanwhile() {
    let desk = Desk::new().await;
    desk.signed_in().await.session.close().await;
    let (mut first, mut second) = (desk.launch(), desk.launch());
    first.until(fresh).await;
    second.until(fresh).await;
    // The provider has not heard of the sign-out either.
    desk.provider
        .always(Endpoint::Revocation, Answer::error(503, "busy"));
    desk.store.fail_with(Some(StoreError::Locked));
    assert_eq!(first.session.sign_out().await.unwrap().device, Step::Pending);
    desk.store.fail_with(None);
    // Without files the second cannot know.
    second.session.refresh().await.unwrap();
    desk.clock.advance(60);
    first.session.look();
    eventually(|| {
        let view = first.session.view();
        matches!(view, View::SignedOut { receipt: Some(receipt), .. } if receipt.device == Step::Done)
    })
    .await;
    assert!(
        !first.kinds()[first
            .kinds()
            .iter()
            .position(|kind| kind == "signed-out")
            .unwrap()..]
            .contains(&"signed-in".to_owned())
    );
    second.session.look();
    second.until(|view| signed_out(view, Why::Elsewhere)).await;
}
