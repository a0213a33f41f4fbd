//! Which app a story is about: the names an app goes by towards the system, and the program behind them.
//!
//! The names are those of `tauri.conf.json`, read when the tests run, and a debug build's with `.dev` behind them. A story takes
//! every name from here ([`World::identity`](crate::world::World::identity)), so that the same stories can be told of the debug
//! build, of the installed app, and of a copy with other names beside it.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::failure::{Doing, Result};
use crate::paths;

/// What a debug build has behind its identifier and its scheme.
const DEBUG: &str = ".dev";

/// An app as the system knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// What people call it: the title of its window.
    pub product: String,
    /// Names its folders, its single instance and its entries in the keyring.
    pub identifier: String,
    /// The scheme of its links.
    pub scheme: String,
    /// Its program.
    pub binary: PathBuf,
}

impl Identity {
    /// The app under test: the installed one that `LATCHKEY_INSTALLED` names, else the debug build (`LATCHKEY_BIN`, else the one
    /// of this checkout).
    pub fn under_test() -> Result<Self> {
        if let Some(binary) = variable("LATCHKEY_INSTALLED") {
            return Self::installed(paths::root(), Path::new(&binary));
        }
        let identity = Self::debug_build(paths::root())?;
        Ok(match variable("LATCHKEY_BIN") {
            Some(binary) => Self {
                binary: PathBuf::from(binary),
                ..identity
            },
            None => identity,
        })
    }

    /// The debug build of the checkout at `root`.
    pub fn debug_build(root: &Path) -> Result<Self> {
        let names = Names::read(root)?;
        let program = program(root)?;
        Ok(Self {
            identifier: format!("{}{DEBUG}", names.identifier),
            scheme: format!("{}{DEBUG}", names.scheme),
            product: names.product,
            binary: root.join("target/debug").join(program),
        })
    }

    /// The debug build of the copy with other names that `cargo xtask test` has made of this checkout (`LATCHKEY_REBRANDED`).
    pub fn rebranded() -> Result<Self> {
        let copy = variable("LATCHKEY_REBRANDED")
            .doing("the copy that LATCHKEY_REBRANDED names; `cargo xtask test e2e` makes it")?;
        let identity = Self::debug_build(Path::new(&copy))?;
        // It is built into the same folder: what is not its own is compiled once.
        let file = identity.binary.file_name().unwrap_or_default().to_owned();
        Ok(Self {
            binary: Self::under_test()?.binary.with_file_name(file),
            ..identity
        })
    }

    /// The release of the checkout at `root`, as it is installed with this program.
    pub fn installed(root: &Path, binary: &Path) -> Result<Self> {
        let names = Names::read(root)?;
        Ok(Self {
            product: names.product,
            identifier: names.identifier,
            scheme: names.scheme,
            binary: binary.to_owned(),
        })
    }

    /// The title of its window while it shows this person.
    pub fn title(&self, person: &str) -> String {
        format!("{person} – {}", self.product)
    }

    /// What its program is called; its files and variables are named after it.
    pub fn program(&self) -> String {
        let name = self.binary.file_stem().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }

    /// The file name of its configuration.
    pub fn config_file(&self) -> String {
        format!("{}.toml", self.program())
    }

    /// A variable of the environment that it reads: `ACME_NOTES_LOG`.
    pub fn variable(&self, what: &str) -> String {
        format!("{}_{what}", self.program().replace('-', "_").to_ascii_uppercase())
    }

    /// A link of its scheme: `rest` is what follows the colon.
    pub fn link(&self, rest: &str) -> String {
        format!("{}:{rest}", self.scheme)
    }
}

/// The names in `tauri.conf.json`.
#[derive(Debug, PartialEq, Eq)]
struct Names {
    product: String,
    identifier: String,
    scheme: String,
}

impl Names {
    fn read(root: &Path) -> Result<Self> {
        let file = root.join("tauri.conf.json");
        let text = fs::read_to_string(&file).doing(format_args!("read {}", file.display()))?;
        Self::parse(&text).doing(format_args!("read the names in {}", file.display()))
    }

    fn parse(text: &str) -> Result<Self> {
        let config: Value = serde_json::from_str(text).doing("parse it")?;
        let text = |pointer: &str| {
            let value = config.pointer(pointer).and_then(Value::as_str);
            value.map(str::to_owned).doing(pointer)
        };
        Ok(Self {
            product: text("/productName")?,
            identifier: text("/identifier")?,
            scheme: text("/plugins/deep-link/desktop/schemes/0")?,
        })
    }
}

/// The name cargo gives the app's program: the first `[[bin]]` of the root package.
fn program(root: &Path) -> Result<String> {
    let file = root.join("Cargo.toml");
    let text = fs::read_to_string(&file).doing(format_args!("read {}", file.display()))?;
    let manifest: toml::Table = text.parse().doing(format_args!("parse {}", file.display()))?;
    let name = manifest
        .get("bin")
        .and_then(|programs| programs.get(0)?.get("name")?.as_str())
        .doing("the name of the app's program in Cargo.toml")?;
    Ok(format!("{name}{}", env::consts::EXE_SUFFIX))
}

#[expect(clippy::disallowed_methods, reason = "the harness's own settings")]
fn variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Identity, Names};
    use crate::paths;

    #[test]
    fn a_debug_build_has_names_of_its_own_and_the_installed_app_the_plain_ones() {
        let debug = Identity::debug_build(paths::root()).unwrap();
        let installed = Identity::installed(paths::root(), Path::new("/usr/bin/app")).unwrap();
        assert_eq!(debug.product, installed.product);
        assert_eq!(debug.identifier, format!("{}.dev", installed.identifier));
        assert_eq!(debug.scheme, format!("{}.dev", installed.scheme));
        assert!(debug.binary.starts_with(paths::root().join("target/debug")));
        assert_eq!(installed.binary, Path::new("/usr/bin/app"));
        assert_eq!(
            installed.link("/callback"),
            format!("{}:/callback", installed.scheme)
        );
        assert_eq!(installed.title("Ada"), format!("Ada – {}", installed.product));
    }

    #[test]
    fn scheme_and_identifier_may_differ() {
        let text = r#"{"productName": "P", "identifier": "i.d", "plugins": {"deep-link": {"desktop": {"schemes": ["s"]}}}}"#;
        let names = Names::parse(text).unwrap();
        assert_eq!((names.identifier.as_str(), names.scheme.as_str()), ("i.d", "s"));
        assert!(Names::parse(&text.replace("productName", "name")).is_err());
    }
}
