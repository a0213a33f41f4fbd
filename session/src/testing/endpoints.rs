//! The well-behaved answers of the test provider, bent by what a test laid over them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::claims::{lay_over, quoting};
use super::provider::Issued;
use super::{Answer, CLIENT_ID, Endpoint, IdTokenPlan, Received, TestKey, s256};
use crate::ports::{Clock as _, SystemClock};

pub(super) struct State {
    pub(super) issuer: String,
    pub(super) counter: AtomicU64,
    pub(super) bent: Mutex<Bent>,
    pub(super) codes: Mutex<HashMap<String, Grant>>,
    pub(super) refresh_tokens: Mutex<HashMap<String, Grant>>,
    /// Every use of a refresh token that led to a rotation.
    pub(super) uses: Mutex<Vec<String>>,
    /// Refresh tokens that are over because they were rotated, and those of them that came again.
    pub(super) spent: Mutex<Vec<String>>,
    pub(super) reused: Mutex<Vec<String>>,
    pub(super) revoked: Mutex<Vec<String>>,
    /// Device codes, and what the person at the other device has decided.
    pub(super) devices: Mutex<HashMap<String, Option<Result<(), &'static str>>>>,
    /// Pushed requests by their reference.
    pub(super) pushed: Mutex<HashMap<String, Vec<(String, String)>>>,
    pub(super) issued: Mutex<Issued>,
    /// What the latest token request sent and brought, by name: what a provider that quotes quotes.
    pub(super) known: Mutex<Vec<(String, String)>>,
}

/// What tests have changed.
pub(super) struct Bent {
    pub(super) discovery: Value,
    pub(super) userinfo: Value,
    pub(super) token_response: Value,
    pub(super) device: Value,
    pub(super) jwks: Value,
    pub(super) plan: IdTokenPlan,
    pub(super) rotating: bool,
    /// How many more times a rotated refresh token is good.
    pub(super) grace: usize,
    pub(super) now: Option<Timestamp>,
}

#[derive(Clone)]
pub(super) struct Grant {
    pub(super) redirect_uri: String,
    pub(super) challenge: String,
    pub(super) nonce: String,
    pub(super) state: String,
}

/// The discovery document of a well-behaved provider.
pub(super) fn discovery_document(issuer: &str) -> Value {
    let base = issuer.trim_end_matches('/');
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{base}/authorize"),
        "token_endpoint": format!("{base}/token"),
        "jwks_uri": format!("{base}/jwks"),
        "userinfo_endpoint": format!("{base}/userinfo"),
        "revocation_endpoint": format!("{base}/revoke"),
        "end_session_endpoint": format!("{base}/end-session"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "PS256", "ES256", "EdDSA", "none"],
        "authorization_response_iss_parameter_supported": true,
    })
}

impl State {
    pub(super) fn new(issuer: String) -> Self {
        let bent = Bent {
            discovery: json!({}),
            userinfo: json!({}),
            token_response: json!({}),
            device: json!({}),
            jwks: json!({"keys": [TestKey::Rsa1.jwk(), TestKey::P256.jwk(), TestKey::Ed25519.jwk()]}),
            plan: IdTokenPlan::default(),
            rotating: true,
            grace: 0,
            now: None,
        };
        Self {
            issuer,
            counter: AtomicU64::new(1),
            bent: Mutex::new(bent),
            codes: Mutex::default(),
            refresh_tokens: Mutex::default(),
            uses: Mutex::default(),
            spent: Mutex::default(),
            reused: Mutex::default(),
            revoked: Mutex::default(),
            devices: Mutex::default(),
            pushed: Mutex::default(),
            issued: Mutex::default(),
            known: Mutex::default(),
        }
    }

