//! A machine of its own for one test: home, XDG directories, X display, session bus, unlocked keyring, desktop entries.
//!
//! Everything started in it carries the mark `MARK` in its environment, also what the bus, the portal or Chromium
//! start on its behalf: that is how the `Janitor` knows what to end.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tempfile::TempDir;
use tokio::process::Command;

use crate::child::Child;
use crate::failure::{Doing, Result};
use crate::identity::Identity;
use crate::janitor::{self, Janitor, MARK};
use crate::keyring::Keyring;

/// How long a helper may take to come up.
const START: Duration = Duration::from_secs(20);

/// One test's machine. Dropping it ends everything in it and removes its directory.
#[derive(Debug)]
pub struct World {
    // In the order of dropping: the display and the bus are ended by `drop` first, the directory goes last.
    display_server: Option<Child>,
    bus: Option<Child>,
    janitor: Option<Janitor>,
    display: String,
    environment: Vec<(String, String)>,
    started: AtomicU32,
    identity: Identity,
    root: TempDir,
}

impl World {
    /// Builds the machine for the app under test; its keyring is unlocked.
    pub async fn create() -> Result<Self> {
        Self::create_with(Identity::under_test()?, &[]).await
    }

    /// As [`create`](Self::create), for this app, with more in the environment of everything in it.
    pub async fn create_with(identity: Identity, environment: &[(&str, &str)]) -> Result<Self> {
        // Unix socket paths are at most 107 bytes: a short directory.
        let root = tempfile::Builder::new()
            .prefix("lk-")
            .tempdir_in("/tmp")
            .doing("make the world's directory")?;
        let mut world = Self {
            display_server: None,
            bus: None,
            janitor: None,
            display: String::new(),
            environment: Vec::new(),
            started: AtomicU32::new(0),
            identity,
            root,
        };
        world.furnish()?;
        let more = environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        world.environment.extend(more);
        world.janitor = Some(Janitor::start(world.root())?);
        world.start_display().await?;
        world.start_bus().await?;
        Keyring::of(&world).start("").await?;
        Ok(world)
    }

    /// The world's directory. Tests' own files are here, the person's below [`World::home`] and its siblings.
    pub fn root(&self) -> &Path {
        self.root.path()
    }

    /// The person's home directory.
    pub fn home(&self) -> PathBuf {
        self.root().join("home")
    }

    /// `$XDG_DATA_HOME`: the app's logs, the keyring's files.
    pub fn data(&self) -> PathBuf {
        self.root().join("data")
    }

    /// `$XDG_CONFIG_HOME`.
    pub fn config(&self) -> PathBuf {
        self.root().join("config")
    }

    /// `$XDG_CACHE_HOME`.
    pub fn cache(&self) -> PathBuf {
        self.root().join("cache")
    }

    /// Where helpers' output goes.
    pub fn output(&self) -> PathBuf {
        self.root().join("output")
    }

    /// The app this is about: it is the one that is configured, launched, and looked for in log and keyring.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// From now on it is about this app; returns the other one.
    pub(crate) fn turn_to(&mut self, identity: Identity) -> Identity {
        std::mem::replace(&mut self.identity, identity)
    }

    /// The app's own folder below [`data`](Self::data).
    pub fn app_data(&self) -> PathBuf {
        self.data().join(&self.identity.identifier)
    }

    /// The app's own folder below [`config`](Self::config): where a person writes its configuration.
    pub fn app_config(&self) -> PathBuf {
        self.config().join(&self.identity.identifier)
    }

    /// The X display, as in `DISPLAY`.
    pub fn display(&self) -> &str {
        &self.display
    }

    /// The address of the session bus.
    pub fn bus_address(&self) -> String {
        format!("unix:path={}", self.root().join("run/bus").display())
    }

    /// Writes the app's configuration where a person would.
    pub fn configure(&self, text: &str) -> Result<()> {
        let folder = self.app_config();
        fs::create_dir_all(&folder).doing("make the configuration's folder")?;
        fs::write(folder.join(self.identity.config_file()), text).doing("write the configuration")
    }

