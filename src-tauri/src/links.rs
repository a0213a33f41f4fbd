//! Links of our own scheme on their way to the core: warm, cold, and in between.
//!
//! They come from places that overlap: a second process hands us its arguments, our own arguments hold the link that started
//! us, and the deep-link plugin reports both of these once more, and what macOS sends. Whatever the way, each link reaches the
//! core once, in order; one that arrives before there is a session waits. Nothing here understands a link: only its scheme is
//! looked at, and when more come than can wait, the core is asked which of them counts. Links carry codes: they are neither
//! logged nor kept, a short memory of their hashes is.
//!
//! `inbox` decides which links go on, `rarely` keeps floods out of the log and the window in its place.

mod inbox;
mod rarely;

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use latchkey_session::Session;
use latchkey_session::secret::SecretUrl;
use tauri::{AppHandle, Manager as _};
use tauri_plugin_deep_link::DeepLinkExt;
use tokio::sync::Notify;

use crate::shell::Shell;
use crate::{self_test, window};
use inbox::{Admission, Inbox};
use rarely::Rarely;

/// How many lines about links that went nowhere there may be in a minute.
const LINES: u32 = 5;

/// Whether a text is a link of this scheme.
pub(crate) fn is_ours(link: &str, scheme: &str) -> bool {
    link.split_once(':')
        .is_some_and(|(head, _)| head.eq_ignore_ascii_case(scheme))
}

/// Where links come in, and wait for the core.
#[derive(Debug)]
pub(crate) struct Links {
    inbox: Mutex<Inbox>,
    fresh: Notify,
    /// Once there is one.
    session: OnceLock<Session>,
    ignored: Mutex<Rarely>,
    raised: Mutex<Rarely>,
}

impl Links {
    /// Nothing waits yet, and nobody reads.
    pub(crate) fn new(scheme: &str) -> Self {
        Self {
            inbox: Mutex::new(Inbox::new(scheme)),
            fresh: Notify::new(),
            session: OnceLock::new(),
            ignored: Mutex::new(Rarely::times(LINES, Duration::from_secs(60))),
            raised: Mutex::new(Rarely::times(1, Duration::from_secs(1))),
        }
    }

    /// Queues the link if it is ours and new. From any thread; never waits.
    pub(crate) fn arrived(&self, link: &str) {
        let counts = |link: &str| self.session.get().is_some_and(|session| session.expects(link));
        let what = match lock(&self.inbox).admit(link, counts) {
            Admission::Queued => return self.fresh.notify_one(),
            Admission::NotOurs => "not ours",
            Admission::Known => "here already",
            Admission::TooMany => "too many at once",
        };
        if let Some(left_out) = lock(&self.ignored).pass(Instant::now()) {
            tracing::info!(left_out, "link ignored: {what}");
        }
    }

    #[cfg_attr(target_os = "macos", allow(dead_code, reason = "links come as events there"))]
    /// The arguments of a second process, its program's name first. A link is always the only argument. True: the window should
    /// come to the front for it; a flood does not make it do so all the time.
    pub(crate) fn handed_over(&self, arguments: &[String]) -> bool {
        let [_, link] = arguments else { return true };
        self.arrived(link);
        self.may_raise()
    }

    fn may_raise(&self) -> bool {
        lock(&self.raised).pass(Instant::now()).is_some()
    }

    /// The next link.
    async fn next(&self) -> SecretUrl {
        loop {
            if let Some(link) = lock(&self.inbox).next() {
                return link;
            }
            self.fresh.notified().await;
        }
    }
}

