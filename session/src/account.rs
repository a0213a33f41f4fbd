//! Whose sign-in it is: who was signed in last, what the next request asks for because of that, and whether somebody else came back.
//! Pure. A person is known by issuer and subject (OpenID Connect Core, section 2: `sub` is unique only within the issuer).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::config::ProviderConfig;
use crate::profile::Identity;
use crate::provider::Metadata;
use crate::view;

/// Who was signed in last. Personal, not secret: it is where the identity was, in memory and in the credential store, and nowhere
/// else. A person who signs out leaves nothing of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Person {
    /// The issuer, exactly as configured.
    issuer: String,
    /// The identifier at the issuer.
    sub: String,
    /// What to call the person.
    name: String,
    /// What the person signs in with, as far as that is known: the e-mail address, else the preferred user name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    login: Option<String>,
}

impl Person {
    /// The person of this identity.
    pub(crate) fn of(identity: &Identity) -> Self {
        let profile = identity.profile();
        Self {
            issuer: profile.issuer,
            sub: profile.sub,
            name: profile.name,
            login: profile.email.or(profile.preferred_username),
        }
    }

    /// Whether this identity is the same person's.
    pub(crate) fn is(&self, identity: &Identity) -> bool {
        self.issuer == identity.issuer && self.sub == identity.sub
    }

    /// What people see.
    pub(crate) fn view(&self) -> view::Person {
        view::Person {
            name: self.name.clone(),
            login: self.login.clone().filter(|login| *login != self.name),
        }
    }
}

/// Whether the person should be asked to agree to a refresh token: "The Authorization Server MUST ignore the offline_access request …
/// unless … prompt=consent" (OpenID Connect Core, section 11, in short). Asked once, not at every sign-in of a provider that never
/// gives one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Consent {
    /// A refresh token came, or nobody knows.
    #[default]
    Unneeded,
    /// One was asked for and none came: the next request asks for consent.
    Due,
    /// That was done, and none came either.
    Asked,
}

impl Consent {
    /// After a grant that was asked for with this one, and had a refresh token or not.
    pub(crate) fn after(self, has_refresh_token: bool) -> Self {
        match self {
            _ if has_refresh_token => Self::Unneeded,
            Self::Unneeded => Self::Due,
            Self::Due | Self::Asked => Self::Asked,
        }
    }

    pub(crate) fn is_unneeded(&self) -> bool {
        *self == Self::Unneeded
    }
}

/// What a session that is over leaves to the next sign-in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Last {
    /// Who it was, unless the person signed out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) person: Option<Person>,
    /// Whether consent is to be asked for.
    #[serde(default, skip_serializing_if = "Consent::is_unneeded")]
    pub(crate) consent: Consent,
}

/// What an attempt asks for beyond the configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wish {
    /// The person wants another account than the browser would bring back by itself.
    pub(crate) another: bool,
    /// Who is expected; nobody in particular when another account is wanted.
    pub(crate) expected: Option<Person>,
    /// Whether consent is to be asked for.
    pub(crate) consent: Consent,
}

impl Wish {
    /// A sign-in after this, or over it.
    pub(crate) fn after(last: Last, another: bool) -> Self {
        Self {
            another,
            expected: last.person.filter(|_| !another),
            consent: last.consent,
        }
    }

    /// Whether the person has to be asked before this identity is taken.
    pub(crate) fn is_surprised_by(&self, identity: &Identity) -> bool {
        self.expected
            .as_ref()
            .is_some_and(|expected| !expected.is(identity))
    }
}

/// The configured parameters of the authorization request, and those of the wish (OpenID Connect Core, section 3.1.2.1). What is
/// configured is never lost: prompts are put together, a configured `login_hint` stays unless another account is wanted.
pub(crate) fn parameters(
    config: &ProviderConfig,
    metadata: &Metadata,
    wish: &Wish,
) -> BTreeMap<String, String> {
    let mut parameters = config.authorize.clone();
    let mut prompts: Vec<String> = parameters
        .get("prompt")
        .map(|prompt| prompt.split_whitespace().map(str::to_owned).collect())
        .unwrap_or_default();
    let mut add = |prompt: &str| {
        if !prompts.iter().any(|known| known == prompt) {
            // "If this parameter contains none with any other value, an error is returned."
            prompts.retain(|known| known != "none");
            prompts.push(prompt.to_owned());
        }
    };
    if wish.another {
        add(account_prompt(config, metadata));
        parameters.remove("login_hint");
    }
    if wish.consent == Consent::Due && config.scopes.iter().any(|scope| scope == "offline_access") {
        add("consent");
    }
    if !prompts.is_empty() {
        parameters.insert("prompt".to_owned(), prompts.join(" "));
    }
    if let Some(login) = wish.expected.as_ref().and_then(|person| person.login.as_ref()) {
        parameters
            .entry("login_hint".to_owned())
            .or_insert_with(|| login.clone());
    }
    parameters
}

/// How another account is asked for: as configured, else `select_account` where the provider says that it knows it, else `login`.
/// Every provider has to know `login` (OpenID Connect Core, section 15.1), but one that does not know `select_account` may leave it
/// out of account and bring the same person back.
fn account_prompt<'a>(config: &'a ProviderConfig, metadata: &Metadata) -> &'a str {
    let announced = metadata
        .prompts
        .as_ref()
        .is_some_and(|prompts| prompts.iter().any(|prompt| prompt == "select_account"));
    match &config.account_prompt {
        Some(prompt) => prompt,
        None if announced => "select_account",
        None => "login",
    }
}

#[cfg(test)]
#[path = "account_tests.rs"]
mod tests;
