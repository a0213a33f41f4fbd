//! What may happen at a sign-out.

use serde_json::json;

use crate::conformance::behaviour::Act::{Return, SignOut};
use crate::conformance::behaviour::{Behaviour, row};
use crate::conformance::words::parameter;
use crate::testing::{Answer, Endpoint::Revocation, IdTokenPlan};

#[rustfmt::skip]
pub(super) fn behaviours() -> Vec<Behaviour> {
    vec![
        row("oidcc-client-test-rp-init-logout", Return(|uri, state| format!("{uri}?state={state}")), "sends the browser back with our `state`", "RP-Initiated Logout 1.0, 2 and 3",
            "its return is taken; signed out, tokens revoked, sign-out page opened and left", |_| {}),
        row("oidcc-client-test-rp-init-logout-other-state", Return(|uri, _| format!("{uri}?state=another")), "sends the browser back with another `state`", "RP-Initiated Logout 1.0, 2: the one that was sent",
            "its return is refused at logout: `state-mismatch`; signed out, tokens revoked, sign-out page opened", |_| {}),
        row("oidcc-client-test-rp-init-logout-no-state", Return(|uri, _| uri.to_owned()), "sends the browser back without a `state`", "RP-Initiated Logout 1.0, 2: the one that was sent",
            "its return is refused at logout: `state-mismatch`; signed out, tokens revoked, sign-out page opened", |_| {}),
        row("return-state-twice", Return(|uri, state| format!("{uri}?state={state}&state={state}")), "sends the browser back with the `state` twice", "RFC 6749, 3.1: no parameter twice",
            "its return is refused at logout: `parameter-repeated`; signed out, tokens revoked, sign-out page opened", |_| {}),
        row("return-fragment", Return(|uri, state| format!("{uri}?state={state}#x")), "sends the browser back with a fragment", "RFC 6749, 3.1.2: none",
            "its return is refused at logout: `callback-malformed`; signed out, tokens revoked, sign-out page opened", |_| {}),
        row("page-request", SignOut, "is told who signs out", "RP-Initiated Logout 1.0, 2: `id_token_hint`, `client_id`, `post_logout_redirect_uri`, `state`",
            "signed out, tokens revoked, sign-out page opened; with a hint, to dev.latchkey.desktop:/signed-out", |_| {})
            .telling(|it| { let url = &it.pages[1].url; let hint = it.provider.issued().id_tokens.contains(&parameter(url, "id_token_hint")); format!("{}, to {}", if hint { "with a hint" } else { "without a hint" }, parameter(url, "post_logout_redirect_uri")) }),
        row("page-hint-long", SignOut, "has issued an ID token of more than 8,000 bytes", "RP-Initiated Logout 1.0, 2: the hint is recommended; our own limit: an address servers take",
            "signed out, tokens revoked, sign-out page opened; without a hint", |it| it.claims(json!({"groups": "x".repeat(6_000)})))
            .telling(|it| if parameter(&it.pages[1].url, "id_token_hint").is_empty() { "without a hint" } else { "with a hint" }.to_owned()),
        row("page-missing", SignOut, "has no sign-out page", "RP-Initiated Logout 1.0, 2.1: optional",
            "signed out, tokens revoked, sign-out page not offered", |it| it.provider.discovery(json!({"end_session_endpoint": null}))),
        row("page-http", SignOut, "has its sign-out page at an http address", "RP-Initiated Logout 1.0, 2.1: https; it is left out",
            "signed out, tokens revoked, sign-out page not offered", |it| it.provider.discovery(json!({"end_session_endpoint": "http://id.example/out"}))),
        row("page-script", SignOut, "has a script as its sign-out page", "RP-Initiated Logout 1.0, 2.1: https; it is left out",
            "signed out, tokens revoked, sign-out page not offered", |it| it.provider.discovery(json!({"end_session_endpoint": "javascript:alert(1)"}))),
        row("page-return-address", SignOut, "has a return address of its own in its sign-out page", "RFC 6749, 3.1: no parameter twice; the page is left out",
            "signed out, tokens revoked, sign-out page not offered", |it| it.provider.discovery(json!({"end_session_endpoint": format!("{}/out?post_logout_redirect_uri=https://evil.example", it.provider.issuer())}))),
        row("page-state", SignOut, "has a `state` of its own in its sign-out page", "RFC 6749, 3.1: no parameter twice; the page is left out",
            "signed out, tokens revoked, sign-out page not offered", |it| it.provider.discovery(json!({"end_session_endpoint": format!("{}/out?tenant=a&st%61te=x", it.provider.issuer())}))),
        row("page-own-query", SignOut, "has a query of its own in its sign-out page", "RFC 3986, 3.4: it is kept",
            "signed out, tokens revoked, sign-out page opened; tenant a", |it| it.provider.discovery(json!({"end_session_endpoint": format!("{}/out?tenant=a", it.provider.issuer())})))
            .telling(|it| format!("tenant {}", parameter(&it.pages[1].url, "tenant"))),
        row("revocation-refused", SignOut, "takes no revocation from public clients", "RFC 7009, 2.2.1; not asked again",
            "signed out, tokens not revoked, sign-out page opened", |it| it.provider.always(Revocation, Answer::error(401, "invalid_client"))),
        row("revocation-unsupported", SignOut, "revokes no refresh tokens", "RFC 7009, 2.2.1: `unsupported_token_type`",
            "signed out, tokens not revoked, sign-out page opened", |it| it.provider.always(Revocation, Answer::error(400, "unsupported_token_type"))),
        row("revocation-503", SignOut, "fails at the revocation", "RFC 7009, 2.2.1: later; it is owed",
            "signed out, tokens still to be revoked, sign-out page opened", |it| it.provider.always(Revocation, Answer::empty(503))),
        row("revocation-html", SignOut, "sends a web page for the revocation (a captive portal)", "RFC 7009, 2.2: it was not the provider; it is owed",
            "signed out, tokens still to be revoked, sign-out page opened", |it| it.provider.always(Revocation, Answer::html(200))),
        row("revocation-redirect", SignOut, "redirects the token to another address", "RFC 7009, 2.2: 200; no redirect is followed",
            "signed out, tokens not revoked, sign-out page opened", |it| it.provider.always(Revocation, Answer::redirect(307, "/elsewhere"))),
        row("revocation-odd-200", SignOut, "says `error` with 200", "RFC 7009, 2.2: 200 says it all",
            "signed out, tokens revoked, sign-out page opened", |it| it.provider.always(Revocation, Answer::error(200, "odd"))),
        row("revocation-missing", SignOut, "offers no revocation", "RFC 7009, 2: a provider may offer it",
            "signed out, tokens not revocable there, sign-out page opened", |it| it.provider.discovery(json!({"revocation_endpoint": null}))),
        row("revocation-http", SignOut, "wants the token at an http address", "RFC 7009, 2: https; it is left out",
            "signed out, tokens not revocable there, sign-out page opened", |it| it.provider.discovery(json!({"revocation_endpoint": "http://id.example/revoke"}))),
        row("revocation-file", SignOut, "wants the token in a file", "RFC 7009, 2: https; it is left out",
            "signed out, tokens not revocable there, sign-out page opened", |it| it.provider.discovery(json!({"revocation_endpoint": "file:///tmp/token"}))),
        row("no-refresh-token", SignOut, "has granted no refresh token", "RFC 7009, 2.1: the access token is revoked then",
            "signed out, tokens revoked, sign-out page opened; the access token", |it| { it.provider.id_tokens(IdTokenPlan::default()); it.provider.token_response(json!({"refresh_token": null})); })
            .telling(|it| { let sent = it.provider.requests(Revocation)[0].parameter("token").map(str::to_owned); format!("the {} token", if sent.is_some_and(|sent| it.provider.issued().access_tokens.contains(&sent)) { "access" } else { "refresh" }) }),
    ]
}