    pub(super) fn bent(&self) -> MutexGuard<'_, Bent> {
        self.bent.lock().unwrap()
    }

    pub(super) fn fresh(&self, kind: &str) -> String {
        format!("{kind}-{}", self.counter.fetch_add(1, Ordering::Relaxed))
    }

    pub(super) fn answer(&self, endpoint: Endpoint, received: &Received) -> Answer {
        let now = self.bent().now.unwrap_or_else(|| SystemClock.now());
        self.undated(endpoint, received).dated(now)
    }

    fn undated(&self, endpoint: Endpoint, received: &Received) -> Answer {
        match endpoint {
            Endpoint::Discovery => Answer::json(
                200,
                &bend(discovery_document(&self.issuer), &self.bent().discovery),
            ),
            Endpoint::Jwks => Answer::json(200, &self.bent().jwks),
            Endpoint::Token => self
                .token(received)
                .unwrap_or_else(|error| Answer::error(400, error)),
            Endpoint::Userinfo => self.userinfo(received),
            Endpoint::Revocation => self.revoke(received),
            Endpoint::Device => self.device(received),
            Endpoint::Pushed => self.push(received),
            Endpoint::Picture => Answer::new(200, "image/png", *b"\x89PNG\r\n\x1a\nand so on"),
            Endpoint::Unknown => Answer::html(404),
        }
    }

    fn token(&self, received: &Received) -> Result<Answer, &'static str> {
        known_client(received)?;
        self.known.lock().unwrap().clone_from(&received.form);
        match received.parameter("grant_type") {
            Some("authorization_code") => {
                let code = received.parameter("code").ok_or("invalid_request")?;
                let grant = self.codes.lock().unwrap().remove(code).ok_or("invalid_grant")?;
                let verifier = received.parameter("code_verifier").ok_or("invalid_grant")?;
                let fits = s256(verifier) == grant.challenge
                    && received.parameter("redirect_uri") == Some(grant.redirect_uri.as_str());
                if fits {
                    Ok(self.grant(grant, true))
                } else {
                    Err("invalid_grant")
                }
            }
            Some("refresh_token") => {
                let token = received.parameter("refresh_token").ok_or("invalid_request")?;
                if self.spent.lock().unwrap().iter().any(|spent| spent == token) {
                    self.reused.lock().unwrap().push(token.to_owned());
                }
                let mut live = self.refresh_tokens.lock().unwrap();
                let grant = live.get(token).cloned().ok_or("invalid_grant")?;
                let rotating = self.bent().rotating;
                if rotating && self.is_last_use(token) {
                    live.remove(token);
                    self.spent.lock().unwrap().push(token.to_owned());
                }
                drop(live);
                Ok(self.grant(grant, rotating))
            }
            Some("urn:ietf:params:oauth:grant-type:device_code") => {
                let code = received.parameter("device_code").ok_or("invalid_request")?;
                let decided = *self.devices.lock().unwrap().get(code).ok_or("invalid_grant")?;
                decided.ok_or("authorization_pending")??;
                self.devices.lock().unwrap().remove(code);
                let grant = Grant {
                    redirect_uri: String::new(),
                    challenge: String::new(),
                    nonce: String::new(),
                    state: String::new(),
                };
                Ok(self.grant(grant, true))
            }
            _ => Err("unsupported_grant_type"),
        }
    }

    fn device(&self, received: &Received) -> Answer {
        if let Err(error) = known_client(received) {
            return Answer::error(401, error);
        }
        let (code, user_code) = (self.fresh("device"), self.fresh("USER"));
        self.devices.lock().unwrap().insert(code.clone(), None);
        self.issued.lock().unwrap().codes.push(code.clone());
        let page = format!("{}/device", self.issuer.trim_end_matches('/'));
        let response = json!({
            "device_code": code, "user_code": user_code, "verification_uri": page,
            "verification_uri_complete": format!("{page}?user_code={user_code}"),
            "expires_in": 600, "interval": 1,
        });
        Answer::json(200, &bend(response, &self.bent().device))
    }

    fn push(&self, received: &Received) -> Answer {
        if let Err(error) = known_client(received) {
            return Answer::error(401, error);
        }
        let reference = format!("urn:ietf:params:oauth:request_uri:{}", self.fresh("pushed"));
        let request = received.form.clone();
        self.pushed.lock().unwrap().insert(reference.clone(), request);
        Answer::json(201, &json!({ "request_uri": reference, "expires_in": 60 }))
    }

    /// Notes a use; whether it was the last that is allowed.
    fn is_last_use(&self, token: &str) -> bool {
        let mut uses = self.uses.lock().unwrap();
        uses.push(token.to_owned());
        uses.iter().filter(|used| *used == token).count() > self.bent().grace
    }

    fn grant(&self, grant: Grant, with_refresh_token: bool) -> Answer {
        let (access_token, refresh_token) = (self.fresh("access"), self.fresh("refresh"));
        let bent = self.bent();
        let now = bent.now.unwrap_or_else(|| SystemClock.now()).as_second();
        let claims = json!({
            "iss": self.issuer, "sub": "ada-1", "aud": CLIENT_ID, "exp": now + 3600, "iat": now,
            "nonce": grant.nonce, "auth_time": now, "name": "Ada of the ID token",
        });
        let mut claims = claims;
        if grant.nonce.is_empty() {
            claims.as_object_mut().unwrap().remove("nonce");
        }
        let mut known = self.known.lock().unwrap();
        for (name, value) in [
            ("nonce", &grant.nonce),
            ("state", &grant.state),
            ("access", &access_token),
            ("refresh", &refresh_token),
        ] {
            known.push((name.to_owned(), value.clone()));
        }
        let plan = bent.plan.quoting(&known);
        drop(known);
        let id_token = plan.make(claims.as_object().unwrap().clone(), &access_token);
        let mut response = Map::new();
        response.insert("access_token".into(), json!(access_token));
        response.insert("token_type".into(), json!("Bearer"));
        response.insert("expires_in".into(), json!(300));
        response.insert("scope".into(), json!("openid profile email offline_access"));
        let mut issued = self.issued.lock().unwrap();
        issued.access_tokens.push(access_token);
        if with_refresh_token {
            response.insert("refresh_token".into(), json!(refresh_token));
            issued.refresh_tokens.push(refresh_token.clone());
            self.refresh_tokens.lock().unwrap().insert(refresh_token, grant);
        }
        if let Some(id_token) = id_token {
            response.insert("id_token".into(), json!(id_token));
            let known = ("id_token".to_owned(), id_token.clone());
            self.known.lock().unwrap().push(known);
            issued.id_tokens.push(id_token);
        }
        Answer::json(200, &bend(Value::Object(response), &bent.token_response))
    }

    fn userinfo(&self, received: &Received) -> Answer {
        let bearer = received
            .headers
            .get("authorization")
            .and_then(|value| value.strip_prefix("Bearer "));
        let known = bearer.is_some_and(|token| {
            let revoked = self
                .revoked
                .lock()
                .unwrap()
                .iter()
                .any(|revoked| revoked == token);
            !revoked
                && self
                    .issued
                    .lock()
                    .unwrap()
                    .access_tokens
                    .iter()
                    .any(|issued| issued == token)
        });
        if !known {
            return Answer::empty(401).with_header("www-authenticate", "Bearer error=\"invalid_token\"");
        }
        let claims = json!({
            "sub": "ada-1", "name": "Ada Park", "email": "ada@example.com", "email_verified": true,
            "picture": format!("{}/picture", self.issuer.trim_end_matches('/')),
        });
        let told = quoting(&self.bent().userinfo, &self.known.lock().unwrap());
        Answer::json(200, &bend(claims, &told))
    }

    fn revoke(&self, received: &Received) -> Answer {
        if let Err(error) = known_client(received) {
            return Answer::error(401, error);
        }
        if let Some(token) = received.parameter("token") {
            self.refresh_tokens.lock().unwrap().remove(token);
            self.revoked.lock().unwrap().push(token.to_owned());
        }
        Answer::empty(200)
    }
}

/// A public client names itself in the form, another in the header.
fn known_client(received: &Received) -> Result<(), &'static str> {
    let named =
        received.parameter("client_id") == Some(CLIENT_ID) || received.headers.contains_key("authorization");
    if named { Ok(()) } else { Err("invalid_client") }
}

fn bend(mut value: Value, changes: &Value) -> Value {
    lay_over(value.as_object_mut().unwrap(), changes);
    value
}
