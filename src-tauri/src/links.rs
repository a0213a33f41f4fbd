//! Links of our own scheme on their way to the core: warm, cold, and in between.
//!
//! They come from four places that overlap: a second process hands us its arguments, the deep-link plugin reports what the
//! operating system sends, and at a cold start the link is in our own arguments. Whatever the way, each link reaches the core
//! once, in order; one that arrives before there is a session waits. Nothing here understands a link: only its scheme is
//! looked at. Links carry codes: they are neither logged nor kept, a short memory of their hashes is.

use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};

use latchkey_session::Session;
use latchkey_session::secret::SecretUrl;
use tauri::{AppHandle, Manager as _};
use tauri_plugin_deep_link::DeepLinkExt;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use url::Url;

use crate::shell::Shell;
use crate::{self_test, window};

/// Longest link worth passing on, in bytes.
const LONGEST: usize = 8 * 1024;
/// Links that may wait, and hashes that are remembered.
const MANY: usize = 32;

/// Whether a text is a link of this scheme.
pub(crate) fn is_ours(link: &str, scheme: &str) -> bool {
    link.split_once(':')
        .is_some_and(|(head, _)| head.eq_ignore_ascii_case(scheme))
}

/// Where links come in.
#[derive(Debug)]
pub(crate) struct Links {
    inbox: Mutex<Inbox>,
    queue: Sender<SecretUrl>,
}

impl Links {
    /// The way in, and the queue the core will read.
    pub(crate) fn new(scheme: &str) -> (Self, Receiver<SecretUrl>) {
        let (queue, waiting) = channel(MANY);
        (
            Self {
                inbox: Mutex::new(Inbox::new(scheme)),
                queue,
            },
            waiting,
        )
    }

    /// Queues the link if it is ours and new. From any thread; never waits.
    pub(crate) fn arrived(&self, link: &str) {
        let fresh = self
            .inbox
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .admit(link);
        let Some(link) = fresh else {
            tracing::info!("link ignored: not ours, or here already");
            return;
        };
        if self.queue.try_send(link).is_err() {
            tracing::warn!("a link was dropped: too many at once");
        }
    }

    /// The arguments of a second process, its program's name first. A link is always the only argument.
    pub(crate) fn handed_over(&self, arguments: &[String]) {
        if let [_, link] = arguments {
            self.arrived(link);
        }
    }
}

/// Brings the queued links to the core, one after the other, for as long as the app lives. The window comes to the front with
/// each: the person has just left the browser for it.
pub(crate) fn deliver(app: AppHandle, session: Session, mut queue: Receiver<SecretUrl>) {
    tauri::async_runtime::spawn(async move {
        while let Some(link) = queue.recv().await {
            let shell = app.state::<Shell>();
            if let Some(nonce) = self_test::nonce(link.secret(), &shell.names.scheme) {
                self_test::answer(&shell.places.data, nonce, self_test::By::Running);
                continue;
            }
            window::raise(&app);
            match session.callback(link.secret()).await {
                Ok(()) => tracing::info!("link accepted"),
                Err(error) => tracing::warn!(code = error.code().as_str(), "link refused"),
            }
        }
    });
}

/// Listens to the deep-link plugin, then takes what it already holds: a link that came before is not missed.
pub(crate) fn listen(app: &AppHandle, links: std::sync::Arc<Links>) {
    let later = std::sync::Arc::clone(&links);
    app.deep_link()
        .on_open_url(move |event| event.urls().iter().for_each(|url| later.arrived(url.as_str())));
    if let Ok(Some(urls)) = app.deep_link().get_current() {
        urls.iter().for_each(|url| links.arrived(url.as_str()));
    }
}

/// What decides whether a link goes on: pure, but for the hasher's random keys.
#[derive(Debug)]
struct Inbox {
    scheme: String,
    hasher: RandomState,
    seen: VecDeque<u64>,
}

