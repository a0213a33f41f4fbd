//! A table of requests and what is due for each, and what holds for every sequence of bytes. In a request `$H` stands for the
//! right host.

use proptest::prelude::*;

use super::{FIELDS, HEAD_LIMIT, Refusal, Request, TARGET_LIMIT, parse};

const HOST: &str = "127.0.0.1:4000";

/// In short: the query of a callback, the name of a page, a status, or nothing while the head goes on.
fn judged(head: &[u8]) -> String {
    match parse(head, HOST) {
        Some(Request::Callback(query)) => format!("callback {}", *query),
        Some(Request::Done(name)) => format!("page {name}"),
        Some(Request::Refused(refusal)) => refusal.status().split(' ').next().unwrap().to_owned(),
        None => "more".to_owned(),
    }
}

#[test]
#[rustfmt::skip] // one line a case
fn a_request_is_taken_exactly_as_a_browser_sends_it() {
    for (head, due) in [
        // As browsers send it when a provider redirects them.
        ("GET /callback?code=c&state=s HTTP/1.1\r\nHost: $H\r\n\r\n", "callback ?code=c&state=s"),
        ("GET /callback? HTTP/1.1\r\nHost: $H\r\n\r\n", "callback ?"),
        ("GET /callback HTTP/1.1\r\nhOST:\t$H \r\nAccept: text/html\r\n\r\n", "callback "),
        ("GET /callback?a HTTP/1.1\r\nHost: $H\r\nConnection: keep-alive\r\nUpgrade-Insecure-Requests: 1\r\n\r\n", "callback ?a"),
        ("GET /callback?a HTTP/1.1\r\nHost: $H\r\nContent-Length: 0\r\n\r\n", "callback ?a"),
        // Whose page it was is not asked: a provider's redirect comes from another site, and so may anybody's. The state decides.
        ("GET /callback?a HTTP/1.1\r\nHost: $H\r\nOrigin: https://id.example\r\nSec-Fetch-Site: cross-site\r\n\r\n", "callback ?a"),
        ("GET /callback?a HTTP/1.1\r\nHost: $H\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image\r\n\r\n", "callback ?a"),
        // Older and newer HTTP.
        ("GET /callback?a HTTP/1.0\r\nHost: $H\r\n\r\n", "callback ?a"),
        ("GET /callback?a HTTP/1.0\r\n\r\n", "400"),
        ("GET /callback?a\r\n\r\n", "400"),
        ("GET /callback?a HTTP/0.9\r\nHost: $H\r\n\r\n", "400"),
        ("GET /callback?a HTTP/1.2\r\nHost: $H\r\n\r\n", "400"),
        ("GET /callback?a HTTP/2\r\nHost: $H\r\n\r\n", "400"),
        ("GET /callback?a http/1.1\r\nHost: $H\r\n\r\n", "400"),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "400"),
        // Methods.
        ("HEAD /callback?a HTTP/1.1\r\nHost: $H\r\n\r\n", "405"),
        ("POST /callback?a HTTP/1.1\r\nHost: $H\r\nContent-Length: 3\r\n\r\nb=c", "405"),
        ("OPTIONS /callback HTTP/1.1\r\nHost: $H\r\nAccess-Control-Request-Private-Network: true\r\n\r\n", "405"),
        ("OPTIONS * HTTP/1.1\r\nHost: $H\r\n\r\n", "405"),
        ("CONNECT 127.0.0.1:4000 HTTP/1.1\r\nHost: $H\r\n\r\n", "405"),
        ("TRACE /callback HTTP/1.1\r\nHost: $H\r\n\r\n", "405"),
        ("get /callback HTTP/1.1\r\nHost: $H\r\n\r\n", "405"),
        ("GET\t/callback HTTP/1.1\r\nHost: $H\r\n\r\n", "400"),
        // The target: this path, letter by letter, in origin form.
        ("GET /callback/ HTTP/1.1\r\nHost: $H\r\n\r\n", "404"),
        ("GET /callback/../callback HTTP/1.1\r\nHost: $H\r\n\r\n", "404"),
        ("GET //callback HTTP/1.1\r\nHost: $H\r\n\r\n", "404"),
        ("GET /callback%20 HTTP/1.1\r\nHost: $H\r\n\r\n", "404"),
        ("GET /%63allback HTTP/1.1\r\nHost: $H\r\n\r\n", "404"),
        ("GET /CALLBACK HTTP/1.1\r\nHost: $H\r\n\r\n", "404"),
        ("GET /callback;a HTTP/1.1\r\nHost: $H\r\n\r\n", "404"),
        ("GET /callback#a HTTP/1.1\r\nHost: $H\r\n\r\n", "404"),
        ("GET \\callback HTTP/1.1\r\nHost: $H\r\n\r\n", "404"),
        ("GET callback HTTP/1.1\r\nHost: $H\r\n\r\n", "404"),
        ("GET http://$H/callback?a HTTP/1.1\r\nHost: $H\r\n\r\n", "404"),
        ("GET http://rebound.example/callback?a HTTP/1.1\r\nHost: $H\r\n\r\n", "404"),
        ("GET / HTTP/1.1\r\nHost: $H\r\n\r\n", "404"),
        ("GET /favicon.ico HTTP/1.1\r\nHost: $H\r\n\r\n", "404"),
        ("GET /robots.txt HTTP/1.1\r\nHost: $H\r\n\r\n", "404"),
        ("GET /done/x?a HTTP/1.1\r\nHost: $H\r\n\r\n", "404"),
        ("GET /done/x HTTP/1.1\r\nHost: $H\r\n\r\n", "page x"),
        ("GET /callback?a b HTTP/1.1\r\nHost: $H\r\n\r\n", "400"),
        ("GET /callback?a\0b HTTP/1.1\r\nHost: $H\r\n\r\n", "400"),
        ("GET  /callback?a HTTP/1.1\r\nHost: $H\r\n\r\n", "400"),
        // The host: ours as we gave it, once. A name that was made to lead here is somebody else's.
        ("GET /callback?a HTTP/1.1\r\nHost: localhost:4000\r\n\r\n", "421"),
        ("GET /callback?a HTTP/1.1\r\nHost: rebound.example:4000\r\n\r\n", "421"),
        ("GET /callback?a HTTP/1.1\r\nHost: $H.rebound.example\r\n\r\n", "421"),
        ("GET /callback?a HTTP/1.1\r\nHost: rebound.example@$H\r\n\r\n", "421"),
        ("GET /callback?a HTTP/1.1\r\nHost: $H,rebound.example\r\n\r\n", "421"),
        ("GET /callback?a HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "421"),
        ("GET /callback?a HTTP/1.1\r\nHost: 127.0.0.1.:4000\r\n\r\n", "421"),
        ("GET /callback?a HTTP/1.1\r\nHost: 127.0.0.1:04000\r\n\r\n", "421"),
        ("GET /callback?a HTTP/1.1\r\nHost: 127.1:4000\r\n\r\n", "421"),
        ("GET /callback?a HTTP/1.1\r\nHost: [::1]:4000\r\n\r\n", "421"),
        ("GET /callback?a HTTP/1.1\r\nHost: 0.0.0.0:4000\r\n\r\n", "421"),
        ("GET /callback?a HTTP/1.1\r\nHost:\r\n\r\n", "421"),
        ("GET /callback?a HTTP/1.1\r\n\r\n", "400"),
        ("GET /callback?a HTTP/1.1\r\nX-Forwarded-Host: $H\r\n\r\n", "400"),
        ("GET /callback?a HTTP/1.1\r\nHost: $H\r\nHost: $H\r\n\r\n", "400"),
        ("GET /callback?a HTTP/1.1\r\nHost: $H\r\nhost: rebound.example\r\n\r\n", "400"),
        ("GET /callback?a HTTP/1.1\r\nHost: rebound.example\r\nHost: $H\r\n\r\n", "400"),
        ("GET /callback?a HTTP/1.1\r\nHost : $H\r\n\r\n", "400"),
        // Lines that are folded, cut or not there.
        ("GET /callback?a HTTP/1.1\r\nHost:\r\n $H\r\n\r\n", "400"),
        ("GET /callback?a HTTP/1.1\r\nX: a\r\n b\r\nHost: $H\r\n\r\n", "400"),
        ("GET /callback?a HTTP/1.1\r\n Host: $H\r\n\r\n", "400"),
        ("GET /callback?a HTTP/1.1\r\nHost: $H\rX: a\r\n\r\n", "400"),
        ("GET /callback?a HTTP/1.1\r\nHost: $H\0\r\n\r\n", "400"),
        ("GET /callback?a HTTP/1.1\r\n: $H\r\n\r\n", "400"),
        ("GET /callback?a HTTP/1.1\r\nHost: $H\r\n", "more"),
        ("GET /callback?a HTT", "more"),
        ("", "more"),
        // A body has no place in it, however it is announced.
        ("GET /callback?a HTTP/1.1\r\nHost: $H\r\nContent-Length: 3\r\n\r\nb=c", "400"),
        ("GET /callback?a HTTP/1.1\r\nHost: $H\r\nContent-Length: 0, 3\r\n\r\nb=c", "400"),
        ("GET /callback?a HTTP/1.1\r\nHost: $H\r\ncontent-length: -1\r\n\r\n", "400"),
        ("GET /callback?a HTTP/1.1\r\nHost: $H\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"),
        ("GET /callback?a HTTP/1.1\r\nHost: $H\r\ntransfer-encoding: identity\r\n\r\n", "400"),
        // What comes after the head is not looked at.
        ("GET /callback?a HTTP/1.1\r\nHost: $H\r\n\r\nGET /callback?b HTTP/1.1\r\nHost: $H\r\n\r\n", "callback ?a"),
        ("GET /favicon.ico HTTP/1.1\r\nHost: $H\r\n\r\nGET /callback?b HTTP/1.1\r\nHost: $H\r\n\r\n", "404"),
    ] {
        assert_eq!(judged(head.replace("$H", HOST).as_bytes()), due, "{head:?}");
    }
}

