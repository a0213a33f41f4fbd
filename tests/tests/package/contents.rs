//! What is in the packages, file by file.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use latchkey_e2e::failure::{Doing, Result, ensure, ensure_eq};
use latchkey_e2e::package::{Packages, said};

/// The sizes of the icon.
const ICONS: [u32; 8] = [16, 24, 32, 48, 64, 128, 256, 512];
/// What people download has to be small.
const LARGEST_DEB: u64 = 6 << 20;

/// The files both packages hold, with their modes.
fn of_both(packages: &Packages) -> BTreeMap<PathBuf, u32> {
    let Packages { name, identity, .. } = packages;
    let mut files = BTreeMap::from([
        (format!("usr/bin/{name}"), 0o755),
        (format!("usr/share/applications/{name}.desktop"), 0o644),
        (
            format!("usr/share/metainfo/{}.metainfo.xml", identity.identifier),
            0o644,
        ),
        (format!("usr/share/icons/hicolor/scalable/apps/{name}.svg"), 0o644),
        (format!("usr/share/man/man1/{name}.1.gz"), 0o644),
    ]);
    for size in ICONS {
        let file = format!("usr/share/icons/hicolor/{size}x{size}/apps/{name}.png");
        files.insert(file, 0o644);
    }
    files
        .into_iter()
        .map(|(file, mode)| (PathBuf::from(file), mode))
        .collect()
}

fn with(packages: &Packages, folder: &str, files: &[&str]) -> BTreeMap<PathBuf, u32> {
    let mut all = of_both(packages);
    all.extend(files.iter().map(|file| {
        (
            Path::new("usr/share")
                .join(folder)
                .join(&packages.name)
                .join(file),
            0o644,
        )
    }));
    all
}

/// The files below a folder, with their modes.
fn found_in(folder: &Path) -> Result<BTreeMap<PathBuf, u32>> {
    let mut files = BTreeMap::new();
    let mut next = vec![folder.to_owned()];
    while let Some(at) = next.pop() {
        for entry in fs::read_dir(&at).doing("list what was unpacked")?.flatten() {
            let (path, data) = (entry.path(), entry.metadata().doing("look at a file")?);
            if data.is_dir() {
                next.push(path);
            } else {
                let name = path.strip_prefix(folder).doing("name a file")?.to_owned();
                files.insert(name, data.permissions().mode() & 0o7777);
            }
        }
    }
    Ok(files)
}

/// What the tools of the desktop say to the unpacked files.
async fn judge(packages: &Packages, tree: &Path) -> Result<()> {
    let Packages { name, identity, .. } = packages;
    let entry = tree.join(format!("usr/share/applications/{name}.desktop"));
    said("desktop-file-validate", [entry.clone().into()]).await?;
    let text = fs::read_to_string(&entry).doing("read the desktop entry")?;
    for line in [
        format!("Name={}", identity.product),
        format!("Exec={name} %u"),
        format!("Icon={name}"),
        format!("StartupWMClass={name}"),
        format!("MimeType=x-scheme-handler/{};", identity.scheme),
    ] {
        ensure(
            text.lines().any(|it| it == line),
            format_args!("{line} is not in {text}"),
        )?;
    }
    let metainfo = tree.join(format!("usr/share/metainfo/{}.metainfo.xml", identity.identifier));
    let words = ["validate", "--no-net"].map(OsString::from);
    said("appstreamcli", words.into_iter().chain([metainfo.into()])).await?;
    for size in ICONS {
        let file = tree.join(format!("usr/share/icons/hicolor/{size}x{size}/apps/{name}.png"));
        let reader = png::Decoder::new(std::io::BufReader::new(
            fs::File::open(file).doing("open an icon")?,
        ))
        .read_info()
        .doing("read an icon")?;
        ensure_eq(
            (reader.info().width, reader.info().height),
            (size, size),
            "its size",
        )?;
    }
    let program = fs::read(tree.join("usr/bin").join(name)).doing("read the program")?;
    let home = std::env::home_dir().doing("a home")?;
    for place in [home.as_path(), latchkey_e2e::paths::root()] {
        let place = place.to_string_lossy().into_owned();
        let told = place.len() > 1 && program.windows(place.len()).any(|it| it == place.as_bytes());
        ensure(!told, format_args!("the program tells of {place}"))?;
    }
    Ok(())
}

/// Notices name what is compiled in and what the page is made of.
fn notices(file: &Path) -> Result<()> {
    let text = fs::read_to_string(file).doing("read the notices")?;
    for work in [
        "tauri 2.",
        "rustls 0.",
        "aws-lc-rs 1.",
        "svelte 5.",
        "@tauri-apps/api 2.",
        "intl-messageformat ",
    ] {
        ensure(text.contains(work), format_args!("{work} is not in the notices"))?;
    }
    for stranger in ["tauri-build ", "fantoccini ", "vitest "] {
        ensure(
            !text.contains(stranger),
            format_args!("{stranger} is in the notices"),
        )?;
    }
    ensure(text.matches("<pre>").count() > 50, "there are many licences")
}

