//! A request to the loopback listener, as fuzzing sees it.

use super::request::{Request, parse};

const AUTHORITY: &str = "127.0.0.1:4000";

/// A request that passes is a GET for the callback path, or for a page, with one Host, which is ours; its query holds nothing that
/// ends a line. In how many pieces it arrived makes no difference.
pub fn request(head: &[u8]) -> bool {
    let whole = parse(head, AUTHORITY);
    if let Some(end) = (0..head.len().min(512)).find(|end| parse(&head[..*end], AUTHORITY).is_some()) {
        assert_eq!(parse(&head[..end], AUTHORITY), whole);
    }
    match whole {
        Some(Request::Callback(query)) => {
            assert!(query.is_empty() || query.starts_with('?'));
            assert!(!query.contains(|c: char| !c.is_ascii_graphic()));
            ours(head, &format!("/callback{}", *query));
            true
        }
        Some(Request::Done(name)) => {
            ours(head, &format!("/done/{name}"));
            true
        }
        Some(Request::Refused(_)) | None => false,
    }
}

fn ours(head: &[u8], target: &str) {
    let head = String::from_utf8_lossy(head);
    let mut lines = head.lines().skip_while(|line| line.is_empty());
    let first: Vec<&str> = lines.next().unwrap_or_default().split(' ').collect();
    assert_eq!(first[..2], ["GET", target]);
    let hosts = lines
        .take_while(|line| !line.is_empty())
        .filter(|line| line.to_ascii_lowercase().starts_with("host:"));
    assert_eq!(
        hosts.map(|line| line[5..].trim()).collect::<Vec<_>>(),
        [AUTHORITY]
    );
}
