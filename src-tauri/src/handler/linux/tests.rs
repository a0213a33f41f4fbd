use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::slice;

use super::super::Reached;
use super::{Entry, Step, decide, exec, program, started_by};

const OWN: &str = "com.acme.notes-handler.desktop";

fn entry(id: &str, command: &str) -> Entry {
    Entry {
        id: id.to_owned(),
        command: command.to_owned(),
    }
}

#[test]
fn a_command_is_ours_when_it_starts_us_with_the_link() {
    let shell = Path::new("/bin/sh");
    let other = |command: &str| Reached::Other(command.to_owned());
    for ours in ["/bin/sh %u", "\"/bin/sh\" %U", "sh %u"] {
        assert_eq!(started_by(ours, shell), Reached::Us, "{ours}");
    }
    assert_eq!(started_by("/bin/sh", shell), Reached::WithoutLink);
    for stranger in ["/bin/ls %u", "/nowhere/sh %u", "\"/bin/sh %u", ""] {
        assert_eq!(started_by(stranger, shell), other(stranger), "{stranger}");
    }
}

#[test]
fn where_a_package_has_registered_us_nothing_is_written() {
    let us = Path::new("/bin/sh");
    let package = entry("notes.desktop", "sh %u");
    assert_eq!(
        decide(Some(&package), slice::from_ref(&package), (OWN, false), us),
        Step::Nothing
    );
    // Even if the person has made another program the default's neighbour.
    let other = entry("other.desktop", "/bin/ls %u");
    assert_eq!(
        decide(Some(&package), &[other, package.clone()], (OWN, false), us),
        Step::Nothing
    );
}

#[test]
fn where_nobody_has_we_do_and_once() {
    let us = Path::new("/bin/sh");
    assert_eq!(decide(None, &[], (OWN, false), us), Step::Register);
    let own = entry(OWN, "/bin/sh %u");
    assert_eq!(
        decide(Some(&own), slice::from_ref(&own), (OWN, false), us),
        Step::Nothing
    );
    let without_link = entry(OWN, "/bin/sh");
    assert_eq!(
        decide(
            Some(&without_link),
            slice::from_ref(&without_link),
            (OWN, false),
            us
        ),
        Step::Register
    );
    let other = entry("other.desktop", "/bin/ls %u");
    assert_eq!(
        decide(Some(&other), slice::from_ref(&other), (OWN, false), us),
        Step::Register
    );
}

#[test]
fn a_file_that_was_moved_is_registered_anew() {
    let moved = entry(OWN, "/nowhere/Notes.AppImage %u");
    assert_eq!(
        decide(
            Some(&moved),
            slice::from_ref(&moved),
            (OWN, true),
            Path::new("/bin/sh")
        ),
        Step::Register
    );
}

#[test]
fn our_own_entry_gives_way_to_a_packages() {
    let us = Path::new("/bin/sh");
    let package = entry("notes.desktop", "sh %u");
    let own = entry(OWN, "/bin/sh %u");
    let both = [own.clone(), package.clone()];
    assert_eq!(decide(Some(&own), &both, (OWN, true), us), Step::GiveWay);
    // The desktop does not tell of an entry whose program is gone.
    assert_eq!(
        decide(Some(&package), slice::from_ref(&package), (OWN, true), us),
        Step::GiveWay
    );
    let other = entry("other.desktop", "/bin/ls %u");
    let all = [other.clone(), package];
    for own_is_there in [false, true] {
        assert_eq!(
            decide(Some(&other), &all, (OWN, own_is_there), us),
            Step::Prefer("notes.desktop".to_owned())
        );
    }
}

#[test]
fn an_appimage_is_known_by_its_file_and_a_strangers_variables_are_not_ours() {
    let (image, directory) = (
        Some(OsStr::new("/home/ada/Notes.AppImage")),
        Some(OsStr::new("/tmp/.mount_NotesX")),
    );
    let unpacked = PathBuf::from("/tmp/.mount_NotesX/usr/bin/notes");
    assert_eq!(
        program(unpacked, image, directory),
        Path::new("/home/ada/Notes.AppImage")
    );
    // Started from the terminal of another AppImage.
    let installed = PathBuf::from("/usr/bin/notes");
    assert_eq!(program(installed.clone(), image, directory), installed);
    assert_eq!(program(installed.clone(), image, None), installed);
    assert_eq!(program(installed.clone(), None, None), installed);
}

#[test]
fn a_path_is_quoted_only_where_it_has_to_be_and_found_again() {
    assert_eq!(
        exec(Path::new("/opt/acme/notes-1.0")).as_deref(),
        Some("/opt/acme/notes-1.0")
    );
    assert_eq!(exec(Path::new("/a\nb")), None);
    assert_eq!(exec(Path::new("/50%")), None);
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "with space",
        "q\"uote",
        "do$lar",
        "ba`ck",
        "back\\slash",
        "ümlaut",
        "it's",
    ] {
        let file = folder.path().join(name);
        fs::write(&file, "#!/bin/sh\n").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        let entry = folder.path().join("x.desktop");
        let line = exec(&file).unwrap();
        fs::write(
            &entry,
            format!("[Desktop Entry]\nType=Application\nName=x\nExec={line} %u\n"),
        )
        .unwrap();
        let info = gio::DesktopAppInfo::from_filename(&entry).expect(name);
        let command = gio::prelude::AppInfoExt::commandline(&info).unwrap();
        assert_eq!(
            started_by(command.to_str().unwrap(), &file),
            Reached::Us,
            "{name}: {line}"
        );
    }
}
