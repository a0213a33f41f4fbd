//! The person's picture: fetched from where the profile says, raster formats by their first bytes only, kept in the cache
//! directory. Never SVG, never with credentials.
//!
//! Shown by the shell's own scheme; a picture that cannot be had is not an error anybody sees.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use http::header::LOCATION;
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::config::ProviderConfig;
use crate::error::{Code, Error, Result, Stage};
use crate::http::{Http, PICTURE_LIMIT};
use crate::profile::is_picture_url;
use crate::quiet::Quiet;

/// How many redirects are followed, each checked like the first URL.
const REDIRECT_LIMIT: usize = 3;

/// A raster image of at most 1 MiB.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// Its media type, by its first bytes.
    pub mime: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Picture")
            .field("mime", &self.mime)
            .field("bytes", &self.bytes.len())
            .finish()
    }
}

impl Picture {
    /// A picture, if these bytes begin like PNG, JPEG, GIF or WebP.
    fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        let mime = match bytes.as_slice() {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => "image/png",
            [0xff, 0xd8, 0xff, ..] => "image/jpeg",
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => "image/gif",
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
            _ => return None,
        };
        (bytes.len() <= PICTURE_LIMIT).then_some(Self { mime, bytes })
    }
}

/// Fetches a picture. http on loopback is for a provider that is there itself.
///
/// # Errors
/// A network fault, or [`Code::UserinfoUnusable`] for anything that is not such a picture; stage userinfo.
pub(crate) async fn fetch(http: &Http, url: &str, allow_loopback_http: bool) -> Result<Picture> {
    let mut url = Url::parse(url).map_err(|_| unusable("not a URL"))?;
    for _ in 0..=REDIRECT_LIMIT {
        if !is_picture_url(&url, allow_loopback_http) {
            return Err(unusable("not at a URL that is asked"));
        }
        let request = http::Request::get(url.as_str())
            .header(
                http::header::ACCEPT,
                "image/png, image/jpeg, image/webp, image/gif",
            )
            .body(Vec::new())
            .map_err(|_| unusable("not at a URL that can be asked"))?;
        let response = http.send(Stage::Userinfo, request, PICTURE_LIMIT).await?;
        if response.status().is_redirection() {
            let next = response
                .headers()
                .get(LOCATION)
                .and_then(|next| url.join(next.to_str().ok()?).ok());
            url = next.ok_or_else(|| unusable("redirected to nowhere"))?;
            continue;
        }
        if !response.status().is_success() {
            return Err(unusable(&format!("answered {}", response.status().as_u16())));
        }
        return Picture::from_bytes(response.into_body())
            .ok_or_else(|| unusable("not a PNG, JPEG, GIF or WebP"));
    }
    Err(unusable("redirected too often"))
}

/// The pictures of the configured provider's people, with their cache.
#[derive(Clone, Debug)]
pub(crate) struct Pictures {
    http: Http,
    directory: Option<PathBuf>,
    loopback_allowed: bool,
}

impl Pictures {
    /// Pictures that are kept in `directory`, if there is one.
    pub(crate) fn new(http: Http, directory: Option<PathBuf>, config: &ProviderConfig) -> Self {
        Self {
            http,
            directory,
            loopback_allowed: crate::provider::is_loopback_http(&config.issuer_url),
        }
    }

    /// The picture of `sub` at `url`: the kept one, else, after a launch's `quiet`, a fetched one, which is then kept in place of
    /// any other.
    ///
    /// # Errors
    /// Those of [`fetch`].
    pub(crate) async fn get(&self, sub: &str, url: &str, quiet: &Quiet) -> Result<Picture> {
        let path = self
            .directory
            .as_deref()
            .map(|directory| file(directory, sub, url));
        if let Some(path) = path.clone()
            && let Ok(Some(picture)) = tokio::task::spawn_blocking(move || kept(&path)).await
        {
            return Ok(picture);
        }
        quiet.over().await;
        let picture = fetch(&self.http, url, self.loopback_allowed).await?;
        if let Some(path) = path {
            let picture = picture.clone();
            // The cache is a convenience: whether it could be written changes nothing.
            let _ = tokio::task::spawn_blocking(move || keep(&path, &picture)).await;
        }
        Ok(picture)
    }

    /// Removes every kept picture.
    pub(crate) async fn forget(&self) {
        let Some(directory) = self.directory.clone() else {
            return;
        };
        let removed = tokio::task::spawn_blocking(move || remove_where(&directory, |_| true)).await;
        if !matches!(removed, Ok(Ok(()))) {
            tracing::warn!("a kept picture could not be removed");
        }
    }
}

fn kept(path: &Path) -> Option<Picture> {
    if std::fs::metadata(path).ok()?.len() > PICTURE_LIMIT as u64 {
        return None;
    }
    Picture::from_bytes(std::fs::read(path).ok()?)
}

/// Writes the file whole or not at all, and removes the others.
fn keep(path: &Path, picture: &Picture) -> std::io::Result<()> {
    let Some(directory) = path.parent() else {
        return Ok(());
    };
    std::fs::create_dir_all(directory)?;
    let fresh = path.with_extension(format!("{}.tmp", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    // A face: its owner's alone.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&fresh)?.write_all(&picture.bytes)?;
    std::fs::rename(&fresh, path)?;
    remove_where(directory, |other| other != path)
}

fn remove_where(directory: &Path, doomed: impl Fn(&Path) -> bool) -> std::io::Result<()> {
    let entries = match std::fs::read_dir(directory) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let ours = entry
            .file_name()
            .to_str()
            .is_some_and(|name| name.starts_with("picture-"));
        if ours && doomed(&entry.path()) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn file(directory: &Path, sub: &str, url: &str) -> PathBuf {
    let mut hash = Sha256::new();
    hash.update(sub.as_bytes());
    hash.update([0]);
    hash.update(url.as_bytes());
    let name = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&hash.finalize()[..12]);
    directory.join(format!("picture-{name}"))
}

fn unusable(detail: &str) -> Error {
    Error::new(Stage::Userinfo, Code::UserinfoUnusable).with_detail(format!("the picture: {detail}"))
}

#[cfg(test)]
#[path = "picture_tests.rs"]
mod tests;
