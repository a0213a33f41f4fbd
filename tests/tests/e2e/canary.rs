//! The canary: codes and tokens hold a marker, and after a whole life it is looked for everywhere.
//!
//! The life is one in which things go wrong, because that is where things leak: the provider quotes a token in its refusal,
//! the place of the person's details quotes it as one of them, a stranger's link carries a code, the browser's answer starts the
//! closed app. Looked for are the marker and every code,
//! token, verifier and nonce, whole or in pieces, in all the forms of [`needles`](latchkey_e2e::needles).

use std::fs;

use latchkey_e2e::app;
use latchkey_e2e::canary::Search;
use latchkey_e2e::clipboard;
use latchkey_e2e::deadline::eventually;
use latchkey_e2e::failure::{Doing, Result, ensure, ensure_eq};
use latchkey_e2e::log;
use latchkey_e2e::memory::{self, Counts};
use latchkey_e2e::needles::Needles;
use latchkey_e2e::pages;
use latchkey_e2e::paths;
use latchkey_e2e::processes;
use latchkey_e2e::recorder;
use latchkey_e2e::screen::Screen;
use latchkey_e2e::stage::{Setting, Stage, story};
use latchkey_e2e::webdriver::bounded;
use serde_json::{Value, json};

mod secrets;

use crate::metadata;
use crate::revoked::ensure_keyring_empty;
use crate::straight_in::short_lived;
use secrets::{ensure_marked, marker, secrets_of};

const FRESH: [(&str, &str); 3] = [("state", "signed-in"), ("freshness", "fresh"), ("kept", "stored")];

