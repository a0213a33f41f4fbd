//! A launch with a stored session, and what many claims add to it.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use latchkey_bench::provider::{Manner, Provider};
use latchkey_bench::session::{Open, is_signed_in, runtime};
use latchkey_bench::{memory, person, table};
use latchkey_session::view::How;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{child, figures, megabytes};

/// So many claims of a thousand bytes; the first number twice, to show the noise.
const SIZES: [usize; 5] = [1, 1, 10, 60, 100];
/// How many launches of each.
const ROUNDS: usize = 41;

/// A session that is kept.
struct Kept {
    asked: usize,
    /// Of the claims the provider sent, so many are kept.
    claims: usize,
    /// How long everything is that is in the store, in bytes.
    bytes: u64,
    issuer: String,
    folder: TempDir,
    launches: Vec<Value>,
}

/// Signs in once for each size, and launches over and over.
pub(crate) fn measure() {
    let mut kept: Vec<Kept> = SIZES.iter().map(|size| sign_in(*size)).collect();
    let number = kept.len();
    for round in 0..ROUNDS {
        for place in 0..number {
            let one = &mut kept[(round + place) % number];
            let words: [OsString; 3] = [
                "launch".into(),
                one.issuer.clone().into(),
                one.folder.path().into(),
            ];
            one.launches.push(child(&words));
        }
    }
    table::head(&[
        "Claims of 1 kB",
        "kept",
        "in the store, kB",
        "opened to signed in, ms",
        "half of the launches",
        "memory more, MB",
    ]);
    for (place, one) in kept.iter().enumerate() {
        let times = figures(&one.launches, "millis");
        let again = if place == 1 { " again" } else { "" };
        table::row([
            format!("{}{again}", one.asked),
            table::grouped(one.claims),
            format!("{:.1}", one.bytes as f64 / 1e3),
            format!("{:.2}", table::at(&times, 0.5)),
            format!("{:.2} to {:.2}", table::at(&times, 0.25), table::at(&times, 0.75)),
            megabytes(&one.launches, "memory"),
        ]);
    }
    println!();
}

fn sign_in(asked: usize) -> Kept {
    let provider = Provider::start(Manner {
        delay: Duration::ZERO,
        lives: 86_400,
        claims: asked,
        metadata: 0,
    });
    let issuer = provider.issuer("scale");
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = runtime();
    let _inside = runtime.enter();
    let open = Open::new(&issuer, folder.path());
    let claims = runtime.block_on(async {
        let begun = open.session.begin_sign_in(Some(How::DeepLink)).await;
        let begun = begun.expect("an attempt");
        let answer = person::sent_back_from(&open.page());
        open.session.callback(&answer).await.expect("a callback");
        begun.ended().await.expect("a sign-in");
        let claims = open.session.claims().await.expect("claims");
        open.session.close().await;
        claims
    });
    let stored = std::fs::read_dir(folder.path().join("store")).expect("a store");
    let sizes = stored.filter_map(|entry| Some(entry.ok()?.metadata().ok()?.len()));
    Kept {
        asked,
        claims: claims
            .iter()
            .filter(|claim| claim.name.starts_with("https://"))
            .count(),
        bytes: sizes.sum(),
        issuer,
        folder,
        launches: Vec::new(),
    }
}

/// One launch, in the process of its own.
pub(crate) fn launch(issuer: &str, folder: &Path) -> Value {
    let runtime = runtime();
    let before = memory::resident();
    let inside = runtime.enter();
    let open = Open::new(issuer, folder);
    let signed_in = open.until(is_signed_in);
    let memory = memory::since(before);
    drop(inside);
    json!({ "millis": (signed_in - open.begun).as_secs_f64() * 1e3, "memory": memory })
}
