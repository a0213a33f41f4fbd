//! What goes into the .deb and the .rpm beside the program: written into a folder, with the configuration that tells Tauri's bundler
//! about it. Everything with a name in it is made from a template in `src-tauri/linux/`.
//!
//! The packages, the desktop entry and its icon are called after the program, not after the product: desktop entries and packages
//! want names without spaces. The bundler knows one name for both, so it is told the program's; people see the product's.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::names::{Names, xml};
use super::{needs, notices};
use crate::failure::{Doing, Failure, Result};
use crate::interrupt::Interrupt;
use crate::task::Task;
use crate::workspace::Workspace;

/// The sizes of the icon that desktops look for, in pixels. The picture without a size is beside them.
pub(crate) const ICONS: [u32; 8] = [16, 24, 32, 48, 64, 128, 256, 512];

/// Where something goes in the packages, and what it is.
type Files = Map<String, Value>;

/// Writes everything into `folder`, where the notices are already. Returns the configuration for the bundler.
pub(crate) fn stage(
    workspace: &Workspace,
    interrupt: &Interrupt,
    names: &Names,
    folder: &Path,
) -> Result<PathBuf> {
    let stage = Stage {
        sources: workspace.root().join("src-tauri/linux"),
        root: workspace.root(),
        names,
        folder,
    };
    stage.icons(workspace, interrupt)?;
    let date = date(workspace, interrupt)?;
    stage.rendered("app.desktop.hbs", &[("{{name}}", &names.product)])?;
    stage.rendered("after-removal.sh", &[])?;
    stage.metainfo(&date)?;
    let manual = stage.rendered("manual.1", &[("@UPPER@", &names.program.to_ascii_uppercase())])?;
    Task::new("gzip")
        .args(["--best", "--no-name", "--force"])
        .args([&manual])
        .run(interrupt)?;
    let mit = fs::read_to_string(workspace.root().join("LICENSE-MIT")).doing("read LICENSE-MIT")?;
    stage.rendered("copyright", &[("@MIT@", &paragraphs(&mit))])?;
    let program = names.program.as_str();
    let libc = needs::libc(&workspace.release_program(program), interrupt)?;
    let config = folder.join("tauri.conf.json");
    let text =
        serde_json::to_string_pretty(&stage.config(&libc)?).doing("write the bundler's configuration")?;
    fs::write(&config, text).doing("write the bundler's configuration")?;
    Ok(config)
}

struct Stage<'a> {
    root: &'a Path,
    sources: PathBuf,
    names: &'a Names,
    folder: &'a Path,
}

