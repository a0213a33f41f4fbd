//! [`Editor`]: load, save, and drafts of one place. One load or save at a time; drafts are kept meanwhile, too.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use latchkey_session::config;
use latchkey_session::ports::Clock;

use crate::adapter::{self, Adapter, Doing, Loaded};
use crate::conflict;
use crate::drafts::{Drafts, Kept};
use crate::fields::{Changes, Fields};
use crate::saving;
use crate::shown::{Content, Draft, Edit, Saved, Shown};
use crate::tokens::{Person, TokenSource};
use crate::trouble::{Trouble, TroubleCode};
use crate::wire::{Answer, Fault, Operation, Wire};

/// How long a load or a save may take, renewals and second looks included.
const LIMIT: Duration = Duration::from_secs(30);

/// The data of whoever is signed in, at one place.
///
/// A load or a save ends in 30 seconds. Dropping its future ends it at once, with its connection; a save that is dropped may have
/// been done, and its draft stays until a later load finds out.
#[derive(Debug)]
pub struct Editor<T> {
    pub(crate) adapter: Box<dyn Adapter>,
    pub(crate) wire: Wire<T>,
    drafts: Drafts,
    /// What was last read, and whose it is.
    seen: Mutex<Option<Seen>>,
    /// The server takes nothing before this.
    not_before: Mutex<Option<Timestamp>>,
    turn: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Seen {
    person: Person,
    loaded: Loaded,
}

impl<T: TokenSource> Editor<T> {
    /// An editor as configured, with its drafts in this directory.
    pub fn new(config: &config::Editor, tokens: T, clock: Arc<dyn Clock>, directory: PathBuf) -> Self {
        Self::at(adapter::of(config), tokens, clock, directory)
    }

    /// An editor for a place that is spoken to in another way.
    pub fn at(adapter: Box<dyn Adapter>, tokens: T, clock: Arc<dyn Clock>, directory: PathBuf) -> Self {
        Self {
            drafts: Drafts::new(directory, adapter.place()),
            adapter,
            wire: Wire::new(tokens, clock),
            seen: Mutex::default(),
            not_before: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        }
    }

    /// Reads the data. When it cannot be read, what was read before is shown, with why; the draft is shown in any case.
    pub async fn load(&self, person: &Person) -> Content {
        let _turn = self.turn.lock().await;
        let mut operation = Operation::of(person);
        let trouble = match tokio::time::timeout(LIMIT, self.read(&mut operation)).await {
            Ok(Ok(loaded)) => {
                self.settled(person, &loaded.fields, None).await;
                None
            }
            Ok(Err(trouble)) => Some(trouble),
            Err(_) => Some(took_too_long()),
        };
        self.content(person, trouble).await
    }

    /// Saves these changes. `over`: fields for which the person has seen a conflict and wants their own value.
    ///
    /// # Errors
    /// Why they are not saved, or not known to be. The draft stays.
    pub async fn save(&self, person: &Person, changes: &Changes, over: &[String]) -> Result<Saved, Trouble> {
        let _turn = self.turn.lock().await;
        // Written down before anything is sent; a disk that does not take it holds up no save.
        let _ = self.keep(person, changes).await;
        if let Some(fields) = self.seen(person).map(|seen| seen.fields) {
            let (drafts, person, over) = (self.drafts.clone(), person.clone(), over.to_vec());
            written(blocking(move || drafts.insist(&person, &over, &fields)).await);
        }
        let bases = self
            .draft(person)
            .await
            .map(|kept| kept.edits)
            .unwrap_or_default();
        let mut save = saving::Save::new(self, person, changes, bases, over);
        let outcome = match tokio::time::timeout(LIMIT, save.run()).await {
            Ok(outcome) => outcome,
            Err(_) if save.was_sent() => Err(Trouble::new(TroubleCode::Unanswered)),
            Err(_) => Err(took_too_long()),
        };
        match outcome? {
            saving::Outcome::Saved(fields) => {
                self.settled(person, &fields, Some(changes)).await;
                tracing::info!("metadata saved");
                let content = self.content(person, None).await;
                Ok(Saved::Saved { content })
            }
            saving::Outcome::Conflict(conflicts) => {
                tracing::info!("metadata was changed elsewhere, too");
                let content = self.content(person, None).await;
                Ok(Saved::Conflict { conflicts, content })
            }
        }
    }

    /// Keeps exactly these changes as the draft; none: there is no draft any more.
    ///
    /// # Errors
    /// [`TroubleCode::DraftUnwritable`].
    pub async fn keep(&self, person: &Person, changes: &Changes) -> Result<(), Trouble> {
        let seen = self.seen(person);
        let (drafts, person, changes) = (self.drafts.clone(), person.clone(), changes.clone());
        let now = self.wire.now();
        let kept = blocking(move || {
            let fields = seen.as_ref().map(|seen| &seen.fields);
            let version = seen
                .as_ref()
                .and_then(|seen| seen.version.as_ref())
                .map(|version| version.as_str());
            drafts.keep(&person, &changes, fields, version, now)
        });
        kept.await.map_err(unwritable)
    }

