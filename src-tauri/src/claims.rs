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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "Claims"))]
pub(crate) struct ShownClaims {
    /// The first 200.
    claims: Vec<ShownClaim>,
    /// How many more there are.
    left_out: usize,
}

/// What the page is given of these.
pub(crate) fn shown(claims: Vec<Claim>) -> ShownClaims {
    ShownClaims {
        left_out: claims.len().saturating_sub(CLAIMS_LIMIT),
        claims: claims.into_iter().take(CLAIMS_LIMIT).map(show).collect(),
    }
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
        assert_eq!(
            (long.claims[0].text.chars().count(), long.claims[0].cut),
            (2_000, true)
        );
        let short = shown(vec![claim("bio", &"é".repeat(2_000))]);
        assert_eq!(
            (short.claims[0].text.chars().count(), short.claims[0].cut),
            (2_000, false)
        );
    }

    #[test]
    fn many_claims_are_fewer_on_the_page_which_knows_how_many() {
        for (all, some, left_out) in [(10_000, 200, 9_800), (201, 200, 1), (200, 200, 0), (0, 0, 0)] {
            let shown = shown(vec![claim("a", "b"); all]);
            assert_eq!((shown.claims.len(), shown.left_out), (some, left_out));
        }
    }

    #[test]
    fn what_is_copied_is_whole() {
        let claims = [claim("name", "Ada Park"), claim("bio", &"x".repeat(5_000))];
        assert_eq!(named(&claims, "bio").map(|claim| claim.text.len()), Some(5_000));
        assert_eq!(named(&claims, "other"), None);
        assert!(text(&claims).starts_with("name: Ada Park\nbio: xxx"));
    }
}
