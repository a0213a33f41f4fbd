//! The harness of the end-to-end tests, of the guided tour and of the proof of faults: everything in it is real.
//!
//! A [`World`](world::World) is a machine of its own for one test: home directory, XDG directories, X display, session
//! bus, unlocked gnome-keyring. In it run the demo [`Provider`](provider::Provider), a headless Chromium
//! ([`Browser`](browser::Browser)) and the app ([`App`](app::App)), started through tauri-driver or by the desktop.
//! A [`Stage`](stage::Stage) holds all four, [`story`](stage::story) runs a test on it, leaves
//! [`evidence`] when it fails, and ends every process of that world, also after a panic or a kill.
//!
//! The proof of faults needs no app and no browser: its processes are [`client`]s, sessions without a window, and a
//! [`Person`](person::Person) signs in with plain requests.
//!
//! # What the machine needs (Debian and Ubuntu package names)
//! | package | for |
//! |---|---|
//! | `webkit2gtk-driver` | WebKitWebDriver, which tauri-driver drives |
//! | `chromium`, `chromium-driver` | the person's browser |
//! | `xvfb` | the display |
//! | `dbus` (`dbus-daemon`) | the session bus: keyring, single instance |
//! | `gnome-keyring`, `libsecret-tools` | the credential store, and `secret-tool` to look into it from outside |
//! | `xdg-utils`, `libglib2.0-bin` | `xdg-open`, which hands URLs to `gio open`; `gdbus` |
//! | `faketime` | a wrong clock, in the proof of faults |
//! | `desktop-file-utils` | `update-desktop-database`: without its cache nobody finds the handler of a scheme |
//!
//! `xdg-desktop-portal` is not needed. Where it is installed Chromium opens private-use schemes through it (`OpenURI`),
//! which then asks with a dialog unless the handler is in `mimeinfo.cache`; where it is not, through `xdg-open`. Both
//! were tried. The document portal is masked in a world: its FUSE mount would outlive the test.
//!
//! The app's own opener ends at `x-scheme-handler/http(s)`, which in a world is a script that notes the URL;
//! [`Browser::follow`](browser::Browser::follow) then opens it in a new tab. Chromium's question whether a site may open
//! the app is answered beforehand by its `protocol_handler` preference, for the provider's origin and the app's scheme.
//!
//! # Names and paths
//! Which app a story is about is its [`Identity`](identity::Identity): the debug build of this checkout, `LATCHKEY_BIN` when
//! it is elsewhere; or the installed app whose program `LATCHKEY_INSTALLED` names. `TAURI_DRIVER` names the driver (else
//! `target/tools/bin/tauri-driver`); `node`, `chromium`, `chromedriver`, `Xvfb` and the others come from `PATH`.

pub mod accessibility;
pub mod app;
pub mod browser;
pub mod canary;
pub mod child;
pub mod client;
pub mod clipboard;
pub mod deadline;
pub mod evidence;
pub mod failure;
pub mod film;
pub mod identity;
mod janitor;
pub mod keyboard;
pub mod keyring;
pub mod listeners;
pub mod log;
pub mod memory;
pub mod needles;
pub mod package;
pub mod pages;
pub mod paths;
pub mod person;
pub mod processes;
pub mod provider;
pub mod recorder;
pub mod screen;
pub mod stage;
pub mod webdriver;
pub mod world;
