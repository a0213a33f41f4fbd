//! Whether links of our scheme really arrive: a link with a nonce is given to the operating system, and whoever it starts, or
//! the app that is running, answers by writing into the file of that nonce.
//!
//! The asker makes the file, in our data directory, and waits; an answer needs the nonce, and can only be written into a file that
//! waits for one. So a self-test link from anywhere else does nothing.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The path of a self-test link.
const PATH: &str = ":/self-test?nonce=";
/// The length of a nonce, in hexadecimal digits.
const NONCE: usize = 32;
/// How often the file is looked at.
const GLANCE: Duration = Duration::from_millis(50);

/// Who answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// The app that was running.
    Running,
    /// A process that the operating system started for the link.
    Started,
}

/// A self-test that waits for its answer. Its file goes with it.
#[derive(Debug)]
pub(crate) struct SelfTest {
    file: PathBuf,
    link: String,
}

impl SelfTest {
    /// Makes the file that waits.
    ///
    /// # Errors
    /// The directory cannot be written, or there is no randomness.
    pub(crate) fn begin(directory: &Path, scheme: &str) -> io::Result<Self> {
        let mut random = [0; NONCE / 2];
        getrandom::fill(&mut random).map_err(|_| io::Error::other("no random numbers"))?;
        let nonce: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        fs::create_dir_all(directory)?;
        let file = place(directory, &nonce);
        File::create_new(&file)?;
        let link = format!("{scheme}{PATH}{nonce}");
        Ok(Self { file, link })
    }

    /// The link to give to the operating system.
    pub(crate) fn link(&self) -> &str {
        &self.link
    }

    /// Who answered within the limit.
    pub(crate) async fn answered(&self, limit: Duration) -> Option<By> {
        let answer = async {
            loop {
                match fs::read_to_string(&self.file).as_deref() {
                    Ok("running") => return By::Running,
                    Ok("started") => return By::Started,
                    Ok(_) | Err(_) => tokio::time::sleep(GLANCE).await,
                }
            }
        };
        tokio::time::timeout(limit, answer).await.ok()
    }
}

impl Drop for SelfTest {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.file);
    }
}

/// The nonce, if this is a self-test link of our scheme.
pub(crate) fn nonce<'a>(link: &'a str, scheme: &str) -> Option<&'a str> {
    let (head, rest) = link.split_at_checked(scheme.len())?;
    let nonce = rest.strip_prefix(PATH)?;
    let digits = nonce
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    (head.eq_ignore_ascii_case(scheme) && digits && nonce.len() == NONCE).then_some(nonce)
}

/// Answers the self-test of this nonce, if somebody waits for it.
pub(crate) fn answer(directory: &Path, nonce: &str, by: By) {
    let word: &[u8] = match by {
        By::Running => b"running",
        By::Started => b"started",
    };
    // Never created: without a file nobody waits.
    let written = OpenOptions::new()
        .write(true)
        .open(place(directory, nonce))
        .and_then(|mut file| file.write_all(word));
    tracing::info!(answered = written.is_ok(), "self-test link");
}

fn place(directory: &Path, nonce: &str) -> PathBuf {
    directory.join(format!("self-test-{nonce}"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{By, SelfTest, answer, nonce};

    const SCHEME: &str = "dev.latchkey.desktop";

    #[test]
    fn only_a_whole_nonce_of_our_scheme_is_one() {
        let digits = "0123456789abcdef0123456789abcdef";
        let link = format!("{SCHEME}:/self-test?nonce={digits}");
        assert_eq!(nonce(&link, SCHEME), Some(digits));
        assert_eq!(nonce(&link.replace("dev", "DEV"), SCHEME), Some(digits));
        for stranger in [
            format!("{SCHEME}:/self-test?nonce={}", &digits[1..]),
            format!("{SCHEME}:/self-test?nonce={digits}0"),
            format!("{SCHEME}:/self-test?nonce=../{}", &digits[3..]),
            format!("{SCHEME}:/self-test?nonce={}", digits.to_uppercase()),
            format!("{SCHEME}:/callback?nonce={digits}"),
            format!("other{link}"),
            "é".to_owned(),
            String::new(),
        ] {
            assert_eq!(nonce(&stranger, SCHEME), None, "{stranger}");
        }
    }

    #[tokio::test]
    async fn an_answer_reaches_who_waits_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let test = SelfTest::begin(folder.path(), SCHEME).unwrap();
        answer(folder.path(), nonce(test.link(), SCHEME).unwrap(), By::Started);
        assert_eq!(test.answered(Duration::from_secs(60)).await, Some(By::Started));
        drop(test);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn an_answer_nobody_waits_for_writes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        answer(folder.path(), "0123456789abcdef0123456789abcdef", By::Running);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        let test = SelfTest::begin(folder.path(), SCHEME).unwrap();
        assert_eq!(test.answered(Duration::ZERO).await, None);
    }
}
