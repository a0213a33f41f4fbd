//! The names of a record's entries.

use base64::Engine as _;
use sha2::{Digest as _, Sha256};

/// Which record: a hash of what it belongs to, so that names tell nothing and another provider's record is never met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    head: String,
    part: String,
}

impl Key {
    /// The session of this issuer and client.
    pub(crate) fn session(issuer: &str, client_id: &str) -> Self {
        let hash = hash_of(issuer, client_id);
        Self {
            head: format!("head-{hash}"),
            part: format!("part-{hash}"),
        }
    }

    /// The pending sign-in attempt of this issuer and client.
    pub(crate) fn attempt(issuer: &str, client_id: &str) -> Self {
        Self::beside_session("attempt", issuer, client_id)
    }

    /// Revocations still owed to this issuer for this client.
    pub(crate) fn outbox(issuer: &str, client_id: &str) -> Self {
        Self::beside_session("outbox", issuer, client_id)
    }

    /// A record of this issuer and client that could not be read, and was not thrown away.
    pub(crate) fn aside(issuer: &str, client_id: &str) -> Self {
        Self::beside_session("aside", issuer, client_id)
    }

    /// What was owed and could not be read, and was not thrown away.
    pub(crate) fn outbox_aside(issuer: &str, client_id: &str) -> Self {
        Self::beside_session("aside-outbox", issuer, client_id)
    }

    fn beside_session(what: &str, issuer: &str, client_id: &str) -> Self {
        let hash = hash_of(issuer, client_id);
        Self {
            head: format!("{what}-{hash}"),
            part: format!("{what}-part-{hash}"),
        }
    }

    /// A file's name that begins like this and belongs to the same issuer and client.
    pub(crate) fn file(&self, beginning: &str) -> String {
        let hash = self.head.rsplit_once("head-").map_or("", |(_, hash)| hash);
        format!("{beginning}-{hash}")
    }

    /// The name of the file that tells what happened to this session.
    pub(crate) fn timeline_file(&self) -> String {
        format!("{}.jsonl", self.file("timeline"))
    }

    /// The name of the head entry.
    pub(super) fn head(&self) -> &str {
        &self.head
    }

    /// The name of one part of one generation.
    pub(super) fn part(&self, generation: u64, index: usize) -> String {
        format!("{}-{generation}-{index}", self.part)
    }
}

/// 128 bits of SHA-256 as base64url. The length keeps the two texts apart.
fn hash_of(issuer: &str, client_id: &str) -> String {
    let mut digest = Sha256::new();
    digest.update((issuer.len() as u64).to_be_bytes());
    digest.update(issuer);
    digest.update(client_id);
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&digest.finalize()[..16])
}
