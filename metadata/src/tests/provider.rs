//! A small OpenID provider, and a real session that has signed in there.

use std::sync::{Arc, Mutex};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use latchkey_session::config::Config;
use latchkey_session::ports::{Clock as _, Page, SystemClock};
use latchkey_session::{Redirects, Result, Session, SignIn};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;
use url::Url;

use super::server::{read, write};

const SCHEME: &str = "dev.latchkey.desktop";

/// Whoever says a name there is signed in as that. Its tokens end within ten seconds, so that each use of one is a renewal.
pub(super) struct Provider {
    pub(super) issuer: String,
    state: Arc<State>,
    task: JoinHandle<()>,
}

struct State {
    issuer: String,
    key: Ed25519KeyPair,
    issued: Mutex<usize>,
    /// Renewals are answered when this is opened.
    gate: Mutex<Option<Arc<Notify>>>,
    renewing: Notify,
}

impl Provider {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(State {
            issuer: issuer.clone(),
            key: Ed25519KeyPair::generate().unwrap(),
            issued: Mutex::default(),
            gate: Mutex::default(),
            renewing: Notify::new(),
        });
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                tokio::spawn(async move { state.exchange(stream).await });
            }
        });
        Self { issuer, state, task }
    }

    /// How many access tokens it has issued.
    pub(super) fn issued(&self) -> usize {
        *self.state.issued.lock().unwrap()
    }

    /// Holds the answers to renewals until the gate is opened.
    pub(super) fn hold_renewals(&self) -> Arc<Notify> {
        let gate = Arc::new(Notify::new());
        *self.state.gate.lock().unwrap() = Some(Arc::clone(&gate));
        gate
    }

    /// Waits for a renewal that is held.
    pub(super) async fn renewing(&self) {
        self.state.renewing.notified().await;
    }

    /// A session that knows this provider, and the pages it opens.
    pub(super) fn session(&self) -> (Session, mpsc::UnboundedReceiver<Page>) {
        let config = format!("[provider]\nissuer = \"{}\"\nclient_id = \"desk\"\n", self.issuer);
        let config = Config::parse(&config, "test").unwrap();
        let (open, opened) = mpsc::unbounded_channel();
        let session = Session::builder(move || Ok(config.clone()))
            .redirects(Redirects::of_scheme(SCHEME))
            .browser(move |page: &Page| -> Result<()> {
                let _ = open.send(page.clone());
                Ok(())
            })
            .start()
            .unwrap();
        (session, opened)
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Signs in as this person, whoever was signed in before.
pub(super) async fn sign_in(session: &Session, pages: &mut mpsc::UnboundedReceiver<Page>, sub: &str) {
    let options = SignIn {
        another_account: true,
        ..SignIn::default()
    };
    let begun = session.begin(options).await.unwrap();
    let page = Url::parse(pages.recv().await.unwrap().url.secret()).unwrap();
    let value = |name: &str| {
        page.query_pairs()
            .find(|(n, _)| n == name)
            .unwrap()
            .1
            .into_owned()
    };
    let mut callback = Url::parse(&value("redirect_uri")).unwrap();
    callback
        .query_pairs_mut()
        .append_pair("code", &format!("{sub} {}", value("nonce")))
        .append_pair("state", &value("state"));
    session.callback(callback.as_str()).await.unwrap();
    begun.ended().await.unwrap();
}

impl State {
    async fn exchange(&self, mut stream: TcpStream) -> Option<()> {
        let request = read(&mut stream).await?;
        let (status, answer) = match request.target.as_str() {
            "/.well-known/openid-configuration" => (200, self.document()),
            "/jwks" => (200, self.keys()),
            "/token" => (200, self.token(&request.body).await),
            _ => (404, json!({})),
        };
        let headers = [("content-type", "application/json".to_owned())];
        write(&mut stream, status, &headers, &answer.to_string()).await
    }

    fn document(&self) -> Value {
        let issuer = &self.issuer;
        json!({
            "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/jwks"),
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["EdDSA"],
        })
    }

    fn keys(&self) -> Value {
        let x = URL_SAFE_NO_PAD.encode(self.key.public_key());
        json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": x}]})
    }

    /// A code is a name and a nonce, a refresh token a name.
    async fn token(&self, form: &[u8]) -> Value {
        let form: Vec<(String, String)> = url::form_urlencoded::parse(form).into_owned().collect();
        let sent = |name: &str| {
            form.iter()
                .find(|(n, _)| n == name)
                .map(|(_, value)| value.clone())
        };
        let number = {
            let mut issued = self.issued.lock().unwrap();
            *issued += 1;
            *issued
        };
        let mut answer = json!({"token_type": "Bearer", "expires_in": 10});
        let sub = if let Some(sub) = sent("refresh_token") {
            let gate = self.gate.lock().unwrap().clone();
            if let Some(gate) = gate {
                self.renewing.notify_one();
                gate.notified().await;
            }
            sub
        } else {
            let code = sent("code").unwrap();
            let (sub, nonce) = code.split_once(' ').unwrap();
            let now = SystemClock.now();
            answer["id_token"] = self.id_token(sub, nonce, now).into();
            sub.to_owned()
        };
        answer["access_token"] = format!("access {number} of {sub}").into();
        answer["refresh_token"] = sub.into();
        answer
    }

    fn id_token(&self, sub: &str, nonce: &str, now: Timestamp) -> String {
        let claims = json!({
            "iss": self.issuer, "sub": sub, "aud": "desk", "nonce": nonce,
            "iat": now.as_second(), "exp": now.as_second() + 300,
        });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&json!({"alg": "EdDSA"})), part(&claims));
        let signature = URL_SAFE_NO_PAD.encode(self.key.sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }
}
