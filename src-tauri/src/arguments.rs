//! The command line: nothing, `doctor`, `sign-out`, `--version`, `--help`, or one link. Read before anything is started, so that the answers need
//! no display and reach no running instance.
//!
//! An argument that is not understood is never repeated in the answer: it may be a link with a code in it.

use std::ffi::OsString;

use latchkey_session::secret::SecretUrl;

use crate::links;
use crate::names::Names;

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Request {
    /// The window; with the link, as it came, when the operating system started us for one.
    Window(Option<SecretUrl>),
    /// `doctor`: the health check, for people or as JSON.
    Doctor {
        /// `--json`.
        json: bool,
    },
    /// `sign-out`: without a window.
    SignOut,
    /// `--version`.
    Version,
    /// `--help`.
    Help,
    /// Anything else.
    Unknown,
}

/// Reads the arguments that follow the program's name.
pub(crate) fn read(arguments: impl IntoIterator<Item = OsString>, scheme: &str) -> Request {
    let mut arguments = arguments.into_iter();
    let (first, second, third) = (arguments.next(), arguments.next(), arguments.next());
    let Some(first) = first else {
        return Request::Window(None);
    };
    match first.to_str() {
        Some("doctor") if second.is_none() => Request::Doctor { json: false },
        Some("doctor") if second.as_ref().is_some_and(|second| second == "--json") && third.is_none() => {
            Request::Doctor { json: true }
        }
        _ if second.is_some() => Request::Unknown,
        Some("sign-out") => Request::SignOut,
        Some("--version" | "-V") => Request::Version,
        Some("--help" | "-h") => Request::Help,
        Some(link) if links::is_ours(link, scheme) => Request::Window(Some(SecretUrl::new(link))),
        Some(_) | None => Request::Unknown,
    }
}

/// How to call the program.
pub(crate) fn usage(names: &Names) -> String {
    let Names { program, scheme, .. } = names;
    let column = program.len() + "doctor [--json]".len() + 4;
    let line = |words: &str, meaning: &str| {
        let call = format!("{program} {words}");
        format!("{call:column$}{meaning}").trim_end().to_owned()
    };
    [
        format!("usage: {}", line("", "opens the window")),
        format!("       {program} {scheme}:/…"),
        format!("       {:column$}hands a link to the app", ""),
        format!(
            "       {}",
            line("doctor [--json]", "checks everything a sign-in depends on")
        ),
        format!("       {}", line("sign-out", "signs out without a window")),
        format!("       {}", line("--version", "")),
        format!("       {}", line("--help", "")),
    ]
    .join("\n")
}

#[cfg(test)]
mod tests {
    use latchkey_session::secret::SecretUrl;

    use super::{Request, read};

    fn request(arguments: &[&str]) -> Request {
        read(arguments.iter().map(Into::into), "dev.latchkey.desktop")
    }

    #[test]
    fn what_is_understood() {
        assert_eq!(request(&[]), Request::Window(None));
        assert_eq!(request(&["--version"]), Request::Version);
        assert_eq!(request(&["-h"]), Request::Help);
        assert_eq!(request(&["sign-out"]), Request::SignOut);
        assert_eq!(request(&["doctor"]), Request::Doctor { json: false });
        assert_eq!(request(&["doctor", "--json"]), Request::Doctor { json: true });
        for link in [
            "dev.latchkey.desktop:/callback?code=c&state=s",
            "DEV.latchkey.desktop:/x/../callback?code=a b\t",
        ] {
            assert_eq!(request(&[link]), Request::Window(Some(SecretUrl::new(link))));
        }
    }

    #[test]
    fn what_is_not() {
        assert_eq!(request(&["--frobnicate"]), Request::Unknown);
        assert_eq!(request(&["https://example.com/"]), Request::Unknown);
        assert_eq!(request(&["dev.latchkey.desktop.dev:/callback"]), Request::Unknown);
        assert_eq!(request(&[" dev.latchkey.desktop:/callback"]), Request::Unknown);
        assert_eq!(request(&["dev.latchkey.desktop"]), Request::Unknown);
        assert_eq!(request(&[""]), Request::Unknown);
        assert_eq!(request(&["--version", "--help"]), Request::Unknown);
        assert_eq!(request(&["doctor", "--yaml"]), Request::Unknown);
        assert_eq!(request(&["doctor", "--json", "more"]), Request::Unknown);
        assert_eq!(request(&["--json"]), Request::Unknown);
        assert_eq!(request(&["sign-out", "now"]), Request::Unknown);
        assert_eq!(
            request(&["dev.latchkey.desktop:/callback", "more"]),
            Request::Unknown
        );
    }
}
