//! The command line.

use std::path::PathBuf;

const USAGE: &str = "usage: terminal --config latchkey.toml [--store os|memory]";

/// What was asked for.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) config: PathBuf,
    pub(crate) store: Store,
}

/// Where the session is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    Os,
    Memory,
}

impl Options {
    /// Reads the arguments; the error is what to print.
    pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut config = None;
        let mut store = Store::Os;
        while let Some(argument) = arguments.next() {
            let (name, attached) = match argument.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (argument, None),
            };
            let mut value = || attached.clone().or_else(|| arguments.next());
            match (name.as_str(), value()) {
                ("--config", Some(path)) => config = Some(PathBuf::from(path)),
                ("--store", Some(kind)) if kind == "os" => store = Store::Os,
                ("--store", Some(kind)) if kind == "memory" => store = Store::Memory,
                ("--store", _) => return Err(format!("--store: os or memory\n{USAGE}")),
                ("--config", None) => return Err(format!("--config: a path is missing\n{USAGE}")),
                _ => return Err(format!("unknown argument {name}\n{USAGE}")),
            }
        }
        Ok(Self {
            config: config.unwrap_or_else(|| PathBuf::from("latchkey.toml")),
            store,
        })
    }
}
