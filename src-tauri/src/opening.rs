//! Hands an address or a folder to the program that the desktop has for it. What is started gets the environment that this program
//! was given, without what it has set for itself (`renderer`).

use std::io;
use std::path::Path;

/// Opens an address.
///
/// # Errors
/// No program for it could be started. The text may hold the address: it is for nobody to see.
pub(crate) fn address(address: &str) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    return linux::open(address.as_ref());
    #[cfg(not(target_os = "linux"))]
    tauri_plugin_opener::open_url(address, None::<&str>).map_err(io::Error::other)
}

/// Opens a folder.
///
/// # Errors
/// As for [`address`].
pub(crate) fn folder(folder: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    return linux::open(folder.as_ref());
    #[cfg(not(target_os = "linux"))]
    tauri_plugin_opener::open_path(folder, None::<&str>).map_err(io::Error::other)
}

/// The library knows which programs to try, and in which order. It would start them in our environment, so they are started here.
#[cfg(target_os = "linux")]
mod linux {
    use std::ffi::OsStr;
    use std::io;
    use std::os::unix::process::CommandExt as _;
    use std::process::{Command, Stdio};
    use std::sync::mpsc;
    use std::time::Duration;

    use crate::renderer;

    /// What has not failed by then has taken what it was given: it may run for as long as the program it started.
    const VERDICT: Duration = Duration::from_millis(250);

    pub(super) fn open(target: &OsStr) -> io::Result<()> {
        one_of(open::commands(target))
    }

    /// Starts the first of them that there is and that does not fail at once.
    fn one_of(commands: Vec<Command>) -> io::Result<()> {
        let mut failed = io::Error::from(io::ErrorKind::NotFound);
        for mut command in commands {
            renderer::take_back(&mut command);
            match start(command) {
                Ok(()) => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => failed = error,
            }
        }
        Err(failed)
    }

    fn start(mut command: Command) -> io::Result<()> {
        // In a group of its own, it does not end with us when a terminal says so.
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        let (tell, told) = mpsc::channel();
        // Somebody has to wait for it, however long it runs.
        let waiting = std::thread::Builder::new()
            .name("opener".to_owned())
            .spawn(move || tell.send(child.wait()));
        match told.recv_timeout(VERDICT) {
            Ok(Ok(ended)) if waiting.is_ok() && !ended.success() => Err(io::Error::other(ended.to_string())),
            // Started, and not known to have failed.
            Ok(_) | Err(_) => Ok(()),
        }
    }

    #[cfg(test)]
    mod tests {
        use std::path::Path;

        use super::*;

        fn shell(script: &str) -> Command {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            command
        }

        fn missing() -> Command {
            Command::new("/nowhere/opener")
        }

        fn writes(file: &Path) -> Command {
            let mut command = shell("printf opened > \"$FILE\"");
            command.env("FILE", file);
            command
        }

        #[test]
        fn the_first_that_is_there_and_does_not_fail_opens_it_alone() {
            let folder = tempfile::tempdir().unwrap();
            let [first, second] = ["first", "second"].map(|name| folder.path().join(name));
            one_of(vec![missing(), shell("exit 3"), writes(&first), writes(&second)]).unwrap();
            assert_eq!(std::fs::read_to_string(&first).unwrap(), "opened");
            assert!(!second.exists());
        }

        #[test]
        fn one_that_goes_on_running_has_opened_it() {
            one_of(vec![shell("sleep 2"), shell("exit 3")]).unwrap();
        }

        #[test]
        fn without_any_it_fails_and_says_how() {
            assert_eq!(
                one_of(vec![missing()]).unwrap_err().kind(),
                io::ErrorKind::NotFound
            );
            let failed = one_of(vec![shell("exit 3"), missing()]).unwrap_err();
            assert_eq!(failed.kind(), io::ErrorKind::Other);
            assert!(failed.to_string().contains("exit status: 3"), "{failed}");
        }
    }
}