impl Stage<'_> {
    /// A template with its places filled; its path.
    fn rendered(&self, file: &str, more: &[(&str, &str)]) -> Result<PathBuf> {
        let source = self.sources.join(file);
        let text = fs::read_to_string(&source).doing(format_args!("read {}", source.display()))?;
        let text = more
            .iter()
            .fold(text, |text, (place, value)| text.replace(place, value));
        let target = self.folder.join(file);
        let text = self.names.fill(&text)?;
        fs::write(&target, text).doing(format_args!("write {}", target.display()))?;
        Ok(target)
    }

    /// The metainfo is XML, so the names are written as XML wants them.
    fn metainfo(&self, date: &str) -> Result<()> {
        let source = self.sources.join("metainfo.xml");
        let text = fs::read_to_string(&source).doing(format_args!("read {}", source.display()))?;
        let text = metainfo(&text, self.names, date)?;
        fs::write(self.folder.join("metainfo.xml"), text).doing("write the metainfo")
    }

    /// Every size from the one drawing.
    fn icons(&self, workspace: &Workspace, interrupt: &Interrupt) -> Result<()> {
        let sizes = ICONS
            .iter()
            .flat_map(|size| ["--png".to_owned(), size.to_string()]);
        super::tauri(workspace, "icon")
            .args(sizes)
            .args(["--output"])
            .args([self.folder.join("icons")])
            .args([self.root.join("icons/icon.svg")])
            .run(interrupt)
    }

    /// Files of both packages.
    fn files(&self) -> Files {
        let Names {
            program, identifier, ..
        } = self.names;
        let staged = |file: &str| json!(self.folder.join(file));
        let mut files = Files::new();
        files.insert(
            format!("/usr/share/metainfo/{identifier}.metainfo.xml"),
            staged("metainfo.xml"),
        );
        files.insert(
            format!("/usr/share/icons/hicolor/scalable/apps/{program}.svg"),
            json!(self.root.join("icons/icon.svg")),
        );
        files.insert(
            format!("/usr/share/man/man1/{program}.1.gz"),
            staged("manual.1.gz"),
        );
        files
    }

    /// What the bundler is told beyond `tauri.conf.json`. `libc` is the oldest C library the program starts with.
    fn config(&self, libc: &str) -> Result<Value> {
        let Names { program, .. } = self.names;
        let icons: Vec<PathBuf> = ICONS
            .iter()
            .map(|size| self.folder.join(format!("icons/{size}x{size}.png")))
            .collect();
        if let Some(missing) = icons.iter().find(|icon| !icon.is_file()) {
            return Err(Failure::new(format_args!("there is no {}", missing.display())));
        }
        let notices = self.folder.join(notices::FILE);
        let mut deb = self.files();
        let doc = |file: &str| format!("/usr/share/doc/{program}/{file}");
        deb.insert(doc("copyright"), json!(self.folder.join("copyright")));
        deb.insert(doc(notices::FILE), json!(notices));
        let mut rpm = self.files();
        let licence = |file: &str| format!("/usr/share/licenses/{program}/{file}");
        for file in ["LICENSE-MIT", "LICENSE-APACHE"] {
            rpm.insert(licence(file), json!(self.root.join(file)));
        }
        rpm.insert(licence(notices::FILE), json!(notices));
        rpm.insert(doc("CHANGELOG.md"), json!(self.root.join("CHANGELOG.md")));
        let (desktop, removal) = (
            self.folder.join("app.desktop.hbs"),
            self.folder.join("after-removal.sh"),
        );
        Ok(json!({
            "productName": program,
            "bundle": {
                "icon": icons,
                "longDescription": wrapped(&self.names.description),
                "linux": {
                    "deb": {
                        "section": "utils",
                        "depends": [format!("libc6 (>= {libc})")],
                        // What signing in wants: a credential store, and the browser's way to the app and back.
                        "recommends": ["gnome-keyring | kwalletmanager | keepassxc", "xdg-utils", "desktop-file-utils"],
                        "desktopTemplate": desktop,
                        "postRemoveScript": removal,
                        "changelog": self.root.join("CHANGELOG.md"),
                        "files": deb,
                    },
                    "rpm": {
                        "depends": [format!("libc.so.6(GLIBC_{libc})(64bit)")],
                        "recommends": ["xdg-utils", "desktop-file-utils"],
                        "desktopTemplate": desktop,
                        "postRemoveScript": removal,
                        "files": rpm,
                    },
                },
            },
        }))
    }
}

/// The day of the last change: the same source gives the same packages.
fn date(workspace: &Workspace, interrupt: &Interrupt) -> Result<String> {
    let words = ["log", "-1", "--format=%cs"];
    let told = Task::new("git")
        .args(words)
        .dir(workspace.root())
        .read(interrupt)?;
    let date = told.stdout.trim().to_owned();
    if date.is_empty() {
        return Err(Failure::new("git does not say when the last change was made"));
    }
    Ok(date)
}

/// The filled metainfo.
pub(super) fn metainfo(template: &str, names: &Names, date: &str) -> Result<String> {
    let escaped = Names {
        product: xml(&names.product),
        summary: xml(&names.summary),
        publisher: xml(&names.publisher),
        ..names.clone()
    };
    escaped.fill(&template.replace("@DATE@", date))
}

/// A licence's text in the form of debian/copyright: indented by one, with a dot in empty lines, without its heading.
fn paragraphs(licence: &str) -> String {
    let lines = licence.lines().skip_while(|line| !line.starts_with("Permission"));
    let lines: Vec<String> = lines
        .map(|line| {
            if line.is_empty() {
                " .".to_owned()
            } else {
                format!(" {line}")
            }
        })
        .collect();
    lines.join("\n")
}

/// A text in lines as package managers show them.
fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let full = lines
            .last()
            .is_some_and(|line| !line.is_empty() && line.chars().count() + word.chars().count() >= 78);
        if full {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests;
