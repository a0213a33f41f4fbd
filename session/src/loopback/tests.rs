//! The listener over real sockets: a browser, strangers, and the end.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::places::CONNECTIONS;
use super::server::PAGES;
use super::{LIMITS, Limits, Loopback, Verdict};

/// `127.0.0.1:PORT`.
pub(super) fn authority(loopback: &Loopback) -> String {
    loopback
        .redirect_uri()
        .trim_start_matches("http://")
        .trim_end_matches("/callback")
        .to_owned()
}

/// Sends raw text and gives the whole answer.
pub(super) async fn send(authority: &str, text: &str) -> String {
    let mut stream = TcpStream::connect(authority).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

pub(super) async fn get(authority: &str, target: &str) -> String {
    send(
        authority,
        &format!("GET {target} HTTP/1.1\r\nHost: {authority}\r\n\r\n"),
    )
    .await
}

/// Where a 303 leads to.
pub(super) fn location(answer: &str) -> &str {
    assert!(answer.starts_with("HTTP/1.1 303 "), "{answer}");
    answer
        .lines()
        .find_map(|line| line.strip_prefix("Location: "))
        .unwrap()
}

pub(super) async fn with_limits(limits: Limits) -> Loopback {
    Loopback::on(TcpListener::bind("127.0.0.1:0").await.unwrap(), limits).unwrap()
}

/// Waits until the port is closed.
async fn closed(authority: &str) {
    while let Ok(mut stream) = TcpStream::connect(authority).await {
        let _ = stream.read(&mut [0]).await;
    }
}

#[tokio::test]
async fn a_callback_arrives_whole_and_its_page_has_another_address() {
    let mut loopback = Loopback::bind().await.unwrap();
    let authority = authority(&loopback);
    assert!(loopback.redirect_uri().starts_with("http://127.0.0.1:"));
    let answer = get(&authority, "/callback?code=s3cret&state=x%20y").await;
    assert!(!answer.contains("s3cret"));
    let arrival = loopback.next().await;
    assert_eq!(
        arrival.url().secret(),
        format!("http://{authority}/callback?code=s3cret&state=x%20y")
    );
    arrival.answer(Verdict::Finished);
    let page = get(&authority, location(&answer)).await;
    assert!(
        page.starts_with("HTTP/1.1 200 OK\r\n")
            && page.contains("You can close this tab and go back to the app")
    );
    for field in [
        "Content-Security-Policy: default-src 'none'; style-src 'sha256-",
        "Referrer-Policy: no-referrer",
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
    ] {
        assert!(page.contains(field) && answer.contains(field), "{field}");
    }
}

#[tokio::test]
async fn the_page_waits_for_the_verdict_and_says_it() {
    for (verdict, words) in [
        (Verdict::Finished, "close this tab"),
        (Verdict::Declined, "was declined"),
        (Verdict::NotWaiting, "no longer waiting"),
        (Verdict::Failed, "did not work"),
    ] {
        let mut loopback = Loopback::bind().await.unwrap();
        let authority = authority(&loopback);
        let answer = get(&authority, "/callback?state=a").await;
        let (page, ()) = tokio::join!(get(&authority, location(&answer)), async {
            loopback.next().await.answer(verdict);
        });
        assert!(page.contains(words), "{page}");
    }
}

#[tokio::test]
async fn an_arrival_nobody_answers_is_not_waited_for() {
    let mut loopback = Loopback::bind().await.unwrap();
    let authority = authority(&loopback);
    let answer = get(&authority, "/callback?state=a").await;
    drop(loopback.next().await);
    assert!(
        get(&authority, location(&answer))
            .await
            .contains("no longer waiting")
    );

    let mut loopback = with_limits(Limits {
        verdict: Duration::from_millis(10),
        ..LIMITS
    })
    .await;
    let authority = self::authority(&loopback);
    let answer = get(&authority, "/callback?state=a").await;
    let _unanswered = loopback.next().await;
    assert!(
        get(&authority, location(&answer))
            .await
            .contains("finishing the sign-in")
    );
}

#[tokio::test]
async fn strangers_are_answered_and_change_nothing() {
    let mut loopback = Loopback::bind().await.unwrap();
    let authority = authority(&loopback);
    for (request, status) in [
        (
            format!("GET /favicon.ico HTTP/1.1\r\nHost: {authority}\r\n\r\n"),
            "404",
        ),
        (
            format!("GET /done/guess HTTP/1.1\r\nHost: {authority}\r\n\r\n"),
            "404",
        ),
        (
            "GET /callback?code=a HTTP/1.1\r\nHost: rebound.example\r\n\r\n".to_owned(),
            "421",
        ),
        (
            format!("POST /callback HTTP/1.1\r\nHost: {authority}\r\nContent-Length: 3\r\n\r\na=b"),
            "405",
        ),
        (
            format!("HEAD /callback HTTP/1.1\r\nHost: {authority}\r\n\r\n"),
            "405",
        ),
        (
            format!(
                "GET / HTTP/1.1\r\nHost: {authority}\r\nA: {}\r\n\r\n",
                "b".repeat(40_000)
            ),
            "431",
        ),
        ("nonsense\r\n\r\n".to_owned(), "400"),
    ] {
        let answer = send(&authority, &request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
    }
    drop(TcpStream::connect(&authority).await.unwrap());
    get(&authority, "/callback?state=foreign").await;
    loopback.next().await.answer(Verdict::NotWaiting);
    get(&authority, "/callback?state=ours").await;
    assert!(loopback.next().await.url().secret().ends_with("?state=ours"));
}

#[tokio::test]
async fn a_silent_connection_is_closed_after_its_time() {
    let loopback = with_limits(Limits {
        connection: Duration::from_millis(100),
        ..LIMITS
    })
    .await;
    let mut silent = TcpStream::connect(authority(&loopback)).await.unwrap();
    assert_eq!(
        silent.read(&mut [0]).await.unwrap_or(0),
        0,
        "closed without an answer"
    );
}

#[tokio::test]
async fn silent_connections_do_not_keep_the_callback_out() {
    // Their own time would not be over within this test.
    let mut loopback = with_limits(Limits {
        connection: Duration::from_secs(3600),
        ..LIMITS
    })
    .await;
    let authority = authority(&loopback);
    let mut silent = Vec::new();
    for n in 0..CONNECTIONS + 24 {
        let mut stream = TcpStream::connect(&authority).await.unwrap();
        if n % 2 == 0 {
            stream.write_all(b"GET /callback?code=").await.unwrap();
        }
        silent.push(stream);
    }
    let answer = tokio::time::timeout(Duration::from_secs(30), get(&authority, "/callback?state=a"))
        .await
        .expect("the callback is kept out");
    location(&answer);
    loopback.next().await.answer(Verdict::Finished);
    // The oldest gave way, the youngest is still served.
    assert_eq!(silent[0].read(&mut [0]).await.unwrap_or(0), 0);
    let youngest = silent.last_mut().unwrap();
    youngest.write_all(b"nonsense\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    let reading = youngest.read_to_string(&mut answer);
    tokio::time::timeout(Duration::from_secs(30), reading)
        .await
        .unwrap()
        .unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
}

#[tokio::test]
async fn connections_that_are_being_answered_keep_their_place() {
    let mut loopback = Loopback::bind().await.unwrap();
    let authority = authority(&loopback);
    let answer = get(&authority, "/callback?state=a").await;
    let mut readers = Vec::new();
    for _ in 0..CONNECTIONS {
        let (authority, target) = (authority.clone(), location(&answer).to_owned());
        readers.push(tokio::spawn(async move { get(&authority, &target).await }));
    }
    let arrival = loopback.next().await;
    let further = tokio::spawn(async move { get(&authority, "/favicon.ico").await });
    tokio::task::yield_now().await;
    arrival.answer(Verdict::Finished);
    for reader in readers {
        assert!(reader.await.unwrap().contains("close this tab"));
    }
    assert!(further.await.unwrap().starts_with("HTTP/1.1 404 "));
}

#[tokio::test]
async fn a_flood_of_callbacks_is_bounded() {
    let loopback = with_limits(Limits {
        connection: Duration::from_millis(20),
        ..LIMITS
    })
    .await;
    let authority = authority(&loopback);
    let mut answers = Vec::new();
    for n in 0..super::QUEUE + PAGES + 16 {
        answers.push(get(&authority, &format!("/callback?n={n}")).await);
    }
    assert_eq!(loopback.arrivals.len(), super::QUEUE);
    // The first that found no place in the queue has had to give its page up, too.
    let dropped = get(&authority, location(&answers[super::QUEUE])).await;
    assert!(dropped.starts_with("HTTP/1.1 404"), "{dropped}");
    let latest = get(&authority, location(answers.last().unwrap())).await;
    assert!(latest.contains("no longer waiting"), "{latest}");
}

#[tokio::test]
async fn dropping_it_closes_the_port_at_once_when_no_page_is_due() {
    let loopback = Loopback::bind().await.unwrap();
    let authority = authority(&loopback);
    drop(loopback);
    closed(&authority).await;
}

#[tokio::test]
async fn a_page_that_is_due_can_still_be_fetched_then_the_port_closes() {
    let mut loopback = Loopback::bind().await.unwrap();
    let authority = authority(&loopback);
    let answer = get(&authority, "/callback?state=a").await;
    loopback.next().await.answer(Verdict::Finished);
    drop(loopback);
    assert!(
        get(&authority, location(&answer))
            .await
            .contains("go back to the app")
    );
    closed(&authority).await;
}

#[tokio::test]
async fn a_page_nobody_fetches_keeps_the_port_open_only_for_a_while() {
    let mut loopback = with_limits(Limits {
        grace: Duration::from_millis(100),
        ..LIMITS
    })
    .await;
    let authority = authority(&loopback);
    get(&authority, "/callback?state=a").await;
    loopback.next().await.answer(Verdict::Finished);
    drop(loopback);
    closed(&authority).await;
}

#[tokio::test]
async fn the_page_of_a_stranger_does_not_keep_the_port_open() {
    // So long that only the right reason can close the port.
    let limits = Limits {
        grace: Duration::from_secs(3600),
        ..LIMITS
    };
    let port_closes = async |authority: &str| {
        tokio::time::timeout(Duration::from_secs(30), closed(authority))
            .await
            .expect("the port stays open");
    };
    // Judged before the end.
    let mut loopback = with_limits(limits).await;
    let authority = self::authority(&loopback);
    get(&authority, "/callback?x=1").await;
    loopback.next().await.answer(Verdict::NotWaiting);
    drop(loopback);
    port_closes(&authority).await;
    // Never judged.
    let loopback = with_limits(limits).await;
    let authority = self::authority(&loopback);
    get(&authority, "/callback?x=1").await;
    drop(loopback);
    port_closes(&authority).await;
    // Judged after the end.
    let mut loopback = with_limits(limits).await;
    let authority = self::authority(&loopback);
    get(&authority, "/callback?x=1").await;
    get(&authority, "/callback?x=2").await;
    let (first, second) = (loopback.next().await, loopback.next().await);
    drop(loopback);
    drop(second);
    // No connection of the test wakes the listener: by now it waits for the verdict alone.
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(TcpListener::bind(&authority).await.is_err());
    first.answer(Verdict::NotWaiting);
    tokio::time::timeout(Duration::from_secs(30), async {
        while TcpListener::bind(&authority).await.is_err() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .expect("the port stays open");
}

#[tokio::test]
async fn a_page_whose_verdict_is_not_there_yet_is_due() {
    let mut loopback = Loopback::bind().await.unwrap();
    let authority = authority(&loopback);
    get(&authority, "/callback?x=1").await;
    loopback.next().await.answer(Verdict::NotWaiting);
    let answer = get(&authority, "/callback?state=a").await;
    let arrival = loopback.next().await;
    drop(loopback);
    let (page, ()) = tokio::join!(get(&authority, location(&answer)), async {
        arrival.answer(Verdict::Finished);
    });
    assert!(page.contains("close this tab"), "{page}");
    closed(&authority).await;
}

#[tokio::test]
async fn the_other_loopback_address() {
    let Ok(listener) = TcpListener::bind("[::1]:0").await else {
        return;
    };
    let mut loopback = Loopback::on(listener, LIMITS).unwrap();
    let authority = authority(&loopback);
    assert!(loopback.redirect_uri().starts_with("http://[::1]:"));
    get(&authority, "/callback?state=a").await;
    assert_eq!(
        loopback.next().await.url().secret(),
        format!("http://{authority}/callback?state=a")
    );
}
