//! What the provider answers.

use std::collections::HashMap;
use std::sync::LazyLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::{digest, signature};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey_session::ports::{Clock as _, SystemClock};
use serde_json::{Value, json};

use super::State;
use super::server::Request;
use crate::token::rsa_key;

/// How long an ID token is good, in seconds: longer than a run, also for a client whose clock is ahead.
const ID_TOKEN_LIVES: i64 = 7 * 86_400;
/// Who signs in.
const SUBJECT: &str = "auth0|65f1c0de9a1b2c3d4e5f6789";

static KEY: LazyLock<(KeyPair, Value)> = LazyLock::new(rsa_key);

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
}

/// Answers a request; only the token endpoint takes its time.
pub(super) async fn to(request: &Request, state: &State) -> Answer {
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let Some((name, what)) = path.trim_start_matches('/').split_once('/') else {
        return error(404, "not_found");
    };
    // Behind a client's own end of TLS, the provider speaks of itself as it is asked for.
    let scheme = request
        .headers
        .get("x-forwarded-proto")
        .map_or("http", String::as_str);
    let host = request.headers.get("host").map_or("", String::as_str);
    let issuer = format!("{scheme}://{host}/{name}");
    match (request.method.as_str(), what) {
        ("GET", ".well-known/openid-configuration") => json_answer(&discovery(&issuer)),
        ("GET", "keys") => json_answer(&json!({ "keys": [KEY.1] })),
        ("GET", "authorize") => authorize(&issuer, query, state),
        ("GET", "userinfo") => json_answer(&userinfo(state.manner.claims)),
        ("GET", "metadata") => state.document().answer(),
        ("PATCH", "metadata") => state.document().patch(&request.body),
        ("POST", "token") => {
            let answer = token(&issuer, name, &request.body, state);
            tokio::time::sleep(state.manner.delay).await;
            answer
        }
        _ => error(404, "not_found"),
    }
}

fn discovery(issuer: &str) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "end_session_endpoint": format!("{issuer}/end-session"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
    })
}

/// Back to the client at once, with a code.
fn authorize(issuer: &str, query: &str, state: &State) -> Answer {
    let asked = form(query.as_bytes());
    let said = |name: &str| asked.get(name).cloned().unwrap_or_default();
    let code = state.grants().code(said("nonce"));
    let answer: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("code", &code)
        .append_pair("state", &said("state"))
        .append_pair("iss", issuer)
        .finish();
    Answer {
        status: 302,
        headers: vec![("location", format!("{}?{answer}", said("redirect_uri")))],
        body: Vec::new(),
    }
}

fn token(issuer: &str, name: &str, body: &[u8], state: &State) -> Answer {
    let asked = form(body);
    let said = |name: &str| asked.get(name).map_or("", String::as_str);
    let mut grants = state.grants();
    let nonce = match said("grant_type") {
        "authorization_code" => grants.redeem(said("code")),
        "refresh_token" => grants.renew(name, said("refresh_token")).then(String::new),
        _ => return error(400, "unsupported_grant_type"),
    };
    let Some(nonce) = nonce else {
        return error(400, "invalid_grant");
    };
    let access_token = grants.fresh("at");
    let refresh_token = grants.refresh_token();
    drop(grants);
    json_answer(&json!({
        "token_type": "Bearer",
        "expires_in": state.manner.lives,
        "id_token": id_token(issuer, said("client_id"), &nonce, &access_token),
        "access_token": access_token,
        "refresh_token": refresh_token,
        "scope": "openid profile email offline_access",
    }))
}

fn userinfo(claims: usize) -> Value {
    let mut about = json!({
        "sub": SUBJECT, "name": "Ada Park", "given_name": "Ada", "family_name": "Park", "email": "ada@id.example",
        "email_verified": true, "locale": "en",
    });
    for number in 0..claims {
        // A thousand bytes with its name, quotes, colon and comma.
        about[format!("https://id.example/claims/{number:03}")] = Value::from("x".repeat(965));
    }
    about
}

fn id_token(issuer: &str, audience: &str, nonce: &str, access_token: &str) -> String {
    let now = SystemClock.now().as_second();
    let hash = digest::digest(&digest::SHA256, access_token.as_bytes());
    let mut payload = json!({
        "iss": issuer, "sub": SUBJECT, "aud": audience, "iat": now, "exp": now + ID_TOKEN_LIVES, "auth_time": now,
        "at_hash": URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16]), "preferred_username": "ada", "name": "Ada Park",
        "email": "ada@id.example",
    });
    if !nonce.is_empty() {
        payload["nonce"] = Value::from(nonce);
    }
    let header = json!({"alg": "RS256", "kid": "key-1", "typ": "JWT"});
    let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let signed = format!("{}.{}", encode(&header), encode(&payload));
    let (key, _) = &*KEY;
    let mut bytes = vec![0; key.public_modulus_len()];
    key.sign(
        &signature::RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        signed.as_bytes(),
        &mut bytes,
    )
    .expect("a signature");
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(bytes))
}

fn form(bytes: &[u8]) -> HashMap<String, String> {
    url::form_urlencoded::parse(bytes).into_owned().collect()
}

pub(super) fn json_answer(value: &Value) -> Answer {
    Answer {
        status: 200,
        headers: Vec::new(),
        body: value.to_string().into_bytes(),
    }
}

pub(super) fn error(status: u16, code: &str) -> Answer {
    Answer {
        status,
        headers: Vec::new(),
        body: json!({ "error": code }).to_string().into_bytes(),
    }
}
