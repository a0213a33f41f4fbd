//! What holds for every link, whatever somebody makes of it. The judgement is compared with another one, written apart from it.

use proptest::prelude::*;
use proptest::sample::select;

use super::tests::{REDIRECT, attempt_at};
use super::*;

/// How a link was judged; `Valid` with its code.
fn judged(url: &str, attempt: &Attempt) -> (&'static str, String) {
    match parse(url, attempt) {
        Parsed::Valid(callback) => ("valid", callback.into_code().secret().to_owned()),
        Parsed::NotOurs(error) => ("not ours", error.code().as_str().to_owned()),
        Parsed::Refused(error) => ("refused", error.code().as_str().to_owned()),
        Parsed::Declined(error) => ("declined", error.code().as_str().to_owned()),
    }
}

/// Percent-decodes a name or a value of a query, byte by byte.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = after
            .get(..2)
            .filter(|hex| hex.iter().all(u8::is_ascii_hexdigit))
            .and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match (first, hex) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
                continue;
            }
            (b'+', _) => bytes.push(b' '),
            (other, _) => bytes.push(other),
        }
        rest = after;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The code, if the link has to be taken: the other judgement.
fn due(url: &str, attempt: &Attempt) -> Option<String> {
    let (at, query) = url.split_once('?')?;
    let scheme = REDIRECT.split_once(':')?.0;
    let exact = at.get(..scheme.len())?.eq_ignore_ascii_case(scheme)
        && at[scheme.len()..] == REDIRECT[scheme.len()..]
        && url.len() <= URL_LIMIT
        && !url.contains(|c: char| c == '#' || c.is_whitespace() || c.is_control());
    let mut found = std::collections::BTreeMap::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        if found.insert(decoded(name), decoded(value)).is_some() {
            return None;
        }
    }
    let is = |name, value: &str| found.get(name).is_some_and(|found| found == value);
    let right = exact && is("state", attempt.state.secret()) && is("iss", &attempt.issuer);
    let no_error = is("error", "") || !found.contains_key("error");
    let code = found.get("code")?;
    let sound = !code.is_empty() && code.bytes().all(|byte| (32..127).contains(&byte));
    (right && no_error && sound).then(|| code.clone())
}

/// Some bytes of a text percent-encoded, in either case.
fn encoded(text: &str, how: &[u8]) -> String {
    text.bytes()
        .zip(how.iter().cycle())
        .map(|(byte, how)| match how % 3 {
            0 => format!("%{byte:02X}"),
            1 => format!("%{byte:02x}"),
            _ if byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' => (byte as char).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// What people make links of. `state`, `iss` and the redirect URI stand for the right ones.
fn piece() -> impl Strategy<Value = String> {
    let parts = vec![
        REDIRECT,
        "?",
        "&",
        "=",
        "#",
        "%",
        "+",
        "/",
        ":",
        "\\",
        " ",
        "\t",
        "\n",
        "code",
        "state",
        "iss",
        "error",
        "$S",
        "$I",
        "%00",
        "%26",
        "%3D",
        "%25",
        "%C0%AF",
        "access_denied",
        "c",
        "\u{202e}",
        "DEV.latchkey.desktop:",
    ];
    prop_oneof![select(parts).prop_map(str::to_owned), "\\PC{0,6}"]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn only_an_exact_link_is_taken_and_nothing_panics(pieces in prop::collection::vec(piece(), 0..24)) {
        let attempt = attempt_at(REDIRECT);
        let url = pieces.concat().replace("$S", attempt.state.secret()).replace("$I", &attempt.issuer);
        let (what, code) = judged(&url, &attempt);
        prop_assert_eq!((what == "valid").then_some(code), due(&url, &attempt));
    }

    #[test]
    fn one_change_to_the_right_link_is_judged_like_any_other(
        at in any::<prop::sample::Index>(), what in piece(), cut in 0_usize..3, how in prop::collection::vec(any::<u8>(), 1..8),
    ) {
        let attempt = attempt_at(REDIRECT);
        let url = format!(
            "{REDIRECT}?code=c0de&{}={}&iss={}",
            encoded("state", &how), encoded(attempt.state.secret(), &how), encoded(&attempt.issuer, &how),
        );
        prop_assert_eq!(judged(&url, &attempt), ("valid", "c0de".to_owned()));
        let at = at.index(url.len());
        let end = (at + cut).min(url.len());
        let url = format!("{}{what}{}", &url[..at], &url[end..])
            .replace("$S", attempt.state.secret()).replace("$I", &attempt.issuer);
        let (what, code) = judged(&url, &attempt);
        prop_assert_eq!((what == "valid").then_some(code), due(&url, &attempt), "{}", url);
    }

    #[test]
    fn the_order_of_parameters_does_not_matter(
        parameters in prop::collection::vec((select(vec!["code", "error", "iss", "state", "error_description", "x", ""]),
            select(vec!["$S", "$I", "", "c", "access_denied", "\u{e9}"])), 0..6),
        right in any::<bool>(),
        shuffle in prop::collection::vec(any::<u32>(), 9),
    ) {
        let attempt = attempt_at(REDIRECT);
        let mut parameters: Vec<_> = parameters;
        if right {
            parameters.extend([("state", "$S"), ("iss", "$I"), ("code", "c")]);
        }
        let link = |parameters: &[(&str, &str)]| {
            let query: Vec<_> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
            format!("{REDIRECT}?{}", query.join("&"))
                .replace("$S", attempt.state.secret()).replace("$I", &attempt.issuer)
        };
        let before = judged(&link(&parameters), &attempt);
        let mut others: Vec<_> = parameters.iter().copied().zip(shuffle).collect();
        others.sort_by_key(|(_, key)| *key);
        let others: Vec<_> = others.into_iter().map(|(parameter, _)| parameter).collect();
        prop_assert_eq!(judged(&link(&others), &attempt), before);
    }

    #[test]
    fn bytes_that_are_no_text_decode_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let attempt = attempt_at(REDIRECT);
        let encoded: String = bytes.iter().map(|byte| format!("%{byte:02x}")).collect();
        for url in [
            String::from_utf8_lossy(&bytes).into_owned(),
            format!("{REDIRECT}?{encoded}"),
            format!("{REDIRECT}?code={encoded}&state={encoded}"),
        ] {
            prop_assert_eq!(judged(&url, &attempt).0, "not ours");
        }
    }
}
