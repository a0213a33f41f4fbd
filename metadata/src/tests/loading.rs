//! Loads: what is read, and why it cannot be.

use latchkey_session::Code;
use serde_json::json;

use super::server::Suffers;
use super::*;

async fn trouble(kind: Kind, suffers: Suffers) -> Trouble {
    let desk = Desk::new(kind).await;
    desk.backend.next("GET", suffers);
    let content = desk.editor.load(&ada()).await;
    assert_eq!(content.fields, None);
    content.trouble.unwrap()
}

fn status(status: u16) -> Suffers {
    Suffers::Answer(status, Vec::new(), String::new())
}

#[tokio::test]
async fn the_data_is_read_with_its_version() {
    for kind in KINDS {
        let desk = Desk::new(kind).await;
        let content = desk.editor.load(&ada()).await;
        assert_eq!(content.trouble, None);
        let fields: Vec<_> = content
            .fields
            .unwrap()
            .into_iter()
            .map(|field| (field.name, field.text))
            .collect();
        let expected = [("active", "true"), ("country", "GB"), ("first_name", "Ada")];
        assert_eq!(
            fields,
            expected.map(|(name, text)| (name.to_owned(), text.to_owned()))
        );
        assert_eq!(
            content.version.is_some(),
            matches!(kind, Kind::Strong | Kind::Weak)
        );
        let request = &desk.backend.seen()[0];
        assert_eq!(request.headers["authorization"], "Bearer t0ken-0");
        assert_eq!(request.headers["accept"], "application/json");
    }
}

#[tokio::test]
async fn auth0_is_asked_for_the_metadata_alone() {
    let desk = Desk::new(Kind::Auth0).await;
    desk.editor.load(&ada()).await;
    assert_eq!(
        desk.backend.seen()[0].target,
        "/api/v2/users/auth0%7Cada?fields=user_metadata&include_fields=true"
    );
    desk.backend
        .next("GET", Suffers::Answer(200, Vec::new(), "{}".into()));
    assert_eq!(
        desk.editor.load(&ada()).await.fields,
        Some(Vec::new()),
        "never had any"
    );
}

#[tokio::test]
async fn a_refused_token_is_renewed_once() {
    let desk = Desk::new(Kind::Strong).await;
    desk.backend.answers("GET", 401);
    let content = desk.editor.load(&ada()).await;
    assert!(content.fields.is_some());
    assert_eq!(desk.tokens.renewals(), 1);
    assert_eq!(desk.backend.seen()[1].headers["authorization"], "Bearer t0ken-1");

    desk.backend.answers("GET", 401);
    desk.backend.answers("GET", 401);
    let content = desk.editor.load(&ada()).await;
    assert_eq!(content.trouble.unwrap().code, TroubleCode::AccessRefused);
    assert_eq!(desk.tokens.renewals(), 2);
    assert!(content.fields.is_some(), "what was read before is still shown");
}

#[tokio::test]
async fn a_server_that_refuses_every_token_costs_one_renewal() {
    let desk = Desk::new(Kind::Strong).await;
    for _ in 0..20 {
        desk.backend.answers("GET", 401);
    }
    for _ in 0..5 {
        let content = desk.editor.load(&ada()).await;
        assert_eq!(content.trouble.unwrap().code, TroubleCode::AccessRefused);
        assert_eq!(desk.tokens.renewals(), 1);
    }
    let trouble = desk.save(json!({"country": "FR"})).await.unwrap_err();
    assert_eq!(trouble.code, TroubleCode::AccessRefused);
    assert_eq!(desk.tokens.renewals(), 1);
    // A token that came by itself has its own chance; so has one that was accepted meanwhile.
    desk.tokens.renew();
    desk.editor.load(&ada()).await;
    assert_eq!(desk.tokens.renewals(), 3);
    desk.backend.behaves();
    assert_eq!(desk.editor.load(&ada()).await.trouble, None);
    desk.backend.answers("GET", 401);
    assert_eq!(desk.editor.load(&ada()).await.trouble, None);
    assert_eq!(desk.tokens.renewals(), 4);
}

