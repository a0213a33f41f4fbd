//! Revocations still owed to the provider: what a sign-out could not tell it, because it could not be reached.
//!
//! An entry is a token and nothing else. It is sealed in the credential store, sent once when the provider can be reached, also
//! after a restart, and dropped after the token's life. No I/O here; the stored form is in [`record`](crate::record).

use std::time::Duration;

use jiff::Timestamp;

use crate::error::{Code, Result};
use crate::schedule;
use crate::state::later;
use crate::tokens::{Revocable, TokenSet};
use crate::view::Step;

/// How long a refresh token is believed to live: no provider tells (RFC 6749 has no member for it).
const REFRESH_TOKEN_LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How long an access token is believed to live when the provider did not tell.
const ACCESS_TOKEN_LIFE: Duration = Duration::from_secs(60 * 60);
/// More than this are not owed at a time: the oldest go.
const MOST: usize = 16;

/// One revocation that is owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Owed {
    pub(crate) token: Revocable,
    /// The end of the token's life, as far as known: nothing is owed after it.
    pub(crate) drop_at: Timestamp,
}

impl Owed {
    /// What is owed for these tokens.
    pub(crate) fn for_tokens(tokens: &TokenSet, now: Timestamp) -> Self {
        let token = tokens.revocable();
        let drop_at = match &token {
            Revocable::Refresh(_) => later(now, REFRESH_TOKEN_LIFE),
            Revocable::Access(_) => tokens.expires_at.unwrap_or_else(|| later(now, ACCESS_TOKEN_LIFE)),
        };
        Self { token, drop_at }
    }
}

/// When what is owed is tried again.
#[derive(Debug, Default)]
pub(crate) struct Owing {
    failures: u32,
    due: Option<Timestamp>,
}

impl Owing {
    /// A try has ended; so many are left.
    pub(crate) fn left(&mut self, left: usize, now: Timestamp, jitter: f64) {
        if left == 0 {
            *self = Self::default();
        } else {
            self.due = Some(later(now, schedule::retry_after(self.failures, None, jitter)));
            self.failures = self.failures.saturating_add(1);
        }
    }

    /// When the next try is due.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        self.due
    }

    /// Whether a try is due; it counts as begun then.
    pub(crate) fn begin(&mut self, now: Timestamp) -> bool {
        self.due.take_if(|due| *due <= now).is_some()
    }
}

/// Adds what is not there yet.
pub(crate) fn add(list: &mut Vec<Owed>, owed: Owed) {
    if !list.iter().any(|other| other.token == owed.token) {
        list.push(owed);
    }
    if list.len() > MOST {
        list.remove(0);
    }
}

/// What one try has come to: done, refused, or still owed ([`Step::Pending`]).
pub(crate) fn outcome(answer: &Result<Step>) -> Step {
    match answer {
        Ok(step) => *step,
        Err(error) if error.is_retryable() && error.code() != Code::LogoutIncomplete => Step::Pending,
        Err(_) => Step::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, Stage};
    use crate::secret::{AccessToken, RefreshToken};

    fn tokens(refresh: Option<&str>, expires_at: Option<i64>) -> TokenSet {
        TokenSet {
            access_token: AccessToken::new("at"),
            expires_at: expires_at.map(|second| Timestamp::from_second(second).unwrap()),
            obtained_at: Timestamp::from_second(0).unwrap(),
            refresh_token: refresh.map(RefreshToken::new),
            id_token: None,
            scope: None,
        }
    }

    #[test]
    fn the_refresh_token_is_what_ends_a_grant() {
        let now = Timestamp::from_second(1000).unwrap();
        let owed = Owed::for_tokens(&tokens(Some("rt"), Some(1300)), now);
        assert_eq!(owed.token, Revocable::Refresh(RefreshToken::new("rt")));
        assert_eq!(owed.drop_at, later(now, REFRESH_TOKEN_LIFE));
        let owed = Owed::for_tokens(&tokens(None, Some(1300)), now);
        assert_eq!(owed.token, Revocable::Access(AccessToken::new("at")));
        assert_eq!(owed.drop_at.as_second(), 1300);
    }

    #[test]
    fn a_token_is_owed_once_and_the_list_is_bounded() {
        let now = Timestamp::from_second(1000).unwrap();
        let mut list = Vec::new();
        for _ in 0..2 {
            add(&mut list, Owed::for_tokens(&tokens(Some("rt"), None), now));
        }
        assert_eq!(list.len(), 1);
        for number in 0..40 {
            add(
                &mut list,
                Owed::for_tokens(&tokens(Some(&number.to_string()), None), now),
            );
        }
        assert_eq!(list.len(), MOST);
    }

    #[test]
    fn only_what_may_succeed_later_stays_owed() {
        let failed = |code| outcome(&Err(Error::new(Stage::Logout, code)));
        assert_eq!(outcome(&Ok(Step::Done)), Step::Done);
        assert_eq!(outcome(&Ok(Step::Skipped)), Step::Skipped);
        assert_eq!(failed(Code::Offline), Step::Pending);
        assert_eq!(failed(Code::ProviderFault), Step::Pending);
        assert_eq!(failed(Code::LogoutIncomplete), Step::Failed);
        assert_eq!(failed(Code::DiscoveryInvalid), Step::Failed);
    }
}
