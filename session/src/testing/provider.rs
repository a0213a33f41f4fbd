//! The well-behaved provider and how tests bend it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use url::Url;

use super::claims::lay_over;
use super::server::{Script, serve};
use super::{Answer, CLIENT_ID, Endpoint, IdTokenPlan, Received, TestKey, s256};
use crate::config::ProviderConfig;
use crate::ports::{Clock as _, SystemClock};
use crate::secret::SecretUrl;

/// A provider on loopback. Ends when dropped.
pub(crate) struct TestProvider {
    issuer: String,
    script: Arc<Script>,
    state: Arc<State>,
    task: tokio::task::JoinHandle<()>,
}

/// Everything secret that was ever handed out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Issued {
    /// Authorization codes.
    pub(crate) codes: Vec<String>,
    /// Access tokens.
    pub(crate) access_tokens: Vec<String>,
    /// Refresh tokens.
    pub(crate) refresh_tokens: Vec<String>,
    /// ID tokens.
    pub(crate) id_tokens: Vec<String>,
}

struct State {
    issuer: String,
    counter: AtomicU64,
    bent: Mutex<Bent>,
    codes: Mutex<HashMap<String, Grant>>,
    refresh_tokens: Mutex<HashMap<String, Grant>>,
    revoked: Mutex<Vec<String>>,
    issued: Mutex<Issued>,
}

/// What tests have changed.
struct Bent {
    discovery: Value,
    userinfo: Value,
    token_response: Value,
    jwks: Value,
    plan: IdTokenPlan,
    rotating: bool,
    now: Option<Timestamp>,
}

#[derive(Clone)]
struct Grant {
    redirect_uri: String,
    challenge: String,
    nonce: String,
}

impl TestProvider {
    /// A provider whose issuer has neither path nor slash.
    pub(crate) async fn start() -> Self {
        Self::start_with_path("").await
    }

    /// A provider whose issuer ends in this path, `"/"` for example.
    pub(crate) async fn start_with_path(path: &str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let issuer = format!("http://127.0.0.1:{}{path}", listener.local_addr().unwrap().port());
        let state = Arc::new(State::new(issuer.clone()));
        let script = Arc::new(Script::default());
        let answering = state.clone();
        let base = Arc::new(move |endpoint, received: &Received| answering.answer(endpoint, received));
        let task = tokio::spawn(serve(listener, script.clone(), base));
        Self { issuer, script, state, task }
    }

    /// Its issuer, byte by byte.
    pub(crate) fn issuer(&self) -> &str {
        &self.issuer
    }

    /// A configuration for it.
    pub(crate) fn config(&self) -> ProviderConfig {
        super::provider_config(&self.issuer)
    }

    /// What decides on this endpoint's answers from now on; `None` is the well-behaved answer.
    pub(crate) fn when(&self, endpoint: Endpoint, behave: impl FnMut(&Received) -> Option<Answer> + Send + 'static) {
        self.script.behaviours.lock().unwrap().insert(endpoint, Box::new(behave));
    }

    /// This answer from now on.
    pub(crate) fn always(&self, endpoint: Endpoint, answer: Answer) {
        self.when(endpoint, move |_| Some(answer.clone()));
    }

    /// This answer next, the well-behaved one after that.
    pub(crate) fn once(&self, endpoint: Endpoint, answer: Answer) {
        let mut answer = Some(answer);
        self.when(endpoint, move |_| answer.take());
    }

    /// The well-behaved answers again.
    pub(crate) fn behave(&self, endpoint: Endpoint) {
        self.script.behaviours.lock().unwrap().remove(&endpoint);
    }

    /// The requests this endpoint has seen, in order.
    pub(crate) fn requests(&self, endpoint: Endpoint) -> Vec<Received> {
        let seen = self.script.seen.lock().unwrap();
        seen.iter().filter(|(at, _)| *at == endpoint).map(|(_, received)| received.clone()).collect()
    }

    /// How many requests this endpoint has seen.
    pub(crate) fn count(&self, endpoint: Endpoint) -> usize {
        self.requests(endpoint).len()
    }

