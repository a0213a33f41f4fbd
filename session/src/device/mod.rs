//! The device authorization grant (RFC 8628): the person types a short code on another device, or points its camera at a QR code, and
//! this program asks the token endpoint from time to time whether they have said yes. No I/O here: `exchange` asks.
//!
//! The request has no `nonce`, so an ID token of it must not have one; every other check is that of a code exchange. What binds the
//! answer to the request is the device code, which never leaves this process but for the token endpoint.

mod qr;
pub(crate) mod response;

use std::time::Duration;

use jiff::Timestamp;

use crate::secret::DeviceCode;
use crate::view;

/// "If no value is provided, clients MUST use 5 as the default." (RFC 8628, section 3.2)
pub(crate) const INTERVAL: Duration = Duration::from_secs(5);
/// "the interval MUST be increased by 5 seconds for this and all subsequent requests" (section 3.5)
pub(crate) const SLOW_DOWN: Duration = Duration::from_secs(5);
/// The longest wait after failures in a row, which double it ("exponential backoff", section 3.5).
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// What the provider gave for one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Device {
    /// Goes to the token endpoint and nowhere else.
    pub(crate) code: DeviceCode,
    /// Where the device code may be used, and nowhere else.
    pub(crate) token_endpoint: String,
    /// What the person types.
    pub(crate) user_code: String,
    /// Where the person types it.
    pub(crate) verification_uri: String,
    /// The same with the code in it.
    pub(crate) verification_uri_complete: Option<String>,
    /// The host of both, with its port where that is not the usual one.
    pub(crate) host: String,
    /// When both codes are over.
    pub(crate) expires_at: Timestamp,
    /// How often may be asked.
    pub(crate) interval: Duration,
}

/// What the token endpoint says while the person has not decided (RFC 8628, section 3.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotYet {
    /// `authorization_pending`
    Pending,
    /// `slow_down`
    SlowDown,
}

/// When to ask. Pure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    interval: Duration,
    failures: u32,
}

impl Pace {
    /// The pace the provider asked for.
    pub(crate) fn of(device: &Device) -> Self {
        Self {
            interval: device.interval,
            failures: 0,
        }
    }

    /// How long to wait before the first try.
    pub(crate) fn first(self) -> Duration {
        self.interval
    }

    /// How long to wait after this answer.
    pub(crate) fn after(&mut self, answer: NotYet) -> Duration {
        self.failures = 0;
        if answer == NotYet::SlowDown {
            self.interval = self.interval.saturating_add(SLOW_DOWN);
        }
        self.interval
    }

    /// How long to wait when no answer came: twice as long each time, and at least what was asked for.
    pub(crate) fn after_failure(&mut self, asked: Option<Duration>) -> Duration {
        self.failures = self.failures.saturating_add(1);
        let doubled = self.interval.saturating_mul(1 << self.failures.min(6));
        let own = doubled.min(LONGEST_WAIT.max(self.interval));
        own.max(asked.unwrap_or_default())
    }

    /// No wait that was set can be longer than this.
    pub(crate) fn longest(self) -> Duration {
        Duration::from_secs(24 * 60 * 60).max(self.interval)
    }
}

impl Device {
    /// What people see. The QR code is of the address that needs no typing, where there is one.
    pub(crate) fn view(&self) -> view::Device {
        let address = self
            .verification_uri_complete
            .as_ref()
            .unwrap_or(&self.verification_uri);
        view::Device {
            user_code: self.user_code.clone(),
            verification_uri: self.verification_uri.clone(),
            verification_uri_complete: self.verification_uri_complete.clone(),
            host: self.host.clone(),
            expires_at: self.expires_at,
            qr: qr::of(address),
        }
    }
}

#[cfg(test)]
mod tests;
