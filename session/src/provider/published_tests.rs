//! docs/providers.md and the discovery documents behind it: each configuration is one, and fits the document that its provider
//! publishes. Where a document is from is said in docs/providers.md.

use super::Metadata;
use crate::config::{Config, ProviderConfig};
use crate::error::Code;

/// What a provider offers, as docs/providers.md says it.
struct Offered {
    heading: &'static str,
    document: &'static str,
    iss: bool,
    revocation: bool,
    end_session: bool,
}

const ALL: [Offered; 7] = [
    offered(
        "Keycloak",
        include_str!("published/keycloak.json"),
        true,
        true,
        true,
    ),
    offered("Auth0", include_str!("published/auth0.json"), false, true, true),
    offered(
        "Microsoft Entra ID",
        include_str!("published/entra.json"),
        false,
        false,
        true,
    ),
    offered(
        "Google",
        include_str!("published/google.json"),
        false,
        true,
        false,
    ),
    offered("Okta", include_str!("published/okta.json"), false, true, true),
    offered(
        "ZITADEL",
        include_str!("published/zitadel.json"),
        false,
        true,
        true,
    ),
    offered(
        "authentik",
        include_str!("published/authentik.json"),
        false,
        true,
        true,
    ),
];

const fn offered(
    heading: &'static str,
    document: &'static str,
    iss: bool,
    revocation: bool,
    end_session: bool,
) -> Offered {
    Offered {
        heading,
        document,
        iss,
        revocation,
        end_session,
    }
}

fn page() -> String {
    document("providers.md")
}

fn document(name: &str) -> String {
    std::fs::read_to_string(format!("{}/../docs/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// The text of one heading.
fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("\n## {heading}\n")).unwrap();
    rest.split("\n## ").next().unwrap()
}

/// The configuration in it: there is one.
fn configuration(page: &str, heading: &str) -> ProviderConfig {
    let section = section(page, heading);
    assert_eq!(section.matches("```toml\n").count(), 1, "{heading}");
    let (_, rest) = section.split_once("```toml\n").unwrap();
    let (toml, _) = rest.split_once("```").unwrap();
    Config::parse(toml, heading).unwrap().provider.unwrap()
}

/// Whether the table at the beginning says yes in this column.
fn says(page: &str, heading: &str, column: usize) -> bool {
    let row = page
        .lines()
        .find(|line| line.starts_with(&format!("| [{heading}](#")))
        .unwrap();
    let cell = row.split('|').nth(column).unwrap().trim();
    match cell.split([',', ' ']).next().unwrap() {
        "yes" | "announced" => true,
        "no" | "not" => false,
        other => panic!("{heading}: {other}"),
    }
}

#[test]
fn every_configuration_fits_what_its_provider_publishes() {
    let page = page();
    for provider in ALL {
        let config = configuration(&page, provider.heading);
        let metadata = Metadata::parse(provider.document.as_bytes(), &config)
            .unwrap_or_else(|error| panic!("{}: {error}", provider.heading));
        let found = (
            metadata.iss_parameter,
            metadata.revocation_endpoint.is_some(),
            metadata.end_session_endpoint.is_some(),
        );
        let due = (provider.iss, provider.revocation, provider.end_session);
        assert_eq!(found, due, "{}", provider.heading);
        let told = (
            says(&page, provider.heading, 4),
            says(&page, provider.heading, 5),
            says(&page, provider.heading, 6),
        );
        assert_eq!(told, due, "{}: the table of docs/providers.md", provider.heading);
        assert!(metadata.userinfo_endpoint.is_some(), "{}", provider.heading);
        assert!(!metadata.algorithms.is_empty(), "{}", provider.heading);
    }
}

/// Discovery 1.0, section 4.3: a template is nobody's issuer.
#[test]
fn a_document_for_all_tenants_is_nobodys() {
    for issuer in [
        "https://login.microsoftonline.com/common/v2.0",
        "https://login.microsoftonline.com/organizations/v2.0",
    ] {
        let toml = format!("[provider]\nissuer = \"{issuer}\"\nclient_id = \"c\"\n");
        let config = Config::parse(&toml, "common").unwrap().provider.unwrap();
        let error = Metadata::parse(include_bytes!("published/entra-common.json"), &config).unwrap_err();
        assert_eq!(error.code(), Code::IssuerMismatch);
    }
}

#[test]
fn what_the_other_documents_show_is_a_configuration() {
    for name in ["adopt.md", "fleet.md"] {
        let text = document(name);
        let blocks: Vec<_> = text.split("```toml\n").skip(1).collect();
        assert!(!blocks.is_empty(), "{name}");
        for block in blocks {
            let (toml, _) = block.split_once("```").unwrap();
            assert!(Config::parse(toml, name).unwrap().provider.is_some());
        }
    }
}

#[test]
fn what_google_does_not_know_is_not_asked_of_it() {
    let config = configuration(&page(), "Google");
    assert!(!config.scopes.iter().any(|scope| scope == "offline_access"));
    assert_eq!(config.authorize["access_type"], "offline");
}
