//! The way of one save: compare, send, and when it is not known what became of it, look before anything else.

use serde_json::Value;

use crate::adapter::{Doing, Loaded, Version};
use crate::conflict::{self, Conflict};
use crate::drafts::KeptEdit;
use crate::editor::Editor;
use crate::fields::{Change, Changes, Fields};
use crate::tokens::{Person, TokenSource};
use crate::trouble::{Trouble, TroubleCode};
use crate::wire::{Answer, Fault, Operation};

/// How often the data may change elsewhere while it is being saved.
const ROUNDS: usize = 3;

/// One save.
pub(crate) struct Save<'a, T> {
    editor: &'a Editor<T>,
    operation: Operation<'a>,
    changes: &'a Changes,
    /// What the changes were made on.
    bases: Vec<KeptEdit>,
    /// Fields whose conflict the person has seen.
    over: &'a [String],
    sent: bool,
}

/// How it ended.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The changes are in the data, which is this now.
    Saved(Fields),
    /// Nothing was sent.
    Conflict(Vec<Conflict>),
}

impl<'a, T: TokenSource> Save<'a, T> {
    pub(crate) fn new(
        editor: &'a Editor<T>,
        person: &'a Person,
        changes: &'a Changes,
        bases: Vec<KeptEdit>,
        over: &'a [String],
    ) -> Self {
        Self {
            editor,
            operation: Operation::of(person),
            changes,
            bases,
            over,
            sent: false,
        }
    }

    /// Whether anything that changes the data was sent.
    pub(crate) fn was_sent(&self) -> bool {
        self.sent
    }

    /// Goes the whole way.
    pub(crate) async fn run(&mut self) -> Result<Outcome, Trouble> {
        let mut there = match self.editor.seen(self.operation.person) {
            Some(seen) => seen,
            None => self.look().await?,
        };
        let begun_on = there.fields.clone();
        if let Some(outcome) = self.compare(&begun_on, &there.fields) {
            return Ok(outcome);
        }
        if condition(&there).is_none() {
            there = self.look().await?;
        }
        let mut repeated = false;
        let mut words = Trouble::new(TroubleCode::Contended);
        for _ in 0..ROUNDS {
            if let Some(outcome) = self.compare(&begun_on, &there.fields) {
                return Ok(outcome);
            }
            let condition = condition(&there);
            match self.send(&there.fields, condition.as_ref()).await? {
                Ok(Answer::Done(_)) => return Ok(Outcome::Saved(self.look_after(there).await)),
                Ok(Answer::Stale(said)) => {
                    let version = there.version;
                    there = self.look().await?;
                    // It says no although nothing has changed: it has another reason.
                    words = if there.version == version {
                        said
                    } else {
                        Trouble::new(TroubleCode::Contended)
                    };
                }
                Err(Fault { trouble, lost: false }) => return Err(trouble),
                Err(Fault { trouble, lost: true }) => {
                    there = self.look().await.map_err(|_| unanswered(&trouble))?;
                    // The lost request may still arrive. Only a condition keeps it and its repetition from both being done.
                    let conditional = condition.is_some() && condition == there.version;
                    if (repeated || !conditional) && !self.is_done(&there) {
                        return Err(unanswered(&trouble));
                    }
                    repeated = true;
                }
            }
        }
        Err(words)
    }

    /// Sends what is not there yet.
    async fn send(
        &mut self,
        there: &Fields,
        condition: Option<&Version>,
    ) -> Result<Result<Answer, Fault>, Trouble> {
        let open = self.changes.not_in(there);
        let person = self.operation.person;
        let request = self.editor.adapter.patch(person, &open, condition)?;
        self.sent = true;
        let exchange = self.editor.exchange(&mut self.operation, Doing::Save, request);
        Ok(exchange.await)
    }

    fn is_done(&self, there: &Loaded) -> bool {
        self.changes.not_in(&there.fields).is_empty()
    }

    /// Done already, or a conflict; nothing when there is something to send.
    fn compare(&self, begun_on: &Fields, there: &Fields) -> Option<Outcome> {
        if self.changes.not_in(there).is_empty() {
            return Some(Outcome::Saved(there.clone()));
        }
        let conflicts: Vec<Conflict> = self
            .changes
            .iter()
            .filter_map(|change| conflict::between(self.base(change, begun_on), change, there))
            .collect();
        (!conflicts.is_empty()).then_some(Outcome::Conflict(conflicts))
    }

    /// The value a change was made on: what is kept with it, or what was seen when the save began.
    fn base<'b>(&'b self, change: &Change, begun_on: &'b Fields) -> Option<&'b Value> {
        let kept = self
            .bases
            .iter()
            .find(|edit| edit.change.name == change.name)
            .filter(|_| !self.over.contains(&change.name));
        match kept {
            Some(edit) => edit.base.as_ref(),
            None => begun_on.get(&change.name),
        }
    }

    async fn look(&mut self) -> Result<Loaded, Trouble> {
        self.editor.read(&mut self.operation).await
    }

    /// What the server makes of it: it may have written a value its own way. When it does not say, what was sent.
    async fn look_after(&mut self, before: Loaded) -> Fields {
        if let Ok(loaded) = self.look().await {
            return loaded.fields;
        }
        let mut fields = before.fields;
        for change in self.changes.iter() {
            match change.json() {
                Some(value) => fields.insert(change.name.clone(), value),
                None => fields.remove(&change.name),
            };
        }
        let loaded = Loaded {
            fields: fields.clone(),
            version: None,
        };
        self.editor.assume(self.operation.person, loaded);
        fields
    }
}

/// What a patch can be conditional on.
fn condition(there: &Loaded) -> Option<Version> {
    there.version.clone().filter(Version::is_strong)
}

/// It is not known whether it was done. A server that says it is in trouble is told as such.
fn unanswered(why: &Trouble) -> Trouble {
    let code = if why.code == TroubleCode::ServerTrouble {
        TroubleCode::ServerTrouble
    } else {
        TroubleCode::Unanswered
    };
    Trouble { code, ..why.clone() }
}
