//! Which links go on, and where they wait. Bounded, whoever sends however many; pure, but for the hasher's random keys.

use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};

use latchkey_session::secret::SecretUrl;
use url::Url;

/// Longest link worth passing on, in bytes.
const LONGEST: usize = 8 * 1024;
/// Links that may wait, and hashes that are remembered.
const MANY: usize = 32;
/// Links that the core expects and that may wait beyond that.
const RESERVE: usize = 4;

/// What becomes of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    Queued,
    /// Of another scheme, or too long.
    NotOurs,
    /// One of the last ones.
    Known,
    /// So many wait already, and this is not one that counts.
    TooMany,
}

#[derive(Debug)]
pub(super) struct Inbox {
    scheme: String,
    hasher: RandomState,
    seen: VecDeque<u64>,
    waiting: VecDeque<SecretUrl>,
}

impl Inbox {
    pub(super) fn new(scheme: &str) -> Self {
        Self {
            scheme: scheme.to_owned(),
            hasher: RandomState::new(),
            seen: VecDeque::with_capacity(MANY),
            waiting: VecDeque::with_capacity(MANY + RESERVE),
        }
    }

    /// Queues the link, if it is ours, of bearable length, and not one of the last ones. The plugin reports parsed URLs, arguments
    /// are raw text: they are compared in the parsed form, and passed on as they came, because parsing drops and turns things
    /// that the core has to see. Once many wait, only what `counts` goes on, ahead of the rest.
    pub(super) fn admit(&mut self, link: &str, counts: impl FnOnce(&str) -> bool) -> Admission {
        if link.len() > LONGEST || !super::is_ours(link, &self.scheme) {
            return Admission::NotOurs;
        }
        let hash = match Url::parse(link) {
            Ok(url) => self.hasher.hash_one(url.as_str()),
            Err(_) => self.hasher.hash_one(link),
        };
        if self.seen.contains(&hash) {
            return Admission::Known;
        }
        if self.waiting.len() < MANY {
            self.waiting.push_back(SecretUrl::new(link));
        } else if self.waiting.len() < MANY + RESERVE && counts(link) {
            self.waiting.push_front(SecretUrl::new(link));
        } else {
            return Admission::TooMany;
        }
        if self.seen.len() == MANY {
            self.seen.pop_front();
        }
        self.seen.push_back(hash);
        Admission::Queued
    }

    /// The next link to go on.
    pub(super) fn next(&mut self) -> Option<SecretUrl> {
        self.waiting.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::{Admission, Inbox, LONGEST, MANY, RESERVE};

    const SCHEME: &str = "dev.latchkey.desktop";

    fn admit(inbox: &mut Inbox, link: &str) -> Admission {
        inbox.admit(link, |_| false)
    }

    /// Admitted, and gone on at once.
    fn passes(inbox: &mut Inbox, link: &str) -> bool {
        let admission = admit(inbox, link);
        inbox.next();
        admission == Admission::Queued
    }

    #[test]
    fn the_same_link_passes_once_whatever_way_it_comes() {
        let mut inbox = Inbox::new(SCHEME);
        let raw = "dev.latchkey.desktop:/callback?code=a b&state=s";
        assert!(passes(&mut inbox, raw));
        for again in [
            raw,
            "dev.latchkey.desktop:/callback?code=a%20b&state=s",
            "DEV.latchkey.desktop:/callback?code=a%20b&state=s",
            "dev.latchkey.desktop:/x/../callback?code=a b&state=s\n",
        ] {
            assert_eq!(admit(&mut inbox, again), Admission::Known, "{again:?}");
        }
        assert!(passes(
            &mut inbox,
            "dev.latchkey.desktop:/callback?code=a&state=t"
        ));
    }

    #[test]
    fn a_link_goes_on_as_it_came() {
        for raw in [
            "DEV.latchkey.desktop:/callback?code=a",
            "dev.latchkey.desktop:/x/../callback?code=b",
            "dev.latchkey.desktop:/call\tback?code=c",
            "dev.latchkey.desktop:/callback?code=d \n",
            "dev.latchkey.desktop:/callback?code=\u{e9}",
            "dev.latchkey.desktop:\\callback?code=f",
            "dev.latchkey.desktop://[/callback?code=g",
        ] {
            let mut inbox = Inbox::new(SCHEME);
            assert_eq!(admit(&mut inbox, raw), Admission::Queued, "{raw:?}");
            assert_eq!(inbox.next().unwrap().secret(), raw);
        }
    }

    #[test]
    fn strangers_and_giants_do_not_pass() {
        let mut inbox = Inbox::new(SCHEME);
        assert_eq!(
            admit(&mut inbox, "https://example.com/callback"),
            Admission::NotOurs
        );
        let longest = format!("{SCHEME}:{}", "x".repeat(LONGEST - SCHEME.len() - 1));
        assert_eq!(admit(&mut inbox, &format!("{longest}x")), Admission::NotOurs);
        assert_eq!(admit(&mut inbox, &longest), Admission::Queued);
    }

    #[test]
    fn the_memory_is_short() {
        let mut inbox = Inbox::new(SCHEME);
        for n in 0..=MANY {
            assert!(passes(&mut inbox, &format!("{SCHEME}:/callback?state={n}")));
        }
        assert!(passes(&mut inbox, &format!("{SCHEME}:/callback?state=0")));
        assert!(!passes(&mut inbox, &format!("{SCHEME}:/callback?state={MANY}")));
    }

    #[test]
    fn of_ten_thousand_links_at_once_the_one_that_counts_goes_on_first() {
        let mut inbox = Inbox::new(SCHEME);
        let link = |n: usize| format!("{SCHEME}:/callback?state={n}");
        let mut queued = 0;
        for n in 0..10_000 {
            queued += usize::from(inbox.admit(&link(n), |link| link.ends_with("=5000")) == Admission::Queued);
        }
        assert_eq!(queued, MANY + 1);
        assert!(inbox.seen.len() <= MANY && inbox.waiting.len() <= MANY + RESERVE);
        assert_eq!(inbox.next().unwrap().secret(), link(5_000));
        assert_eq!(inbox.next().unwrap().secret(), link(0));
    }

    #[test]
    fn those_that_count_are_bounded_too_and_come_back_when_there_is_room() {
        let mut inbox = Inbox::new(SCHEME);
        let link = |n: usize| format!("{SCHEME}:/callback?state={n}");
        let queued = (0..1_000).filter(|n| inbox.admit(&link(*n), |_| true) == Admission::Queued);
        assert_eq!(queued.count(), MANY + RESERVE);
        while inbox.next().is_some() {}
        assert_eq!(
            admit(&mut inbox, &link(999)),
            Admission::Queued,
            "it was never here"
        );
    }
}
