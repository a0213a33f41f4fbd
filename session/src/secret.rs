//! Newtypes for everything that must not leak: redacted `Debug`, no `Display`, no `Deref`, no `Serialize`. A clone is no copy: all of
//! them share one text, which is cleared when the last of them is dropped.
//!
//! Each has one loud accessor, `secret()`. Search for it to see every place where a secret leaves its wrapper. Writing
//! secrets down is the business of `record` alone.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

macro_rules! secrets {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(Arc<SecretString>);

        impl $name {
            /// Wraps the text.
            pub fn new(text: impl Into<String>) -> Self {
                Self(Arc::new(SecretString::from(text.into())))
            }

            /// The secret itself. Only for the request that needs it: never log, format or store what this returns.
            pub fn secret(&self) -> &str {
                self.0.expose_secret()
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                same(self.secret(), other.secret())
            }
        }

        impl Eq for $name {}
    )*};
}

secrets! {
    /// An access token (RFC 6749, section 1.4).
    AccessToken;
    /// A refresh token (RFC 6749, section 1.5).
    RefreshToken;
    /// An ID token in its compact form (OpenID Connect Core, section 2).
    IdToken;
    /// An authorization code (RFC 6749, section 1.3.1).
    AuthorizationCode;
    /// A device code (RFC 8628, section 3.2).
    DeviceCode;
    /// A PKCE code verifier (RFC 7636, section 4.1).
    CodeVerifier;
    /// The `state` of one authorization request (RFC 6749, section 10.12).
    StateValue;
    /// The `nonce` of one authorization request (OpenID Connect Core, section 3.1.2.1).
    Nonce;
    /// A URL that carries a code or a state: an authorization request or a callback.
    SecretUrl;
}

/// Compares without giving away where the first difference is. Lengths are not secret.
pub(crate) fn same(a: &str, b: &str) -> bool {
    a.len() == b.len()
        && a.bytes()
            .zip(b.bytes())
            .fold(0, |difference, (x, y)| difference | (x ^ y))
            == 0
}

/// 32 fresh bytes from the operating system, base64url without padding: 43 characters, which is also a valid PKCE verifier.
///
/// # Errors
/// The operating system has no randomness to give; nothing can be signed in then.
pub(crate) fn random_text() -> crate::Result<String> {
    use base64::Engine as _;
    use zeroize::Zeroize as _;

    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|_| {
        crate::Error::new(crate::Stage::Browser, crate::Code::Internal).with_detail("no random numbers")
    })?;
    let text = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
    bytes.zeroize();
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::{AccessToken, random_text, same};

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(
            format!("{:?}", AccessToken::new("s3cret")),
            "AccessToken([redacted])"
        );
    }

    /// Read from outside, as a debugger would; what the memory is used for next may be anything but the secret.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_dropped_secret_is_no_longer_in_memory() {
        use std::fs::File;
        use std::os::unix::fs::FileExt as _;

        let memory = File::open("/proc/self/mem").unwrap();
        let token = AccessToken::new("s3cret! ".repeat(500));
        let (place, mut seen) = (token.secret().as_ptr().addr(), vec![0; token.secret().len()]);
        let mut holds_it = || {
            memory
                .read_exact_at(&mut seen, place.try_into().unwrap())
                .unwrap();
            seen.windows(8).any(|piece| piece == b"s3cret! ")
        };
        assert!(holds_it());
        drop(token);
        assert!(!holds_it());
    }

    #[test]
    fn comparison_is_exact() {
        assert!(same("abc", "abc"));
        assert!(!same("abc", "abd"));
        assert!(!same("abc", "abcd"));
        assert!(!same("", "a"));
    }

    #[test]
    fn random_texts_differ_and_fit_pkce() {
        let (a, b) = (random_text().unwrap(), random_text().unwrap());
        assert_ne!(a, b);
        assert_eq!(a.len(), 43);
    }
}
