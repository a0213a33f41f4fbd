//! The test provider as tests see it: how it is started, bent and watched, and the person at it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;

use super::doors::Door;
use super::endpoints::{Grant, State};
use super::server::{Script, serve};
use super::{Answer, CLIENT_ID, Endpoint, IdTokenPlan, Received, TestKey};
use crate::config::ProviderConfig;
use crate::secret::SecretUrl;

/// A provider on loopback. Ends when dropped.
pub(crate) struct TestProvider {
    issuer: String,
    script: Arc<Script>,
    state: Arc<State>,
    task: tokio::task::JoinHandle<()>,
    /// Endpoints at ports of their own.
    doors: Mutex<HashMap<Endpoint, Door>>,
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
        Self {
            issuer,
            script,
            state,
            task,
            doors: Mutex::default(),
        }
    }

    /// A provider each of whose endpoints is at a port of its own, so that one of them can [refuse](Self::refuse) connections.
    pub(crate) fn start_with_doors() -> Self {
        let front = Door::new();
        let port = front.port;
        let issuer = format!("http://127.0.0.1:{port}");
        let (state, script) = (Arc::new(State::new(issuer.clone())), Arc::new(Script::default()));
        let provider = Self {
            issuer,
            script,
            state,
            task: tokio::spawn(async {}),
            doors: Mutex::new(HashMap::from([(Endpoint::Discovery, front)])),
        };
        let mut published = serde_json::Map::new();
        for (endpoint, name, path) in [
            (Endpoint::Jwks, "jwks_uri", "jwks"),
            (Endpoint::Token, "token_endpoint", "token"),
            (Endpoint::Userinfo, "userinfo_endpoint", "userinfo"),
            (Endpoint::Revocation, "revocation_endpoint", "revoke"),
        ] {
            let door = Door::new();
            published.insert(
                name.into(),
                json!(format!("http://127.0.0.1:{}/{path}", door.port)),
            );
            provider.doors.lock().unwrap().insert(endpoint, door);
        }
        provider.discovery(Value::Object(published));
        let endpoints: Vec<_> = provider.doors.lock().unwrap().keys().copied().collect();
        for endpoint in endpoints {
            provider.admit(endpoint);
        }
        provider
    }

    /// Connections to this endpoint are refused from now on. Only with doors.
    pub(crate) async fn refuse(&self, endpoint: Endpoint) {
        let serving = self
            .doors
            .lock()
            .unwrap()
            .get_mut(&endpoint)
            .unwrap()
            .serving
            .take();
        if let Some(task) = serving {
            task.abort();
            // The listener is closed once the task is gone.
            let _ = task.await;
        }
    }

    /// Connections to this endpoint are accepted again. Only with doors.
    pub(crate) fn admit(&self, endpoint: Endpoint) {
        let (state, script) = (self.state.clone(), self.script.clone());
        let base = Arc::new(move |endpoint, received: &Received| state.answer(endpoint, received));
        let mut doors = self.doors.lock().unwrap();
        let door = doors.get_mut(&endpoint).unwrap();
        if door.serving.is_none() {
            door.serving = Some(tokio::spawn(serve(door.listen(), script, base)));
        }
    }

    /// The refresh tokens that came again after they had been rotated.
    pub(crate) fn reused(&self) -> Vec<String> {
        self.state.reused.lock().unwrap().clone()
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
    pub(crate) fn when(
        &self,
        endpoint: Endpoint,
        behave: impl FnMut(&Received) -> Option<Answer> + Send + 'static,
    ) {
        self.script
            .behaviours
            .lock()
            .unwrap()
            .insert(endpoint, Box::new(behave));
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
        seen.iter()
            .filter(|(at, _)| *at == endpoint)
            .map(|(_, received)| received.clone())
            .collect()
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

    /// A rotated refresh token is good so many times more.
    pub(crate) fn forgive(&self, times: usize) {
        self.state.bent().grace = times;
    }

    /// The next answer of this endpoint does not arrive, although the endpoint has done its work.
    pub(crate) fn lose_answer(&self, endpoint: Endpoint) {
        self.script.lost.lock().unwrap().push(endpoint);
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

    /// The same, to be asked from an answer.
    pub(crate) fn watch_issued(&self) -> impl Fn() -> Issued + Send + 'static {
        let state = self.state.clone();
        move || state.issued.lock().unwrap().clone()
    }

    /// Offers the device grant and pushed requests, over what discovery says else.
    pub(crate) fn offer_everything(&self) {
        let at = |path: &str| format!("{}/{path}", self.issuer.trim_end_matches('/'));
        self.discovery(json!({
            "device_authorization_endpoint": at("device-authorization"),
            "pushed_authorization_request_endpoint": at("par"),
        }));
    }

    /// Laid over device authorization responses; null removes a member.
    pub(crate) fn device_response(&self, changes: Value) {
        self.state.bent().device = changes;
    }

    /// This endpoint does its work, but its next answer waits for the gate.
    pub(crate) fn hold(&self, endpoint: Endpoint, gate: Arc<tokio::sync::Notify>) {
        self.script.held.lock().unwrap().insert(endpoint, gate);
    }

    /// What people at other devices decide about all codes that wait.
    pub(crate) fn decide_on_devices(&self, decision: Result<(), &'static str>) {
        for decided in self.state.devices.lock().unwrap().values_mut() {
            *decided = Some(decision);
        }
    }

    /// Everything that was given back.
    pub(crate) fn revoked(&self) -> Vec<String> {
        self.state.revoked.lock().unwrap().clone()
    }

    /// What a person who says yes brings back: the callback URL with a code, no browser needed.
    pub(crate) fn authorize(&self, url: &SecretUrl) -> String {
        let query = self.request(url);
        assert!(url.secret().starts_with(self.issuer.trim_end_matches('/')));
        for (name, value) in [
            ("response_type", "code"),
            ("client_id", CLIENT_ID),
            ("code_challenge_method", "S256"),
        ] {
            assert_eq!(query[name], value);
        }
        let code = self.state.fresh("code");
        let grant = Grant {
            redirect_uri: query["redirect_uri"].clone(),
            challenge: query["code_challenge"].clone(),
            nonce: query["nonce"].clone(),
            state: query["state"].clone(),
        };
        self.state.codes.lock().unwrap().insert(code.clone(), grant);
        self.state.issued.lock().unwrap().codes.push(code.clone());
        self.callback(url, &[("code", &code)])
    }

    /// What a person who says no brings back.
    pub(crate) fn decline(&self, url: &SecretUrl, error: &str) -> String {
        self.callback(url, &[("error", error)])
    }

    /// The authorization request this URL stands for, also one that was pushed.
    pub(crate) fn request(&self, url: &SecretUrl) -> HashMap<String, String> {
        let query = query(url);
        match query.get("request_uri") {
            Some(reference) => {
                assert_eq!(query.len(), 2, "client_id and request_uri");
                let pushed = self.state.pushed.lock().unwrap();
                pushed[reference].iter().cloned().collect()
            }
            None => query,
        }
    }

    /// A callback URL with `state`, `iss` and these parameters.
    pub(crate) fn callback(&self, url: &SecretUrl, parameters: &[(&str, &str)]) -> String {
        let query = self.request(url);
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
    Url::parse(url.secret())
        .unwrap()
        .query_pairs()
        .into_owned()
        .collect()
}
