//! Latchkey as a contestant, in a process of its own: a session by its public interface, on a store of files.

use std::collections::BTreeMap;
use std::io::BufRead as _;
use std::path::Path;
use std::time::Duration;

use latchkey_bench::person;
use latchkey_bench::session::{Open, is_signed_in, runtime};
use latchkey_session::Code;
use latchkey_session::view::How;
use serde_json::{Value, json};
use tokio::task::JoinSet;

/// What callers ask for.
const NEED: Duration = Duration::from_secs(60);
/// So far the clock goes: an access token lives an hour.
const EXPIRY: i64 = 3700;

/// Answers line by line until its input ends.
pub(crate) fn play(issuer: &str, folder: &Path) {
    let runtime = runtime();
    let guard = runtime.enter();
    let open = Open::new(issuer, folder);
    drop(guard);
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let task: Value = serde_json::from_str(&line).unwrap_or_default();
        let answer = match task["do"].as_str() {
            Some("sign-in") => {
                runtime.block_on(sign_in(&open));
                json!({})
            }
            Some("open") => {
                open.until(is_signed_in);
                json!({})
            }
            Some("expire") => {
                open.ahead.by(EXPIRY);
                json!({})
            }
            Some("ask") => {
                let callers = task["callers"].as_u64().unwrap_or_default();
                runtime.block_on(ask(&open, callers))
            }
            Some("renew") => json!({ "done": runtime.block_on(open.session.refresh()).is_ok() }),
            _ => json!({}),
        };
        println!("{answer}");
    }
}

async fn sign_in(open: &Open) {
    let begun = open.session.begin_sign_in(Some(How::DeepLink)).await;
    let begun = begun.expect("an attempt");
    let answer = person::sent_back_from(&open.page());
    open.session.callback(&answer).await.expect("a callback");
    begun.ended().await.expect("a sign-in");
}

async fn ask(open: &Open, callers: u64) -> Value {
    let mut calls = JoinSet::new();
    for _ in 0..callers {
        let session = open.session.clone();
        calls.spawn(async move { session.access_token(NEED).await });
    }
    let (mut served, mut over, mut failed) = (0, 0, BTreeMap::<&str, usize>::new());
    while let Some(call) = calls.join_next().await {
        match call.expect("a call") {
            Ok(_) => served += 1,
            Err(error) => {
                *failed.entry(error.code().as_str()).or_default() += 1;
                if matches!(error.code(), Code::InvalidGrant | Code::NotSignedIn) {
                    over += 1;
                }
            }
        }
    }
    json!({ "served": served, "over": over, "failed": failed })
}
