//! How an entry joins those before it: what says the same once more takes no room of its own. Several processes write down what
//! happened to one session, so the same thing may arrive twice.

use super::{Entry, LIMIT, What};

/// Adds an entry at the end; the oldest make room.
pub(super) fn add(entries: &mut Vec<Entry>, entry: Entry) {
    if joins_last(entries, &entry) || is_known(entries, &entry) {
        return;
    }
    entries.push(entry);
    if entries.len() > LIMIT {
        entries.drain(..entries.len() - LIMIT);
    }
}

/// Renewals in a row are one entry: every few minutes one, they would soon push out everything that matters. Other things that
/// last are told when they begin.
fn joins_last(entries: &mut [Entry], entry: &Entry) -> bool {
    let Some(last) = entries.last_mut() else {
        return false;
    };
    match (&mut last.what, &entry.what) {
        (
            What::Renewed { times, first },
            What::Renewed {
                times: more,
                first: first_more,
            },
        ) => {
            *times = times.saturating_add(*more);
            *first = (*first).min(*first_more);
            last.at = last.at.max(entry.at);
            true
        }
        (
            What::Stale { .. }
            | What::ProviderRefused { .. }
            | What::Recovered
            | What::StoreTrouble { .. }
            | What::Unsaved { .. }
            | What::Saved,
            what,
        ) => last.what == *what,
        (
            What::SignedIn { .. }
            | What::SignedInElsewhere
            | What::Restored
            | What::Renewed { .. }
            | What::SwitchedAccount
            | What::SignedOut { .. }
            | What::AttemptFailed { .. },
            _,
        ) => false,
    }
}

/// A session begins once and ends once, whoever notices. Its beginning is known by its time.
fn is_known(entries: &[Entry], entry: &Entry) -> bool {
    match entry.what {
        What::SignedIn { .. } | What::SignedInElsewhere => entries
            .iter()
            .any(|known| known.at == entry.at && begins(known.what)),
        What::SignedOut { .. } => entries
            .iter()
            .rev()
            .find_map(|known| match known.what {
                What::SignedOut { .. } => Some(true),
                What::SignedIn { .. }
                | What::SignedInElsewhere
                | What::Restored
                | What::Renewed { .. }
                | What::Stale { .. }
                | What::ProviderRefused { .. }
                | What::Recovered
                | What::Unsaved { .. }
                | What::SwitchedAccount
                | What::Saved => Some(false),
                What::StoreTrouble { .. } | What::AttemptFailed { .. } => None,
            })
            .unwrap_or(false),
        What::Restored
        | What::Renewed { .. }
        | What::Stale { .. }
        | What::ProviderRefused { .. }
        | What::Recovered
        | What::StoreTrouble { .. }
        | What::Unsaved { .. }
        | What::SwitchedAccount
        | What::Saved
        | What::AttemptFailed { .. } => false,
    }
}

fn begins(what: What) -> bool {
    matches!(what, What::SignedIn { .. } | What::SignedInElsewhere)
}
