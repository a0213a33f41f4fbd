//! Which servers are believed: those whose certificate the operating system trusts, over TLS 1.2 or 1.3.
//!
//! The platform's verifier decides; [`Telling`] stands before it and adds, to a refusal, who issued the certificate. Behind a
//! company's proxy that name is what the person needs for the help desk.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, DistinguishedName, OtherError, SignatureScheme,
};
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate, X509Name};

use crate::text::neutral;

/// How much of one name is told, in characters.
const NAME_LIMIT: usize = 80;
/// How many of the names of a certificate for another host are told.
const NAMES_LIMIT: usize = 3;

/// Whom to trust.
#[derive(Clone, Debug, Default)]
pub(super) enum Trust {
    /// Whom the operating system trusts.
    #[default]
    Platform,
    /// These authorities and nobody else, and no proxy.
    #[cfg(test)]
    Only(Vec<CertificateDer<'static>>),
}

impl Trust {
    /// The TLS settings, without ALPN. The cryptography is named here, so that no other one in the process can be meant.
    /// `witness` is told who issued the certificates that were believed.
    pub(super) fn settings(&self, witness: &Witness) -> Result<ClientConfig, rustls::Error> {
        let cryptography = Arc::new(aws_lc_rs::default_provider());
        let verifier = Telling {
            verifier: self.verifier(&cryptography)?,
            witness: witness.clone(),
        };
        let settings = ClientConfig::builder_with_provider(cryptography)
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        Ok(settings)
    }

    fn verifier(
        &self,
        cryptography: &Arc<CryptoProvider>,
    ) -> Result<Arc<dyn ServerCertVerifier>, rustls::Error> {
        match self {
            Self::Platform => Ok(Arc::new(rustls_platform_verifier::Verifier::new(
                cryptography.clone(),
            )?)),
            #[cfg(test)]
            Self::Only(authorities) => {
                let mut roots = rustls::RootCertStore::empty();
                roots.add_parsable_certificates(authorities.iter().cloned());
                let builder = rustls::client::WebPkiServerVerifier::builder_with_provider(
                    Arc::new(roots),
                    cryptography.clone(),
                );
                let verifier = builder.build();
                Ok(verifier.map_err(|error| rustls::Error::General(error.to_string()))?)
            }
        }
    }
}

/// Who issued the certificate that was believed last.
#[derive(Clone, Debug, Default)]
pub(super) struct Witness(Arc<Mutex<Option<CertificateDer<'static>>>>);

impl Witness {
    fn saw(&self, certificate: &CertificateDer<'_>) {
        let certificate = certificate.clone().into_owned();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(certificate);
    }

    /// The issuer's name, made fit for a line of output.
    pub(super) fn issuer(&self) -> Option<String> {
        let certificate = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Some(Facts::read(&certificate?)?.issuer)
    }
}

/// Another verifier's judgement, unchanged, with a refusal that names the issuer.
#[derive(Debug)]
struct Telling {
    verifier: Arc<dyn ServerCertVerifier>,
    witness: Witness,
}

impl ServerCertVerifier for Telling {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.verifier
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
            .inspect(|_| self.witness.saw(end_entity))
            .map_err(|error| {
                let rustls::Error::InvalidCertificate(reason) = error else {
                    return error;
                };
                let refusal = Refusal::of(end_entity, server_name, &reason);
                CertificateError::Other(OtherError(Arc::new(refusal))).into()
            })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }

    fn requires_raw_public_keys(&self) -> bool {
        self.verifier.requires_raw_public_keys()
    }

    fn root_hint_subjects(&self) -> Option<&[DistinguishedName]> {
        self.verifier.root_hint_subjects()
    }
}

/// Why a certificate was refused, in words, with the names it holds made fit for a line of output.
#[derive(Debug)]
pub(super) struct Refusal(String);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refusal {}

impl Refusal {
    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "rustls's list, open for more: the rest keeps its own words"
    )]
    fn of(certificate: &CertificateDer<'_>, server: &ServerName<'_>, reason: &CertificateError) -> Self {
        let host = server.to_str();
        let Some(facts) = Facts::read(certificate) else {
            return Self(format!("the certificate of {host} is not trusted: {reason}"));
        };
        let by = &facts.issuer;
        Self(match reason {
            CertificateError::UnknownIssuer if facts.by_itself => {
                format!(
                    "the certificate of {host} was issued by itself (\"{by}\"), and this computer does not trust it"
                )
            }
            CertificateError::UnknownIssuer => {
                format!(
                    "the certificate of {host} was issued by \"{by}\", which this computer does not trust"
                )
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => format!(
                "the certificate of {host} has expired: it was valid until {}, and by this computer's clock that is over; it was issued by \"{by}\"",
                facts.until
            ),
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => format!(
                "the certificate of {host} is not valid yet: it will be from {} on, by this computer's clock; it was issued by \"{by}\"",
                facts.from
            ),
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => format!(
                "the certificate that came for {host} is for {}; it was issued by \"{by}\"",
                facts.names
            ),
            CertificateError::Revoked => {
                format!("the certificate of {host} was revoked by \"{by}\", who issued it")
            }
            reason => format!("the certificate of {host}, issued by \"{by}\", is not trusted: {reason}"),
        })
    }
}

/// What a certificate says about itself. None of it is proven.
struct Facts {
    issuer: String,
    /// Issuer and subject are the same.
    by_itself: bool,
    /// Whom it is for.
    names: String,
    /// The day it begins to be valid.
    from: String,
    /// The last day it is valid.
    until: String,
}

impl Facts {
    fn read(certificate: &CertificateDer<'_>) -> Option<Self> {
        let (_, read) = X509Certificate::from_der(certificate).ok()?;
        Some(Self {
            issuer: name(read.issuer()),
            by_itself: read.issuer().as_raw() == read.subject().as_raw(),
            names: hosts(&read),
            from: day(read.validity().not_before.timestamp()),
            until: day(read.validity().not_after.timestamp()),
        })
    }
}

/// Common name and organisation, which people know it by; the whole name where both are missing.
fn name(whole: &X509Name<'_>) -> String {
    let common = whole.iter_common_name().map(|part| ("CN", part));
    let organisation = whole.iter_organization().map(|part| ("O", part));
    let parts: Vec<String> = common
        .chain(organisation)
        .filter_map(|(kind, part)| Some(format!("{kind}={}", quotable(part.as_str().ok()?))))
        .take(2)
        .collect();
    if parts.is_empty() {
        quotable(&whole.to_string())
    } else {
        parts.join(", ")
    }
}

fn hosts(certificate: &X509Certificate<'_>) -> String {
    let names = certificate.subject_alternative_name().ok().flatten();
    let mut hosts: Vec<String> = names
        .iter()
        .flat_map(|names| &names.value.general_names)
        .filter_map(|name| {
            let GeneralName::DNSName(host) = name else {
                return None;
            };
            Some(quotable(host))
        })
        .collect();
    if hosts.is_empty() {
        return "no host name".to_owned();
    }
    let more = hosts.len() > NAMES_LIMIT;
    hosts.truncate(NAMES_LIMIT);
    hosts.join(", ") + if more { " and others" } else { "" }
}

fn quotable(text: &str) -> String {
    neutral(&text.replace('"', "'"), NAME_LIMIT)
}

fn day(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(
        |_| "an unreadable day".to_owned(),
        |at| at.strftime("%Y-%m-%d").to_string(),
    )
}
