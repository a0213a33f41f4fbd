//! What holds in every behaviour, beside the reaction that is due.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "what is no text and holds none says nothing"
)]

use super::base::Scene;
use super::log;
use super::words::parameter;
use crate::Stage;
use crate::ports::Page;
use crate::testing::Endpoint;

/// What holds whatever a provider does: nothing leaks, nothing is asked that was not named, texts are tame.
pub(super) fn broken(scene: &Scene) -> Option<String> {
    let secrets = secrets_of(scene);
    let is_secret = |text: &str| secrets.iter().any(|secret| text.contains(secret.as_str()));
    let mut texts = Vec::new();
    for claim in &scene.claims {
        texts.extend([claim.name.clone(), claim.text.clone()]);
    }
    for view in &*scene.views.lock().unwrap() {
        let view = serde_json::to_value(view).unwrap();
        if view.to_string().len() > 8 * 1024 {
            return Some("a view is longer than 8 KiB".to_owned());
        }
        texts_of(&view, &mut texts);
    }
    for error in &scene.errors {
        texts.push(error.to_string());
        if error.to_string().chars().count() > 300 {
            return Some("an error is longer than 300 characters".to_owned());
        }
    }
    for text in texts {
        // The beginning of a verifier, too: a text may have been cut.
        if is_secret(&text)
            || secrets
                .iter()
                .any(|secret| secret.len() > 40 && text.contains(&secret[..8]))
        {
            return Some("a secret is shown".to_owned());
        }
        if text.chars().any(is_wild) {
            return Some("a text holds control or bidirectional characters".to_owned());
        }
    }
    if is_secret(&log::so_far()) {
        return Some("a secret is in the log".to_owned());
    }
    if scene.errors.iter().any(|error| error.stage() == Stage::Store) {
        return Some("the store was blamed".to_owned());
    }
    if scene.provider.count(Endpoint::Unknown) > 0 {
        return Some("something was asked that no document names".to_owned());
    }
    if !scene.provider.reused().is_empty() {
        return Some("a spent refresh token was sent again".to_owned());
    }
    let foreign = |page: &Page| !page.url.secret().starts_with("http://127.0.0.1:");
    scene
        .pages
        .iter()
        .any(foreign)
        .then(|| "a page of another kind was opened".to_owned())
}

/// Everything secret that was sent or handed out.
fn secrets_of(scene: &Scene) -> Vec<String> {
    let issued = scene.provider.issued();
    let mut secrets = [
        issued.codes,
        issued.access_tokens,
        issued.refresh_tokens,
        issued.id_tokens,
    ]
    .concat();
    for page in &scene.pages {
        secrets.extend([parameter(&page.url, "state"), parameter(&page.url, "nonce")]);
    }
    for asked in scene.provider.requests(Endpoint::Token) {
        secrets.extend(asked.parameter("code_verifier").map(str::to_owned));
    }
    for asked in scene.provider.requests(Endpoint::Pushed) {
        let named = ["state", "nonce"].map(|name| asked.parameter(name).map(str::to_owned));
        secrets.extend(named.into_iter().flatten());
    }
    secrets.retain(|secret| !secret.is_empty());
    secrets
}

/// Control characters, and those that change how others read.
fn is_wild(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Every text within a view.
fn texts_of(value: &serde_json::Value, texts: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) => texts.push(text.clone()),
        serde_json::Value::Array(all) => all.iter().for_each(|value| texts_of(value, texts)),
        serde_json::Value::Object(all) => all.values().for_each(|value| texts_of(value, texts)),
        _ => {}
    }
}
