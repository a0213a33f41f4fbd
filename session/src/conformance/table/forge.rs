//! Forgeries: what an attacker does to a token or a key, in one place.

use base64::Engine as _;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use crate::testing::{IdTokenPlan, TestKey, lay_over};

/// The first RSA key with these members changed; null removes one.
pub(super) fn key_with(change: Value) -> Value {
    let mut key = TestKey::Rsa1.jwk();
    lay_over(key.as_object_mut().unwrap(), &change);
    key
}

/// A key set of these.
pub(super) fn set(keys: impl IntoIterator<Item = Value>) -> Value {
    json!({"keys": keys.into_iter().collect::<Vec<_>>()})
}

/// A member put before the others of an object's text, whether there is one of that name or not.
pub(super) fn twice(text: &str, member: &str) -> Vec<u8> {
    text.replacen('{', &format!("{{{member},"), 1).into_bytes()
}

/// A member of 10,000 lists within lists, put before the others of an object's text.
pub(super) fn deep(text: &str) -> Vec<u8> {
    let (open, close) = ("[".repeat(10_000), "]".repeat(10_000));
    twice(text, &format!("\"deep\":{open}{close}"))
}

/// A token signed by a key that is not published, with a header that brings it along or points to it.
pub(super) fn own_key(header: Value) -> IdTokenPlan {
    IdTokenPlan {
        key: TestKey::Rsa2,
        header,
        ..IdTokenPlan::default()
    }
}

/// Header and payload with another signature.
fn signed(token: &str, signature: &str) -> String {
    format!("{}.{signature}", token.rsplit_once('.').unwrap().0)
}

/// No signature at all.
pub(super) fn unsigned(token: String) -> String {
    signed(&token, "")
}

/// One bit of the signature is another.
pub(super) fn flipped(token: String) -> String {
    let signature = token.rsplit_once('.').unwrap().1;
    let first = if signature.starts_with('A') { 'B' } else { 'A' };
    signed(&token, &format!("{first}{}", &signature[1..]))
}

/// A signature of ES256 whose two numbers are zero.
pub(super) fn zeros(token: String) -> String {
    signed(&token, &encode([0; 64]))
}

/// The signature of ES256 in DER, as TLS writes it.
pub(super) fn der(token: String) -> String {
    let raw = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(token.rsplit_once('.').unwrap().1)
        .unwrap();
    let mut sequence = Vec::new();
    for number in raw.chunks(32) {
        sequence.extend([0x02, 33, 0]);
        sequence.extend(number);
    }
    let mut der = vec![0x30, u8::try_from(sequence.len()).unwrap()];
    der.extend(sequence);
    signed(&token, &encode(der))
}

/// Signed with HS256, the public key's modulus being the secret.
pub(super) fn mac_of_the_public_key(token: String) -> String {
    let modulus = TestKey::Rsa1.jwk()["n"].as_str().unwrap().to_owned();
    let secret = EncodingKey::from_base64_secret(&modulus)
        .unwrap_or_else(|_| EncodingKey::from_secret(modulus.as_bytes()));
    mac(&token, &secret)
}

/// Signed with HS256, the client's identifier being the secret.
pub(super) fn mac_of_the_client(token: String) -> String {
    mac(
        &token,
        &EncodingKey::from_secret(crate::testing::CLIENT_ID.as_bytes()),
    )
}

fn mac(token: &str, secret: &EncodingKey) -> String {
    let message = token.rsplit_once('.').unwrap().0;
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), secret, Algorithm::HS256).unwrap();
    signed(token, &signature)
}

/// Other claims under the signature of the right ones.
pub(super) fn swapped(token: String) -> String {
    let mut parts = token.split('.');
    let (header, payload) = (parts.next().unwrap(), parts.next().unwrap());
    let text = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(payload)
        .unwrap();
    let other = String::from_utf8(text).unwrap().replace("ada-1", "eve-1");
    format!("{header}.{}.{}", encode(other), parts.next().unwrap())
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}
