//! From a URL that somebody handed over to a [`ValidatedCallback`], or the reason why not. No I/O.
//!
//! Any program on the machine can open a URL of our scheme and any page can reach the loopback listener, so everything here
//! is hostile until its `state` is the attempt's own. Only then may it end the attempt.

use url::form_urlencoded;

use crate::attempt::Attempt;
use crate::error::{Code, Error, Stage};
use crate::secret::{AuthorizationCode, SecretUrl, StateValue, same};
use crate::unsaid::told;

/// The longest URL that is looked at, in bytes.
pub(crate) const URL_LIMIT: usize = 8 * 1024;

/// What people and programs put around an address.
const QUOTES: [char; 16] = [
    '"', '\'', '`', '<', '>', '(', ')', '[', ']', '\u{201c}', '\u{201d}', '\u{201e}', '\u{2018}', '\u{2019}',
    '\u{ab}', '\u{bb}',
];

/// The proof that an authorization response passed every check: the only way to the code exchange, which consumes it.
#[derive(Debug)]
pub(crate) struct ValidatedCallback {
    code: AuthorizationCode,
}

impl ValidatedCallback {
    /// Gives up the code. Only [`exchange`](crate::exchange) calls this.
    pub(crate) fn into_code(self) -> AuthorizationCode {
        self.code
    }
}

/// What a URL turned out to be.
#[derive(Debug)]
pub(crate) enum Parsed {
    /// The answer to this attempt, with a code.
    Valid(ValidatedCallback),
    /// Not the answer to this attempt: the attempt lives on.
    NotOurs(Error),
    /// The right state, but not a proper answer: the attempt ends.
    Refused(Error),
    /// A proper answer that says no: the attempt ends with this result.
    Declined(Error),
}

/// Judges a callback URL by the attempt (RFC 6749, section 4.1.2; RFC 9207, section 2.4; RFC 8252, section 8.10).
pub(crate) fn parse(url: &str, attempt: &Attempt) -> Parsed {
    let query = match at_redirect_uri(url, &attempt.redirect_uri) {
        Ok(query) => query,
        Err(error) => return Parsed::NotOurs(error),
    };
    let parameters = Parameters::of(query);
    if !has_state(&parameters, &attempt.state) {
        return Parsed::NotOurs(fault(Code::StateMismatch));
    }
    match answer(&parameters, attempt) {
        Ok(Answer::Code(code)) => Parsed::Valid(ValidatedCallback { code }),
        Ok(Answer::Error(error)) => Parsed::Declined(error),
        Err(error) => Parsed::Refused(error),
    }
}

enum Answer {
    Code(AuthorizationCode),
    Error(Error),
}

/// The checks that come once the state is known to be ours.
fn answer(parameters: &Parameters, attempt: &Attempt) -> Result<Answer, Error> {
    each_once(parameters)?;
    right_issuer(parameters, attempt)?;
    match (parameters.value("code"), parameters.value("error")) {
        (Some(_), Some(_)) => Err(fault(Code::CodeAndError)),
        (None, Some(error)) => {
            let unsaid = attempt.unsaid();
            let description = parameters.value("error_description");
            let told = told(error, description, &unsaid);
            Ok(Answer::Error(fault(declined(error)).with_detail(told)))
        }
        (Some(code), None) if code.bytes().all(|byte| (0x20..0x7f).contains(&byte)) => {
            Ok(Answer::Code(AuthorizationCode::new(code)))
        }
        (Some(_), None) => Err(malformed("the code holds characters a code cannot have")),
        (None, None) => Err(malformed("neither a code nor an error")),
    }
}

/// The callback URL in what a person copied from a browser: without the white space and the quotes that come along, and with the
/// `http://` that some browsers leave out. Only a text that begins with the redirect URI is one.
///
/// # Errors
/// [`Code::PasteUnusable`]: anything else.
pub(crate) fn pasted(text: &SecretUrl, attempt: &Attempt) -> Result<SecretUrl, Error> {
    let around = |c: char| c.is_whitespace() || c.is_control() || QUOTES.contains(&c);
    let text = text.secret().trim_matches(around);
    let redirect_uri = attempt.redirect_uri.as_str();
    let whole = match redirect_uri.strip_prefix("http://") {
        Some(rest) if text.starts_with(rest) => format!("http://{text}"),
        Some(_) | None => text.to_owned(),
    };
    // What a fragment says is the browser's: some pages leave an empty one.
    let whole = SecretUrl::new(whole.trim_end_matches('#'));
    match at_redirect_uri(whole.secret(), redirect_uri) {
        Ok(query) if !query.is_empty() => Ok(whole),
        Ok(_) | Err(_) => Err(fault(Code::PasteUnusable)),
    }
}