#[test]
fn limits_are_where_they_are_said_to_be() {
    let get = |target: &str, fields: &str| {
        judged(format!("GET {target} HTTP/1.1\r\nHost: {HOST}\r\n{fields}\r\n").as_bytes())
    };
    let longest = format!("/callback?{}", "x".repeat(TARGET_LIMIT - "/callback?".len()));
    assert!(get(&longest, "").starts_with("callback ?xxx"));
    assert_eq!(get(&format!("{longest}x"), ""), "414");
    assert_eq!(get("/callback", &"A: b\r\n".repeat(FIELDS - 1)), "callback ");
    assert_eq!(get("/callback", &"A: b\r\n".repeat(FIELDS)), "431");
    assert_eq!(
        judged(b"GET /callback?\xff\xfe HTTP/1.1\r\nHost: 127.0.0.1:4000\r\n\r\n"),
        "400"
    );
    const { assert!(HEAD_LIMIT <= 16 * 1024 && TARGET_LIMIT < HEAD_LIMIT && FIELDS <= 64) };
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_it_panic_or_pass(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(!judged(&bytes).starts_with("callback"));
    }

    #[test]
    fn a_callback_has_our_host_once_and_our_path(
        at in any::<prop::sample::Index>(), what in "[ -~\r\n\t\0é]{0,5}", cut in 0_usize..4,
    ) {
        let right = format!("GET /callback?code=c&state=s HTTP/1.1\r\nHost: {HOST}\r\nAccept: */*\r\n\r\n");
        let at = at.index(right.len());
        let end = (at + cut).min(right.len());
        let head = format!("{}{what}{}", &right[..at], &right[end..]);
        if let Some(Request::Callback(query)) = parse(head.as_bytes(), HOST) {
            let (line, fields) = head.trim_start_matches(['\r', '\n']).split_once('\n').unwrap();
            let target = format!("GET /callback{} HTTP/1.", *query);
            prop_assert!(line.starts_with(&target), "{head:?}");
            let fields = fields.to_ascii_lowercase();
            let hosts = fields.lines().filter(|field| field.starts_with("host:"));
            let hosts: Vec<_> = hosts.map(|field| field["host:".len()..].trim_matches([' ', '\t', '\r'])).collect();
            prop_assert_eq!(hosts, [HOST], "{:?}", head);
        }
    }
}

#[test]
fn what_is_refused_says_so_with_a_status_of_its_own() {
    let all = [
        Refusal::Malformed,
        Refusal::NotFound,
        Refusal::Method,
        Refusal::TargetTooLong,
        Refusal::OtherHost,
        Refusal::HeadTooLarge,
    ];
    for (index, refusal) in all.iter().enumerate() {
        assert!(refusal.status().starts_with('4'));
        assert!(
            all[..index]
                .iter()
                .all(|other| other.status() != refusal.status())
        );
    }
}
