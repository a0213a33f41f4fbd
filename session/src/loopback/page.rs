//! The page in the browser at the end of a sign-in: a heading and a sentence. No script, nothing remote, light and dark.

use base64::Engine as _;
use sha2::{Digest as _, Sha256};

use super::Verdict;

/// What stands for a program that did not say what it is called.
const NAMELESS: &str = "the app";

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{margin:0;min-height:100vh;display:grid;place-items:center;background:#f6f6f4;color:#1d1d1f;\
font:1rem/1.5 system-ui,sans-serif}\
main{max-width:26rem;padding:2rem;text-align:center}\
p.product{margin:0 0 1.5rem;font-weight:600;color:#5c5c60}\
h1{margin:0 0 .5rem;font-size:1.5rem;line-height:1.25;text-wrap:balance}\
p{margin:0;text-wrap:balance}\
@media(prefers-color-scheme:dark){body{background:#1c1c1e;color:#f2f2f0}p.product{color:#aeaeb2}}";

/// The whole page. Without a verdict the sign-in is still going on in the app. `product`: what people call that; may be empty.
pub(super) fn html(verdict: Option<Verdict>, product: &str) -> String {
    let product = escaped(product);
    let (title, above) = match product.as_str() {
        "" => (String::new(), String::new()),
        product => (
            format!(" – {product}"),
            format!("<p class=\"product\">{product}</p>\n"),
        ),
    };
    let name = if product.is_empty() { NAMELESS } else { &product };
    let (heading, sentence) = words(verdict);
    let sentence = sentence.replace("{product}", name);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
         <title>{heading}{title}</title>\n<style>{STYLE}</style>\n</head>\n\
         <body>\n<main>\n{above}<h1>{heading}</h1>\n<p>{sentence}</p>\n</main>\n</body>\n</html>\n"
    )
}

fn words(verdict: Option<Verdict>) -> (&'static str, &'static str) {
    match verdict {
        Some(Verdict::Finished) => (
            "You’re signed in",
            "You can close this tab and go back to {product}.",
        ),
        Some(Verdict::Declined) => (
            "Sign-in was declined",
            "Nobody was signed in. You can close this tab; to try again, go back to {product}.",
        ),
        Some(Verdict::NotWaiting) => (
            "This sign-in is no longer waiting",
            "It was finished, cancelled or started again, or this link is not one of {product}’s. Nothing has changed. \
             You can close this tab.",
        ),
        Some(Verdict::Failed) => (
            "Sign-in did not work",
            "You can close this tab and go back to {product}, which says what happened and what to do.",
        ),
        None => (
            "Almost there",
            "You can close this tab: {product} is finishing the sign-in.",
        ),
    }
}

/// A name as text of the page.
fn escaped(name: &str) -> String {
    name.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// The page's policy: its own style, by hash, and nothing else.
pub(super) fn policy() -> String {
    let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::{STYLE, html, policy};
    use crate::loopback::Verdict;

    #[test]
    fn every_verdict_has_its_own_page_without_script_or_anything_remote() {
        let verdicts = [
            None,
            Some(Verdict::Finished),
            Some(Verdict::Declined),
            Some(Verdict::NotWaiting),
            Some(Verdict::Failed),
        ];
        let pages = verdicts.map(|verdict| html(verdict, "Acme Notes"));
        for (index, page) in pages.iter().enumerate() {
            assert!(pages[..index].iter().all(|other| other != page));
            assert!(page.contains("<html lang=\"en\">") && page.contains("<h1>"));
            for foreign in [
                "<script", "http:", "https:", "src=", "href=", "url(", "@import", "style=\"",
            ] {
                assert!(!page.contains(foreign), "{foreign}");
            }
        }
    }

    #[test]
    fn a_page_calls_the_program_what_it_is_called() {
        for verdict in [None, Some(Verdict::Finished), Some(Verdict::NotWaiting)] {
            let page = html(verdict, "Bits & <b>Bobs</b>");
            assert!(
                page.contains(" – Bits &amp; &lt;b&gt;Bobs&lt;/b&gt;</title>"),
                "{page}"
            );
            assert!(!page.contains("<b>") && !page.contains("{product}"), "{page}");
            let page = html(verdict, "");
            assert!(
                page.contains("the app") && !page.contains("class=\"product\""),
                "{page}"
            );
        }
    }

    #[test]
    fn the_policy_fits_the_style_as_it_stands_in_the_page() {
        assert!(html(None, "").contains(&format!("<style>{STYLE}</style>")));
        assert!(policy().starts_with("default-src 'none'; style-src 'sha256-"));
        assert!(!policy().contains("unsafe"));
    }
}
