//! One thing broken at a time: exactly that is found, and nothing else is called broken.

use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::json;

use super::*;
use crate::config::{Config, Locations};
use crate::http::tls_double::{Authority, Server};
use crate::ports::{Clock as _, SystemClock};
use crate::store::{MemoryStore, StoreError};
use crate::testing::{Answer, Endpoint, TestKey, TestProvider};

fn config_of(issuer: &str) -> Config {
    let text = format!("[provider]\nissuer = \"{issuer}\"\nclient_id = \"client-1\"\n");
    Config::parse(&text, "latchkey.toml").unwrap()
}

async fn asked(server: &TestProvider) -> Vec<Finding> {
    provider(&config_of(server.issuer()), Arc::new(SystemClock)).await
}

fn keys() -> Answer {
    Answer::json(200, &json!({"keys": [TestKey::Rsa1.jwk()]}))
}

/// The checks that did not find everything in order, with their codes.
fn troubles(findings: &[Finding]) -> Vec<(Check, Verdict, Option<Code>)> {
    findings
        .iter()
        .filter(|finding| matches!(finding.verdict, Verdict::Warning | Verdict::Failure))
        .map(|finding| (finding.check, finding.verdict, finding.code))
        .collect()
}

fn of(findings: &[Finding], check: Check) -> &Finding {
    findings.iter().find(|finding| finding.check == check).unwrap()
}

#[tokio::test]
async fn a_provider_in_order_is_in_order() {
    let server = TestProvider::start().await;
    server.always(Endpoint::Jwks, keys().dated(SystemClock.now()));
    let findings = asked(&server).await;
    assert_eq!(troubles(&findings), []);
    let checks: Vec<_> = findings.iter().map(|finding| finding.check).collect();
    assert_eq!(
        checks,
        [
            Check::Discovery,
            Check::Keys,
            Check::Offers,
            Check::Certificate,
            Check::Clock
        ]
    );
}

#[tokio::test]
async fn what_is_wrong_with_the_discovery_document_is_told_apart() {
    for (answer, code) in [
        (Answer::html(200), Code::NotJson),
        (
            Answer::json(200, &json!({"issuer": "https://other.example"})),
            Code::IssuerMismatch,
        ),
        (Answer::json(200, &json!([1])), Code::DiscoveryInvalid),
        (Answer::error(404, "not_found"), Code::DiscoveryInvalid),
        (Answer::empty(503), Code::ProviderFault),
        (Answer::empty(429), Code::ProviderBusy),
        (Answer::dropped(), Code::ProviderFault),
    ] {
        let server = TestProvider::start().await;
        server.always(Endpoint::Discovery, answer);
        let findings = asked(&server).await;
        assert_eq!(
            troubles(&findings),
            [(Check::Discovery, Verdict::Failure, Some(code))],
            "{findings:?}"
        );
    }
}

