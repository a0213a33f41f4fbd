//! Which program answers as the Secret Service: its name for people.

use std::fs;

use zbus::blocking::fdo::DBusProxy;
use zbus::names::BusName;

use super::link::{BUS_NAME, bus};
use super::{NAME, READY_LIMIT};

/// "GNOME Keyring", "KWallet", "KeePassXC"; [`NAME`] when it cannot be told. Starts the service if the bus can, and asks it
/// nothing.
pub(super) fn name() -> &'static str {
    process().map_or(NAME, |process| known_as(&process))
}

/// The name of the process that owns the service's name, as the kernel keeps it: at most 15 bytes.
fn process() -> Option<String> {
    let bus = bus(READY_LIMIT).ok()?;
    let driver = DBusProxy::new(&bus.0).ok()?;
    let service = BusName::try_from(BUS_NAME).ok()?;
    if let BusName::WellKnown(known) = &service {
        driver.start_service_by_name(known.clone(), 0).ok()?;
    }
    let pid = driver.get_connection_unix_process_id(service).ok()?;
    Some(
        fs::read_to_string(format!("/proc/{pid}/comm"))
            .ok()?
            .trim()
            .to_owned(),
    )
}

fn known_as(process: &str) -> &'static str {
    match process {
        "gnome-keyring-d" => "GNOME Keyring",
        "kwalletd5" | "kwalletd6" | "ksecretd" => "KWallet",
        "keepassxc" => "KeePassXC",
        _ => NAME,
    }
}

#[cfg(test)]
mod tests {
    use super::known_as;

    #[test]
    fn a_stranger_is_called_by_the_interface() {
        assert_eq!(known_as("gnome-keyring-d"), "GNOME Keyring");
        assert_eq!(known_as("kwalletd6"), "KWallet");
        assert_eq!(known_as("secrets.py"), "Secret Service");
    }
}
