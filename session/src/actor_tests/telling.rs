//! The timeline of whole lives: from the session's views into its file, and out of it in a later run.

use std::path::Path;

use super::*;

/// A run that keeps its timeline here.
fn launch(desk: &Desk, directory: &Path) -> (Session, mpsc::UnboundedReceiver<Page>) {
    let config = Config {
        provider: Some(desk.provider.config()),
        session: desk.rules,
        language: String::new(),
        profile: crate::config::ProfileConfig::default(),
    };
    let (opened, pages) = mpsc::unbounded_channel();
    let session = Session::builder(move || Ok(config.clone()))
        .store(Arc::new(desk.store.clone()))
        .clock(desk.clock.clone())
        .redirects(Redirects::of_scheme("dev.latchkey.desktop"))
        .browser(move |page: &Page| -> Result<()> {
            let _ = opened.send(page.clone());
            Ok(())
        })
        .data_dir(directory.to_path_buf())
        .start()
        .unwrap();
    (session, pages)
}

async fn told(session: &Session) -> Vec<String> {
    let entries = session.timeline().await;
    entries.iter().map(|entry| entry.what.to_string()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_in_one_run_is_told_in_the_next_and_after_a_sign_out() {
    let desk = Desk::new().await;
    let directory = tempfile::tempdir().unwrap();
    let (first, mut pages) = launch(&desk, directory.path());
    let begun = first.begin_sign_in(None).await.unwrap();
    let callback = desk.provider.authorize(&pages.recv().await.unwrap().url);
    first.callback(&callback).await.unwrap();
    begun.ended().await.unwrap();
    first.refresh().await.unwrap();
    first.close().await;
    // Seconds later, so that the session is older than the run, whatever the clock's grain.
    desk.clock.advance(5);

    let (second, _pages) = launch(&desk, directory.path());
    second.sign_out().await.unwrap();
    let lives = [
        "signed in (deep-link)",
        "renewed",
        "restored at launch",
        "signed out: by-user",
    ];
    assert_eq!(told(&second).await, lives);
    second.close().await;

    let (third, _pages) = launch(&desk, directory.path());
    assert_eq!(told(&third).await, lives);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_directory_it_lives_as_long_as_the_run() {
    let desk = Desk::new().await;
    let run = desk.signed_in().await;
    assert_eq!(told(&run.session).await, ["signed in (deep-link)"]);
    run.session.close().await;
    desk.clock.advance(5);
    let mut next = desk.launch();
    next.until(|view| matches!(view, View::SignedIn { .. })).await;
    assert_eq!(told(&next.session).await[0], "restored at launch");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_by_the_provider_is_told_with_its_reason() {
    let desk = Desk::new().await;
    let run = desk.signed_in().await;
    desk.provider.end_grants();
    run.session.refresh().await.unwrap_err();
    assert_eq!(
        told(&run.session).await,
        ["signed in (deep-link)", "signed out: ended-by-provider"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_claims_are_there_while_somebody_is_signed_in() {
    let desk = Desk::new().await;
    let run = desk.signed_in().await;
    let claims = run.session.claims().await.unwrap();
    let text = |name: &str| {
        let claim = claims.iter().find(|claim| claim.name == name);
        claim.map(|claim| claim.text.clone())
    };
    let View::SignedIn { profile, .. } = run.session.view() else {
        panic!("not signed in")
    };
    assert_eq!(text("iss"), Some(profile.issuer));
    assert_eq!(text("sub"), Some(profile.sub));
    assert_eq!(text("name"), Some(profile.name));
    assert_eq!(text("nonce"), None);
    run.session.sign_out().await.unwrap();
    let gone = run.session.claims().await.unwrap_err();
    assert_eq!(gone.code(), Code::NotSignedIn);
}
