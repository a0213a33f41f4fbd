//! Tests of the discovery document, those of a check named after it.

use serde_json::{Value, json};

use super::*;
use crate::testing::provider_config;

const INSECURE: [&str; 7] = [
    "http://id.example/x",
    "http://127.0.0.1:1/x",
    "javascript:alert(1)",
    "file:///x",
    "ftp://id.example/x",
    "data:text/html,x",
    "dev.latchkey.desktop:/callback",
];

fn parsed(issuer: &str, changes: Value) -> Result<Metadata> {
    let mut document = json!({
        "issuer": issuer, "authorization_endpoint": "https://id.example/a", "token_endpoint": "https://id.example/t",
        "jwks_uri": "https://id.example/j",
    });
    crate::testing::lay_over(document.as_object_mut().unwrap(), &changes);
    Metadata::parse(document.to_string().as_bytes(), &provider_config(issuer))
}

fn code(issuer: &str, changes: Value) -> Option<Code> {
    parsed(issuer, changes).err().map(|error| error.code())
}

#[test]
fn the_well_known_path_is_appended() {
    for (issuer, url) in [
        (
            "https://id.example",
            "https://id.example/.well-known/openid-configuration",
        ),
        (
            "https://id.example/",
            "https://id.example/.well-known/openid-configuration",
        ),
        (
            "https://id.example/a/b",
            "https://id.example/a/b/.well-known/openid-configuration",
        ),
        (
            "https://id.example/a/",
            "https://id.example/a/.well-known/openid-configuration",
        ),
    ] {
        assert_eq!(discovery_url(&provider_config(issuer)).as_str(), url);
    }
}

#[test]
fn metadata_with_only_the_required_members_serves() {
    let metadata = parsed("https://id.example", json!({})).unwrap();
    assert_eq!(metadata.userinfo_endpoint, None);
    assert_eq!(metadata.algorithms, [crate::id_token::Algorithm::Rs256]);
    assert_eq!(metadata.client_authentication, ClientAuthentication::Basic);
    assert!(!metadata.iss_parameter);
    assert_eq!(code("https://id.example", json!({"userinfo_endpoint": ""})), None);
}

#[test]
fn right_issuer() {
    for announced in [
        "https://id.example/",
        "https://ID.example",
        "https://evil.example",
        "https://id.example:443",
    ] {
        let found = code("https://id.example", json!({"issuer": announced}));
        assert_eq!(found, Some(Code::IssuerMismatch), "{announced}");
    }
    assert_eq!(
        code("https://id.example", json!({"issuer": null})),
        Some(Code::DiscoveryInvalid)
    );
    assert_eq!(
        code("https://id.example", json!({"issuer": 1})),
        Some(Code::DiscoveryInvalid)
    );
}

#[test]
fn required_members_are_required() {
    for member in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
        for value in [
            json!(null),
            json!(""),
            json!(7),
            json!("/relative"),
            json!("https://me:pw@id.example/"),
            json!("https://id.example/#x"),
            json!(format!("https://id.example/{}", "x".repeat(2048))),
        ] {
            let found = code("https://id.example", json!({member: value}));
            assert_eq!(found, Some(Code::DiscoveryInvalid), "{member} {value}");
        }
    }
}

#[test]
fn adds_no_parameter_of_ours() {
    let of = |query: &str, config: &ProviderConfig| {
        let document = json!({
            "issuer": "https://id.example", "authorization_endpoint": format!("https://id.example/a?{query}"),
            "token_endpoint": "https://id.example/t", "jwks_uri": "https://id.example/j",
        });
        Metadata::parse(document.to_string().as_bytes(), config).map(|_| ())
    };
    let mut config = provider_config("https://id.example");
    for (query, name) in [
        ("state=x", "state"),
        ("policy=b2c&client_id=other", "client_id"),
        ("redirect_uri=https://evil.example", "redirect_uri"),
        ("nonce", "nonce"),
        ("response_type=token", "response_type"),
        ("s%63ope=x", "scope"),
        ("code_challenge=x", "code_challenge"),
        ("code_challenge_method=plain", "code_challenge_method"),
    ] {
        let error = of(query, &config).unwrap_err();
        assert_eq!(
            (error.stage(), error.code()),
            (Stage::Discovery, Code::DiscoveryInvalid)
        );
        let detail = error.problem().detail.clone().unwrap();
        assert!(detail.ends_with(&format!(" {name}")), "{query}: {detail}");
    }
    for query in ["", "policy=b2c", "audience=x&prompt=login", "State=x"] {
        of(query, &config).unwrap();
    }
    config.audience = Some("https://api.example".into());
    config.authorize.insert("prompt".into(), "login".into());
    of("audience=x", &config).unwrap_err();
    of("prompt=login", &config).unwrap_err();
    of("policy=b2c", &config).unwrap();
}

