//! What a step of a test fails with: a sentence that says what was being done, and why it did not work.

use std::error::Error;
use std::fmt;

/// A failed step. Prints as one line, outermost first: "launch the app: wait for …: timed out".
pub struct Failure(String);

/// The result of every step.
pub type Result<T> = std::result::Result<T, Failure>;

impl Failure {
    /// A failure without an underlying error.
    pub fn new(what: impl fmt::Display) -> Self {
        Self(what.to_string())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

// A test that returns an error is reported with its Debug text.
impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for Failure {}

/// Says what was being done when something failed.
pub trait Doing<T> {
    /// `what` completes "could not …".
    fn doing(self, what: impl fmt::Display) -> Result<T>;
}

impl<T, E: Error> Doing<T> for std::result::Result<T, E> {
    fn doing(self, what: impl fmt::Display) -> Result<T> {
        self.map_err(|error| {
            let mut text = format!("{what}: {error}");
            let mut source = error.source();
            while let Some(inner) = source {
                text.push_str(&format!(": {inner}"));
                source = inner.source();
            }
            Failure(text)
        })
    }
}

impl<T> Doing<T> for Option<T> {
    fn doing(self, what: impl fmt::Display) -> Result<T> {
        self.ok_or_else(|| Failure(format!("{what}: nothing there")))
    }
}

/// Fails with `what` unless `holds`.
pub fn ensure(holds: bool, what: impl fmt::Display) -> Result<()> {
    if holds { Ok(()) } else { Err(Failure::new(what)) }
}

/// Fails unless both are equal, and shows both.
pub fn ensure_eq<T: PartialEq + fmt::Debug>(found: T, expected: T, what: impl fmt::Display) -> Result<()> {
    ensure(
        found == expected,
        format_args!("{what}: expected {expected:?}, found {found:?}"),
    )
}
