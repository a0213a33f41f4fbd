//! What the canary looks for: a marker of its own, and every secret of the life it has watched.

use std::fs;

use latchkey_e2e::failure::{Doing, Result, ensure, ensure_eq};
use latchkey_e2e::needles::Needles;
use latchkey_e2e::stage::Stage;

/// A marker nobody has seen before: 24 letters and digits.
pub(super) fn marker() -> Result<String> {
    let mut random = [0; 24];
    let mut source = fs::File::open("/dev/urandom").doing("open the random numbers")?;
    std::io::Read::read_exact(&mut source, &mut random).doing("read random numbers")?;
    let letters = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
    Ok(random
        .iter()
        .map(|byte| char::from(letters[usize::from(*byte) % letters.len()]))
        .collect())
}

/// The marker, everything the provider handed out, and what the app made itself for its requests.
pub(super) async fn secrets_of(stage: &Stage, marker: &str) -> Result<Vec<(String, String)>> {
    let mut secrets = stage.provider.issued().await?;
    secrets.push(("marker".to_owned(), marker.to_owned()));
    for (endpoint, names) in [
        ("token", &["code_verifier"][..]),
        ("authorization", &["state", "nonce"]),
        ("end-session", &["state"]),
    ] {
        for request in stage.provider.requests_to(endpoint).await? {
            let values = names
                .iter()
                .filter_map(|name| Some((*name, request["params"][name].as_str()?)));
            secrets.extend(values.map(|(name, value)| (name.to_owned(), value.to_owned())));
        }
    }
    Ok(secrets)
}

/// Fails unless every kind of secret was handed out, and each holds the marker.
pub(super) fn ensure_marked(secrets: &[(String, String)], marker: &str) -> Result<()> {
    for kind in ["code", "access_token", "refresh_token", "id_token"] {
        let values: Vec<_> = secrets.iter().filter(|(it, _)| it == kind).collect();
        ensure(!values.is_empty(), format_args!("no {kind} was issued"))?;
        let needles = Needles::of(&[("marker".to_owned(), marker.to_owned())]);
        for (_, value) in values {
            let found = needles.find(value.as_bytes());
            ensure_eq(found.len(), 1, format_args!("markers in a {kind}"))?;
            let form = if kind == "id_token" { "base64" } else { "plain" };
            ensure_eq(found[0].form, form, format_args!("the marker's form in a {kind}"))?;
        }
    }
    for kind in ["code_verifier", "state", "nonce"] {
        ensure(
            secrets.iter().any(|(it, _)| it == kind),
            format_args!("no {kind} was sent"),
        )?;
    }
    Ok(())
}
