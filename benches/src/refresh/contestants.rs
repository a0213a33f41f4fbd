//! Who takes part.

use std::ffi::OsString;
use std::path::Path;

use latchkey_bench::process::Process;

/// One that takes part: a program that is told its issuer and a folder for what it keeps, and then spoken to in lines.
#[derive(Debug)]
pub(crate) struct Contestant {
    pub(crate) name: &'static str,
    words: Vec<OsString>,
}

impl Contestant {
    /// Starts a process of it.
    pub(crate) fn start(&self, issuer: &str, folder: &Path) -> Process {
        let mut words = self.words.clone();
        words.extend([issuer.into(), folder.into()]);
        let environment = [
            ("AUTHLIB_INSECURE_TRANSPORT", "1"),
            ("NO_PROXY", "127.0.0.1"),
            ("NODE_NO_WARNINGS", "1"),
        ];
        Process::start(&words, &environment).unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }
}

/// Latchkey and its twin; the peers whose scripts are in `peers`, and those that `python` runs.
pub(crate) fn all(peers: Option<&Path>, python: Option<&Path>) -> Vec<Contestant> {
    let own = std::env::current_exe().expect("a program");
    let own = vec![own.into(), "latchkey".into()];
    let mut all = vec![
        contestant("**Latchkey**", own.clone()),
        contestant("Latchkey again", own),
    ];
    let Some(peers) = peers else { return all };
    let node = |script: &str, more: Option<&str>| {
        let mut words = vec!["node".into(), peers.join(script).into()];
        words.extend(more.map(OsString::from));
        words
    };
    all.extend([
        contestant("msal-node 7.2", node("msal.mjs", None)),
        contestant("openid-client 6.8", node("openid-client.mjs", Some("plain"))),
        contestant(
            "openid-client 6.8, a promise shared",
            node("openid-client.mjs", Some("shared")),
        ),
    ]);
    if let Some(python) = python {
        let words = vec![python.into(), peers.join("authlib_client.py").into()];
        all.push(contestant("authlib 1.9", words));
    }
    all
}

fn contestant(name: &'static str, words: Vec<OsString>) -> Contestant {
    Contestant { name, words }
}
