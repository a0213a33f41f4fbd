//! Tests of what a key must be, each named after its check.

use serde_json::json;

use super::*;
use crate::testing::{TestKey, lay_over};

/// How many keys are left of this one with these changes that verify the algorithm; null removes a member.
fn left(key: TestKey, algorithm: Algorithm, changes: Value) -> usize {
    let mut key = key.jwk();
    lay_over(key.as_object_mut().unwrap(), &changes);
    let set = KeySet::parse(json!({"keys": [key]}).to_string().as_bytes()).unwrap();
    set.fitting(algorithm, None).len()
}

fn rsa(changes: Value) -> bool {
    left(TestKey::Rsa1, Algorithm::Rs256, changes) == 1
}

#[test]
fn may_verify() {
    assert!(rsa(json!({})));
    assert!(rsa(json!({"use": null})));
    assert!(rsa(json!({"key_ops": ["sign", "verify"]})));
    for changes in [
        json!({"use": "enc"}),
        json!({"use": 1}),
        json!({"key_ops": []}),
        json!({"key_ops": ["sign"]}),
        json!({"key_ops": "verify"}),
    ] {
        assert!(!rsa(changes.clone()), "{changes}");
    }
}

#[test]
fn is_private() {
    for member in ["d", "p", "q", "k"] {
        assert!(!rsa(json!({member: "AQAB"})), "{member}");
    }
    assert_eq!(left(TestKey::P256, Algorithm::Es256, json!({"d": "AA"})), 0);
    assert_eq!(left(TestKey::Ed25519, Algorithm::EdDsa, json!({"d": "AA"})), 0);
}

#[test]
fn a_key_fits_its_kind_and_its_algorithm() {
    for (key, fitting) in [
        (TestKey::Rsa1, [true, true, false, false]),
        (TestKey::P256, [false, false, true, false]),
        (TestKey::Ed25519, [false, false, false, true]),
    ] {
        let algorithms = [
            Algorithm::Rs256,
            Algorithm::Ps256,
            Algorithm::Es256,
            Algorithm::EdDsa,
        ];
        let found = algorithms.map(|algorithm| left(key, algorithm, json!({})) == 1);
        assert_eq!(found, fitting, "{key:?}");
    }
    assert!(rsa(json!({"alg": "RS256"})));
    assert!(!rsa(json!({"alg": "PS256"})));
    assert!(!rsa(json!({"alg": "ES256"})));
    assert!(!rsa(json!({"alg": "RSA-OAEP"})));
    assert!(!rsa(json!({"alg": 256})));
}

#[test]
fn a_set_is_an_object_with_a_list_of_keys() {
    for set in [
        "[]",
        "{}",
        r#"{"keys":{}}"#,
        r#"{"keys":null}"#,
        r#"{"keys":[],"keys":[]}"#,
        "7",
    ] {
        assert!(KeySet::parse(set.as_bytes()).is_none(), "{set}");
    }
    assert!(KeySet::parse(br#"{"keys":[]}"#).is_some());
}

#[test]
fn only_so_many_keys_are_looked_at() {
    let found = |others: usize| {
        let keys: Vec<_> = std::iter::repeat_n(json!({}), others)
            .chain([TestKey::Rsa1.jwk()])
            .collect();
        let set = KeySet::parse(json!({"keys": keys}).to_string().as_bytes()).unwrap();
        set.fitting(Algorithm::Rs256, Some("rsa-1")).len()
    };
    assert_eq!(found(KEY_LIMIT - 1), 1);
    assert_eq!(found(KEY_LIMIT), 0);
}

#[test]
fn an_rsa_key_has_2048_to_8192_bits() {
    // A modulus of whole bytes: zeros in front, the first one that counts, then ones.
    let modulus = |zeros: usize, first: u8, rest: usize| {
        let bytes = [vec![0; zeros], vec![first], vec![0xff; rest]].concat();
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
    };
    for (zeros, first, rest, taken) in [
        (0, 0x7f, 255, false),
        (0, 0x80, 255, true),
        (3, 0x80, 255, true),
        (9, 0x7f, 255, false),
        (0, 0xff, 1023, true),
        (0, 0x01, 1024, false),
    ] {
        let n = modulus(zeros, first, rest);
        assert_eq!(rsa(json!({"n": n})), taken, "{zeros} {first} {rest}");
    }
    for (e, taken) in [
        ("AQAB", true),
        ("AAEAAQ", true),
        ("", false),
        ("AQEBAQEBAQEB", false),
    ] {
        assert_eq!(rsa(json!({"e": e})), taken, "{e}");
    }
}
