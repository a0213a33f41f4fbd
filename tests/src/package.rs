//! The packages, and this machine's package managers: only for tests that may install something on it.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

use crate::failure::{Doing, Failure, Result, ensure};
use crate::identity::Identity;

/// The packages under test: the files that `LATCHKEY_DEB` and `LATCHKEY_RPM` name.
#[derive(Clone, Debug)]
pub struct Packages {
    /// What the packages are called.
    pub name: String,
    /// The .deb.
    pub deb: PathBuf,
    /// The .rpm.
    pub rpm: PathBuf,
    /// The app as it is installed.
    pub identity: Identity,
}

impl Packages {
    /// Those under test.
    pub fn under_test() -> Result<Self> {
        let identity = Identity::under_test()?;
        let name = identity.binary.file_name().and_then(OsStr::to_str);
        Ok(Self {
            name: name.doing("the program's name")?.to_owned(),
            deb: variable("LATCHKEY_DEB")?,
            rpm: variable("LATCHKEY_RPM")?,
            identity,
        })
    }

    /// Installs a .deb, newer or older than what is there; what was said.
    pub async fn install(&self, deb: &Path) -> Result<String> {
        let words = ["install", "-y", "--no-install-recommends", "--allow-downgrades"];
        apt(words.iter().map(OsString::from).chain([deb.into()])).await
    }

    /// Removes the package; what was said.
    pub async fn remove(&self) -> Result<String> {
        apt(["remove", "-y", &self.name].map(OsString::from)).await
    }

    /// Removes the package and what it has left; what was said.
    pub async fn purge(&self) -> Result<String> {
        if !self.is_there().await? {
            return Ok(String::new());
        }
        apt(["purge", "-y", &self.name].map(OsString::from)).await
    }

    /// The version that is installed, as dpkg knows it.
    pub async fn installed(&self) -> Result<Option<String>> {
        let mut query = Command::new("dpkg-query");
        query.args([
            "--show",
            "--showformat",
            "${db:Status-Status} ${Version}",
            &self.name,
        ]);
        let output = query.output().await.doing("start dpkg-query")?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        Ok(text.strip_prefix("installed ").map(str::to_owned))
    }

    /// Whether dpkg has anything of it, be it settings.
    async fn is_there(&self) -> Result<bool> {
        let mut query = Command::new("dpkg-query");
        query.args(["--show", "--showformat", "${db:Status-Status}", &self.name]);
        let output = query.output().await.doing("start dpkg-query")?;
        Ok(output.status.success() && output.stdout != b"not-installed")
    }

    /// A field of the .deb's control file.
    pub async fn field(&self, name: &str) -> Result<String> {
        let words = ["--field".into(), self.deb.clone().into_os_string(), name.into()];
        Ok(said("dpkg-deb", words).await?.trim().to_owned())
    }

    /// The same .deb with another version, below `folder`.
    pub async fn with_version(&self, version: &str, folder: &Path) -> Result<PathBuf> {
        let tree = folder.join("tree");
        said(
            "dpkg-deb",
            [
                "--raw-extract".into(),
                self.deb.clone().into_os_string(),
                tree.clone().into(),
            ],
        )
        .await?;
        let control = tree.join("DEBIAN/control");
        let text = fs::read_to_string(&control).doing("read the control file")?;
        let lines: Vec<String> = text
            .lines()
            .map(|line| match line.strip_prefix("Version: ") {
                Some(_) => format!("Version: {version}"),
                None => line.to_owned(),
            })
            .collect();
        fs::write(&control, lines.join("\n") + "\n").doing("write the control file")?;
        let deb = folder.join(format!("{}_{version}.deb", self.name));
        let words = ["--root-owner-group", "-Zgzip", "-z1", "--build"].map(OsString::from);
        said(
            "dpkg-deb",
            words.into_iter().chain([tree.into(), deb.clone().into()]),
        )
        .await?;
        Ok(deb)
    }
}

/// What a program says; it has to succeed.
pub async fn said(program: &str, words: impl IntoIterator<Item = OsString>) -> Result<String> {
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::null());
    told(program, command).await
}

/// apt-get with an administrator's rights, which are had already: nobody is asked here.
async fn apt(words: impl IntoIterator<Item = OsString>) -> Result<String> {
    let root = rustix::process::geteuid().is_root();
    let mut command = Command::new(if root { "env" } else { "sudo" });
    if !root {
        command.args(["--non-interactive", "env"]);
    }
    command.args(["DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8", "apt-get"]);
    command.args(words).stdin(Stdio::null());
    told("apt-get", command).await
}

async fn told(program: &str, mut command: Command) -> Result<String> {
    let output = command.output().await.doing(format_args!("start {program}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, errors) = (text(&output.stdout), text(&output.stderr));
    ensure(
        output.status.success(),
        format_args!("{program}: {}: {out}{errors}", output.status),
    )?;
    Ok(out)
}

/// Every file and folder where packages put theirs, but for what the package managers keep about themselves.
pub fn of_the_system() -> Result<BTreeSet<PathBuf>> {
    let mut found = BTreeSet::new();
    let mut next: Vec<PathBuf> = ["/etc", "/opt", "/usr", "/var/lib", "/var/cache"]
        .map(PathBuf::from)
        .into();
    while let Some(folder) = next.pop() {
        // What may not be read is not ours either.
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let own = [
                "/var/lib/dpkg",
                "/var/lib/apt",
                "/var/cache/apt",
                "/var/cache/debconf",
            ];
            if own.iter().any(|own| path.starts_with(own)) {
                continue;
            }
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                next.push(path.clone());
            }
            found.insert(path);
        }
    }
    if found.is_empty() {
        return Err(Failure::new("the system has no files"));
    }
    Ok(found)
}

#[expect(clippy::disallowed_methods, reason = "the harness's own settings")]
fn variable(name: &str) -> Result<PathBuf> {
    std::env::var_os(name)
        .map(PathBuf::from)
        .doing(format_args!("{name}, which `cargo xtask test package` sets"))
}
