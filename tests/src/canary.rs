//! Looks for secrets where they must not be: every file of the person's, the app's output, the page, its messages, its
//! processes.

use std::fs;
use std::path::Path;

use crate::failure::{Result, ensure};
use crate::needles::{Find, Needles};
use crate::world::World;

/// A search for secrets over several places, and what it found.
#[derive(Debug)]
pub struct Search {
    needles: Needles,
    finds: Vec<(String, Find)>,
    searched: usize,
}

impl Search {
    /// Looks for these (kind, value).
    pub fn of(secrets: &[(String, String)]) -> Self {
        Self {
            needles: Needles::of(secrets),
            finds: Vec::new(),
            searched: 0,
        }
    }

    /// Searches something that has been read already. An empty place is searched, too.
    pub fn place(&mut self, place: &str, content: &[u8]) {
        self.searched += 1;
        let finds = self.needles.find(content);
        self.finds
            .extend(finds.into_iter().map(|find| (place.to_owned(), find)));
    }

    /// Searches every file of the person's and the output of every program of the world. The browser's profile, the
    /// provider's state and the list of pages opened in the browser are not the app's.
    pub fn files(&mut self, world: &World) {
        let run = world.root().join("run");
        for folder in [
            world.home(),
            world.data(),
            world.config(),
            world.cache(),
            run,
            world.output(),
        ] {
            self.folder(&folder);
        }
    }

    /// Searches the files of a folder and those below, their names too.
    pub fn folder(&mut self, folder: &Path) {
        let Ok(entries) = fs::read_dir(folder) else { return };
        for entry in entries.flatten() {
            let Ok(kind) = entry.file_type() else { continue };
            let path = entry.path();
            let place = path.display().to_string();
            self.place(&place, place.as_bytes());
            if kind.is_dir() {
                self.folder(&path);
            } else if kind.is_file() {
                // A file may be gone again; sockets and links are not files.
                let Ok(content) = fs::read(&path) else { continue };
                self.place(&place, &content);
            }
        }
    }

    /// What was found so far: place and find.
    pub fn finds(&self) -> &[(String, Find)] {
        &self.finds
    }

    /// How many places were searched.
    ///
    /// # Errors
    /// Something was found; each find is told with its place, but not more than a few.
    pub fn nothing(&self) -> Result<usize> {
        let told: Vec<_> = self
            .finds
            .iter()
            .take(8)
            .map(|(place, find)| format!("{find} in {place}"))
            .collect();
        ensure(
            told.is_empty(),
            format_args!("{} secrets were found: {}", self.finds.len(), told.join("; ")),
        )?;
        Ok(self.searched)
    }
}

/// Fails when one of `secrets` (kind, value), or a piece of it in some form, is in one of the `texts` (place, text) or in a
/// file of the world that is not the browser's or the provider's own.
pub fn search(world: &World, secrets: &[(String, String)], texts: &[(&str, String)]) -> Result<usize> {
    let mut search = Search::of(secrets);
    for (place, text) in texts {
        search.place(place, text.as_bytes());
    }
    search.files(world);
    search.nothing()
}
