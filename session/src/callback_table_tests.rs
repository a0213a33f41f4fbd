//! A table of links and what is due for each. In a link `$S` stands for the right state, `$U` and `$L` for the same with every
//! byte percent-encoded (upper and lower case), `$D` for it encoded twice, `$I` for the right issuer.

use super::tests::{REDIRECT, attempt_at, judged_by};

const AT_LOOPBACK: &str = "http://127.0.0.1:4321/callback";

/// Due: the sign-in goes on with the code.
const VALID: &str = "valid";
/// Due: the attempt ends with what the provider said.
const DENIED: &str = "declined: denied";
/// Due: the attempt ends, the answer cannot be used.
const REPEATED: &str = "refused: parameter-repeated";
const MIXED_UP: &str = "refused: issuer-mismatch";
const BOTH: &str = "refused: code-and-error";
const UNUSABLE: &str = "refused: callback-malformed";
/// Due: nothing happens.
const FOREIGN: &str = "not ours: state-mismatch";
const ELSEWHERE: &str = "not ours: callback-malformed";

fn check(redirect_uri: &str, table: &[(&str, &str)]) {
    let attempt = attempt_at(redirect_uri);
    let state = attempt.state.secret();
    let upper: String = state.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let issuer = "https%3A%2F%2Fid.example";
    for (link, due) in table {
        let url = link
            .replace("$S", state)
            .replace("$L", &upper.to_ascii_lowercase())
            .replace("$D", &upper.replace('%', "%25"))
            .replace("$U", &upper)
            .replace("$I", issuer);
        let judged = match judged_by(&attempt, &url) {
            (what, Some(code)) => format!("{what}: {}", code.as_str()),
            (what, None) => what.to_owned(),
        };
        assert_eq!(judged, *due, "{link:?}");
    }
}