#[tokio::test]
#[ignore = "cargo xtask test package"]
async fn the_deb_holds_what_it_should_and_nothing_else() -> Result<()> {
    let packages = Packages::under_test()?;
    let size = fs::metadata(&packages.deb).doing("look at the .deb")?.len();
    ensure(size <= LARGEST_DEB, format_args!("the .deb has {size} bytes"))?;
    let folder = tempfile::tempdir().doing("make a folder")?;
    let words = [
        "--extract".into(),
        packages.deb.clone().into_os_string(),
        folder.path().into(),
    ];
    said("dpkg-deb", words).await?;
    let files = ["copyright", "changelog.gz", "THIRD-PARTY-NOTICES.html"];
    ensure_eq(
        found_in(folder.path())?,
        with(&packages, "doc", &files),
        "its files",
    )?;
    judge(&packages, folder.path()).await?;
    notices(
        &folder
            .path()
            .join("usr/share/doc")
            .join(&packages.name)
            .join(files[2]),
    )?;

    ensure_eq(
        packages.field("Package").await?,
        packages.name.clone(),
        "its name",
    )?;
    let depends = packages.field("Depends").await?;
    let names: BTreeSet<&str> = depends
        .split(", ")
        .map(|it| it.split(' ').next().unwrap_or(it))
        .collect();
    ensure_eq(
        names,
        BTreeSet::from(["libc6", "libgtk-3-0", "libwebkit2gtk-4.1-0"]),
        "what it depends on",
    )?;
    println!("{} bytes, depends on {depends}", size);
    Ok(())
}

#[tokio::test]
#[ignore = "cargo xtask test package"]
async fn the_rpm_holds_what_it_should_and_nothing_else() -> Result<()> {
    let packages = Packages::under_test()?;
    let folder = tempfile::tempdir().doing("make a folder")?;
    let ask = |words: &[&str]| {
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        said(
            "rpm",
            words.into_iter().chain([packages.rpm.clone().into_os_string()]),
        )
    };
    // Files, modes and owners as they would be installed.
    let list = ask(&[
        "-qp",
        "--qf",
        "[%{FILENAMES} %{FILEMODES:octal} %{FILEUSERNAME} %{FILEGROUPNAME}\n]",
    ])
    .await?;
    let mut files = BTreeMap::new();
    for line in list.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let [file, mode, "root", "root"] = words[..] else {
            return ensure(false, format_args!("a file in the .rpm: {line}"));
        };
        let mode = u32::from_str_radix(mode, 8).doing("read a mode")?;
        files.insert(PathBuf::from(file.trim_start_matches('/')), mode & 0o7777);
    }
    let licences = ["LICENSE-MIT", "LICENSE-APACHE", "THIRD-PARTY-NOTICES.html"];
    let mut expected = with(&packages, "licenses", &licences);
    let changelog = format!("usr/share/doc/{}/CHANGELOG.md", packages.name);
    expected.insert(PathBuf::from(changelog), 0o644);
    ensure_eq(files, expected, "its files")?;

    let requires = ask(&["-qp", "--requires"]).await?;
    for library in ["libwebkit2gtk-4.1.so.0()(64bit)", "libgtk-3.so.0()(64bit)"] {
        ensure(
            requires.lines().any(|it| it == library),
            format_args!("{library} is not in {requires}"),
        )?;
    }
    let others: Vec<&str> = requires
        .lines()
        .filter(|it| !it.starts_with("rpmlib(") && !it.starts_with("lib") && *it != "/bin/sh")
        .collect();
    ensure(others.is_empty(), format_args!("it requires {others:?}"))?;
    let scripts = ask(&["-qp", "--scripts"]).await?;
    ensure(
        scripts.contains("postuninstall") && scripts.contains(&packages.identity.identifier),
        &scripts,
    )?;
    ensure(
        !scripts.contains('@'),
        format_args!("a place was not filled: {scripts}"),
    )?;

    let tree = folder.path().join("rpm");
    fs::create_dir(&tree).doing("make a folder")?;
    let words = [
        "-x".into(),
        "-f".into(),
        packages.rpm.clone().into_os_string(),
        "-C".into(),
        tree.clone().into(),
    ];
    said("bsdtar", words).await?;
    judge(&packages, &tree).await?;
    notices(
        &tree
            .join("usr/share/licenses")
            .join(&packages.name)
            .join(licences[2]),
    )?;
    // One program for both.
    let program = |tree: &Path| fs::read(tree.join("usr/bin").join(&packages.name));
    let deb = folder.path().join("deb");
    let words = [
        "--extract".into(),
        packages.deb.clone().into_os_string(),
        deb.clone().into(),
    ];
    said("dpkg-deb", words).await?;
    ensure(
        program(&deb).doing("read it")? == program(&tree).doing("read it")?,
        "the programs of both packages differ",
    )
}
