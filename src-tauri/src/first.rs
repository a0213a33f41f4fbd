//! The first view in the document itself. The page would have to be loaded, and to ask, before it could show who is signed in; the
//! document's own program (`ui/src/still`) draws that view from here for the first frame, while the page is loaded behind it.
//!
//! It is what `subscribe` and `app_info` answer a moment later, and reaches the same page. Only somebody who is signed in is told
//! of: every other first screen is the page's own. Where the credential store has not answered yet, the document goes out as it is.

use std::borrow::Cow;

use latchkey_session::view::View;
use serde_json::json;
use tauri::http::header::CACHE_CONTROL;
use tauri::http::{HeaderValue, Request, Response};
use tauri::{AppHandle, Manager as _};

use crate::info::AppInfo;
use crate::shell::Shell;

/// The end of the document, before which the view is put.
const END: &str = "</body>";

/// Completes the document on its way to the page; every other file passes.
pub(crate) fn complete(
    app: &AppHandle,
    request: &Request<Vec<u8>>,
    response: &mut Response<Cow<'static, [u8]>>,
) {
    if !matches!(request.uri().path(), "" | "/" | "/index.html") {
        return;
    }
    let Some(shell) = app.try_state::<Shell>() else {
        return;
    };
    let view = shell.views.current();
    let told = matches!(view, View::SignedIn { .. });
    if told && let Some(document) = completed(response.body(), &view, &shell.info()) {
        *response.body_mut() = Cow::Owned(document);
        // It is about a person now: no cache may keep it.
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    tracing::debug!(view = told, "the page's document");
}

/// The document with the view in it, as data: a script of this type is not run, so the content security policy need not know it.
/// Nothing when it is no document.
fn completed(document: &[u8], view: &View, info: &AppInfo) -> Option<Vec<u8>> {
    let document = std::str::from_utf8(document).ok()?;
    let (before, after) = document.split_at(document.rfind(END)?);
    let first = serde_json::to_string(&json!({ "view": view, "info": info })).ok()?;
    // The text of an element ends at the first `</`, and `<!--` changes its rules (HTML, 13.2.5.4 and after): without `<` it has neither.
    let first = first.replace('<', "\\u003c");
    let whole = format!(r#"{before}<script type="application/json" id="first">{first}</script>{after}"#);
    Some(whole.into_bytes())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::completed;
    use crate::info::AppInfo;

    fn view(name: &str) -> latchkey_session::view::View {
        serde_json::from_value(json!({
            "kind": "signed-in",
            "profile": { "issuer": "https://id.acme.example", "sub": "1", "name": name },
            "since": "2026-11-21T09:00:00Z",
            "freshness": { "kind": "fresh" },
            "kept": { "kind": "stored" },
        }))
        .unwrap()
    }

    fn info() -> AppInfo {
        AppInfo {
            product: "Latchkey".to_owned(),
            version: "1.0.0".to_owned(),
            provider: None,
            config_path: "/config.toml".to_owned(),
            store: "GNOME Keyring".to_owned(),
            language: None,
            redirect: "deep-link".to_owned(),
            editor: false,
        }
    }

    fn told(name: &str) -> (String, Value) {
        let document = completed(b"<html><body><p>x</p></body></html>", &view(name), &info()).unwrap();
        let document = String::from_utf8(document).unwrap();
        let (_, rest) = document
            .split_once(r#"<script type="application/json" id="first">"#)
            .unwrap();
        let data = rest.split_once("</script>").unwrap().0;
        (document.clone(), serde_json::from_str(data).unwrap())
    }

    #[test]
    fn the_view_stands_at_the_end_of_the_document() {
        let (document, first) = told("Chiyo");
        assert_eq!(first["view"]["profile"]["name"], "Chiyo");
        assert_eq!(first["info"]["store"], "GNOME Keyring");
        assert!(document.starts_with("<html><body><p>x</p><script "), "{document}");
        assert!(document.ends_with("</script></body></html>"), "{document}");
    }

    #[test]
    fn no_name_leaves_its_element() {
        for name in [
            "</script><script>alert(1)</script>",
            "<!--<script>",
            "</body>",
            "]]>&lt;\u{2028}",
        ] {
            let (document, first) = told(name);
            assert_eq!(first["view"]["profile"]["name"], name);
            assert_eq!(
                document.matches('<').count(),
                "<html><body><p></p><script></script></body></html>"
                    .matches('<')
                    .count()
            );
        }
    }

    #[test]
    fn what_is_no_document_stays_as_it_is() {
        for other in [&b"body { margin: 0 }"[..], b"", b"\xff</body>"] {
            assert_eq!(completed(other, &view("Chiyo"), &info()), None);
        }
    }
}