/// The answer comes to the redirection URI of the request (RFC 6749, section 4.1.2): the text begins with exactly that, and only a
/// query follows. No form is normalised, because a sender of ours has no reason to write it differently. Only the scheme may be
/// written in either case (RFC 3986, section 3.1). Gives the query.
fn at_redirect_uri<'a>(url: &'a str, redirect_uri: &str) -> Result<&'a str, Error> {
    if url.len() > URL_LIMIT {
        return Err(malformed("the URL is too long"));
    }
    if !is_plain(url) {
        return Err(malformed("a fragment, a space or a control character in the URL"));
    }
    match after(url, redirect_uri) {
        Some("") => Ok(""),
        Some(rest) => rest
            .strip_prefix('?')
            .ok_or_else(|| malformed("not the redirect URI of this attempt")),
        None => Err(malformed("not the redirect URI of this attempt")),
    }
}

/// What follows the redirect URI in a text that begins with it, the scheme in either case.
pub(crate) fn after<'a>(url: &'a str, redirect_uri: &str) -> Option<&'a str> {
    let (scheme, expected) = redirect_uri.split_at(redirect_uri.find(':').unwrap_or_default());
    url.split_at_checked(scheme.len())
        .filter(|(start, _)| start.eq_ignore_ascii_case(scheme))
        .and_then(|(_, rest)| rest.strip_prefix(expected))
}

/// Whether nothing in the text would be dropped or cut off when it is read as a URL: no fragment, no white space and no control
/// characters (RFC 3986, section 2, has none of them).
pub(crate) fn is_plain(url: &str) -> bool {
    !url.chars()
        .any(|char| char == '#' || char.is_whitespace() || char.is_control())
}

/// `state` "enables the client to verify the validity of the request" (RFC 6749, section 10.12): missing or foreign means that this
/// is not our answer, whatever else it says.
fn has_state(parameters: &Parameters, state: &StateValue) -> bool {
    // Every value is compared, so that the time taken does not tell which of them was close.
    parameters
        .all("state")
        .fold(false, |found, value| same(value, state.secret()) | found)
}

/// Whether the URL is at this redirect URI and carries this `state`, whatever else it says.
pub(crate) fn carries(url: &str, redirect_uri: &str, state: &StateValue) -> bool {
    at_redirect_uri(url, redirect_uri).is_ok_and(|query| has_state(&Parameters::of(query), state))
}

/// "Request and response parameters MUST NOT be included more than once." (RFC 6749, section 3.1)
fn each_once(parameters: &Parameters) -> Result<(), Error> {
    let mut names: Vec<&str> = parameters.0.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    if names.windows(2).any(|pair| pair[0] == pair[1]) {
        Err(fault(Code::ParameterRepeated))
    } else {
        Ok(())
    }
}

/// The value of `iss` must be the issuer that was asked, compared as plain text, in error responses too; and where the provider says
/// that it sends `iss`, an answer without it is rejected (RFC 9207, section 2.4).
fn right_issuer(parameters: &Parameters, attempt: &Attempt) -> Result<(), Error> {
    match parameters.all("iss").next() {
        Some(iss) if iss == attempt.issuer => Ok(()),
        Some(_) => Err(fault(Code::IssuerMismatch).with_detail("the callback is from another issuer")),
        None if attempt.iss_expected => {
            Err(fault(Code::IssuerMismatch).with_detail("the callback names no issuer"))
        }
        None => Ok(()),
    }
}

/// The error codes of RFC 6749, section 4.1.2.1, and OpenID Connect Core, section 3.1.2.6.
fn declined(error: &str) -> Code {
    match error {
        "access_denied" => Code::Denied,
        "temporarily_unavailable" | "server_error" => Code::ProviderBusy,
        "invalid_scope" => Code::InvalidScope,
        "unauthorized_client" | "invalid_client" => Code::InvalidClient,
        "interaction_required" | "login_required" | "consent_required" | "account_selection_required" => {
            Code::InteractionRequired
        }
        _ => Code::ProviderRefused,
    }
}

fn fault(code: Code) -> Error {
    Error::new(Stage::Callback, code)
}

fn malformed(detail: &str) -> Error {
    fault(Code::CallbackMalformed).with_detail(detail)
}

/// The query's parameters in their order, decoded.
struct Parameters(Vec<(String, String)>);

impl Parameters {
    fn of(query: &str) -> Self {
        Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }

    /// "Parameters sent without a value MUST be treated as if they were omitted" (RFC 6749, section 3.1).
    fn value<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.all(name).find(|value| !value.is_empty())
    }
}

#[cfg(test)]
#[path = "callback_property_tests.rs"]
mod property_tests;
#[cfg(test)]
#[path = "callback_table_tests.rs"]
mod table_tests;
#[cfg(test)]
#[path = "callback_tests.rs"]
mod tests;
