//! The head entry of a stored record, as fuzzing sees it.

use super::head::Head;

/// A head that can be read is written as it was read, and so is the record after it.
pub(crate) fn head(entry: &[u8]) -> bool {
    let Ok((head, body)) = Head::parse(entry) else {
        return false;
    };
    let written = head.with_body(body);
    assert_eq!(Head::parse(&written), Ok((head, body)));
    true
}