impl Inbox {
    fn new(scheme: &str) -> Self {
        Self {
            scheme: scheme.to_owned(),
            hasher: RandomState::new(),
            seen: VecDeque::with_capacity(MANY),
        }
    }

    /// The link, if it is ours, of bearable length, and not one of the last ones. The plugin reports parsed URLs, arguments are
    /// raw text: both are compared, and passed on, in the parsed form.
    fn admit(&mut self, link: &str) -> Option<SecretUrl> {
        if link.len() > LONGEST || !is_ours(link, &self.scheme) {
            return None;
        }
        let link = Url::parse(link).ok()?;
        let hash = self.hasher.hash_one(link.as_str());
        if self.seen.contains(&hash) {
            return None;
        }
        if self.seen.len() == MANY {
            self.seen.pop_front();
        }
        self.seen.push_back(hash);
        Some(SecretUrl::new(String::from(link)))
    }
}

#[cfg(test)]
mod tests {
    use super::{Inbox, LONGEST, Links, MANY, is_ours};

    const SCHEME: &str = "dev.latchkey.desktop";

    fn admitted(inbox: &mut Inbox, link: &str) -> bool {
        inbox.admit(link).is_some()
    }

    #[test]
    fn only_our_scheme() {
        assert!(is_ours("dev.latchkey.desktop:/callback", SCHEME));
        assert!(is_ours("DEV.Latchkey.desktop:/callback", SCHEME));
        assert!(!is_ours("dev.latchkey.desktop.dev:/callback", SCHEME));
        assert!(!is_ours("https://dev.latchkey.desktop:/callback", SCHEME));
        assert!(!is_ours("dev.latchkey.desktop", SCHEME));
        assert!(!is_ours("", SCHEME));
    }

    #[test]
    fn the_same_link_passes_once_whatever_way_it_comes() {
        let mut inbox = Inbox::new(SCHEME);
        assert!(admitted(
            &mut inbox,
            "dev.latchkey.desktop:/callback?code=a b&state=s"
        ));
        assert!(!admitted(
            &mut inbox,
            "dev.latchkey.desktop:/callback?code=a%20b&state=s"
        ));
        assert!(!admitted(
            &mut inbox,
            "DEV.latchkey.desktop:/callback?code=a%20b&state=s"
        ));
        assert!(admitted(
            &mut inbox,
            "dev.latchkey.desktop:/callback?code=a&state=t"
        ));
    }

    #[test]
    fn strangers_and_giants_do_not_pass() {
        let mut inbox = Inbox::new(SCHEME);
        assert!(!admitted(&mut inbox, "https://example.com/callback"));
        let giant = format!("{SCHEME}:/callback?code={}", "x".repeat(LONGEST));
        assert!(!admitted(&mut inbox, &giant));
    }

    #[test]
    fn the_memory_is_short() {
        let mut inbox = Inbox::new(SCHEME);
        for n in 0..=MANY {
            assert!(admitted(&mut inbox, &format!("{SCHEME}:/callback?state={n}")));
        }
        assert!(admitted(&mut inbox, &format!("{SCHEME}:/callback?state=0")));
        assert!(!admitted(&mut inbox, &format!("{SCHEME}:/callback?state={MANY}")));
    }

    #[test]
    fn links_wait_in_order_until_they_are_read() {
        let (links, mut queue) = Links::new(SCHEME);
        links.handed_over(&["latchkey".to_owned(), format!("{SCHEME}:/callback?state=1")]);
        links.handed_over(&[
            "latchkey".to_owned(),
            format!("{SCHEME}:/callback?state=2"),
            "more".to_owned(),
        ]);
        links.arrived(&format!("{SCHEME}:/callback?state=1"));
        links.arrived(&format!("{SCHEME}:/callback?state=3"));
        assert!(queue.try_recv().unwrap().secret().ends_with("state=1"));
        assert!(queue.try_recv().unwrap().secret().ends_with("state=3"));
        assert!(queue.try_recv().is_err());
    }
}
