//! The scene of a behaviour: a well-behaved provider, a session in memory, and the person between them.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "nobody is signed in by the other views"
)]

use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::sync::mpsc;

use crate::config::{Config, ProviderConfig, SessionConfig};
use crate::ports::Page;
use crate::store::MemoryStore;
use crate::testing::{Answer, Endpoint, IdTokenPlan, Rewrite, TestKey, TestProvider};
use crate::view::{Profile, View};
use crate::{Claim, Error, Redirects, Result, Session};

/// Everything a behaviour may bend, and what was seen.
pub(super) struct Scene {
    pub(super) provider: TestProvider,
    pub(super) config: ProviderConfig,
    pub(super) store: MemoryStore,
    /// Every view that was published, in order.
    pub(super) views: Arc<Mutex<Vec<View>>>,
    /// Every error that anybody was given.
    pub(super) errors: Vec<Error>,
    /// Every page that was opened.
    pub(super) pages: Vec<Page>,
    /// Every claim that was told about the person.
    pub(super) claims: Vec<Claim>,
}

/// One run of the program.
pub(super) struct Run {
    pub(super) session: Session,
    pub(super) opened: mpsc::UnboundedReceiver<Page>,
    pub(super) current: tokio::sync::watch::Receiver<View>,
}

impl Scene {
    pub(super) async fn new(path: &str) -> Self {
        let provider = TestProvider::start_with_path(path).await;
        Self {
            config: provider.config(),
            provider,
            store: MemoryStore::new(),
            views: Arc::default(),
            errors: Vec::new(),
            pages: Vec::new(),
            claims: Vec::new(),
        }
    }

    pub(super) fn launch(&self) -> Run {
        let config = Config {
            provider: Some(self.config.clone()),
            session: SessionConfig::default(),
            language: String::new(),
            profile: crate::config::ProfileConfig::default(),
        };
        let (open, opened) = mpsc::unbounded_channel();
        let (tell, current) = tokio::sync::watch::channel(View::Restoring);
        let views = Arc::clone(&self.views);
        let session = Session::builder(move || Ok(config.clone()))
            .store(Arc::new(self.store.clone()))
            .redirects(Redirects::of_scheme("dev.latchkey.desktop"))
            .browser(move |page: &Page| -> Result<()> {
                let _ = open.send(page.clone());
                Ok(())
            })
            .publisher(move |view: &View| {
                views.lock().unwrap().push(view.clone());
                tell.send_replace(view.clone());
            })
            .start()
            .unwrap();
        Run {
            session,
            opened,
            current,
        }
    }

    /// Lays these claims over the ID tokens to come; null removes one.
    pub(super) fn claims(&mut self, claims: Value) {
        self.provider.id_tokens(IdTokenPlan::with_claims(claims));
    }

    /// Lays these members over the ID tokens' header.
    pub(super) fn header(&mut self, header: Value) {
        self.provider.id_tokens(IdTokenPlan::with_header(header));
    }

    /// ID tokens signed by this key.
    pub(super) fn signed_by(&mut self, key: TestKey) {
        self.provider.id_tokens(IdTokenPlan::signed_by(key));
    }

    /// Changes the finished ID tokens.
    pub(super) fn damage(&mut self, damage: fn(String) -> String) {
        self.provider.id_tokens(IdTokenPlan {
            damage: Some(damage),
            ..IdTokenPlan::default()
        });
    }

    /// Changes the texts of header and payload before they are signed.
    pub(super) fn rewrite(&mut self, rewrite: Rewrite) {
        self.provider.id_tokens(IdTokenPlan {
            rewrite: Some(rewrite),
            ..IdTokenPlan::default()
        });
    }

    /// This text as the answer of an endpoint, with status 200 and as JSON.
    pub(super) fn says(&mut self, endpoint: Endpoint, text: impl Into<Vec<u8>>) {
        self.provider
            .always(endpoint, Answer::new(200, "application/json", text));
    }

    /// Whether a view held this text.
    pub(super) fn shows(&self, text: &str) -> bool {
        let views = self.views.lock().unwrap();
        views
            .iter()
            .any(|view| serde_json::to_string(view).unwrap().contains(text))
    }

    /// What was asked of an endpoint, in words: "keys asked for twice".
    pub(super) fn asked(&self, what: &str, endpoint: Endpoint) -> String {
        let times = match self.provider.count(endpoint) {
            0 => "never".to_owned(),
            1 => "once".to_owned(),
            2 => "twice".to_owned(),
            many => format!("{many} times"),
        };
        format!("{what} asked for {times}")
    }

    /// Who is signed in now.
    pub(super) fn profile(&self) -> Option<Profile> {
        let views = self.views.lock().unwrap();
        views.iter().rev().find_map(|view| match view {
            View::SignedIn { profile, .. } => Some(profile.clone()),
            _ => None,
        })
    }

    /// The name of who is signed in, in words.
    pub(super) fn name(&self) -> String {
        self.profile().map_or_else(
            || "nobody".to_owned(),
            |profile| format!("as \"{}\"", profile.name),
        )
    }
}
