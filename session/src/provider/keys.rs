//! The provider's key set (RFC 7517), read key by key: an odd one is skipped, the others serve.
//!
//! Keys come from `jwks_uri` alone, never from a token. Only keys that can verify one of our algorithms are kept.

use base64::Engine as _;
use jsonwebtoken::DecodingKey;
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
    kind: Kind,
    /// The one algorithm it is meant for, when it says so.
    algorithm: Option<Algorithm>,
    /// For jsonwebtoken.
    pub(crate) decoding: DecodingKey,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Rsa,
    P256,
    Ed25519,
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
        let (kind, decoding) = material(key)?;
        let algorithm = match text(key, "alg")? {
            Some(name) => Some(Algorithm::from_name(name).filter(|algorithm| kind.fits(*algorithm))?),
            None => None,
        };
        Some(Self {
            kid: text(key, "kid")?.map(str::to_owned),
            kind,
            algorithm,
            decoding,
        })
    }

    fn fits(&self, algorithm: Algorithm) -> bool {
        self.kind.fits(algorithm) && self.algorithm.is_none_or(|own| own == algorithm)
    }
}

impl Kind {
    fn fits(self, algorithm: Algorithm) -> bool {
        match algorithm {
            Algorithm::Rs256 | Algorithm::Ps256 => self == Self::Rsa,
            Algorithm::Es256 => self == Self::P256,
            Algorithm::EdDsa => self == Self::Ed25519,
        }
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
fn material(key: &Map<String, Value>) -> Option<(Kind, DecodingKey)> {
    match (text(key, "kty")??, text(key, "crv")?) {
        ("RSA", _) => {
            let (n, e) = (number(key, "n")?, number(key, "e")?);
            let bits = n.len() * 8 - n.first()?.leading_zeros() as usize;
            let sound = (2048..=8192).contains(&bits) && (1..=8).contains(&e.len());
            sound.then(|| (Kind::Rsa, DecodingKey::from_rsa_raw_components(&n, &e)))
        }
        ("EC", Some("P-256")) => {
            let (x, y) = (text(key, "x")??, text(key, "y")??);
            let sound = bytes(x)?.len() == 32 && bytes(y)?.len() == 32;
            sound
                .then(|| DecodingKey::from_ec_components(x, y).ok())?
                .map(|key| (Kind::P256, key))
        }
        ("OKP", Some("Ed25519")) => {
            let x = text(key, "x")??;
            (bytes(x)?.len() == 32)
                .then(|| DecodingKey::from_ed_components(x).ok())?
                .map(|key| (Kind::Ed25519, key))
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

fn bytes(text: &str) -> Option<Vec<u8>> {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
#[path = "keys_tests.rs"]
mod tests;
