//! How a command can end badly: what happened, what to do about it, and the exit code.

use std::fmt::{self, Display};
use std::process::ExitCode;

/// The result of everything here.
pub(crate) type Result<T> = std::result::Result<T, Failure>;

/// Why a command did not succeed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The words after `cargo xtask` make no sense. Exit code 2.
    Usage(String),
    /// Something went wrong: what, and what the person can do. Exit code 1.
    Broken {
        /// One sentence.
        what: String,
        /// One sentence, where there is something to do.
        hint: Option<String>,
    },
    /// The report has already said what failed. Exit code 1.
    Reported,
    /// Ctrl-C, or a request to end. Exit code 130.
    Interrupted,
}

impl Failure {
    /// Something went wrong, and there is nothing to advise.
    pub(crate) fn new(what: impl Display) -> Self {
        Self::Broken {
            what: what.to_string(),
            hint: None,
        }
    }

    /// The same, with advice. The first advice given is kept: it is nearest to the cause.
    pub(crate) fn advise(self, advice: impl Display) -> Self {
        match self {
            Self::Broken { what, hint: None } => Self::Broken {
                what,
                hint: Some(advice.to_string()),
            },
            Self::Broken { .. } | Self::Usage(_) | Self::Reported | Self::Interrupted => self,
        }
    }

    /// What the shell sees.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Broken { .. } | Self::Reported => 1,
            Self::Usage(_) => 2,
            Self::Interrupted => 130,
        })
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(what) => write!(f, "{what}"),
            Self::Broken { what, hint: None } => write!(f, "{what}"),
            Self::Broken {
                what,
                hint: Some(hint),
            } => write!(f, "{what}\n  {hint}"),
            Self::Reported => write!(f, "failed, see above"),
            Self::Interrupted => write!(f, "interrupted"),
        }
    }
}

/// Says what was being done when the operating system refused, or a file was not what it should be.
pub(crate) trait Doing<T> {
    /// "cannot {what}: {reason}".
    fn doing(self, what: impl Display) -> Result<T>;
}

impl<T, E: std::error::Error> Doing<T> for std::result::Result<T, E> {
    fn doing(self, what: impl Display) -> Result<T> {
        self.map_err(|error| Failure::new(format_args!("cannot {what}: {error}")))
    }
}
