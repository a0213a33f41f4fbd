//! Records above the credential store: a generation for each, and parts where the platform limits an entry.
//!
//! One *head* entry per record says which generation is stored and holds the record itself when it fits. When it does not,
//! the record is cut into *parts* under the new generation, then the head is replaced, then the old parts are removed. The
//! head is the only entry that decides, so a crash at any point leaves exactly one whole generation.
//!
//! Entries of at most three generations can exist: the head's; the one before it, whose removal was cut short (the head
//! names it); the one after it, whose writing was cut short (found by probing). Every write starts by removing the first and
//! overwrites the last, so leftovers do not pile up.
//!
//! Not here: what a record means, and the lock between processes ([`lock`](crate::lock)); writers hold it.

use std::sync::Arc;

use base64::Engine as _;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::head::{Content, Head, Run};
use super::pieces::cut;
use super::{CredentialStore, StoreError};
use crate::view::Why;

pub(crate) use super::key::Key;
pub(crate) use super::stored::{Stored, Written};

/// More parts than this, and the record is refused: 160 KiB where an entry takes 2,560 bytes.
const MOST_PARTS: usize = 64;
/// What a head may grow by when a renewal is written into it: `,"renewing_since":"2026-01-01T00:00:00.000Z"` and some more.
const JOURNAL_ROOM: usize = 64;
/// How often a read starts again because a writer replaced the generation under it.
const READ_ATTEMPTS: usize = 3;

/// Records above a store. Blocking, like the store.
pub(crate) struct Vault {
    store: Arc<dyn CredentialStore>,
}

impl Vault {
    /// Records in this store.
    pub(crate) fn new(store: Arc<dyn CredentialStore>) -> Self {
        Self { store }
    }

    /// The record, or why there is none. One call to the store when the record fits into the head entry.
    ///
    /// # Errors
    /// What the store answers.
    pub(crate) fn read(&self, key: &Key) -> Result<Stored, StoreError> {
        let mut last = None;
        for _ in 0..READ_ATTEMPTS {
            let (head, body) = match self.head(key)? {
                Found::Nothing => return Ok(Stored::Nothing),
                Found::Unreadable(generation) => return Ok(Stored::Unreadable { generation }),
                Found::Head(head, body) => (head, body),
            };
            let generation = head.generation;
            match head.content {
                Content::Cleared { why } => {
                    return Ok(Stored::Cleared {
                        generation,
                        why,
                        note: body,
                    });
                }
                Content::Whole => {
                    return Ok(Stored::Record {
                        generation,
                        bytes: body,
                        renewing_since: head.renewing_since,
                    });
                }
                Content::Parts { count, ref digest } => {
                    if let Some(bytes) = self.gather(key, generation, count, digest)? {
                        return Ok(Stored::Record {
                            generation,
                            bytes,
                            renewing_since: head.renewing_since,
                        });
                    }
                }
            }
            // A part is missing or foreign: a writer has moved on, unless the head is still the same.
            if last.replace(generation) == Some(generation) {
                break;
            }
        }
        Ok(Stored::Unreadable {
            generation: last.unwrap_or(0),
        })
    }

    /// Replaces the record. With `expected`, only if the store still holds that generation (0: nothing was stored). An entry
    /// that has vanished altogether, and left no tombstone, stands in nobody's way: the generations go on where they were.
    ///
    /// # Errors
    /// What the store answers; the old record is then still whole. [`StoreError::Full`] beyond 64 parts.
    pub(crate) fn write(
        &self,
        key: &Key,
        expected: Option<u64>,
        bytes: &[u8],
    ) -> Result<Written, StoreError> {
        let old = self.standing(key)?;
        let last = match expected {
            Some(expected) if old.vanished => expected,
            Some(expected) if expected != old.generation => return Ok(Written::Overtaken(old.generation)),
            Some(_) | None => old.generation,
        };
        let generation = last.saturating_add(1);
        self.remove_run(key, old.before)?;

        let whole = Head::new(generation, Content::Whole, old.parts).with_body(bytes);
        let entry = match self.store.limit() {
            Some(limit) if whole.len() + JOURNAL_ROOM > limit => {
                let count = self.write_parts(key, generation, bytes, limit)?;
                let content = Content::Parts {
                    count,
                    digest: digest_of(bytes),
                };
                Head::new(generation, content, old.parts).with_body(b"")
            }
            Some(_) | None => {
                self.remove_orphans(key, generation, 0)?;
                whole
            }
        };
        self.store.set(key.head(), &entry)?;
        // The record is safe. Parts that cannot be removed now are named in the head and go at the next write.
        let _ = self.remove_run(key, old.parts);
        Ok(Written::Done(generation))
    }

