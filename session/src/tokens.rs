//! The tokens of one session and how long the access token lives. No clock here: the time is passed in.
//!
//! Made by [`exchange`](crate::exchange) from a token response, written down by `record`, judged by the state.

use std::time::Duration;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::secret::{AccessToken, IdToken, RefreshToken};
use crate::unsaid::Unsaid;

/// What a token response granted (RFC 6749, section 5.1; OpenID Connect Core, section 3.1.3.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TokenSet {
    /// For the userinfo endpoint and for callers' own requests.
    pub(crate) access_token: AccessToken,
    /// When the access token ends, if the provider said so. Counted from before the request was sent.
    pub(crate) expires_at: Option<Timestamp>,
    /// When the request for it was sent.
    pub(crate) obtained_at: Timestamp,
    /// Absent when none was granted or, in a renewal, when the old one stays.
    pub(crate) refresh_token: Option<RefreshToken>,
    /// The raw ID token, kept for `id_token_hint`.
    pub(crate) id_token: Option<IdToken>,
    /// The granted scope, when it was named.
    pub(crate) scope: Option<String>,
}

/// The token that ends a grant when it is revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Revocable {
    /// "If the particular token is a refresh token and the authorization server supports the revocation of access tokens, then
    /// the authorization server SHOULD also invalidate all access tokens based on the same authorization grant." (RFC 7009,
    /// section 2.1)
    Refresh(RefreshToken),
    /// Where no refresh token was granted.
    Access(AccessToken),
}

/// What is remembered of a token that is over: enough to know it again, and nothing that could be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint([u8; 32]);

impl Revocable {
    /// The SHA-256 of the token: a sign-out has to be able to forget the token itself.
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        let text = match self {
            Self::Refresh(token) => token.secret(),
            Self::Access(token) => token.secret(),
        };
        Fingerprint(Sha256::digest(text).into())
    }
}

/// Whether an access token can be used, with the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Usability {
    /// Its end is further away than was asked for.
    Usable,
    /// The provider named no end: usable until the provider refuses it.
    EndUnknown,
    /// It ends sooner than was asked for.
    EndsSoon,
    /// It has ended.
    Ended,
    /// It was obtained in the future: the clock went back, so its end cannot be trusted.
    ClockWentBack,
}

#[cfg(test)]
impl Usability {
    /// Whether a caller may be given the token.
    pub(crate) fn is_usable(self) -> bool {
        match self {
            Self::Usable | Self::EndUnknown => true,
            Self::EndsSoon | Self::Ended | Self::ClockWentBack => false,
        }
    }
}

impl TokenSet {
    /// The tokens, to be looked for in what is shown.
    pub(crate) fn unsaid(&self) -> Unsaid {
        let access = Some(self.access_token.secret());
        let refresh = self.refresh_token.as_ref().map(RefreshToken::secret);
        let id = self.id_token.as_ref().map(IdToken::secret);
        Unsaid::of([access, refresh, id].into_iter().flatten())
    }

    /// What to revoke.
    pub(crate) fn revocable(&self) -> Revocable {
        match &self.refresh_token {
            Some(token) => Revocable::Refresh(token.clone()),
            None => Revocable::Access(self.access_token.clone()),
        }
    }

    /// Judges the access token for somebody who needs it for `at_least` from `now`. `leeway` is how far the clock may have
    /// gone back since the token was obtained.
    pub(crate) fn usability(&self, now: Timestamp, at_least: Duration, leeway: Duration) -> Usability {
        let Some(expires_at) = self.expires_at else {
            return Usability::EndUnknown;
        };
        let behind = now.duration_until(self.obtained_at);
        if behind.is_positive() && behind.unsigned_abs() > leeway {
            return Usability::ClockWentBack;
        }
        let left = now.duration_until(expires_at);
        if !left.is_positive() {
            Usability::Ended
        } else if left.unsigned_abs() < at_least {
            Usability::EndsSoon
        } else {
            Usability::Usable
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEEWAY: Duration = Duration::from_secs(60);

    #[test]
    fn a_fingerprint_knows_a_token_again_and_does_not_hold_it() {
        let revocable = |text: &str| Revocable::Refresh(RefreshToken::new(text));
        let fingerprint = revocable("the refresh token").fingerprint();
        assert_eq!(fingerprint, revocable("the refresh token").fingerprint());
        assert_ne!(fingerprint, revocable("another one").fingerprint());
        assert!(!fingerprint.0.starts_with(b"the refresh token"));
    }

    fn tokens(expires_at: Option<i64>) -> TokenSet {
        TokenSet {
            access_token: AccessToken::new("at"),
            expires_at: expires_at.map(|second| Timestamp::from_second(second).unwrap()),
            obtained_at: Timestamp::from_second(1_000).unwrap(),
            refresh_token: None,
            id_token: None,
            scope: None,
        }
    }

    fn judged(expires_at: Option<i64>, now: i64, at_least: u64) -> Usability {
        tokens(expires_at).usability(
            Timestamp::from_second(now).unwrap(),
            Duration::from_secs(at_least),
            LEEWAY,
        )
    }

    #[test]
    fn every_reason_has_its_case() {
        assert_eq!(judged(Some(1_300), 1_000, 60), Usability::Usable);
        assert_eq!(judged(Some(1_300), 1_240, 60), Usability::Usable);
        assert_eq!(judged(Some(1_300), 1_241, 60), Usability::EndsSoon);
        assert_eq!(judged(Some(1_300), 1_300, 0), Usability::Ended);
        assert_eq!(judged(None, 9_999_999, 60), Usability::EndUnknown);
        assert_eq!(judged(Some(1_300), 940, 0), Usability::Usable);
        assert_eq!(judged(Some(1_300), 939, 0), Usability::ClockWentBack);
    }
}
