//! What people may edit about themselves: names, country, preferences and the like, kept by their team's backend or by Auth0.
//!
//! A client of the session's access token, and outside the core: it is given tokens ([`TokenSource`]), never keeps one, and sends
//! one only to the configured origin. The [`Editor`] is the whole of it: load, save, and drafts of what is not saved yet.
//!
//! # How a save goes
//!
//! Only what was changed is sent, as a patch. What the person saw when they changed it (the base) stays with the change. If
//! somebody else has changed the same field meanwhile, nothing is sent: the outcome is a conflict, field by field, and the person
//! chooses. If they changed other fields, the save goes through.
//!
//! A change is never sent blindly twice. With a strong entity tag every patch is conditional (`If-Match`); without one the data is
//! read again just before the patch. When the answer to a patch is lost, the data is read again: if the changes are there, they
//! are saved.
//!
//! # Rooms
//!
//! | Room | Noun |
//! |---|---|
//! | `editor`, `saving` | load, save and drafts together; the way of one save |
//! | `adapter/` | how a place is spoken to: a JSON resource with merge patches (RFC 7396), Auth0's Management API |
//! | `wire` | one exchange: the token, the origin, what an answer means |
//! | `tokens` | where access tokens come from |
//! | `fields`, `shown` | the data and changes of it, checked and bounded; what a page gets to see |
//! | `conflict` | what changed there and here |
//! | `drafts` | changes that are not saved yet, in a file |
//! | `trouble`, `refusal`, `challenge` | what can go wrong, as data; what a server says about it |

mod adapter;
mod challenge;
mod conflict;
mod drafts;
mod editor;
mod fields;
mod refusal;
mod saving;
mod shown;
#[cfg(test)]
mod tests;
mod tokens;
mod trouble;
mod wire;

pub use adapter::{Adapter, Doing, Loaded, Version};
pub use conflict::Conflict;
pub use drafts::Drafts;
pub use editor::Editor;
pub use fields::{Change, Changes, Fields, Scalar};
pub use shown::{Content, Draft, Edit, Saved, Shown};
pub use tokens::{Person, TokenSource};
pub use trouble::{FieldTrouble, Trouble, TroubleCode};
