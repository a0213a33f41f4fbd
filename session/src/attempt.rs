//! One sign-in attempt: the secrets of one authorization request and what its answer must fit. Single use, no I/O.
//!
//! The actor begins it, the browser gets its URL, [`callback`](crate::callback) judges the answer by it and
//! [`exchange`](crate::exchange) redeems the code with its verifier. How it is written down is the business of `record`.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use oauth2::basic::BasicClient;
use oauth2::{AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope};

use crate::account::{self, Consent, Wish};
use crate::config::{ProviderConfig, SessionConfig};
use crate::error::{Code, Error, Result, Stage};
use crate::provider::Metadata;
use crate::secret::{CodeVerifier, Nonce, SecretUrl, StateValue, random_text};
use crate::unsaid::Unsaid;
use crate::view::How;

/// An attempt that has been begun and not yet redeemed.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    /// How the answer will come back.
    pub(crate) how: How,
    /// The issuer that was asked: compared with the answer's `iss` (RFC 9207).
    pub(crate) issuer: String,
    /// As whom it was asked.
    pub(crate) client_id: String,
    /// Where the answer must arrive.
    pub(crate) redirect_uri: String,
    /// Where the code may be redeemed, and nowhere else (RFC 9700, section 4.4).
    pub(crate) token_endpoint: String,
    /// Comes back with the answer (RFC 6749, section 10.12).
    pub(crate) state: StateValue,
    /// Comes back in the ID token (OpenID Connect Core, section 3.1.2.1).
    pub(crate) nonce: Nonce,
    /// Goes to the token endpoint (RFC 7636, section 4.1).
    pub(crate) verifier: CodeVerifier,
    /// Whether the provider said it always sends `iss` (RFC 9207, section 3).
    pub(crate) iss_expected: bool,
    /// The `max_age` that was asked for, in seconds.
    pub(crate) max_age: Option<u64>,
    /// Whether another account was wanted.
    pub(crate) another: bool,
    /// Whether consent was asked for.
    pub(crate) consent: Consent,
    /// When it was begun.
    pub(crate) created_at: Timestamp,
    /// When it ends by itself.
    pub(crate) deadline: Timestamp,
    /// What the browser opens. Carries state and nonce.
    pub(crate) authorization_url: SecretUrl,
}

impl Attempt {
    /// Begins an attempt: fresh state, nonce and verifier, and the authorization request made of them.
    ///
    /// # Errors
    /// No randomness, or a redirect URI that is not a URL ([`Code::Internal`], stage browser).
    pub(crate) fn begin(
        config: &ProviderConfig,
        session: &SessionConfig,
        metadata: &Metadata,
        how: How,
        redirect_uri: String,
        wish: &Wish,
        now: Timestamp,
    ) -> Result<Self> {
        let parameters = account::parameters(config, metadata, wish);
        let mut attempt = Self {
            how,
            issuer: config.issuer.clone(),
            client_id: config.client_id.clone(),
            redirect_uri,
            token_endpoint: metadata.token_endpoint.as_str().to_owned(),
            state: StateValue::new(random_text()?),
            nonce: Nonce::new(random_text()?),
            verifier: CodeVerifier::new(random_text()?),
            iss_expected: metadata.iss_parameter,
            max_age: parameters.get("max_age").and_then(|seconds| seconds.parse().ok()),
            another: wish.another,
            consent: wish.consent,
            created_at: now,
            deadline: now
                .saturating_add(session.sign_in_timeout)
                .unwrap_or(Timestamp::MAX),
            authorization_url: SecretUrl::new(""),
        };
        attempt.authorization_url = attempt.authorization_request(config, metadata, &parameters)?;
        Ok(attempt)
    }

