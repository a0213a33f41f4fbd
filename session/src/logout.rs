//! The provider's own session: the end-session page and its return (OpenID Connect RP-Initiated Logout 1.0). No I/O.
//!
//! Signing out of this device does not depend on any of it.

use url::Url;

use crate::callback::{URL_LIMIT, is_plain};
use crate::config::ProviderConfig;
use crate::error::{Code, Error, Result, Stage};
use crate::ports::{Page, Purpose};
use crate::provider::Metadata;
use crate::secret::{IdToken, SecretUrl, StateValue, random_text, same};

/// The longest ID token that is sent as a hint, in bytes. Servers refuse addresses beyond 8 KiB, and some systems cannot hand them
/// to a browser; without the hint a provider may ask the person.
const HINT_LIMIT: usize = 6 * 1024;

/// The page that ends the provider's session, and the `state` its return will carry (RP-Initiated Logout 1.0, section 2).
/// None when the provider offers none.
pub(crate) fn end_session_page(
    metadata: &Metadata,
    config: &ProviderConfig,
    id_token: Option<&IdToken>,
    post_logout_redirect_uri: Option<&str>,
) -> Option<(Page, StateValue)> {
    let mut url = metadata.end_session_endpoint.clone()?;
    let state = StateValue::new(random_text().ok()?);
    {
        let mut query = url.query_pairs_mut();
        if let Some(id_token) = id_token.filter(|token| token.secret().len() <= HINT_LIMIT) {
            query.append_pair("id_token_hint", id_token.secret());
        }
        query.append_pair("client_id", &config.client_id);
        if let Some(redirect_uri) = post_logout_redirect_uri {
            query.append_pair("post_logout_redirect_uri", redirect_uri);
            query.append_pair("state", state.secret());
        }
    }
    let page = Page {
        purpose: Purpose::SignOut,
        url: SecretUrl::new(url),
        redirect_uri: post_logout_redirect_uri.map(str::to_owned),
    };
    Some((page, state))
}

/// Judges the return from the end-session page: "If included in the logout request, the OP passes this value back to the RP
/// using the `state` parameter" (RP-Initiated Logout 1.0, section 2). That the text begins with the redirect URI is known from
/// [`Redirects::is_post_logout`](crate::redirects::Redirects::is_post_logout).
///
/// # Errors
/// [`Code::StateMismatch`] for a missing or foreign state, [`Code::ParameterRepeated`], [`Code::CallbackMalformed`]; stage
/// logout.
pub(crate) fn parse_return(url: &str, expected: &StateValue) -> Result<()> {
    let fault = |code| Err(Error::new(Stage::Logout, code));
    if url.len() > URL_LIMIT || !is_plain(url) {
        return fault(Code::CallbackMalformed);
    }
    let Ok(url) = Url::parse(url) else {
        return fault(Code::CallbackMalformed);
    };
    let states: Vec<_> = url
        .query_pairs()
        .filter(|(name, _)| name == "state")
        .map(|(_, value)| value)
        .collect();
    match states.as_slice() {
        [state] if same(state, expected.secret()) => Ok(()),
        [] | [_] => fault(Code::StateMismatch),
        [_, _, ..] => fault(Code::ParameterRepeated),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::testing::{metadata, provider_config};

    fn page(redirect_uri: Option<&str>) -> (HashMap<String, String>, StateValue) {
        let config = provider_config("https://id.example");
        let token = IdToken::new("h.p.s");
        let (page, state) =
            end_session_page(&metadata(&config), &config, Some(&token), redirect_uri).unwrap();
        let url = Url::parse(page.url.secret()).unwrap();
        (url.query_pairs().into_owned().collect(), state)
    }

    #[test]
    fn rp_init_logout() {
        let (query, state) = page(Some("dev.latchkey.desktop:/signed-out"));
        assert_eq!(query["id_token_hint"], "h.p.s");
        assert_eq!(query["client_id"], "client-1");
        assert_eq!(
            query["post_logout_redirect_uri"],
            "dev.latchkey.desktop:/signed-out"
        );
        assert_eq!(query["state"], state.secret());
        let url = format!("dev.latchkey.desktop:/signed-out?state={}", state.secret());
        assert!(parse_return(&url, &state).is_ok());
        let twice = format!("{url}&state={}", state.secret());
        assert_eq!(
            parse_return(&twice, &state).unwrap_err().code(),
            Code::ParameterRepeated
        );
    }

    #[test]
    fn an_address_stays_short_enough_for_a_browser() {
        let config = provider_config("https://id.example");
        let hinted = |length: usize| {
            let token = IdToken::new("x".repeat(length));
            let (page, _) = end_session_page(&metadata(&config), &config, Some(&token), None).unwrap();
            page.url.secret().contains("id_token_hint=")
        };
        assert!(hinted(HINT_LIMIT));
        assert!(!hinted(HINT_LIMIT + 1));
    }

    #[test]
    fn rp_init_logout_other_state() {
        let (_, state) = page(Some("dev.latchkey.desktop:/signed-out"));
        let error = parse_return("dev.latchkey.desktop:/signed-out?state=other", &state).unwrap_err();
        assert_eq!(
            (error.code(), error.stage()),
            (Code::StateMismatch, Stage::Logout)
        );
    }

    #[test]
    fn rp_init_logout_no_fragment_no_white_space() {
        let (_, state) = page(Some("dev.latchkey.desktop:/signed-out"));
        let back = format!("dev.latchkey.desktop:/signed-out?state={}", state.secret());
        assert!(parse_return(&back, &state).is_ok());
        for end in ["#", "#x", "&x=a b", "\n", "\t", "&x=\u{7f}"] {
            let error = parse_return(&format!("{back}{end}"), &state).unwrap_err();
            assert_eq!(
                (error.code(), error.stage()),
                (Code::CallbackMalformed, Stage::Logout),
                "{end:?}"
            );
        }
    }

    #[test]
    fn rp_init_logout_too_long() {
        let (_, state) = page(Some("dev.latchkey.desktop:/signed-out"));
        let back = format!("dev.latchkey.desktop:/signed-out?state={}&x=", state.secret());
        let of_length = |length: usize| format!("{back}{}", "x".repeat(length - back.len()));
        assert!(parse_return(&of_length(URL_LIMIT), &state).is_ok());
        let error = parse_return(&of_length(URL_LIMIT + 1), &state).unwrap_err();
        assert_eq!(
            (error.code(), error.stage()),
            (Code::CallbackMalformed, Stage::Logout)
        );
    }

    #[test]
    fn rp_init_logout_no_state() {
        let (_, state) = page(Some("dev.latchkey.desktop:/signed-out"));
        let error = parse_return("dev.latchkey.desktop:/signed-out", &state).unwrap_err();
        assert_eq!(error.code(), Code::StateMismatch);
    }

    #[test]
    fn without_a_return_address_no_state_is_sent() {
        let (query, _) = page(None);
        assert!(!query.contains_key("state") && !query.contains_key("post_logout_redirect_uri"));
    }

    #[test]
    fn a_provider_without_the_endpoint_has_no_page() {
        let config = provider_config("https://id.example");
        let mut document = metadata(&config);
        document.end_session_endpoint = None;
        assert!(end_session_page(&document, &config, None, None).is_none());
    }
}
