//! The stored forms: the session's record and a pending attempt, versioned JSON. The only place where secrets are serialised.
//!
//! The version is that of the form: a later program reads every earlier one (`session/src/record_tests.rs` keeps a specimen of
//! each). What is written here goes into the operating system's credential store and nowhere else. Reading is strict about the
//! version and the owner (issuer and client): anything else is reported, never guessed at.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::account::{Consent, Last, Person};
use crate::attempt::Attempt;
use crate::error::{Code, Error, Result, Stage};
use crate::exchange::Renewal;
use crate::outbox::Owed;
use crate::profile::Identity;
use crate::secret::{AccessToken, CodeVerifier, IdToken, Nonce, RefreshToken, SecretUrl, StateValue};
use crate::tokens::{Revocable, TokenSet};
use crate::view::How;

/// The version this program writes.
const VERSION: u32 = 1;

/// A session as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) tokens: TokenSet,
    pub(crate) identity: Identity,
    /// When the person signed in.
    pub(crate) since: Timestamp,
    /// How the person signed in.
    pub(crate) how: How,
    /// Whether the next sign-in should ask for consent, because no refresh token came.
    pub(crate) consent: Consent,
}

#[derive(Serialize, Deserialize)]
struct Version {
    version: u32,
}

#[derive(Serialize, Deserialize)]
struct RecordForm {
    version: u32,
    issuer: String,
    client_id: String,
    since: Timestamp,
    how: How,
    access_token: Zeroizing<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
    obtained_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh_token: Option<Zeroizing<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id_token: Option<Zeroizing<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    identity: Identity,
    #[serde(default, skip_serializing_if = "Consent::is_unneeded")]
    consent: Consent,
}

#[derive(Serialize, Deserialize)]
struct AttemptForm {
    version: u32,
    how: How,
    issuer: String,
    client_id: String,
    redirect_uri: String,
    token_endpoint: String,
    state: Zeroizing<String>,
    nonce: Zeroizing<String>,
    verifier: Zeroizing<String>,
    iss_expected: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_age: Option<u64>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    another: bool,
    #[serde(default, skip_serializing_if = "Consent::is_unneeded")]
    consent: Consent,
    created_at: Timestamp,
    deadline: Timestamp,
    authorization_url: Zeroizing<String>,
}

impl Record {
    /// What it leaves to the next sign-in, when the session is over and the person did not end it.
    pub(crate) fn last(&self) -> Last {
        Last {
            person: Some(Person::of(&self.identity)),
            consent: self.consent,
        }
    }

    /// The record after a renewal. A missing refresh token means: keep the old one (RFC 6749, section 6); so does a missing ID
    /// token. Of a renewal whose ID token was refused for a clock, only the rotated refresh token is taken over.
    pub(crate) fn renewed(&self, renewal: Renewal) -> (Self, Option<Error>) {
        let refresh_token = renewal
            .tokens
            .refresh_token
            .clone()
            .or_else(|| self.tokens.refresh_token.clone());
        let tokens = match renewal.refused {
            Some(_) => self.tokens.clone(),
            None => TokenSet {
                id_token: renewal
                    .tokens
                    .id_token
                    .clone()
                    .or_else(|| self.tokens.id_token.clone()),
                ..renewal.tokens
            },
        };
        let record = Self {
            tokens: TokenSet {
                refresh_token,
                ..tokens
            },
            identity: renewal.identity.unwrap_or_else(|| self.identity.clone()),
            since: self.since,
            how: self.how,
            consent: self.consent,
        };
        (record, renewal.refused)
    }

