//! How many end-to-end tests there are, counted in their sources, so that none goes missing without notice.

use std::fs;
use std::path::Path;

use crate::failure::{Doing, Result};

/// The mark that keeps a test out of plain `cargo test`.
const MARK: &str = "#[ignore = \"cargo xtask test e2e\"]";

/// The marks in a Rust file, or in all of a folder's, with those below it.
pub(crate) fn count_in(path: &Path) -> Result<u32> {
    if !path.is_dir() {
        let is_rust = path.extension().is_some_and(|ending| ending == "rs");
        return if is_rust {
            fs::read_to_string(path)
                .map(|text| count(&text))
                .doing(format_args!("read {}", path.display()))
        } else {
            Ok(0)
        };
    }
    let mut total = 0;
    for entry in fs::read_dir(path).doing(format_args!("read {}", path.display()))? {
        total += count_in(&entry.doing(format_args!("read {}", path.display()))?.path())?;
    }
    Ok(total)
}

/// The lines that are a mark; one in a comment or a text is not.
fn count(source: &str) -> u32 {
    let marks = source.lines().filter(|line| line.trim() == MARK).count();
    u32::try_from(marks).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_lines_of_their_own() {
        let source = format!(
            "#[tokio::test]\n{MARK}\nasync fn a() {{}}\n\n    {MARK}\n// {MARK}\nlet text = \"x\"; {MARK}\n"
        );
        assert_eq!(count(&source), 2);
        assert_eq!(count("#[ignore]\n#[ignore = \"slow\"]\n"), 0);
    }
}
