//! The `avatar` scheme: the signed-in person's picture for the page's `<img>`, and nothing else.
//!
//! The core fetched the picture and knows by its first bytes that it is raster; only such types are passed on, with headers
//! that let nobody read anything else into them. A web view counts its registered schemes as local, so nothing else may ever be
//! served here.

use latchkey_session::Session;
use tauri::http::{Method, Request, Response, StatusCode, header};
use tauri::{Manager, Runtime, UriSchemeContext, UriSchemeResponder};

use crate::window;

/// The scheme's name.
pub(crate) const SCHEME: &str = "avatar";
/// The one address there is; the query only tells one picture from the next.
const HOST: &str = "localhost";
const PATH: &str = "/current";
const RASTER: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/// Answers one request of the web view.
pub(crate) fn serve<R: Runtime>(
    context: UriSchemeContext<'_, R>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    let session = context
        .app_handle()
        .try_state::<Session>()
        .map(|session| session.inner().clone());
    let asked = context.webview_label() == window::LABEL && is_asked_for(&request);
    let Some(session) = session.filter(|_| asked) else {
        responder.respond(nothing());
        return;
    };
    tauri::async_runtime::spawn(async move {
        let picture = session.picture().await;
        responder.respond(picture.map_or_else(nothing, |picture| image(picture.mime, picture.bytes)));
    });
}

fn is_asked_for(request: &Request<Vec<u8>>) -> bool {
    request.method() == Method::GET && request.uri().host() == Some(HOST) && request.uri().path() == PATH
}

fn image(mime: &str, bytes: Vec<u8>) -> Response<Vec<u8>> {
    if !RASTER.contains(&mime) {
        return nothing();
    }
    Response::builder()
        .header(header::CONTENT_TYPE, mime)
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox")
        .header(header::CACHE_CONTROL, "no-store")
        .body(bytes)
        .unwrap_or_else(|_| nothing())
}

fn nothing() -> Response<Vec<u8>> {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

#[cfg(test)]
mod tests {
    use tauri::http::{Request, StatusCode};

    use super::{image, is_asked_for};

    fn asked(method: &str, uri: &str) -> bool {
        is_asked_for(
            &Request::builder()
                .method(method)
                .uri(uri)
                .body(Vec::new())
                .unwrap(),
        )
    }

    #[test]
    fn one_address_one_method() {
        assert!(asked("GET", "avatar://localhost/current?v=1a2b"));
        assert!(!asked("POST", "avatar://localhost/current"));
        assert!(!asked("GET", "avatar://elsewhere/current"));
        assert!(!asked("GET", "avatar://localhost/"));
        assert!(!asked("GET", "avatar://localhost/current/../../etc/passwd"));
    }

    #[test]
    fn only_raster_types_are_served() {
        assert_eq!(image("image/png", vec![1]).status(), StatusCode::OK);
        for mime in ["image/svg+xml", "text/html", "application/octet-stream", ""] {
            let answer = image(mime, vec![1]);
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{mime}");
            assert!(answer.body().is_empty());
        }
    }

    #[test]
    fn a_picture_is_nothing_but_a_picture() {
        let answer = image("image/webp", vec![1]);
        assert_eq!(answer.headers()["content-type"], "image/webp");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
        assert_eq!(
            answer.headers()["content-security-policy"],
            "default-src 'none'; sandbox"
        );
        assert!(answer.headers().get("access-control-allow-origin").is_none());
    }
}
