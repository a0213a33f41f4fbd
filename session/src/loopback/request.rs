//! A request's head, read strictly: what a browser sends when a provider redirects it to us, and nothing else.

use tokio::io::{AsyncRead, AsyncReadExt as _};
use zeroize::Zeroizing;

/// The largest head, in bytes.
const HEAD_LIMIT: usize = 16 * 1024;
/// The longest target (path and query), in bytes.
const TARGET_LIMIT: usize = 8 * 1024;
/// The most header fields.
const FIELDS: usize = 64;

/// What a request asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Request {
    /// The callback path, with this query (with its `?`) or without one.
    Callback(Zeroizing<String>),
    /// The page of this name.
    Done(String),
    /// Something we do not answer with more than a status.
    Refused(Refusal),
}

/// Why a request gets no page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Malformed,
    NotFound,
    Method,
    TargetTooLong,
    OtherHost,
    HeadTooLarge,
}

impl Refusal {
    /// The status line's code and reason (RFC 9110, section 15).
    pub(super) fn status(self) -> &'static str {
        match self {
            Self::Malformed => "400 Bad Request",
            Self::NotFound => "404 Not Found",
            Self::Method => "405 Method Not Allowed",
            Self::TargetTooLong => "414 URI Too Long",
            Self::OtherHost => "421 Misdirected Request",
            Self::HeadTooLarge => "431 Request Header Fields Too Large",
        }
    }
}

/// Reads one request. `None` when the connection ends before its head does.
pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin), authority: &str) -> Option<Request> {
    // Sized once: the head may hold a code, and a growing vector would leave copies behind.
    let mut head = Zeroizing::new(vec![0; HEAD_LIMIT]);
    let mut filled = 0;
    loop {
        let count = stream.read(&mut head[filled..]).await.ok()?;
        if count == 0 {
            return None;
        }
        filled += count;
        match parse(&head[..filled], authority) {
            Some(request) => return Some(request),
            None if filled == HEAD_LIMIT => return Some(Request::Refused(Refusal::HeadTooLarge)),
            None => {}
        }
    }
}

/// The request, once its head is there as a whole.
pub(super) fn parse(head: &[u8], authority: &str) -> Option<Request> {
    let mut fields = [httparse::EMPTY_HEADER; FIELDS];
    let mut request = httparse::Request::new(&mut fields);
    match request.parse(head) {
        Ok(httparse::Status::Partial) => None,
        Ok(httparse::Status::Complete(_)) => {
            Some(judge(&request, authority).unwrap_or_else(Request::Refused))
        }
        Err(httparse::Error::TooManyHeaders) => Some(Request::Refused(Refusal::HeadTooLarge)),
        Err(_) => Some(Request::Refused(Refusal::Malformed)),
    }
}

fn judge(request: &httparse::Request<'_, '_>, authority: &str) -> Result<Request, Refusal> {
    // A web page that had its own name resolved to this computer would send that name.
    let mut hosts = request
        .headers
        .iter()
        .filter(|field| field.name.eq_ignore_ascii_case("host"));
    match (hosts.next(), hosts.next()) {
        (Some(host), None) if host.value == authority.as_bytes() => {}
        (Some(_), None) => return Err(Refusal::OtherHost),
        (None | Some(_), _) => return Err(Refusal::Malformed),
    }
    if request.method != Some("GET") {
        return Err(Refusal::Method);
    }
    if request.headers.iter().any(announces_a_body) {
        return Err(Refusal::Malformed);
    }
    let target = request.path.unwrap_or_default();
    if target.len() > TARGET_LIMIT {
        return Err(Refusal::TargetTooLong);
    }
    // A browser encodes everything else (RFC 9112, section 3.2).
    if !target.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Refusal::Malformed);
    }
    let (path, query) = target.split_at(target.find('?').unwrap_or(target.len()));
    if path == super::CALLBACK {
        return Ok(Request::Callback(Zeroizing::new(query.to_owned())));
    }
    match path.strip_prefix(super::server::DONE) {
        Some(name) if query.is_empty() => Ok(Request::Done(name.to_owned())),
        Some(_) | None => Err(Refusal::NotFound),
    }
}

/// No browser sends a body with a redirect.
fn announces_a_body(field: &httparse::Header<'_>) -> bool {
    field.name.eq_ignore_ascii_case("transfer-encoding")
        || (field.name.eq_ignore_ascii_case("content-length") && field.value != b"0")
}

#[cfg(test)]
#[path = "request_table_tests.rs"]
mod table_tests;

#[cfg(test)]
mod tests {
    use super::{Refusal, Request, parse, read};

    const HOST: &str = "127.0.0.1:4000";

    fn of(head: &str) -> Option<Request> {
        parse(head.as_bytes(), HOST)
    }

    fn get(target: &str) -> Option<Request> {
        of(&format!("GET {target} HTTP/1.1\r\nHost: {HOST}\r\n\r\n"))
    }

