//! An OpenID provider on loopback, on a thread of its own, that counts. Just enough of one for anybody's client: discovery, keys, an
//! authorization endpoint that lets everybody in at once, token endpoint, userinfo.
//!
//! It rotates refresh tokens: each is good for one use, and one that comes again is refused as `invalid_grant` (RFC 9700, section 4.14.2,
//! lets a provider end the whole grant then; this one is milder and lets the newest token live). Every contestant has an issuer
//! of its own, `http://127.0.0.1:PORT/NAME`, so that nobody counts for another. An answer of the token endpoint takes as long as it is
//! told to, from when its request is there; which of two requests came first is decided when they arrive. As many connections as
//! anybody wants are served at once, and kept open for whoever likes them kept.

mod answers;
mod document;
mod grants;
mod server;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use document::Document;
use grants::Grants;

/// How the provider is.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    /// How long an answer of the token endpoint takes.
    pub delay: Duration,
    /// How long an access token lives, in seconds.
    pub lives: u64,
    /// So many claims of a thousand bytes each are in userinfo, beside the usual ones.
    pub claims: usize,
    /// So large is the document that `NAME/metadata` holds, in bytes; it can be read and patched.
    pub metadata: usize,
}

/// What a contestant has cost the token endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Requests with a refresh token.
    pub requests: usize,
    /// Those that were refused because the token had been used.
    pub refused: usize,
}

/// One exchange, by the provider's clock.
#[derive(Clone, Copy, Debug)]
pub struct Exchange {
    /// The request was there, whole.
    pub came: Instant,
    /// The answer was ready to be sent.
    pub went: Instant,
}

/// A provider that runs until the program ends.
#[derive(Debug)]
pub struct Provider {
    address: SocketAddr,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    manner: Manner,
    grants: Mutex<Grants>,
    exchanges: Mutex<Vec<Exchange>>,
    document: Mutex<Document>,
}

impl State {
    fn document(&self) -> MutexGuard<'_, Document> {
        self.document.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn grants(&self) -> MutexGuard<'_, Grants> {
        self.grants.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn exchanges(&self) -> MutexGuard<'_, Vec<Exchange>> {
        self.exchanges.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Provider {
    /// Starts it on a port of its own.
    ///
    /// # Panics
    /// The operating system gives no port or thread.
    pub fn start(manner: Manner) -> Self {
        let state = Arc::new(State {
            manner,
            grants: Mutex::new(Grants::new()),
            exchanges: Mutex::default(),
            document: Mutex::new(Document::of(manner.metadata)),
        });
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener
            .set_nonblocking(true)
            .expect("a listener that does not block");
        let address = listener.local_addr().expect("an address");
        let serving = Arc::clone(&state);
        std::thread::Builder::new()
            .name("provider".to_owned())
            .spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .expect("a runtime");
                runtime.block_on(server::serve(listener, serving));
            })
            .expect("a thread");
        Self { address, state }
    }

    /// The issuer of this name.
    pub fn issuer(&self, name: &str) -> String {
        format!("http://{}/{name}", self.address)
    }

    /// What this issuer's token endpoint has been asked so far.
    pub fn count(&self, name: &str) -> Count {
        self.state.grants().count(name)
    }

    /// Every exchange since this was last asked, in the order of their ends.
    pub fn exchanges(&self) -> Vec<Exchange> {
        std::mem::take(&mut *self.state.exchanges())
    }
}
