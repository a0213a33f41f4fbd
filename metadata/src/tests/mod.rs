//! Editors against a real HTTP server on loopback: every outcome of a load and of a save.

#![allow(
    clippy::unwrap_in_result,
    reason = "a test that panics says what it has to say"
)]

mod drafting;
mod leaking;
mod loading;
mod losing;
mod persons;
mod provider;
mod saving;
mod server;
mod tokens;
mod whither;

use std::path::Path;
use std::sync::Arc;

use latchkey_session::ports::SystemClock;
use serde_json::{Value, json};
use tempfile::TempDir;

use self::server::{Backend, Kind};
use self::tokens::Tokens;
use crate::adapter::{Auth0, Http};
use crate::{Adapter, Changes, Editor, Person, Saved, Trouble, TroubleCode};

/// A person, a server with their data, an editor, a directory for drafts.
struct Desk {
    backend: Backend,
    tokens: Tokens,
    directory: TempDir,
    editor: Editor<Tokens>,
}

impl Desk {
    async fn new(kind: Kind) -> Self {
        let backend = Backend::start(kind).await;
        let tokens = Tokens::default();
        let directory = tempfile::tempdir().unwrap();
        let editor = editor(&backend, &tokens, directory.path());
        Self {
            backend,
            tokens,
            directory,
            editor,
        }
    }

    /// The same person at the same place after a restart.
    fn restarted(&self) -> Editor<Tokens> {
        editor(&self.backend, &self.tokens, self.directory.path())
    }

    async fn save(&self, changes: Value) -> Result<Saved, Trouble> {
        self.editor.save(&ada(), &changes_of(changes), &[]).await
    }

    /// The code with which a save of one field fails, after a load.
    async fn failing(&self) -> Trouble {
        self.editor.load(&ada()).await;
        self.save(json!({"first_name": "Grace"})).await.unwrap_err()
    }
}

fn editor(backend: &Backend, tokens: &Tokens, directory: &Path) -> Editor<Tokens> {
    let adapter: Box<dyn Adapter> = match backend.kind {
        Kind::Auth0 => Box::new(Auth0::new(backend.url("/"))),
        Kind::Strong | Kind::Weak | Kind::Untagged => Box::new(Http::new(backend.url("/me"))),
    };
    Editor::at(
        adapter,
        tokens.clone(),
        Arc::new(SystemClock),
        directory.to_owned(),
    )
}

fn ada() -> Person {
    Person {
        issuer: "https://id.example/".into(),
        sub: "auth0|ada".into(),
    }
}

/// Changes written as an object.
fn changes_of(object: Value) -> Changes {
    let list = object
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| serde_json::from_value(json!({"name": name, "value": value})).unwrap())
        .collect();
    Changes::new(list).unwrap()
}

fn is_saved(outcome: &Result<Saved, Trouble>) -> bool {
    matches!(outcome, Ok(Saved::Saved { content }) if content.trouble.is_none())
}

/// Every kind of place.
const KINDS: [Kind; 4] = [Kind::Strong, Kind::Weak, Kind::Untagged, Kind::Auth0];
