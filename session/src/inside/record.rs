//! What the credential store gives back, which another program of this person may have written.

use super::{CLIENT_ID, ISSUER, SECRET, problem, shown};
use crate::record::{Record, attempt_from_bytes, attempt_to_bytes, outbox_from_bytes, outbox_to_bytes};

/// What can be read is written as it was read: a record, a pending attempt, the revocations owed, the head entry. A record is our
/// issuer's and our client's. A refusal quotes nothing of what was there.
pub fn record(data: &[u8]) -> bool {
    a_record(data) | an_attempt(data) | an_outbox(data) | crate::store::inside::head(data)
}

fn a_record(data: &[u8]) -> bool {
    let record = match Record::from_bytes(data, ISSUER, CLIENT_ID) {
        Ok(record) => record,
        Err(error) => {
            problem(&error, &[SECRET]);
            return false;
        }
    };
    assert_eq!(record.identity.issuer, ISSUER);
    let written = record.to_bytes(ISSUER, CLIENT_ID).unwrap();
    let back = Record::from_bytes(&written, ISSUER, CLIENT_ID).unwrap();
    assert_eq!(back.tokens, record.tokens);
    assert_eq!(back.identity, record.identity);
    assert_eq!((back.since, back.how), (record.since, record.how));
    assert_eq!(back.to_bytes(ISSUER, CLIENT_ID).unwrap(), written);
    assert!(Record::from_bytes(&written, "https://id.example/", CLIENT_ID).is_err());
    assert!(Record::from_bytes(&written, ISSUER, "other").is_err());
    // A claim may say what it likes; a token is not shown.
    let of_claims = format!("{:?}", record.identity).contains(SECRET);
    assert!(of_claims || !format!("{record:?}").contains(SECRET));
    let profile = record.identity.profile();
    shown(&profile.name, 200);
    shown(profile.email.as_deref().unwrap_or_default(), 254);
    true
}

fn an_attempt(data: &[u8]) -> bool {
    let attempt = match attempt_from_bytes(data) {
        Ok(attempt) => attempt,
        Err(error) => {
            problem(&error, &[SECRET]);
            return false;
        }
    };
    let written = attempt_to_bytes(&attempt).unwrap();
    let back = attempt_from_bytes(&written).unwrap();
    assert_eq!((&back.state, &back.nonce), (&attempt.state, &attempt.nonce));
    assert_eq!(back.verifier, attempt.verifier);
    assert_eq!(attempt_to_bytes(&back).unwrap(), written);
    assert!(!format!("{attempt:?}").contains(SECRET));
    true
}

fn an_outbox(data: &[u8]) -> bool {
    let owed = match outbox_from_bytes(data) {
        Ok(owed) => owed,
        Err(error) => {
            problem(&error, &[SECRET]);
            return false;
        }
    };
    let written = outbox_to_bytes(&owed).unwrap();
    assert_eq!(outbox_from_bytes(&written).unwrap(), owed);
    assert!(!format!("{owed:?}").contains(SECRET));
    true
}
