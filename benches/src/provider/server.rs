//! HTTP/1.1, as much as clients need: a request at a time on each connection, which stays open unless the client wants it closed.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::answers::{self, Answer};
use super::{Exchange, State};

/// The longest request.
const LIMIT: usize = 1024 * 1024;

/// A request as it came.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: String,
    /// Path and query.
    pub(super) target: String,
    /// Names in lower case.
    pub(super) headers: HashMap<String, String>,
    pub(super) body: Vec<u8>,
}

pub(super) async fn serve(listener: std::net::TcpListener, state: Arc<State>) {
    let listener = TcpListener::from_std(listener).expect("a listener");
    while let Ok((stream, _)) = listener.accept().await {
        let state = Arc::clone(&state);
        tokio::spawn(async move { converse(stream, &state).await });
    }
}

async fn converse(mut stream: TcpStream, state: &State) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut bytes = Vec::new();
    loop {
        let request = read(&mut stream, &mut bytes).await?;
        let came = Instant::now();
        let closes = request
            .headers
            .get("connection")
            .is_some_and(|value| value.eq_ignore_ascii_case("close"));
        let answer = answers::to(&request, state).await;
        let whole = written(&answer, closes);
        // Noted before it is sent: whoever has the answer finds the exchange noted.
        state.exchanges().push(Exchange {
            came,
            went: Instant::now(),
        });
        stream.write_all(&whole).await.ok()?;
        if closes {
            return stream.shutdown().await.ok();
        }
    }
}

fn written(answer: &Answer, closes: bool) -> Vec<u8> {
    let mut head = format!(
        "HTTP/1.1 {} Bench\r\ncontent-length: {}\r\ncontent-type: application/json\r\ncache-control: no-store\r\n",
        answer.status,
        answer.body.len()
    );
    if closes {
        head.push_str("connection: close\r\n");
    }
    for (name, value) in &answer.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    let mut whole = head.into_bytes();
    whole.extend_from_slice(&answer.body);
    whole
}

/// The next request; nothing when there is none. What was read beyond it stays in `bytes`.
async fn read(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<Request> {
    loop {
        if let Some((mut request, start, length)) = head(bytes)? {
            while bytes.len() < start + length {
                if bytes.len() > LIMIT || stream.read_buf(bytes).await.ok()? == 0 {
                    return None;
                }
            }
            let rest = bytes.split_off(start + length);
            request.body = bytes.split_off(start);
            *bytes = rest;
            return Some(request);
        }
        if bytes.len() > LIMIT || stream.read_buf(bytes).await.ok()? == 0 {
            return None;
        }
    }
}

/// The head of a request, where its body starts and how long it is; `None` inside when it is not there whole. `None` outside: it is none.
fn head(bytes: &[u8]) -> Option<Option<(Request, usize, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut parsed = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(start) = parsed.parse(bytes).ok()? else {
        return Some(None);
    };
    let headers: HashMap<String, String> = parsed
        .headers
        .iter()
        .map(|header| {
            let value = String::from_utf8_lossy(header.value);
            (header.name.to_ascii_lowercase(), value.into_owned())
        })
        .collect();
    let length = headers
        .get("content-length")
        .and_then(|length| length.parse().ok())
        .unwrap_or(0);
    let request = Request {
        method: parsed.method?.to_owned(),
        target: parsed.path?.to_owned(),
        headers,
        body: Vec::new(),
    };
    Some(Some((request, start, length)))
}
