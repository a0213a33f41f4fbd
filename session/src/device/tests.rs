use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::response::parse;
use super::{Device, NotYet, Pace};
use crate::error::{Code, Result};
use crate::testing::lay_over;

fn now() -> Timestamp {
    Timestamp::from_second(1_000).unwrap()
}

/// The example of RFC 8628, section 3.2, with these changes.
fn answer(changes: Value) -> Result<Device> {
    let mut members = json!({
        "device_code": "GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS",
        "user_code": "WDJB-MJHT",
        "verification_uri": "https://example.com/device",
        "verification_uri_complete": "https://example.com/device?user_code=WDJB-MJHT",
        "expires_in": 1800,
        "interval": 5,
    });
    lay_over(members.as_object_mut().unwrap(), &changes);
    parse(
        members.to_string().as_bytes(),
        "https://example.com/token",
        false,
        now(),
    )
}

fn code_of(changes: Value) -> Code {
    answer(changes).unwrap_err().code()
}

#[test]
fn the_example_of_the_standard_is_understood() {
    let device = answer(json!({})).unwrap();
    assert_eq!(device.user_code, "WDJB-MJHT");
    assert_eq!(device.host, "example.com");
    assert_eq!(device.expires_at, Timestamp::from_second(2_800).unwrap());
    assert_eq!(device.interval, Duration::from_secs(5));
    let view = device.view();
    assert_eq!(
        view.verification_uri_complete.as_deref(),
        Some("https://example.com/device?user_code=WDJB-MJHT")
    );
    assert!(view.qr.is_some());
    assert!(!format!("{device:?}").contains("GmRhmhcx"));
}

#[test]
fn without_an_interval_it_is_five_seconds_and_never_none() {
    for (given, seconds) in [
        (Value::Null, 5),
        (json!(0), 1),
        (json!("7"), 7),
        (json!(1e9), 86_400),
    ] {
        let device = answer(json!({ "interval": given })).unwrap();
        assert_eq!(device.interval.as_secs(), seconds);
    }
}

#[test]
fn what_is_missing_or_of_another_kind_is_refused() {
    for member in ["device_code", "user_code", "verification_uri", "expires_in"] {
        for value in [Value::Null, json!(""), json!([]), json!(true)] {
            assert_eq!(
                code_of(json!({ member: value })),
                Code::TokenMalformed,
                "{member}"
            );
        }
    }
    assert_eq!(code_of(json!({ "expires_in": 0 })), Code::TokenMalformed);
    assert_eq!(code_of(json!({ "expires_in": -1 })), Code::TokenMalformed);
    assert_eq!(code_of(json!({ "interval": "soon" })), Code::TokenMalformed);
    assert_eq!(code_of(json!({ "device_code": "a\nb" })), Code::TokenMalformed);
    for text in ["[]", "null", "<html>", "{", ""] {
        assert!(parse(text.as_bytes(), "", false, now()).is_err(), "{text}");
    }
}

#[test]
fn only_a_page_that_may_be_shown_is_one() {
    let at = |uri: &str| json!({ "verification_uri": uri, "verification_uri_complete": null });
    assert_eq!(code_of(at("http://example.com/device")), Code::InsecureEndpoint);
    assert_eq!(code_of(at("http://127.0.0.1/device")), Code::InsecureEndpoint);
    assert_eq!(code_of(at("javascript:alert(1)")), Code::TokenMalformed);
    assert_eq!(code_of(at("file:///etc/passwd")), Code::TokenMalformed);
    assert_eq!(
        code_of(at("https://good.example@evil.example/")),
        Code::TokenMalformed
    );
    assert_eq!(
        code_of(at(&format!("https://example.com/{}", "a".repeat(600)))),
        Code::TokenMalformed
    );
    assert_eq!(
        answer(at("https://b\u{fc}cher.example:8443/d")).unwrap().host,
        "xn--bcher-kva.example:8443"
    );
}

#[test]
fn http_is_taken_on_loopback_where_the_issuer_is_there() {
    let text = json!({ "device_code": "d", "user_code": "u", "verification_uri": "http://127.0.0.1:9470/device", "expires_in": 60 });
    assert!(parse(text.to_string().as_bytes(), "", true, now()).is_ok());
    assert!(parse(text.to_string().as_bytes(), "", false, now()).is_err());
}

#[test]
fn a_complete_address_at_another_host_is_left_out() {
    for other in [
        "https://evil.example/device?user_code=WDJB-MJHT",
        "https://example.com:8443/",
        "http://example.com/",
        "x",
    ] {
        let device = answer(json!({ "verification_uri_complete": other })).unwrap();
        assert_eq!(device.verification_uri_complete, None, "{other}");
    }
}

#[test]
fn a_code_nobody_could_type_is_refused() {
    for user_code in ["A\u{202e}B", "A\nB", " AB", &"x".repeat(41)] {
        assert_eq!(
            code_of(json!({ "user_code": user_code })),
            Code::TokenMalformed,
            "{user_code:?}"
        );
    }
}

#[test]
fn the_longest_view_stays_under_8_kib() {
    let page = format!("https://example.com/{}", "a".repeat(490));
    let device = answer(json!({
        "user_code": "\u{1F600}".repeat(40), "verification_uri": page, "verification_uri_complete": page,
    }))
    .unwrap();
    let length = serde_json::to_vec(&device.view()).unwrap().len();
    assert!(length < 7 * 1024, "{length}");
}

#[test]
fn slow_down_is_for_good_and_failures_double_the_wait() {
    let mut pace = Pace::of(&answer(json!({})).unwrap());
    let seconds = |wait: Duration| wait.as_secs();
    assert_eq!(seconds(pace.first()), 5);
    assert_eq!(seconds(pace.after(NotYet::Pending)), 5);
    assert_eq!(seconds(pace.after(NotYet::SlowDown)), 10);
    assert_eq!(seconds(pace.after(NotYet::Pending)), 10);
    assert_eq!(seconds(pace.after_failure(None)), 20);
    assert_eq!(seconds(pace.after_failure(None)), 40);
    assert_eq!(seconds(pace.after_failure(None)), 60);
    assert_eq!(seconds(pace.after_failure(Some(Duration::from_secs(90)))), 90);
    assert_eq!(seconds(pace.after(NotYet::SlowDown)), 15);
}

#[test]
fn what_people_see_and_scan_does_not_hold_the_device_code() {
    let code = "GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS";
    let holding = format!("https://example.com/device?user_code={code}");
    let device = answer(json!({ "device_code": code, "verification_uri_complete": holding })).unwrap();
    assert_eq!(device.verification_uri_complete, None);
    assert_eq!(
        code_of(json!({ "device_code": code, "verification_uri": holding })),
        Code::TokenMalformed
    );
    assert_eq!(
        code_of(json!({ "device_code": "WDJB-MJHT", "user_code": "WDJB-MJHT" })),
        Code::TokenMalformed
    );
}
