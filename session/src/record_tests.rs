//! The stored forms come back whole, or are reported.

use super::*;

const ISSUER: &str = "https://id.example";

fn record() -> Record {
    let at = |second| Timestamp::from_second(second).unwrap();
    Record {
        tokens: TokenSet {
            access_token: AccessToken::new("at-1"),
            expires_at: Some(at(1300)),
            obtained_at: at(1000),
            refresh_token: Some(RefreshToken::new("rt-1")),
            id_token: Some(IdToken::new("h.p.s")),
            scope: Some("openid".into()),
        },
        identity: Identity {
            issuer: ISSUER.into(),
            sub: "ada".into(),
            claims: serde_json::Map::from_iter([("name".to_owned(), "Ada".into())]),
            auth_time: None,
            nonce: Some("n-1".into()),
        },
        since: at(900),
        how: How::Loopback,
        consent: crate::account::Consent::Unneeded,
    }
}

#[test]
fn a_record_comes_back_whole() {
    let bytes = record().to_bytes(ISSUER, "desktop").unwrap();
    let back = Record::from_bytes(&bytes, ISSUER, "desktop").unwrap();
    let before = record();
    assert_eq!(back.tokens.access_token, before.tokens.access_token);
    assert_eq!(back.tokens.refresh_token, before.tokens.refresh_token);
    assert_eq!(back.tokens.id_token, before.tokens.id_token);
    assert_eq!(back.tokens.expires_at, before.tokens.expires_at);
    assert_eq!(back.identity, before.identity);
    assert_eq!((back.since, back.how), (before.since, before.how));
}

#[test]
fn a_record_of_another_issuer_or_client_is_not_taken() {
    let bytes = record().to_bytes(ISSUER, "desktop").unwrap();
    for (issuer, client_id) in [("https://id.example/", "desktop"), (ISSUER, "other")] {
        let error = Record::from_bytes(&bytes, issuer, client_id).unwrap_err();
        assert_eq!(
            (error.stage(), error.code()),
            (Stage::Store, Code::RecordUnreadable)
        );
    }
}

#[test]
fn a_newer_or_damaged_record_is_reported_without_what_it_holds() {
    for bytes in [
        &b"{\"version\":2,\"access_token\":\"at-1\"}"[..],
        b"{\"version\":1,\"access_token\":\"at-1\"}",
        b"\xffat-1",
    ] {
        let error = Record::from_bytes(bytes, ISSUER, "desktop").unwrap_err();
        assert_eq!(error.code(), Code::RecordUnreadable);
        assert!(!format!("{error:?} {error}").contains("at-1"));
    }
}

#[test]
fn an_attempt_comes_back_whole() {
    let attempt = Attempt {
        how: How::DeepLink,
        issuer: ISSUER.into(),
        client_id: "desktop".into(),
        redirect_uri: "dev.latchkey.desktop:/callback".into(),
        token_endpoint: "https://id.example/token".into(),
        state: StateValue::new("s"),
        nonce: Nonce::new("n"),
        verifier: CodeVerifier::new("v"),
        iss_expected: true,
        max_age: Some(60),
        another: false,
        consent: crate::account::Consent::Unneeded,
        created_at: Timestamp::from_second(1000).unwrap(),
        deadline: Timestamp::from_second(1300).unwrap(),
        authorization_url: SecretUrl::new("https://id.example/authorize?state=s"),
    };
    let back = attempt_from_bytes(&attempt_to_bytes(&attempt).unwrap()).unwrap();
    assert_eq!(
        (back.state, back.nonce, back.verifier),
        (attempt.state, attempt.nonce, attempt.verifier)
    );
    assert_eq!(
        (back.created_at, back.deadline),
        (attempt.created_at, attempt.deadline)
    );
    assert_eq!((back.iss_expected, back.max_age), (true, Some(60)));
    assert_eq!(back.token_endpoint, attempt.token_endpoint);
    assert_eq!(back.redirect_uri, attempt.redirect_uri);
}

/// As version 0.1.0 wrote it. It stays here for good: every later version reads it.
const RECORD_1: &str = r#"{"version":1,"issuer":"https://id.example","client_id":"desktop","since":"1970-01-01T00:15:00Z","how":"loopback","access_token":"at-1","expires_at":"1970-01-01T00:21:40Z","obtained_at":"1970-01-01T00:16:40Z","refresh_token":"rt-1","id_token":"h.p.s","scope":"openid","identity":{"issuer":"https://id.example","sub":"ada","claims":{"name":"Ada"},"nonce":"n-1"}}"#;

#[test]
fn a_record_of_an_earlier_version_is_read() {
    let back = Record::from_bytes(RECORD_1.as_bytes(), ISSUER, "desktop").unwrap();
    assert_eq!(back.tokens.refresh_token, record().tokens.refresh_token);
    assert_eq!(back.tokens.obtained_at, record().tokens.obtained_at);
    assert_eq!((back.since, back.how), (record().since, record().how));
    assert_eq!(back.identity, record().identity);
}

#[test]
fn members_of_later_versions_do_no_harm() {
    let later = RECORD_1.replacen('{', r#"{"mood":"bright","#, 1);
    Record::from_bytes(later.as_bytes(), ISSUER, "desktop").unwrap();
}

#[test]
fn what_is_owed_comes_back_whole() {
    let drop_at = Timestamp::from_second(5000).unwrap();
    let owed = vec![
        Owed {
            token: Revocable::Refresh(RefreshToken::new("rt-1")),
            drop_at,
        },
        Owed {
            token: Revocable::Access(AccessToken::new("at-1")),
            drop_at,
        },
    ];
    assert_eq!(outbox_from_bytes(&outbox_to_bytes(&owed).unwrap()).unwrap(), owed);
    assert!(outbox_from_bytes(b"{}").is_err());
}

fn renewal(refresh_token: Option<&str>) -> Renewal {
    Renewal {
        tokens: TokenSet {
            access_token: AccessToken::new("at-2"),
            expires_at: None,
            obtained_at: Timestamp::from_second(1200).unwrap(),
            refresh_token: refresh_token.map(RefreshToken::new),
            id_token: None,
            scope: None,
        },
        identity: None,
        refused: None,
    }
}

#[test]
fn a_renewal_without_a_refresh_token_or_an_id_token_keeps_the_old_ones() {
    let (next, refused) = record().renewed(renewal(None));
    assert!(refused.is_none());
    assert_eq!(next.tokens.access_token, AccessToken::new("at-2"));
    assert_eq!(next.tokens.refresh_token, record().tokens.refresh_token);
    assert_eq!(next.tokens.id_token, record().tokens.id_token);
    let (next, _) = record().renewed(renewal(Some("rt-2")));
    assert_eq!(next.tokens.refresh_token, Some(RefreshToken::new("rt-2")));
}

#[test]
fn of_a_refused_renewal_only_the_rotated_refresh_token_is_kept() {
    let error = Error::new(Stage::Refresh, Code::IdTokenExpired);
    let (next, refused) = record().renewed(Renewal {
        refused: Some(error),
        ..renewal(Some("rt-2"))
    });
    assert!(refused.is_some());
    assert_eq!(next.tokens.refresh_token, Some(RefreshToken::new("rt-2")));
    assert_eq!(next.tokens.access_token, record().tokens.access_token);
    assert_eq!(next.tokens.expires_at, record().tokens.expires_at);
}
