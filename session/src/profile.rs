//! Who is signed in: the identity as the provider told it, and the [`Profile`] people see of it.
//!
//! Claims are merged from the ID token and from userinfo (OpenID Connect Core, section 5.1). Everything here is bounded: the
//! profile is part of a view, the identity of a credential store's record.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use crate::log;
use crate::text::neutral;
use crate::unsaid::Unsaid;

/// How much room the claims may take, in bytes of JSON.
const CLAIMS_LIMIT: usize = 64 * 1024;
/// How deep a claim may be nested.
const DEPTH_LIMIT: usize = 32;
/// The longest shown name, in characters.
const NAME_LIMIT: usize = 200;
/// The longest shown e-mail address, in characters (RFC 5321, section 4.5.3.1).
const EMAIL_LIMIT: usize = 254;
/// The longest picture URL, in bytes.
const PICTURE_LIMIT: usize = 1024;

/// Who is signed in, as people see it. Every text is bounded and without control or bidirectional characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct Profile {
    /// The provider's issuer.
    pub issuer: String,
    /// The person's identifier at the issuer: at most 255 characters, never shown as a name unless there is no other.
    pub sub: String,
    /// What to call the person: the name, else the preferred user name, else the e-mail address, else `sub`.
    pub name: String,
    /// The short name the person wants to be known by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub preferred_username: Option<String>,
    /// The e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub email: Option<String>,
    /// Whether the provider has verified the e-mail address, when it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub email_verified: Option<bool>,
    /// Where the picture is: https, or http on loopback when the issuer is there as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub picture: Option<String>,
}

/// Who is signed in, as the provider told it. Not secret, but personal: it lives in the record and nowhere else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Identity {
    /// The issuer, exactly as configured.
    pub(crate) issuer: String,
    /// The person's identifier at the issuer: 1 to 255 ASCII characters.
    pub(crate) sub: String,
    /// The merged claims about the person, without the protocol's own and without nulls.
    #[serde(default)]
    pub(crate) claims: Map<String, Value>,
    /// When the person last proved who they are, if the provider said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) auth_time: Option<Timestamp>,
    /// The `nonce` of the first ID token: one in a renewed ID token must be the same (OpenID Connect Core, section 12.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) nonce: Option<String>,
}

impl Identity {
    /// The claims of this identity with `newer` ones laid over them. Nulls and the protocol's own claims are left out.
    pub(crate) fn merged(mut self, newer: Map<String, Value>) -> Self {
        self.claims.extend(newer);
        let (claims, left_out) = bounded(self.claims);
        self.claims = claims;
        if left_out > 0 {
            log::claims_left_out(left_out);
        }
        self
    }

    /// Without the claims that hold one of these: claims are shown, and a secret must not be.
    pub(crate) fn without(mut self, unsaid: &Unsaid) -> Self {
        self.claims
            .retain(|name, value| !unsaid.is_in(name) && !unsaid.is_said_by(value));
        self
    }

    /// What people see.
    pub(crate) fn profile(&self) -> Profile {
        let preferred_username = self.text("preferred_username", NAME_LIMIT);
        let email = self.text("email", EMAIL_LIMIT);
        let name = self
            .text("name", NAME_LIMIT)
            .or_else(|| preferred_username.clone())
            .or_else(|| self.text("email", NAME_LIMIT))
            .unwrap_or_else(|| neutral(&self.sub, NAME_LIMIT));
        Profile {
            issuer: self.issuer.clone(),
            sub: self.sub.clone(),
            name,
            preferred_username,
            email_verified: email.is_some().then(|| self.flag("email_verified")).flatten(),
            email,
            picture: self.picture(),
        }
    }

    /// When the provider wants the session to end at the latest: `session_expiry`, in seconds since 1970 (IPSIE SL1).
    pub(crate) fn session_expiry(&self) -> Option<Timestamp> {
        let seconds = self.claims.get("session_expiry")?.as_f64()?;
        #[allow(
            clippy::cast_possible_truncation,
            reason = "fractions do not matter, and what is beyond a time is none"
        )]
        Timestamp::from_second(seconds as i64).ok()
    }

    fn text(&self, claim: &str, limit: usize) -> Option<String> {
        let text = neutral(self.claims.get(claim)?.as_str()?, limit);
        (!text.is_empty()).then_some(text)
    }

    /// A boolean, or one of the texts some providers send instead.
    fn flag(&self, claim: &str) -> Option<bool> {
        match self.claims.get(claim)? {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
            Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }

    fn picture(&self) -> Option<String> {
        let text = self.claims.get("picture")?.as_str()?;
        let loopback_allowed = crate::provider::is_loopback_http_text(&self.issuer);
        // As it was understood, not as it was written: what a URL is read from may hold tabs and more slashes or fewer.
        let url = Url::parse(text).ok()?;
        (url.as_str().len() <= PICTURE_LIMIT && is_picture_url(&url, loopback_allowed)).then(|| url.into())
    }
}

