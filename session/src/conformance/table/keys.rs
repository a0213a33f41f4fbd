//! What the key set may hold, and what a token may say about its key.

use serde_json::{Value, json};

use super::forge::{key_with, own_key, set, twice};
use crate::conformance::behaviour::Act::{Again, SignIn, Tries};
use crate::conformance::behaviour::{Behaviour, row};
use crate::testing::{Answer, Endpoint, IdTokenPlan, TestKey};

#[rustfmt::skip]
pub(super) fn behaviours() -> Vec<Behaviour> {
    vec![
        row("oidcc-client-test-discovery-jwks-uri-keys", SignIn, "publishes its keys at `jwks_uri`", "Core 10.1.1: the keys are there",
            "signed in; keys asked for once", |_| {})
            .telling(|it| it.asked("keys", Endpoint::Jwks)),
        row("oidcc-client-test-kid-absent-single-jwks", SignIn, "has one key and names none in the token", "Core 10.1: `kid` is needed with several keys only",
            "signed in", |it| { it.provider.publish(&[TestKey::Rsa1]); it.header(json!({"kid": null})); }),
        row("oidcc-client-test-kid-absent-multiple-jwks", SignIn, "has several keys and names none in the token", "Core 10.1: refuse, or try those that fit; here they are tried",
            "signed in", |it| { it.provider.publish(&[TestKey::Rsa2, TestKey::P256, TestKey::Rsa1]); it.header(json!({"kid": null})); }),
        row("kid-absent-none-fits", SignIn, "has several keys, none of which has signed", "Core 3.1.3.7, 6: the signature is validated",
            "refused at id-token: `id-token-signature`", |it| { it.provider.publish(&[TestKey::Rsa2, TestKey::P256]); it.header(json!({"kid": null})); }),
        row("oidcc-client-test-signing-key-rotation", Again, "signs with a new key from the second sign-in on", "Core 10.1.1: an unfamiliar `kid` means asking again",
            "signed in; keys asked for twice", |it| { it.provider.publish(&[TestKey::Rsa2]); it.signed_by(TestKey::Rsa2); })
            .telling(|it| it.asked("keys", Endpoint::Jwks)),
        row("oidcc-client-test-signing-key-rotation-just-before-signing", SignIn, "changes its key between publishing and signing", "Core 10.1.1: an unfamiliar `kid` means asking again",
            "signed in; keys asked for twice", |it| { it.provider.publish(&[TestKey::Rsa2]); it.signed_by(TestKey::Rsa2); it.provider.once(Endpoint::Jwks, Answer::json(200, &set([TestKey::Rsa1.jwk()]))); })
            .telling(|it| it.asked("keys", Endpoint::Jwks)),
        row("kid-unknown", SignIn, "signs with a key it does not publish", "Core 10.1.1: asked again once, then refused",
            "refused at id-token: `id-token-key`; keys asked for twice", |it| it.signed_by(TestKey::Rsa2))
            .telling(|it| it.asked("keys", Endpoint::Jwks)),
        row("kid-unknown-twelve-times", Tries(12), "signs with a key it does not publish, in twelve sign-ins", "Core 10.1.1 asks again; our own limit is five times a minute",
            "refused at id-token: `id-token-key`; keys asked for 6 times", |it| it.signed_by(TestKey::Rsa2))
            .telling(|it| it.asked("keys", Endpoint::Jwks)),
        row("kid-number", SignIn, "names a number as `kid`", "RFC 7515, 4.1.4: a text",
            "refused at id-token: `id-token-malformed`", |it| it.header(json!({"kid": 1}))),
        row("kid-injection", SignIn, "names a path and a query as `kid`", "RFC 8725, 3.10: `kid` is compared and nothing else",
            "refused at id-token: `id-token-key`", |it| it.header(json!({"kid": "../../elsewhere' OR 1=1 --"}))),
        row("kid-of-two-keys", SignIn, "gives two keys the same `kid`", "RFC 7517, 4.5: should not; all of them are tried",
            "signed in", |it| { let mut other = TestKey::Rsa2.jwk(); other["kid"] = json!("rsa-1"); it.provider.jwks(set([other, TestKey::Rsa1.jwk()])); }),
        row("kid-of-another-kind", SignIn, "names its EC key in a token of RS256", "RFC 8725, 3.1: the key fits the algorithm",
            "refused at id-token: `id-token-key`", |it| it.header(json!({"kid": "p256"}))),
        row("key-in-header", SignIn, "brings the key along in the header (`jwk`)", "RFC 8725, 3.10: keys come from `jwks_uri` alone",
            "refused at id-token: `id-token-key`", |it| it.provider.id_tokens(own_key(json!({"jwk": TestKey::Rsa2.jwk()})))),
        row("key-address-in-header", SignIn, "names an address of keys in the header (`jku`)", "RFC 8725, 3.10: it is not asked",
            "refused at id-token: `id-token-key`", |it| it.provider.id_tokens(own_key(json!({"jku": format!("{}/elsewhere", it.provider.issuer())})))),
        row("certificate-in-header", SignIn, "brings a certificate and its address along (`x5c`, `x5u`)", "RFC 8725, 3.10: neither is looked at",
            "refused at id-token: `id-token-key`", |it| it.provider.id_tokens(own_key(json!({"x5c": ["MIIB"], "x5u": format!("{}/elsewhere", it.provider.issuer())})))),
        row("key-in-header-known-kid", SignIn, "brings a key along under the `kid` of a published one", "RFC 8725, 3.10: the published one verifies",
            "refused at id-token: `id-token-signature`", |it| it.provider.id_tokens(own_key(json!({"kid": "rsa-1", "jwk": TestKey::Rsa2.jwk()})))),
        row("odd-keys", SignIn, "publishes a dozen odd things beside its key", "RFC 7517, 5: what is not understood is ignored, one by one",
            "signed in", |it| it.provider.jwks(set(odd().into_iter().chain([TestKey::Rsa1.jwk()])))),
        row("only-odd-keys", SignIn, "publishes a dozen odd things and no key", "Core 10.1: there has to be a key",
            "refused at id-token: `id-token-key`", |it| it.provider.jwks(set(odd()))),
        row("key-off-the-curve", SignIn, "publishes a point that is not on its curve, beside the right key", "RFC 8725, 3.4: inputs are validated",
            "signed in", |it| { it.signed_by(TestKey::P256); let mut off = TestKey::P256.jwk(); off["y"] = off["x"].clone(); it.provider.jwks(set([off, TestKey::P256.jwk()])); }),
        row("key-short", SignIn, "publishes an RSA key of 1024 bits", "RFC 7518, 3.3: 2048 bits or more",
            "refused at id-token: `id-token-key`", |it| it.provider.jwks(set([key_with(json!({"n": "_".repeat(171)}))]))),
        row("key-for-encryption", SignIn, "publishes its key for encryption only", "RFC 7517, 4.2: `use` is `sig`",
            "refused at id-token: `id-token-key`", |it| it.provider.jwks(set([key_with(json!({"use": "enc"}))]))),
        row("key-not-to-verify", SignIn, "publishes its key for signing only (`key_ops`)", "RFC 7517, 4.3: it is to verify",
            "refused at id-token: `id-token-key`", |it| it.provider.jwks(set([key_with(json!({"key_ops": ["sign"]}))]))),
        row("key-of-another-algorithm", SignIn, "publishes its key for PS256 and signs with RS256", "RFC 8725, 3.1: a key is for one algorithm",
            "refused at id-token: `id-token-key`", |it| it.provider.jwks(set([key_with(json!({"alg": "PS256"}))]))),
        row("key-private", SignIn, "publishes the private half of its key", "Discovery 3: must not; what it signs proves nothing",
            "refused at id-token: `id-token-key`", |it| it.provider.jwks(set([key_with(json!({"d": "AQAB"}))]))),
        row("key-member-twice", SignIn, "says `kid` twice in one key", "RFC 7517, 4: names are unique; the key is skipped",
            "refused at id-token: `id-token-key`", |it| { let key = twice(&TestKey::Rsa1.jwk().to_string(), r#""kid":"rsa-1""#); it.says(Endpoint::Jwks, format!(r#"{{"keys":[{}]}}"#, String::from_utf8(key).unwrap())); }),
        row("set-member-twice", SignIn, "says `keys` twice", "RFC 7517, 5: names are unique",
            "refused at id-token: `id-token-key`", |it| { let keys = set([TestKey::Rsa1.jwk()])["keys"].clone(); it.says(Endpoint::Jwks, format!(r#"{{"keys":{keys},"keys":{keys}}}"#)); }),
        row("set-empty", SignIn, "publishes no key", "Core 10.1: there has to be a key",
            "refused at id-token: `id-token-key`", |it| it.provider.jwks(set([]))),
        row("set-of-another-type", SignIn, "publishes keys that are no list", "RFC 7517, 5.1: a list",
            "refused at id-token: `id-token-key`", |it| it.provider.jwks(json!({"keys": TestKey::Rsa1.jwk()}))),
        row("set-of-thousands", SignIn, "publishes its key as the 1,001st", "Our own limit: a hundred are looked at",
            "refused at id-token: `id-token-key`", |it| it.provider.jwks(set(std::iter::repeat_n(json!({}), 1000).chain([TestKey::Rsa1.jwk()])))),
        row("set-404", SignIn, "has no key set", "Core 10.1: there has to be one",
            "refused at id-token: `id-token-key`", |it| it.provider.always(Endpoint::Jwks, Answer::empty(404))),
        row("set-503", SignIn, "fails to give its keys", "RFC 9110, 15.6: says nothing about the keys",
            "refused at id-token: `provider-fault`", |it| it.provider.always(Endpoint::Jwks, Answer::empty(503))),
        row("set-html", SignIn, "sends a web page for its keys", "RFC 7517, 5: JSON",
            "refused at id-token: `not-json`", |it| it.provider.always(Endpoint::Jwks, Answer::html(200))),
        row("set-redirect", SignIn, "redirects to other keys", "RFC 8725, 3.10: `jwks_uri` and nowhere else",
            "refused at id-token: `not-json`", |it| it.provider.always(Endpoint::Jwks, Answer::redirect(302, "/elsewhere"))),
        row("set-huge", SignIn, "sends 300,000 bytes of keys", "RFC 8259, 9: a parser has limits",
            "refused at id-token: `too-large`", |it| it.provider.always(Endpoint::Jwks, Answer::huge(300_000))),
        row("es256-key-for-another-curve", SignIn, "publishes its P-256 key as P-384", "RFC 7518, 3.4: ES256 is P-256",
            "refused at id-token: `id-token-key`", |it| { it.provider.id_tokens(IdTokenPlan::signed_by(TestKey::P256)); let mut key = TestKey::P256.jwk(); key["crv"] = json!("P-384"); it.provider.jwks(set([key])); }),
    ]
}

/// Things that are found in key sets and are not keys for us.
fn odd() -> Vec<Value> {
    vec![
        json!(7),
        json!(null),
        json!("key"),
        json!({}),
        json!({"kty": "oct", "k": "c2VjcmV0", "kid": "rsa-1"}),
        json!({"kty": "AKP", "alg": "ML-DSA-44", "pub": "AA", "kid": "rsa-1"}),
        json!({"kty": "EC", "crv": "P-521", "x": "AA", "y": "AA"}),
        json!({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "rsa-1"}),
        json!({"kty": "OKP", "crv": "X25519", "x": "AA"}),
        key_with(json!({"kid": 1})),
        key_with(json!({"n": "not base64url!"})),
        key_with(json!({"use": ["sig"]})),
        key_with(json!({"alg": "RSA-OAEP"})),
    ]
}
