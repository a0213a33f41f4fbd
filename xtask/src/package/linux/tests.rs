//! The templates, filled with the names of this checkout, judged by the tools of the desktop where they are installed.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::*;
use crate::environment;

fn names() -> Names {
    Names::of(Workspace::here().root()).unwrap()
}

fn template(file: &str) -> String {
    let path = Workspace::here().root().join("src-tauri/linux").join(file);
    fs::read_to_string(path).unwrap()
}

/// Lets a program judge a file, if it is installed.
fn judge(program: &str, words: &[&str], file: &str, text: &str) {
    let Some(found) = environment::find_program(program) else {
        return;
    };
    let folder = std::env::temp_dir().join(format!("xtask-{program}-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let file: PathBuf = folder.join(file);
    fs::write(&file, text).unwrap();
    let output = Command::new(found).args(words).arg(&file).output().unwrap();
    fs::remove_dir_all(&folder).unwrap();
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success(), "{program}: {said}\n{text}");
}

/// The desktop entry as the bundler would write it.
fn entry(names: &Names) -> String {
    let text = template("app.desktop.hbs");
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("{{")).collect();
    let filled = lines
        .join("\n")
        .replace("{{name}}", &names.product)
        .replace("{{comment}}", &names.summary)
        .replace("{{exec}}", &names.program)
        .replace("{{icon}}", &names.program)
        .replace("{{categories}}", "Utility;")
        .replace("{{mime_type}}", &format!("x-scheme-handler/{}", names.scheme));
    format!("{filled}\n")
}

#[test]
fn the_metainfo_is_valid_whatever_the_product_is_called() {
    let names = names();
    let odd = Names {
        product: "Acme & Söhne <Notes>".to_owned(),
        ..names.clone()
    };
    for names in [names, odd] {
        let text = metainfo(&template("metainfo.xml"), &names, "2026-11-21").unwrap();
        let file = format!("{}.metainfo.xml", names.identifier);
        judge("appstreamcli", &["validate", "--no-net"], &file, &text);
    }
}

#[test]
fn the_desktop_entry_is_valid_and_hands_the_link_on() {
    let names = names();
    let text = entry(&names);
    assert!(text.contains(&format!("\nExec={} %u\n", names.program)), "{text}");
    assert!(
        text.contains(&format!("\nMimeType=x-scheme-handler/{};\n", names.scheme)),
        "{text}"
    );
    assert!(!text.contains("{{"), "{text}");
    judge("desktop-file-validate", &[], "x.desktop", &text);
}

#[test]
fn nothing_in_the_templates_is_called_by_one_products_name() {
    let names = names();
    for file in [
        "app.desktop.hbs",
        "metainfo.xml",
        "after-removal.sh",
        "manual.1",
        "copyright",
        "notices.html",
    ] {
        let text = template(file);
        for name in [&names.product, &names.program, &names.identifier] {
            assert!(!text.contains(name.as_str()), "{name} in {file}");
        }
    }
}

#[test]
fn the_script_after_removal_is_understood_by_the_shell() {
    let text = names().fill(&template("after-removal.sh")).unwrap();
    judge("sh", &["-n"], "postrm", &text);
}

#[test]
fn a_licence_becomes_a_field_of_debian_copyright() {
    let text = "MIT License\n\nCopyright (c) x\n\nPermission is\nhereby\n\nTHE\n";
    assert_eq!(paragraphs(text), " Permission is\n hereby\n .\n THE");
}

#[test]
fn a_long_text_is_told_in_lines() {
    let text = wrapped(&"word ".repeat(40));
    assert!(
        text.lines()
            .all(|line| line.len() <= 78 && !line.starts_with(' ')),
        "{text}"
    );
    assert_eq!(text.split_whitespace().count(), 40);
    assert_eq!(wrapped("one two"), "one two");
}
