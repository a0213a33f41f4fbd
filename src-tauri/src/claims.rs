//! The claims about who is signed in, as the page shows them and as they are copied.

use latchkey_session::{Claim, ClaimKind};
use serde::Serialize;

/// How many claims the page is given.
const CLAIMS_LIMIT: usize = 200;
/// How much of one value it is given, in characters.
const TEXT_LIMIT: usize = 2_000;

/// One claim, as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "Claim"))]
pub(crate) struct ShownClaim {
    /// The claim's name, at most 200 characters.
    name: String,
    /// What kind of value it has.
    kind: ClaimKind,
    /// The value as text, a list or an object as JSON: at most 2,000 characters, none of them control or bidirectional.
    text: String,
    /// The value is longer than that.
    cut: bool,
}

/// What the page is given: the first 200 claims, the first 2,000 characters of each.
pub(crate) fn shown(claims: Vec<Claim>) -> Vec<ShownClaim> {
    claims.into_iter().take(CLAIMS_LIMIT).map(show).collect()
}

/// The claim of this name. Claims beyond those the page is given can be asked for, too.
pub(crate) fn named<'a>(claims: &'a [Claim], name: &str) -> Option<&'a Claim> {
    claims.iter().find(|claim| claim.name == name)
}

/// All claims, whole, a line each.
pub(crate) fn text(claims: &[Claim]) -> String {
    claims
        .iter()
        .map(|claim| format!("{}: {}\n", claim.name, claim.text))
        .collect()
}

fn show(claim: Claim) -> ShownClaim {
    let end = claim.text.char_indices().nth(TEXT_LIMIT).map(|(end, _)| end);
    let mut text = claim.text;
    if let Some(end) = end {
        text.truncate(end);
    }
    ShownClaim {
        name: claim.name,
        kind: claim.kind,
        text,
        cut: end.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use latchkey_session::{Claim, ClaimKind};

    use super::{named, shown, text};

    fn claim(name: &str, text: &str) -> Claim {
        Claim {
            name: name.to_owned(),
            kind: ClaimKind::Text,
            text: text.to_owned(),
        }
    }

    #[test]
    fn long_values_are_cut_between_characters_and_say_so() {
        let long = shown(vec![claim("bio", &"é".repeat(2_001))]);
        assert_eq!((long[0].text.chars().count(), long[0].cut), (2_000, true));
        let short = shown(vec![claim("bio", &"é".repeat(2_000))]);
        assert_eq!((short[0].text.chars().count(), short[0].cut), (2_000, false));
    }

    #[test]
    fn many_claims_are_fewer_on_the_page() {
        assert_eq!(shown(vec![claim("a", "b"); 10_000]).len(), 200);
    }

    #[test]
    fn what_is_copied_is_whole() {
        let claims = [claim("name", "Ada Park"), claim("bio", &"x".repeat(5_000))];
        assert_eq!(named(&claims, "bio").map(|claim| claim.text.len()), Some(5_000));
        assert_eq!(named(&claims, "other"), None);
        assert!(text(&claims).starts_with("name: Ada Park\nbio: xxx"));
    }
}
