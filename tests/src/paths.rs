//! Where things are in the repository.

use std::env;
use std::path::{Path, PathBuf};

/// The repository's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."))
}

/// tauri-driver: `TAURI_DRIVER`, else the one installed by xtask.
pub fn tauri_driver() -> PathBuf {
    from_env("TAURI_DRIVER", "target/tools/bin/tauri-driver")
}

/// The demo provider's entry point.
pub fn provider() -> PathBuf {
    root().join("demo/server.js")
}

/// Where failed tests leave what they saw.
pub fn evidence(test: &str) -> PathBuf {
    root().join("target/e2e").join(test)
}

/// Where the guided tour leaves its screenshots.
pub fn tour() -> PathBuf {
    root().join("target/demo")
}

#[expect(clippy::disallowed_methods, reason = "the harness's own settings")]
fn from_env(name: &str, otherwise: &str) -> PathBuf {
    env::var_os(name).map_or_else(|| root().join(otherwise), PathBuf::from)
}
