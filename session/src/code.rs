//! The codes: every fact that can be a [problem](crate::Problem), with who can mend it and whether the same step, unchanged, may
//! succeed later. One table; the user interface has one sentence and one action for each line of it.

use serde::{Deserialize, Serialize};

use crate::error::Fault;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident => $wire:literal, $fault:ident, $retryable:literal;)*) => {
        /// The fact, by name. The wire form is the kebab-case text of [`Code::as_str`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
        pub enum Code {
            $($(#[$doc])* #[serde(rename = $wire)] $name,)*
        }

        impl Code {
            /// Every code, for catalogues and tests.
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            /// The wire form.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$name => $wire,)* }
            }

            /// Who can mend it.
            pub fn fault(self) -> Fault {
                match self { $(Code::$name => Fault::$fault,)* }
            }

            /// Whether the same step, unchanged, may succeed later.
            pub fn is_retryable(self) -> bool {
                match self { $(Code::$name => $retryable,)* }
            }
        }
    };
}

codes! {
    /// There is no configuration file, or none names a provider.
    ConfigurationMissing => "configuration-missing", Configuration, false;
    /// The configuration holds an error; the detail names file, line and key.
    ConfigurationInvalid => "configuration-invalid", Configuration, false;

    /// No connection could be made.
    Offline => "offline", Machine, true;
    /// The provider's host name has no address.
    NameNotFound => "name-not-found", Machine, true;
    /// The provider's TLS certificate is not trusted here.
    Certificate => "certificate", Machine, true;
    /// No whole answer within the time limit.
    ProviderSilent => "provider-silent", Provider, true;
    /// A 5xx answer, or a connection cut in the middle of one.
    ProviderFault => "provider-fault", Provider, true;
    /// 429, `temporarily_unavailable` or `server_error`.
    ProviderBusy => "provider-busy", Provider, true;
    /// A web page where JSON was due: a captive portal or a proxy's notice.
    NotJson => "not-json", Machine, true;
    /// An answer beyond the size limit.
    TooLarge => "too-large", Provider, false;

    /// The discovery document lacks a required member or holds one of the wrong type.
    DiscoveryInvalid => "discovery-invalid", Provider, false;
    /// Another issuer than the configured one, in the discovery document or in `iss`.
    IssuerMismatch => "issuer-mismatch", Provider, false;
    /// An endpoint that is not https (and not loopback).
    InsecureEndpoint => "insecure-endpoint", Provider, false;

    /// The browser could not be opened.
    BrowserFailed => "browser-failed", Machine, true;
    /// The person ended the attempt.
    Cancelled => "cancelled", Person, false;
    /// The attempt's deadline passed.
    TimedOut => "timed-out", Person, true;
    /// An attempt is already alive.
    Busy => "busy", Person, false;
    /// The session is closing.
    Closing => "closing", Us, false;
    /// No loopback port could be opened.
    LoopbackUnavailable => "loopback-unavailable", Machine, true;
    /// The authorization request is too long to be handed to a browser, and the provider takes no pushed ones.
    RequestTooLong => "request-too-long", Configuration, false;
    /// The provider lets nobody in by another device (RFC 8628).
    DeviceNotOffered => "device-not-offered", Provider, false;
    /// What was pasted is not the address a sign-in ends at.
    PasteUnusable => "paste-unusable", Person, false;
    /// Somebody else signed in than the one who was expected, and the person did not want that.
    AnotherAccount => "another-account", Person, false;

    /// What was typed is no address of a provider.
    AddressInvalid => "address-invalid", Person, false;
    /// The address is http, and not on this computer.
    AddressInsecure => "address-insecure", Person, false;
    /// There is something at the address, but no provider's description of itself.
    NotAProvider => "not-a-provider", Person, false;
    /// The configuration file could not be written.
    ConfigurationUnwritable => "configuration-unwritable", Machine, true;

    /// A callback, but no attempt is waiting for one.
    NoAttempt => "no-attempt", Person, false;
    /// The callback's `state` is missing or not this attempt's.
    StateMismatch => "state-mismatch", Person, false;
    /// The callback is not a URL of the attempt's redirect URI, is too long, or has neither code nor error.
    CallbackMalformed => "callback-malformed", Provider, false;
    /// A callback parameter appears more than once.
    ParameterRepeated => "parameter-repeated", Provider, false;
    /// The callback holds both a code and an error.
    CodeAndError => "code-and-error", Provider, false;
    /// The person or the provider's policy said no (`access_denied`).
    Denied => "denied", Person, false;
    /// Another error code from the provider.
    ProviderRefused => "provider-refused", Provider, false;

    /// The grant is over (RFC 6749, section 5.2).
    InvalidGrant => "invalid-grant", Provider, false;
    /// The provider does not accept this client.
    InvalidClient => "invalid-client", Configuration, false;
    /// The provider does not grant these scopes.
    InvalidScope => "invalid-scope", Configuration, false;
    /// The provider wants to see the person again.
    InteractionRequired => "interaction-required", Person, false;
    /// The token response lacks a required member or holds one of the wrong type.
    TokenMalformed => "token-malformed", Provider, false;
    /// A token type other than Bearer.
    TokenType => "token-type", Provider, false;

    /// The token response holds no ID token.
    IdTokenMissing => "id-token-missing", Provider, false;
    /// The ID token is not a JWT with the required claims of the right types.
    IdTokenMalformed => "id-token-malformed", Provider, false;
    /// The ID token's algorithm is not one we accept.
    IdTokenAlgorithm => "id-token-algorithm", Provider, false;
    /// No published key fits the ID token.
    IdTokenKey => "id-token-key", Provider, false;
    /// The ID token's signature is wrong.
    IdTokenSignature => "id-token-signature", Provider, false;
    /// The ID token's `iss` is not the configured issuer.
    IdTokenIssuer => "id-token-issuer", Provider, false;
    /// The ID token's `aud` does not name this client, or names strangers.
    IdTokenAudience => "id-token-audience", Provider, false;
    /// The ID token's `azp` is missing where due, or not this client.
    IdTokenAuthorizedParty => "id-token-authorized-party", Provider, false;
    /// The ID token's `exp` has passed.
    IdTokenExpired => "id-token-expired", Machine, false;
    /// The ID token's `iat` lies in the future.
    IdTokenIssuedAt => "id-token-issued-at", Machine, false;
    /// The ID token's `nbf` lies in the future.
    IdTokenNotBefore => "id-token-not-before", Machine, false;
    /// The ID token's `nonce` is missing or not this attempt's.
    IdTokenNonce => "id-token-nonce", Provider, false;
    /// The ID token's `sub` is missing, too long, or another person's.
    IdTokenSubject => "id-token-subject", Provider, false;
    /// The ID token's `at_hash` does not fit the access token.
    IdTokenHash => "id-token-hash", Provider, false;
    /// The ID token's `auth_time` is missing where due, or too old for `max_age`.
    IdTokenAuthTime => "id-token-auth-time", Provider, false;

    /// The userinfo answer cannot be used.
    UserinfoUnusable => "userinfo-unusable", Provider, false;
    /// The userinfo answer is about somebody else.
    UserinfoSubject => "userinfo-subject", Provider, false;

    /// There is no refresh token to renew with.
    NoRefreshToken => "no-refresh-token", Provider, false;
    /// Nobody is signed in.
    NotSignedIn => "not-signed-in", Person, false;

    /// There is no credential store.
    StoreMissing => "store-missing", Machine, true;
    /// The credential store is locked.
    StoreLocked => "store-locked", Machine, true;
    /// The credential store did not answer in time.
    StoreSilent => "store-silent", Machine, true;
    /// The credential store failed.
    StoreBroken => "store-broken", Machine, true;
    /// The credential store does not take a record of this size.
    StoreFull => "store-full", Machine, false;
    /// The stored record is not one this version can read.
    RecordUnreadable => "record-unreadable", Us, false;

    /// The provider could not be told of the sign-out.
    LogoutIncomplete => "logout-incomplete", Provider, true;
    /// A command this program does not know.
    UnknownCommand => "unknown-command", Person, false;
    /// A fault of this program.
    Internal => "internal", Us, false;
}
