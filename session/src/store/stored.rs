//! What is stored under a key, and how a write to it went.

use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::view::Why;

/// What is stored under a key.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Stored {
    /// Nothing, as far as the store knows. Its generation is 0.
    Nothing,
    /// A record.
    Record {
        /// Counts up with every write and clear.
        generation: u64,
        /// The record.
        bytes: Zeroizing<Vec<u8>>,
        /// The rotation journal: a renewal of this generation was begun then, and has not been heard of since.
        renewing_since: Option<Timestamp>,
    },
    /// A tombstone: the record of an earlier generation was cleared.
    Cleared {
        /// The tombstone's own.
        generation: u64,
        /// Why it was cleared, when that was written down.
        why: Option<Why>,
        /// What was left for the next record; empty when nothing was.
        note: Zeroizing<Vec<u8>>,
    },
    /// Not a whole record of ours, or one of a newer version. It stays as it is until it is written over.
    Unreadable {
        /// The head's, or 0 when not even that can be read.
        generation: u64,
    },
}

impl Stored {
    /// The generation, 0 for nothing.
    pub(crate) fn generation(&self) -> u64 {
        match self {
            Self::Nothing => 0,
            Self::Record { generation, .. }
            | Self::Cleared { generation, .. }
            | Self::Unreadable { generation } => *generation,
        }
    }
}

impl std::fmt::Debug for Stored {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = match self {
            Self::Nothing => "Nothing",
            Self::Record { .. } => "Record",
            Self::Cleared { .. } => "Cleared",
            Self::Unreadable { .. } => "Unreadable",
        };
        write!(f, "{kind}({})", self.generation())
    }
}

/// How a conditional write went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// Done; this is the generation now stored.
    Done(u64),
    /// Not done: the store holds this generation, which is not the expected one.
    Overtaken(u64),
}