    /// The authorization request (OpenID Connect Core, section 3.1.2.1; RFC 7636, section 4.3; RFC 8707, section 2.1).
    fn authorization_request(
        &self,
        config: &ProviderConfig,
        metadata: &Metadata,
        parameters: &BTreeMap<String, String>,
    ) -> Result<SecretUrl> {
        let redirect_uri = RedirectUrl::new(self.redirect_uri.clone()).map_err(|_| {
            Error::new(Stage::Browser, Code::Internal).with_detail("the redirect URI is not a URL")
        })?;
        let verifier = PkceCodeVerifier::new(self.verifier.secret().to_owned());
        let client = BasicClient::new(ClientId::new(self.client_id.clone()))
            .set_auth_uri(AuthUrl::from_url(metadata.authorization_endpoint.clone()))
            .set_redirect_uri(redirect_uri);
        let mut request = client
            .authorize_url(|| CsrfToken::new(self.state.secret().to_owned()))
            .add_scopes(config.scopes.iter().cloned().map(Scope::new))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .add_extra_param("nonce", self.nonce.secret());
        if let Some(audience) = &config.audience {
            request = request.add_extra_param("audience", audience);
        }
        for resource in &config.resources {
            request = request.add_extra_param("resource", resource.as_str());
        }
        for (name, value) in parameters {
            request = request.add_extra_param(name, value);
        }
        Ok(SecretUrl::new(request.url().0))
    }

    /// What the browser opens.
    pub(crate) fn authorization_url(&self) -> &SecretUrl {
        &self.authorization_url
    }

    /// What nothing that is said about the answer may repeat.
    pub(crate) fn unsaid(&self) -> Unsaid {
        Unsaid::of([self.state.secret(), self.nonce.secret(), self.verifier.secret()])
    }

    /// How the answer will come back.
    pub(crate) fn how(&self) -> How {
        self.how
    }

    /// Where the answer must arrive.
    pub(crate) fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// Whether it still belongs to this configuration. (The token endpoint is compared when the code is redeemed.)
    pub(crate) fn fits(&self, config: &ProviderConfig, redirect_uri: &str) -> bool {
        self.issuer == config.issuer
            && self.client_id == config.client_id
            && self.redirect_uri == redirect_uri
    }

