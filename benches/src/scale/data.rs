//! What people may edit about themselves, up to a megabyte of it.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use latchkey_bench::provider::{Manner, Provider};
use latchkey_bench::session::runtime;
use latchkey_bench::{memory, person, table};
use latchkey_metadata::{Change, Changes, Editor, Person, Saved, Scalar, TokenSource};
use latchkey_session::config;
use latchkey_session::ports::SystemClock;
use latchkey_session::secret::AccessToken;
use serde_json::{Value, json};

use crate::{child, count, megabytes};

/// How large the data is, in bytes; the last is more than is read.
const SIZES: [usize; 4] = [10_000, 100_000, 1_000_000, 1_100_000];
/// How many loads and saves of each.
const ROUNDS: usize = 21;

/// A token that is always good.
#[derive(Debug)]
struct Good;

impl TokenSource for Good {
    async fn token(&self, _of: &Person) -> Result<AccessToken, latchkey_session::Error> {
        Ok(AccessToken::new("at-good"))
    }

    async fn another(
        &self,
        of: &Person,
        _refused: &AccessToken,
    ) -> Result<AccessToken, latchkey_session::Error> {
        self.token(of).await
    }
}

pub(crate) fn measure() {
    table::head(&[
        "Editable data",
        "fields",
        "the page is given",
        "read and parsed bare, ms",
        "loaded, ms",
        "one field saved, ms",
        "memory more, MB",
    ]);
    for size in SIZES {
        let provider = Provider::start(Manner {
            delay: Duration::ZERO,
            lives: 3600,
            claims: 0,
            metadata: size,
        });
        let folder = tempfile::tempdir().expect("a folder");
        let address = format!("{}/metadata", provider.issuer("scale"));
        let words: [OsString; 3] = ["data".into(), address.into(), folder.path().into()];
        let answer = child(&words);
        let millis = |name: &str| format!("{:.1}", answer[name].as_f64().unwrap_or_default());
        let done = |name: &str| {
            answer["trouble"]
                .as_str()
                .map_or_else(|| millis(name), str::to_owned)
        };
        table::row([
            format!("{} kB", table::grouped(size / 1000)),
            count(&answer, "fields"),
            count(&answer, "shown"),
            millis("bare"),
            done("load"),
            done("save"),
            megabytes(std::slice::from_ref(&answer), "memory"),
        ]);
    }
    println!();
}

/// Loads and saves of one size, in the process of its own.
pub(crate) fn play(address: &str, folder: PathBuf) -> Value {
    let runtime = runtime();
    let config = config::Editor::Http {
        url: address.parse().expect("an address"),
    };
    let ada = Person {
        issuer: "https://id.example".to_owned(),
        sub: "ada".to_owned(),
    };
    let (mut bare, mut load, mut save) = (Vec::new(), Vec::new(), Vec::new());
    let (mut fields, mut shown, mut trouble) = (0, 0, None);
    let before = memory::resident();
    let editor = Editor::new(&config, Good, Arc::new(SystemClock), folder);
    let mut memory = None;
    for round in 0..ROUNDS {
        let begun = Instant::now();
        let content = runtime.block_on(editor.load(&ada));
        load.push(millis(begun));
        shown = content.fields.as_ref().map_or(0, Vec::len);
        trouble = trouble.or(content.trouble.map(|trouble| trouble.code));
        if trouble.is_none() {
            let text = format!("{round:0>1000}");
            let changes = Changes::new(vec![Change {
                name: "field_0001".to_owned(),
                value: Some(Scalar::Text(text)),
            }]);
            let begun = Instant::now();
            let saved = runtime.block_on(editor.save(&ada, &changes.expect("a change"), &[]));
            assert!(matches!(saved, Ok(Saved::Saved { .. })), "{saved:?}");
            save.push(millis(begun));
        }
        memory = memory.max(memory::since(before));
    }
    // Afterwards, so that the memory is the editor's.
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let answer = person::get(address);
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let parsed: Value = serde_json::from_str(body).expect("JSON");
        bare.push(millis(begun));
        fields = parsed.as_object().map_or(0, serde_json::Map::len);
    }
    let median = |times: &[f64]| (!times.is_empty()).then(|| table::at(times, 0.5));
    json!({
        "fields": fields, "shown": shown, "bare": median(&bare), "load": median(&load), "save": median(&save),
        "trouble": trouble, "memory": memory,
    })
}

fn millis(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1e3
}
