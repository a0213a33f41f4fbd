//! Windows: whom links reach, the terminal of a program that has none, and crashes.
//!
//! Links are registered for the person, never for the machine (`HKEY_CURRENT_USER\Software\Classes`): that needs no rights and
//! touches nobody else. What an installer has registered for the machine counts, too, and is not written a second time.

mod calls;

use std::path::Path;

use tauri::AppHandle;
use windows_registry::{CURRENT_USER, Key, LOCAL_MACHINE};

use crate::handler::Reached;

pub(crate) use calls::end;

/// Switches crash reports off, as far as a program may for itself. Nothing is written to the registry, and what an administrator
/// has set up for crashes of all programs stays.
pub(crate) fn no_reports() {
    calls::no_reports();
}

/// A release is a program with windows and has no console: `latchkey doctor` would say nothing in a terminal. Where standard output
/// leads nowhere, the console of whoever started us is taken; where it was redirected to a file or a pipe, it stays.
pub(crate) fn reach_the_terminal() {
    if !calls::output_leads_somewhere() {
        calls::attach_to_the_console();
    }
}

pub(crate) fn reaches_us(_app: &AppHandle, scheme: &str) -> bool {
    look(scheme) == Reached::Us
}

/// Read where Windows puts its answer together from: what the person has set counts before what holds for the machine.
pub(crate) fn look(scheme: &str) -> Reached {
    let registered = [CURRENT_USER, LOCAL_MACHINE]
        .into_iter()
        .find_map(|root| command(root, scheme));
    let us = tauri::utils::platform::current_exe();
    match (registered, us) {
        (None, _) => Reached::Nobody,
        (Some(command), Ok(us)) => started_by(&command, &us),
        (Some(_), Err(_)) => Reached::Unknown,
    }
}

/// The command line registered below this root, if there is one.
fn command(root: &Key, scheme: &str) -> Option<String> {
    let class = root.open(format!("Software\\Classes\\{scheme}")).ok()?;
    class.get_string("URL Protocol").ok()?; // without it Windows starts nothing
    class.open("shell\\open\\command").ok()?.get_string("").ok()
}

/// Whom this command line starts, and whether it hands the link on.
fn started_by(command: &str, us: &Path) -> Reached {
    let command = command.trim();
    let (program, rest) = match command.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
        None => command.split_once(' ').unwrap_or((command, "")),
    };
    if !is_same_file(Path::new(program), us) {
        return Reached::Other(command.to_owned());
    }
    // In quotes: without them a link with a space would come in pieces, and those are refused.
    if rest.trim() == "\"%1\"" {
        Reached::Us
    } else {
        Reached::WithoutLink
    }
}

fn is_same_file(a: &Path, b: &Path) -> bool {
    a == b || matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use windows_registry::CURRENT_USER;

    use super::{look, started_by};
    use crate::handler::Reached;

    #[test]
    fn a_command_is_ours_when_it_starts_us_with_the_link() {
        let us = std::env::current_exe().unwrap();
        let this = us.display();
        let judged = |command: &str| started_by(command, &us);
        assert_eq!(judged(&format!("\"{this}\" \"%1\"")), Reached::Us);
        let shouted = this.to_string().to_uppercase();
        assert_eq!(judged(&format!("\"{shouted}\" \"%1\"")), Reached::Us);
        for without in [
            format!("\"{this}\""),
            format!("\"{this}\" %1"),
            format!("\"{this}\" \"%2\""),
        ] {
            assert_eq!(judged(&without), Reached::WithoutLink, "{without}");
        }
        for other in ["\"C:\\other.exe\" \"%1\"", "C:\\other.exe %1", "\"C:\\open", ""] {
            assert_eq!(judged(other), Reached::Other(other.to_owned()), "{other}");
        }
        assert!(!matches!(
            started_by("other.exe \"%1\"", Path::new("C:\\ours.exe")),
            Reached::Us
        ));
    }

    #[test]
    fn what_is_registered_for_the_person_is_found() {
        let scheme = format!("latchkey-test-{}", std::process::id());
        assert_eq!(look(&scheme), Reached::Nobody);
        let path = format!("Software\\Classes\\{scheme}");
        let class = CURRENT_USER.create(&path).unwrap();
        let this = std::env::current_exe().unwrap();
        let command = class.create("shell\\open\\command").unwrap();
        command
            .set_string("", format!("\"{}\" \"%1\"", this.display()))
            .unwrap();
        assert_eq!(look(&scheme), Reached::Nobody, "it is not a scheme yet");
        class.set_string("URL Protocol", "").unwrap();
        assert_eq!(look(&scheme), Reached::Us);
        CURRENT_USER.remove_tree(&path).unwrap();
        assert_eq!(look(&scheme), Reached::Nobody);
    }
}
