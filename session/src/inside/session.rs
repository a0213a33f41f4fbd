//! A session that is there, and a record that is read, for the benchmark.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::id_token::at_once;
use super::{CLIENT_ID, ISSUER};
use crate::account::Consent;
use crate::config::Config;
use crate::handle::Session;
use crate::ports::{Clock as _, SystemClock};
use crate::profile::Identity;
use crate::record::Record;
use crate::secret::{AccessToken, IdToken, RefreshToken};
use crate::state::later;
use crate::store::parts::{Key, Stored, Vault};
use crate::store::{CredentialStore, MemoryStore};
use crate::tokens::TokenSet;
use crate::view::{How, View};

/// A session whose access token is fresh for an hour.
#[derive(Debug)]
pub struct Held {
    session: Session,
    _runtime: tokio::runtime::Runtime,
}

impl Held {
    /// Restored from a store in memory.
    ///
    /// # Panics
    /// The session is not restored.
    pub fn new(kept: &Kept) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let store = kept.store.clone();
        let session = runtime.block_on(async move {
            let text = format!("[provider]\nissuer = \"{ISSUER}\"\nclient_id = \"{CLIENT_ID}\"\n");
            let session = Session::builder(move || Config::parse(&text, "inside"))
                .store(Arc::new(store))
                .start()
                .unwrap();
            while session.view() == View::Restoring {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            session
        });
        assert!(
            matches!(session.view(), View::SignedIn { .. }),
            "{:?}",
            session.view()
        );
        Self {
            session,
            _runtime: runtime,
        }
    }

    /// What a caller does for each request of its own.
    pub fn access_token(&self) -> bool {
        at_once(self.session.access_token(Duration::from_secs(60))).is_ok()
    }
}

/// A record in a store in memory.
#[derive(Clone, Debug)]
pub struct Kept {
    store: MemoryStore,
    key: Key,
    bytes: usize,
}

impl Kept {
    /// A record of about so many bytes, its access token an eighth of them; a store that takes at most `limit` bytes an entry, when
    /// there is one.
    ///
    /// # Panics
    /// The record cannot be written.
    pub fn new(size: usize, limit: Option<usize>) -> Self {
        let now = SystemClock.now();
        let text = |length: usize| "x".repeat(length);
        let claims = json!({ "name": "Ada Lovelace", "email": "ada@example.org", "about": text(size / 8) });
        let record = Record {
            tokens: TokenSet {
                access_token: AccessToken::new(text(size / 8)),
                expires_at: Some(later(now, Duration::from_secs(3600))),
                obtained_at: now,
                refresh_token: Some(RefreshToken::new(text(size / 8))),
                id_token: Some(IdToken::new(text(size / 2))),
                scope: Some("openid profile email offline_access".to_owned()),
            },
            identity: Identity {
                issuer: ISSUER.to_owned(),
                sub: "ada".to_owned(),
                claims: claims.as_object().cloned().unwrap_or_default(),
                auth_time: None,
                nonce: None,
            },
            since: now,
            how: How::DeepLink,
            consent: Consent::default(),
        };
        let bytes = record.to_bytes(ISSUER, CLIENT_ID).unwrap();
        let store = limit.map_or_else(MemoryStore::new, MemoryStore::with_limit);
        let key = Key::session(ISSUER, CLIENT_ID);
        vault(&store).write(&key, None, &bytes).unwrap();
        Self {
            store,
            key,
            bytes: bytes.len(),
        }
    }

    /// How long the record is, in bytes.
    pub fn size(&self) -> usize {
        self.bytes
    }

    /// Reads its entries and nothing else.
    pub fn read(&self) -> bool {
        matches!(vault(&self.store).read(&self.key), Ok(Stored::Record { .. }))
    }

    /// What a launch does with it: reads its entries, puts the parts together, and makes a session of them.
    pub fn read_and_understand(&self) -> bool {
        match vault(&self.store).read(&self.key) {
            Ok(Stored::Record { bytes, .. }) => Record::from_bytes(&bytes, ISSUER, CLIENT_ID).is_ok(),
            Ok(_) | Err(_) => false,
        }
    }
}

fn vault(store: &MemoryStore) -> Vault {
    let store: Arc<dyn CredentialStore> = Arc::new(store.clone());
    Vault::new(store)
}
