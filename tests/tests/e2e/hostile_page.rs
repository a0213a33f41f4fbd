//! A malicious script in the page: it may call our commands and do nothing else, whatever it tries.
//!
//! WebDriver runs it where such a script would run. What it tries leads to an address of the provider's that nobody else
//! asks for, so that whatever got out would be on record there.

use std::collections::BTreeMap;

use latchkey_e2e::failure::{Doing, Result, ensure, ensure_eq};
use latchkey_e2e::identity::Identity;
use latchkey_e2e::log;
use latchkey_e2e::stage::{Setting, Stage, story};
use latchkey_e2e::webdriver::bounded;
use serde_json::{Value, json};

/// Ways out of the page, by name: what it tries, and what came of it as JSON.
const WAYS_OUT: &str = include_str!("hostile_page/ways_out.js");

/// Calls a command with arguments and tells how it was answered.
const ASK: &str = r"
    const [command, payload, done] = arguments;
    window.__TAURI_INTERNALS__.invoke(command, payload).then(
      (value) => done(JSON.stringify({ granted: value ?? null })),
      (error) => done(JSON.stringify({ refused: error ?? null })));
";

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn no_way_leads_out_of_the_page() -> Result<()> {
    story("hostile-page-ways-out", Setting::default(), async |stage| {
        stage.launch().await?;
        stage
            .app()?
            .shows(&[("state", "signed-out"), ("why", "never")])
            .await?;
        let client = stage.app()?.page().client();
        let before = address(stage).await?;
        // Whatever gets out is on record: as it is when a browser goes there.
        stage
            .browser
            .open_tab(&format!("{}/out/browser", stage.provider.issuer))
            .await?;
        ensure_eq(
            gone_out(stage).await?,
            vec!["/out/browser".to_owned()],
            "what a browser's visit leaves",
        )?;
        stage.provider.clear_requests().await?;

        // Some of it takes the page's time; a script has 30 seconds.
        let scheme = &stage.world.identity().scheme;
        let tried = client.execute_async(WAYS_OUT, vec![json!(stage.provider.issuer), json!(scheme)]);
        let tried = tried.await.doing("try the ways out")?;
        let tried: Value =
            serde_json::from_str(tried.as_str().unwrap_or_default()).doing("read the outcome")?;
        ensure(tried["ways"].as_u64() >= Some(50), format_args!("{tried}"))?;
        ensure_eq(
            &tried["ran"],
            &Value::Null,
            "code that ran although it was not ours",
        )?;
        for refused in [
            "eval",
            "function",
            "fetch",
            "request",
            "import",
            "window",
            "window-blank",
        ] {
            let error = &tried["errors"][refused];
            let opened = error == "Error";
            ensure(!opened, format_args!("{refused}: {tried}"))?;
        }
        ensure_eq(gone_out(stage).await?, Vec::new(), "requests that got out")?;
        ensure_eq(address(stage).await?, before, "the page's address")?;
        ensure_eq(stage.world.opened().len(), 0, "pages opened in the browser")?;
        ensure_unharmed(stage).await
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn no_message_is_answered_but_our_own_commands() -> Result<()> {
    story("hostile-page-messages", Setting::default(), async |stage| {
        stage.launch().await?;
        stage
            .app()?
            .shows(&[("state", "signed-out"), ("why", "never")])
            .await?;
        // The control: what is granted is told apart from what is refused.
        ensure(
            asked(stage, "app_info", &json!({}))
                .await?
                .get("granted")
                .is_some(),
            "app_info is answered",
        )?;
        for (command, payload) in strangers(stage.world.identity()) {
            let answer = asked(stage, command, &payload).await?;
            ensure(
                answer.get("refused").is_some(),
                format_args!("{command} was answered: {answer}"),
            )?;
        }
        ensure_unharmed(stage).await?;
        for (command, payload) in oddities() {
            let answer = asked(stage, command, &payload).await?;
            ensure(
                answer.get("refused").is_some(),
                format_args!("{command} took what is none of its arguments: {answer}"),
            )?;
            ensure(
                !log::text(&stage.world).contains("panic"),
                format_args!("{command} panicked"),
            )?;
        }
        // An address of the page's choice is asked at the first run alone.
        let address = json!({ "address": stage.provider.issuer });
        let answer = asked(stage, "probe_provider", &address).await?;
        ensure(
            answer.get("refused").is_some(),
            format_args!("an address was asked: {answer}"),
        )?;
        ensure_eq(
            stage.provider.requests().await?.len(),
            0,
            "requests to the provider",
        )?;
        ensure_unharmed(stage).await?;
        // A view still reaches the page, and a person can still sign in.
        stage.sign_in("ada").await
    })
    .await
}

/// Commands of Tauri and of its plugins, those that are part of the app and those that are not.
fn strangers(app: &Identity) -> Vec<(&'static str, Value)> {
    let target = json!({ "kind": "Any" });
    vec![
        (
            "plugin:event|listen",
            json!({ "event": "deep-link://new-url", "target": target, "handler": 1 }),
        ),
        (
            "plugin:event|unlisten",
            json!({ "event": "deep-link://new-url", "eventId": 1 }),
        ),
        (
            "plugin:event|emit",
            json!({ "event": "deep-link://new-url", "payload": ["x:/callback"] }),
        ),
        (
            "plugin:event|emit_to",
            json!({ "target": target, "event": "x", "payload": null }),
        ),
        ("plugin:deep-link|get_current", json!({})),
        ("plugin:deep-link|register", json!({ "protocol": "https" })),
        ("plugin:deep-link|unregister", json!({ "protocol": app.scheme })),
        ("plugin:deep-link|is_registered", json!({ "protocol": "https" })),
        ("plugin:clipboard-manager|read_text", json!({})),
        (
            "plugin:clipboard-manager|write_text",
            json!({ "label": null, "text": "x" }),
        ),
        ("plugin:clipboard-manager|clear", json!({})),
        ("plugin:opener|open_url", json!({ "url": "https://example.com" })),
        ("plugin:opener|open_path", json!({ "path": "/" })),
        ("plugin:opener|reveal_item_in_dir", json!({ "paths": ["/"] })),
        ("plugin:window-state|save_window_state", json!({ "flags": 1 })),
        (
            "plugin:window-state|restore_state",
            json!({ "label": "main", "flags": 1 }),
        ),
        ("plugin:window|close", json!({ "label": "main" })),
        ("plugin:window|destroy", json!({ "label": "main" })),
        ("plugin:window|create", json!({ "options": { "label": "other" } })),
        (
            "plugin:window|set_title",
            json!({ "label": "main", "value": "x" }),
        ),
        ("plugin:window|get_all_windows", json!({})),
        (
            "plugin:webview|create_webview_window",
            json!({ "options": { "label": "other", "url": "https://example.com" } }),
        ),
        (
            "plugin:webview|create_webview",
            json!({ "windowLabel": "main", "options": { "label": "o", "url": "https://example.com" } }),
        ),
        ("plugin:webview|get_all_webviews", json!({})),
        ("plugin:webview|internal_toggle_devtools", json!({})),
        (
            "plugin:webview|clear_all_browsing_data",
            json!({ "label": "main" }),
        ),
        ("plugin:webview|print", json!({ "label": "main" })),
        ("plugin:app|version", json!({})),
        ("plugin:app|app_hide", json!({})),
        ("plugin:path|resolve_directory", json!({ "directory": 1 })),
        ("plugin:resources|close", json!({ "rid": 1 })),
        ("plugin:image|from_path", json!({ "path": "/etc/passwd" })),
        ("plugin:menu|new", json!({ "kind": "Menu", "options": {} })),
        ("plugin:tray|new", json!({ "options": {} })),
        ("plugin:fs|read_text_file", json!({ "path": "/etc/passwd" })),
        ("plugin:shell|execute", json!({ "program": "sh" })),
        ("plugin:process|exit", json!({ "code": 0 })),
        ("plugin:http|fetch", json!({ "url": "https://example.com" })),
        ("plugin:__TAURI_CHANNEL__|fetch", json!({})),
        ("plugin:|", json!({})),
        ("access_token", json!({})),
        ("callback", json!({ "url": app.link("/callback?code=c&state=s") })),
        ("__proto__", json!({})),
        ("", json!({})),
        ("subscribe\u{0}", json!({})),
        ("../app_info", json!({})),
    ]
}

/// Our own commands with what is none of their arguments: of another type, far too long, far too deep, missing.
fn oddities() -> Vec<(&'static str, Value)> {
    let long = "x".repeat(4 << 20);
    let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
    let many: BTreeMap<String, Value> = (0..50_000).map(|n| (format!("k{n}"), json!(n))).collect();
    vec![
        ("sign_in", json!({ "how": "by-carrier-pigeon" })),
        ("sign_in", json!({ "how": 1 })),
        ("sign_in", json!({ "how": ["loopback"] })),
        ("sign_in", json!({ "how": { "loopback": null } })),
        ("sign_in", json!({ "how": long })),
        ("sign_in", json!({ "how": deep })),
        ("sign_in", json!({ "how": "loopback\u{0}" })),
        ("sign_in", json!(many)),
        ("sign_in", json!([1, 2, 3])),
        ("painted", json!({})),
        ("painted", json!({ "signedIn": "yes" })),
        ("painted", json!({ "signedIn": 1 })),
        ("painted", json!({ "signedIn": true, "title": long })),
        ("subscribe", json!({})),
        ("subscribe", json!({ "channel": "nobody" })),
        ("subscribe", json!({ "channel": "__CHANNEL__:" })),
        ("subscribe", json!({ "channel": "__CHANNEL__:-1" })),
        ("subscribe", json!({ "channel": "__CHANNEL__:4294967296" })),
        ("subscribe", json!({ "channel": long })),
        ("claims", json!({})), // nobody is signed in
        ("copy_claims", json!({})),
        ("copy_claim", json!({})),
        ("copy_claim", json!({ "name": 1 })),
        ("copy_claim", json!({ "name": "__proto__" })),
        ("copy_claim", json!({ "name": long })),
        ("app_info", json!({ "path": long })),
        ("timeline", json!({ "path": ["/etc/passwd"] })),
        ("open_logs_folder", json!({ "folder": { "path": "/" } })),
        ("copy_details", json!({ "text": long })),
    ]
}

async fn asked(stage: &Stage, command: &str, payload: &Value) -> Result<Value> {
    let client = stage.app()?.page().client();
    let answer = bounded(
        command,
        client.execute_async(ASK, vec![json!(command), payload.clone()]),
    )
    .await?;
    serde_json::from_str(answer.as_str().unwrap_or_default()).doing("read an answer")
}

/// The app still shows what it showed, in one window and one process, and answers.
async fn ensure_unharmed(stage: &Stage) -> Result<()> {
    stage
        .app()?
        .shows(&[("state", "signed-out"), ("why", "never")])
        .await?;
    let answer = asked(stage, "app_info", &json!({})).await?;
    ensure_eq(
        answer["granted"]["product"].as_str(),
        Some(stage.world.identity().product.as_str()),
        "the answer to app_info",
    )?;
    ensure_eq(
        stage.world.apps(),
        vec![stage.app()?.pid()],
        "processes of the app",
    )?;
    let windows = bounded("count the windows", stage.app()?.page().client().windows()).await?;
    ensure_eq(windows.len(), 1, "windows of the app")?;
    ensure(!log::text(&stage.world).contains("panic"), "the app panicked")
}

async fn address(stage: &Stage) -> Result<String> {
    let address = stage
        .app()?
        .page()
        .execute("return location.href.split('#')[0]")
        .await?;
    Ok(address.as_str().unwrap_or_default().to_owned())
}

/// The addresses below `/out/` that somebody asked the provider for.
async fn gone_out(stage: &Stage) -> Result<Vec<String>> {
    let requests = stage.provider.requests().await?;
    let paths = requests.iter().filter_map(|request| request["path"].as_str());
    Ok(paths
        .filter(|path| path.starts_with("/out/"))
        .map(str::to_owned)
        .collect())
}
