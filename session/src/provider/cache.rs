//! The discovery document on disk: public, so that a launch needs one request less. One line with the time, then the document.
//! Read back as if a stranger had written it. Blocking.

use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::http::DOCUMENT_LIMIT;
use crate::ports::{Clock as _, SystemClock};

/// The document of `issuer`, when it is younger than `age`.
pub(super) fn read(directory: &Path, issuer: &str, age: Duration) -> Option<Vec<u8>> {
    let path = file(directory, issuer);
    if std::fs::metadata(&path).ok()?.len() > DOCUMENT_LIMIT as u64 + 64 {
        return None;
    }
    let mut content = std::fs::read(path).ok()?;
    let line = content.iter().position(|byte| *byte == b'\n')?;
    let written_at: Timestamp = std::str::from_utf8(&content[..line]).ok()?.parse().ok()?;
    let elapsed = written_at.duration_until(SystemClock.now());
    (!elapsed.is_negative() && elapsed.unsigned_abs() < age).then(|| content.split_off(line + 1))
}

/// Keeps the document of `issuer`. The file appears whole or not at all.
pub(super) fn write(directory: &Path, issuer: &str, document: Vec<u8>) -> std::io::Result<()> {
    std::fs::create_dir_all(directory)?;
    let path = file(directory, issuer);
    let mut content = format!("{}\n", SystemClock.now()).into_bytes();
    content.extend(document);
    let fresh = path.with_extension(format!("{}.tmp", std::process::id()));
    std::fs::write(&fresh, content)?;
    std::fs::rename(&fresh, &path)
}

fn file(directory: &Path, issuer: &str) -> PathBuf {
    let hash = Sha256::digest(issuer.as_bytes());
    let name = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&hash[..12]);
    directory.join(format!("discovery-{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    #[test]
    fn what_was_written_is_read_for_its_issuer_only() {
        let directory = tempfile::tempdir().unwrap();
        write(directory.path(), "https://a.example", b"{\n}".to_vec()).unwrap();
        assert_eq!(read(directory.path(), "https://a.example", DAY).unwrap(), b"{\n}");
        assert!(read(directory.path(), "https://b.example", DAY).is_none());
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn old_future_or_damaged_files_are_not_read() {
        let directory = tempfile::tempdir().unwrap();
        let issuer = "https://a.example";
        let holding = |content: &str| {
            std::fs::write(file(directory.path(), issuer), content).unwrap();
            read(directory.path(), issuer, DAY)
        };
        assert!(holding("2001-01-01T00:00:00Z\n{}").is_none());
        assert!(holding("9000-01-01T00:00:00Z\n{}").is_none());
        assert!(holding("yesterday\n{}").is_none());
        assert!(holding("{}").is_none());
        assert!(holding("").is_none());
    }
}
