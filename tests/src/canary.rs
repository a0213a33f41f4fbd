//! Looks for secrets where they must not be: every file of the person's, the app's output, and the page.

use std::fs;
use std::path::Path;

use crate::failure::{Result, ensure};
use crate::world::World;

/// A few characters from the middle are enough to recognise a value that was cut.
const PIECE: usize = 20;

/// Fails when one of `secrets` (kind, value), or a piece of it, is in one of the `texts` (place, text) or in a file of
/// the world that is not the browser's or the provider's own.
pub fn search(world: &World, secrets: &[(String, String)], texts: &[(&str, String)]) -> Result<usize> {
    let mut searched = 0;
    for (place, text) in texts {
        inspect(place, text.as_bytes(), secrets)?;
        searched += 1;
    }
    for folder in [
        world.home(),
        world.data(),
        world.config(),
        world.cache(),
        world.root().join("run"),
        world.output(),
    ] {
        searched += walk(&folder, secrets)?;
    }
    Ok(searched)
}

fn walk(folder: &Path, secrets: &[(String, String)]) -> Result<usize> {
    let mut searched = 0;
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(0);
    };
    for entry in entries.flatten() {
        let Ok(kind) = entry.file_type() else { continue };
        let path = entry.path();
        if kind.is_dir() {
            searched += walk(&path, secrets)?;
        } else if kind.is_file() {
            // A file may be gone again; sockets and links are not files.
            let Ok(content) = fs::read(&path) else { continue };
            inspect(&path.display().to_string(), &content, secrets)?;
            searched += 1;
        }
    }
    Ok(searched)
}

fn inspect(place: &str, content: &[u8], secrets: &[(String, String)]) -> Result<()> {
    for (kind, value) in secrets {
        let middle = value.len().saturating_sub(PIECE) / 2;
        let piece = value
            .as_bytes()
            .get(middle..middle + PIECE.min(value.len()))
            .unwrap_or_default();
        if piece.len() >= 8 {
            let found = content.windows(piece.len()).any(|window| window == piece);
            ensure(!found, format_args!("a secret ({kind}) is in {place}"))?;
        }
    }
    Ok(())
}