#[test]
#[rustfmt::skip] // one line a case
fn a_deep_link_is_taken_exactly_where_it_is_due() {
    check(
        REDIRECT,
        &[
            // As it should be, in any order and with company.
            ("dev.latchkey.desktop:/callback?code=c&state=$S&iss=$I", VALID),
            ("dev.latchkey.desktop:/callback?iss=$I&state=$S&code=c", VALID),
            ("dev.latchkey.desktop:/callback?state=$S&x=&code=c&iss=$I&y", VALID),
            ("dev.latchkey.desktop:/callback?&&code=c&&state=$S&iss=$I&", VALID),
            ("dev.latchkey.desktop:/callback?code=c&state=$S&iss=https://id.example", VALID),
            // The scheme: any case, nothing else.
            ("DEV.LATCHKEY.DESKTOP:/callback?code=c&state=$S&iss=$I", VALID),
            ("dEv.lAtChKeY.dEsKtOp:/callback?code=c&state=$S&iss=$I", VALID),
            ("dev.latchkey.desktop.:/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            (".dev.latchkey.desktop:/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop.dev:/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey:/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktoq:/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev%2Elatchkey.desktop:/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop%3A/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("https:/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("javascript:dev.latchkey.desktop:/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("view-source:dev.latchkey.desktop:/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            (":/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("?code=c&state=$S&iss=$I", ELSEWHERE),
            ("code=c&state=$S&iss=$I", ELSEWHERE),
            // Letters that look alike, or become alike when they are normalised.
            ("dev.l\u{430}tchkey.desktop:/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("\u{ff44}ev.latchkey.desktop:/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latch\u{212a}ey.desktop:/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev\u{2024}latchkey.desktop:/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.de\u{17f}ktop:/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop\u{ff1a}/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop:\u{2044}callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop:/ca\u{301}llback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop:/c\u{e1}llback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("\u{202e}dev.latchkey.desktop:/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop:/callback\u{200b}?code=c&state=$S&iss=$I", ELSEWHERE),
            ("\u{feff}dev.latchkey.desktop:/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop:/callback\u{ff1f}code=c&state=$S&iss=$I", ELSEWHERE),
            // Slashes, host, port, somebody before the @.
            ("dev.latchkey.desktop:callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop://callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop:///callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop:////callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop:\\callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop:\\\\callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop:/\\callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop:%2Fcallback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop://localhost/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop://host:80/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop://me:pw@host/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop:80/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            // The path: this one, letter by letter.
            ("dev.latchkey.desktop:/?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop:?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop:/CALLBACK?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop:/callback/?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop:/callback.?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop:/callbacks?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop:/callbac?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop:/callback;x?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop:/callback%00?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop:/callback%3Fcode=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop:/%63allback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop:/./callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop:/x/%2E%2E/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop:/callback&code=c&state=$S&iss=$I", ELSEWHERE),
            // A fragment, and what a parser of URLs drops without a word.
            ("dev.latchkey.desktop:/callback#code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop:/callback?code=c&state=$S&iss=$I#", ELSEWHERE),
            ("dev.latchkey.desktop:/callback?#code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop:/callback?code=c&state=$S&iss=$I\t", ELSEWHERE),
            ("dev.latchkey.desktop:/callback?code=c&sta\nte=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop:/call\rback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("\tdev.latchkey.desktop:/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("\u{1}dev.latchkey.desktop:/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop:/callback?code=c&state=$S&iss=$I\0", ELSEWHERE),
            ("dev.latchkey.desktop:/callback?code=c&state=$S&iss=$I\u{2028}", ELSEWHERE),
            ("dev.latchkey.desktop:/callback?code=c&state=$S&iss=$I --version", ELSEWHERE),
            ("\"dev.latchkey.desktop:/callback?code=c&state=$S&iss=$I\"", ELSEWHERE),
            ("", ELSEWHERE),
        ],
    );
}

#[test]
#[rustfmt::skip] // one line a case
fn a_state_is_ours_whole_or_not_at_all() {
    check(
        REDIRECT,
        &[
            // The same text, encoded once as any sender may.
            ("dev.latchkey.desktop:/callback?code=c&state=$U&iss=$I", VALID),
            ("dev.latchkey.desktop:/callback?code=c&state=$L&iss=$I", VALID),
            ("dev.latchkey.desktop:/callback?code=c&%73tate=$S&iss=$I", VALID),
            ("dev.latchkey.desktop:/callback?code=c&%73%74%61%74%65=$S&%69ss=$I", VALID),
            // Anything else is another text.
            ("dev.latchkey.desktop:/callback?code=c&state=$D&iss=$I", FOREIGN),
            ("dev.latchkey.desktop:/callback?code=c&%2573tate=$S&iss=$I", FOREIGN),
            ("dev.latchkey.desktop:/callback?code=c&state=$S%00&iss=$I", FOREIGN),
            ("dev.latchkey.desktop:/callback?code=c&state%00=$S&iss=$I", FOREIGN),
            ("dev.latchkey.desktop:/callback?code=c&state=+$S&iss=$I", FOREIGN),
            ("dev.latchkey.desktop:/callback?code=c&state=$S+&iss=$I", FOREIGN),
            ("dev.latchkey.desktop:/callback?code=c&state=%20$S&iss=$I", FOREIGN),
            ("dev.latchkey.desktop:/callback?code=c&state=$S%0A&iss=$I", FOREIGN),
            ("dev.latchkey.desktop:/callback?code=c&state=$S$S&iss=$I", FOREIGN),
            ("dev.latchkey.desktop:/callback?code=c&state=$S,x&iss=$I", FOREIGN),
            ("dev.latchkey.desktop:/callback?code=c&state==$S&iss=$I", FOREIGN),
            ("dev.latchkey.desktop:/callback?code=c&state=\"$S\"&iss=$I", FOREIGN),
            ("dev.latchkey.desktop:/callback?code=c&state=$S%&iss=$I", FOREIGN),
            ("dev.latchkey.desktop:/callback?code=c&state=$S%E2%80%8B&iss=$I", FOREIGN),
            ("dev.latchkey.desktop:/callback?code=c&state=\u{202e}$S&iss=$I", FOREIGN),
            ("dev.latchkey.desktop:/callback?code=c&state=%C1%81$S&iss=$I", FOREIGN),
            ("dev.latchkey.desktop:/callback?code=c&state=&iss=$I", FOREIGN),
            ("dev.latchkey.desktop:/callback?code=c&state&iss=$I", FOREIGN),
            ("dev.latchkey.desktop:/callback?code=c&State=$S&iss=$I", FOREIGN),
            ("dev.latchkey.desktop:/callback?code=c&STATE=$S&iss=$I", FOREIGN),
            ("dev.latchkey.desktop:/callback?code=c&state[]=$S&iss=$I", FOREIGN),
            ("dev.latchkey.desktop:/callback?code=c&state%3D$S&iss=$I", FOREIGN),
            ("dev.latchkey.desktop:/callback?code=c%26state=$S&iss=$I", FOREIGN),
            ("dev.latchkey.desktop:/callback?code=c;state=$S;iss=$I", FOREIGN),
            ("dev.latchkey.desktop:/callback??state=$S&code=c&iss=$I", FOREIGN),
            ("dev.latchkey.desktop:/callback?\u{455}tate=$S&code=c&iss=$I", FOREIGN),
            ("dev.latchkey.desktop:/callback?xstate=$S&code=c&iss=$I", FOREIGN),
            // An error, or an issuer, of somebody without our state decides nothing.
            ("dev.latchkey.desktop:/callback?error=access_denied&state=foreign&iss=$I", FOREIGN),
            ("dev.latchkey.desktop:/callback?error=access_denied&iss=$I", FOREIGN),
            ("dev.latchkey.desktop:/callback?code=c&error=x&state=foreign&iss=x", FOREIGN),
            ("dev.latchkey.desktop:/callback?code=c&code=d&state=foreign&state=other", FOREIGN),
            ("dev.latchkey.desktop:/callback?", FOREIGN),
            ("dev.latchkey.desktop:/callback", FOREIGN),
        ],
    );
}

#[test]
#[rustfmt::skip] // one line a case
fn with_our_state_the_answer_has_to_be_in_order() {
    check(
        REDIRECT,
        &[
            ("dev.latchkey.desktop:/callback?state=$S&iss=$I&error=access_denied", DENIED),
            ("dev.latchkey.desktop:/callback?state=$S&iss=$I&%65rror=access%5Fdenied&code=", DENIED),
            ("dev.latchkey.desktop:/callback?state=$S&iss=$I&%65rror=access_denied&code=c", BOTH),
            ("dev.latchkey.desktop:/callback?state=$S&iss=$I&error=access_denied&%63ode=c", BOTH),
            ("dev.latchkey.desktop:/callback?state=$S&iss=$I&code=c&error=", VALID),
            // Repeated, however it is written.
            ("dev.latchkey.desktop:/callback?state=$S&iss=$I&code=c&%63%6f%64%65=d", REPEATED),
            ("dev.latchkey.desktop:/callback?state=$S&iss=$I&code=c&code=", REPEATED),
            ("dev.latchkey.desktop:/callback?state=$S&state=&code=c&iss=$I", REPEATED),
            ("dev.latchkey.desktop:/callback?state=foreign&%73tate=$U&code=c&iss=$I", REPEATED),
            ("dev.latchkey.desktop:/callback?state=$S&iss=$I&i%73s=$I&code=c", REPEATED),
            ("dev.latchkey.desktop:/callback?state=$S&iss=$I&code=c&=1&=2", REPEATED),
            // Another issuer, byte by byte.
            ("dev.latchkey.desktop:/callback?state=$S&code=c&iss=https%253A%252F%252Fid.example", MIXED_UP),
            ("dev.latchkey.desktop:/callback?state=$S&code=c&iss=$I%2F", MIXED_UP),
            ("dev.latchkey.desktop:/callback?state=$S&code=c&iss=HTTPS%3A%2F%2Fid.example", MIXED_UP),
            ("dev.latchkey.desktop:/callback?state=$S&code=c&iss=https%3A%2F%2Fid.example%3A443", MIXED_UP),
            ("dev.latchkey.desktop:/callback?state=$S&code=c&iss=https%3A%2F%2Fid.example.", MIXED_UP),
            ("dev.latchkey.desktop:/callback?state=$S&code=c&iss=https%3A%2F%2F%C4%B1d.example", MIXED_UP),
            ("dev.latchkey.desktop:/callback?state=$S&code=c&iss=$I%00", MIXED_UP),
            ("dev.latchkey.desktop:/callback?state=$S&code=c&iss=+$I", MIXED_UP),
            ("dev.latchkey.desktop:/callback?state=$S&code=c&ISS=$I", MIXED_UP),
            ("dev.latchkey.desktop:/callback?state=$S&code=c&error=x&iss=evil", MIXED_UP),
            // A code as a code can be (RFC 6749, appendix A.11: visible ASCII and spaces).
            ("dev.latchkey.desktop:/callback?state=$S&iss=$I&code=a%2Bb%2F%3D%26%25", VALID),
            ("dev.latchkey.desktop:/callback?state=$S&iss=$I&code=a+b", VALID),
            ("dev.latchkey.desktop:/callback?state=$S&iss=$I&code=%zz%", VALID),
            ("dev.latchkey.desktop:/callback?state=$S&iss=$I&code=a=b", VALID),
            ("dev.latchkey.desktop:/callback?state=$S&iss=$I&code=%00", UNUSABLE),
            ("dev.latchkey.desktop:/callback?state=$S&iss=$I&code=a%0D%0AX:b", UNUSABLE),
            ("dev.latchkey.desktop:/callback?state=$S&iss=$I&code=%7F", UNUSABLE),
            ("dev.latchkey.desktop:/callback?state=$S&iss=$I&code=%C0%AF", UNUSABLE),
            ("dev.latchkey.desktop:/callback?state=$S&iss=$I&code=%ED%A0%80", UNUSABLE),
            ("dev.latchkey.desktop:/callback?state=$S&iss=$I&code=c\u{f4}de", UNUSABLE),
            ("dev.latchkey.desktop:/callback?state=$S&iss=$I&code=%E2%80%AE", UNUSABLE),
            ("dev.latchkey.desktop:/callback?state=$S&iss=$I&code", UNUSABLE),
            ("dev.latchkey.desktop:/callback?state=$S&iss=$I&Code=c", UNUSABLE),
            ("dev.latchkey.desktop:/callback?state=$S&iss=$I&code%00=c", UNUSABLE),
            ("dev.latchkey.desktop:/callback?state=$S&iss=$I&response=eyJhbGciOiJub25lIn0..", UNUSABLE),
            ("dev.latchkey.desktop:/callback?state=$S&iss=$I&id_token=x&access_token=y", UNUSABLE),
        ],
    );
}

#[test]
#[rustfmt::skip] // one line a case
fn a_loopback_answer_is_taken_exactly_where_it_is_due() {
    check(
        AT_LOOPBACK,
        &[
            ("http://127.0.0.1:4321/callback?code=c&state=$S&iss=$I", VALID),
            ("HTTP://127.0.0.1:4321/callback?code=c&state=$S&iss=$I", VALID),
            ("https://127.0.0.1:4321/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("http:/127.0.0.1:4321/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("http:///127.0.0.1:4321/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("//127.0.0.1:4321/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("http:\\\\127.0.0.1:4321/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("http://127.0.0.1:4321\\callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("http://127.0.0.1/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("http://127.0.0.1:80/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("http://127.0.0.1:43210/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("http://127.0.0.1:432/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("http://127.0.0.1:04321/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("http://127.0.0.1.:4321/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("http://127.0.0.2:4321/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("http://127.1:4321/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("http://0x7f000001:4321/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("http://0177.0.0.1:4321/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("http://\u{ff11}27.0.0.1:4321/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("http://127\u{3002}0.0.1:4321/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("http://0.0.0.0:4321/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("http://localhost:4321/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("http://[::1]:4321/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("http://[::ffff:127.0.0.1]:4321/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("http://127.0.0.1.evil.example:4321/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("http://evil.example/http://127.0.0.1:4321/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("http://127.0.0.1:4321@evil.example/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("http://me@127.0.0.1:4321/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("http://@127.0.0.1:4321/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("http://127.0.0.1:4321//callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("http://127.0.0.1:4321/callback/../callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("http://127.0.0.1:4321/c%61llback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("http://127.0.0.1:4321/callback?code=c&state=$S&iss=$I#x", ELSEWHERE),
            ("http://127.0.0.1:4321/done/x?code=c&state=$S&iss=$I", ELSEWHERE),
            ("dev.latchkey.desktop:/callback?code=c&state=$S&iss=$I", ELSEWHERE),
            ("http://127.0.0.1:4321/callback?code=c&state=foreign&iss=$I", FOREIGN),
            ("http://127.0.0.1:4321/callback", FOREIGN),
        ],
    );
}

#[test]
fn a_link_may_be_so_long_and_no_longer() {
    let attempt = attempt_at(REDIRECT);
    let whole = format!(
        "{REDIRECT}?state={}&iss=https%3A%2F%2Fid.example&code=",
        attempt.state.secret()
    );
    let at_most = format!("{whole}{}", "c".repeat(super::URL_LIMIT - whole.len()));
    assert_eq!(judged_by(&attempt, &at_most).0, "valid");
    assert_eq!(judged_by(&attempt, &format!("{at_most}c")).0, "not ours");
    let many: String = (0..1_000).map(|n| format!("&p{n}=")).collect();
    assert_eq!(judged_by(&attempt, &format!("{whole}c{many}")).0, "valid");
}
