//! A malicious script in the page: it may call our commands and do nothing else, whatever it tries.
//!
//! WebDriver runs it where such a script would run. What it tries leads to an address of the provider's that nobody else
//! asks for, so that whatever got out would be on record there.

use std::collections::BTreeMap;

use latchkey_e2e::failure::{Doing, Result, ensure, ensure_eq};
use latchkey_e2e::log;
use latchkey_e2e::paths;
use latchkey_e2e::stage::{Setting, Stage, story};
use latchkey_e2e::webdriver::bounded;
use serde_json::{Value, json};

/// Ways out of the page, by name. `out(name)` is an address of the provider's; what is refused ends with an error or in
/// silence, so each has a moment.
const WAYS_OUT: &str = r#"
    const [issuer, done] = arguments;
    const out = (way) => `${issuer}/out/${way}`;
    const add = (tag, members) => document.body.appendChild(Object.assign(document.createElement(tag), members));
    const clicked = (tag, members) => { const it = add(tag, members); it.click(); it.remove(); };
    const ways = {
      'location': () => { location.href = out('location'); },
      'location-assign': () => location.assign(out('location-assign')),
      'location-replace': () => location.replace(out('location-replace')),
      'location-data': () => { location.href = 'data:text/html,<p>elsewhere'; },
      'location-file': () => { location.href = 'file:///etc/passwd'; },
      'location-blob': () => { location.href = URL.createObjectURL(new Blob(['<p>elsewhere'], { type: 'text/html' })); },
      'location-script': () => { location.href = 'javascript:window.__ran = "javascript: address"'; },
      'location-scheme': () => { location.href = 'dev.latchkey.desktop.dev:/callback?code=c&state=s'; },
      'window': () => { if (window.open(out('window'))) throw new Error('a window'); },
      'window-blank': () => { if (window.open('about:blank')) throw new Error('a window'); },
      'link': () => clicked('a', { href: out('link') }),
      'link-blank': () => clicked('a', { href: out('link-blank'), target: '_blank' }),
      'link-download': () => clicked('a', { href: out('link-download'), download: 'file' }),
      'link-ping': () => clicked('a', { href: '#', ping: out('link-ping') }),
      'form': () => { const it = add('form', { action: out('form'), method: 'post' }); it.submit(); it.remove(); },
      'form-blank': () => { const it = add('form', { action: out('form-blank'), target: '_blank' }); it.submit(); it.remove(); },
      'frame': () => add('iframe', { src: out('frame') }),
      'frame-srcdoc': () => add('iframe', { srcdoc: `<script>parent.__ran = 'srcdoc'</script><img src="${out('frame-srcdoc')}">` }),
      'frame-script': () => add('iframe', { src: 'javascript:parent.__ran = "frame"' }),
      'object': () => add('object', { data: out('object') }),
      'embed': () => add('embed', { src: out('embed') }),
      'image': () => add('img', { src: out('image') }),
      'audio': () => add('audio', { src: out('audio'), preload: 'auto' }),
      'video': () => add('video', { src: out('video'), poster: out('video-poster'), preload: 'auto' }),
      'script': () => add('script', { src: out('script') }),
      'script-data': () => add('script', { src: 'data:text/javascript,window.__ran="data: script"' }),
      'script-blob': () => add('script', { src: URL.createObjectURL(new Blob(['window.__ran = "blob script"'])) }),
      'script-inline': () => add('script', { textContent: 'window.__ran = "inline script"' }),
      'handler': () => { document.body.insertAdjacentHTML('beforeend', '<img src="x" onerror="window.__ran = \'handler\'">'); },
      'import': () => import(out('import')),
      'worker': () => new Worker(out('worker')),
      'worker-blob': () => new Promise((resolve, reject) => {
        const worker = new Worker(URL.createObjectURL(new Blob(['postMessage(1)'])));
        worker.onmessage = () => { window.__ran = 'blob worker'; resolve(); };
        worker.onerror = reject;
      }),
      'service-worker': () => navigator.serviceWorker.register(out('service-worker')),
      'style-sheet': () => add('link', { rel: 'stylesheet', href: out('style-sheet') }),
      'style-import': () => add('style', { textContent: `@import url("${out('style-import')}");` }),
      'style-image': () => { document.body.style.backgroundImage = `url("${out('style-image')}")`; },
      'style-inline': () => {
        add('style', { textContent: '#hostile { position: fixed }' });
        const it = add('p', { id: 'hostile' });
        if (getComputedStyle(it).position === 'fixed') window.__ran = 'inline style';
      },
      'font': () => { const font = new FontFace('out', `url("${out('font')}")`); document.fonts.add(font); return font.load(); },
      'preload': () => add('link', { rel: 'preload', as: 'image', href: out('preload') }),
      'prefetch': () => add('link', { rel: 'prefetch', href: out('prefetch') }),
      'preconnect': () => add('link', { rel: 'preconnect', href: out('preconnect') }),
      'manifest': () => add('link', { rel: 'manifest', href: out('manifest') }),
      'icon': () => add('link', { rel: 'icon', href: out('icon') }),
      'fetch': () => fetch(out('fetch')),
      'fetch-opaque': () => fetch(out('fetch-opaque'), { mode: 'no-cors', method: 'POST', body: 'x' }),
      'request': () => new Promise((resolve, reject) => {
        const request = new XMLHttpRequest();
        request.open('GET', out('request')); request.onload = resolve; request.onerror = reject; request.send();
      }),
      'beacon': () => navigator.sendBeacon(out('beacon'), 'x'),
      'events': () => new Promise((resolve, reject) => {
        const source = new EventSource(out('events')); source.onopen = resolve; source.onerror = reject;
      }),
      'socket': () => new Promise((resolve, reject) => {
        const socket = new WebSocket(out('socket').replace('http:', 'ws:')); socket.onopen = resolve; socket.onerror = reject;
      }),
      'base': () => { const it = add('base', { href: out('base/') }); add('img', { src: 'relative' }); it.remove(); },
      'refresh': () => add('meta', { httpEquiv: 'refresh', content: `0; url=${out('refresh')}` }),
      'policy': () => { add('meta', { httpEquiv: 'Content-Security-Policy', content: "script-src 'unsafe-inline'" });
        add('script', { textContent: 'window.__ran = "own policy"' }); },
      'eval': () => { window.__ran = eval('"eval"'); },
      'function': () => { window.__ran = new Function('return "function"')(); },
      'timer': () => { setTimeout('window.__ran = "timer"'); },
      'history': () => history.pushState({}, '', out('history')),
      'print': () => { window.print(); },
    };
    const pause = (length) => new Promise((resolve) => setTimeout(resolve, length));
    (async () => {
      const errors = {};
      for (const [way, go] of Object.entries(ways)) {
        try { await Promise.race([go(), pause(300)]); } catch (error) { errors[way] = String(error.name ?? error.type ?? error); }
        // A navigation takes its time, and the next one would take its place.
        await pause(100);
      }
      done(JSON.stringify({ errors, ways: Object.keys(ways).length, ran: window.__ran ?? null }));
    })();
"#;

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
        let tried = client.execute_async(WAYS_OUT, vec![json!(stage.provider.issuer)]);
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
        for (command, payload) in strangers() {
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
fn strangers() -> Vec<(&'static str, Value)> {
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
        (
            "plugin:deep-link|unregister",
            json!({ "protocol": "dev.latchkey.desktop.dev" }),
        ),
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
        (
            "callback",
            json!({ "url": "dev.latchkey.desktop.dev:/callback?code=c&state=s" }),
        ),
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
        Some("Latchkey"),
        "the answer to app_info",
    )?;
    ensure_eq(
        stage.world.running(&paths::app()),
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
