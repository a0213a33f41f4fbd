//! Who takes part: our app in several situations, and what it is compared with.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use latchkey_e2e::child::Child;
use latchkey_e2e::failure::{Doing, Result};
use latchkey_e2e::paths;
use latchkey_e2e::world::World;

use crate::frames::{Seen, Settled, Watch};
use crate::places::{Place, Places};

/// How long anybody may take to paint; a cold start of Chromium's kind reads hundreds of megabytes.
const LIMIT: Duration = Duration::from_secs(40);
/// How long anybody may take to end.
const END: Duration = Duration::from_secs(10);
/// How long a first launch is looked at: what it shows at the end is what it has to show.
const REHEARSAL: Duration = Duration::from_secs(8);

/// The variable that decides how WebKitGTK draws.
const RENDERER: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// The names of those that goals are about.
pub(crate) const FLOOR: &str = "bare WebKitGTK window";
pub(crate) const TWIN: &str = "bare WebKitGTK window, again";
pub(crate) const HELLO_SHARED: &str = "Tauri hello, shared memory";
pub(crate) const LATCHKEY: &str = "Latchkey";
pub(crate) const NOBODY: &str = "Latchkey, nobody signed in";
pub(crate) const EXPIRED: &str = "Latchkey, access token expired";
pub(crate) const DEFAULT: &str = "Latchkey, WebKit's default";

/// One that is launched in turns with the others.
#[derive(Debug)]
pub(crate) struct Contestant {
    /// What it is called in the table.
    pub(crate) name: &'static str,
    /// Where it is launched.
    pub(crate) place: Place,
    /// Whether it must not be quicker than our app.
    pub(crate) peer: bool,
    program: PathBuf,
    arguments: Vec<String>,
    environment: Vec<(&'static str, &'static str)>,
}

impl Contestant {
    fn new(name: &'static str, program: impl Into<PathBuf>, arguments: &[&str]) -> Self {
        Self {
            name,
            place: Place::SignedIn,
            peer: false,
            program: program.into(),
            arguments: arguments.iter().map(|&word| word.to_owned()).collect(),
            environment: Vec::new(),
        }
    }

    fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.environment.push((name, value));
        self
    }

    fn at(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    fn peer(mut self) -> Self {
        self.peer = true;
        self
    }

    /// Starts it.
    pub(crate) fn start(&self, world: &World) -> Result<Child> {
        let mut command = world.command(&self.program);
        command
            .args(&self.arguments)
            .envs(self.environment.iter().copied());
        world.start("contestant", command)
    }

    /// Starts it by another program, which is given its own words first.
    pub(crate) fn start_under(&self, world: &World, program: &str, words: &[&str]) -> Result<Child> {
        let mut command = world.command(program);
        command.args(words).arg(&self.program).args(&self.arguments);
        command.envs(self.environment.iter().copied());
        world.start("contestant", command)
    }

    /// Launches it for the first time, and learns what it shows.
    pub(crate) async fn rehearse(&self, places: &Places) -> Result<Settled> {
        let (world, watch) = (places.world(self.place), places.watch(self.place));
        watch.cleared(END).await?;
        let child = self.start(world)?;
        let picture = watch.last(REHEARSAL).await;
        finish(child, watch).await?;
        Settled::of(picture?).doing(self.name)
    }

    /// Launches it and tells when it has painted.
    pub(crate) async fn launch(&self, places: &Places, settled: &Settled) -> Result<Seen> {
        let (world, watch) = (places.world(self.place), places.watch(self.place));
        let started = Instant::now();
        let child = self.start(world)?;
        let seen = watch.until(settled, started, LIMIT).await;
        finish(child, watch).await?;
        seen.doing(self.name)
    }
}

/// Ends it as a desktop that shuts down does, with all its processes.
pub(crate) async fn finish(child: Child, watch: &Watch) -> Result<()> {
    child.end(END).await?;
    watch.cleared(END).await
}

/// All that can take part on this machine. `page` is what a web view is given; `told` hears who is missing.
pub(crate) fn all(folder: &Path, page: &str, told: impl Fn(&str)) -> Result<Vec<Contestant>> {
    let floor = folder.join("floor");
    let app = paths::root().join("target/release/latchkey");
    let hello = paths::root().join("target/release/latchkey-bench-hello");
    let mut all = vec![
        Contestant::new(FLOOR, &floor, &[page]),
        Contestant::new(TWIN, &floor, &[page]),
        Contestant::new("bare WebKitGTK window, shared memory", &floor, &[page]).with(RENDERER, "1"),
        Contestant::new("GTK window without a web view", &floor, &[]),
        Contestant::new("Tauri hello", &hello, &[]).peer(),
        Contestant::new(HELLO_SHARED, &hello, &[]).with(RENDERER, "1"),
        Contestant::new(LATCHKEY, &app, &[]),
        Contestant::new(DEFAULT, &app, &[]).with(RENDERER, "0"),
        Contestant::new(NOBODY, &app, &[]).at(Place::SignedOut),
        Contestant::new(EXPIRED, &app, &[]).at(Place::Expired),
    ];
    let python = folder.join("venv/bin/python");
    if folder.join("venv/ready").is_file() {
        let script = paths::root().join("benches/launch/webengine.py");
        let words = [script.to_string_lossy().into_owned(), page.to_owned()];
        let words = words.each_ref().map(String::as_str);
        all.push(
            Contestant::new("PySide6 WebEngine", python, &words)
                .peer()
                .with("QTWEBENGINE_DISABLE_SANDBOX", "1"),
        );
    } else {
        told("PySide6 is not installed: without it");
    }
    if let Some(chromium) = chromium() {
        all.push(chromium_app(chromium, folder, page)?.peer());
    } else {
        told("Chromium is not installed: without it");
    }
    Ok(all)
}

fn chromium() -> Option<PathBuf> {
    [
        "/usr/bin/chromium",
        "/usr/bin/google-chrome",
        "/usr/bin/chromium-browser",
    ]
    .map(PathBuf::from)
    .into_iter()
    .find(|program| program.is_file())
}

/// Chromium with a window of its own for one page, all its processes new, and nothing that asks the network.
fn chromium_app(program: PathBuf, folder: &Path, page: &str) -> Result<Contestant> {
    let profile = folder.join("chromium");
    if profile.exists() {
        std::fs::remove_dir_all(&profile).doing("empty Chromium's profile")?;
    }
    let words = [
        format!("--app=file://{page}"),
        format!("--user-data-dir={}", profile.display()),
        "--window-size=420,560".to_owned(),
        "--window-position=0,0".to_owned(),
        "--no-first-run".to_owned(),
        "--no-sandbox".to_owned(),
        "--test-type".to_owned(),
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-sync".to_owned(),
        "--disable-quic".to_owned(),
        "--password-store=basic".to_owned(),
    ];
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    Ok(Contestant::new("Chromium --app", program, &words))
}
