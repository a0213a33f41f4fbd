//! Serves the loopback port: bounded in connections, time and size, whoever connects.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::places::{Places, Stage};
use super::request::{self, Refusal, Request};
use super::{Arrival, Limits, Verdict, page};
use crate::secret::{SecretUrl, random_text};

/// Where the page of a callback is: this, and a random name.
pub(super) const DONE: &str = "/done/";
/// Pages remembered at once; those of strangers give way first, then the oldest. More than can be undecided at once: one for
/// every connection, and for every place in the queue.
pub(super) const PAGES: usize = 128;
/// What is still read of a refused request, so that its sender gets to see the answer.
const DRAIN_LIMIT: u64 = 64 * 1024;
/// Before the next try when the operating system has no connection to give (too many open files).
const PAUSE: Duration = Duration::from_millis(100);

/// What the connections share.
struct Shared {
    product: String,
    authority: String,
    arrivals: mpsc::Sender<Arrival>,
    limits: Limits,
    pages: Mutex<VecDeque<Page>>,
    /// A page was fetched.
    fetched: Notify,
    /// A connection has its answer.
    answered: Notify,
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
    product: String,
) {
    let pages = Mutex::new(VecDeque::new());
    let shared = Arc::new(Shared {
        product,
        authority,
        arrivals,
        limits,
        pages,
        fetched: Notify::new(),
        answered: Notify::new(),
    });
    let mut places = Places::with(limits.patience);
    let mut next = None;
    let mut closing: Option<Instant> = None;
    while closing.is_none() || shared.owes_a_page() {
        if next.is_some()
            && places.has_room()
            && let Some(stream) = next.take()
        {
            let shared = shared.clone();
            places.take(|stage| async move { answer(stream, &shared, &stage).await });
        }
        tokio::select! {
            () = shared.arrivals.closed(), if closing.is_none() => closing = Some(Instant::now() + limits.grace),
            () = sleep_until(closing.unwrap_or_else(Instant::now)), if closing.is_some() => return,
            () = shared.fetched.notified() => {}
            () = shared.decided(), if closing.is_some() => {}
            () = places.room_may_come(), if next.is_some() => {}
            () = shared.answered.notified(), if next.is_some() => {}
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

async fn answer(mut stream: TcpStream, shared: &Shared, stage: &Stage) {
    let limit = shared.limits.connection;
    let (mut incoming, outgoing) = stream.split();
    let request = tokio::select! {
        biased;
        request = timeout(limit, request::read(&mut incoming, &shared.authority)) => request,
        () = stage.gives_way(outgoing.as_ref()) => return,
    };
    let Ok(Some(request)) = request else {
        return;
    };
    stage.begin_work();
    let (response, page) = match request {
        Request::Callback(query) => (shared.callback(&query).await, None),
        Request::Done(name) => match shared.page(&name).await {
            Some(html) => (
                respond("200 OK", "text/html; charset=utf-8", "", &html),
                Some(name),
            ),
            None => (refuse(Refusal::NotFound), None),
        },
        Request::Refused(refusal) => (refuse(refusal), None),
    };
    let _fetched = page.map(|name| Fetched { shared, name });
    if let Ok(Ok(())) = timeout(limit, write(&mut stream, response.as_bytes())).await {
        stage.rest();
        shared.answered.notify_one();
        let (mut incoming, outgoing) = stream.split();
        tokio::select! {
            _ = timeout(limit, drain(&mut incoming)) => {}
            () = stage.gives_way(outgoing.as_ref()) => {}
        }
    }
}

/// Marks a page as fetched at the end of its connection, however that ends.
struct Fetched<'a> {
    shared: &'a Shared,
    name: String,
}

impl Drop for Fetched<'_> {
    fn drop(&mut self) {
        self.shared.mark_fetched(&self.name);
    }
}

async fn write(stream: &mut TcpStream, response: &[u8]) -> std::io::Result<()> {
    stream.write_all(response).await?;
    stream.shutdown().await
}

/// Waits for the other side to close: closing with input unread would take the answer back.
async fn drain(stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<()> {
    tokio::io::copy(&mut stream.take(DRAIN_LIMIT), &mut tokio::io::sink()).await?;
    Ok(())
}

impl Shared {
    /// Passes the callback on and sends the browser to its page: the code leaves the address bar and never gets into the
    /// browser's history.
    async fn callback(&self, query: &str) -> String {
        let Ok(name) = random_text() else {
            return refuse(Refusal::NotFound);
        };
        let url = SecretUrl::new(format!("http://{}{}{query}", self.authority, super::CALLBACK));
        let (arrival, verdict) = Arrival::new(url);
        let location = format!("Location: {DONE}{name}\r\n");
        {
            let mut pages = self.lock();
            if pages.len() == PAGES {
                let strangers = pages.iter().position(Page::is_strangers);
                pages.remove(strangers.unwrap_or_default());
            }
            pages.push_back(Page {
                name,
                verdict,
                fetched: false,
            });
        }
        // Everybody gets their turn, in order: a flood of strangers' does not crowd out the one that counts. Where none comes,
        // the arrival is dropped, and its page says that nobody is waiting.
        let _ = self.arrivals.send_timeout(arrival, self.limits.connection).await;
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
        Some(page::html(verdict, &self.product))
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
    /// Whether it is of an answer that was not ours, or that nobody will judge.
    fn is_strangers(&self) -> bool {
        // Asked first: a verdict may come in between.
        let nobody_decides = self.verdict.has_changed().is_err();
        match *self.verdict.borrow() {
            None => nobody_decides,
            Some(Verdict::NotWaiting) => true,
            Some(Verdict::Finished | Verdict::Declined | Verdict::Failed) => false,
        }
    }

    /// Whether somebody is still to be told how the sign-in went. A stranger's page is not waited for.
    fn is_due(&self) -> bool {
        !self.fetched && !self.is_strangers()
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
