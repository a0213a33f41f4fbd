//! Tests of the picture: what is fetched, what is refused, what is kept.

use super::*;
use crate::testing::{Answer, Endpoint, TestProvider, http};

/// The window shows something already.
fn loud() -> Quiet {
    Quiet::at_most(std::time::Duration::ZERO)
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nand so on";

async fn fetched(provider: &TestProvider) -> Result<Picture> {
    fetch(&http(), &format!("{}/picture", provider.issuer()), true).await
}

#[test]
fn only_raster_images_by_their_first_bytes() {
    let mime = |bytes: &[u8]| Picture::from_bytes(bytes.to_vec()).map(|picture| picture.mime);
    assert_eq!(mime(PNG), Some("image/png"));
    assert_eq!(mime(b"\xff\xd8\xff\xe0"), Some("image/jpeg"));
    assert_eq!(mime(b"GIF89a.."), Some("image/gif"));
    assert_eq!(mime(b"RIFF\0\0\0\0WEBPVP8 "), Some("image/webp"));
    assert_eq!(mime(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), None);
    assert_eq!(mime(b"<!doctype html>"), None);
    assert_eq!(mime(b""), None);
}

#[tokio::test]
async fn hostile_pictures_are_refused() {
    let provider = TestProvider::start().await;
    assert_eq!(fetched(&provider).await.unwrap().bytes, PNG);
    for (answer, code) in [
        (Answer::new(200, "image/png", "<svg/>"), Code::UserinfoUnusable),
        (
            Answer::new(200, "image/svg+xml", "<svg/>"),
            Code::UserinfoUnusable,
        ),
        (Answer::html(200), Code::UserinfoUnusable),
        (Answer::new(404, "image/png", PNG), Code::UserinfoUnusable),
        (
            Answer::new(200, "image/png", [PNG, &[0; PICTURE_LIMIT]].concat()),
            Code::TooLarge,
        ),
        (Answer::redirect(302, "/picture"), Code::UserinfoUnusable),
        (
            Answer::redirect(302, "ftp://127.0.0.1/picture"),
            Code::UserinfoUnusable,
        ),
        (
            Answer::redirect(302, "http://cdn.example/a.png"),
            Code::UserinfoUnusable,
        ),
        (
            Answer::redirect(302, "file:///etc/passwd"),
            Code::UserinfoUnusable,
        ),
        (Answer::empty(302), Code::UserinfoUnusable),
    ] {
        provider.always(Endpoint::Picture, answer.clone());
        assert_eq!(fetched(&provider).await.unwrap_err().code(), code, "{answer:?}");
    }
}

#[tokio::test]
async fn three_redirects_are_followed_and_credentials_never() {
    let provider = TestProvider::start().await;
    let mut left = 3;
    provider.when(Endpoint::Picture, move |_| {
        left -= 1;
        (left >= 0).then(|| Answer::redirect(302, "/picture/next"))
    });
    assert!(fetched(&provider).await.is_ok());
    assert_eq!(provider.count(Endpoint::Picture), 4);

    let http = http();
    let with_credentials = provider.issuer().replace("http://", "http://me:pw@") + "/picture";
    assert!(fetch(&http, &with_credentials, true).await.is_err());
    assert!(
        fetch(&http, &format!("{}/picture", provider.issuer()), false)
            .await
            .is_err()
    );
    assert_eq!(provider.count(Endpoint::Picture), 4);
}

#[cfg(unix)]
#[tokio::test]
async fn a_kept_picture_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let provider = TestProvider::start().await;
    let directory = tempfile::tempdir().unwrap();
    let pictures = Pictures::new(http(), Some(directory.path().to_owned()), &provider.config());
    let url = format!("{}/picture", provider.issuer());
    pictures.get("ada", &url, &loud()).await.unwrap();
    let file = std::fs::read_dir(directory.path()).unwrap().next().unwrap();
    let mode = file.unwrap().metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn a_picture_is_kept_for_its_person_until_forgotten() {
    let provider = TestProvider::start().await;
    let directory = tempfile::tempdir().unwrap();
    let pictures = Pictures::new(http(), Some(directory.path().join("cache")), &provider.config());
    let url = format!("{}/picture", provider.issuer());
    let files = || std::fs::read_dir(directory.path().join("cache")).unwrap().count();

    pictures.get("ada", &url, &loud()).await.unwrap();
    pictures.get("ada", &url, &loud()).await.unwrap();
    assert_eq!((provider.count(Endpoint::Picture), files()), (1, 1));
    pictures.get("ben", &url, &loud()).await.unwrap();
    assert_eq!((provider.count(Endpoint::Picture), files()), (2, 1));
    pictures.forget().await;
    assert_eq!(files(), 0);
    pictures.forget().await;
}
