//! Who else talks to the listener: those who never finish, floods, other sites, other computers.

use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::places::CONNECTIONS;
use super::tests::{authority, get, location, send, with_limits};
use super::{LIMITS, Limits, Loopback, QUEUE, Verdict};

#[tokio::test]
async fn who_never_closes_does_not_keep_the_callback_out() {
    // Their own time would not be over within this test.
    let mut loopback = with_limits(Limits {
        connection: Duration::from_secs(3600),
        ..LIMITS
    })
    .await;
    let authority = authority(&loopback);
    let mut open = Vec::new();
    for _ in 0..CONNECTIONS + 24 {
        let mut stream = TcpStream::connect(&authority).await.unwrap();
        let request = format!("GET / HTTP/1.1\r\nHost: {authority}\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        open.push(stream);
    }
    let answer = tokio::time::timeout(Duration::from_secs(30), get(&authority, "/callback?state=a"))
        .await
        .expect("the callback is kept out");
    location(&answer);
    loopback.next().await.answer(Verdict::Finished);
}

#[tokio::test]
async fn who_sends_byte_by_byte_does_not_keep_the_callback_out() {
    let mut loopback = with_limits(Limits {
        connection: Duration::from_secs(3600),
        ..LIMITS
    })
    .await;
    let authority = authority(&loopback);
    let mut slow = tokio::task::JoinSet::new();
    for _ in 0..CONNECTIONS + 24 {
        let authority = authority.clone();
        slow.spawn(async move {
            let mut stream = TcpStream::connect(&authority).await.unwrap();
            while stream.write_all(b"G").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
    }
    let answer = tokio::time::timeout(Duration::from_secs(30), get(&authority, "/callback?state=a"))
        .await
        .expect("the callback is kept out");
    location(&answer);
    loopback.next().await.answer(Verdict::Finished);
}

/// Everything is sent before the listener gets a moment to read any of it, and no connection has a place for sure.
#[tokio::test]
async fn a_request_that_has_arrived_is_served_however_late_it_is_read() {
    use std::io::{Read as _, Write as _};
    let mut loopback = with_limits(Limits {
        connection: Duration::from_secs(3600),
        patience: Duration::ZERO,
        ..LIMITS
    })
    .await;
    let authority = authority(&loopback);
    let mut ours = std::net::TcpStream::connect(&authority).unwrap();
    let request = format!("GET /callback?state=ours HTTP/1.1\r\nHost: {authority}\r\n\r\n");
    ours.write_all(request.as_bytes()).unwrap();
    let silent: Vec<_> = (0..2 * CONNECTIONS)
        .map(|_| std::net::TcpStream::connect(&authority).unwrap())
        .collect();
    let arrival = tokio::time::timeout(Duration::from_secs(30), loopback.next())
        .await
        .expect("what was sent is lost");
    assert!(arrival.url().secret().ends_with("state=ours"));
    arrival.answer(Verdict::Finished);
    let answer = tokio::task::spawn_blocking(move || {
        let mut answer = String::new();
        ours.read_to_string(&mut answer).map(|_| answer)
    });
    location(&answer.await.unwrap().unwrap());
    drop(silent);
}

#[tokio::test]
async fn a_flood_crowds_out_neither_the_answer_that_counts_nor_its_page() {
    let mut loopback = Loopback::bind().await.unwrap();
    let authority = authority(&loopback);
    let flood = |count: usize| {
        let authority = authority.clone();
        tokio::spawn(async move {
            let mut strangers = tokio::task::JoinSet::new();
            for n in 0..count {
                let authority = authority.clone();
                strangers.spawn(async move { get(&authority, &format!("/callback?n={n}")).await });
            }
            strangers.join_all().await;
        })
    };
    let before = flood(200);
    let ours = tokio::spawn({
        let authority = authority.clone();
        async move { get(&authority, "/callback?state=ours").await }
    });
    let arrival = loop {
        let arrival = loopback.next().await;
        if arrival.url().secret().ends_with("state=ours") {
            break arrival;
        }
        arrival.answer(Verdict::NotWaiting);
    };
    let answer = ours.await.unwrap();
    let after = flood(200);
    let judge = tokio::spawn(async move {
        loop {
            loopback.next().await.answer(Verdict::NotWaiting);
        }
    });
    before.await.unwrap();
    after.await.unwrap();
    arrival.answer(Verdict::Finished);
    let page = get(&authority, location(&answer)).await;
    assert!(page.contains("You’re signed in"), "{page}");
    judge.abort();
}

#[tokio::test]
async fn an_answer_that_finds_the_queue_full_waits_for_its_turn() {
    let mut loopback = Loopback::bind().await.unwrap();
    let authority = authority(&loopback);
    for n in 0..QUEUE {
        get(&authority, &format!("/callback?n={n}")).await;
    }
    assert_eq!(loopback.arrivals.len(), QUEUE);
    let ours = tokio::spawn(async move { get(&authority, "/callback?state=ours").await });
    // Long enough to be turned away, if it were.
    tokio::time::sleep(Duration::from_millis(300)).await;
    for _ in 0..QUEUE {
        loopback.next().await.answer(Verdict::NotWaiting);
    }
    let arrival = tokio::time::timeout(Duration::from_secs(30), loopback.next())
        .await
        .expect("the answer was turned away");
    assert!(arrival.url().secret().ends_with("state=ours"));
    location(&ours.await.unwrap());
}

#[tokio::test]
async fn one_connection_asks_once() {
    let mut loopback = Loopback::bind().await.unwrap();
    let authority = authority(&loopback);
    let request = |query: &str| format!("GET /callback?{query} HTTP/1.1\r\nHost: {authority}\r\n\r\n");
    let both = request("state=a") + &request("state=b");
    let answer = send(&authority, &both).await;
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
    assert!(answer.contains("Connection: close\r\n"));
    assert!(loopback.next().await.url().secret().ends_with("?state=a"));
    assert!(loopback.arrivals.try_recv().is_err());
}

#[tokio::test]
async fn another_site_may_ask_but_not_read() {
    let loopback = Loopback::bind().await.unwrap();
    let authority = authority(&loopback);
    let origin = "Origin: https://evil.example\r\n";
    for request in [
        format!("GET /callback?state=x HTTP/1.1\r\nHost: {authority}\r\n{origin}\r\n"),
        format!("OPTIONS /callback?state=x HTTP/1.1\r\nHost: {authority}\r\n{origin}\r\n"),
        format!("GET /favicon.ico HTTP/1.1\r\nHost: {authority}\r\n\r\n"),
    ] {
        let answer = send(&authority, &request).await;
        assert!(
            !answer.to_ascii_lowercase().contains("access-control-"),
            "{answer}"
        );
        for field in [
            "Cross-Origin-Resource-Policy: same-origin",
            "Cross-Origin-Opener-Policy: same-origin",
            "frame-ancestors 'none'",
            "Cache-Control: no-store",
            "Referrer-Policy: no-referrer",
            "X-Content-Type-Options: nosniff",
        ] {
            assert!(answer.contains(field), "{field}: {answer}");
        }
        // Nothing of a request comes back in its answer.
        assert!(
            !answer.contains("evil") && !answer.contains("state=x"),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn it_listens_on_this_computer_only() {
    let loopback = Loopback::bind().await.unwrap();
    let port: u16 = authority(&loopback).rsplit_once(':').unwrap().1.parse().unwrap();
    let addresses = ["127.0.0.2".parse().unwrap(), outward_address()];
    for address in addresses.into_iter().filter(|address| address != "127.0.0.1") {
        let reached = TcpStream::connect((address.as_str(), port)).await;
        assert!(reached.is_err(), "{address}");
    }
}

/// This computer's address as others know it. Nothing is sent.
fn outward_address() -> String {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").unwrap();
    match socket.connect("192.0.2.1:9") {
        Ok(()) => socket.local_addr().unwrap().ip().to_string(),
        Err(_) => "127.0.0.2".to_owned(),
    }
}
