//! Writes a provider into the person's configuration file. What else is in the file, comments among it, stays as it is.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use toml_edit::{DocumentMut, Item, Table, value};

use super::layers::SIZE_LIMIT;
use super::{Config, ProviderConfig};
use crate::error::{Code, Error, Result, Stage};
use crate::secret::random_text;

/// What stands above the table this program writes.
const COMMENT: &str = "\n# Written by the first run, after a sign-in there.\n";

/// Writes `[provider]` with issuer, client identifier and name into this file, which need not exist, and nothing into a file that names
/// a provider already. The file is written beside the old one and put in its place (blocking).
///
/// # Errors
/// [`Code::ConfigurationUnwritable`]; the old file is then as it was.
pub fn write_user_provider(file: &Path, provider: &ProviderConfig) -> Result<()> {
    let text = match fs::read_to_string(file) {
        Ok(text) if text.len() > SIZE_LIMIT => return Err(unwritable("the file is too large")),
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => return Err(unwritable(&format!("the file cannot be read: {}", error.kind()))),
    };
    let text = with_provider(text.strip_prefix('\u{feff}').unwrap_or(&text), provider)?;
    put(file, &text).map_err(|error| unwritable(&format!("the file cannot be written: {}", error.kind())))
}

/// The same, and then it must be the provider that `configure` finds: a file that counts more may say otherwise, and the session
/// would belong to a provider nobody knows after a restart.
///
/// # Errors
/// [`Code::ConfigurationUnwritable`]; the old file is then as it was.
pub(crate) fn write_what_counts(
    file: &Path,
    provider: &ProviderConfig,
    configure: &dyn Fn() -> Result<Config>,
) -> Result<()> {
    let before = fs::read(file).ok();
    write_user_provider(file, provider)?;
    let found = configure().ok().and_then(|config| config.provider);
    if found.is_some_and(|found| found.issuer == provider.issuer && found.client_id == provider.client_id) {
        return Ok(());
    }
    let undone = match before {
        Some(text) => fs::write(file, text),
        None => fs::remove_file(file),
    };
    Err(unwritable(match undone {
        Ok(()) => "another configuration file counts more and says otherwise",
        Err(_) => "another configuration file counts more; what was written could not be taken back",
    }))
}

/// This text with the table.
fn with_provider(text: &str, provider: &ProviderConfig) -> Result<String> {
    let mut document: DocumentMut = text
        .parse()
        .map_err(|_| unwritable("the file is not valid TOML"))?;
    let standing = document.get("provider").and_then(Item::as_table_like);
    if standing.is_some_and(|table| !table.is_empty()) || document.get("provider").is_some_and(Item::is_value)
    {
        return Err(unwritable("the file names a provider already"));
    }
    let mut table = Table::new();
    if standing.is_none() {
        table
            .decor_mut()
            .set_prefix(COMMENT.trim_start_matches(if text.is_empty() { "\n" } else { "" }));
    } else if let Some(Item::Table(old)) = document.get("provider") {
        table = old.clone();
    }
    if !provider.name.is_empty() {
        table["name"] = value(&provider.name);
    }
    table["issuer"] = value(&provider.issuer);
    table["client_id"] = value(&provider.client_id);
    document["provider"] = Item::Table(table);
    Ok(document.to_string())
}

/// The new file takes the place of the old one at once, or not at all. A link leads to the file that is meant.
fn put(file: &Path, text: &str) -> std::io::Result<()> {
    let file = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let name = random_text().map_err(|_| std::io::Error::other("no random numbers"))?;
    let beside = folder.join(format!(".{name}.new"));
    let written = File::create_new(&beside).and_then(|mut new| {
        if let Ok(old) = fs::metadata(&file) {
            new.set_permissions(old.permissions())?;
        }
        new.write_all(text.as_bytes())?;
        new.sync_all()
    });
    let placed = written.and_then(|()| fs::rename(&beside, &file));
    if placed.is_err() {
        let _ = fs::remove_file(&beside);
    }
    placed
}

/// There is no file to write.
pub(crate) fn no_file() -> Error {
    unwritable("this program was not told which file to write")
}

fn unwritable(detail: &str) -> Error {
    Error::new(Stage::Configuration, Code::ConfigurationUnwritable).with_detail(detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, minimal};

    fn acme() -> ProviderConfig {
        minimal("https://id.acme.example/", "desktop", "Acme \"Ltd\"").unwrap()
    }

    fn read(text: &str) -> ProviderConfig {
        Config::parse(text, "test").unwrap().provider.unwrap()
    }

    #[test]
    fn what_is_written_is_read_as_what_was_meant() {
        for before in [
            "",
            "# mine\n[session]\nmax_session = \"30d\" # long\n",
            "[provider]\n",
            "[ui]",
        ] {
            let text = with_provider(before, &acme()).unwrap();
            assert_eq!(read(&text), acme(), "{text}");
        }
        let nameless = minimal("https://id.acme.example/", "desktop", "").unwrap();
        assert_eq!(read(&with_provider("", &nameless).unwrap()), nameless);
    }

    #[test]
    fn comments_and_other_tables_stay_byte_by_byte() {
        let before =
            "# mine\n\n[session]   # here\nmax_session = '30d'\n\n# and this\n[ui]\nlanguage = \"de\"\n";
        let text = with_provider(before, &acme()).unwrap();
        assert!(text.starts_with(before), "{text}");
    }

    #[test]
    fn a_file_that_names_a_provider_or_is_not_toml_is_left_alone() {
        for before in [
            "[provider]\nissuer = \"https://id.example/\"",
            "provider = { client_id = \"x\" }",
            "provider = 1",
            "[[",
        ] {
            assert_eq!(
                with_provider(before, &acme()).unwrap_err().code(),
                Code::ConfigurationUnwritable,
                "{before}"
            );
        }
    }

    #[test]
    fn the_file_is_made_with_its_folder_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("deep/latchkey.toml");
        write_user_provider(&file, &acme()).unwrap();
        assert_eq!(read(&fs::read_to_string(&file).unwrap()), acme());
        assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1);
        assert!(write_user_provider(&file, &acme()).is_err(), "not twice");
        assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_one_and_permissions_stay() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (
            folder.path().join("real.toml"),
            folder.path().join("latchkey.toml"),
        );
        fs::write(&real, "# mine\n").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o600)).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        write_user_provider(&link, &acme()).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(
            fs::read_to_string(&real)
                .unwrap()
                .contains("https://id.acme.example/")
        );
    }

    #[test]
    fn a_place_that_cannot_be_written_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let in_the_way = folder.path().join("file");
        fs::write(&in_the_way, "").unwrap();
        let error = write_user_provider(&in_the_way.join("latchkey.toml"), &acme()).unwrap_err();
        assert_eq!(
            (error.code(), error.stage()),
            (Code::ConfigurationUnwritable, Stage::Configuration)
        );
    }
}
