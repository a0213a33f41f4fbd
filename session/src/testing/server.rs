//! A small HTTP/1.1 server for tests: one request a connection, every endpoint scripted and counted.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::answer::{Answer, End};

/// The endpoints of the test provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Endpoint {
    /// `/.well-known/openid-configuration`.
    Discovery,
    /// `/jwks`.
    Jwks,
    /// `/token`.
    Token,
    /// `/userinfo`.
    Userinfo,
    /// `/revoke`.
    Revocation,
    /// `/device-authorization`.
    Device,
    /// `/par`.
    Pushed,
    /// `/picture`, and everything below it.
    Picture,
    /// Any other path.
    Unknown,
}

impl Endpoint {
    fn of(path: &str) -> Self {
        match path {
            _ if path.ends_with("/.well-known/openid-configuration") => Self::Discovery,
            _ if path.ends_with("/jwks") => Self::Jwks,
            _ if path.ends_with("/token") => Self::Token,
            _ if path.ends_with("/userinfo") => Self::Userinfo,
            _ if path.ends_with("/revoke") => Self::Revocation,
            _ if path.ends_with("/device-authorization") => Self::Device,
            _ if path.ends_with("/par") => Self::Pushed,
            _ if path.contains("/picture") => Self::Picture,
            _ => Self::Unknown,
        }
    }
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    /// `GET` or `POST`.
    pub(crate) method: String,
    /// The path with its query.
    pub(crate) target: String,
    /// Header names in lower case.
    pub(crate) headers: HashMap<String, String>,
    /// The form's parameters, in order.
    pub(crate) form: Vec<(String, String)>,
}

impl Received {
    /// The only value of a form parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let mut values = self
            .form
            .iter()
            .filter(|(n, _)| n == name)
            .map(|(_, value)| value.as_str());
        let value = values.next();
        assert_eq!(values.next(), None, "{name} was sent twice");
        value
    }
}

/// One piece of a huge answer.
static FILLER: [u8; 64 * 1024] = [b'x'; 64 * 1024];

/// What decides on an answer. `None`: the well-behaved one.
pub(super) type Behaviour = Box<dyn FnMut(&Received) -> Option<Answer> + Send>;

/// The well-behaved answers.
pub(super) type Base = Arc<dyn Fn(Endpoint, &Received) -> Answer + Send + Sync>;

/// What is scripted and what was seen.
#[derive(Default)]
pub(super) struct Script {
    pub(super) behaviours: Mutex<HashMap<Endpoint, Behaviour>>,
    pub(super) seen: Mutex<Vec<(Endpoint, Received)>>,
    /// Whose next answers are lost.
    pub(super) lost: Mutex<Vec<Endpoint>>,
    /// Whose next answers wait, and for what.
    pub(super) held: Mutex<HashMap<Endpoint, Arc<tokio::sync::Notify>>>,
}

impl Script {
    fn loses(&self, endpoint: Endpoint) -> bool {
        let mut lost = self.lost.lock().unwrap();
        let place = lost.iter().position(|known| *known == endpoint);
        place.map(|place| lost.remove(place)).is_some()
    }
}

/// Serves until the task is aborted.
pub(super) async fn serve(listener: TcpListener, script: Arc<Script>, base: Base) {
    while let Ok((stream, _)) = listener.accept().await {
        let (script, base) = (script.clone(), base.clone());
        tokio::spawn(async move { exchange(stream, &script, &base).await });
    }
}

async fn exchange(mut stream: TcpStream, script: &Script, base: &Base) -> Option<()> {
    let received = read(&mut stream).await?;
    let endpoint = Endpoint::of(received.target.split('?').next()?);
    script.seen.lock().unwrap().push((endpoint, received.clone()));
    let scripted = script
        .behaviours
        .lock()
        .unwrap()
        .get_mut(&endpoint)
        .and_then(|behave| behave(&received));
    let answer = scripted.unwrap_or_else(|| base(endpoint, &received));
    if script.loses(endpoint) {
        return None;
    }
    let held = script.held.lock().unwrap().remove(&endpoint);
    if let Some(gate) = held {
        gate.notified().await;
    }
    if let Some(gate) = &answer.gate {
        gate.notified().await;
    }
    write(&mut stream, answer).await
}

async fn read(stream: &mut TcpStream) -> Option<Received> {
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
    let form = url::form_urlencoded::parse(&body).into_owned().collect();
    Some(Received {
        method,
        target,
        headers,
        form,
    })
}

async fn write(stream: &mut TcpStream, answer: Answer) -> Option<()> {
    if answer.end == End::Drop {
        return None;
    }
    if answer.end == End::Hang {
        std::future::pending::<()>().await;
    }
    let mut head = format!("HTTP/1.1 {} Test\r\nconnection: close\r\n", answer.status);
    head.push_str(&format!(
        "content-length: {}\r\n",
        answer.body.len() + answer.filler
    ));
    for (name, value) in &answer.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).await.ok()?;
    let body = if answer.end == End::Cut {
        &answer.body[..answer.body.len() / 2]
    } else {
        &answer.body[..]
    };
    stream.write_all(body).await.ok()?;
    let mut left = answer.filler;
    while left > 0 {
        let piece = &FILLER[..left.min(FILLER.len())];
        // Who has had enough closes the connection.
        stream.write_all(piece).await.ok()?;
        left -= piece.len();
    }
    stream.shutdown().await.ok()
}
