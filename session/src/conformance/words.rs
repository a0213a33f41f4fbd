//! What is read from a view or a page, in words.

use crate::secret::SecretUrl;
use crate::view::{Receipt, Step, View, Why};

/// What a sign-out reached, in words.
pub(super) fn receipt(view: &View) -> String {
    let View::SignedOut {
        why: Why::ByUser,
        receipt:
            Some(Receipt {
                device: Step::Done,
                tokens,
                provider_session,
            }),
        ..
    } = view
    else {
        return format!("{view:?}");
    };
    let tokens = match tokens {
        Step::Done => "revoked",
        Step::Pending => "still to be revoked",
        Step::Skipped => "not revocable there",
        Step::Failed => "not revoked",
    };
    let page = match provider_session {
        Step::Done => "opened and left",
        Step::Pending => "opened",
        Step::Skipped => "not offered",
        Step::Failed => "not opened",
    };
    format!("signed out, tokens {tokens}, sign-out page {page}")
}

/// The only value of a parameter of the page.
pub(super) fn parameter(url: &SecretUrl, name: &str) -> String {
    let url = url::Url::parse(url.secret()).unwrap();
    let mut values = url.query_pairs().filter(|(n, _)| n == name);
    let value = values.next().map(|(_, value)| value.into_owned());
    assert!(values.next().is_none(), "{name} comes twice");
    value.unwrap_or_default()
}