#[tokio::test]
async fn nobody_at_the_port_is_no_connection() {
    let server = TestProvider::start_with_doors();
    server.refuse(Endpoint::Discovery).await;
    let findings = asked(&server).await;
    assert_eq!(
        troubles(&findings),
        [(Check::Discovery, Verdict::Failure, Some(Code::Offline))]
    );
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_is_told_with_its_issuer() {
    let stranger = Authority::new("Acme Proxy CA");
    let server = Server::start(stranger.issue("localhost")).await;
    let config = config_of(&format!("https://localhost:{}", server.port));
    let findings = provider(&config, Arc::new(SystemClock)).await;
    assert_eq!(
        troubles(&findings),
        [(Check::Discovery, Verdict::Failure, Some(Code::Certificate))]
    );
    assert!(
        of(&findings, Check::Discovery)
            .sentence
            .contains("CN=Acme Proxy CA")
    );
}

#[tokio::test]
async fn keys_that_are_missing_or_useless_are_a_finding_of_their_own() {
    let of_another_kind = json!({"keys": [{"kty": "oct", "k": "AAAA"}]});
    for answer in [Answer::empty(404), Answer::json(200, &of_another_kind)] {
        let server = TestProvider::start().await;
        server.always(Endpoint::Jwks, answer);
        assert_eq!(
            troubles(&asked(&server).await),
            [(Check::Keys, Verdict::Failure, Some(Code::IdTokenKey))]
        );
    }
    let server = TestProvider::start().await;
    server.discovery(json!({"id_token_signing_alg_values_supported": ["ES256"]}));
    server.publish(&[TestKey::Rsa1]);
    assert_eq!(troubles(&asked(&server).await)[0].0, Check::Keys);
}

#[tokio::test]
async fn a_wrong_clock_is_told_with_its_size_and_way() {
    for (seconds, told) in [(-840, "14 minutes fast"), (840, "14 minutes slow")] {
        let server = TestProvider::start().await;
        let there = SystemClock.now() + SignedDuration::from_secs(seconds);
        server.always(Endpoint::Jwks, keys().dated(there));
        let findings = asked(&server).await;
        assert_eq!(troubles(&findings), [(Check::Clock, Verdict::Warning, None)]);
        assert!(
            of(&findings, Check::Clock).sentence.contains(told),
            "{findings:?}"
        );
    }
}

#[tokio::test]
async fn what_a_provider_does_not_offer_is_told_with_what_it_means() {
    let server = TestProvider::start().await;
    server.discovery(json!({"revocation_endpoint": null, "end_session_endpoint": null}));
    let findings = asked(&server).await;
    assert_eq!(troubles(&findings), [(Check::Offers, Verdict::Warning, None)]);
    let offers = of(&findings, Check::Offers);
    assert!(
        offers.sentence.contains("cannot take the tokens back"),
        "{offers:?}"
    );
    assert_eq!(
        offers.facts.get("revocation").map(String::as_str),
        Some("not offered")
    );
    assert_eq!(offers.facts.get("userinfo").map(String::as_str), Some("offered"));
}

#[tokio::test]
async fn a_store_in_order_keeps_a_probe_and_nothing_stays() {
    let memory = MemoryStore::new();
    let finding = store(Arc::new(memory.clone())).await;
    assert_eq!(
        (finding.verdict, finding.code),
        (Verdict::Ok, None),
        "{finding:?}"
    );
    assert!(memory.names().is_empty());
    let small = MemoryStore::with_limit(2_560);
    assert_eq!(store(Arc::new(small)).await.verdict, Verdict::Ok);
}

#[tokio::test]
async fn the_five_facts_of_a_store_are_told_apart() {
    for (fact, code) in [
        (StoreError::Missing, Code::StoreMissing),
        (StoreError::Locked, Code::StoreLocked),
        (StoreError::Silent, Code::StoreSilent),
        (StoreError::Broken("no".to_owned()), Code::StoreBroken),
        (StoreError::Full, Code::StoreFull),
    ] {
        let memory = MemoryStore::new();
        memory.fail_with(Some(fact));
        let finding = store(Arc::new(memory)).await;
        assert_eq!((finding.verdict, finding.code), (Verdict::Failure, Some(code)));
        assert!(finding.action.is_some());
    }
}

#[tokio::test]
async fn a_probe_that_cannot_be_read_is_removed_all_the_same() {
    let memory = MemoryStore::new();
    // The write, then the read.
    memory.script([None, Some(StoreError::Broken("no".to_owned()))]);
    let finding = store(Arc::new(memory.clone())).await;
    assert_eq!(finding.code, Some(Code::StoreBroken));
    assert!(memory.names().is_empty());
}

#[test]
fn each_key_is_told_with_the_file_it_is_from() {
    let folder = tempfile::tempdir().unwrap();
    let (user, managed) = (
        folder.path().join("user.toml"),
        folder.path().join("managed.toml"),
    );
    std::fs::write(
        &user,
        "[provider]\nissuer = \"https://a.example\"\nclient_id = \"a\"\nclient_secret = \"s3cr3t\"\n[session]\nrefresh_ahead = \"30s\"\nclock_leeway = \"9s\"\n",
    )
    .unwrap();
    std::fs::write(
        &managed,
        "[provider]\nissuer = \"https://b.example\"\nclient_id = \"b\"\n[session]\nclock_leeway = \"10s\"\n",
    )
    .unwrap();
    let locations = Locations {
        user: Some(user.clone()),
        managed: Some(managed.clone()),
        ..Locations::default()
    };
    let (finding, config) = configuration(&locations);
    assert_eq!(finding.verdict, Verdict::Ok);
    assert_eq!(config.unwrap().provider.unwrap().client_id, "b");
    let from = |key: &str| finding.facts.get(key).cloned();
    assert_eq!(from("provider.issuer"), Some(managed.display().to_string()));
    assert_eq!(
        from("provider.client_secret"),
        None,
        "the lower table is not in effect"
    );
    assert_eq!(from("session.refresh_ahead"), Some(user.display().to_string()));
    assert_eq!(from("session.clock_leeway"), Some(managed.display().to_string()));
}

#[test]
fn a_configuration_that_cannot_be_used_names_the_place() {
    let folder = tempfile::tempdir().unwrap();
    let user = folder.path().join("acme.toml");
    let locations = Locations {
        user: Some(user.clone()),
        ..Locations::default()
    };
    let (finding, _) = configuration(&locations);
    assert_eq!(finding.verdict, Verdict::Failure, "there is none");
    assert!(finding.action.unwrap().contains("acme.toml"), "what to write");
    std::fs::write(&user, "[provider]\nissue = \"https://a.example\"\n").unwrap();
    let (finding, config) = configuration(&locations);
    assert!(config.is_none());
    assert_eq!(finding.code, Some(Code::ConfigurationInvalid));
    assert!(finding.sentence.contains("line 2"), "{finding:?}");
    assert!(finding.sentence.ends_with("\"?"), "{finding:?}");
}

#[test]
fn a_report_is_as_bad_as_its_worst_finding() {
    let report = |findings: &[Finding]| Report {
        findings: findings.to_vec(),
    };
    let (good, odd) = (
        Finding::ok(Check::Clock, "a"),
        Finding::warning(Check::Clock, "b", "c"),
    );
    let skipped = Finding::skipped(Check::Handler, "d");
    assert_eq!(report(&[good.clone(), skipped]).verdict(), Verdict::Ok);
    assert_eq!(report(&[odd.clone(), good]).verdict(), Verdict::Warning);
    let bad = Finding::failure(Check::Keys, "e", "f").fact("g", 1);
    let whole = report(&[odd, bad]);
    assert_eq!(whole.verdict(), Verdict::Failure);
    assert_eq!(
        whole.to_string(),
        "warning b\n        -> c\nFAILURE e\n        -> f\n        g: 1\n"
    );
}
