//! The table, in chapters by where a behaviour comes from. Two lines a behaviour: its name, when and what; what the standard says,
//! the reaction that is due, and how the base is bent.

mod callback;
mod device;
mod discovery;
mod endpoint;
mod fine;
mod forge;
mod id_token;
mod keys;
mod logout;
mod pushed;
mod quoting;
mod refresh;
mod signature;
mod userinfo;

use super::behaviour::Behaviour;

/// The behaviours of one place.
pub(super) struct Chapter {
    /// The heading.
    pub(super) title: &'static str,
    /// One or two sentences.
    pub(super) says: &'static str,
    pub(super) behaviours: Vec<Behaviour>,
}

/// All of them.
pub(super) fn chapters() -> Vec<Chapter> {
    vec![
        chapter(
            "Discovery",
            "The document at `/.well-known/openid-configuration`. It is asked for at the beginning of every sign-in.",
            discovery::behaviours(),
        ),
        chapter(
            "Keys",
            "The key set at `jwks_uri`. Keys come from there and from nowhere else.",
            keys::behaviours(),
        ),
        chapter(
            "ID token: form and signature",
            "What is checked before a claim is looked at.",
            signature::behaviours(),
        ),
        chapter(
            "ID token: claims",
            "OpenID Connect Core 3.1.3.7, step by step, and `at_hash` of 3.1.3.8.",
            id_token::behaviours(),
        ),
        chapter(
            "Token endpoint",
            "The answer to the code. It is redeemed once, over a connection of its own.",
            endpoint::behaviours(),
        ),
        chapter(
            "Userinfo",
            "More claims. Whatever is wrong with them, the ID token's serve.",
            userinfo::behaviours(),
        ),
        chapter(
            "Refresh",
            "The renewal of a session that is signed in. Only `invalid_grant` ends it.",
            refresh::behaviours(),
        ),
        chapter(
            "Logout",
            "Signing out here never fails for what the provider does.",
            logout::behaviours(),
        ),
        chapter(
            "Callback",
            "The authorization response. Tables of malformed links are in the tests of `callback.rs`.",
            callback::behaviours(),
        ),
        chapter(
            "Quoting",
            "Secrets that come back in what a provider says. None is in a view, in an error, in what is told about the person, or in the log.",
            quoting::behaviours(),
        ),
        chapter(
            "Pushed authorization requests",
            "RFC 9126, where the provider takes them. The request is pushed anew each time it is opened.",
            pushed::behaviours(),
        ),
        chapter(
            "Another device",
            "RFC 8628: the codes, and what the token endpoint says while the person decides.",
            device::behaviours(),
        ),
        chapter(
            "Odd but fine",
            "What real servers do, standard or not, and what has to work.",
            fine::behaviours(),
        ),
    ]
}

fn chapter(title: &'static str, says: &'static str, behaviours: Vec<Behaviour>) -> Chapter {
    Chapter {
        title,
        says,
        behaviours,
    }
}

/// The modules of the OpenID Foundation's relying-party plans that fit a public client with the code flow: Basic, Config, Refresh
/// and RP-initiated logout.
pub(super) const MODULES: [&str; 26] = [
    "oidcc-client-test",
    "oidcc-client-test-invalid-iss",
    "oidcc-client-test-missing-sub",
    "oidcc-client-test-invalid-aud",
    "oidcc-client-test-missing-iat",
    "oidcc-client-test-kid-absent-single-jwks",
    "oidcc-client-test-kid-absent-multiple-jwks",
    "oidcc-client-test-idtoken-sig-rs256",
    "oidcc-client-test-idtoken-sig-none",
    "oidcc-client-test-invalid-sig-rs256",
    "oidcc-client-test-userinfo-invalid-sub",
    "oidcc-client-test-nonce-invalid",
    "oidcc-client-test-scope-userinfo-claims",
    "oidcc-client-test-discovery-openid-config",
    "oidcc-client-test-discovery-jwks-uri-keys",
    "oidcc-client-test-discovery-issuer-mismatch",
    "oidcc-client-test-signing-key-rotation",
    "oidcc-client-test-signing-key-rotation-just-before-signing",
    "oidcc-client-test-refresh-token",
    "oidcc-client-test-refresh-token-invalid-issuer",
    "oidcc-client-test-refresh-token-invalid-sub",
    "oidcc-client-test-refresh-token-invalid-aud",
    "oidcc-client-test-refresh-token-invalid-azp",
    "oidcc-client-test-rp-init-logout",
    "oidcc-client-test-rp-init-logout-other-state",
    "oidcc-client-test-rp-init-logout-no-state",
];
