//! `cargo xtask gallery`: every state of the window in a real browser, looked at and photographed. What is looked at and how is in
//! `ui/gallery/`; here the browser is found, and on Linux the font is chosen that a desktop would use.

use std::fs;
use std::path::PathBuf;

use crate::failure::{Doing, Result};
use crate::interrupt::Interrupt;
use crate::setup;
use crate::task::Task;
use crate::workspace::Workspace;

/// A desktop tells its programs which font `system-ui` is; a headless browser has no desktop to ask.
const FONTS: &str = r#"<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <match target="pattern">
    <test name="family"><string>sans-serif</string></test>
    <edit name="family" mode="prepend" binding="strong">
      <string>Cantarell</string>
      <string>Noto Sans</string>
    </edit>
  </match>
</fontconfig>
"#;

/// Looks at everything; with `check` no pictures are written.
pub(crate) fn run(workspace: &Workspace, interrupt: &Interrupt, check: bool) -> Result<()> {
    let browser = setup::gallery(workspace, interrupt)?;
    let mut words = vec!["gallery/drive.js".into(), "--chromium".into(), browser];
    if cfg!(target_os = "linux") {
        words.extend(["--fonts".into(), fonts(workspace)?]);
    }
    if !check {
        words.extend(["--out".into(), workspace.screens()]);
    }
    Task::new("node")
        .args(words)
        .at(&workspace.ui())
        .hint("The lines above the count say which state, in which theme or size, and what was found.")
        .run(interrupt)
}

fn fonts(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.root().join("target/gallery");
    fs::create_dir_all(&folder).doing(format_args!("make {}", folder.display()))?;
    let file = folder.join("fonts.conf");
    fs::write(&file, FONTS).doing(format_args!("write {}", file.display()))?;
    Ok(file)
}
