//! The world's credential store, gnome-keyring, seen from outside the app: with secret-tool and over the bus.

use std::fs::File;
use std::process::Stdio;
use std::time::Duration;

use crate::deadline::{eventually, within};
use crate::failure::{Doing, Failure, Result, ensure};
use crate::keyboard::{self, Keyboard};
use crate::screen::Screen;
use crate::world::World;

/// Letters that are typed without a second key.
const PASSWORD: &str = "a keyring password";
/// The program that asks for the password.
const DIALOG: &str = "gcr-prompter";
const BUS_NAME: &str = "org.freedesktop.secrets";
const LOGIN: &str = "/org/freedesktop/secrets/collection/login";

/// One entry of the app in the keyring.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The attribute `username`: `head-…`, `part-…` or `attempt-…`.
    pub username: String,
    /// The stored text.
    pub secret: String,
}

/// A handle on the world's keyring.
#[derive(Debug, Clone, Copy)]
pub struct Keyring<'world> {
    world: &'world World,
}

impl<'world> Keyring<'world> {
    /// The keyring of `world`.
    pub fn of(world: &'world World) -> Self {
        Self { world }
    }

    /// Starts the daemon with its login collection unlocked; `option` may be `--replace`.
    pub(crate) async fn start(&self, option: &str) -> Result<()> {
        let password = self.world.root().join("keyring-password");
        std::fs::write(&password, PASSWORD).doing("write the keyring's password")?;
        let mut command = self.world.command("gnome-keyring-daemon");
        command.args(["--unlock", "--components=secrets"]);
        if !option.is_empty() {
            command.arg(option);
        }
        command.stdin(Stdio::from(
            File::open(&password).doing("read the keyring's password")?,
        ));
        // It goes to the background once it has its name or has given up; what stays is found by the world's mark.
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().await;
        ensure(
            status.doing("start gnome-keyring-daemon")?.success(),
            "gnome-keyring-daemon failed to start",
        )?;
        eventually("the keyring to be unlocked", async || {
            Ok((!self.is_locked().await?).then_some(()))
        })
        .await
    }

    /// Locks the login collection. With a display, the next access shows a password dialog and waits for it.
    pub async fn lock(&self) -> Result<()> {
        let collection = format!("['{LOGIN}']");
        self.call(
            "/org/freedesktop/secrets",
            "org.freedesktop.Secret.Service.Lock",
            &[&collection],
        )
        .await?;
        ensure(self.is_locked().await?, "the keyring must be locked now")
    }

    /// Unlocks it by replacing the daemon, as after a crash: whoever waits for a dialog waits in vain.
    pub async fn replace(&self) -> Result<()> {
        self.start("--replace").await
    }

    /// Waits for the password dialog and gives the right password.
    pub async fn answer_dialog(&self) -> Result<()> {
        self.dialog().await?;
        let keyboard = Keyboard::of(self.world)?;
        // The dialog takes the keyboard a moment after it is there: what was typed before is typed again.
        for _ in 0..5 {
            keyboard.type_text(PASSWORD)?;
            keyboard.press(keyboard::RETURN)?;
            let unlocked = async || Ok((!self.is_locked().await?).then_some(()));
            if within(Duration::from_secs(6), "the keyring to be unlocked", unlocked)
                .await
                .is_ok()
            {
                return Ok(());
            }
        }
        Err(Failure::new("the password dialog does not take the password"))
    }

    /// Waits for the password dialog and turns it away.
    pub async fn dismiss_dialog(&self) -> Result<()> {
        self.dialog().await?;
        let (keyboard, screen) = (Keyboard::of(self.world)?, Screen::of(self.world)?);
        eventually("the password dialog to go", async || {
            // Again and again: the dialog takes the keyboard a moment after it is there.
            keyboard.press(keyboard::ESCAPE)?;
            Ok(screen.window_running(DIALOG)?.is_none().then_some(()))
        })
        .await
    }

    /// Waits until the password dialog is there.
    async fn dialog(&self) -> Result<()> {
        let screen = Screen::of(self.world)?;
        eventually("the password dialog", async || screen.window_running(DIALOG))
            .await
            .map(drop)
    }

    /// Whether the login collection is locked.
    pub async fn is_locked(&self) -> Result<bool> {
        let property = ["org.freedesktop.Secret.Collection", "Locked"];
        let answer = self
            .call(LOGIN, "org.freedesktop.DBus.Properties.Get", &property)
            .await?;
        Ok(answer.contains("true"))
    }

    /// All entries of the app. Never call it while the keyring is locked: it would ask for the password.
    pub async fn entries(&self) -> Result<Vec<Entry>> {
        let mut command = self.world.command("secret-tool");
        command.args(["search", "--all", "service", &self.world.identity().identifier]);
        let limit = Duration::from_secs(10);
        let output = tokio::time::timeout(limit, command.output())
            .await
            .doing("wait for secret-tool")?;
        let output = output.doing("start secret-tool")?;
        // Attributes are on one stream, the rest on the other, in the same order. A secret may have several lines.
        let text = String::from_utf8_lossy(&output.stdout);
        let end = |secret: &str| secret.find("\ncreated = ").unwrap_or(secret.len());
        let secrets: Vec<&str> = text
            .split("\nsecret = ")
            .skip(1)
            .map(|rest| &rest[..end(rest)])
            .collect();
        let attributes = String::from_utf8_lossy(&output.stderr);
        let usernames: Vec<&str> = attributes
            .lines()
            .filter_map(|line| line.strip_prefix("attribute.username = "))
            .collect();
        ensure(
            secrets.len() == usernames.len(),
            "secret-tool must tell as many secrets as names",
        )?;
        let entry = |(username, secret): (&str, &str)| Entry {
            username: username.to_owned(),
            secret: secret.to_owned(),
        };
        Ok(usernames.into_iter().zip(secrets).map(entry).collect())
    }

    /// Waits until `holds` is true of the app's entries.
    pub async fn wait(&self, what: &str, holds: impl Fn(&[Entry]) -> bool) -> Result<Vec<Entry>> {
        within(
            Duration::from_secs(15),
            &format!("the keyring: {what}"),
            async || {
                let entries = self.entries().await?;
                Ok(holds(&entries).then_some(entries))
            },
        )
        .await
    }

    /// Waits until none of `secrets` (kind, value) is in an entry of the app; what is left then.
    pub async fn without(&self, secrets: &[(String, String)]) -> Result<Vec<Entry>> {
        let free = |entry: &Entry| secrets.iter().all(|(_, value)| !entry.secret.contains(value));
        self.wait("nothing of the session left", |entries| entries.iter().all(free))
            .await
    }

    async fn call(&self, object: &str, method: &str, arguments: &[&str]) -> Result<String> {
        let mut command = self.world.command("gdbus");
        command.args(["call", "--session", "--timeout", "10", "--dest", BUS_NAME]);
        command
            .args(["--object-path", object, "--method", method])
            .args(arguments);
        let output = command.output().await.doing("start gdbus")?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure(
            output.status.success(),
            format_args!("{method} on {object}: {said}"),
        )?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}