    /// The stored form.
    ///
    /// # Errors
    /// The record cannot be written as JSON: a fault of this program.
    pub(crate) fn to_bytes(&self, issuer: &str, client_id: &str) -> Result<Zeroizing<Vec<u8>>> {
        let text = |secret: &str| Zeroizing::new(secret.to_owned());
        let form = RecordForm {
            version: VERSION,
            issuer: issuer.to_owned(),
            client_id: client_id.to_owned(),
            since: self.since,
            how: self.how,
            access_token: text(self.tokens.access_token.secret()),
            expires_at: self.tokens.expires_at,
            obtained_at: self.tokens.obtained_at,
            refresh_token: self
                .tokens
                .refresh_token
                .as_ref()
                .map(|token| text(token.secret())),
            id_token: self.tokens.id_token.as_ref().map(|token| text(token.secret())),
            scope: self.tokens.scope.clone(),
            identity: self.identity.clone(),
            consent: self.consent,
        };
        write(&form)
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// [`Code::RecordUnreadable`]: damaged, of a newer version, or of another issuer or client.
    pub(crate) fn from_bytes(bytes: &[u8], issuer: &str, client_id: &str) -> Result<Self> {
        let form: RecordForm = read(bytes)?;
        if form.issuer != issuer || form.client_id != client_id || form.identity.issuer != issuer {
            return Err(unreadable("the record belongs to another issuer or client"));
        }
        Ok(Self {
            tokens: TokenSet {
                access_token: AccessToken::new(form.access_token.as_str()),
                expires_at: form.expires_at,
                obtained_at: form.obtained_at,
                refresh_token: form.refresh_token.map(|token| RefreshToken::new(token.as_str())),
                id_token: form.id_token.map(|token| IdToken::new(token.as_str())),
                scope: form.scope,
            },
            identity: form.identity,
            since: form.since,
            how: form.how,
            consent: form.consent,
        })
    }
}

/// The stored form of a pending attempt.
///
/// # Errors
/// The attempt cannot be written as JSON: a fault of this program.
pub(crate) fn attempt_to_bytes(attempt: &Attempt) -> Result<Zeroizing<Vec<u8>>> {
    let text = |secret: &str| Zeroizing::new(secret.to_owned());
    write(&AttemptForm {
        version: VERSION,
        how: attempt.how,
        issuer: attempt.issuer.clone(),
        client_id: attempt.client_id.clone(),
        redirect_uri: attempt.redirect_uri.clone(),
        token_endpoint: attempt.token_endpoint.clone(),
        state: text(attempt.state.secret()),
        nonce: text(attempt.nonce.secret()),
        verifier: text(attempt.verifier.secret()),
        iss_expected: attempt.iss_expected,
        max_age: attempt.max_age,
        another: attempt.another,
        consent: attempt.consent,
        created_at: attempt.created_at,
        deadline: attempt.deadline,
        authorization_url: text(attempt.authorization_url.secret()),
    })
}

/// Reads a pending attempt.
///
/// # Errors
/// [`Code::RecordUnreadable`]: damaged or of a newer version.
pub(crate) fn attempt_from_bytes(bytes: &[u8]) -> Result<Attempt> {
    let form: AttemptForm = read(bytes)?;
    Ok(Attempt {
        how: form.how,
        issuer: form.issuer,
        client_id: form.client_id,
        redirect_uri: form.redirect_uri,
        token_endpoint: form.token_endpoint,
        state: StateValue::new(form.state.as_str()),
        nonce: Nonce::new(form.nonce.as_str()),
        verifier: CodeVerifier::new(form.verifier.as_str()),
        iss_expected: form.iss_expected,
        max_age: form.max_age,
        another: form.another,
        consent: form.consent,
        created_at: form.created_at,
        deadline: form.deadline,
        authorization_url: SecretUrl::new(form.authorization_url.as_str()),
    })
}

#[derive(Serialize, Deserialize)]
struct LastForm {
    version: u32,
    #[serde(flatten)]
    last: Last,
}

/// The stored form of what a session that is over leaves to the next sign-in. Empty when that is nothing, or cannot be written.
pub(crate) fn last_to_bytes(last: &Last) -> Zeroizing<Vec<u8>> {
    if *last == Last::default() {
        return Zeroizing::default();
    }
    write(&LastForm {
        version: VERSION,
        last: last.clone(),
    })
    .unwrap_or_default()
}

/// Reads it; nothing, where there is nothing that could be read.
pub(crate) fn last_from_bytes(bytes: &[u8]) -> Last {
    read::<LastForm>(bytes).map(|form| form.last).unwrap_or_default()
}

#[derive(Serialize, Deserialize)]
struct OwedForm {
    kind: OwedKind,
    token: Zeroizing<String>,
    drop_at: Timestamp,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum OwedKind {
    RefreshToken,
    AccessToken,
}

#[derive(Serialize, Deserialize)]
struct OutboxForm {
    version: u32,
    owed: Vec<OwedForm>,
}

/// The stored form of the revocations that are owed.
///
/// # Errors
/// They cannot be written as JSON: a fault of this program.
pub(crate) fn outbox_to_bytes(owed: &[Owed]) -> Result<Zeroizing<Vec<u8>>> {
    let form = |owed: &Owed| {
        let (kind, token) = match &owed.token {
            Revocable::Refresh(token) => (OwedKind::RefreshToken, token.secret()),
            Revocable::Access(token) => (OwedKind::AccessToken, token.secret()),
        };
        OwedForm {
            kind,
            token: Zeroizing::new(token.to_owned()),
            drop_at: owed.drop_at,
        }
    };
    write(&OutboxForm {
        version: VERSION,
        owed: owed.iter().map(form).collect(),
    })
}

/// Reads the revocations that are owed.
///
/// # Errors
/// [`Code::RecordUnreadable`]: damaged or of a newer version.
pub(crate) fn outbox_from_bytes(bytes: &[u8]) -> Result<Vec<Owed>> {
    let form: OutboxForm = read(bytes)?;
    let owed = |form: OwedForm| Owed {
        token: match form.kind {
            OwedKind::RefreshToken => Revocable::Refresh(RefreshToken::new(form.token.as_str())),
            OwedKind::AccessToken => Revocable::Access(AccessToken::new(form.token.as_str())),
        },
        drop_at: form.drop_at,
    };
    Ok(form.owed.into_iter().map(owed).collect())
}

/// The buffer is given its whole size at once: a growing one would leave copies of secrets behind in freed memory.
fn write(form: &impl Serialize) -> Result<Zeroizing<Vec<u8>>> {
    struct Count(usize);
    impl std::io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let unwritable =
        |_| Error::new(Stage::Store, Code::Internal).with_detail("the record cannot be written as JSON");
    let mut count = Count(0);
    serde_json::to_writer(&mut count, form).map_err(unwritable)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(count.0));
    serde_json::to_writer(&mut *bytes, form).map_err(unwritable)?;
    Ok(bytes)
}

fn read<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    // serde_json's message may quote what it found, so it is not passed on.
    let version: Version = serde_json::from_slice(bytes).map_err(|_| unreadable("the record is damaged"))?;
    if version.version != VERSION {
        return Err(unreadable(&format!(
            "the record has version {}, this program reads {VERSION}",
            version.version
        )));
    }
    serde_json::from_slice(bytes).map_err(|_| unreadable("the record is damaged"))
}

fn unreadable(detail: &str) -> Error {
    Error::new(Stage::Store, Code::RecordUnreadable).with_detail(detail)
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
