//! Tests of the system's proxy and of the platform's trust, as the environment names them: read once a process, so each test asks
//! from a process of its own. What macOS and Windows keep in their settings is not tested here.

use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::tls_double::{Authority, Server};
use super::*;

/// A name that only the proxy knows a way to.
const ADDRESS: &str = "https://id.acme.example/";

/// A proxy that knows one server (RFC 9110, section 9.3.6) and notes what it was asked for.
struct Proxy {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Proxy {
    /// One that leads to this port, or refuses (`None`).
    async fn start(server: Option<u16>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let noted = asked.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(lead(stream, server, noted.clone()));
            }
        });
        Self { port, asked, task }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn lead(mut stream: TcpStream, server: Option<u16>, noted: Arc<Mutex<Vec<String>>>) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read_buf(&mut head).await.ok()? == 0 {
            return None;
        }
    }
    let first = String::from_utf8(head).ok()?.lines().next()?.to_owned();
    noted.lock().unwrap().push(first);
    let Some(server) = server else {
        let refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n";
        return stream.write_all(refusal).await.ok();
    };
    let mut there = TcpStream::connect(("127.0.0.1", server)).await.ok()?;
    stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.ok()?;
    tokio::io::copy_bidirectional(&mut stream, &mut there)
        .await
        .ok()?;
    Some(())
}

/// Not a test: what the tests below let another process do.
#[tokio::test]
#[ignore = "asked by the tests of the proxy, in a process of its own"]
async fn asking_from_a_process_of_its_own() {
    let http = crate::testing::http();
    for stage in [Stage::Discovery, Stage::Refresh] {
        let request = http::Request::get(ADDRESS).body(Vec::new()).unwrap();
        match http.send(stage, request, DOCUMENT_LIMIT).await {
            Ok(answer) => println!("outcome: {}", answer.status()),
            Err(error) => {
                let sent = error.may_have_been_sent();
                println!("outcome: {} sent {sent}: {error}", error.code().as_str());
            }
        }
    }
}

/// The outcomes of asking, pooled and as a token request, with this environment and no other.
async fn outcomes(environment: Vec<(&'static str, String)>) -> Vec<String> {
    let run = move || {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--ignored", "--nocapture"])
            .arg("http::proxy_tests::asking_from_a_process_of_its_own")
            .env_clear()
            .envs(environment)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    };
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let outcomes: Vec<_> = said
        .lines()
        .filter_map(|line| Some(line.split_once("outcome: ")?.1.to_owned()))
        .collect();
    assert_eq!(outcomes.len(), 2, "{said}");
    outcomes
}

/// A file with this authority alone, for `SSL_CERT_FILE`.
fn trusted(directory: &tempfile::TempDir, authority: &Authority) -> (&'static str, String) {
    let text = base64::engine::general_purpose::STANDARD.encode(&authority.certificate);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    let path = directory.path().join("authorities.pem");
    let pem = format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        lines.join("\n")
    );
    std::fs::write(&path, pem).unwrap();
    ("SSL_CERT_FILE", path.into_os_string().into_string().unwrap())
}

#[tokio::test]
async fn the_systems_proxy_and_the_platforms_trust_are_used() {
    let authority = Authority::new("Acme Root");
    let server = Server::start(authority.issue("id.acme.example")).await;
    let proxy = Proxy::start(Some(server.port)).await;
    let directory = tempfile::tempdir().unwrap();
    let outcomes = outcomes(vec![
        ("HTTPS_PROXY", format!("http://127.0.0.1:{}", proxy.port)),
        trusted(&directory, &authority),
    ])
    .await;
    assert_eq!(outcomes, ["200 OK", "200 OK"]);
    assert_eq!(
        proxy.asked(),
        [
            "CONNECT id.acme.example:443 HTTP/1.1",
            "CONNECT id.acme.example:443 HTTP/1.1"
        ],
        "the request for a token has a tunnel of its own"
    );
}

#[tokio::test]
async fn hosts_of_no_proxy_are_asked_directly() {
    let authority = Authority::new("Acme Root");
    let proxy = Proxy::start(None).await;
    let directory = tempfile::tempdir().unwrap();
    let outcomes = outcomes(vec![
        ("ALL_PROXY", format!("http://127.0.0.1:{}", proxy.port)),
        ("NO_PROXY", "localhost,.acme.example".to_owned()),
        trusted(&directory, &authority),
    ])
    .await;
    assert!(
        outcomes.iter().all(|outcome| outcome.contains(" sent false: ")),
        "{outcomes:?}"
    );
    assert_eq!(proxy.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn a_proxy_that_opens_connections_is_named_by_its_authority() {
    let (ours, theirs) = (Authority::new("Acme Root"), Authority::new("Acme Proxy CA"));
    let server = Server::start(theirs.issue("id.acme.example")).await;
    let proxy = Proxy::start(Some(server.port)).await;
    let directory = tempfile::tempdir().unwrap();
    let outcomes = outcomes(vec![
        ("HTTPS_PROXY", format!("http://127.0.0.1:{}", proxy.port)),
        trusted(&directory, &ours),
    ])
    .await;
    for outcome in outcomes {
        assert_eq!(
            outcome,
            "certificate sent false: the certificate of id.acme.example was issued by \"CN=Acme Proxy CA, O=Acme\", \
             which this computer does not trust"
        );
    }
}

#[tokio::test]
async fn a_proxy_that_refuses_is_like_being_offline() {
    let authority = Authority::new("Acme Root");
    let proxy = Proxy::start(None).await;
    let directory = tempfile::tempdir().unwrap();
    let outcomes = outcomes(vec![
        ("HTTPS_PROXY", format!("http://127.0.0.1:{}", proxy.port)),
        trusted(&directory, &authority),
    ])
    .await;
    for outcome in outcomes {
        assert!(outcome.starts_with("offline sent false: "), "{outcome}");
    }
    assert_eq!(proxy.asked().len(), 2);
}

#[tokio::test]
async fn a_computer_that_trusts_nobody_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let nobody = directory.path().join("missing.pem").into_os_string();
    let outcomes = outcomes(vec![("SSL_CERT_FILE", nobody.into_string().unwrap())]).await;
    for outcome in outcomes {
        assert!(
            outcome.starts_with("certificate sent false: nobody to trust was found"),
            "{outcome}"
        );
    }
}
