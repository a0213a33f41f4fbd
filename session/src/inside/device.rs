//! A device authorization response, as the provider may answer.

use serde_json::Value;
use url::Url;

use super::{SECRET, now, problem, shown};
use crate::device::response::parse;

/// A response that passes gives a code a person can read and type, at an address that may be shown, and its view is small; the device
/// code is in neither.
pub fn device_response(answer: &[u8]) -> bool {
    let mut taken = false;
    for loopback in [false, true] {
        match parse(answer, "https://id.example/token", loopback, now()) {
            Err(error) => problem(&error, &[SECRET]),
            Ok(device) => {
                taken = true;
                let said: Value = serde_json::from_slice(answer).expect("it was read before");
                let view = device.view();
                shown(&view.user_code, 40);
                assert!(!view.user_code.is_empty());
                for address in [
                    Some(&view.verification_uri),
                    view.verification_uri_complete.as_ref(),
                ]
                .into_iter()
                .flatten()
                {
                    let url = Url::parse(address).expect("an address");
                    assert!(url.scheme() == "https" || loopback && url.scheme() == "http");
                    assert!(view.host.starts_with(url.host_str().expect("a host")));
                    assert!(url.username().is_empty() && url.password().is_none());
                }
                assert!(device.expires_at > now() && device.interval.as_secs() >= 1);
                assert_eq!(said["device_code"], device.code.secret());
                let wire = serde_json::to_string(&view).expect("a view");
                assert!(wire.len() < 7 * 1024);
            }
        }
    }
    taken
}
