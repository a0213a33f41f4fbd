//! Serves the loopback port: bounded in connections, time and size, whoever connects.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::request::{self, Refusal, Request};
use super::{Arrival, Limits, Verdict, page};
use crate::secret::{SecretUrl, random_text};

/// Where the page of a callback is: this, and a random name.
pub(super) const DONE: &str = "/done/";
/// Connections served at once; further ones wait in the operating system's queue.
const CONNECTIONS: usize = 16;
/// Pages remembered at once; the oldest give way.
const PAGES: usize = 16;
/// What is still read of a refused request, so that its sender gets to see the answer.
const DRAIN_LIMIT: u64 = 64 * 1024;
/// Before the next try when the operating system has no connection to give (too many open files).
const PAUSE: Duration = Duration::from_millis(100);

/// What the connections share.
struct Shared {
    authority: String,
    arrivals: mpsc::Sender<Arrival>,
    limits: Limits,
    pages: Mutex<VecDeque<Page>>,
    /// A page was fetched.
    fetched: Notify,
}

/// A page that a callback was sent on to.
struct Page {
    name: String,
    verdict: watch::Receiver<Option<Verdict>>,
    fetched: bool,
}

/// Accepts connections until the [`Loopback`](super::Loopback) is dropped and no page is due any more.
pub(super) async fn serve(
    listener: TcpListener,
    authority: String,
    arrivals: mpsc::Sender<Arrival>,
    limits: Limits,
) {
    let pages = Mutex::new(VecDeque::new());
    let shared = Arc::new(Shared {
        authority,
        arrivals,
        limits,
        pages,
        fetched: Notify::new(),
    });
    let slots = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    let mut closing: Option<Instant> = None;
    while closing.is_none() || shared.owes_a_page() {
        tokio::select! {
            () = shared.arrivals.closed(), if closing.is_none() => closing = Some(Instant::now() + limits.grace),
            () = sleep_until(closing.unwrap_or_else(Instant::now)), if closing.is_some() => return,
            () = shared.fetched.notified() => {}
            Some(_) = connections.join_next() => {}
            accepted = accept(&listener, &slots) => {
                let shared = shared.clone();
                connections.spawn(async move {
                    let (stream, _slot) = accepted;
                    answer(stream, &shared).await;
                });
            }
        }
    }
}

/// The next connection, once there is a free slot for it.
async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> (TcpStream, Option<tokio::sync::OwnedSemaphorePermit>) {
    // The semaphore is never closed, so there is always a permit.
    let slot = slots.clone().acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return (stream, slot),
            Err(_) => sleep(PAUSE).await,
        }
    }
}

async fn answer(mut stream: TcpStream, shared: &Shared) {
    let limit = shared.limits.connection;
    let Ok(Some(request)) = timeout(limit, request::read(&mut stream, &shared.authority)).await else {
        return;
    };
    let (response, page) = match request {
        Request::Callback(query) => (shared.callback(&query), None),
        Request::Done(name) => match shared.page(&name).await {
            Some(html) => (
                respond("200 OK", "text/html; charset=utf-8", "", &html),
                Some(name),
            ),
            None => (refuse(Refusal::NotFound), None),
        },
        Request::Refused(refusal) => (refuse(refusal), None),
    };
    let _ = timeout(limit, deliver(&mut stream, response.as_bytes())).await;
    if let Some(name) = page {
        shared.mark_fetched(&name);
    }
}

/// Writes the answer and waits for the other side to close: closing with input unread would take the answer back.
async fn deliver(stream: &mut TcpStream, response: &[u8]) -> std::io::Result<()> {
    stream.write_all(response).await?;
    stream.shutdown().await?;
    tokio::io::copy(&mut stream.take(DRAIN_LIMIT), &mut tokio::io::sink()).await?;
    Ok(())
}

impl Shared {
    /// Passes the callback on and sends the browser to its page: the code leaves the address bar and never gets into the
    /// browser's history.
    fn callback(&self, query: &str) -> String {
        let Ok(name) = random_text() else {
            return refuse(Refusal::NotFound);
        };
        let url = SecretUrl::new(format!("http://{}{}{query}", self.authority, super::CALLBACK));
        let (arrival, verdict) = Arrival::new(url);
        let location = format!("Location: {DONE}{name}\r\n");
        {
            let mut pages = self.lock();
            if pages.len() == PAGES {
                pages.pop_front();
            }
            pages.push_back(Page {
                name,
                verdict,
                fetched: false,
            });
        }
        // A queue that is full or closed drops the arrival, and its page says that nobody is waiting.
        let _ = self.arrivals.try_send(arrival);
        respond("303 See Other", "text/plain; charset=utf-8", &location, "")
    }

    /// The page of this name, when the verdict is there or the wait for it is over.
    async fn page(&self, name: &str) -> Option<String> {
        let mut receiver = self.lock().iter().find(|page| page.name == name)?.verdict.clone();
        let verdict = match timeout(self.limits.verdict, receiver.wait_for(Option::is_some)).await {
            Ok(Ok(verdict)) => *verdict,
            Ok(Err(_)) => Some(Verdict::NotWaiting),
            Err(_) => None,
        };
        Some(page::html(verdict))
    }

    fn mark_fetched(&self, name: &str) {
        if let Some(page) = self.lock().iter_mut().find(|page| page.name == name) {
            page.fetched = true;
        }
        self.fetched.notify_one();
    }

    fn owes_a_page(&self) -> bool {
        self.lock().iter().any(|page| !page.fetched)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Page>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn refuse(refusal: Refusal) -> String {
    let allow = if refusal == Refusal::Method {
        "Allow: GET\r\n"
    } else {
        ""
    };
    respond(
        refusal.status(),
        "text/plain; charset=utf-8",
        allow,
        "There is nothing here.\n",
    )
}

fn respond(status: &str, content_type: &str, fields: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n{fields}\
         Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nContent-Security-Policy: {policy}\r\n\
         X-Content-Type-Options: nosniff\r\nCross-Origin-Opener-Policy: same-origin\r\n\
         Cross-Origin-Resource-Policy: same-origin\r\nConnection: close\r\n\r\n{body}",
        length = body.len(),
        policy = page::policy(),
    )
}
