use serde_json::json;

use super::{Offered, candidate, issuer, look};
use crate::error::Code;
use crate::http::tls_double::{Authority, Server};
use crate::testing::{Answer, Endpoint, TestProvider, http};

fn code_of(address: &str) -> Code {
    issuer(address).unwrap_err().code()
}

#[test]
fn what_people_type_becomes_an_issuer() {
    for (typed, meant) in [
        ("id.acme.example", "https://id.acme.example"),
        ("  https://id.acme.example/ ", "https://id.acme.example/"),
        (
            "https://id.acme.example/tenant/.well-known/openid-configuration",
            "https://id.acme.example/tenant",
        ),
        ("localhost:9470", "http://localhost:9470"),
        ("127.0.0.1:9470", "http://127.0.0.1:9470"),
        ("http://[::1]:9470", "http://[::1]:9470"),
        (
            "id.acme.example:8443/realms/x",
            "https://id.acme.example:8443/realms/x",
        ),
    ] {
        assert_eq!(issuer(typed).unwrap(), meant, "{typed}");
    }
}

#[test]
fn what_is_no_address_says_so() {
    for typed in [
        "",
        "  ",
        "what is this",
        "https://",
        "ftp://id.example",
        "https://a@b.example/",
        "https://id.example/?x",
        "https://id.example/#x",
        "javascript:alert(1)",
        &"x".repeat(501),
    ] {
        assert_eq!(code_of(typed), Code::AddressInvalid, "{typed}");
    }
    for typed in ["http://id.example", "HTTP://id.example/"] {
        assert_eq!(code_of(typed), Code::AddressInsecure, "{typed}");
    }
}

#[tokio::test]
async fn a_provider_tells_what_it_offers() {
    let server = TestProvider::start().await;
    server.offer_everything();
    let probed = look(&http(), server.issuer()).await.unwrap();
    assert_eq!(probed.issuer, server.issuer());
    assert!(server.issuer().ends_with(&probed.host));
    let offered = |what| {
        probed
            .offers
            .iter()
            .find(|offer| offer.what == what)
            .unwrap()
            .offered
    };
    assert_eq!(offered(Offered::Device), Some(true));
    assert_eq!(offered(Offered::PushedRequests), Some(true));
    assert_eq!(offered(Offered::Revocation), Some(true));
    assert_eq!(offered(Offered::Pkce), None, "it does not say");
    server.discovery(json!({ "code_challenge_methods_supported": ["plain"], "revocation_endpoint": null }));
    let probed = look(&http(), server.issuer()).await.unwrap();
    let offered = |what| {
        probed
            .offers
            .iter()
            .find(|offer| offer.what == what)
            .unwrap()
            .offered
    };
    assert_eq!(offered(Offered::Pkce), Some(false));
    assert_eq!(offered(Offered::Revocation), Some(false));
}

#[tokio::test]
async fn the_slash_at_the_end_is_the_providers() {
    let server = TestProvider::start_with_path("/").await;
    let typed = server.issuer().trim_end_matches('/').to_owned();
    assert_eq!(look(&http(), &typed).await.unwrap().issuer, server.issuer());
}

#[tokio::test]
async fn each_failure_is_a_fact_of_its_own() {
    let server = TestProvider::start().await;
    for (answer, code) in [
        (Answer::html(200), Code::NotAProvider),
        (Answer::html(404), Code::NotAProvider),
        (Answer::empty(404), Code::NotAProvider),
        (Answer::json(200, &json!({})), Code::DiscoveryInvalid),
        (Answer::empty(503), Code::ProviderFault),
    ] {
        server.always(Endpoint::Discovery, answer);
        assert_eq!(look(&http(), server.issuer()).await.unwrap_err().code(), code);
    }
    server.behave(Endpoint::Discovery);
    server.discovery(json!({ "issuer": "https://other.example" }));
    assert_eq!(
        look(&http(), server.issuer()).await.unwrap_err().code(),
        Code::IssuerMismatch
    );
    let nobody = "http://127.0.0.1:1";
    assert_eq!(look(&http(), nobody).await.unwrap_err().code(), Code::Offline);
}

#[tokio::test]
async fn a_certificate_nobody_here_trusts_is_told_with_its_issuer() {
    let server = Server::start(Authority::new("Acme Root").issue("localhost")).await;
    let address = format!("https://localhost:{}", server.port);
    let error = look(&http(), &address).await.unwrap_err();
    assert_eq!(error.code(), Code::Certificate);
    assert!(error.to_string().contains("Acme Root"), "{error}");
}

#[test]
fn a_candidate_says_no_more_than_a_short_file() {
    let made = candidate("https://id.example/", " desktop ", "Acme").unwrap();
    let file = "[provider]\nname = \"Acme\"\nissuer = \"https://id.example/\"\nclient_id = \"desktop\"";
    let read = crate::config::Config::parse(file, "test")
        .unwrap()
        .provider
        .unwrap();
    assert_eq!(made, read);
    for odd in ["", "  ", "a\u{202e}b", "é", &"x".repeat(301)] {
        assert!(candidate("https://id.example/", odd, "").is_err(), "{odd}");
    }
    assert!(candidate("https://id.example/", "desktop", "a\nb").is_err());
    assert!(candidate("http://id.example/", "desktop", "").is_err());
}
