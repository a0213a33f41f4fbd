//! Tests of TLS against a server with an authority of its own: who is believed, and what is said of the others.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;

use super::clients::Clients;
use super::tls_double::{Authority, Identity, Server, VERSIONS};
use super::trust::Trust;
use super::*;
use crate::ports::SystemClock;

/// A client that trusts this authority alone.
fn trusting(authority: &CertificateDer<'static>) -> Http {
    let clients = Clients::trusting(Trust::Only(vec![authority.clone()]));
    Http::with_clients(Arc::new(SystemClock), clients)
}

async fn ask(http: &Http, stage: Stage, port: u16) -> Result<Response> {
    let request = http::Request::get(format!("https://localhost:{port}/"))
        .body(Vec::new())
        .unwrap();
    http.send(stage, request, DOCUMENT_LIMIT).await
}

/// What is said of a server with this identity by a client that trusts this authority.
async fn refusal(authority: &Authority, identity: Identity) -> String {
    let server = Server::start(identity).await;
    let error = ask(&trusting(&authority.certificate), Stage::Refresh, server.port)
        .await
        .unwrap_err();
    assert_eq!((error.stage(), error.code()), (Stage::Refresh, Code::Certificate));
    assert!(!error.may_have_been_sent() && error.is_retryable());
    error.problem().detail.clone().unwrap()
}

#[tokio::test]
async fn a_trusted_server_is_asked_over_tls_1_2_and_1_3() {
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let authority = Authority::new("Acme Root");
        let server = Server::with_versions(authority.issue("localhost"), &[version]).await;
        let http = trusting(&authority.certificate);
        for stage in [Stage::Discovery, Stage::Token] {
            assert_eq!(ask(&http, stage, server.port).await.unwrap().body(), b"{}");
        }
    }
}

#[tokio::test]
async fn a_certificate_of_a_stranger_is_told_with_its_issuer() {
    let (ours, theirs) = (Authority::new("Acme Root"), Authority::new("Acme Proxy CA"));
    assert_eq!(
        refusal(&ours, theirs.issue("localhost")).await,
        "the certificate of localhost was issued by \"CN=Acme Proxy CA, O=Acme\", which this computer does not trust"
    );
}

#[tokio::test]
async fn a_certificate_that_vouches_for_itself_is_told_as_that() {
    let ours = Authority::new("Acme Root");
    assert_eq!(
        refusal(&ours, Identity::of_itself("localhost")).await,
        "the certificate of localhost was issued by itself (\"CN=localhost\"), and this computer does not trust it"
    );
}

#[tokio::test]
async fn a_certificate_for_another_host_is_told_with_its_names() {
    let ours = Authority::new("Acme Root");
    assert_eq!(
        refusal(&ours, ours.issue("portal.acme.example")).await,
        "the certificate that came for localhost is for portal.acme.example; it was issued by \"CN=Acme Root, O=Acme\""
    );
}

#[tokio::test]
async fn a_certificate_outside_its_time_is_told_with_its_days() {
    let ours = Authority::new("Acme Root");
    assert_eq!(
        refusal(&ours, ours.issue_for_years("localhost", 2001, 2002)).await,
        "the certificate of localhost has expired: it was valid until 2002-01-01, and by this computer's clock that is over; \
         it was issued by \"CN=Acme Root, O=Acme\""
    );
    assert_eq!(
        refusal(&ours, ours.issue_for_years("localhost", 3000, 3001)).await,
        "the certificate of localhost is not valid yet: it will be from 3000-01-01 on, by this computer's clock; \
         it was issued by \"CN=Acme Root, O=Acme\""
    );
}

#[tokio::test]
async fn an_issuers_name_cannot_deceive() {
    let ours = Authority::new("Acme Root");
    let odd = Authority::new(&format!("a\", trusted\u{202e}\r\n{}", "x".repeat(2000)));
    let said = refusal(&ours, odd.issue("localhost")).await;
    assert!(
        said.starts_with("the certificate of localhost was issued by \"CN=a', trusted xxx"),
        "{said}"
    );
    assert!(
        said.ends_with("…, O=Acme\", which this computer does not trust"),
        "{said}"
    );
    assert!(said.chars().count() <= 300);
}

