//! The one table.

use std::process::ExitCode;
use std::time::Duration;

use latchkey_e2e::failure::Result;

/// One line of it.
#[derive(Debug)]
pub(crate) struct Row {
    what: String,
    found: String,
    must: String,
    holds: bool,
}

impl Row {
    /// A count that must be exactly this.
    pub(crate) fn count(what: impl Into<String>, found: usize, must: usize) -> Self {
        Self {
            what: what.into(),
            found: found.to_string(),
            must: must.to_string(),
            holds: found == must,
        }
    }

    /// A figure for the record, with what it should be. It depends on the machine, so it never fails.
    pub(crate) fn figure(what: impl Into<String>, found: impl Into<String>, goal: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            found: found.into(),
            must: goal.into(),
            holds: true,
        }
    }

    /// A fact that must hold.
    pub(crate) fn fact(
        what: impl Into<String>,
        found: impl Into<String>,
        must: impl Into<String>,
        holds: bool,
    ) -> Self {
        Self {
            what: what.into(),
            found: found.into(),
            must: must.into(),
            holds,
        }
    }
}

/// All lines so far.
#[derive(Debug, Default)]
pub(crate) struct Table(Vec<(String, Row)>);

impl Table {
    /// The lines of a part, or why it could not be played.
    pub(crate) fn add(&mut self, part: &str, rows: Result<Vec<Row>>) {
        let rows = rows.unwrap_or_else(|failure| {
            vec![Row::fact("played to its end", failure.to_string(), "yes", false)]
        });
        for row in rows {
            println!("{}", line(part, &row));
            self.0.push((part.to_owned(), row));
        }
    }

    /// Prints it whole, and says whether everything is as it must be.
    pub(crate) fn print(&self, took: Duration) -> ExitCode {
        println!();
        println!("{:<10} {:<66} {:>30} {:>18}", "part", "what", "found", "must be");
        for (part, row) in &self.0 {
            println!("{}", line(part, row));
        }
        let wrong = self.0.iter().filter(|(_, row)| !row.holds).count();
        println!();
        println!(
            "{} lines, {wrong} wrong, {:.1} s",
            self.0.len(),
            took.as_secs_f32()
        );
        if wrong == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

fn line(part: &str, row: &Row) -> String {
    let mark = if row.holds { "" } else { "  WRONG" };
    format!(
        "{part:<10} {:<66} {:>30} {:>18}{mark}",
        row.what, row.found, row.must
    )
}