/// Whether a picture may be fetched from there: https without credentials, or http on loopback where that is allowed.
pub(crate) fn is_picture_url(url: &Url, loopback_allowed: bool) -> bool {
    let plain = url.username().is_empty() && url.password().is_none() && url.has_host();
    plain && (url.scheme() == "https" || (loopback_allowed && crate::provider::is_loopback_http(url)))
}

/// The claims that say something about a token, not about a person.
const PROTOCOL_CLAIMS: [&str; 14] = [
    "iss",
    "sub",
    "aud",
    "azp",
    "exp",
    "iat",
    "nbf",
    "jti",
    "nonce",
    "at_hash",
    "c_hash",
    "s_hash",
    "auth_time",
    "sid",
];

/// The standard claims that are kept first when there is not room for all (OpenID Connect Core, section 5.1).
const FIRST_CLAIMS: [&str; 6] = [
    "session_expiry",
    "name",
    "preferred_username",
    "email",
    "email_verified",
    "picture",
];

/// How many lists and objects are around the innermost value.
fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or_default(),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or_default(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// `claims` without nulls and protocol claims, and no more of them than the limits allow; and how many these leave out.
fn bounded(mut claims: Map<String, Value>) -> (Map<String, Value>, usize) {
    claims.retain(|name, value| !value.is_null() && !PROTOCOL_CLAIMS.contains(&name.as_str()));
    let mut kept = Map::new();
    let (mut room, all) = (CLAIMS_LIMIT, claims.len());
    let first: Vec<_> = FIRST_CLAIMS
        .iter()
        .filter_map(|name| claims.remove_entry(*name))
        .collect();
    for (name, value) in first.into_iter().chain(claims) {
        // With colon and comma. What is nested too deeply could not be read back.
        let size = Value::from(name.as_str()).to_string().len() + value.to_string().len() + 2;
        if size <= room && depth(&value) <= DEPTH_LIMIT {
            room -= size;
            kept.insert(name, value);
        }
    }
    let left_out = all - kept.len();
    (kept, left_out)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn identity(claims: Value) -> Identity {
        let Value::Object(claims) = claims else {
            panic!("an object")
        };
        Identity {
            issuer: "https://id.example".into(),
            sub: "ada-1".into(),
            claims: Map::new(),
            auth_time: None,
            nonce: None,
        }
        .merged(claims)
    }

    #[test]
    fn there_is_always_a_name() {
        let named = |claims| identity(claims).profile().name;
        assert_eq!(
            named(json!({"name": "Ada Park", "email": "a@e.example"})),
            "Ada Park"
        );
        assert_eq!(named(json!({"name": " ", "preferred_username": "ada"})), "ada");
        assert_eq!(
            named(json!({"name": null, "email": "a@e.example"})),
            "a@e.example"
        );
        assert_eq!(named(json!({"name": 7})), "ada-1");
    }

    #[test]
    fn newer_claims_lie_over_older_ones() {
        let merged = identity(json!({"name": "Old", "locale": "en"})).merged(
            json!({"name": "New", "sub": "other", "iss": "other"})
                .as_object()
                .unwrap()
                .clone(),
        );
        assert_eq!(merged.profile().name, "New");
        assert_eq!(merged.sub, "ada-1");
        assert_eq!(merged.claims.keys().collect::<Vec<_>>(), ["locale", "name"]);
    }

    #[test]
    fn email_verified_may_be_text() {
        let verified = |value: Value| {
            identity(json!({"email": "a@e.example", "email_verified": value}))
                .profile()
                .email_verified
        };
        assert_eq!(verified(json!(true)), Some(true));
        assert_eq!(verified(json!("true")), Some(true));
        assert_eq!(verified(json!("false")), Some(false));
        assert_eq!(verified(json!("perhaps")), None);
        assert_eq!(verified(json!(1)), None);
        assert_eq!(verified(json!(null)), None);
        assert_eq!(
            identity(json!({"email_verified": true})).profile().email_verified,
            None
        );
    }

    #[test]
    fn texts_are_bounded_and_neutral() {
        let profile = identity(json!({"name": format!("Eve\u{202e}\u{0007}{}", "x".repeat(5000))})).profile();
        assert_eq!(profile.name.chars().count(), NAME_LIMIT);
        assert!(profile.name.starts_with("Eve xx") || profile.name.starts_with("Evexx"));
    }

    #[test]
    fn a_picture_is_https_or_loopback_with_a_loopback_issuer() {
        let at = |issuer: &str, url: &str| {
            let mut identity = identity(json!({"picture": url}));
            identity.issuer = issuer.into();
            identity.profile().picture
        };
        assert!(at("https://id.example", "https://cdn.example/a.png").is_some());
        assert!(at("https://id.example", "http://cdn.example/a.png").is_none());
        assert!(at("https://id.example", "http://127.0.0.1:9/a.png").is_none());
        assert!(at("http://127.0.0.1:4444", "http://127.0.0.1:9/a.png").is_some());
        assert!(at("https://id.example", "https://me:pw@cdn.example/a.png").is_none());
        assert_eq!(
            at("https://id.example", " https:cdn.example/\ta.png"),
            Some("https://cdn.example/a.png".to_owned())
        );
        assert!(at("https://id.example", "data:image/png;base64,AA").is_none());
        assert!(at("https://id.example", "javascript:alert(1)").is_none());
        assert!(
            at(
                "https://id.example",
                &format!("https://cdn.example/{}", "x".repeat(1024))
            )
            .is_none()
        );
    }

    #[test]
    fn claims_beyond_the_limit_give_way_to_the_standard_ones() {
        let merged = identity(json!({
            "aaa": "x".repeat(CLAIMS_LIMIT), "groups": ["a", "b"], "name": "Ada", "zzz": "y".repeat(40_000), "zzzz": "y".repeat(40_000),
        }));
        assert_eq!(
            merged.claims.keys().collect::<Vec<_>>(),
            ["groups", "name", "zzz"]
        );
        assert!(serde_json::to_string(&merged.claims).unwrap().len() <= CLAIMS_LIMIT);
    }

    #[test]
    fn how_many_claims_there_was_no_room_for_is_counted() {
        let claims = json!({
            "iss": "https://id.example", "nickname": null, "name": "Ada", "big": "x".repeat(CLAIMS_LIMIT), "small": 1,
            "deep": serde_json::from_str::<Value>(&format!("{}{}", "[".repeat(40), "]".repeat(40))).unwrap(),
        });
        let (kept, left_out) = bounded(claims.as_object().unwrap().clone());
        assert_eq!(kept.keys().collect::<Vec<_>>(), ["name", "small"]);
        assert_eq!(left_out, 2);
    }

    #[test]
    fn claims_that_hold_a_token_are_left_out() {
        let told = json!({"name": "at-123", "nickname": "Bearer at-123.", "x": [{"at-123": 1}], "email": "a@e.example"});
        let left = identity(told).without(&Unsaid::of(["", "at-123"]));
        assert_eq!(left.claims.keys().collect::<Vec<_>>(), ["email"]);
    }

    #[test]
    fn claims_that_could_not_be_read_back_are_left_out() {
        let nested = |levels: usize| {
            let text = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
            serde_json::from_str::<Value>(&text).unwrap()
        };
        let merged =
            identity(json!({"name": "Ada", "deep": nested(DEPTH_LIMIT), "deeper": nested(DEPTH_LIMIT + 1)}));
        assert_eq!(merged.claims.keys().collect::<Vec<_>>(), ["deep", "name"]);
    }

    #[test]
    fn names_count_as_they_are_written() {
        let merged = identity(json!({"\u{1}".repeat(20_000): 1, "name": "Ada"}));
        assert_eq!(merged.claims.keys().collect::<Vec<_>>(), ["name"]);
        assert!(serde_json::to_string(&merged.claims).unwrap().len() <= CLAIMS_LIMIT);
    }

    #[test]
    fn a_whole_profile_is_small() {
        let wide = "\u{1F469}".repeat(5000);
        let profile = identity(json!({"name": wide, "preferred_username": wide, "email": wide,
            "picture": format!("https://e.example/{}", "p".repeat(1000))}))
        .profile();
        assert!(serde_json::to_string(&profile).unwrap().len() < 4096);
    }
}
