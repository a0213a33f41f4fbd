//! What a person pasted for the address their browser ended at.

use super::callback::{ATTEMPTS, callback};
use super::problem;
use crate::callback::pasted as read;
use crate::error::Code;
use crate::secret::SecretUrl;

/// A text that passes is at the redirect URI, and is judged like any other callback URL; it says no more than what was pasted. One that
/// does not is told as such, without a word of it.
pub fn pasted(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else {
        return false;
    };
    let mut taken = false;
    for attempt in ATTEMPTS.iter() {
        match read(&SecretUrl::new(text), attempt) {
            Err(error) => {
                problem(&error, &[super::SECRET]);
                assert_eq!(error.code(), Code::PasteUnusable);
            }
            Ok(url) => {
                let url = url.secret();
                assert!(url.len() > attempt.redirect_uri.len());
                assert!(text.contains(url) || text.contains(url.strip_prefix("http://").unwrap_or(url)));
                callback(url.as_bytes());
                taken = true;
            }
        }
    }
    taken
}
