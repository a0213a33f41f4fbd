//! Access tokens for tests: numbered, and one more for each renewal.

use std::sync::{Arc, Mutex};

use latchkey_session::secret::AccessToken;
use latchkey_session::{Code, Error, Stage};

use crate::{Person, TokenSource};

/// Tokens of whoever asks.
#[derive(Clone, Debug, Default)]
pub(super) struct Tokens(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    renewals: usize,
    failure: Option<Code>,
}

impl Tokens {
    /// From now on there are none.
    pub(super) fn fail(&self, code: Code) {
        self.0.lock().unwrap().failure = Some(code);
    }

    /// There is a new one by itself.
    pub(super) fn renew(&self) {
        self.0.lock().unwrap().renewals += 1;
    }

    pub(super) fn renewals(&self) -> usize {
        self.0.lock().unwrap().renewals
    }
}

impl TokenSource for Tokens {
    async fn token(&self, _of: &Person) -> Result<AccessToken, Error> {
        let state = self.0.lock().unwrap();
        match state.failure {
            Some(code) => Err(Error::new(Stage::Refresh, code)),
            None => Ok(AccessToken::new(format!("t0ken-{}", state.renewals))),
        }
    }

    async fn another(&self, of: &Person, refused: &AccessToken) -> Result<AccessToken, Error> {
        let token = self.token(of).await?;
        if token != *refused {
            return Ok(token);
        }
        self.0.lock().unwrap().renewals += 1;
        self.token(of).await
    }
}
