//! Where access tokens come from. The session is one source; a test has another.

use std::time::Duration;

use latchkey_session::secret::AccessToken;
use latchkey_session::view::View;
use latchkey_session::{Code, Error, Session, Stage};

/// How long a token must still live to be sent.
const MIN_TTL: Duration = Duration::from_secs(30);

/// Whose data it is.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Person {
    /// Who says so.
    pub issuer: String,
    /// Their subject there (OpenID Connect Core, section 2).
    pub sub: String,
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Person")
    }
}

/// Gives out access tokens of one person, and of nobody else.
pub trait TokenSource: Send + Sync + 'static {
    /// A token of this person.
    ///
    /// # Errors
    /// [`Code::NotSignedIn`] when it is not they who are signed in; why there is no token otherwise.
    fn token(&self, of: &Person) -> impl Future<Output = Result<AccessToken, Error>> + Send;

    /// A token of this person in place of one that was refused.
    ///
    /// # Errors
    /// As for [`token`](Self::token).
    fn another(
        &self,
        of: &Person,
        refused: &AccessToken,
    ) -> impl Future<Output = Result<AccessToken, Error>> + Send;
}

impl TokenSource for Session {
    async fn token(&self, of: &Person) -> Result<AccessToken, Error> {
        signed_in(self, of)?;
        let token = self.access_token(MIN_TTL).await?;
        // Somebody else may have signed in while it was renewed.
        signed_in(self, of)?;
        Ok(token)
    }

    async fn another(&self, of: &Person, refused: &AccessToken) -> Result<AccessToken, Error> {
        let token = self.token(of).await?;
        if token != *refused {
            return Ok(token);
        }
        self.refresh().await?;
        self.token(of).await
    }
}

fn signed_in(session: &Session, person: &Person) -> Result<(), Error> {
    match session.view() {
        View::SignedIn { profile, .. } if profile.issuer == person.issuer && profile.sub == person.sub => {
            Ok(())
        }
        View::Unconfigured { .. }
        | View::Restoring
        | View::SignedOut { .. }
        | View::SigningIn { .. }
        | View::SignedIn { .. }
        | View::Blocked { .. } => Err(Error::new(Stage::Api, Code::NotSignedIn)),
    }
}
