//! Where things are in the repository.

use std::path::{Path, PathBuf};

/// The repository.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The one this tool was compiled in.
    pub(crate) fn here() -> Self {
        let own = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self {
            root: own.parent().unwrap_or(own).to_owned(),
        }
    }

    /// Its root.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The demo provider's folder.
    pub(crate) fn demo(&self) -> PathBuf {
        self.root.join("demo")
    }

    /// The web UI's folder.
    pub(crate) fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    /// The end-to-end tests' folder.
    pub(crate) fn e2e(&self) -> PathBuf {
        self.root.join("tests")
    }

    /// The committed TypeScript types.
    pub(crate) fn bindings(&self) -> PathBuf {
        self.ui().join("src/bindings")
    }

    /// The types as just generated.
    pub(crate) fn fresh_bindings(&self) -> PathBuf {
        self.root.join("target/bindings")
    }

    /// What the demo leaves: log, configuration, provider state, screenshots.
    pub(crate) fn demo_output(&self) -> PathBuf {
        self.root.join("target/demo")
    }

    /// The fuzz targets' folder.
    pub(crate) fn fuzz(&self) -> PathBuf {
        self.root.join("fuzz")
    }

    /// A fuzz target, built.
    pub(crate) fn fuzz_program(&self, platform: &str, target: &str) -> PathBuf {
        self.fuzz()
            .join("target")
            .join(platform)
            .join("release")
            .join(target)
    }

    /// The pictures of every state of the window.
    pub(crate) fn screens(&self) -> PathBuf {
        self.root.join("docs/screens")
    }

    /// What is built for other systems, and the places it is run in.
    pub(crate) fn cross(&self) -> PathBuf {
        self.root.join("target/cross")
    }

    /// Tools installed for this repository alone.
    pub(crate) fn tools(&self) -> PathBuf {
        self.root.join("target/tools")
    }

    /// A program of the debug build.
    pub(crate) fn debug_program(&self, name: &str) -> PathBuf {
        self.program("debug", name)
    }

    /// A program of the release build.
    pub(crate) fn release_program(&self, name: &str) -> PathBuf {
        self.program("release", name)
    }

    fn program(&self, profile: &str, name: &str) -> PathBuf {
        self.root
            .join("target")
            .join(profile)
            .join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }
}