    /// Replaces the record by a tombstone. Clearing what is cleared already removes leftovers and keeps the generation. Where an
    /// entry of a known generation has vanished, the tombstone is written all the same: others may still hold the record.
    ///
    /// # Errors
    /// What the store answers. The tombstone may stand by then with parts of the old record left: clear again.
    pub(crate) fn clear(&self, key: &Key, expected: Option<u64>, why: Why) -> Result<Written, StoreError> {
        self.clear_leaving(key, expected, why, b"")
    }

    /// The same, with a note in the tombstone. It is left out where the platform's entries are too small for it; one that is there
    /// already goes when a clear leaves none.
    ///
    /// # Errors
    /// As for [`clear`](Self::clear).
    pub(crate) fn clear_leaving(
        &self,
        key: &Key,
        expected: Option<u64>,
        why: Why,
        note: &[u8],
    ) -> Result<Written, StoreError> {
        let old = self.standing(key)?;
        let last = match expected {
            Some(expected) if old.vanished => expected,
            Some(expected) if expected != old.generation => return Ok(Written::Overtaken(old.generation)),
            Some(_) | None => old.generation,
        };
        self.remove_run(key, old.before)?;
        self.remove_orphans(key, old.generation.saturating_add(1), 0)?;
        let tombstone =
            |generation, before| Head::new(generation, Content::Cleared { why: Some(why) }, before);
        if !old.holds_something && last == old.generation {
            if old.noted && note.is_empty() {
                self.store
                    .set(key.head(), &tombstone(old.generation, None).with_body(b""))?;
            }
            return Ok(Written::Done(old.generation));
        }
        let generation = last.saturating_add(1);
        let whole = tombstone(generation, old.parts).with_body(note);
        let entry = match self.store.limit() {
            Some(limit) if whole.len() > limit => tombstone(generation, old.parts).with_body(b""),
            Some(_) | None => whole,
        };
        self.store.set(key.head(), &entry)?;
        self.remove_run(key, old.parts)?;
        Ok(Written::Done(generation))
    }

    /// Writes the rotation journal into the head entry: a renewal of this generation begins now; `None` takes that back. The
    /// record and its generation stay.
    ///
    /// # Errors
    /// What the store answers: it would not have taken the renewed record either.
    pub(crate) fn journal(
        &self,
        key: &Key,
        generation: u64,
        renewing_since: Option<Timestamp>,
    ) -> Result<Written, StoreError> {
        match self.head(key)? {
            Found::Head(head, body) if head.generation == generation && !head.content.is_cleared() => {
                let mut head = head;
                head.renewing_since = renewing_since;
                self.store.set(key.head(), &head.with_body(&body))?;
                Ok(Written::Done(generation))
            }
            Found::Head(head, _) => Ok(Written::Overtaken(head.generation)),
            Found::Unreadable(generation) => Ok(Written::Overtaken(generation)),
            Found::Nothing => Ok(Written::Overtaken(0)),
        }
    }

    /// Copies what stands under `key` to another key, whatever it is, before it is written over: a record that this version
    /// cannot read.
    ///
    /// # Errors
    /// What the store answers.
    pub(crate) fn set_aside(&self, key: &Key, aside: &Key) -> Result<(), StoreError> {
        let bytes = match self.read(key)? {
            Stored::Record { bytes, .. } => bytes,
            Stored::Unreadable { .. } => match self.store.get(key.head())? {
                Some(entry) => entry,
                None => return Ok(()),
            },
            Stored::Nothing | Stored::Cleared { .. } => return Ok(()),
        };
        self.write(aside, None, &bytes).map(|_| ())
    }

    /// Whether a call would go through now without asking the person for anything.
    ///
    /// # Errors
    /// What a call would answer.
    pub(crate) fn ready(&self) -> Result<(), StoreError> {
        self.store.ready()
    }

