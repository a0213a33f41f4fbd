//! Tests of discovery and its cache.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::*;
use crate::testing::{Answer, Endpoint, TestProvider, http, relying_party};

#[tokio::test]
async fn issuers_with_paths_and_slashes_are_found() {
    for path in ["", "/", "/realms/demo", "/realms/demo/"] {
        let server = TestProvider::start_with_path(path).await;
        relying_party(server.config()).metadata_now().await.unwrap();
        assert_eq!(server.count(Endpoint::Discovery), 1, "{path}");
    }
}

#[tokio::test]
async fn faults_of_discovery_have_their_stage() {
    let server = TestProvider::start().await;
    let provider = relying_party(server.config());
    for (answer, code) in [
        (Answer::empty(404), Code::DiscoveryInvalid),
        (Answer::html(200), Code::NotJson),
        (Answer::html(502), Code::ProviderFault),
        (Answer::new(200, "application/json", "[]"), Code::DiscoveryInvalid),
        (Answer::new(200, "application/json", "{"), Code::DiscoveryInvalid),
        (Answer::redirect(302, "/x"), Code::NotJson),
        (Answer::html(302), Code::NotJson),
        (Answer::html(404), Code::NotJson),
        (Answer::error(404, "gone"), Code::DiscoveryInvalid),
        (Answer::empty(410), Code::DiscoveryInvalid),
        (
            Answer::new(200, "application/json", "[".repeat(100_000)),
            Code::DiscoveryInvalid,
        ),
        (
            Answer::new(200, "application/json", " ".repeat(300_000)),
            Code::TooLarge,
        ),
    ] {
        server.always(Endpoint::Discovery, answer);
        let error = provider.metadata_now().await.unwrap_err();
        assert_eq!((error.stage(), error.code()), (Stage::Discovery, code));
    }
}

#[tokio::test]
async fn the_document_is_asked_for_once_and_again_by_a_sign_in() {
    let server = TestProvider::start().await;
    let provider = relying_party(server.config());
    provider.metadata().await.unwrap();
    provider.metadata().await.unwrap();
    assert_eq!(server.count(Endpoint::Discovery), 1);
    provider.metadata_now().await.unwrap();
    assert_eq!(server.count(Endpoint::Discovery), 2);
}

#[tokio::test]
async fn an_old_document_is_asked_for_anew_and_is_better_than_none() {
    let server = TestProvider::start().await;
    let provider = relying_party(server.config());
    provider.metadata().await.unwrap();
    tokio::time::pause();
    tokio::time::advance(DOCUMENT_AGE).await;
    tokio::time::resume();
    server.always(Endpoint::Discovery, Answer::empty(503));
    provider.metadata().await.unwrap();
    assert_eq!(server.count(Endpoint::Discovery), 2);
    server.behave(Endpoint::Discovery);
    provider.metadata().await.unwrap();
    provider.metadata().await.unwrap();
    assert_eq!(server.count(Endpoint::Discovery), 3);
}

#[tokio::test]
async fn the_disk_spares_the_next_run_a_request_but_is_not_believed() {
    let server = TestProvider::start().await;
    let directory = tempfile::tempdir().unwrap();
    let fresh = || {
        let cache = Some(directory.path().to_owned());
        Provider::new(Arc::new(server.config()), Duration::from_secs(60), http(), cache)
    };
    fresh().metadata().await.unwrap();
    fresh().metadata().await.unwrap();
    assert_eq!(server.count(Endpoint::Discovery), 1);
    let evil = json!({"issuer": "https://evil.example"}).to_string().into_bytes();
    cache::write(directory.path(), server.issuer(), evil).unwrap();
    fresh().metadata().await.unwrap();
    assert_eq!(server.count(Endpoint::Discovery), 2);
}