    /// The URLs that were opened with the person's browser, in order.
    pub fn opened(&self) -> Vec<String> {
        let text = fs::read_to_string(self.root().join("opened")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// The environment that "the person's browser" was given when it was started last, a line for each variable.
    pub fn browser_environment(&self) -> Vec<String> {
        let text = fs::read_to_string(self.root().join("browser-environment")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// A command of this world: its environment and nothing else but `PATH`.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
            .stdin(Stdio::null())
            .current_dir(self.home())
            .kill_on_drop(true);
        command
    }

    /// Starts a helper of this world; its output goes to a file of its own.
    pub fn start(&self, name: &str, command: Command) -> Result<Child> {
        let number = self.started.fetch_add(1, Ordering::Relaxed);
        Child::start(
            name,
            command,
            self.output().join(format!("{number:02}-{name}.txt")),
        )
    }

    /// The processes of the app.
    pub fn apps(&self) -> Vec<u32> {
        self.running(&self.identity.binary)
    }

    /// The processes of this world that run `program`.
    pub fn running(&self, program: &Path) -> Vec<u32> {
        let program = program.canonicalize().unwrap_or_else(|_| program.to_owned());
        let is_it = |pid: &u32| fs::read_link(format!("/proc/{pid}/exe")).is_ok_and(|exe| exe == program);
        janitor::marked(self.root()).into_iter().filter(is_it).collect()
    }

    /// Directories, desktop entries and the environment.
    #[expect(
        clippy::disallowed_methods,
        reason = "a world takes PATH from outside, and nothing else"
    )]
    fn furnish(&mut self) -> Result<()> {
        for folder in [
            "home",
            "config",
            "cache",
            "run/dbus-1/services",
            "data/applications",
            "bin",
            "output",
        ] {
            fs::create_dir_all(self.root().join(folder)).doing("make the world's folders")?;
        }
        let private = fs::Permissions::from_mode(0o700);
        fs::set_permissions(self.root().join("run"), private).doing("protect the runtime directory")?;
        let at = |folder: &str| self.root().join(folder).to_string_lossy().into_owned();
        self.environment = [
            (MARK, at("")),
            ("PATH", std::env::var("PATH").unwrap_or_default()),
            ("HOME", at("home")),
            ("XDG_RUNTIME_DIR", at("run")),
            ("XDG_DATA_HOME", at("data")),
            ("XDG_CONFIG_HOME", at("config")),
            ("XDG_CACHE_HOME", at("cache")),
            ("XDG_CURRENT_DESKTOP", "GNOME".to_owned()),
            ("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", at("run/bus"))),
            ("LANG", "C.UTF-8".to_owned()),
            ("RUST_BACKTRACE", "1".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value.trim_end_matches('/').to_owned()))
        .into();
        self.install_browser_entry()
    }

    /// Makes "the person's browser" a script that notes the URL it is given.
    fn install_browser_entry(&self) -> Result<()> {
        let script = self.root().join("bin/open-url");
        let opened = self.root().join("opened");
        fs::write(
            &script,
            format!(
                "#!/bin/sh\nenv >'{}'\nprintf '%s\\n' \"$1\" >>'{}'\n",
                self.root().join("browser-environment").display(),
                opened.display()
            ),
        )
        .doing("write the browser script")?;
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).doing("make it executable")?;
        let entry = format!(
            "[Desktop Entry]\nType=Application\nName=Test browser\nExec={} %u\n\
             MimeType=x-scheme-handler/http;x-scheme-handler/https;\n",
            script.display()
        );
        fs::write(self.data().join("applications/test-browser.desktop"), entry)
            .doing("write its desktop entry")?;
        let defaults = "[Default Applications]\n\
             x-scheme-handler/http=test-browser.desktop\nx-scheme-handler/https=test-browser.desktop\n";
        fs::write(self.config().join("mimeapps.list"), defaults).doing("write mimeapps.list")?;
        // The document portal would mount a file system in the runtime directory.
        let masked = "[D-BUS Service]\nName=org.freedesktop.portal.Documents\nExec=/bin/false\n";
        let services = self.root().join("run/dbus-1/services");
        fs::write(services.join("org.freedesktop.portal.Documents.service"), masked)
            .doing("mask the document portal")
    }

    async fn start_display(&mut self) -> Result<()> {
        let mut command = self.command("Xvfb");
        command.args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1280x900x24",
            "-nolisten",
            "tcp",
            "-noreset",
        ]);
        let mut server = self.start("xvfb", command)?;
        let number = server
            .line("its display number", START, |line| line.parse::<u32>().ok())
            .await?;
        self.display = format!(":{number}");
        self.environment
            .push(("DISPLAY".to_owned(), self.display.clone()));
        self.display_server = Some(server);
        Ok(())
    }

    async fn start_bus(&mut self) -> Result<()> {
        let address = format!("unix:path={}", self.root().join("run/bus").display());
        let mut command = self.command("dbus-daemon");
        command
            .args([
                "--session",
                "--nofork",
                "--nopidfile",
                "--print-address=1",
                "--address",
            ])
            .arg(address);
        let mut bus = self.start("bus", command)?;
        bus.line("its address", START, |line| {
            line.starts_with("unix:").then_some(())
        })
        .await?;
        self.bus = Some(bus);
        Ok(())
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // Without display and bus most of the rest ends by itself, and in order.
        self.bus.take();
        self.display_server.take();
        if let Some(janitor) = self.janitor.take() {
            janitor.clear();
        }
    }
}
