//! The provider's key set (RFC 7517), read key by key: an odd one is skipped, the others serve.
//!
//! Keys come from `jwks_uri` alone, never from a token. Only keys that can verify one of our algorithms are kept, made ready for
//! it: a signature then costs no more than its own arithmetic (BENCHMARKS.md).

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaPublicKeyComponents,
};
use base64::Engine as _;
use serde_json::{Map, Value};

use crate::id_token::Algorithm;
use crate::json;

/// How many keys of a set are looked at.
const KEY_LIMIT: usize = 100;

/// The keys of a set that can verify.
#[derive(Debug)]
pub(crate) struct KeySet {
    keys: Vec<Key>,
}

/// One key that can verify.
#[derive(Debug)]
pub(crate) struct Key {
    kid: Option<String>,
    /// Ready for each algorithm it may be used with: the one it is meant for, when it says so.
    ready: Vec<(Algorithm, ParsedPublicKey)>,
}

impl KeySet {
    /// Reads a JWK set (RFC 7517, section 5). None when it is not one.
    pub(crate) fn parse(document: &[u8]) -> Option<Self> {
        let document = json::object(document)?;
        let keys = document.get("keys")?.as_array()?;
        Some(Self {
            keys: keys.iter().take(KEY_LIMIT).filter_map(Key::parse).collect(),
        })
    }

    /// The keys that may have signed a token with this header: those of its `kid`, else those without one; without a `kid` all
    /// that fit (OpenID Connect Core, section 10.1).
    pub(crate) fn fitting(&self, algorithm: Algorithm, kid: Option<&str>) -> Vec<&Key> {
        let fits = |key: &&Key| key.fits(algorithm);
        let Some(kid) = kid else {
            return self.keys.iter().filter(fits).collect();
        };
        if self.keys.iter().any(|key| key.kid.as_deref() == Some(kid)) {
            self.keys
                .iter()
                .filter(|key| key.kid.as_deref() == Some(kid))
                .filter(fits)
                .collect()
        } else {
            self.keys
                .iter()
                .filter(|key| key.kid.is_none())
                .filter(fits)
                .collect()
        }
    }
}

impl Key {
    /// Reads one key; None for one that is odd, symmetric, private, for encryption, or of a kind we do not use, which is to be
    /// ignored (RFC 7517, section 5). One that repeats a member (section 4) arrives here as null.
    fn parse(key: &Value) -> Option<Self> {
        let key = key.as_object()?;
        if !may_verify(key)? || is_private(key) {
            return None;
        }
        let mut ready = material(key)?;
        if let Some(name) = text(key, "alg")? {
            let own = Algorithm::from_name(name)?;
            ready.retain(|(algorithm, _)| *algorithm == own);
        }
        Some(Self {
            kid: text(key, "kid")?.map(str::to_owned),
            ready: (!ready.is_empty()).then_some(ready)?,
        })
    }

    fn fits(&self, algorithm: Algorithm) -> bool {
        self.ready_for(algorithm).is_some()
    }

    fn ready_for(&self, algorithm: Algorithm) -> Option<&ParsedPublicKey> {
        let fits = |(own, _): &&(Algorithm, _)| *own == algorithm;
        self.ready.iter().find(fits).map(|(_, key)| key)
    }

    /// Whether this is the key's signature of `signed`.
    pub(crate) fn verifies(&self, algorithm: Algorithm, signed: &[u8], signature: &[u8]) -> bool {
        self.ready_for(algorithm)
            .is_some_and(|key| key.verify_sig(signed, signature).is_ok())
    }
}

/// `use` and `key_ops` (RFC 7517, sections 4.2 and 4.3). None when one of them is of the wrong type.
fn may_verify(key: &Map<String, Value>) -> Option<bool> {
    let operations = match key.get("key_ops") {
        None | Some(Value::Null) => true,
        Some(value) => value.as_array()?.iter().any(|operation| operation == "verify"),
    };
    Some(operations && text(key, "use")?.is_none_or(|purpose| purpose == "sig"))
}

/// "The JWK Set MUST NOT contain private or symmetric key values." (Discovery 1.0, section 3, `jwks_uri`) Whoever can read the set can
/// sign with such a key, so what it has signed proves nothing.
fn is_private(key: &Map<String, Value>) -> bool {
    ["d", "k", "p", "q"]
        .iter()
        .any(|member| key.contains_key(*member))
}

/// The key itself (RFC 7518, section 6; RFC 8037, section 2), with the sizes its algorithms need (RFC 7518, section 3.3: 2048 bits).
fn material(key: &Map<String, Value>) -> Option<Vec<(Algorithm, ParsedPublicKey)>> {
    match (text(key, "kty")??, text(key, "crv")?) {
        ("RSA", _) => {
            let (n, e) = (number(key, "n")?, number(key, "e")?);
            let bits = n.len() * 8 - n.first()?.leading_zeros() as usize;
            let sound = (2048..=8192).contains(&bits) && (1..=8).contains(&e.len());
            let key = sound.then_some(RsaPublicKeyComponents { n, e })?;
            let for_pkcs1 = key.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256).ok()?;
            let for_pss = key.to_parsed_public_key(&RSA_PSS_2048_8192_SHA256).ok()?;
            Some(vec![(Algorithm::Rs256, for_pkcs1), (Algorithm::Ps256, for_pss)])
        }
        ("EC", Some("P-256")) => {
            let (x, y) = (octets(key, "x")?, octets(key, "y")?);
            // The uncompressed form of a point (SEC 1, section 2.3.3).
            let point = [&[4_u8][..], &x, &y].concat();
            let key = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).ok()?;
            Some(vec![(Algorithm::Es256, key)])
        }
        ("OKP", Some("Ed25519")) => {
            let key = ParsedPublicKey::new(&ED25519, octets(key, "x")?).ok()?;
            Some(vec![(Algorithm::EdDsa, key)])
        }
        _ => None,
    }
}

/// A text member. The outer None: it is there and not a text, so the key is odd.
#[allow(clippy::option_option, reason = "absent and odd are two facts")]
fn text<'a>(key: &'a Map<String, Value>, member: &str) -> Option<Option<&'a str>> {
    match key.get(member) {
        None | Some(Value::Null) => Some(None),
        Some(value) => value.as_str().map(Some),
    }
}

/// A Base64urlUInt (RFC 7518, section 2) without leading zeros.
fn number(key: &Map<String, Value>, member: &str) -> Option<Vec<u8>> {
    let mut bytes = bytes(text(key, member)??)?;
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    Some(bytes.split_off(zeros))
}

/// Exactly 32 bytes.
fn octets(key: &Map<String, Value>, member: &str) -> Option<[u8; 32]> {
    bytes(text(key, member)??)?.try_into().ok()
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
#[path = "keys_tests.rs"]
mod tests;
