//! Windows' place on Linux: a wine prefix of our own, made anew for each run, and a virtual display. Nothing of the person's own
//! prefix or home is touched. Everything in it ends when it is dropped.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::toolchain::Target;
use crate::failure::{Doing, Failure, Result};
use crate::interrupt::{self, Interrupt, Urgency};
use crate::task::{Output, Task, lines};
use crate::workspace::Workspace;

/// How long the display may take to appear.
const DISPLAY_LIMIT: Duration = Duration::from_secs(20);
/// How long something may take to end that was asked to.
const PATIENCE: Duration = Duration::from_secs(10);

/// The prefix and the display.
#[derive(Debug)]
pub(super) struct Wine {
    prefix: PathBuf,
    variables: Vec<(&'static str, OsString)>,
    display: Child,
    interrupt: Interrupt,
}

impl Wine {
    /// Makes both. The library of `prng.c` is put beside wine's own.
    pub(super) fn prepare(workspace: &Workspace, interrupt: &Interrupt) -> Result<Self> {
        let place = workspace.cross().join("wine");
        let (prefix, home) = (place.join("prefix"), place.join("home"));
        if place.exists() {
            fs::remove_dir_all(&place).doing(format_args!("clear {}", place.display()))?;
        }
        fs::create_dir_all(&home).doing(format_args!("make {}", home.display()))?;
        let (display, number) = start_display(interrupt)?;
        let programs = workspace.cross().join(Target::WindowsGnu.name()).join("debug");
        let variables = vec![
            ("WINEPREFIX", prefix.clone().into()),
            ("WINEARCH", "win64".into()),
            ("WINEDEBUG", "-all".into()),
            // No .NET, no HTML of its own, and no entries in the menus of the desktop.
            ("WINEDLLOVERRIDES", "mscoree,mshtml,winemenubuilder.exe=".into()),
            (
                "WINEPATH",
                format!("Z:{}", programs.display()).replace('/', "\\").into(),
            ),
            ("DISPLAY", number.into()),
        ];
        let wine = Self {
            prefix,
            variables,
            display,
            interrupt: interrupt.clone(),
        };
        // The folders of the prefix's person lead to the home of this one call.
        wine.task(["wineboot", "--init"])
            .env("HOME", &home)
            .run(interrupt)?;
        wine.add_prng(&place, interrupt)?;
        Ok(wine)
    }

    /// A command in this place. The words begin with the Windows program.
    pub(super) fn task(&self, words: impl IntoIterator<Item = impl AsRef<std::ffi::OsStr>>) -> Task {
        self.within(Task::new("wine").args(words))
    }

    /// The same for a program of Linux that starts such commands.
    pub(super) fn within(&self, task: Task) -> Task {
        self.variables
            .iter()
            .fold(task, |task, (name, value)| task.env(name, value))
    }

    /// Runs a program to its end and gives back what it wrote.
    pub(super) fn read(&self, program: &Path, words: &[&str]) -> Result<Output> {
        let words = words.iter().map(OsString::from);
        self.task(std::iter::once(program.into()).chain(words))
            .read(&self.interrupt)
    }

    /// Starts a program that goes on. It ends when the guard is dropped.
    pub(super) fn start(&self, program: &Path, words: &[&str], more: &[(&str, &Path)]) -> Result<Running> {
        let mut command = Command::new("wine");
        command.arg(program).args(words);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.envs(more.iter().copied());
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let child = command
            .spawn()
            .doing(format_args!("start {} under wine", program.display()))?;
        Ok(Running {
            child,
            interrupt: self.interrupt.clone(),
        })
    }

    /// The folder that Windows programs call `%LOCALAPPDATA%`.
    pub(super) fn local_data(&self) -> Result<PathBuf> {
        let users = self.prefix.join("drive_c/users");
        let mut folders = fs::read_dir(&users).doing("look into the prefix")?.flatten();
        folders
            .find(|user| user.file_name() != "Public")
            .map(|user| user.path().join("AppData/Local"))
            .ok_or_else(|| Failure::new("the wine prefix has no user"))
    }

    fn add_prng(&self, place: &Path, interrupt: &Interrupt) -> Result<()> {
        const DLL: &str = "bcryptprimitives.dll";
        let system = self.prefix.join("drive_c/windows/system32").join(DLL);
        // Newer versions bring it.
        if system.exists() {
            return Ok(());
        }
        let source = place.join("prng.c");
        fs::write(&source, include_str!("prng.c")).doing(format_args!("write {}", source.display()))?;
        Task::new("x86_64-w64-mingw32-gcc")
            .args(["-shared", "-O1", "-s", "-o"])
            .args([&system, &source])
            .args(["-ladvapi32"])
            .run(interrupt)
    }
}

impl Drop for Wine {
    fn drop(&mut self) {
        // What still runs in this prefix, and in no other. An error leaves nothing to do.
        let mut command = Command::new("wineserver");
        command.args(["--kill"]);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        let _ = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        interrupt::end(
            &mut self.display,
            Urgency::Terminate,
            false,
            PATIENCE,
            &self.interrupt,
        );
    }
}

/// A Windows program that runs.
#[derive(Debug)]
pub(super) struct Running {
    child: Child,
    interrupt: Interrupt,
}

impl Running {
    /// Whether it has ended by itself.
    pub(super) fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)) | Err(_))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        interrupt::end(&mut self.child, Urgency::Kill, true, PATIENCE, &self.interrupt);
    }
}

/// Starts a display that picks a free number itself, and says which.
fn start_display(interrupt: &Interrupt) -> Result<(Child, String)> {
    let mut command = Command::new("Xvfb");
    command
        .args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1024x768x24",
            "-nolisten",
            "tcp",
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command.spawn().doing("start Xvfb")?;
    let number = child
        .stdout
        .take()
        .map(lines)
        .and_then(|lines| lines.recv_timeout(DISPLAY_LIMIT).ok());
    match number {
        Some(number) => Ok((child, format!(":{number}"))),
        None => {
            interrupt::end(&mut child, Urgency::Kill, false, PATIENCE, interrupt);
            Err(Failure::new("the virtual display did not start"))
        }
    }
}
