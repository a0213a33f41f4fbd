//! What a 401 or 403 says about the token: the Bearer challenge of `WWW-Authenticate` (RFC 6750, section 3).

use http::HeaderMap;
use http::header::WWW_AUTHENTICATE;
use http_auth::ChallengeRef;
use latchkey_session::told;

/// The scopes a server says are missing, as it writes them. Only when it is the scope that is missing (`insufficient_scope`, or no
/// `error` at all).
pub(crate) fn missing_scope(headers: &HeaderMap) -> Option<String> {
    let texts: Vec<&str> = headers
        .get_all(WWW_AUTHENTICATE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    let challenges: Vec<ChallengeRef<'_>> = texts
        .iter()
        .filter_map(|text| http_auth::parse_challenges(text).ok())
        .flatten()
        .collect();
    let bearer = challenges
        .iter()
        .find(|challenge| challenge.scheme.eq_ignore_ascii_case("Bearer"))?;
    if value(bearer, "error").is_some_and(|error| error != "insufficient_scope") {
        return None;
    }
    let scope = value(bearer, "scope")?;
    // RFC 6749, section 3.3: what else is in it is no scope.
    let plain = |byte: u8| matches!(byte, 0x20 | 0x21 | 0x23..=0x5B | 0x5D..=0x7E);
    (!scope.is_empty() && scope.len() <= 200 && scope.bytes().all(plain)).then_some(scope)
}

/// What a server says in its challenge about why.
pub(crate) fn description(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(WWW_AUTHENTICATE)?.to_str().ok()?;
    let challenges = http_auth::parse_challenges(text).ok()?;
    let said = challenges
        .iter()
        .find_map(|challenge| value(challenge, "error_description"))?;
    Some(told(&said)).filter(|said| !said.is_empty())
}

fn value(challenge: &ChallengeRef<'_>, name: &str) -> Option<String> {
    challenge
        .params
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.to_unescaped())
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use http::header::WWW_AUTHENTICATE;

    use super::{description, missing_scope};

    fn headers(values: &[&str]) -> HeaderMap {
        values
            .iter()
            .map(|value| (WWW_AUTHENTICATE, value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn the_missing_scope_is_the_bearer_challenges() {
        let told = "Bearer realm=\"x, y\", error=\"insufficient_scope\", scope=\"read:me write:me\"";
        assert_eq!(
            missing_scope(&headers(&[told])).as_deref(),
            Some("read:me write:me")
        );
        assert_eq!(
            missing_scope(&headers(&["Basic realm=\"a\"", "bearer scope=metadata"])).as_deref(),
            Some("metadata")
        );
    }

    #[test]
    fn another_error_names_no_missing_scope() {
        for told in [
            "Bearer error=\"invalid_token\", scope=\"read:me\"",
            "Basic scope=\"read:me\"",
            "Bearer",
            "Bearer error=\"insufficient_scope\"",
            "Bearer error=\"insufficient_scope\", scope=\"a\\\"b\"",
            "\u{1}",
        ] {
            let headers: HeaderMap = told
                .parse()
                .map(|value| (WWW_AUTHENTICATE, value))
                .into_iter()
                .collect();
            assert_eq!(missing_scope(&headers), None, "{told}");
        }
    }

    #[test]
    fn a_scope_is_bounded() {
        let told = |length: usize| format!("Bearer scope=\"{}\"", "x".repeat(length));
        assert!(missing_scope(&headers(&[&told(200)])).is_some());
        assert_eq!(missing_scope(&headers(&[&told(201)])), None);
    }

    #[test]
    fn what_a_server_says_is_made_fit_to_be_shown() {
        let told = "Bearer error=\"insufficient_scope\", error_description=\"needs  more\"";
        assert_eq!(description(&headers(&[told])).as_deref(), Some("needs more"));
    }
}
