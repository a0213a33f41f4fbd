//! The person and their browser, as far as a benchmark needs them: the page of a sign-in is opened, and whoever answers sends the browser
//! back.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use url::Url;

/// Opens the page; where the answer sends the browser.
///
/// # Panics
/// It is no page of the provider on loopback, or it does not send the browser on.
pub fn sent_back_from(page: &str) -> String {
    let answer = get(page);
    let location = answer.lines().find_map(|line| line.strip_prefix("location: "));
    location.expect("the provider sends the browser back").to_owned()
}

/// The answer to this address on loopback, head and body.
///
/// # Panics
/// Nobody answers.
pub fn get(address: &str) -> String {
    let url = Url::parse(address).expect("an address");
    let port = url.port().expect("a port");
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("somebody listens");
    let (path, query) = (url.path(), url.query().unwrap_or_default());
    write!(
        stream,
        "GET {path}?{query} HTTP/1.1\r\nhost: {}:{port}\r\nconnection: close\r\n\r\n",
        url.host_str().unwrap_or_default()
    )
    .expect("a request is sent");
    let mut answer = Vec::new();
    // One that resets after its answer has answered.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}
