//! Serves the loopback port: bounded in connections, time and size, whoever connects.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::request::{self, Refusal, Request};
use super::{Arrival, Limits, Verdict, page};
use crate::secret::{SecretUrl, random_text};

/// Where the page of a callback is: this, and a random name.
pub(super) const DONE: &str = "/done/";
/// Connections served at once. A further one takes the place of the oldest that has not asked anything yet, or waits.
const CONNECTIONS: usize = 16;
/// Pages remembered at once; the oldest give way.
const PAGES: usize = 16;
/// How long a connection has its place for sure: a request that was sent at once is read in that time.
const PATIENCE: Duration = Duration::from_millis(100);
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
    let mut connections = Connections::default();
    let mut next = None;
    let mut closing: Option<Instant> = None;
    while closing.is_none() || shared.owes_a_page() {
        if let Some(stream) = next.take() {
            next = connections.serve(stream, &shared).await;
        }
        tokio::select! {
            () = shared.arrivals.closed(), if closing.is_none() => closing = Some(Instant::now() + limits.grace),
            () = sleep_until(closing.unwrap_or_else(Instant::now)), if closing.is_some() => return,
            () = shared.fetched.notified() => {}
            () = shared.decided(), if closing.is_some() => {}
            Some(_) = connections.tasks.join_next() => {}
            () = patience_ends(&connections.silent), if next.is_some() => {}
            stream = accept(&listener), if next.is_none() => next = Some(stream),
        }
    }
}

async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(_) => sleep(PAUSE).await,
        }
    }
}

/// The connections that are served.
#[derive(Default)]
struct Connections {
    tasks: JoinSet<()>,
    /// Those whose request has not come yet, the oldest first.
    silent: VecDeque<Silent>,
}

/// A connection whose request has not come yet.
struct Silent {
    /// Set once: by the connection when it has its request, or by whoever takes its place.
    settled: Arc<AtomicBool>,
    task: AbortHandle,
    /// From when on it may have to give way.
    until: Instant,
}

impl Silent {
    fn is_silent(&self) -> bool {
        !self.settled.load(Ordering::Relaxed) && !self.task.is_finished()
    }
}

impl Connections {
    /// Serves the connection, or gives it back while all places are taken by connections that are new or being answered. Idle
    /// ones (a browser's in reserve, a port scanner's) do not keep the callback out.
    async fn serve(&mut self, stream: TcpStream, shared: &Arc<Shared>) -> Option<TcpStream> {
        while self.tasks.try_join_next().is_some() {}
        if self.tasks.len() >= CONNECTIONS {
            if !self.drop_oldest_silent() {
                return Some(stream);
            }
            // Ends soon: one was told to.
            self.tasks.join_next().await;
        }
        let settled = Arc::new(AtomicBool::new(false));
        let task = self.tasks.spawn({
            let (shared, settled) = (shared.clone(), settled.clone());
            async move { answer(stream, &shared, &settled).await }
        });
        self.silent.retain(Silent::is_silent);
        let until = Instant::now() + PATIENCE;
        self.silent.push_back(Silent { settled, task, until });
        None
    }

    /// Whether there was one that has to give way.
    fn drop_oldest_silent(&mut self) -> bool {
        self.silent.retain(Silent::is_silent);
        match self.silent.front() {
            Some(oldest)
                if oldest.until <= Instant::now() && !oldest.settled.swap(true, Ordering::Relaxed) =>
            {
                oldest.task.abort();
                true
            }
            Some(_) | None => false,
        }
    }
}

/// Waits until the oldest silent one may have to give way. For ever, when there is none.
async fn patience_ends(silent: &VecDeque<Silent>) {
    match silent.iter().find(|silent| silent.is_silent()) {
        Some(oldest) => sleep_until(oldest.until).await,
        None => std::future::pending().await,
    }
}

async fn answer(mut stream: TcpStream, shared: &Shared, settled: &AtomicBool) {
    let limit = shared.limits.connection;
    let Ok(Some(request)) = timeout(limit, request::read(&mut stream, &shared.authority)).await else {
        return;
    };
    if settled.swap(true, Ordering::Relaxed) {
        return;
    }
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
        self.lock().iter().any(Page::is_due)
    }

    /// Waits for a verdict that decides whether a page is due. For ever, when there is none to wait for.
    async fn decided(&self) {
        let receiver = self
            .lock()
            .iter()
            .find(|page| page.is_due() && page.verdict.borrow().is_none())
            .map(|page| page.verdict.clone());
        match receiver {
            Some(mut receiver) => {
                let _ = receiver.wait_for(Option::is_some).await;
            }
            None => std::future::pending().await,
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Page>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Page {
    /// Whether somebody is still to be told how the sign-in went. A stranger's page is not waited for.
    fn is_due(&self) -> bool {
        // Asked first: a verdict may come in between, and after the end none comes any more.
        let nobody_decides = self.verdict.has_changed().is_err();
        match *self.verdict.borrow() {
            _ if self.fetched => false,
            None => !nobody_decides,
            Some(Verdict::NotWaiting) => false,
            Some(Verdict::Finished | Verdict::Declined | Verdict::Failed) => true,
        }
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
