//! What is kept of an attempt for a cold start, and that it is taken away once: whoever takes it may redeem the code.

use crate::record;
use crate::secret::StateValue;
use crate::store::StoreError;
use crate::store::parts::{Key, Stored, Vault};

/// What stood there when an attempt was to be taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// The attempt. It is gone now.
    Ours,
    /// Another one, of another process: it stays.
    Another,
    /// Nothing that could be used: another process has taken it.
    Nothing,
}

/// Takes the attempt with this `state` away, and no other. Under the lock of the session's writes, so that of several processes
/// that know the attempt one gets it: a code that is sent twice can cost the tokens it brought (RFC 6749, section 4.1.2).
///
/// # Errors
/// What the store answers.
pub(super) fn take(vault: &Vault, key: &Key, state: &StateValue) -> Result<Taken, StoreError> {
    let taken = match vault.read(key)? {
        Stored::Nothing | Stored::Cleared { .. } => return Ok(Taken::Nothing),
        Stored::Unreadable { .. } => Taken::Nothing,
        Stored::Record { bytes, .. } => match record::attempt_from_bytes(&bytes) {
            Ok(kept) if kept.state == *state => Taken::Ours,
            Ok(_) => return Ok(Taken::Another),
            Err(_) => Taken::Nothing,
        },
    };
    vault.remove(key)?;
    Ok(taken)
}
