//! The log's file: appended to, bounded, and its owner's alone.
//!
//! A full file (`NAME.log`, after the program) becomes `NAME.1.log` in place of the one before, so two of them are all there ever is. Two processes may
//! write at once (one is closing while the next begins): each looks whether the other has begun a new file before it does.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A file with so many bytes gets no further line.
const FULL: u64 = 2 * 1024 * 1024;

/// Where the log is written; each write is one line.
#[derive(Debug)]
pub(crate) struct LogFile {
    current: PathBuf,
    before: PathBuf,
    file: File,
    full: u64,
}

impl LogFile {
    /// Opens the log of `program` in `folder`, which is made if needed.
    ///
    /// # Errors
    /// The folder or the file cannot be made or written.
    pub(crate) fn open(folder: &Path, program: &str) -> io::Result<Self> {
        Self::with_limit(folder, program, FULL)
    }

    fn with_limit(folder: &Path, program: &str, full: u64) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let current = folder.join(format!("{program}.log"));
        let file = append_to(&current)?;
        Ok(Self {
            current,
            before: folder.join(format!("{program}.1.log")),
            file,
            full,
        })
    }

    fn is_full(&self) -> io::Result<bool> {
        Ok(self.file.metadata()?.len() >= self.full)
    }

    /// Goes on in a file with room.
    fn turn_over(&mut self) -> io::Result<()> {
        self.file = append_to(&self.current)?;
        if self.is_full()? {
            fs::rename(&self.current, &self.before)?;
            self.file = append_to(&self.current)?;
        }
        Ok(())
    }
}

impl Write for LogFile {
    /// A line that finds no room is lost, rather than written beyond the limit.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.is_full()? {
            self.turn_over()?;
        }
        self.file.write(line)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn append_to(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    // One that was there may be readable by others.
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write as _;
    use std::path::PathBuf;

    use super::LogFile;

    const CURRENT: &str = "acme.log";
    const BEFORE: &str = "acme.1.log";

    /// A folder of a test's own, removed at its end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(test: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("latchkey-log-{test}-{}", std::process::id()));
            // An error means that no earlier run left one.
            let _ = fs::remove_dir_all(&folder);
            Self(folder)
        }

        fn read(&self, file: &str) -> String {
            fs::read_to_string(self.0.join(file)).unwrap_or_default()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            // What stays is a temporary file.
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn it_is_bounded_and_keeps_the_newest_lines() {
        let folder = Folder::new("bounded");
        let mut log = LogFile::with_limit(&folder.0, "acme", 100).unwrap();
        for line in 0..1000 {
            log.write_all(format!("line {line}\n").as_bytes()).unwrap();
        }
        let (before, current) = (folder.read(BEFORE), folder.read(CURRENT));
        assert!(current.ends_with("line 999\n"), "{current}");
        assert!(before.len() < 120 && current.len() < 120);
        assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 2);
        let lines: Vec<_> = before.lines().chain(current.lines()).collect();
        let first: usize = lines[0].trim_start_matches("line ").parse().unwrap();
        assert_eq!(lines.len(), 1000 - first, "none is lost in between: {lines:?}");
    }

    #[test]
    fn it_goes_on_where_the_last_run_ended() {
        let folder = Folder::new("again");
        for run in ["first\n", "second\n"] {
            LogFile::open(&folder.0, "acme")
                .unwrap()
                .write_all(run.as_bytes())
                .unwrap();
        }
        assert_eq!(folder.read(CURRENT), "first\nsecond\n");
    }

    #[test]
    fn a_new_file_of_another_process_is_not_thrown_away() {
        let folder = Folder::new("two");
        let mut one = LogFile::with_limit(&folder.0, "acme", 10).unwrap();
        let mut two = LogFile::with_limit(&folder.0, "acme", 10).unwrap();
        one.write_all(b"one fills it\n").unwrap();
        one.write_all(b"new\n").unwrap();
        two.write_all(b"two\n").unwrap();
        assert_eq!(folder.read(BEFORE), "one fills it\n");
        assert_eq!(folder.read(CURRENT), "new\ntwo\n");
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_may_read_it() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = Folder::new("private");
        fs::create_dir_all(&folder.0).unwrap();
        let path = folder.0.join(CURRENT);
        fs::write(&path, "an old line\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        LogFile::open(&folder.0, "acme").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
