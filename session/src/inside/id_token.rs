//! An ID token, as the token endpoint may send it. The fuzzer writes header and payload, and they are signed here with a key that
//! the provider publishes, so that the signature is no wall before the claims.

use std::pin::pin;
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{CLIENT_ID, ISSUER, SECRET, now, problem, provider_config, shown};
use crate::exchange::first_identity;
use crate::id_token::{Claims, Expected, ExpectedNonce, validate};
use crate::ports::SystemClock;
use crate::provider::{KeySet, Metadata, Provider};
use crate::secret::{AccessToken, IdToken, Nonce};

/// The request's nonce. The seeds hold it.
const NONCE: &str = "n-0S6_WzA2Mj";
/// The person who renews.
const SUBJECT: &str = "ada-1";

static PAIR: LazyLock<Ed25519KeyPair> =
    LazyLock::new(|| Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap());
/// The published half, base64url.
pub(super) static PUBLIC_KEY: LazyLock<String> =
    LazyLock::new(|| URL_SAFE_NO_PAD.encode(PAIR.public_key().as_ref()));

/// A provider that publishes the key as `good`, and that is never asked.
static PROVIDER: LazyLock<Provider> = LazyLock::new(|| {
    let config = provider_config(ISSUER);
    let document = json!({
        "issuer": ISSUER, "authorization_endpoint": "https://id.example/a", "token_endpoint": "https://id.example/t",
        "jwks_uri": "https://id.example/j", "id_token_signing_alg_values_supported": ["RS256", "ES256", "EdDSA"],
    });
    let keys = json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": *PUBLIC_KEY, "kid": "good"}]});
    let metadata = Metadata::parse(document.to_string().as_bytes(), &config).unwrap();
    let keys = KeySet::parse(keys.to_string().as_bytes()).unwrap();
    known(config, metadata, keys)
});

/// A provider whose document and keys are there for good.
pub(super) fn known(config: crate::config::ProviderConfig, metadata: Metadata, keys: KeySet) -> Provider {
    let http = crate::http::Http::new(Arc::new(SystemClock));
    Provider::known(Arc::new(config), Duration::from_secs(60), http, metadata, keys)
}

/// A signature by the key.
pub(super) fn sign(signed: &[u8]) -> Vec<u8> {
    PAIR.sign(signed).as_ref().to_vec()
}

/// The result of what has nothing to wait for.
pub(super) fn at_once<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("something was asked for"),
    }
}

/// Takes header and payload on a line each, or else a whole token. Claims that pass are from our issuer, for us, with our nonce,
/// within their time, and about somebody; what people see of them is bounded and plain.
pub fn id_token(data: &[u8]) -> bool {
    let token = match data.iter().position(|byte| *byte == b'\n') {
        Some(end) => {
            let (header, payload) = (&data[..end], &data[end + 1..]);
            let signed = format!(
                "{}.{}",
                URL_SAFE_NO_PAD.encode(header),
                URL_SAFE_NO_PAD.encode(payload)
            );
            let signature = URL_SAFE_NO_PAD.encode(sign(signed.as_bytes()));
            format!("{signed}.{signature}")
        }
        None => match std::str::from_utf8(data) {
            Ok(token) => token.to_owned(),
            Err(_) => return false,
        },
    };
    let (nonce, access_token) = (Nonce::new(NONCE), AccessToken::new(SECRET));
    let first = Expected {
        issuer: ISSUER,
        client_id: CLIENT_ID,
        nonce: ExpectedNonce::Sent(&nonce),
        subject: None,
        access_token: &access_token,
        max_age: None,
        now: now(),
        leeway: Duration::from_secs(60),
    };
    let renewed = Expected {
        nonce: ExpectedNonce::OriginalOrNone(Some(NONCE)),
        subject: Some(SUBJECT),
        max_age: Some(600),
        ..first
    };
    judged(&token, &first) | judged(&token, &renewed)
}

fn judged(token: &str, expected: &Expected<'_>) -> bool {
    match at_once(validate(&PROVIDER, &IdToken::new(token), expected)) {
        Ok(claims) => {
            let parts: Vec<&str> = token.split('.').collect();
            assert_eq!(parts.len(), 3);
            header(&object(parts[0]));
            payload(&object(parts[1]), expected);
            people_see(claims);
            true
        }
        Err(error) => {
            problem(&error, &[NONCE, SECRET]);
            false
        }
    }
}

fn object(encoded: &str) -> Value {
    let value: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(encoded).unwrap()).unwrap();
    assert!(value.is_object());
    value
}

fn header(header: &Value) {
    assert!(matches!(header["alg"].as_str(), Some("EdDSA" | "Ed25519")));
    assert!(header["kid"].is_null() || header["kid"] == "good");
    assert!(header.get("crit").is_none());
}

fn payload(claims: &Value, expected: &Expected<'_>) {
    assert_eq!(claims["iss"], ISSUER);
    if let Some(audiences) = claims["aud"].as_array() {
        assert!(audiences.iter().any(|audience| audience == CLIENT_ID));
        assert!(audiences.iter().all(|audience| audience == CLIENT_ID) || claims["azp"] == CLIENT_ID);
    } else {
        assert_eq!(claims["aud"], CLIENT_ID);
    }
    assert!(claims["azp"].is_null() || claims["azp"] == CLIENT_ID);
    let sub = claims["sub"].as_str().unwrap();
    assert!((1..=255).contains(&sub.len()) && sub.is_ascii());
    match expected.subject {
        Some(subject) => {
            assert_eq!(sub, subject);
            assert!(claims["nonce"].is_null() || claims["nonce"] == NONCE);
            assert!(claims["auth_time"].is_number());
        }
        None => assert_eq!(claims["nonce"], NONCE),
    }
    let now = 1_700_000_000.0;
    assert!(claims["exp"].as_f64().unwrap() > now - 60.0);
    assert!(claims["iat"].as_f64().unwrap() <= now + 60.0);
    assert!(claims["nbf"].is_null() || claims["nbf"].as_f64().unwrap() <= now + 60.0);
}

fn people_see(claims: Claims) {
    let profile = first_identity(claims).profile();
    assert!(!profile.name.is_empty());
    shown(&profile.name, 200);
    shown(&profile.sub, 255);
    shown(profile.preferred_username.as_deref().unwrap_or_default(), 200);
    shown(profile.email.as_deref().unwrap_or_default(), 254);
    if let Some(picture) = profile.picture {
        shown(&picture, 1024);
        assert!(picture.starts_with("https://"), "{picture}");
    }
}