    /// Removes the record without a tombstone: a pending attempt. The parts go first, so nothing of it can be used
    /// afterwards, also when this is cut short.
    ///
    /// # Errors
    /// What the store answers; the record may then be whole or [`Stored::Unreadable`].
    pub(crate) fn remove(&self, key: &Key) -> Result<(), StoreError> {
        let old = self.standing(key)?;
        self.remove_run(key, old.before)?;
        self.remove_orphans(key, old.generation.saturating_add(1), 0)?;
        self.remove_run(key, old.parts)?;
        self.store.delete(key.head())
    }

    fn head(&self, key: &Key) -> Result<Found, StoreError> {
        Ok(match self.store.get(key.head())? {
            None => Found::Nothing,
            Some(entry) => match Head::parse(&entry) {
                Ok((head, body)) => Found::Head(head, Zeroizing::new(body.to_vec())),
                Err(generation) => Found::Unreadable(generation),
            },
        })
    }

    /// What a writer has to know of the present state.
    fn standing(&self, key: &Key) -> Result<Standing, StoreError> {
        Ok(match self.head(key)? {
            Found::Nothing => Standing {
                generation: 0,
                vanished: true,
                holds_something: false,
                noted: false,
                parts: None,
                before: None,
            },
            Found::Unreadable(generation) => Standing {
                generation,
                vanished: false,
                holds_something: true,
                noted: false,
                parts: None,
                before: None,
            },
            Found::Head(head, body) => Standing {
                noted: head.content.is_cleared() && !body.is_empty(),
                generation: head.generation,
                vanished: false,
                holds_something: !head.content.is_cleared(),
                parts: head.parts(),
                before: head.before,
            },
        })
    }

    /// The parts put together; `None` when one is missing or they are not what the head says.
    fn gather(
        &self,
        key: &Key,
        generation: u64,
        count: usize,
        digest: &str,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        if count > MOST_PARTS {
            return Ok(None);
        }
        let mut parts = Vec::with_capacity(count);
        for index in 0..count {
            match self.store.get(&key.part(generation, index))? {
                Some(part) => parts.push(part),
                None => return Ok(None),
            }
        }
        // Sized once: a growing vector would leave copies of the secret behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(parts.iter().map(|part| part.len()).sum()));
        for part in &parts {
            bytes.extend_from_slice(part);
        }
        Ok((digest_of(&bytes) == digest).then_some(bytes))
    }

    fn write_parts(
        &self,
        key: &Key,
        generation: u64,
        bytes: &[u8],
        limit: usize,
    ) -> Result<usize, StoreError> {
        let pieces = cut(bytes, limit);
        if pieces.len() > MOST_PARTS {
            return Err(StoreError::Full);
        }
        let count = pieces.len();
        for (index, piece) in pieces.into_iter().enumerate() {
            self.store.set(&key.part(generation, index), &bytes[piece])?;
        }
        self.remove_orphans(key, generation, count)?;
        Ok(count)
    }

    /// Removes parts that an interrupted write of `generation` left behind, from index `from` on. They were written in
    /// order and are removed from the end, so the first gap is their end.
    fn remove_orphans(&self, key: &Key, generation: u64, from: usize) -> Result<(), StoreError> {
        if self.store.limit().is_none() {
            return Ok(());
        }
        let mut end = from;
        while end < MOST_PARTS && self.store.get(&key.part(generation, end))?.is_some() {
            end += 1;
        }
        for index in (from..end).rev() {
            self.store.delete(&key.part(generation, index))?;
        }
        Ok(())
    }

    fn remove_run(&self, key: &Key, run: Option<Run>) -> Result<(), StoreError> {
        let Some(run) = run else { return Ok(()) };
        for index in (0..run.count.min(MOST_PARTS)).rev() {
            self.store.delete(&key.part(run.generation, index))?;
        }
        Ok(())
    }
}

enum Found {
    Nothing,
    Unreadable(u64),
    Head(Head, Zeroizing<Vec<u8>>),
}

struct Standing {
    generation: u64,
    /// There is no entry at all.
    vanished: bool,
    /// Whether there is anything a clear would have to replace.
    holds_something: bool,
    /// Whether it is a tombstone with a note.
    noted: bool,
    /// The present generation's parts.
    parts: Option<Run>,
    /// Parts of the generation before, not known to be gone.
    before: Option<Run>,
}

fn digest_of(bytes: &[u8]) -> String {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(Sha256::digest(bytes))
}

#[cfg(test)]
mod tests;