#[test]
fn every_endpoint_is_https() {
    for member in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
        for url in INSECURE {
            let found = code("https://id.example", json!({member: url}));
            assert_eq!(found, Some(Code::InsecureEndpoint), "{member} {url}");
        }
    }
}

#[test]
fn an_endpoint_that_may_not_be_used_is_left_out_where_a_sign_in_can_do_without() {
    let with = |member: &str, value: &Value| parsed("https://id.example", json!({member: value})).unwrap();
    let odd = [
        json!(7),
        json!("/relative"),
        json!("https://me:pw@id.example/"),
        json!("https://id.example/#x"),
        json!(format!("https://id.example/{}", "x".repeat(2048))),
    ];
    for value in INSECURE.iter().map(|url| json!(url)).chain(odd) {
        assert_eq!(
            with("userinfo_endpoint", &value).userinfo_endpoint,
            None,
            "{value}"
        );
        assert_eq!(
            with("revocation_endpoint", &value).revocation_endpoint,
            None,
            "{value}"
        );
        assert_eq!(
            with("end_session_endpoint", &value).end_session_endpoint,
            None,
            "{value}"
        );
    }
}

#[test]
fn adds_no_parameter_of_the_logout() {
    let kept = |query: &str| {
        let url = format!("https://id.example/out?{query}");
        let metadata = parsed("https://id.example", json!({"end_session_endpoint": url})).unwrap();
        metadata.end_session_endpoint.is_some()
    };
    for query in [
        "state=x",
        "client_id=other",
        "id_token_hint=x",
        "tenant=a&post_logout_redirect_uri=https://evil.example",
        "post_logout_redirect_ur%69=https://evil.example",
    ] {
        assert!(!kept(query), "{query}");
    }
    assert!(kept("tenant=a") && kept("") && kept("State=x"));
}

#[test]
fn is_web_page() {
    assert!(super::is_web_page("https://id.example/?state=x"));
    assert!(super::is_web_page("http://127.0.0.1:1/"));
    for url in INSECURE.into_iter().filter(|url| !url.contains("127.0.0.1")) {
        assert!(!super::is_web_page(url), "{url}");
    }
    assert!(!super::is_web_page("not a URL"));
}

#[test]
fn a_document_that_says_something_twice_is_none() {
    let document = br#"{"issuer":"https://id.example","issuer":"https://id.example"}"#;
    let error = Metadata::parse(document, &provider_config("https://id.example")).unwrap_err();
    assert_eq!(error.code(), Code::DiscoveryInvalid);
}

#[test]
fn loopback_may_be_http_where_the_issuer_is() {
    for url in [
        "http://127.0.0.1:2/x",
        "http://[::1]:2/x",
        "http://localhost/x",
        "https://id.example/x",
    ] {
        assert_eq!(
            code("http://127.0.0.1:1", json!({"token_endpoint": url})),
            None,
            "{url}"
        );
    }
    for url in [
        "http://id.example/x",
        "http://127.0.0.1.evil.example/x",
        "http://localhost.evil.example/",
        "http://10.0.0.1/",
    ] {
        assert_eq!(
            code("http://127.0.0.1:1", json!({"token_endpoint": url})),
            Some(Code::InsecureEndpoint),
            "{url}"
        );
    }
}

#[test]
fn a_secret_goes_into_the_body_only_where_that_alone_is_announced() {
    let of = |methods: Value| {
        parsed(
            "https://id.example",
            json!({"token_endpoint_auth_methods_supported": methods}),
        )
        .unwrap()
        .client_authentication
    };
    assert_eq!(of(json!(["client_secret_post"])), ClientAuthentication::Post);
    assert_eq!(
        of(json!(["client_secret_post", "client_secret_basic"])),
        ClientAuthentication::Basic
    );
    assert_eq!(of(json!(["none"])), ClientAuthentication::Basic);
    assert_eq!(of(json!("client_secret_post")), ClientAuthentication::Basic);
}
