//! The device authorization response, leniently read and strictly judged (RFC 8628, section 3.2).

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value};
use url::Url;

use super::{Device, INTERVAL};
use crate::error::{Code, Error, Result, Stage};
use crate::json;
use crate::provider::is_loopback_http;
use crate::secret::DeviceCode;
use crate::state::later;
use crate::text::neutral;
use crate::unsaid::Unsaid;

/// The longest device code, in bytes.
const CODE_LIMIT: usize = 8 * 1024;
/// The longest code a person is asked to type, in characters.
const USER_CODE_LIMIT: usize = 40;
/// The longest address, in bytes: both are part of a view.
const ADDRESS_LIMIT: usize = 512;
/// The longest life and the longest interval that are believed.
const LONGEST: f64 = 24.0 * 60.0 * 60.0;

/// Reads an answer that came at `now`. `loopback`: the issuer is on this computer, so the address may be http there.
///
/// # Errors
/// [`Code::TokenMalformed`] or [`Code::InsecureEndpoint`], stage token.
pub(crate) fn parse(answer: &[u8], token_endpoint: &str, loopback: bool, now: Timestamp) -> Result<Device> {
    let members = json::object(answer)
        .ok_or_else(|| malformed("the device authorization response is not a JSON object"))?;
    let code = device_code(required(&members, "device_code")?)?;
    // It is for the token endpoint alone: what people see and scan does not hold it.
    let unsaid = Unsaid::of([code.secret()]);
    let (typed, address) = (
        required(&members, "user_code")?,
        required(&members, "verification_uri")?,
    );
    // A code of a few characters is in many an address by chance.
    let holds = |text: &str| text == code.secret() || code.secret().len() >= 8 && unsaid.is_in(text);
    if holds(typed) || holds(address) {
        return Err(malformed("what people are to see holds the device code"));
    }
    let page = page(address, loopback)?;
    let complete = members
        .get("verification_uri_complete")
        .and_then(Value::as_str)
        .filter(|text| !holds(text))
        .and_then(|text| self::page(text, loopback).ok())
        // The person is shown one host, and the code must not lead to another.
        .filter(|complete| host(complete) == host(&page));
    let life = seconds(members.get("expires_in"))?.ok_or_else(|| malformed("expires_in is missing"))?;
    if life.is_zero() {
        return Err(malformed("the codes are over already"));
    }
    Ok(Device {
        code,
        token_endpoint: token_endpoint.to_owned(),
        user_code: user_code(typed)?,
        host: host(&page),
        verification_uri: page.into(),
        verification_uri_complete: complete.map(Url::into),
        expires_at: later(now, life),
        // Never without a pause, whatever the provider says.
        interval: seconds(members.get("interval"))?
            .unwrap_or(INTERVAL)
            .max(Duration::from_secs(1)),
    })
}

fn required<'a>(members: &'a Map<String, Value>, name: &str) -> Result<&'a str> {
    match members.get(name) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text),
        Some(_) | None => Err(malformed(&format!("{name} is missing"))),
    }
}

fn device_code(text: &str) -> Result<DeviceCode> {
    if text.len() <= CODE_LIMIT && text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        Ok(DeviceCode::new(text))
    } else {
        Err(malformed("device_code is not one"))
    }
}

/// Something a person can read and type.
fn user_code(text: &str) -> Result<String> {
    let shown = neutral(text, USER_CODE_LIMIT);
    if shown == text {
        Ok(shown)
    } else {
        Err(malformed("user_code is not one a person could type"))
    }
}

/// Where the person goes: https, or on loopback like the issuer. Without credentials: what stands before an @ looks like a host.
fn page(text: &str, loopback: bool) -> Result<Url> {
    let url = Url::parse(text).map_err(|_| malformed("verification_uri is not a URL"))?;
    if url.as_str().len() > ADDRESS_LIMIT || !url.has_host() {
        return Err(malformed("verification_uri cannot be shown"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(malformed("verification_uri holds credentials"));
    }
    if url.scheme() == "https" || loopback && is_loopback_http(&url) {
        Ok(url)
    } else {
        Err(Error::new(Stage::Token, Code::InsecureEndpoint).with_detail("verification_uri is not https"))
    }
}

/// The host as the browser will show it: of an international name the form that cannot be mistaken.
fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// A number of seconds, or from some servers a text.
fn seconds(value: Option<&Value>) -> Result<Option<Duration>> {
    let seconds = match value {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Number(number)) => number.as_f64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => None,
    };
    match seconds.filter(|seconds: &f64| seconds.is_finite() && *seconds >= 0.0) {
        Some(seconds) => Ok(Some(Duration::from_secs_f64(seconds.min(LONGEST).ceil()))),
        None => Err(malformed("a time is not a number of seconds")),
    }
}

fn malformed(detail: &str) -> Error {
    Error::new(Stage::Token, Code::TokenMalformed).with_detail(detail)
}
