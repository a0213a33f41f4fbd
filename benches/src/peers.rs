//! The contestants of this process. Each has its key ready before it begins and starts from the token's compact text.

use std::collections::BTreeMap;
use std::str::FromStr as _;

use jsonwebtoken::{DecodingKey, Validation};
use latchkey_session::inside::Verification;
use openidconnect::core::{CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKeySet};
use openidconnect::{ClientId, IssuerUrl, Nonce};
use serde_json::Value;

use latchkey_bench::rounds::{Work, repeated};
use latchkey_bench::token::{Algorithm, CLIENT_ID, ISSUER, NONCE, Token};

/// The signature alone, already decoded: nobody can be faster.
pub(crate) fn bare(token: &Token) -> Work<'_> {
    let (signed, signature) = token.parts();
    repeated(move || token.parsed.verify_sig(signed.as_bytes(), &signature).is_ok())
}

/// What a sign-in does: header, fitting key, signature, claims, every check of OpenID Connect Core, `at_hash` among them.
pub(crate) fn latchkey(token: &Token) -> Work<'_> {
    let keys = token.keys.to_string();
    let verification = Verification::new(
        ISSUER,
        keys.as_bytes(),
        &token.compact,
        NONCE,
        token.access_token(),
    );
    repeated(move || verification.run())
}

/// Signature, `iss`, `aud`, `exp`; the claims as a map; and the nonce.
pub(crate) fn jsonwebtoken(token: &Token) -> Work<'_> {
    let jwk = serde_json::from_value(token.keys["keys"][0].clone()).expect("a key");
    let key = DecodingKey::from_jwk(&jwk).expect("a key");
    let mut validation = Validation::new(match token.algorithm {
        Algorithm::Rs256 => jsonwebtoken::Algorithm::RS256,
        Algorithm::Es256 => jsonwebtoken::Algorithm::ES256,
    });
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[CLIENT_ID]);
    repeated(move || {
        let decoded = jsonwebtoken::decode::<BTreeMap<String, Value>>(&token.compact, &key, &validation);
        decoded.is_ok_and(|decoded| decoded.claims["nonce"] == NONCE)
    })
}

/// Its whole validation; `at_hash` is a call of its own there and left out.
pub(crate) fn openidconnect(token: &Token) -> Work<'_> {
    let keys: CoreJsonWebKeySet = serde_json::from_value(token.keys.clone()).expect("a key set");
    let issuer = IssuerUrl::new(ISSUER.to_owned()).expect("a URL");
    let verifier = CoreIdTokenVerifier::new_public_client(ClientId::new(CLIENT_ID.to_owned()), issuer, keys);
    let nonce = Nonce::new(NONCE.to_owned());
    let verifier = verifier.set_allowed_algs(match token.algorithm {
        Algorithm::Rs256 => [openidconnect::core::CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256],
        Algorithm::Es256 => [openidconnect::core::CoreJwsSigningAlgorithm::EcdsaP256Sha256],
    });
    repeated(move || {
        let parsed = CoreIdToken::from_str(&token.compact).expect("a token");
        parsed.claims(&verifier, &nonce).is_ok()
    })
}
