//! The browser of the end-to-end tests and its driver.
//!
//! They are called `chromium` and `chromedriver` and looked for on the path. Where they go by other names (Google Chrome,
//! Chrome for Testing, a CI image's variables) links with the expected names are put into a folder of ours.

use std::fs;
use std::path::{Path, PathBuf};

use crate::environment::{find_program, path, var};
#[cfg(unix)]
use crate::failure::Doing as _;
use crate::failure::{Failure, Result};
use crate::workspace::Workspace;

const BROWSERS: [&str; 5] = [
    "chromium",
    "google-chrome-stable",
    "google-chrome",
    "chrome",
    "chromium-browser",
];
const ADVICE: &str = "Put `chromium` or `google-chrome` and a `chromedriver` of the same version on the PATH, or name \
    them with CHROME=/path and CHROMEDRIVER=/path. Chrome for Testing has both: \
    npx @puppeteer/browsers install chrome@stable && npx @puppeteer/browsers install chromedriver@stable. \
    A snap will not do: it is confined to the person's own session.";

/// A browser and its driver.
#[derive(Debug)]
pub(crate) struct Browser {
    browser: PathBuf,
    driver: PathBuf,
}

/// Both, if both are there.
pub(crate) fn find() -> Option<Browser> {
    let browser = var("CHROME")
        .map(PathBuf::from)
        .or_else(|| BROWSERS.into_iter().find_map(usable))?;
    let beside = || {
        var("CHROMEWEBDRIVER")
            .map(|folder| Path::new(&folder).join("chromedriver"))
            .filter(|file| file.is_file())
    };
    let driver = var("CHROMEDRIVER")
        .map(PathBuf::from)
        .or_else(|| usable("chromedriver"))
        .or_else(beside)?;
    Some(Browser { browser, driver })
}

/// There is none, and how to come by one.
pub(crate) fn missing() -> Failure {
    Failure::new("there is no usable Chromium with its driver").advise(ADVICE)
}

/// The `PATH` on which both are found under the names the tests use.
pub(crate) fn search_path(workspace: &Workspace) -> Result<std::ffi::OsString> {
    let found = find().ok_or_else(missing)?;
    let mut folders = path();
    if !found.is_on_the_path() {
        let links = workspace.tools().join("browser");
        found.link_into(&links)?;
        folders.insert(0, links);
    }
    std::env::join_paths(folders).map_err(|error| Failure::new(format_args!("cannot extend PATH: {error}")))
}

impl Browser {
    /// The browser itself.
    pub(crate) fn program(&self) -> &Path {
        &self.browser
    }

    fn is_on_the_path(&self) -> bool {
        find_program("chromium").as_deref() == Some(&self.browser)
            && find_program("chromedriver").as_deref() == Some(&self.driver)
    }

    #[cfg(unix)]
    fn link_into(&self, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder).doing(format_args!("make {}", folder.display()))?;
        for (name, target) in [("chromium", &self.browser), ("chromedriver", &self.driver)] {
            let link = folder.join(name);
            // A link of an earlier run may point elsewhere.
            let _ = fs::remove_file(&link);
            std::os::unix::fs::symlink(target, &link).doing(format_args!("link {}", link.display()))?;
        }
        Ok(())
    }

    #[cfg(not(unix))]
    fn link_into(&self, _folder: &Path) -> Result<()> {
        Err(Failure::new("the end-to-end tests run on Linux only"))
    }
}

/// A program on the path that is not a snap.
fn usable(name: &str) -> Option<PathBuf> {
    find_program(name).filter(|program| !is_snap(program))
}

/// A snap's command is a link to `snap` below /snap, or a script that starts one of those.
fn is_snap(program: &Path) -> bool {
    const SCRIPT: u64 = 8192;
    let real = fs::canonicalize(program).unwrap_or_else(|_| program.to_owned());
    if real.starts_with("/snap") || real.ends_with("bin/snap") {
        return true;
    }
    let small = fs::metadata(&real).is_ok_and(|file| file.len() < SCRIPT);
    small && fs::read_to_string(&real).is_ok_and(|text| text.contains("/snap/bin/"))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_snap_is_seen_through_its_script() {
        let folder = std::env::temp_dir().join(format!("xtask-snap-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let (script, other) = (folder.join("chromium-browser"), folder.join("chromium"));
        fs::write(&script, "#!/bin/sh\nexec /snap/bin/chromium \"$@\"\n").unwrap();
        fs::write(&other, "#!/bin/sh\nexec /usr/lib/chromium/chromium \"$@\"\n").unwrap();
        assert!(is_snap(&script));
        assert!(!is_snap(&other));
        fs::remove_dir_all(&folder).unwrap();
    }
}