/// Everything the app and its libraries can say.
fn talkative() -> Setting {
    Setting {
        // Whoever starts it: the desktop does, for a link.
        traced: true,
        environment: vec![("G_MESSAGES_DEBUG", "all")],
        config: metadata::setting().config,
        ..short_lived()
    }
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn a_whole_life_leaves_no_secret_outside_the_keyring() -> Result<()> {
    story("canary", talkative(), async |stage| {
        let marker = marker()?;
        stage.provider.marker(&marker).await?;
        stage.launch().await?;
        recorder::install(stage.app()?.page()).await?;
        stage.sign_in("ada").await?;
        renew(stage).await?;

        let secrets = secrets_of(stage, &marker).await?;
        ensure_marked(&secrets, &marker)?;
        ensure_it_can_be_found(stage, &secrets).await?;
        nowhere(stage, &secrets, "signed in").await?;

        fail(stage).await?;
        link_of_a_stranger(stage, &marker).await?;
        nowhere(stage, &secrets_of(stage, &marker).await?, "stale").await?;
        recover(stage).await?;
        edit(stage, &marker).await?;
        let mut memory = in_memory(stage, &marker, "signed in").await?;
        sign_out(stage).await?;
        memory.push_str(&in_memory(stage, &marker, "signed out").await?);
        come_back(stage).await?;
        memory.push_str(&in_memory(stage, &marker, "back from the provider's page").await?);

        let secrets = secrets_of(stage, &marker).await?;
        nowhere(stage, &secrets, "signed out").await?;
        stage.keyring().without(&secrets).await?;
        report(&memory)?;
        stage.quit().await?;
        let mut search = Search::of(&secrets);
        search.files(&stage.world);
        search.nothing().doing("after the end of the app").map(drop)
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn a_callback_that_starts_the_app_is_in_its_arguments_alone() -> Result<()> {
    story("canary-cold", talkative(), async |stage| {
        let marker = marker()?;
        stage.provider.marker(&marker).await?;
        stage.launch().await?;
        stage.begin_sign_in().await?;
        stage.browser.follow(&stage.world).await?;
        stage.quit().await?;
        pages::sign_in(&stage.browser, "ada").await?;
        let pid = eventually("the callback to start the app", async || {
            Ok(stage.world.apps().first().copied())
        })
        .await?;
        let screen = Screen::of(&stage.world)?;
        eventually("the person's name in the window title", async || {
            Ok(screen
                .window_of(pid)?
                .filter(|window| window.title == stage.world.identity().title("Ada Park")))
        })
        .await?;

        let secrets = secrets_of(stage, &marker).await?;
        ensure(
            log::text(&stage.world).contains("DEBUG"),
            "the log must be at its finest",
        )?;
        let mut search = Search::of(&secrets);
        search.files(&stage.world);
        search.nothing()?;
        for process in processes::family(pid) {
            for (place, content) in processes::told(&process) {
                let mut search = Search::of(&secrets);
                search.place(&place, &content);
                let own_arguments = process.pid == pid && place.starts_with("cmdline");
                ensure_eq(
                    !search.finds().is_empty(),
                    own_arguments,
                    format_args!("a secret in {place}"),
                )?;
            }
        }
        app::close(&stage.world, pid).await
    })
    .await
}

/// Waits for a renewal in the background: the tokens live for seconds.
async fn renew(stage: &Stage) -> Result<()> {
    eventually("a renewal", async || {
        let requests = stage.provider.requests_to("token").await?;
        let renewed =
            |request: &Value| request["params"]["grant_type"] == "refresh_token" && request["status"] == 200;
        Ok(requests.iter().any(renewed).then_some(()))
    })
    .await?;
    stage.app()?.shows(&FRESH).await
}

/// The provider refuses a renewal and quotes every token while it does; the person copies the details.
async fn fail(stage: &Stage) -> Result<()> {
    let issued = stage.provider.issued().await?;
    let quoted: Vec<_> = issued
        .iter()
        .rev()
        .take(3)
        .map(|(_, value)| value.as_str())
        .collect();
    let body = json!({ "error": "temporarily_unavailable", "error_description": format!("no: {}", quoted.join(" ")) });
    stage
        .provider
        .fault(json!({ "endpoint": "token", "mode": "status", "status": 503, "times": 0, "body": body }))
        .await?;
    stage
        .app()?
        .shows(&[("state", "signed-in"), ("freshness", "stale")])
        .await?;
    invoke(stage, "copy_details").await?;
    let copied = clipboard::text(&stage.world).await?;
    ensure(copied.contains("stage: "), format_args!("copied: {copied:?}"))
}

/// A link that nobody asked for, with a code in it.
async fn link_of_a_stranger(stage: &Stage, marker: &str) -> Result<()> {
    let link = stage
        .world
        .identity()
        .link(&format!("/callback?code=foreign-{marker}&state=of-somebody-else"));
    let status = app::command(&stage.world, &[&link])
        .status()
        .await
        .doing("hand over a link")?;
    ensure(status.success(), "the second process must end well")?;
    eventually("the link to be refused", async || {
        Ok(log::text(&stage.world).contains("link refused").then_some(()))
    })
    .await
}

async fn recover(stage: &Stage) -> Result<()> {
    stage.provider.clear_faults().await?;
    stage.provider.access_token_ttl(300).await?;
    invoke(stage, "retry").await?;
    stage.app()?.shows(&FRESH).await
}

/// Edits a detail, with a first answer that quotes the token. The tokens live for minutes by now.
async fn edit(stage: &Stage, marker: &str) -> Result<()> {
    let issued = stage.provider.issued().await?;
    let (_, token) = issued
        .iter()
        .rfind(|(kind, _)| kind == "access_token")
        .doing("an access token")?;
    let quoting = json!({ "user_metadata": { "first_name": token } });
    stage
        .provider
        .fault(json!({ "endpoint": "management", "mode": "status", "status": 200, "body": quoting }))
        .await?;
    let page = || stage.app().map(|app| app.page());
    page()?.press("Edit your profile").await?;
    metadata::says(stage, "Try again").await?;
    nowhere(
        stage,
        &secrets_of(stage, marker).await?,
        "the details quote the token",
    )
    .await?;
    page()?.press("Try again").await?;
    metadata::fields(stage).await?;
    metadata::fill(stage, "Grace").await?;
    eventually("a draft", async || {
        Ok((metadata::drafts(stage)? == 1).then_some(()))
    })
    .await?;
    nowhere(stage, &secrets_of(stage, marker).await?, "a draft is kept").await?;
    page()?.press("Save").await?;
    metadata::says(stage, "Saved.").await?;
    page()?.press("Back").await
}

/// Signs out; the provider has heard of it.
async fn sign_out(stage: &Stage) -> Result<()> {
    stage.app()?.page().press("Sign out").await?;
    stage
        .app()?
        .shows(&[("state", "signed-out"), ("why", "by-user")])
        .await?;
    stage.provider.asked("revocation").await?;
    ensure_keyring_empty(stage).await
}

/// Ends the provider's session on its page and comes back from it.
async fn come_back(stage: &mut Stage) -> Result<()> {
    stage.browser.follow(&stage.world).await?;
    pages::confirm_sign_out(&stage.browser).await?;
    stage.browser.shows("You are signed out").await?;
    stage.links_accepted(2).await
}

/// Calls a command as the page does.
async fn invoke(stage: &Stage, command: &str) -> Result<()> {
    let script = format!(
        "const done = arguments[0]; window.__TAURI_INTERNALS__.invoke('{command}').then(() => done(''), (e) => done(JSON.stringify(e)))"
    );
    let client = stage.app()?.page().client();
    let answer = bounded(command, client.execute_async(&script, Vec::new())).await?;
    ensure_eq(answer, json!(""), format_args!("the answer to {command}"))
}

/// A search that finds nothing shows something only if it can find: in the keyring, in the app's memory, in a file.
async fn ensure_it_can_be_found(stage: &Stage, secrets: &[(String, String)]) -> Result<()> {
    let mut search = Search::of(secrets);
    for entry in stage.keyring().entries().await? {
        search.place("the keyring", entry.secret.as_bytes());
    }
    for kind in ["refresh_token", "id_token"] {
        let found = search.finds().iter().any(|(_, find)| find.kind == kind);
        ensure(found, format_args!("a {kind} must be found in the keyring"))?;
    }
    let planted = stage.world.home().join("planted");
    let (_, token) = secrets
        .iter()
        .find(|(kind, _)| kind == "access_token")
        .doing("an access token")?;
    fs::write(&planted, &token[15..27]).doing("plant a piece of a token")?;
    let mut search = Search::of(secrets);
    search.files(&stage.world);
    fs::remove_file(&planted).doing("remove it")?;
    let place = planted.display().to_string();
    let found = search.finds().iter().filter(|(it, _)| *it == place).count();
    ensure_eq(found, 1, "finds of a planted piece")?;
    let own = &processes::family(stage.app()?.pid())[0];
    let (counts, _) = memory::search(own, &Needles::of(secrets))?;
    ensure(!counts.is_empty(), "a signed-in app has tokens in its memory")
}

/// Searches everything the app has said, written and shown so far.
async fn nowhere(stage: &Stage, secrets: &[(String, String)], when: &str) -> Result<()> {
    let app = stage.app()?;
    let mut search = Search::of(secrets);
    search.files(&stage.world);
    search.place("the page", app.page().contents().await?.as_bytes());
    search.place(
        "what the page stored",
        recorder::stored(app.page()).await?.as_bytes(),
    );
    let (messages, count) = recorder::messages(app.page()).await?;
    ensure(
        count >= 3,
        format_args!("only {count} messages were written down"),
    )?;
    search.place("the page's messages", messages.as_bytes());
    search.place("the clipboard", clipboard::text(&stage.world).await?.as_bytes());
    for window in Screen::of(&stage.world)?.windows()? {
        search.place("a window's title", window.title.as_bytes());
    }
    let family = processes::family(app.pid());
    ensure(
        family.len() >= 3,
        format_args!("the app has a web and a network process: {family:?}"),
    )?;
    for process in &family {
        for (place, content) in processes::told(process) {
            search.place(&place, &content);
        }
    }
    let log = log::text(&stage.world);
    ensure(log.contains("DEBUG"), "the log must be at its finest")?;
    search.place("the log", log.as_bytes());
    search.nothing().doing(when).map(drop)
}

/// What is in the memory of the app's processes, as text. Reported and not judged: nobody can promise it.
async fn in_memory(stage: &Stage, marker: &str, when: &str) -> Result<String> {
    let needles = Needles::of(&secrets_of(stage, marker).await?);
    let mut text = format!("{when}:\n");
    for process in processes::family(stage.app()?.pid()) {
        let (counts, searched) = memory::search(&process, &needles)?;
        text.push_str(&format!(
            "  {}: {} KiB searched, {} finds\n{}",
            process.name,
            searched >> 10,
            counts.values().sum::<usize>(),
            lines(&counts)
        ));
    }
    Ok(text)
}

/// Keeps it for whoever writes the figures down: in `target/e2e/canary-memory/`.
fn report(text: &str) -> Result<()> {
    let folder = paths::evidence("canary-memory");
    fs::create_dir_all(&folder).doing("make the folder of the report")?;
    fs::write(folder.join("report.txt"), text).doing("write the report")
}

fn lines(counts: &Counts) -> String {
    counts
        .iter()
        .map(|((_, region, kind, form), count)| format!("    {count} × {kind}, {form}, {region}\n"))
        .collect()
}