#[tokio::test]
async fn a_missing_permission_is_named() {
    let challenge = "Bearer error=\"insufficient_scope\", scope=\"metadata\"";
    let with_challenge = Suffers::Answer(403, vec![("www-authenticate", challenge.into())], String::new());
    let told = trouble(Kind::Strong, with_challenge).await;
    assert_eq!(
        (told.code, told.scope.as_deref()),
        (TroubleCode::Forbidden, Some("metadata"))
    );
    let known = trouble(Kind::Auth0, status(403)).await;
    assert_eq!(known.scope.as_deref(), Some("read:current_user"));
    assert_eq!(trouble(Kind::Strong, status(403)).await.scope, None);
}

#[tokio::test]
async fn a_busy_server_is_left_alone_until_it_says() {
    let desk = Desk::new(Kind::Strong).await;
    let busy = Suffers::Answer(429, vec![("retry-after", "120".into())], String::new());
    desk.backend.next("GET", busy);
    let first = desk.editor.load(&ada()).await.trouble.unwrap();
    assert_eq!(first.code, TroubleCode::Busy);
    assert!(first.retry_at.is_some());
    let second = desk.editor.load(&ada()).await.trouble.unwrap();
    assert_eq!(
        (second.code, second.retry_at),
        (TroubleCode::Busy, first.retry_at)
    );
    assert_eq!(
        desk.save(json!({"country": "FR"})).await.unwrap_err().code,
        TroubleCode::Busy
    );
    assert_eq!(desk.backend.methods(), ["GET"], "nothing is sent meanwhile");
}

#[tokio::test]
async fn what_a_server_in_trouble_says_is_told() {
    let dated = vec![
        ("date", "Wed, 21 Oct 2026 12:00:00 GMT".to_owned()),
        ("retry-after", "Wed, 21 Oct 2026 12:01:00 GMT".to_owned()),
    ];
    let told = trouble(Kind::Strong, Suffers::Answer(503, dated, String::new())).await;
    assert_eq!(told.code, TroubleCode::ServerTrouble);
    assert!(told.retry_at.is_some());
    let page = vec![("content-type", "text/html".to_owned())];
    for (suffers, code) in [
        (status(404), TroubleCode::NotFound),
        (status(500), TroubleCode::ServerTrouble),
        (Suffers::Dropped, TroubleCode::ServerTrouble),
        (status(302), TroubleCode::Unusable),
        (Suffers::Answer(200, page, "<html>".into()), TroubleCode::Unusable),
        (
            Suffers::Answer(200, Vec::new(), "[]".into()),
            TroubleCode::Unusable,
        ),
        (
            Suffers::Answer(200, Vec::new(), "x".repeat(2 * 1024 * 1024)),
            TroubleCode::TooLarge,
        ),
        (
            Suffers::Answer(200, Vec::new(), r#"{"echo":"Bearer t0ken-0"}"#.into()),
            TroubleCode::Unusable,
        ),
        (status(400), TroubleCode::Refused),
    ] {
        assert_eq!(
            trouble(Kind::Strong, suffers.clone()).await.code,
            code,
            "{suffers:?}"
        );
    }
}

#[tokio::test]
async fn without_a_way_to_the_server_it_is_offline() {
    let desk = Desk::new(Kind::Strong).await;
    desk.backend.stop();
    tokio::task::yield_now().await;
    let told = desk.editor.load(&ada()).await.trouble.unwrap();
    assert_eq!(told.code, TroubleCode::Offline);
    assert_eq!(told.problem.unwrap().code, Code::Offline);
}

#[tokio::test]
async fn without_a_token_nothing_is_asked() {
    for (code, told) in [
        (Code::NotSignedIn, TroubleCode::NotSignedIn),
        (Code::InvalidGrant, TroubleCode::NoAccess),
        (Code::Offline, TroubleCode::Offline),
    ] {
        let desk = Desk::new(Kind::Strong).await;
        desk.tokens.fail(code);
        let trouble = desk.editor.load(&ada()).await.trouble.unwrap();
        assert_eq!((trouble.code, trouble.problem.unwrap().code), (told, code));
        assert!(desk.backend.seen().is_empty());
    }
}

#[tokio::test]
async fn a_load_that_is_given_up_closes_its_connection() {
    let desk = Desk::new(Kind::Strong).await;
    desk.backend.next("GET", Suffers::Hangs);
    let person = ada();
    let load = desk.editor.load(&person);
    tokio::select! {
        _ = load => panic!("nothing answers"),
        () = desk.backend.hanging() => {}
    }
    desk.backend.gone().await;
    let content = desk.editor.load(&person).await;
    assert!(content.fields.is_some(), "the next one is not held up");
}
