//! An ID token as providers issue them, signed here with the fixed keys of the core's tests.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, ParsedPublicKey,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

pub const ISSUER: &str = "https://id.example";
pub const CLIENT_ID: &str = "desktop";
pub const NONCE: &str = "v0Kq3m9dXbq1p2TzQ8sJwYh4LrGcNfE7uAiO5kWtR6M";
const ACCESS_TOKEN: &str = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
/// Of that access token, with SHA-256.
const AT_HASH: &str = "77QmUPtjPfzWtF2AnpK9RQ";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// With a key of 2048 bits.
    Rs256,
    Es256,
}

impl Algorithm {
    pub fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }
}

/// A token, and the key that verifies it in the forms that are needed.
pub struct Token {
    pub algorithm: Algorithm,
    pub compact: String,
    pub parsed: ParsedPublicKey,
    /// The key set a provider would publish.
    pub keys: Value,
}

impl Token {
    pub fn issue(algorithm: Algorithm) -> Self {
        let header = json!({"alg": algorithm.name(), "kid": "key-1", "typ": "JWT"});
        let payload = json!({
            "iss": ISSUER, "sub": "auth0|65f1c0de9a1b2c3d4e5f6789", "aud": CLIENT_ID, "iat": 1_699_999_990, "exp": 4_102_444_800_i64,
            "auth_time": 1_699_999_980, "nonce": NONCE, "at_hash": AT_HASH, "sid": "b5e0c1a2-7d4f-4e6a-9c3b-1f2e3d4c5b6a",
            "name": "Ada Park", "given_name": "Ada", "family_name": "Park", "preferred_username": "ada",
            "email": "ada@id.example", "email_verified": true, "picture": "https://id.example/pictures/ada.png",
            "locale": "en", "updated_at": 1_699_000_000,
        });
        let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let signed = format!("{}.{}", encode(&header), encode(&payload));
        let (signature, parsed, key) = sign(algorithm, signed.as_bytes());
        Self {
            algorithm,
            compact: format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)),
            parsed,
            keys: json!({"keys": [key]}),
        }
    }

    /// What was signed, and the signature.
    pub fn parts(&self) -> (&str, Vec<u8>) {
        let (signed, signature) = self.compact.rsplit_once('.').expect("three parts");
        (signed, URL_SAFE_NO_PAD.decode(signature).expect("base64url"))
    }

    pub fn access_token(&self) -> &'static str {
        ACCESS_TOKEN
    }
}

/// The RSA key of the core's tests, and its public half as a provider would publish it.
pub fn rsa_key() -> (RsaKeyPair, Value) {
    let key = include_bytes!("../../session/src/testing/keys/rsa-1.der");
    let pair = RsaKeyPair::from_der(key).expect("the tests' RSA key");
    let public = pair.public_key();
    let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let jwk = json!({
        "kty": "RSA", "kid": "key-1", "use": "sig", "alg": "RS256",
        "n": number(public.modulus().big_endian_without_leading_zero()),
        "e": number(public.exponent().big_endian_without_leading_zero()),
    });
    (pair, jwk)
}

fn sign(algorithm: Algorithm, signed: &[u8]) -> (Vec<u8>, ParsedPublicKey, Value) {
    let random = SystemRandom::new();
    match algorithm {
        Algorithm::Rs256 => {
            let (pair, jwk) = rsa_key();
            let mut signature = vec![0; pair.public_modulus_len()];
            pair.sign(&RSA_PKCS1_SHA256, &random, signed, &mut signature)
                .expect("a signature");
            let parsed = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key());
            (signature, parsed.expect("a public key"), jwk)
        }
        Algorithm::Es256 => {
            let key = include_bytes!("../../session/src/testing/keys/p256.der");
            let pair =
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key).expect("the tests' EC key");
            let signature = pair.sign(&random, signed).expect("a signature");
            let point = pair.public_key().as_ref();
            let jwk = json!({
                "kty": "EC", "crv": "P-256", "kid": "key-1", "use": "sig", "alg": "ES256",
                "x": URL_SAFE_NO_PAD.encode(&point[1..33]), "y": URL_SAFE_NO_PAD.encode(&point[33..]),
            });
            let parsed = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).expect("a public key");
            (signature.as_ref().to_vec(), parsed, jwk)
        }
    }
}