    /// Whether its time is over: past the deadline, or begun in the future by more than `leeway` (the clock was changed).
    pub(crate) fn is_over(&self, now: Timestamp, leeway: Duration) -> bool {
        let ahead = now.duration_until(self.created_at);
        now >= self.deadline || (ahead.is_positive() && ahead.unsigned_abs() > leeway)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::testing::{metadata, provider_config};

    fn begin(config: &ProviderConfig) -> Attempt {
        Attempt::begin(
            config,
            &SessionConfig::default(),
            &metadata(config),
            How::DeepLink,
            "dev.latchkey.desktop:/callback".into(),
            &Wish::default(),
            Timestamp::from_second(1_000).unwrap(),
        )
        .unwrap()
    }

    fn parameters(attempt: &Attempt) -> Vec<(String, String)> {
        let url = url::Url::parse(attempt.authorization_url().secret()).unwrap();
        url.query_pairs().into_owned().collect()
    }

    #[test]
    fn the_authorization_request_holds_each_parameter_once() {
        let config = provider_config("https://id.example/");
        let attempt = begin(&config);
        let all = parameters(&attempt);
        let map: HashMap<_, _> = all.iter().cloned().collect();
        assert_eq!(all.len(), map.len());
        assert_eq!(map["response_type"], "code");
        assert_eq!(map["client_id"], config.client_id);
        assert_eq!(map["redirect_uri"], "dev.latchkey.desktop:/callback");
        assert_eq!(map["scope"], "openid profile email offline_access");
        assert_eq!(map["state"], attempt.state.secret());
        assert_eq!(map["nonce"], attempt.nonce.secret());
        assert_eq!(map["code_challenge_method"], "S256");
        assert_eq!(
            map["code_challenge"],
            crate::testing::s256(attempt.verifier.secret())
        );
        assert!(!map.contains_key("audience") && !map.contains_key("resource"));
        assert!(
            !attempt
                .authorization_url()
                .secret()
                .contains(attempt.verifier.secret())
        );
    }

    #[test]
    fn audience_resources_and_extra_parameters_go_along() {
        let mut config = provider_config("https://id.example/");
        config.audience = Some("https://api.example/".into());
        config.resources = vec![
            "https://a.example/".parse().unwrap(),
            "https://b.example/".parse().unwrap(),
        ];
        config.authorize.insert("max_age".into(), "600".into());
        config.authorize.insert("prompt".into(), "login consent".into());
        let attempt = begin(&config);
        let all = parameters(&attempt);
        let of = |name: &str| {
            all.iter()
                .filter(|(n, _)| n == name)
                .map(|(_, v)| v.as_str())
                .collect::<Vec<_>>()
        };
        assert_eq!(of("audience"), ["https://api.example/"]);
        assert_eq!(of("resource"), ["https://a.example/", "https://b.example/"]);
        assert_eq!(of("prompt"), ["login consent"]);
        assert_eq!(attempt.max_age, Some(600));
    }

    #[test]
    fn a_query_of_the_authorization_endpoint_stays() {
        let config = provider_config("https://id.example/");
        let mut document = metadata(&config);
        document.authorization_endpoint = "https://id.example/authorize?policy=b2c".parse().unwrap();
        let url = begin(&config)
            .authorization_request(&config, &document, &config.authorize)
            .unwrap();
        assert!(
            url.secret()
                .starts_with("https://id.example/authorize?policy=b2c&response_type=code")
        );
    }

    #[test]
    fn what_the_request_holds_the_authorization_endpoint_may_not() {
        let mut config = provider_config("https://id.example");
        config.audience = Some("https://api.example/".into());
        config.authorize.insert("prompt".into(), "login".into());
        for (name, _) in parameters(&begin(&config)) {
            let document = serde_json::json!({
                "issuer": config.issuer, "authorization_endpoint": format!("https://id.example/a?{name}=x"),
                "token_endpoint": "https://id.example/t", "jwks_uri": "https://id.example/j",
            });
            let error = Metadata::parse(document.to_string().as_bytes(), &config).unwrap_err();
            assert_eq!(error.code(), Code::DiscoveryInvalid, "{name}");
        }
    }

    #[test]
    fn two_attempts_share_no_secret() {
        let config = provider_config("https://id.example/");
        let (a, b) = (begin(&config), begin(&config));
        assert_ne!(a.state, b.state);
        assert_ne!(a.nonce, b.nonce);
        assert_ne!(a.verifier, b.verifier);
        assert_ne!(a.state.secret(), a.nonce.secret());
    }

    #[test]
    fn debug_shows_no_secret() {
        let attempt = begin(&provider_config("https://id.example/"));
        let shown = format!("{attempt:?}");
        for secret in [
            attempt.state.secret(),
            attempt.nonce.secret(),
            attempt.verifier.secret(),
        ] {
            assert!(!shown.contains(secret));
        }
    }

    #[test]
    fn it_fits_only_its_own_configuration() {
        let config = provider_config("https://id.example/");
        let attempt = begin(&config);
        assert!(attempt.fits(&config, "dev.latchkey.desktop:/callback"));
        assert!(!attempt.fits(&config, "dev.latchkey.desktop.dev:/callback"));
        assert!(!attempt.fits(
            &provider_config("https://id.example"),
            "dev.latchkey.desktop:/callback"
        ));
        let mut other = config.clone();
        other.client_id.push('2');
        assert!(!attempt.fits(&other, "dev.latchkey.desktop:/callback"));
    }

    #[test]
    fn both_ends_of_its_time_are_checked() {
        let attempt = begin(&provider_config("https://id.example/"));
        let leeway = Duration::from_secs(60);
        let over = |second| attempt.is_over(Timestamp::from_second(second).unwrap(), leeway);
        assert!(!over(1_000) && !over(1_299) && !over(940));
        assert!(over(1_300) && over(939));
    }
}
