//! What a renewal makes of what it finds in the credential store, and of the provider's refusals. Pure.

use jiff::Timestamp;

use crate::error::{Code, Error};
use crate::record::Record;
use crate::state::Stored;
use crate::tokens::Usability;
use crate::view::Why;

/// What stands in the store is this session before the renewal: the same refresh token, with newer claims perhaps. Or nothing.
pub(super) fn is_from_before(found: &Stored, spent: &Record) -> bool {
    match &found.record {
        Some(record) => record.tokens.refresh_token == spent.tokens.refresh_token,
        None => false,
    }
}

/// The tombstone of a process that was refused with the token that this renewal had spent.
pub(super) fn is_a_losers(found: &Stored) -> bool {
    found.cleared.is_some_and(|why| why != Why::ByUser)
}

pub(super) fn usable(record: &Record, now: Timestamp) -> bool {
    let judged = record
        .tokens
        .usability(now, std::time::Duration::ZERO, std::time::Duration::ZERO);
    judged == Usability::Usable
}

/// Another process got this set a moment ago: most of its life is still to come.
pub(super) fn is_fresh(record: &Record, now: Timestamp) -> bool {
    let Some(expires_at) = record.tokens.expires_at else {
        return true;
    };
    let life = record.tokens.obtained_at.duration_until(expires_at);
    let left = now.duration_until(expires_at);
    usable(record, now) && left.as_secs_f64() > life.as_secs_f64() / 2.0
}

/// The provider is not what answers there, or nothing does.
pub(super) fn is_no_way(code: Code) -> bool {
    code == Code::Offline || code == Code::NameNotFound || code == Code::NotJson || code == Code::Certificate
}

/// Whether the provider may have acted on the request: the refresh token may be used up. So it may when an answer came that
/// could not be used.
pub(super) fn may_have_spent(error: &Error) -> bool {
    let code = error.code();
    error.may_have_been_sent()
        || code == Code::TokenMalformed
        || code == Code::TokenType
        || code.as_str().starts_with("id-token")
}
