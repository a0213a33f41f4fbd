//! A Secret Service that goes wrong: it never answers, or it opens a dialog that nobody ever closes.
//!
//! It speaks just as much of the protocol as a call needs to get that far (Secret Service API 0.2).

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, Sender, channel};

use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;
use zbus::blocking::fdo::DBusProxy;
use zbus::fdo::RequestNameFlags;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};

const NAME: &str = "org.freedesktop.secrets";
const SERVICE: &str = "/org/freedesktop/secrets";
const COLLECTION: &str = "/org/freedesktop/secrets/collection/login";
const ITEM: &str = "/org/freedesktop/secrets/collection/login/1";
const PROMPT: &str = "/org/freedesktop/secrets/prompt/p1";

type Paths = Vec<OwnedObjectPath>;

/// The service, as long as it lives; dropped, it leaves the bus.
pub(crate) struct Bad {
    connection: Connection,
    dialogs: Receiver<()>,
}

impl Bad {
    /// It owns the name and never answers.
    pub(crate) fn silent() -> Self {
        Self::start(Service {
            answers: false,
            shows_items: true,
        })
    }

    /// It is locked, and its dialog never comes to an end.
    pub(crate) fn locked() -> Self {
        Self::start(Service {
            answers: true,
            shows_items: true,
        })
    }

    /// The same, and it does not tell what there is as long as it is locked.
    pub(crate) fn locked_and_hiding() -> Self {
        Self::start(Service {
            answers: true,
            shows_items: false,
        })
    }

    fn start(service: Service) -> Self {
        let (opened, dialogs) = channel();
        let collection = Collection {
            shows_items: service.shows_items,
        };
        let connection = Builder::session()
            .and_then(|it| it.serve_at(SERVICE, service))
            .and_then(|it| it.serve_at(COLLECTION, collection))
            .and_then(|it| it.serve_at(PROMPT, Prompt { opened }))
            .and_then(Builder::build)
            .unwrap();
        // The next one takes the name from this one.
        let flags = RequestNameFlags::AllowReplacement | RequestNameFlags::ReplaceExisting;
        connection.request_name_with_flags(NAME, flags).unwrap();
        Self { connection, dialogs }
    }

    /// Waits for a dialog to be opened.
    pub(crate) fn dialog(&self) {
        self.dialogs.recv_timeout(crate::LIMIT).unwrap();
    }

    /// Whether a dialog was opened that nobody waited for yet.
    pub(crate) fn has_dialog(&self) -> bool {
        self.dialogs.try_recv().is_ok()
    }

    /// Gives the name away, but stays on the bus.
    pub(crate) fn resign(&self) {
        DBusProxy::new(&self.connection)
            .unwrap()
            .release_name(NAME.try_into().unwrap())
            .unwrap();
    }
}

impl Drop for Bad {
    fn drop(&mut self) {
        let _ = self.connection.clone().close();
    }
}

struct Service {
    answers: bool,
    shows_items: bool,
}

#[zbus::interface(name = "org.freedesktop.Secret.Service")]
impl Service {
    async fn open_session(&self, _algorithm: String, _input: OwnedValue) -> (Value<'_>, OwnedObjectPath) {
        if !self.answers {
            std::future::pending::<()>().await;
        }
        (
            Value::from(vec![7_u8; 128]),
            path("/org/freedesktop/secrets/session/s1"),
        )
    }

    fn read_alias(&self, _name: &str) -> OwnedObjectPath {
        path(COLLECTION)
    }

    fn search_items(&self, _attributes: HashMap<String, String>) -> (Paths, Paths) {
        (Vec::new(), items(self.shows_items))
    }

    fn unlock(&self, _objects: Paths) -> (Paths, OwnedObjectPath) {
        (Vec::new(), path(PROMPT))
    }
}

struct Collection {
    shows_items: bool,
}

#[zbus::interface(name = "org.freedesktop.Secret.Collection")]
impl Collection {
    #[zbus(property)]
    fn locked(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn items(&self) -> Paths {
        items(self.shows_items)
    }
}

struct Prompt {
    opened: Sender<()>,
}

#[zbus::interface(name = "org.freedesktop.Secret.Prompt")]
impl Prompt {
    /// Answers at once, as it should. The signal that tells how the dialog ended never comes.
    fn prompt(&self, _window: &str) {
        let _ = self.opened.send(());
    }
}

fn items(shown: bool) -> Paths {
    if shown { vec![path(ITEM)] } else { Vec::new() }
}

fn path(path: &'static str) -> OwnedObjectPath {
    ObjectPath::from_static_str(path).unwrap().into()
}