    /// How the next ID tokens are made.
    pub(crate) fn id_tokens(&self, plan: IdTokenPlan) {
        self.state.bent().plan = plan;
    }

    /// Laid over the discovery document; null removes a member.
    pub(crate) fn discovery(&self, changes: Value) {
        self.state.bent().discovery = changes;
    }

    /// Laid over userinfo; null removes a claim.
    pub(crate) fn userinfo(&self, changes: Value) {
        self.state.bent().userinfo = changes;
    }

    /// Laid over token responses; null removes a member.
    pub(crate) fn token_response(&self, changes: Value) {
        self.state.bent().token_response = changes;
    }

    /// The published key set.
    pub(crate) fn jwks(&self, document: Value) {
        self.state.bent().jwks = document;
    }

    /// Publishes these keys and no others.
    pub(crate) fn publish(&self, keys: &[TestKey]) {
        self.jwks(json!({"keys": keys.iter().map(|key| key.jwk()).collect::<Vec<_>>()}));
    }

    /// Whether a renewal brings a new refresh token and ends the old one (it does unless told otherwise).
    pub(crate) fn rotate_refresh_tokens(&self, rotating: bool) {
        self.state.bent().rotating = rotating;
    }

    /// Stops its clock here.
    pub(crate) fn stop_clock_at(&self, now: Timestamp) {
        self.state.bent().now = Some(now);
    }

    /// Ends every grant: renewals answer `invalid_grant` from now on.
    pub(crate) fn end_grants(&self) {
        self.state.refresh_tokens.lock().unwrap().clear();
    }

    /// Everything secret that was handed out.
    pub(crate) fn issued(&self) -> Issued {
        self.state.issued.lock().unwrap().clone()
    }

    /// What a person who says yes brings back: the callback URL with a code, no browser needed.
    pub(crate) fn authorize(&self, url: &SecretUrl) -> String {
        let query = query(url);
        assert!(url.secret().starts_with(self.issuer.trim_end_matches('/')));
        for (name, value) in [("response_type", "code"), ("client_id", CLIENT_ID), ("code_challenge_method", "S256")] {
            assert_eq!(query[name], value);
        }
        let code = self.state.fresh("code");
        let grant = Grant {
            redirect_uri: query["redirect_uri"].clone(),
            challenge: query["code_challenge"].clone(),
            nonce: query["nonce"].clone(),
        };
        self.state.codes.lock().unwrap().insert(code.clone(), grant);
        self.state.issued.lock().unwrap().codes.push(code.clone());
        self.callback(url, &[("code", &code)])
    }

    /// What a person who says no brings back.
    pub(crate) fn decline(&self, url: &SecretUrl, error: &str) -> String {
        self.callback(url, &[("error", error)])
    }

    /// A callback URL with `state`, `iss` and these parameters.
    pub(crate) fn callback(&self, url: &SecretUrl, parameters: &[(&str, &str)]) -> String {
        let query = query(url);
        let mut callback = Url::parse(&query["redirect_uri"]).unwrap();
        callback
            .query_pairs_mut()
            .extend_pairs(parameters)
            .append_pair("state", &query["state"])
            .append_pair("iss", &self.issuer);
        callback.into()
    }
}

impl Drop for TestProvider {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn query(url: &SecretUrl) -> HashMap<String, String> {
    Url::parse(url.secret()).unwrap().query_pairs().into_owned().collect()
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
    fn new(issuer: String) -> Self {
        let bent = Bent {
            discovery: json!({}),
            userinfo: json!({}),
            token_response: json!({}),
            jwks: json!({"keys": [TestKey::Rsa1.jwk(), TestKey::P256.jwk(), TestKey::Ed25519.jwk()]}),
            plan: IdTokenPlan::default(),
            rotating: true,
            now: None,
        };
        Self {
            issuer,
            counter: AtomicU64::new(1),
            bent: Mutex::new(bent),
            codes: Mutex::default(),
            refresh_tokens: Mutex::default(),
            revoked: Mutex::default(),
            issued: Mutex::default(),
        }
    }