    #[test]
    fn callbacks_and_pages() {
        assert_eq!(
            get("/callback?code=a&state=b"),
            Some(Request::Callback("?code=a&state=b".to_owned().into()))
        );
        assert_eq!(get("/callback"), Some(Request::Callback(String::new().into())));
        assert_eq!(get("/done/abc"), Some(Request::Done("abc".to_owned())));
    }

    #[test]
    fn everything_else_is_refused() {
        for target in [
            "/",
            "/favicon.ico",
            "/callback/",
            "/Callback?code=a",
            "/callback%3Fcode=a",
            "//callback",
            "/done/a?b",
        ] {
            assert_eq!(get(target), Some(Request::Refused(Refusal::NotFound)), "{target}");
        }
        assert_eq!(
            get("http://127.0.0.1:4000/callback?code=a"),
            Some(Request::Refused(Refusal::NotFound))
        );
        assert_eq!(
            get(&format!("/callback?{}", "x".repeat(9000))),
            Some(Request::Refused(Refusal::TargetTooLong))
        );
        for method in ["POST", "HEAD", "OPTIONS", "PUT"] {
            let head = format!("{method} /callback HTTP/1.1\r\nHost: {HOST}\r\n\r\n");
            assert_eq!(of(&head), Some(Request::Refused(Refusal::Method)), "{method}");
        }
    }

    #[test]
    fn the_host_is_ours_and_said_once() {
        for (fields, refusal) in [
            ("Host: evil.example:4000\r\n", Refusal::OtherHost),
            ("Host: localhost:4000\r\n", Refusal::OtherHost),
            ("Host: 127.0.0.1\r\n", Refusal::OtherHost),
            ("", Refusal::Malformed),
            (
                "Host: 127.0.0.1:4000\r\nHost: 127.0.0.1:4000\r\n",
                Refusal::Malformed,
            ),
        ] {
            let head = format!("GET /callback HTTP/1.1\r\n{fields}\r\n");
            assert_eq!(of(&head), Some(Request::Refused(refusal)), "{fields:?}");
        }
    }

    #[test]
    fn what_is_no_http() {
        assert_eq!(
            of("\x16\x03\x01 hello\r\n\r\n"),
            Some(Request::Refused(Refusal::Malformed))
        );
        assert_eq!(
            of("GET /callback HTTP/2.0\r\n\r\n"),
            Some(Request::Refused(Refusal::Malformed))
        );
        assert_eq!(
            get("/callback?code=\u{9b}"),
            Some(Request::Refused(Refusal::Malformed))
        );
        assert_eq!(of("GET /callback HTTP/1.1\r\nHost: 127."), None);
        let many = "A: b\r\n".repeat(65);
        assert_eq!(
            of(&format!("GET / HTTP/1.1\r\n{many}\r\n")),
            Some(Request::Refused(Refusal::HeadTooLarge))
        );
    }

    #[test]
    fn the_limits_are_the_limits() {
        let of_length = |length: usize| get(&format!("/callback?{}", "x".repeat(length - 10)));
        assert!(matches!(of_length(8192), Some(Request::Callback(_))));
        assert_eq!(of_length(8193), Some(Request::Refused(Refusal::TargetTooLong)));
        let with = |more: usize| {
            of(&format!(
                "GET /callback HTTP/1.1\r\nHost: {HOST}\r\n{}\r\n",
                "A: b\r\n".repeat(more)
            ))
        };
        assert!(matches!(with(63), Some(Request::Callback(_))));
        assert_eq!(with(64), Some(Request::Refused(Refusal::HeadTooLarge)));
    }

    #[tokio::test]
    async fn a_head_may_come_in_pieces_and_be_16_kib_long() {
        use tokio::io::AsyncReadExt as _;

        let start = format!("GET /callback HTTP/1.1\r\nHost: {HOST}\r\nA: ");
        let head = |length: usize| {
            let rest = "b".repeat(length - start.len() - 4);
            let (first, second) = start.split_at(7);
            let (third, fourth) = rest.split_at(1000);
            [first, second, third, fourth, "\r\n\r\n"].map(str::to_owned)
        };
        for (length, taken) in [(2000, true), (16_384, true), (16_385, false)] {
            let [a, b, c, d, e] = head(length);
            let pieces = a.as_bytes().chain(b.as_bytes()).chain(c.as_bytes());
            let mut pieces = pieces.chain(d.as_bytes()).chain(e.as_bytes());
            let request = read(&mut pieces, HOST).await.unwrap();
            assert_eq!(
                matches!(request, Request::Callback(_)),
                taken,
                "{length}: {request:?}"
            );
        }
    }

    #[tokio::test]
    async fn a_head_without_end_is_cut_off() {
        let head = format!("GET / HTTP/1.1\r\nA: {}", "b".repeat(20_000));
        assert_eq!(
            read(&mut head.as_bytes(), HOST).await,
            Some(Request::Refused(Refusal::HeadTooLarge))
        );
        assert_eq!(read(&mut &b"GET / HT"[..], HOST).await, None);
    }
}
