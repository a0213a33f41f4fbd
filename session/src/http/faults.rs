//! What a failed exchange means: by its status, or by where in its life the connection failed.

use std::error::Error as StdError;
use std::time::Duration;

use http::StatusCode;
use http::header::{DATE, HeaderMap, RETRY_AFTER};
use jiff::Timestamp;

use super::clients::TOTAL_LIMIT;
use super::offset::http_date;
use super::trust::Refusal;
use crate::error::{Code, Error, Stage};

/// The longest wait that is granted to `Retry-After`.
pub(super) const RETRY_AFTER_LIMIT: Duration = Duration::from_secs(24 * 60 * 60);

/// 429 and 5xx say nothing about the request, whatever their body says (RFC 6585, section 4; RFC 9110, section 15.6). The
/// request may have had its effect.
pub(super) fn of_status(
    stage: Stage,
    host: &str,
    status: StatusCode,
    headers: &HeaderMap,
    now: Timestamp,
) -> Option<Error> {
    let code = match status {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => Code::ProviderBusy,
        _ if status.is_server_error() => Code::ProviderFault,
        _ => return None,
    };
    let detail = format!("{host} answered {}", status.as_u16());
    Some(
        Error::new(stage, code)
            .with_detail(detail)
            .after(retry_after(headers, now))
            .maybe_sent(),
    )
}

/// Seconds or an HTTP date (RFC 9110, section 10.2.3); the date counts from the answer's own, if it has one.
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match text.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let there = headers.get(DATE).and_then(|date| http_date(date.to_str().ok()?));
            let left = there.unwrap_or(now).duration_until(http_date(text)?);
            if left.is_negative() {
                Duration::ZERO
            } else {
                left.unsigned_abs()
            }
        }
    };
    (!wait.is_zero()).then(|| wait.min(RETRY_AFTER_LIMIT))
}

/// What a failed connection means. Only one that was never made is sure to have carried nothing.
pub(super) fn of_transport(stage: Stage, host: &str, error: &reqwest::Error) -> Error {
    let cause = innermost(error);
    let (code, detail) = if let Some(refusal) = refusal(error) {
        (Code::Certificate, refusal.to_string())
    } else if error.is_dns() && !cause.contains("emporary failure") {
        (Code::NameNotFound, format!("{host} has no address"))
    } else if error.is_connect() {
        (Code::Offline, format!("no connection to {host}: {cause}"))
    } else if error.is_timeout() {
        (
            Code::ProviderSilent,
            format!("{host} did not answer in {} seconds", TOTAL_LIMIT.as_secs()),
        )
    } else {
        (
            Code::ProviderFault,
            format!("the connection to {host} broke: {cause}"),
        )
    };
    let fault = Error::new(stage, code).with_detail(detail);
    if error.is_connect() {
        fault
    } else {
        fault.maybe_sent()
    }
}

/// Our own refusal of a certificate among the causes.
fn refusal(error: &reqwest::Error) -> Option<&Refusal> {
    causes(error).find_map(|cause| {
        let rustls::Error::InvalidCertificate(rustls::CertificateError::Other(reason)) =
            cause.downcast_ref()?
        else {
            return None;
        };
        reason.0.downcast_ref()
    })
}

/// The text of the first cause.
pub(super) fn innermost(error: &reqwest::Error) -> String {
    causes(error)
        .last()
        .map(|cause| cause.to_string())
        .unwrap_or_default()
}

/// Every cause of an error, without itself (it shows the URL).
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |cause| cause_of(*cause))
}

/// An I/O error does not name as its cause what it was made from, but gives it out.
fn cause_of<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    let made_from = error
        .downcast_ref::<std::io::Error>()
        .and_then(std::io::Error::get_ref);
    match made_from {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}
