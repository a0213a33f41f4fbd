//! The app's log file, read as what it is for a test: the sequence of views the app published.

use std::fmt;
use std::fs;

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
