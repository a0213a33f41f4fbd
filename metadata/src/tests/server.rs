//! A small HTTP/1.1 server that keeps one person's data: one request a connection, each seen, and each may suffer.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use url::Url;

/// What kind of place it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A resource with strong entity tags.
    Strong,
    /// A resource with weak ones.
    Weak,
    /// A resource without any.
    Untagged,
    /// Auth0's Management API.
    Auth0,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(super) struct Received {
    pub(super) method: String,
    pub(super) target: String,
    /// Names in lower case.
    pub(super) headers: HashMap<String, String>,
    pub(super) body: Vec<u8>,
}

impl Received {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// What a request suffers.
#[derive(Clone, Debug)]
pub(super) enum Suffers {
    /// This answer instead, and nothing is done.
    Answer(u16, Vec<(&'static str, String)>, String),
    /// The connection is closed, and nothing is done.
    Dropped,
    /// It is done, and the connection is closed.
    LostAnswer,
    /// Nothing is done and nothing answered.
    Hangs,
    /// Somebody else changes this field first.
    ChangedBefore(&'static str, Value),
}

/// The server. It ends with this.
#[derive(Debug)]
pub(super) struct Backend {
    pub(super) kind: Kind,
    address: String,
    state: Arc<State>,
    task: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct State {
    fields: Mutex<Map<String, Value>>,
    version: Mutex<u64>,
    scripts: Mutex<HashMap<String, VecDeque<Suffers>>>,
    seen: Mutex<Vec<Received>>,
    /// Tells when a request that hangs has lost its client.
    gone: Notify,
    arrived: Notify,
}

impl Backend {
    pub(super) async fn start(kind: Kind) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(State::default());
        state.set("first_name", json!("Ada"));
        state.set("country", json!("GB"));
        state.set("active", json!(true));
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                tokio::spawn(async move { exchange(kind, stream, &state).await });
            }
        });
        Self {
            kind,
            address,
            state,
            task,
        }
    }

    pub(super) fn url(&self, path: &str) -> Url {
        format!("{}{path}", self.address).parse().unwrap()
    }

    /// The next request of this method suffers this, after those that were said before.
    pub(super) fn next(&self, method: &str, suffers: Suffers) {
        let mut scripts = self.state.scripts.lock().unwrap();
        scripts.entry(method.to_owned()).or_default().push_back(suffers);
    }

    /// The next request of this method gets this status.
    pub(super) fn answers(&self, method: &str, status: u16) {
        self.next(method, Suffers::Answer(status, Vec::new(), String::new()));
    }

    /// Whatever was said before, nothing suffers any more.
    pub(super) fn behaves(&self) {
        self.state.scripts.lock().unwrap().clear();
    }

    /// Somebody else changes a field.
    pub(super) fn set(&self, name: &str, value: Value) {
        self.state.set(name, value);
    }

    pub(super) fn get(&self, name: &str) -> Value {
        self.state
            .fields
            .lock()
            .unwrap()
            .get(name)
            .cloned()
            .unwrap_or(Value::Null)
    }

    /// The requests so far.
    pub(super) fn seen(&self) -> Vec<Received> {
        self.state.seen.lock().unwrap().clone()
    }

    /// Their methods.
    pub(super) fn methods(&self) -> Vec<String> {
        self.seen().into_iter().map(|request| request.method).collect()
    }

    /// The patches so far.
    pub(super) fn patches(&self) -> Vec<Received> {
        self.seen()
            .into_iter()
            .filter(|request| request.method == "PATCH")
            .collect()
    }

    /// Waits for a request that hangs.
    pub(super) async fn hanging(&self) {
        self.state.arrived.notified().await;
    }

    /// Waits until the client of a request that hangs has gone.
    pub(super) async fn gone(&self) {
        self.state.gone.notified().await;
    }

    /// Refuses connections from now on.
    pub(super) fn stop(&self) {
        self.task.abort();
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl State {
    fn set(&self, name: &str, value: Value) {
        *self.version.lock().unwrap() += 1;
        let mut fields = self.fields.lock().unwrap();
        if value.is_null() {
            fields.remove(name);
        } else {
            fields.insert(name.to_owned(), value);
        }
    }

    fn tag(&self, kind: Kind) -> Option<String> {
        let version = *self.version.lock().unwrap();
        match kind {
            Kind::Strong => Some(format!("\"v{version}\"")),
            Kind::Weak => Some(format!("W/\"v{version}\"")),
            Kind::Untagged | Kind::Auth0 => None,
        }
    }

    /// The well-behaved answer.
    fn answer(&self, kind: Kind, request: &Received) -> (u16, String) {
        let right = match kind {
            Kind::Auth0 => request.target.starts_with("/api/v2/users/auth0%7Cada"),
            Kind::Strong | Kind::Weak | Kind::Untagged => request.target == "/me",
        };
        if !right {
            return (404, String::new());
        }
        if request.method == "PATCH" {
            let condition = request.headers.get("if-match");
            // If-Match compares strongly: a weak tag never matches.
            if condition.is_some_and(|tag| tag.starts_with("W/") || self.tag(kind).as_ref() != Some(tag)) {
                return (412, String::new());
            }
            let mut patch = request.json();
            if kind == Kind::Auth0 {
                patch = patch["user_metadata"].take();
            }
            for (name, value) in patch.as_object().unwrap() {
                self.set(name, value.clone());
            }
        }
        let fields = Value::Object(self.fields.lock().unwrap().clone());
        let body = match kind {
            Kind::Auth0 => json!({"user_metadata": fields}),
            Kind::Strong | Kind::Weak | Kind::Untagged => fields,
        };
        (200, body.to_string())
    }
}

async fn exchange(kind: Kind, mut stream: TcpStream, state: &State) -> Option<()> {
    let request = read(&mut stream).await?;
    state.seen.lock().unwrap().push(request.clone());
    let suffers = state
        .scripts
        .lock()
        .unwrap()
        .get_mut(&request.method)
        .and_then(VecDeque::pop_front);
    match suffers {
        Some(Suffers::Dropped) => return None,
        Some(Suffers::Hangs) => {
            state.arrived.notify_one();
            let _ = stream.read(&mut [0; 1]).await;
            state.gone.notify_one();
            return None;
        }
        Some(Suffers::Answer(status, headers, body)) => {
            return write(&mut stream, status, &headers, &body).await;
        }
        Some(Suffers::LostAnswer) => {
            state.answer(kind, &request);
            return None;
        }
        Some(Suffers::ChangedBefore(name, value)) => state.set(name, value),
        None => {}
    }
    let (status, body) = state.answer(kind, &request);
    let mut headers = vec![("content-type", "application/json".to_owned())];
    headers.extend(state.tag(kind).map(|tag| ("etag", tag)));
    write(&mut stream, status, &headers, &body).await
}

pub(super) async fn read(stream: &mut TcpStream) -> Option<Received> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).ok()?;
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: HashMap<_, _> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers
        .get("content-length")
        .and_then(|length| length.parse().ok())
        .unwrap_or(0);
    let mut body = bytes.split_off(head_end + 4);
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    Some(Received {
        method,
        target,
        headers,
        body,
    })
}

pub(super) async fn write(
    stream: &mut TcpStream,
    status: u16,
    headers: &[(&'static str, String)],
    body: &str,
) -> Option<()> {
    let mut head = format!(
        "HTTP/1.1 {status} Test\r\nconnection: close\r\ncontent-length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).await.ok()?;
    stream.write_all(body.as_bytes()).await.ok()?;
    stream.shutdown().await.ok()
}
