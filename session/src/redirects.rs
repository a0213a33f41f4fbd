//! [`Redirects`]: where the operating system brings the browser's answers to this program.

use crate::callback::after;
use crate::secret::SecretUrl;

/// The redirect URIs at which this program is registered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Redirects {
    /// Where authorization responses arrive, for example `dev.latchkey.desktop:/callback`. `None` where no handler of the
    /// scheme is registered: sign-ins then use loopback.
    pub deep_link: Option<String>,
    /// Where the browser comes back from the provider's sign-out page, for example `dev.latchkey.desktop:/signed-out`.
    pub post_logout: Option<String>,
}

impl Redirects {
    /// The usual pair for a private-use scheme (RFC 8252, section 7.1): `SCHEME:/callback` and `SCHEME:/signed-out`.
    pub fn of_scheme(scheme: &str) -> Self {
        Self {
            deep_link: Some(format!("{scheme}:/callback")),
            post_logout: Some(format!("{scheme}:/signed-out")),
        }
    }

    /// Whether the URL is a return from the provider's sign-out page.
    pub(crate) fn is_post_logout(&self, url: &SecretUrl) -> bool {
        self.post_logout.as_deref().is_some_and(|post_logout| {
            let rest = after(url.secret(), post_logout);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['?', '#']))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_return_from_the_sign_out_page_is_known_by_its_beginning() {
        let redirects = Redirects::of_scheme("dev.latchkey.desktop");
        let is_return = |url: &str| redirects.is_post_logout(&SecretUrl::new(url));
        for (url, due) in [
            ("dev.latchkey.desktop:/signed-out", true),
            ("dev.latchkey.desktop:/signed-out?state=x", true),
            ("DEV.latchkey.desktop:/signed-out?state=x", true),
            ("dev.latchkey.desktop:/signed-out#x", true),
            ("dev.latchkey.desktop:/signed-out/?state=x", false),
            ("dev.latchkey.desktop:/Signed-out?state=x", false),
            ("dev.latchkey.desktop://signed-out?state=x", false),
            ("dev.latchkey.desktop:/callback?state=x", false),
            ("dev.latchkey.desktop.dev:/signed-out?state=x", false),
            ("\u{212a}ev.latchkey.desktop:/signed-out", false),
            ("", false),
        ] {
            assert_eq!(is_return(url), due, "{url}");
        }
        assert!(!Redirects::default().is_post_logout(&SecretUrl::new("dev.latchkey.desktop:/signed-out")));
    }
}
