//! What several processes, locks and late answers may not do to a session.

mod keeping;
mod late;
mod owing;
mod promoting;
mod racing;
mod renewing;
mod signing_out;
mod waiting;

use std::sync::Condvar;
use std::sync::atomic::AtomicBool;

use tokio::sync::Notify;
use zeroize::Zeroizing;

use super::*;
use crate::view::Receipt;

/// Long enough for what should not happen to happen.
const MOMENT: Duration = Duration::from_millis(600);

/// A place where a thread stops until the test lets it go on.
#[derive(Clone, Default)]
struct Gate(Arc<Bars>);

#[derive(Default)]
struct Bars {
    closed: Mutex<bool>,
    moved: Condvar,
    reached: AtomicBool,
}

impl Gate {
    fn closed() -> Self {
        let gate = Self::default();
        gate.close();
        gate
    }

    fn close(&self) {
        *self.0.closed.lock().unwrap() = true;
    }

    fn open(&self) {
        *self.0.closed.lock().unwrap() = false;
        self.0.moved.notify_all();
    }

    /// Stops here while it is closed; a test that has failed does not hang for ever.
    fn pass(&self) {
        let closed = self.0.closed.lock().unwrap();
        if *closed {
            self.0.reached.store(true, Ordering::SeqCst);
            let limit = Duration::from_secs(120);
            let _ = self
                .0
                .moved
                .wait_timeout_while(closed, limit, |closed| *closed)
                .unwrap();
        }
    }

    async fn reached(&self) {
        eventually(|| self.0.reached.load(Ordering::SeqCst)).await;
    }
}

/// A store whose writes of the head entry can be stopped.
#[derive(Clone, Default)]
struct Slow {
    inner: MemoryStore,
    gate: Gate,
}

impl CredentialStore for Slow {
    fn get(&self, name: &str) -> std::result::Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        self.inner.get(name)
    }

    fn set(&self, name: &str, bytes: &[u8]) -> std::result::Result<(), StoreError> {
        if name.starts_with("head-") {
            self.gate.pass();
        }
        self.inner.set(name, bytes)
    }

    fn delete(&self, name: &str) -> std::result::Result<(), StoreError> {
        self.inner.delete(name)
    }

    fn ready(&self) -> std::result::Result<(), StoreError> {
        self.inner.ready()
    }

    fn limit(&self) -> Option<usize> {
        None
    }

    fn name(&self) -> &'static str {
        "slow"
    }
}

/// A run on another store than the desk's, whose browser answers so.
fn launch_on(
    desk: &Desk,
    store: impl CredentialStore + 'static,
    open: impl Fn() -> Result<()> + Send + Sync + 'static,
) -> Run {
    let config = Config {
        provider: Some(desk.provider.config()),
        session: desk.rules,
        language: String::new(),
        profile: crate::config::ProfileConfig::default(),
    };
    let (opened, pages) = mpsc::unbounded_channel();
    let views = Arc::new(Mutex::new(Vec::new()));
    let (tell, current) = watch::channel(View::Restoring);
    let seen = Arc::clone(&views);
    let mut builder = Session::builder(move || Ok(config.clone()));
    if let Some(files) = &desk.files {
        builder = builder.data_dir(files.path().to_owned());
    }
    let session = builder
        .store(Arc::new(store))
        .clock(desk.clock.clone())
        .redirects(Redirects::of_scheme("dev.latchkey.desktop"))
        .browser(move |page: &Page| -> Result<()> {
            let _ = opened.send(page.clone());
            open()
        })
        .publisher(move |view: &View| {
            seen.lock().unwrap().push(view.clone());
            tell.send_replace(view.clone());
        })
        .start()
        .unwrap();
    Run {
        session,
        pages,
        views,
        current,
    }
}

/// Signed in on a store whose writes can be stopped.
async fn signed_in_on(desk: &Desk, store: &Slow) -> Run {
    let mut run = launch_on(desk, store.clone(), || Ok(()));
    run.until(|view| signed_out(view, Why::Never)).await;
    desk.sign_in(&mut run).await;
    run
}

/// A launch whose renewals stop at this gate, between the answer and the save.
async fn stopping_at(desk: &Desk, gate: &Gate) -> Run {
    let stop = gate.clone();
    let mut run = desk.launch_passing(move |point| {
        if point == Failpoint::Answered {
            tokio::task::block_in_place(|| stop.pass());
        }
    });
    run.until(fresh).await;
    run
}

/// A session for this run, in front of a locked store.
async fn for_this_run(desk: &Desk, mut run: Run) -> Run {
    run.until(|view| matches!(view, View::Blocked { .. })).await;
    run.session.use_this_run().await.unwrap();
    desk.sign_in(&mut run).await;
    assert_eq!(kept(&run.session.view()), Some(Kept::ThisRun));
    run
}

/// Looks at the store as often as it is due.
async fn looking(desk: &Desk, run: &Run, is_so: impl Fn() -> bool) {
    for _ in 0..40 {
        desk.clock.advance(60);
        run.session.look();
        for _ in 0..50 {
            if is_so() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    panic!("waited in vain");
}

/// What the next launch says first.
async fn next_launch(desk: &Desk) -> View {
    let mut next = desk.launch();
    let view = next.until(|view| !matches!(view, View::Restoring)).await;
    next.session.close().await;
    view
}

/// The page the browser is sent to for a sign-in.
async fn sign_in_page(run: &mut Run) -> SecretUrl {
    page_for(run, Purpose::SignIn).await
}

async fn page_for(run: &mut Run, purpose: Purpose) -> SecretUrl {
    loop {
        let page = run.pages.recv().await.unwrap();
        if page.purpose == purpose {
            return page.url;
        }
    }
}

fn revoked(desk: &Desk, token: &str) -> bool {
    desk.provider
        .requests(Endpoint::Revocation)
        .iter()
        .any(|request| request.parameter("token") == Some(token))
}

fn newest(desk: &Desk) -> String {
    desk.provider.issued().refresh_tokens.last().unwrap().clone()
}

/// Everything in the store, as text.
fn stored(desk: &Desk) -> String {
    let read = |name: &String| desk.store.get(name).unwrap().unwrap();
    let names = desk.store.names();
    names
        .iter()
        .map(|name| String::from_utf8_lossy(&read(name)).into_owned())
        .collect()
}

fn receipt(view: &View) -> Option<Receipt> {
    if let View::SignedOut { receipt, .. } = view {
        *receipt
    } else {
        None
    }
}

fn is_in(view: &View) -> bool {
    matches!(view, View::SignedIn { .. })
}

fn stale(view: &View) -> bool {
    matches!(
        view,
        View::SignedIn {
            freshness: Freshness::Stale { .. },
            ..
        }
    )
}

fn kept(view: &View) -> Option<Kept> {
    if let View::SignedIn { kept, .. } = view {
        Some(kept.clone())
    } else {
        None
    }
}
