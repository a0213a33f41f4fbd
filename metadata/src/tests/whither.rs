//! Where a token goes: to the configured origin, and nowhere else, whatever the server or an adapter says.

use http::{Request, Response};
use serde_json::json;
use url::Url;

use super::server::Suffers;
use super::*;
use crate::adapter::{Doing, Loaded, Version};

/// An adapter whose requests go elsewhere than it says.
#[derive(Debug)]
struct Astray {
    place: Url,
    goes: String,
}

impl Adapter for Astray {
    fn place(&self) -> &Url {
        &self.place
    }

    fn load(&self, _: &Person) -> Result<Request<Vec<u8>>, Trouble> {
        Ok(Request::get(&self.goes).body(Vec::new()).unwrap())
    }

    fn patch(&self, _: &Person, _: &Changes, _: Option<&Version>) -> Result<Request<Vec<u8>>, Trouble> {
        Ok(Request::patch(&self.goes).body(Vec::new()).unwrap())
    }

    fn read(&self, _: &Response<Vec<u8>>) -> Result<Loaded, Trouble> {
        panic!("nothing is read")
    }

    fn scope(&self, _: Doing) -> Option<&'static str> {
        None
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (desk, other) = (Desk::new(Kind::Strong).await, Backend::start(Kind::Strong).await);
    for status in [301, 302, 303, 307, 308] {
        for method in ["GET", "PATCH"] {
            let location = vec![("location", other.url("/me").to_string())];
            desk.backend
                .next(method, Suffers::Answer(status, location, String::new()));
        }
        let content = desk.editor.load(&ada()).await;
        assert_eq!(content.trouble.unwrap().code, TroubleCode::Unusable);
        assert_eq!(desk.failing().await.code, TroubleCode::Unusable, "{status}");
    }
    assert!(other.seen().is_empty());
    assert_eq!(desk.backend.get("first_name"), "Ada");
}

#[tokio::test]
async fn a_request_to_another_origin_is_not_sent() {
    let (desk, other) = (Desk::new(Kind::Strong).await, Backend::start(Kind::Strong).await);
    let place = desk.backend.url("/me");
    let port = place.port().unwrap();
    for goes in [
        other.url("/me").to_string(),
        format!("http://me@127.0.0.1:{port}/me"),
        format!("http://me:pw@127.0.0.1:{port}/me"),
        format!("http://localhost:{port}/me"),
        format!("https://127.0.0.1:{port}/me"),
        "/me".to_owned(),
    ] {
        let astray = Astray {
            place: place.clone(),
            goes: goes.clone(),
        };
        let clock = Arc::new(SystemClock);
        let directory = desk.directory.path().to_owned();
        let editor = Editor::at(Box::new(astray), desk.tokens.clone(), clock, directory);
        let content = editor.load(&ada()).await;
        assert_eq!(content.trouble.unwrap().code, TroubleCode::Invalid, "{goes}");
        let outcome = editor.save(&ada(), &changes_of(json!({"a": 1})), &[]).await;
        assert!(outcome.is_err());
    }
    assert!(desk.backend.seen().is_empty() && other.seen().is_empty());
}

#[tokio::test]
async fn no_token_is_in_what_is_shown_or_written() {
    let desk = Desk::new(Kind::Strong).await;
    let body = json!({"detail": "Bearer t0ken-0 is not enough"}).to_string();
    desk.backend.next("PATCH", Suffers::Answer(422, Vec::new(), body));
    let trouble = desk.failing().await;
    assert!(
        !serde_json::to_string(&trouble).unwrap().contains("t0ken"),
        "{trouble:?}"
    );
    assert!(!format!("{:?}", desk.editor).contains("t0ken"));
}
