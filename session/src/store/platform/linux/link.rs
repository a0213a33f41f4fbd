//! One connection to the Secret Service, which ends with the service.
//!
//! A password dialog may stay open as long as the person likes, so nothing limits the waiting for its end. But a service that
//! goes away takes its dialog along without a word. So the bus is asked to tell when the service's name changes hands; then
//! the connection is closed, and a call that waits on it fails at once instead of never.

use std::time::Duration;

use secret_service::blocking::SecretService;
use secret_service::{EncryptionType, Error as ServiceError};
use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;
use zbus::blocking::fdo::DBusProxy;

pub(super) const BUS_NAME: &str = "org.freedesktop.secrets";

/// A session with the Secret Service on a bus connection of its own. Dropping it closes the connection.
pub(super) struct Link {
    pub(super) service: SecretService<'static>,
    bus: Bus,
}

impl Link {
    /// Connects. `limit` is for the answer to each message, not for a dialog: that is announced by an answer.
    ///
    /// # Errors
    /// No bus, no service on it, or what the service answers.
    pub(super) fn open(encryption: EncryptionType, limit: Duration) -> Result<Self, ServiceError> {
        let bus = bus(limit)?;
        close_with_the_service(&bus.0)?;
        let service = SecretService::connect_with_existing(encryption, bus.0.clone())?;
        Ok(Self { service, bus })
    }
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Link").field(&self.bus.0.unique_name()).finish()
    }
}

/// Connects to the session bus and asks nothing yet. `limit` is for the answer to each message.
///
/// # Errors
/// There is no bus.
pub(super) fn bus(limit: Duration) -> Result<Bus, zbus::Error> {
    Ok(Bus(Builder::session()?.method_timeout(limit).build()?))
}

/// Closes the connection when dropped; the thread that watches it holds another handle, and ends with it.
pub(super) struct Bus(pub(super) Connection);

impl Drop for Bus {
    fn drop(&mut self) {
        // It may be closed already.
        let _ = self.0.clone().close();
    }
}

/// Starts a thread that closes the connection when the service's name loses its owner, and that ends with the connection.
/// A service that is started by our first message loses nobody.
fn close_with_the_service(bus: &Connection) -> Result<(), ServiceError> {
    let changes = DBusProxy::new(bus)?.receive_name_owner_changed_with_args(&[(0, BUS_NAME)])?;
    let bus = bus.clone();
    let watch = move || {
        let lost =
            |change: zbus::fdo::NameOwnerChanged| change.args().is_ok_and(|it| it.old_owner().is_some());
        if changes.into_iter().any(lost) {
            let _ = bus.close();
        }
    };
    std::thread::Builder::new()
        .name("secret-service".to_owned())
        .spawn(watch)
        .map_err(|error| ServiceError::Zbus(error.into()))?;
    Ok(())
}
