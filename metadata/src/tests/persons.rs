//! Whose token an editor gets from a real session: the person's it works for, and nobody else's.

use latchkey_session::Code;

use super::provider::{Provider, sign_in};
use super::*;
use crate::TokenSource;

fn somebody(provider: &Provider, sub: &str) -> Person {
    Person {
        issuer: provider.issuer.clone(),
        sub: sub.to_owned(),
    }
}

#[tokio::test]
async fn a_session_gives_its_token_for_the_person_who_is_signed_in() {
    let provider = Provider::start().await;
    let (session, mut pages) = provider.session();
    let ada = somebody(&provider, "ada");
    let nobody = session.token(&ada).await.unwrap_err();
    assert_eq!(nobody.code(), Code::NotSignedIn);
    sign_in(&session, &mut pages, "ada").await;
    let token = session.token(&ada).await.unwrap();
    assert!(token.secret().ends_with(" of ada"));
    let another = session.another(&ada, &token).await.unwrap();
    assert!(another.secret().ends_with(" of ada") && another != token);

    let issued = provider.issued();
    let of_another_issuer = Person {
        issuer: "https://id.example".to_owned(),
        sub: "ada".to_owned(),
    };
    for person in [somebody(&provider, "ben"), of_another_issuer] {
        let error = session.token(&person).await.unwrap_err();
        assert_eq!(error.code(), Code::NotSignedIn);
        let error = session.another(&person, &token).await.unwrap_err();
        assert_eq!(error.code(), Code::NotSignedIn);
    }
    assert_eq!(provider.issued(), issued, "nothing is renewed for somebody else");
}

#[tokio::test]
async fn a_token_of_who_signed_in_while_it_was_renewed_is_not_given() {
    let provider = Provider::start().await;
    let (session, mut pages) = provider.session();
    let ada = somebody(&provider, "ada");
    sign_in(&session, &mut pages, "ada").await;
    let gate = provider.hold_renewals();
    let asking = tokio::spawn({
        let (session, ada) = (session.clone(), ada.clone());
        async move { session.token(&ada).await }
    });
    provider.renewing().await;
    sign_in(&session, &mut pages, "ben").await;
    gate.notify_waiters();
    let asked = asking.await.unwrap();
    assert_eq!(asked.unwrap_err().code(), Code::NotSignedIn);
}
