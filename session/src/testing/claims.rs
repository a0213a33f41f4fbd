//! How the test provider makes its next ID tokens: right ones, with whatever a test changes.

use base64::Engine as _;
use jsonwebtoken::Algorithm;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256, Sha512};

use super::TestKey;

/// Changes the texts of header and payload.
pub(crate) type Rewrite = fn(String, String) -> (Vec<u8>, Vec<u8>);

/// The plan for the ID tokens to come. [`Default`] is a right one.
#[derive(Clone, Debug)]
pub(crate) struct IdTokenPlan {
    /// Which key signs.
    pub(crate) key: TestKey,
    /// With which algorithm.
    pub(crate) algorithm: Algorithm,
    /// Laid over the header; null removes a member.
    pub(crate) header: Value,
    /// Laid over the claims; null removes a claim.
    pub(crate) claims: Value,
    /// Applied to the texts of header and payload before they are signed.
    pub(crate) rewrite: Option<Rewrite>,
    /// Applied to the finished compact form.
    pub(crate) damage: Option<fn(String) -> String>,
    /// No ID token at all.
    pub(crate) missing: bool,
}

impl Default for IdTokenPlan {
    fn default() -> Self {
        Self::signed_by(TestKey::Rsa1)
    }
}

impl IdTokenPlan {
    /// A right one, signed by this key with its usual algorithm.
    pub(crate) fn signed_by(key: TestKey) -> Self {
        Self {
            key,
            algorithm: key.algorithm(),
            header: json!({}),
            claims: json!({}),
            rewrite: None,
            damage: None,
            missing: false,
        }
    }

    /// A right one but for these claims; null removes one.
    pub(crate) fn with_claims(claims: Value) -> Self {
        Self {
            claims,
            ..Self::default()
        }
    }

    /// A right one but for these header members; null removes one.
    pub(crate) fn with_header(header: Value) -> Self {
        Self {
            header,
            ..Self::default()
        }
    }

    /// With these texts in the place of their names in braces, in header and claims: `{code}` for the code that was sent.
    pub(crate) fn quoting(&self, sent: &[(String, String)]) -> Self {
        Self {
            header: quoting(&self.header, sent),
            claims: quoting(&self.claims, sent),
            ..self.clone()
        }
    }

    /// Makes one of these claims for this access token.
    pub(crate) fn make(&self, mut claims: Map<String, Value>, access_token: &str) -> Option<String> {
        if self.missing {
            return None;
        }
        let name = serde_json::to_value(self.algorithm).unwrap();
        claims.insert("at_hash".into(), json!(at_hash(self.algorithm, access_token)));
        let mut header = json!({"alg": name, "kid": self.key.kid(), "typ": "JWT"})
            .as_object()
            .unwrap()
            .clone();
        lay_over(&mut header, &self.header);
        lay_over(&mut claims, &self.claims);
        let (header, payload) = (
            Value::Object(header).to_string(),
            Value::Object(claims).to_string(),
        );
        let (header, payload) = match self.rewrite {
            Some(rewrite) => rewrite(header, payload),
            None => (header.into_bytes(), payload.into_bytes()),
        };
        let token = self.key.sign(self.algorithm, &header, &payload);
        Some(self.damage.map_or(token.clone(), |damage| damage(token)))
    }
}

fn at_hash(algorithm: Algorithm, access_token: &str) -> String {
    let hash = if algorithm == Algorithm::EdDSA {
        Sha512::digest(access_token).to_vec()
    } else {
        Sha256::digest(access_token).to_vec()
    };
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&hash[..hash.len() / 2])
}

/// The value with these texts in the place of their names in braces.
pub(crate) fn quoting(value: &Value, sent: &[(String, String)]) -> Value {
    let put = |text: String, (name, value): &(String, String)| text.replace(&format!("{{{name}}}"), value);
    serde_json::from_str(&sent.iter().fold(value.to_string(), put)).unwrap()
}

/// Lays the members of `changes` over `object`; null removes.
pub(crate) fn lay_over(object: &mut Map<String, Value>, changes: &Value) {
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            object.remove(name);
        } else {
            object.insert(name.clone(), value.clone());
        }
    }
}
