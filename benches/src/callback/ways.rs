//! The ways a callback arrives, and one sign-in on each.

use std::sync::Arc;
use std::time::{Duration, Instant};

use latchkey_bench::person;
use latchkey_bench::provider::{Exchange, Provider};
use latchkey_bench::session::{Open, is_signed_in, is_signed_out};
use latchkey_bench::store::SweptStore;
use latchkey_session::view::How;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Whose entries they are in the operating system's store.
const SERVICE: &str = "example.latchkey.bench";

/// A way, and what is known before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// `Session::callback`; the provider's keys are in memory.
    DeepLink,
    /// The same once more.
    DeepLinkAgain,
    /// A connection to the listener on 127.0.0.1; the keys are in memory.
    Loopback,
    /// `Session::callback` of a program that has just been started for the first time: the keys have to be asked for.
    FirstTime,
    /// As by deep link, with the session kept by the operating system.
    Keyring,
}

impl Way {
    /// Those that every machine has.
    pub(crate) const USUAL: [Self; 4] = [
        Self::DeepLink,
        Self::DeepLinkAgain,
        Self::Loopback,
        Self::FirstTime,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::DeepLink => "deep link",
            Self::DeepLinkAgain => "the same again",
            Self::Loopback => "loopback",
            Self::FirstTime => "deep link, the first sign-in of a process",
            Self::Keyring => "deep link, kept by the operating system",
        }
    }

    fn how(self) -> How {
        match self {
            Self::Loopback => How::Loopback,
            Self::DeepLink | Self::DeepLinkAgain | Self::FirstTime | Self::Keyring => How::DeepLink,
        }
    }
}

/// What one sign-in took, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    pub(crate) whole: f64,
    pub(crate) providers: f64,
    pub(crate) requests: usize,
}

/// Signs in and out, over and over.
pub(crate) struct Player {
    pub(crate) way: Way,
    issuer: String,
    open: Open,
    keyring: Option<Arc<SweptStore>>,
    _folder: TempDir,
}

impl Player {
    pub(crate) fn new(way: Way, issuer: &str, runtime: &Runtime) -> Self {
        let keyring = (way == Way::Keyring).then(|| Arc::new(SweptStore::new(SERVICE)));
        let (open, folder) = fresh(keyring.as_ref(), issuer, runtime);
        Self {
            way,
            issuer: issuer.to_owned(),
            open,
            keyring,
            _folder: folder,
        }
    }

    /// Leaves nothing in the operating system's store.
    pub(crate) fn end(self, runtime: &Runtime) {
        runtime.block_on(self.open.session.close());
        if let Some(keyring) = self.keyring {
            keyring.sweep().expect("what was written can be removed");
        }
    }

    /// One sign-in.
    pub(crate) fn play(&mut self, provider: &Provider, runtime: &Runtime) -> Taken {
        if self.way == Way::FirstTime {
            runtime.block_on(self.open.session.close());
            (self.open, self._folder) = fresh(None, &self.issuer, runtime);
        }
        let session = self.open.session.clone();
        let begun = runtime.block_on(session.begin_sign_in(Some(self.way.how())));
        let begun = begun.expect("an attempt");
        let answer = person::sent_back_from(&self.open.page());
        drop(provider.exchanges());

        let arrived = Instant::now();
        match self.way.how() {
            How::Loopback => drop(person::get(&answer)),
            How::DeepLink | How::Device => {
                let called = runtime.block_on(session.callback(&answer));
                called.expect("a callback");
            }
        }
        let signed_in = self.open.until(is_signed_in);
        let exchanges = provider.exchanges();
        runtime.block_on(begun.ended()).expect("a sign-in");
        runtime.block_on(session.sign_out()).expect("a sign-out");
        self.open.until(is_signed_out);
        taken(arrived, signed_in, &exchanges)
    }
}

/// A session of its own in which nobody is signed in.
fn fresh(keyring: Option<&Arc<SweptStore>>, issuer: &str, runtime: &Runtime) -> (Open, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let _inside = runtime.enter();
    let open = match keyring {
        Some(keyring) => Open::on(Arc::<SweptStore>::clone(keyring), issuer, folder.path()),
        None => Open::new(issuer, folder.path()),
    };
    open.until(is_signed_out);
    (open, folder)
}

/// The requests come one after the other, so their times add up.
fn taken(arrived: Instant, signed_in: Instant, exchanges: &[Exchange]) -> Taken {
    let within: Vec<_> = exchanges
        .iter()
        .filter(|exchange| exchange.came > arrived && exchange.went < signed_in)
        .collect();
    let providers: Duration = within.iter().map(|exchange| exchange.went - exchange.came).sum();
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    Taken {
        whole: millis(signed_in - arrived),
        providers: millis(providers),
        requests: within.len(),
    }
}
