//! What the provider knows: codes, refresh tokens that are good, and what came.

use std::collections::{HashMap, HashSet};

use super::Count;

/// Everything that was given out.
#[derive(Debug)]
pub(super) struct Grants {
    /// Codes, each with the nonce of its request.
    codes: HashMap<String, String>,
    /// Refresh tokens that have not been used.
    good: HashSet<String>,
    counts: HashMap<String, Count>,
    given: u64,
}

impl Grants {
    pub(super) fn new() -> Self {
        Self {
            codes: HashMap::new(),
            good: HashSet::new(),
            counts: HashMap::new(),
            given: 0,
        }
    }

    pub(super) fn count(&self, name: &str) -> Count {
        self.counts.get(name).copied().unwrap_or_default()
    }

    /// A text that was not given out before, as long as such texts are.
    pub(super) fn fresh(&mut self, kind: &str) -> String {
        self.given += 1;
        format!("{kind}-{:0>40}", self.given)
    }

    /// A code for this nonce.
    pub(super) fn code(&mut self, nonce: String) -> String {
        let code = self.fresh("code");
        self.codes.insert(code.clone(), nonce);
        code
    }

    /// A refresh token that is good for one use.
    pub(super) fn refresh_token(&mut self) -> String {
        let token = self.fresh("rt");
        self.good.insert(token.clone());
        token
    }

    /// Takes a code: its nonce, the first time.
    pub(super) fn redeem(&mut self, code: &str) -> Option<String> {
        self.codes.remove(code)
    }

    /// Takes a refresh token: whether it was good.
    pub(super) fn renew(&mut self, name: &str, token: &str) -> bool {
        let good = self.good.remove(token);
        let count = self.counts.entry(name.to_owned()).or_default();
        count.requests += 1;
        if !good {
            count.refused += 1;
        }
        good
    }
}
