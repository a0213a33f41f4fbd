//! The licences of everything that is in the packages and not ours: the crates that are compiled in, and the npm packages the page
//! is made of. What is told is what their authors have put into them: their licence and notice files, word for word.

mod crates;
mod page;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::names::{Names, xml};
use crate::failure::{Doing, Failure, Result};
use crate::interrupt::Interrupt;
use crate::workspace::Workspace;

/// The file, in the packages too.
pub(crate) const FILE: &str = "THIRD-PARTY-NOTICES.html";
/// Where the works go in.
const PLACE: &str = "<!-- works -->";

/// Something of others.
#[derive(Debug, PartialEq, Eq)]
struct Work {
    /// Name and version.
    name: String,
    /// The licence, as an SPDX expression.
    licence: String,
    /// What its licence and notice files say, one by one; without such a file, who made it.
    texts: Vec<String>,
}

impl Work {
    /// A work with the files in its folder. `makers` are told where it has none.
    fn read(name: String, licence: &str, folder: &Path, makers: &str) -> Result<Self> {
        let entries = fs::read_dir(folder).doing(format_args!("read {}", folder.display()))?;
        let mut files: Vec<_> = entries
            .flatten()
            .filter(|entry| is_notice(&entry.file_name().to_string_lossy()) && entry.path().is_file())
            .map(|entry| entry.path())
            .collect();
        files.sort();
        let mut texts = Vec::new();
        for file in files {
            // A file in another encoding is still worth having.
            let bytes = fs::read(&file).doing(format_args!("read {}", file.display()))?;
            texts.push(String::from_utf8_lossy(&bytes).trim().to_owned());
        }
        if texts.is_empty() {
            texts.push(format!("{makers}\n(It comes without a licence file.)"));
        }
        Ok(Self {
            name,
            licence: licence.to_owned(),
            texts,
        })
    }
}

/// Writes the notices into this folder.
pub(crate) fn write(
    workspace: &Workspace,
    interrupt: &Interrupt,
    names: &Names,
    folder: &Path,
) -> Result<()> {
    let mut works = crates::compiled_in(workspace, interrupt)?;
    works.extend(page::made_of(workspace, interrupt, folder)?);
    let template = workspace.root().join("src-tauri/linux/notices.html");
    let template = fs::read_to_string(&template).doing(format_args!("read {}", template.display()))?;
    if !template.contains(PLACE) {
        return Err(Failure::new("the notices have no place for the works"));
    }
    let text = template
        .replace("@PRODUCT@", &xml(&names.product))
        .replace(PLACE, &html(&works));
    fs::write(folder.join(FILE), text).doing("write the notices")
}

/// One section for each text, under the works that share it. Texts that differ in their line breaks alone are the same.
fn html(works: &[Work]) -> String {
    let mut sections: BTreeMap<String, (&str, Vec<&Work>)> = BTreeMap::new();
    for work in works {
        for text in &work.texts {
            let words: Vec<&str> = text.split_whitespace().collect();
            let section = sections.entry(words.join(" "));
            section.or_insert((text, Vec::new())).1.push(work);
        }
    }
    let mut sections: Vec<_> = sections.into_values().collect();
    sections.sort_by(|(_, a), (_, b)| a.first().map(|it| &it.name).cmp(&b.first().map(|it| &it.name)));
    let mut html = String::new();
    for (text, works) in sections {
        let names: Vec<String> = works
            .iter()
            .map(|work| format!("{} ({})", xml(&work.name), xml(&work.licence)))
            .collect();
        html.push_str(&format!(
            "<h2>{}</h2>\n    <pre>{}</pre>\n    ",
            names.join(", "),
            xml(text)
        ));
    }
    html
}

/// LICENSE, LICENSE-MIT, licence.txt, COPYING, NOTICE …
fn is_notice(file: &str) -> bool {
    let file = file.to_ascii_lowercase();
    let is_code = [".rs", ".js", ".ts", ".json", ".toml", ".html"]
        .iter()
        .any(|ending| file.ends_with(ending));
    !is_code
        && [
            "license",
            "licence",
            "copying",
            "copyright",
            "notice",
            "unlicense",
        ]
        .iter()
        .any(|name| file.starts_with(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn works_with_the_same_text_share_it() {
        let work = |name: &str, text: &str| Work {
            name: name.to_owned(),
            licence: "MIT".to_owned(),
            texts: vec![text.to_owned()],
        };
        let html = html(&[
            work("b 1", "same <x>"),
            work("c 1", "own"),
            work("a 1", "same\n  <x>"),
        ]);
        assert_eq!(html.matches("<pre>").count(), 2);
        assert!(
            html.contains("<h2>b 1 (MIT), a 1 (MIT)</h2>\n    <pre>same &lt;x&gt;</pre>"),
            "{html}"
        );
    }

    #[test]
    fn notices_are_known_by_their_names() {
        for yes in [
            "LICENSE",
            "LICENSE_MIT",
            "licence.txt",
            "COPYING",
            "NOTICE.md",
            "UNLICENSE",
        ] {
            assert!(is_notice(yes), "{yes}");
        }
        for no in ["README.md", "license.rs", "copyright.html", "lib.rs"] {
            assert!(!is_notice(no), "{no}");
        }
    }
}