    /// Forgets the draft.
    ///
    /// # Errors
    /// [`TroubleCode::DraftUnwritable`]: it is still there.
    pub async fn discard(&self, person: &Person) -> Result<(), Trouble> {
        let (drafts, person) = (self.drafts.clone(), person.clone());
        blocking(move || drafts.discard(&person))
            .await
            .map_err(unwritable)
    }

    /// Reads the data and remembers it.
    pub(crate) async fn read(&self, operation: &mut Operation<'_>) -> Result<Loaded, Trouble> {
        let request = self.adapter.load(operation.person)?;
        let loaded = match self.exchange(operation, Doing::Load, request).await {
            Ok(Answer::Done(answer)) => self.adapter.read(&answer)?,
            Ok(Answer::Stale(trouble)) | Err(Fault { trouble, .. }) => return Err(trouble),
        };
        *lock(&self.seen) = Some(Seen {
            person: operation.person.clone(),
            loaded: loaded.clone(),
        });
        Ok(loaded)
    }

    /// An exchange, not before the server takes the next one.
    pub(crate) async fn exchange(
        &self,
        operation: &mut Operation<'_>,
        doing: Doing,
        request: http::Request<Vec<u8>>,
    ) -> Result<Answer, Fault> {
        let not_before = *lock(&self.not_before);
        if let Some(retry_at) = not_before.filter(|time| *time > self.wire.now()) {
            let trouble = Trouble {
                retry_at: Some(retry_at),
                ..Trouble::new(TroubleCode::Busy)
            };
            return Err(Fault { trouble, lost: false });
        }
        let answer = self
            .wire
            .exchange(&*self.adapter, operation, doing, request)
            .await;
        let told = answer.as_ref().err().and_then(|fault| fault.trouble.retry_at);
        *lock(&self.not_before) = told;
        answer
    }

    /// What was last read of this person's.
    pub(crate) fn seen(&self, person: &Person) -> Option<Loaded> {
        let seen = lock(&self.seen);
        seen.as_ref()
            .filter(|seen| seen.person == *person)
            .map(|seen| seen.loaded.clone())
    }

    /// What is known of the data after a save that could not be read again.
    pub(crate) fn assume(&self, person: &Person, loaded: Loaded) {
        *lock(&self.seen) = Some(Seen {
            person: person.clone(),
            loaded,
        });
    }

    async fn draft(&self, person: &Person) -> Option<Kept> {
        let (drafts, person) = (self.drafts.clone(), person.clone());
        let read = blocking(move || Ok(drafts.read(&person))).await;
        read.ok().flatten()
    }

    async fn settled(&self, person: &Person, fields: &Fields, done: Option<&Changes>) {
        let (drafts, person) = (self.drafts.clone(), person.clone());
        let (fields, done) = (fields.clone(), done.cloned());
        written(blocking(move || drafts.settle(&person, &fields, done.as_ref())).await);
    }

    async fn content(&self, person: &Person, trouble: Option<Trouble>) -> Content {
        let seen = self.seen(person);
        let draft = self.draft(person).await;
        let fields = seen.as_ref().map(|seen| &seen.fields);
        Content {
            draft: draft.map(|kept| shown(kept, fields)),
            fields: fields.map(Shown::all),
            left_out: fields.and_then(Shown::left_out),
            version: seen
                .and_then(|seen| seen.version)
                .map(|version| version.as_str().to_owned()),
            trouble,
        }
    }
}

fn shown(kept: Kept, fields: Option<&Fields>) -> Draft {
    let conflicts = match fields {
        None => Vec::new(),
        Some(fields) => kept
            .edits
            .iter()
            .filter_map(|edit| conflict::between(edit.base.as_ref(), &edit.change, fields))
            .collect(),
    };
    let edits = kept.edits.into_iter().map(|edit| Edit {
        base: edit.base.map(|base| Shown::of(&edit.change.name, &base)),
        name: edit.change.name,
        value: edit.change.value,
    });
    Draft {
        at: kept.at,
        version: kept.version,
        edits: edits.collect(),
        conflicts,
    }
}

fn took_too_long() -> Trouble {
    Trouble::new(TroubleCode::ServerTrouble).with_detail(format!("no answer in {} seconds", LIMIT.as_secs()))
}

fn unwritable(error: io::Error) -> Trouble {
    Trouble::new(TroubleCode::DraftUnwritable).with_detail(error.kind().to_string())
}

fn written(outcome: io::Result<()>) {
    if let Err(error) = outcome {
        tracing::warn!(kind = %error.kind(), "a draft could not be written");
    }
}

/// Runs what blocks where it may.
async fn blocking<R: Send + 'static>(work: impl FnOnce() -> io::Result<R> + Send + 'static) -> io::Result<R> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::Other.into()))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
