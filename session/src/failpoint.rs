//! The points a renewal passes, for tests that stop or kill a process at one of them.

/// A point on the way of a renewal, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Failpoint {
    /// A renewal is due or was asked for.
    Decided,
    /// The credential store has been read again, and the journal says that a renewal begins.
    Journaled,
    /// The request is about to be sent.
    Asking,
    /// The provider's answer is here, and nowhere else yet.
    Answered,
    /// The new record was given to the credential store.
    Saved,
    /// The outside has been told.
    Published,
}

impl Failpoint {
    /// All of them, in order.
    pub const ALL: [Self; 6] = [
        Self::Decided,
        Self::Journaled,
        Self::Asking,
        Self::Answered,
        Self::Saved,
        Self::Published,
    ];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Decided => "decided",
            Self::Journaled => "journaled",
            Self::Asking => "asking",
            Self::Answered => "answered",
            Self::Saved => "saved",
            Self::Published => "published",
        }
    }
}
