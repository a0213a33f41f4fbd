//! The first run: a provider is tried, and configured only when somebody has signed in there.

use super::*;
use crate::config::Locations;
use crate::setup::candidate;

/// A run with nothing configured, and the file that may be written.
fn unconfigured(desk: &Desk, file: &std::path::Path) -> Run {
    let files = Locations {
        user: Some(file.to_owned()),
        ..Locations::default()
    };
    let file = file.to_owned();
    desk.launch_configured(
        move || Config::load(&files),
        move |builder| builder.user_config(file),
    )
}

fn is_unconfigured(view: &View) -> bool {
    matches!(view, View::Unconfigured { .. })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_succeeds_writes_the_provider_and_a_restart_knows_it() {
    let desk = Desk::new().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("latchkey.toml");
    std::fs::write(&file, "# mine\n[session]\nsign_in_timeout = \"3m\"\n").unwrap();
    let mut run = unconfigured(&desk, &file);
    run.until(is_unconfigured).await;
    let provider = candidate(desk.provider.issuer(), "client-1", "Acme").unwrap();
    let begun = run.session.try_provider(provider).await.unwrap();
    let page = run.page().await;
    assert!(
        !std::fs::read_to_string(&file).unwrap().contains("[provider]"),
        "not before"
    );
    run.session
        .callback(&desk.provider.authorize(&page))
        .await
        .unwrap();
    begun.ended().await.unwrap();
    assert!(matches!(
        run.session.view(),
        View::SignedIn {
            kept: Kept::Stored,
            ..
        }
    ));
    let written = std::fs::read_to_string(&file).unwrap();
    assert!(written.starts_with("# mine\n[session]\n") && written.contains(desk.provider.issuer()));
    run.session.refresh().await.unwrap();
    run.session.close().await;
    unconfigured(&desk, &file).until(fresh).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_fails_writes_nothing_and_says_why() {
    let desk = Desk::new().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("latchkey.toml");
    let mut run = unconfigured(&desk, &file);
    run.until(is_unconfigured).await;
    for sign_out in [false, true] {
        let provider = candidate(desk.provider.issuer(), "client-1", "").unwrap();
        let begun = run.session.try_provider(provider).await.unwrap();
        let page = run.page().await;
        if sign_out {
            run.session.sign_out().await.unwrap();
        } else {
            run.session
                .callback(&desk.provider.decline(&page, "access_denied"))
                .await
                .unwrap();
        }
        let code = begun.ended().await.unwrap_err().code();
        let View::Unconfigured {
            last_attempt: Some(problem),
        } = run.session.view()
        else {
            panic!("{:?}", run.session.view())
        };
        assert_eq!(problem.code, code);
        assert!(!file.exists());
        let error = run.session.begin_sign_in(None).await.unwrap_err();
        assert_eq!(error.code(), Code::ConfigurationMissing);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_written_gives_the_grant_back() {
    let desk = Desk::new().await;
    let folder = tempfile::tempdir().unwrap();
    let in_the_way = folder.path().join("file");
    let mut run = unconfigured(&desk, &in_the_way.join("latchkey.toml"));
    run.until(is_unconfigured).await;
    let provider = candidate(desk.provider.issuer(), "client-1", "").unwrap();
    let begun = run.session.try_provider(provider).await.unwrap();
    let page = run.page().await;
    std::fs::write(&in_the_way, "").unwrap();
    run.session
        .callback(&desk.provider.authorize(&page))
        .await
        .unwrap();
    assert_eq!(
        begun.ended().await.unwrap_err().code(),
        Code::ConfigurationUnwritable
    );
    assert!(is_unconfigured(&run.session.view()));
    eventually(|| desk.provider.revoked() == desk.provider.issued().refresh_tokens).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_provider_is_configured_none_can_be_tried() {
    let desk = Desk::new().await;
    let mut run = desk.launch();
    run.until(|view| signed_out(view, Why::Never)).await;
    let provider = candidate("https://id.example", "client-1", "").unwrap();
    assert!(run.session.try_provider(provider).await.is_err());
    assert!(signed_out(&run.session.view(), Why::Never));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_was_configured_meanwhile_is_not_written_over() {
    let desk = Desk::new().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("latchkey.toml");
    let mut run = unconfigured(&desk, &file);
    run.until(is_unconfigured).await;
    // Somebody deploys one while the first run is on the screen.
    let deployed = "[provider]\nissuer = \"https://id.deployed.example\"\nclient_id = \"desktop\"\n";
    std::fs::write(&file, deployed).unwrap();
    let provider = candidate(desk.provider.issuer(), "client-1", "Acme").unwrap();
    let error = run.session.try_provider(provider).await.unwrap_err();
    assert_eq!(error.code(), Code::ConfigurationInvalid);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), deployed);
}

/// Somebody signs in at the desk's provider, and leaves while its answer with the tokens is on the way.
async fn left_behind(desk: &Desk, run: &mut Run, how: How) -> Arc<tokio::sync::Notify> {
    let gate = Arc::new(tokio::sync::Notify::new());
    run.until(is_unconfigured).await;
    let provider = candidate(desk.provider.issuer(), "client-1", "").unwrap();
    let begun = run.session.try_provider(provider).await.unwrap();
    let page = run.page().await;
    desk.provider.hold(Endpoint::Token, Arc::clone(&gate));
    if how == How::Device {
        run.session.switch(How::Device).await.unwrap();
        run.until(|view| matches!(view, View::SigningIn { device: Some(_), .. }))
            .await;
        desk.provider.decide_on_devices(Ok(()));
    } else {
        run.session
            .callback(&desk.provider.authorize(&page))
            .await
            .unwrap();
    }
    eventually(|| desk.provider.count(Endpoint::Token) == 1).await;
    run.session.cancel().await.unwrap();
    assert_eq!(begun.ended().await.unwrap_err().code(), Code::Cancelled);
    gate
}

/// The page of a sign-in at this provider, which is tried.
async fn page_at(run: &mut Run, provider: &TestProvider) -> SecretUrl {
    let candidate = candidate(provider.issuer(), "client-1", "").unwrap();
    let _begun = run.session.try_provider(candidate).await.unwrap();
    run.page().await
}

/// This provider has seen nothing that belongs to the desk's.
fn has_seen_nothing_of(desk: &Desk, other: &TestProvider) {
    assert_eq!(other.count(Endpoint::Revocation), 0);
    let tokens = desk.provider.issued().refresh_tokens;
    assert!(!tokens.is_empty());
    assert!(
        !tokens.iter().any(|token| holds(&desk.store, token)),
        "{tokens:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_that_comes_after_a_cancel_goes_back_where_it_came_from_whoever_is_tried_meanwhile() {
    for how in [How::DeepLink, How::Device] {
        for then in ["nothing", "another is tried", "another lets in"] {
            let desk = Desk::new().await;
            desk.provider.offer_everything();
            let another = TestProvider::start().await;
            let folder = tempfile::tempdir().unwrap();
            let mut run = unconfigured(&desk, &folder.path().join("latchkey.toml"));
            let gate = left_behind(&desk, &mut run, how).await;
            if then != "nothing" {
                let page = page_at(&mut run, &another).await;
                if then == "another lets in" {
                    run.session.callback(&another.authorize(&page)).await.unwrap();
                    run.until(fresh).await;
                }
            }
            let view = run.session.view();
            gate.notify_one();
            eventually(|| desk.provider.revoked() == desk.provider.issued().refresh_tokens).await;
            assert_eq!(run.session.view(), view, "{then}");
            run.session.close().await;
            has_seen_nothing_of(&desk, &another);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_provider_could_not_be_told_is_told_to_no_other_one() {
    let desk = Desk::new().await;
    let another = TestProvider::start().await;
    let folder = tempfile::tempdir().unwrap();
    let mut run = unconfigured(&desk, &folder.path().join("latchkey.toml"));
    desk.provider
        .always(Endpoint::Revocation, Answer::error(503, "busy"));
    let gate = left_behind(&desk, &mut run, How::DeepLink).await;
    gate.notify_one();
    eventually(|| desk.provider.count(Endpoint::Revocation) == 1).await;
    let page = page_at(&mut run, &another).await;
    run.session.callback(&another.authorize(&page)).await.unwrap();
    run.until(fresh).await;
    run.session.sign_out().await.unwrap();
    desk.provider.behave(Endpoint::Revocation);
    desk.clock.advance(400);
    run.session.look();
    eventually(|| desk.provider.revoked() == desk.provider.issued().refresh_tokens).await;
    run.session.close().await;
    assert_eq!(another.revoked(), another.issued().refresh_tokens);
    assert_eq!(another.count(Endpoint::Revocation), 1);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_never_answers_gives_the_grant_back() {
    let desk = Desk::new().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("latchkey.toml");
    let mut run = unconfigured(&desk, &file);
    run.until(is_unconfigured).await;
    let provider = candidate(desk.provider.issuer(), "client-1", "").unwrap();
    let begun = run.session.try_provider(provider).await.unwrap();
    let page = run.page().await;
    // Nobody writes into this pipe: who reads it waits for ever.
    let made = std::process::Command::new("mkfifo").arg(&file).status().unwrap();
    assert!(made.success());
    run.session
        .callback(&desk.provider.authorize(&page))
        .await
        .unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(40), begun.ended()).await;
    let error = ended.expect("never ended").unwrap_err();
    assert_eq!(error.code(), Code::ConfigurationUnwritable);
    assert!(is_unconfigured(&run.session.view()));
    eventually(|| desk.provider.revoked() == desk.provider.issued().refresh_tokens).await;
    run.session.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_file_overrules_is_not_written_and_nobody_is_signed_in() {
    let desk = Desk::new().await;
    let folder = tempfile::tempdir().unwrap();
    let (file, managed) = (
        folder.path().join("latchkey.toml"),
        folder.path().join("managed.toml"),
    );
    // An empty table: no provider, whatever a weaker file says.
    std::fs::write(&managed, "[provider]\n").unwrap();
    let files = Locations {
        user: Some(file.clone()),
        managed: Some(managed),
        ..Locations::default()
    };
    let users = file.clone();
    let mut run = desk.launch_configured(
        move || Config::load(&files),
        move |builder| builder.user_config(users),
    );
    run.until(is_unconfigured).await;
    let provider = candidate(desk.provider.issuer(), "client-1", "").unwrap();
    let begun = run.session.try_provider(provider).await.unwrap();
    let page = run.page().await;
    run.session
        .callback(&desk.provider.authorize(&page))
        .await
        .unwrap();
    assert_eq!(
        begun.ended().await.unwrap_err().code(),
        Code::ConfigurationUnwritable
    );
    assert!(!file.exists());
    run.until(is_unconfigured).await;
    eventually(|| desk.provider.revoked() == desk.provider.issued().refresh_tokens).await;
}
