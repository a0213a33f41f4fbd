//! The commands, one after the other.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use latchkey_session::view::How;
use latchkey_session::{Code, Error, Session, Stage};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{StopAt, failpoint, output};

/// Whether to go on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    Line,
    End,
}

/// Runs commands on a session.
#[derive(Debug)]
pub(crate) struct Commands {
    pub(crate) session: Session,
    pub(crate) ahead: Arc<AtomicI64>,
    pub(crate) stop_at: StopAt,
}

impl Commands {
    pub(crate) async fn run(&mut self, line: &str) -> Next {
        let mut words = line.split_whitespace();
        let command = words.next().unwrap_or_default();
        let (first, second) = (words.next(), words.next());
        let result = match command {
            "sign-in" => self
                .session
                .begin_sign_in(Some(How::DeepLink))
                .await
                .map(|_| json!({})),
            "callback" => self
                .session
                .callback(first.unwrap_or_default())
                .await
                .map(|()| json!({})),
            "sign-out" => self
                .session
                .sign_out()
                .await
                .map(|receipt| json!({ "receipt": receipt })),
            "retry" => self.session.retry().await.map(|()| json!({})),
            "renew" => Ok(self.renew(number(first).unwrap_or(1)).await),
            "token" => Ok(self
                .tokens(number(first).unwrap_or(0), number(second).unwrap_or(1))
                .await),
            "signed-in?" => Ok(json!({ "view": self.session.view() })),
            "advance" => {
                let seconds = first.and_then(|word| word.parse().ok()).unwrap_or(0);
                self.ahead.fetch_add(seconds, Ordering::SeqCst);
                Ok(json!({}))
            }
            "stop-at" => {
                *self.stop_at.lock().unwrap_or_else(PoisonError::into_inner) = first.and_then(failpoint);
                Ok(json!({}))
            }
            "quit" => return Next::End,
            _ => Err(Error::new(Stage::Configuration, Code::UnknownCommand)),
        };
        output::answer(command, result);
        Next::Line
    }

    async fn renew(&self, times: u64) -> Value {
        let begun = Instant::now();
        let (mut done, mut failed) = (0, BTreeMap::new());
        for _ in 0..times {
            match self.session.refresh().await {
                Ok(()) => done += 1,
                Err(error) => count(&mut failed, &error),
            }
        }
        report(times, done, &failed, begun)
    }

    async fn tokens(&self, min_ttl: u64, callers: u64) -> Value {
        let begun = Instant::now();
        let mut calls = JoinSet::new();
        for _ in 0..callers {
            let session = self.session.clone();
            calls.spawn(async move { session.access_token(Duration::from_secs(min_ttl)).await });
        }
        let (mut served, mut failed) = (0, BTreeMap::new());
        while let Some(call) = calls.join_next().await {
            match call {
                Ok(Ok(_)) => served += 1,
                Ok(Err(error)) => count(&mut failed, &error),
                Err(_) => {}
            }
        }
        report(callers, served, &failed, begun)
    }
}

/// `ok` when all of them were served.
fn report(wanted: u64, done: u64, failed: &BTreeMap<&'static str, u64>, begun: Instant) -> Value {
    let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
    let event = if done == wanted { "ok" } else { "error" };
    json!({ "event": event, "done": done, "failed": failed, "micros": micros })
}

fn count(failed: &mut BTreeMap<&'static str, u64>, error: &Error) {
    *failed.entry(error.code().as_str()).or_default() += 1;
}

fn number(word: Option<&str>) -> Option<u64> {
    word?.parse().ok()
}
