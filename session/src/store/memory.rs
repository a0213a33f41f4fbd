//! A credential store in memory, for tests and for trying: clones share the content, so a second session on a clone is a
//! restart. Failures can be scripted, call by call.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use super::{CredentialStore, StoreError};

/// Entries in memory, cleared when the last clone is dropped.
#[derive(Clone, Default)]
pub struct MemoryStore {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    released: Condvar,
}

#[derive(Default)]
struct State {
    entries: BTreeMap<String, Zeroizing<Vec<u8>>>,
    limit: Option<usize>,
    /// What every call answers until further notice.
    situation: Option<StoreError>,
    /// What the next calls answer, one each; `None` lets one through.
    script: VecDeque<Option<StoreError>>,
    /// Calls wait while this is set: a password dialog.
    held: bool,
    calls: Vec<Call>,
}

/// One call a [`MemoryStore`] received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// A read of the named entry.
    Get(String),
    /// A write of the named entry.
    Set(String),
    /// A removal of the named entry.
    Delete(String),
    /// A question whether a call would go through.
    Ready,
}

impl MemoryStore {
    /// An empty store without a limit.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty store that takes at most this many bytes an entry.
    pub fn with_limit(bytes: usize) -> Self {
        let store = Self::new();
        store.state().limit = Some(bytes);
        store
    }

    /// Every call fails with this from now on; `None`: they work again.
    pub fn fail_with(&self, situation: Option<StoreError>) {
        self.state().situation = situation;
    }

    /// The next calls answer with these, one each, before [`fail_with`](Self::fail_with) has its say again: an error fails
    /// the call before it does anything, `None` lets it through.
    pub fn script(&self, answers: impl IntoIterator<Item = Option<StoreError>>) {
        self.state().script.extend(answers);
    }

    /// Forgets what is left of the script.
    pub fn clear_script(&self) {
        self.state().script.clear();
    }

    /// While held, calls do not return: a store behind a password dialog.
    pub fn hold(&self, held: bool) {
        self.state().held = held;
        self.shared.released.notify_all();
    }

    /// The names of all entries, sorted.
    pub fn names(&self) -> Vec<String> {
        self.state().entries.keys().cloned().collect()
    }

    /// The calls so far, in order, failed ones too.
    pub fn calls(&self) -> Vec<Call> {
        self.state().calls.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes the call, waits while held, and gives the state unless a failure is due.
    fn begin(&self, call: Call) -> Result<MutexGuard<'_, State>, StoreError> {
        let mut state = self.state();
        state.calls.push(call);
        while state.held {
            state = self
                .shared
                .released
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        let answer = state
            .script
            .pop_front()
            .unwrap_or_else(|| state.situation.clone());
        match answer {
            Some(error) => Err(error),
            None => Ok(state),
        }
    }
}

impl CredentialStore for MemoryStore {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        Ok(self.begin(Call::Get(name.to_owned()))?.entries.get(name).cloned())
    }

    fn set(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let mut state = self.begin(Call::Set(name.to_owned()))?;
        if state.limit.is_some_and(|limit| bytes.len() > limit) {
            return Err(StoreError::Full);
        }
        state
            .entries
            .insert(name.to_owned(), Zeroizing::new(bytes.to_vec()));
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<(), StoreError> {
        self.begin(Call::Delete(name.to_owned()))?.entries.remove(name);
        Ok(())
    }

    /// What [`fail_with`](MemoryStore::fail_with) said; [`StoreError::Locked`] while held. The script stays as it is.
    fn ready(&self) -> Result<(), StoreError> {
        let mut state = self.state();
        state.calls.push(Call::Ready);
        if state.held {
            return Err(StoreError::Locked);
        }
        state.situation.clone().map_or(Ok(()), Err)
    }

    fn limit(&self) -> Option<usize> {
        self.state().limit
    }

    fn name(&self) -> &'static str {
        "memory"
    }
}

impl std::fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemoryStore")
            .field("entries", &self.state().entries.len())
            .finish_non_exhaustive()
    }
}
