//! The icon: every size the platforms want, and the sign in the window, made from one picture.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;

use super::Change;
use crate::failure::{Doing, Failure, Result};
use crate::interrupt::Interrupt;
use crate::setup;
use crate::task::Task;
use crate::workspace::Workspace;

/// The sign in the window, as a picture. The one it replaces draws its own in the accent.
const MARK: &str = r#"<!-- The app's mark: its icon. -->
<script lang="ts">
  import mark from "./mark.png";
</script>

<img src={mark} alt="" />

<style>
  img {
    display: block;
    width: 100%;
    height: 100%;
  }
</style>
"#;

/// Everything that changes with this picture.
///
/// # Errors
/// It is no SVG or PNG, or the sizes cannot be made of it.
pub(super) fn changes(
    workspace: &Workspace,
    interrupt: &Interrupt,
    root: &Path,
    picture: &Path,
) -> Result<Vec<Change>> {
    let source = fs::read(picture).doing(format_args!("read {}", picture.display()))?;
    let drawing = drawing(&source, picture)?;
    setup::ui(workspace, interrupt)?;
    let sizes = workspace.root().join("target/rebrand/icons");
    fs::create_dir_all(&sizes).doing(format_args!("make {}", sizes.display()))?;
    Task::new(workspace.ui().join("node_modules/.bin/tauri"))
        .args([
            "icon".as_ref(),
            picture.as_os_str(),
            "-o".as_ref(),
            sizes.as_os_str(),
        ])
        .dir(workspace.root())
        .hint("The picture has to be square; 1024 by 1024 with transparency is best.")
        .quiet(interrupt)?;
    let mut changes = Vec::new();
    for name in there(&root.join("icons"))? {
        // The sizes that are kept; those for telephones are not.
        if let Ok(content) = fs::read(sizes.join(&name)) {
            changes.push(change(
                Path::new("icons").join(&name),
                content,
                "made from the picture",
            ));
        }
    }
    changes.push(change("icons/icon.svg".into(), drawing, "the picture"));
    let macos: PathBuf = "icons/icon-macos.svg".into();
    if root.join(&macos).exists() {
        changes.push(Change {
            file: macos,
            content: None,
            says: "removed; icon.icns is made from the same picture now (macOS likes a margin of a tenth around it)".to_owned(),
        });
    }
    let large = fs::read(sizes.join("128x128@2x.png")).doing("read what was made from the picture")?;
    changes.push(change(
        "ui/src/parts/mark.png".into(),
        large,
        "the sign in the window",
    ));
    changes.push(change("ui/src/parts/Mark.svelte".into(), MARK.into(), "shows it"));
    Ok(changes)
}

fn change(file: PathBuf, content: Vec<u8>, says: &str) -> Change {
    Change {
        file,
        content: Some(content),
        says: says.to_owned(),
    }
}

/// The picture as an SVG: as it is, or the PNG inside one.
fn drawing(source: &[u8], picture: &Path) -> Result<Vec<u8>> {
    let ending = picture.extension().map(|it| it.to_ascii_lowercase());
    match ending.as_deref().and_then(|it| it.to_str()) {
        Some("svg") => Ok(source.to_vec()),
        Some("png") if source.starts_with(b"\x89PNG\r\n\x1a\n") => {
            let data = base64::engine::general_purpose::STANDARD.encode(source);
            Ok(format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1024 1024\">\
                 <image width=\"1024\" height=\"1024\" href=\"data:image/png;base64,{data}\"/></svg>\n"
            )
            .into_bytes())
        }
        _ => Err(Failure::new(format_args!(
            "{} is no SVG or PNG picture",
            picture.display()
        ))),
    }
}

fn there(folder: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(folder).doing(format_args!("read {}", folder.display()))?;
    let mut names: Vec<_> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_png_becomes_an_svg_and_nothing_else_does() {
        let png = b"\x89PNG\r\n\x1a\nrest";
        let svg = String::from_utf8(drawing(png, Path::new("a.PNG")).unwrap()).unwrap();
        assert!(svg.contains("data:image/png;base64,iVBORw0KGgpyZXN0"), "{svg}");
        assert_eq!(drawing(b"<svg/>", Path::new("a.svg")).unwrap(), b"<svg/>");
        assert!(drawing(b"GIF89a", Path::new("a.png")).is_err());
        assert!(drawing(png, Path::new("a.jpg")).is_err());
    }
}