    fn bent(&self) -> MutexGuard<'_, Bent> {
        self.bent.lock().unwrap()
    }

    fn fresh(&self, kind: &str) -> String {
        format!("{kind}-{}", self.counter.fetch_add(1, Ordering::Relaxed))
    }

    fn answer(&self, endpoint: Endpoint, received: &Received) -> Answer {
        match endpoint {
            Endpoint::Discovery => Answer::json(200, &bend(discovery_document(&self.issuer), &self.bent().discovery)),
            Endpoint::Jwks => Answer::json(200, &self.bent().jwks),
            Endpoint::Token => self.token(received).unwrap_or_else(|error| Answer::error(400, error)),
            Endpoint::Userinfo => self.userinfo(received),
            Endpoint::Revocation => self.revoke(received),
            Endpoint::Picture => Answer::new(200, "image/png", *b"\x89PNG\r\n\x1a\nand so on"),
            Endpoint::Unknown => Answer::html(404),
        }
    }

    fn token(&self, received: &Received) -> Result<Answer, &'static str> {
        known_client(received)?;
        match received.parameter("grant_type") {
            Some("authorization_code") => {
                let code = received.parameter("code").ok_or("invalid_request")?;
                let grant = self.codes.lock().unwrap().remove(code).ok_or("invalid_grant")?;
                let verifier = received.parameter("code_verifier").ok_or("invalid_grant")?;
                let fits = s256(verifier) == grant.challenge
                    && received.parameter("redirect_uri") == Some(grant.redirect_uri.as_str());
                if fits { Ok(self.grant(grant, true)) } else { Err("invalid_grant") }
            }
            Some("refresh_token") => {
                let token = received.parameter("refresh_token").ok_or("invalid_request")?;
                let mut live = self.refresh_tokens.lock().unwrap();
                let grant = live.get(token).cloned().ok_or("invalid_grant")?;
                let rotating = self.bent().rotating;
                if rotating {
                    live.remove(token);
                }
                drop(live);
                Ok(self.grant(grant, rotating))
            }
            _ => Err("unsupported_grant_type"),
        }
    }

    fn grant(&self, grant: Grant, with_refresh_token: bool) -> Answer {
        let (access_token, refresh_token) = (self.fresh("access"), self.fresh("refresh"));
        let bent = self.bent();
        let now = bent.now.unwrap_or_else(|| SystemClock.now()).as_second();
        let claims = json!({
            "iss": self.issuer, "sub": "ada-1", "aud": CLIENT_ID, "exp": now + 3600, "iat": now,
            "nonce": grant.nonce, "auth_time": now, "name": "Ada of the ID token",
        });
        let id_token = bent.plan.make(claims.as_object().unwrap().clone(), &access_token);
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
            issued.id_tokens.push(id_token);
        }
        Answer::json(200, &bend(Value::Object(response), &bent.token_response))
    }

    fn userinfo(&self, received: &Received) -> Answer {
        let bearer = received.headers.get("authorization").and_then(|value| value.strip_prefix("Bearer "));
        let known = bearer.is_some_and(|token| {
            let revoked = self.revoked.lock().unwrap().iter().any(|revoked| revoked == token);
            !revoked && self.issued.lock().unwrap().access_tokens.iter().any(|issued| issued == token)
        });
        if !known {
            return Answer::empty(401).with_header("www-authenticate", "Bearer error=\"invalid_token\"");
        }
        let claims = json!({
            "sub": "ada-1", "name": "Ada Park", "email": "ada@example.com", "email_verified": true,
            "picture": format!("{}/picture", self.issuer.trim_end_matches('/')),
        });
        Answer::json(200, &bend(claims, &self.bent().userinfo))
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
    let named = received.parameter("client_id") == Some(CLIENT_ID) || received.headers.contains_key("authorization");
    if named { Ok(()) } else { Err("invalid_client") }
}

fn bend(mut value: Value, changes: &Value) -> Value {
    lay_over(value.as_object_mut().unwrap(), changes);
    value
}
