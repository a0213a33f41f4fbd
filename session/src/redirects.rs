//! [`Redirects`]: where the operating system brings the browser's answers to this program.

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
            let rest = url.secret().strip_prefix(post_logout);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['?', '#']))
        })
    }
}
