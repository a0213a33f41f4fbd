//! The stream of views to the page: the newest view, and the one channel it goes out on.
//!
//! The page asks once and gets the current view at once, so nothing is lost between its start and its asking; asking again (a
//! reload) replaces the channel. Nothing else of the session passes here, and nothing comes back this way.

use std::sync::{Mutex, MutexGuard, PoisonError};

use latchkey_session::view::View;
use tauri::ipc::Channel;

/// Whether a page that has painted somebody signed in, or somebody else's absence, shows what this view says.
pub(crate) fn is_shown(view: &View, signed_in: bool) -> bool {
    match view {
        View::Restoring => false,
        View::SignedIn { .. } => signed_in,
        View::Unconfigured { .. }
        | View::SignedOut { .. }
        | View::SigningIn { .. }
        | View::Blocked { .. } => !signed_in,
    }
}

/// The outlet. Views go out in the order in which they were published.
#[derive(Debug)]
pub(crate) struct Views(Mutex<Outlet>);

struct Outlet {
    current: View,
    page: Option<Channel<View>>,
}

impl Views {
    /// An outlet without a page, before the session's first view.
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Outlet {
            current: View::Restoring,
            page: None,
        }))
    }

    /// Keeps the view and sends it to the page, if there is one.
    pub(crate) fn publish(&self, view: &View) {
        let mut outlet = self.outlet();
        outlet.current = view.clone();
        outlet.send();
    }

    /// Sends the current view at once and every later one; the channel of before is forgotten.
    pub(crate) fn subscribe(&self, page: Channel<View>) {
        let mut outlet = self.outlet();
        outlet.page = Some(page);
        outlet.send();
    }

    /// The newest view.
    pub(crate) fn current(&self) -> View {
        self.outlet().current.clone()
    }

    fn outlet(&self) -> MutexGuard<'_, Outlet> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Outlet {
    /// A page that is gone does not take it: the next one asks again.
    fn send(&mut self) {
        let Some(page) = &self.page else { return };
        if page.send(self.current.clone()).is_err() {
            self.page = None;
        }
    }
}

impl std::fmt::Debug for Outlet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outlet")
            .field("page", &self.page.is_some())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use latchkey_session::view::{View, Why};
    use tauri::ipc::{Channel, InvokeResponseBody};

    use super::Views;

    type Seen = Arc<Mutex<Vec<String>>>;

    fn page() -> (Channel<View>, Seen) {
        let seen = Seen::default();
        let sink = Arc::clone(&seen);
        let channel = Channel::new(move |body| {
            let InvokeResponseBody::Json(json) = body else {
                panic!("a view is JSON")
            };
            sink.lock().unwrap().push(json);
            Ok(())
        });
        (channel, seen)
    }

    fn never() -> View {
        View::SignedOut {
            why: Why::Never,
            last_attempt: None,
            receipt: None,
            lost_answer: None,
            stray: false,
        }
    }

    #[test]
    fn the_current_view_is_sent_at_once_and_later_ones_in_order() {
        let views = Views::new();
        let (channel, seen) = page();
        views.subscribe(channel);
        views.publish(&never());
        assert_eq!(
            *seen.lock().unwrap(),
            [
                r#"{"kind":"restoring"}"#,
                r#"{"kind":"signed-out","why":"never"}"#
            ]
        );
    }

    #[test]
    fn a_second_page_replaces_the_first_and_misses_nothing() {
        let views = Views::new();
        let (first, seen_first) = page();
        let (second, seen_second) = page();
        views.subscribe(first);
        views.publish(&never());
        views.subscribe(second);
        views.publish(&View::Unconfigured { last_attempt: None });
        assert_eq!(seen_first.lock().unwrap().len(), 2);
        assert_eq!(
            *seen_second.lock().unwrap(),
            [
                r#"{"kind":"signed-out","why":"never"}"#,
                r#"{"kind":"unconfigured"}"#
            ]
        );
    }
}
