//! GTK's settings, held back while the first window is made.
//!
//! tao tells GTK for each window whether the desktop prefers dark windows (`gtk-application-prefer-dark-theme`), and GTK loads its whole
//! theme again whenever it is told so, also when nothing has changed. At a start that is the second time, in the way of the page. So
//! the settings keep silent from before the window is made until its first frame has been painted; on a dark desktop, where GTK
//! has to load something else, only until the window is made. What they had to say is said then, and nothing is lost.

use std::cell::RefCell;
use std::time::Duration;

use gtk::glib::object::PropertyNotificationFreezeGuard;
use gtk::glib::{self, ObjectExt as _};
use gtk::prelude::GtkSettingsExt as _;
use tauri::AppHandle;

/// How long, when no frame comes.
const LONGEST: Duration = Duration::from_secs(3);

thread_local! {
    /// On GTK's thread alone: it has the settings.
    static HELD: RefCell<Option<PropertyNotificationFreezeGuard>> = const { RefCell::new(None) };
}

/// The settings keep silent from now on. To be called before the window is made, on the main thread.
pub(crate) fn hold_the_theme() {
    let held = gtk::Settings::default().map(|settings| settings.freeze_notify());
    HELD.set(held);
    glib::timeout_add_local_once(LONGEST, release);
}

/// The window is made: a theme that is another one is loaded now.
pub(crate) fn window_is_made() {
    if gtk::Settings::default().is_some_and(|settings| settings.is_gtk_application_prefer_dark_theme()) {
        release();
    }
}

/// The window has painted something.
pub(crate) fn window_is_painted(app: &AppHandle) {
    if let Err(error) = app.run_on_main_thread(release) {
        tracing::debug!(%error, "the theme is released later");
    }
}

/// Once; said again, it changes nothing.
fn release() {
    if HELD.take().is_some() {
        tracing::debug!("GTK hears of its settings");
    }
}
