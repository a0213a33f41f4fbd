//! A key set, as `jwks_uri` may answer.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::id_token::{PUBLIC_KEY, sign};
use crate::id_token::Algorithm;
use crate::provider::KeySet;

/// What is signed.
const SIGNED: &[u8] = b"e30.e30";
/// Its signature by our own key.
static SIGNATURE: LazyLock<Vec<u8>> = LazyLock::new(|| sign(SIGNED));

/// A set that passes gives at most a hundred keys; none of them takes a signature that is not its own; and whatever else is in the
/// set, a good key beside it serves.
pub fn key_set(data: &[u8]) -> bool {
    let Some(keys) = KeySet::parse(data) else {
        return false;
    };
    let mut usable = false;
    for algorithm in [
        Algorithm::Rs256,
        Algorithm::Ps256,
        Algorithm::Es256,
        Algorithm::EdDsa,
    ] {
        let fitting = keys.fitting(algorithm, None);
        assert!(fitting.len() <= 100);
        usable |= !fitting.is_empty();
        for key in fitting {
            for length in [64, 256] {
                assert!(!key.verifies(algorithm, SIGNED, &vec![1; length]));
            }
        }
    }
    a_good_key_serves(data);
    usable
}

fn a_good_key_serves(data: &[u8]) {
    let mut set: Value = serde_json::from_slice(data).unwrap();
    let others = set["keys"].as_array_mut().unwrap();
    let good = json!({"kty": "OKP", "crv": "Ed25519", "x": *PUBLIC_KEY, "kid": "good"});
    // No more than a hundred are looked at.
    others.insert(others.len().min(99), good);
    let set = KeySet::parse(set.to_string().as_bytes()).unwrap();
    let fitting = set.fitting(Algorithm::EdDsa, Some("good"));
    assert!(
        fitting
            .iter()
            .any(|key| key.verifies(Algorithm::EdDsa, SIGNED, &SIGNATURE))
    );
}
