//! The real thing: gnome-keyring-daemon.

use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};

const PASSWORD: &[u8] = b"keyring password";

/// A gnome-keyring-daemon with its login keyring unlocked; ended when dropped.
pub(crate) struct Keyring(Child);

impl Keyring {
    pub(crate) fn start() -> Self {
        Self::start_with(&["--unlock"])
    }

    pub(crate) fn start_with(options: &[&str]) -> Self {
        let mut daemon = Command::new("gnome-keyring-daemon")
            .args(["--foreground", "--replace", "--components=secrets"])
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        daemon.stdin.take().unwrap().write_all(PASSWORD).unwrap();
        // It prints its control directory when it is ready.
        let _ = daemon.stdout.as_mut().unwrap().read(&mut [0]);
        Self(daemon)
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
