//! The test provider's keys: fixed, public, for tests only.

use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

/// One of the fixed keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TestKey {
    /// The default.
    Rsa1,
    /// For rotations.
    Rsa2,
    /// For ES256.
    P256,
    /// For EdDSA.
    Ed25519,
}

impl TestKey {
    /// Its usual `kid`.
    pub(crate) fn kid(self) -> &'static str {
        match self {
            Self::Rsa1 => "rsa-1",
            Self::Rsa2 => "rsa-2",
            Self::P256 => "p256",
            Self::Ed25519 => "ed25519",
        }
    }

    /// Its usual algorithm.
    pub(crate) fn algorithm(self) -> Algorithm {
        match self {
            Self::Rsa1 | Self::Rsa2 => Algorithm::RS256,
            Self::P256 => Algorithm::ES256,
            Self::Ed25519 => Algorithm::EdDSA,
        }
    }

    fn private(self) -> EncodingKey {
        match self {
            Self::Rsa1 => EncodingKey::from_rsa_der(include_bytes!("keys/rsa-1.der")),
            Self::Rsa2 => EncodingKey::from_rsa_der(include_bytes!("keys/rsa-2.der")),
            Self::P256 => EncodingKey::from_ec_der(include_bytes!("keys/p256.der")),
            Self::Ed25519 => EncodingKey::from_ed_der(include_bytes!("keys/ed25519.der")),
        }
    }

    /// Its public half as a JWK with `kid` and `use`.
    pub(crate) fn jwk(self) -> Value {
        let key = jsonwebtoken::jwk::Jwk::from_encoding_key(&self.private(), self.algorithm()).unwrap();
        let mut key = serde_json::to_value(key).unwrap();
        key["kid"] = json!(self.kid());
        key["use"] = json!("sig");
        key.as_object_mut().unwrap().remove("alg");
        key
    }

    /// A compact JWS over these two texts, whatever they say.
    pub(crate) fn sign(self, algorithm: Algorithm, header: &[u8], payload: &[u8]) -> String {
        use base64::Engine as _;
        let encode = |part| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(part);
        let signed = format!("{}.{}", encode(header), encode(payload));
        let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &self.private(), algorithm).unwrap();
        format!("{signed}.{signature}")
    }
}