/// Brings the queued links to the core, one after the other, for as long as the app lives. The window comes to the front: the
/// person has just left the browser for it.
pub(crate) fn deliver(app: AppHandle, session: Session, links: Arc<Links>) {
    // The first and only one.
    let _ = links.session.set(session.clone());
    tauri::async_runtime::spawn(async move {
        let mut refused = Rarely::times(LINES, Duration::from_secs(60));
        loop {
            let link = links.next().await;
            let shell = app.state::<Shell>();
            if let Some(nonce) = self_test::nonce(link.secret(), &shell.names.scheme) {
                self_test::answer(&shell.places.data, nonce, self_test::By::Running);
                continue;
            }
            if session.expects(link.secret()) || links.may_raise() {
                window::raise(&app);
            }
            match session.callback(link.secret()).await {
                Ok(()) => tracing::info!("link accepted"),
                Err(error) => {
                    if let Some(left_out) = refused.pass(Instant::now()) {
                        tracing::warn!(code = error.code().as_str(), left_out, "link refused");
                    }
                }
            }
        }
    });
}

/// Listens to the deep-link plugin, then takes what it already holds: a link that came before is not missed.
pub(crate) fn listen(app: &AppHandle, links: Arc<Links>) {
    let later = Arc::clone(&links);
    app.deep_link()
        .on_open_url(move |event| event.urls().iter().for_each(|url| later.arrived(url.as_str())));
    if let Ok(Some(urls)) = app.deep_link().get_current() {
        urls.iter().for_each(|url| links.arrived(url.as_str()));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::{Links, is_ours};

    const SCHEME: &str = "dev.latchkey.desktop";

    #[test]
    fn only_our_scheme() {
        for (link, ours) in [
            ("dev.latchkey.desktop:/callback", true),
            ("DEV.Latchkey.desktop:/callback", true),
            ("dev.latchkey.desktop:", true),
            ("dev.latchkey.desktop.dev:/callback", false),
            ("dev.latchkey.desktop.:/callback", false),
            (" dev.latchkey.desktop:/callback", false),
            ("\tdev.latchkey.desktop:/callback", false),
            ("dev.latch\nkey.desktop:/callback", false),
            ("\u{202e}dev.latchkey.desktop:/callback", false),
            ("dev.latch\u{212a}ey.desktop:/callback", false),
            ("dev.l\u{430}tchkey.desktop:/callback", false),
            ("dev.latchkey.desktop\u{ff1a}/callback", false),
            ("dev%2Elatchkey.desktop:/callback", false),
            ("https://dev.latchkey.desktop:/callback", false),
            ("//dev.latchkey.desktop:/callback", false),
            ("--dev.latchkey.desktop:/callback", false),
            ("dev.latchkey.desktop", false),
            (":", false),
            ("", false),
        ] {
            assert_eq!(is_ours(link, SCHEME), ours, "{link:?}");
        }
    }

    #[tokio::test]
    async fn links_wait_in_order_until_they_are_read() {
        let links = Links::new(SCHEME);
        links.handed_over(&["latchkey".to_owned(), format!("{SCHEME}:/callback?state=1")]);
        links.handed_over(&[
            "latchkey".to_owned(),
            format!("{SCHEME}:/callback?state=2"),
            "more".to_owned(),
        ]);
        links.arrived(&format!("{SCHEME}:/callback?state=1"));
        links.arrived(&format!("{SCHEME}:/callback?state=3"));
        assert!(links.next().await.secret().ends_with("state=1"));
        assert!(links.next().await.secret().ends_with("state=3"));
        assert!(super::lock(&links.inbox).next().is_none());
    }

    #[test]
    fn a_launch_raises_the_window_and_a_flood_of_links_does_so_rarely() {
        let links = Links::new(SCHEME);
        let raised =
            |n: usize| links.handed_over(&["latchkey".to_owned(), format!("{SCHEME}:/callback?n={n}")]);
        assert!(raised(0));
        let times = (1..10_000).filter(|n| raised(*n)).count();
        // Once a second, and this takes less than that many.
        assert!(times < 100, "{times}");
        assert!(links.handed_over(&["latchkey".to_owned()]));
        assert!(links.handed_over(&["latchkey".to_owned()]));
    }
}
