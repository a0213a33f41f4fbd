//! Which compiler builds for the other systems: the person's own where it has the target's standard library, else Debian's, which
//! has the sources of the library and builds it first.

use std::path::{Path, PathBuf};

use crate::environment::var;
use crate::failure::{Failure, Result};
use crate::interrupt::Interrupt;
use crate::print;
use crate::setup::{self, Consent};
use crate::task::Task;
use crate::workspace::Workspace;

/// A target of the compiler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Linked by mingw-w64.
    WindowsGnu,
    /// What is shipped; its linker is Microsoft's.
    WindowsMsvc,
    /// Its linker is Apple's.
    Macos,
}

impl Target {
    /// What the compiler calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::WindowsGnu => "x86_64-pc-windows-gnu",
            Self::WindowsMsvc => "x86_64-pc-windows-msvc",
            Self::Macos => "aarch64-apple-darwin",
        }
    }
}

/// The compiler.
#[derive(Debug)]
pub(super) struct Toolchain {
    cargo: PathBuf,
    /// It is Debian's, and the standard library is built with it.
    is_debians: bool,
    output: PathBuf,
    root: PathBuf,
}

impl Toolchain {
    /// Finds one for these targets.
    pub(super) fn find(
        workspace: &Workspace,
        targets: &[Target],
        consent: Consent,
        interrupt: &Interrupt,
    ) -> Result<Self> {
        let rustc = var("RUSTC").unwrap_or_else(|| "rustc".to_owned());
        let sysroot = Task::new(rustc)
            .args(["--print", "sysroot"])
            .read(interrupt)?
            .stdout;
        let libraries = Path::new(sysroot.trim()).join("lib/rustlib");
        let missing: Vec<&str> = targets
            .iter()
            .map(|target| target.name())
            .filter(|name| !libraries.join(name).join("lib").is_dir())
            .collect();
        let is_debians = !missing.is_empty();
        if is_debians {
            if !setup::cross::has_compiler() {
                return Err(Failure::new("the compiler cannot build for the other systems")
                    .advise(format_args!("Run: rustup target add {}", missing.join(" "))));
            }
            setup::cross::compiler(consent, interrupt)?;
            print::note(
                "The compiler is Debian's, which builds the standard library for these targets, too.",
            );
        }
        let own = var("CARGO").unwrap_or_else(|| "cargo".to_owned());
        Ok(Self {
            cargo: PathBuf::from(if is_debians {
                "/usr/bin/cargo".to_owned()
            } else {
                own
            }),
            is_debians,
            output: workspace.cross(),
            root: workspace.root().to_owned(),
        })
    }

    /// A cargo command for this target, in a target folder of its own. Packages and the rest are added.
    pub(super) fn cargo(&self, command: &str, target: Target) -> Task {
        let task = Task::new(&self.cargo)
            .args([command, "--locked", "--target", target.name()])
            .dir(&self.root)
            .env("CARGO_TARGET_DIR", &self.output)
            .env("CARGO_INCREMENTAL", "0");
        if !self.is_debians {
            return task;
        }
        task.args(["-Zbuild-std=std,panic_unwind,test"])
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO", &self.cargo)
            .env("RUSTC", "/usr/bin/rustc")
            .env("RUSTDOC", "/usr/bin/rustdoc")
            // Set by the cargo that started us: the folder of its own compiler.
            .env("LD_LIBRARY_PATH", "")
    }

    /// Types alone, of every crate and test. Nothing is linked, so what is written in C is not compiled: a stand-in writes the
    /// empty files the build scripts wait for. The end-to-end tests drive a Linux desktop, and do not compile for Windows.
    pub(super) fn check(&self, target: Target) -> Result<Task> {
        let compiler = self.stand_in("cc", STAND_IN_CC)?;
        let archiver = self.stand_in("ar", STAND_IN_AR)?;
        let name = target.name().replace('-', "_");
        let left_out: &[&str] = match target {
            Target::WindowsGnu | Target::WindowsMsvc => &["--exclude", "latchkey-e2e"],
            Target::Macos => &[],
        };
        Ok(self
            .cargo("check", target)
            .args(["--workspace", "--all-targets"])
            .args(left_out)
            .env("CARGO_ENCODED_RUSTFLAGS", "-Dwarnings") // of ours: those of others are silent anyway
            .env(&format!("CC_{name}"), &compiler)
            .env(&format!("CXX_{name}"), &compiler)
            .env(&format!("AR_{name}"), &archiver))
    }

    #[cfg(unix)]
    fn stand_in(&self, name: &str, script: &str) -> Result<PathBuf> {
        use std::fs;
        use std::os::unix::fs::PermissionsExt as _;

        use crate::failure::Doing as _;

        let folder = self.output.join("stand-ins");
        fs::create_dir_all(&folder).doing(format_args!("make {}", folder.display()))?;
        let file = folder.join(name);
        fs::write(&file, script)
            .and_then(|()| fs::set_permissions(&file, fs::Permissions::from_mode(0o755)))
            .doing(format_args!("write {}", file.display()))?;
        Ok(file)
    }

    #[cfg(not(unix))]
    fn stand_in(&self, _name: &str, _script: &str) -> Result<PathBuf> {
        Err(Failure::new("other systems are checked on Linux only"))
    }
}

const STAND_IN_CC: &str = "\
#!/bin/sh
# Writes the file behind -o (or /Fo), empty.
before=
for word; do
  [ \"$before\" = -o ] && : > \"$word\"
  case \"$word\" in -Fo*|/Fo*) : > \"${word#?Fo}\" ;; esac
  before=$word
done
";

const STAND_IN_AR: &str = "\
#!/bin/sh
# Writes the library, empty.
for word; do
  case \"$word\" in
    *.a|*.lib) : > \"${word#?[oO][uU][tT]:}\" ;;
  esac
done
";
