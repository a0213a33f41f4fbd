//! The app's log file, read as what it is for a test: the sequence of views the app published.

use std::fmt;
use std::fs;

use crate::failure::{Doing, Result};
use crate::world::World;

/// One published view: the `name=value` pairs of its log line, without the time.
#[derive(Clone, PartialEq, Eq)]
pub struct ViewLine(Vec<(String, String)>);

impl ViewLine {
    fn parse(line: &str) -> Option<Self> {
        let (_, fields) = line.split_once(" view kind=")?;
        let fields = format!("kind={fields}");
        let pairs = fields
            .split_whitespace()
            .filter_map(|field| field.split_once('='));
        Some(Self(
            pairs
                .map(|(name, value)| (name.to_owned(), value.trim_matches('"').to_owned()))
                .collect(),
        ))
    }

    /// A field: `kind`, `why`, `problem`, `freshness`, `kept`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(field, _)| field == name)
            .map(|(_, value)| value.as_str())
    }

    /// The kind of the view.
    pub fn kind(&self) -> &str {
        self.get("kind").unwrap_or_default()
    }
}

impl fmt::Debug for ViewLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields: Vec<String> = self
            .0
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        f.write_str(&fields.join(" "))
    }
}

/// Everything the app has logged in this world.
pub fn text(world: &World) -> String {
    let Ok(entries) = fs::read_dir(world.app_data().join("logs")) else {
        return String::new();
    };
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    files
        .iter()
        .filter_map(|file| fs::read_to_string(file).ok())
        .collect()
}

/// All views published in this world, oldest first, over all launches.
pub fn views(world: &World) -> Vec<ViewLine> {
    text(world).lines().filter_map(ViewLine::parse).collect()
}

/// What one launch has logged, line by line.
#[derive(Debug, Clone)]
pub struct Lines(Vec<String>);

impl Lines {
    /// The lines written since the log was this long ([`text`]).
    pub fn since(world: &World, length: usize) -> Self {
        let text = text(world);
        let new = text.get(length..).unwrap_or_default();
        Self(new.lines().map(str::to_owned).collect())
    }

    /// The place of the first line that holds this.
    ///
    /// # Errors
    /// None does.
    pub fn first(&self, words: &str) -> Result<usize> {
        let place = self.0.iter().position(|line| line.contains(words));
        place.doing(format_args!("find {words:?} in the log:\n{}", self.0.join("\n")))
    }

    /// When the line at this place was written, in whole milliseconds since 1970.
    ///
    /// # Errors
    /// There is no such line, or it begins with no time.
    pub fn written_at(&self, place: usize) -> Result<i64> {
        let line = self.0.get(place).doing("find a line of the log")?;
        let time = line.split_whitespace().next().unwrap_or_default();
        let time: jiff::Timestamp = time.parse().doing(format_args!("read the time of {line:?}"))?;
        Ok(time.as_millisecond())
    }
}