#[tokio::test]
async fn a_token_request_never_goes_over_a_kept_connection() {
    let authority = Authority::new("Acme Root");
    let server = Server::start(authority.issue("localhost")).await;
    let http = trusting(&authority.certificate);
    for _ in 0..3 {
        ask(&http, Stage::Discovery, server.port).await.unwrap();
    }
    assert_eq!(server.connections(), 1, "documents share a connection");
    for (stage, connections) in [(Stage::Refresh, 2), (Stage::Token, 3), (Stage::Refresh, 4)] {
        ask(&http, stage, server.port).await.unwrap();
        assert_eq!(server.connections(), connections);
    }
    ask(&http, Stage::Userinfo, server.port).await.unwrap();
    assert_eq!(server.connections(), 4, "nor does it leave one behind");
}

#[tokio::test]
async fn nor_does_it_on_this_computer() {
    let server = Server::plain().await;
    let http = crate::testing::http();
    for (stage, connections) in [
        (Stage::Discovery, 1),
        (Stage::Discovery, 1),
        (Stage::Refresh, 2),
        (Stage::Refresh, 3),
    ] {
        let request = http::Request::get(format!("http://127.0.0.1:{}/", server.port))
            .body(Vec::new())
            .unwrap();
        http.send(stage, request, DOCUMENT_LIMIT).await.unwrap();
        assert_eq!(server.connections(), connections);
    }
}

/// The first bytes of a client's request to a server that would take both versions of HTTP.
async fn preface(stage: Stage) -> Vec<u8> {
    let authority = Authority::new("Acme Root");
    let mut settings = authority.issue("localhost").settings(VERSIONS);
    settings.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(settings));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let http = trusting(&authority.certificate);
    let listening = async {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = acceptor.accept(stream).await.unwrap();
        let mut bytes = vec![0; 14];
        stream.read_exact(&mut bytes).await.unwrap();
        bytes
    };
    tokio::select! {
        answer = ask(&http, stage, port) => panic!("{answer:?}"),
        bytes = listening => bytes,
    }
}

#[tokio::test]
async fn documents_come_over_http_2_and_tokens_over_http_1_1() {
    assert_eq!(preface(Stage::Discovery).await, b"PRI * HTTP/2.0");
    assert_eq!(preface(Stage::Token).await, b"GET / HTTP/1.1");
}

/// The first bytes a client sends to a server that never answers.
async fn hello(stage: Stage) -> Vec<u8> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let http = trusting(&Authority::new("Acme Root").certificate);
    let listening = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut bytes = vec![0; 5];
        stream.read_exact(&mut bytes).await.unwrap();
        let mut record = vec![0; usize::from(u16::from_be_bytes([bytes[3], bytes[4]]))];
        stream.read_exact(&mut record).await.unwrap();
        record
    };
    tokio::select! {
        answer = ask(&http, stage, port) => panic!("{answer:?}"),
        record = listening => record,
    }
}

#[tokio::test]
async fn only_tls_1_3_and_1_2_are_offered() {
    let holds = |record: &[u8], bytes: &[u8]| record.windows(bytes.len()).any(|window| window == bytes);
    let document = hello(Stage::Discovery).await;
    // supported_versions (RFC 8446, section 4.2.1): extension 43, 5 bytes, of which 4 are versions: 3.4 and 3.3.
    assert!(holds(&document, &[0, 43, 0, 5, 4, 3, 4, 3, 3]));
    assert!(holds(&document, b"\x02h2\x08http/1.1"));
    let token = hello(Stage::Refresh).await;
    assert!(holds(&token, b"\x08http/1.1") && !holds(&token, b"\x02h2"));
}

#[tokio::test]
async fn a_handshake_that_fails_for_something_else_has_sent_nothing() {
    let http = trusting(&Authority::new("Acme Root").certificate);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let talking = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        stream.writable().await.unwrap();
        stream.try_write(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        drop(stream); // cut
    });
    for _ in 0..2 {
        let error = ask(&http, Stage::Refresh, port).await.unwrap_err();
        assert_eq!(error.code(), Code::Offline, "{error}");
        assert!(!error.may_have_been_sent());
    }
    talking.await.unwrap();
}

#[tokio::test]
async fn a_handshake_without_an_end_has_sent_nothing() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let http = trusting(&Authority::new("Acme Root").certificate);
    let asking = ask(&http, Stage::Refresh, port);
    tokio::pin!(asking);
    // Once the connection is there, only the limit is waited for: then the clock may run.
    let held = tokio::select! {
        answer = &mut asking => panic!("{answer:?}"),
        held = listener.accept() => held.unwrap(),
    };
    tokio::time::pause();
    let error = asking.await.unwrap_err();
    assert_eq!(error.code(), Code::Offline, "{error}");
    assert!(!error.may_have_been_sent());
    drop(held);
}
