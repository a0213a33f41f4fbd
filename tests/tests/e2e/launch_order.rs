//! The order of a launch with a stored session: the credential store is asked first, the first frame is the answer, and the
//! provider hears nothing before it.

use latchkey_e2e::deadline::eventually;
use latchkey_e2e::failure::{Doing, Result, ensure, ensure_eq};
use latchkey_e2e::film::{Film, Picture};
use latchkey_e2e::log::{self, Lines};
use latchkey_e2e::screen::Screen;
use latchkey_e2e::stage::{Setting, Stage, story};
use serde_json::json;

use crate::straight_in::{ensure_never_signed_out, short_lived, sign_in_and_let_expire};

/// What the log says at each moment of a launch.
const STORE_ASKED: &str = "the credential store is asked";
const ANSWERED: &str = "view kind=signed-in";
const PAGE_READY: &str = "the page asks for views";
const PAINTED: &str = " painted signed_in=";
const WINDOW_SHOWN: &str = "window shown";
const THEME: &str = "GTK hears of its settings";
const REQUEST: &str = " a request stage=";

/// So much of a picture is drawn in the same places: the same screen. Sign-in and signed in have far less in common.
const ALIKE: f64 = 0.75;

/// The shell sends the document, with the view in it or without.
const DOCUMENT: &str = " the page's document view=";

/// Whether the document's own program has drawn the first frame, before the page ran; and what is left in the document of what the
/// shell has put there.
const FIRST_FRAME: &str = r#"
const [drawn] = performance.getEntriesByName("first-frame");
const [page] = performance.getEntriesByName("page");
return [drawn !== undefined && page !== undefined && drawn.startTime < page.startTime, document.getElementById("first") !== null];
"#;

/// A setting in which the log holds all of these.
fn in_detail(setting: Setting) -> Setting {
    Setting {
        traced: true,
        ..setting
    }
}

/// Fails when the window has shown anything but its empty self and what it shows in the end. (The picture comes after the first
/// frame; in its place are the person's initials.)
fn ensure_first_frame_is_the_last(film: &[Picture]) -> Result<()> {
    let drawn: Vec<_> = film.iter().filter(|picture| !picture.is_empty()).collect();
    let last = drawn.last().doing("find a picture with something in it")?;
    let alike: Vec<_> = drawn.iter().map(|picture| picture.likeness(last)).collect();
    ensure(
        alike.iter().all(|likeness| *likeness > ALIKE),
        format_args!("each picture beside the last one: {alike:?}"),
    )?;
    // Once something is drawn, it is not taken back.
    let first = film.iter().position(|picture| !picture.is_empty());
    let blank = film.iter().skip(first.unwrap_or_default()).any(Picture::is_empty);
    ensure(!blank, "the window was empty again")
}

/// Launches over a stored session, waits until `endpoint` has been asked and all is fresh, and holds the order.
/// Returns what the log says of it.
async fn launch_in_order(stage: &mut Stage, endpoint: &str) -> Result<Lines> {
    let (published, logged) = (stage.views().len(), log::text(&stage.world).len());
    stage.provider.clear_requests().await?;
    let film = Film::begin(&stage.world)?;
    stage.launch().await?;
    let app = stage.app()?;
    app.shows(&[("state", "signed-in"), ("freshness", "fresh"), ("kept", "stored")])
        .await?;
    // Painted in the page is not on the screen yet.
    let screen = Screen::of(&stage.world)?;
    eventually("something in the app's window", async || {
        let window = screen.window_of(app.pid())?.doing("find the app's window")?;
        Ok((!screen.picture_of(window.id)?.is_empty()).then_some(()))
    })
    .await?;
    let film = film.end()?;
    ensure_eq(app.heading().await?.as_str(), "Ada Park", "the heading")?;
    stage.provider.asked(endpoint).await?;
    let lines = Lines::since(&stage.world, logged);

    let (asked, answered, ready) = (
        lines.first(STORE_ASKED)?,
        lines.first(ANSWERED)?,
        lines.first(PAGE_READY)?,
    );
    let painted = lines.first(PAINTED)?;
    ensure(
        asked < answered && asked < ready,
        "the credential store must be asked before the page is ready",
    )?;

    ensure(
        answered < painted,
        "the answer must be there before anything is painted",
    )?;
    ensure_first_frame_is_the_last(&film)?;
    ensure_eq(
        lines.first(&format!("{PAINTED}true"))?,
        painted,
        "the first thing painted is somebody signed in",
    )?;
    ensure_never_signed_out(stage, published)?;

    let request = lines.first(REQUEST)?;
    ensure(
        painted < request,
        "the provider must be asked nothing before the first frame",
    )?;
    let heard = stage.provider.requests().await?;
    let first = heard.first().and_then(|request| request["at"].as_i64());
    ensure(
        first.doing("find the first request")? >= lines.written_at(painted)?,
        "the provider heard of a launch before its first frame",
    )?;
    ensure(
        painted < lines.first(THEME)?,
        "GTK loads its theme again before the first frame",
    )?;
    Ok(lines)
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn the_first_frame_is_the_answer_and_the_provider_hears_nothing_before_it() -> Result<()> {
    story("launch-order", in_detail(Setting::default()), async |stage| {
        stage.launch().await?;
        stage.sign_in("ada").await?;
        stage.quit().await?;
        // The credential store is asked while the window is made, and a busy machine may need longer for that than for the window.
        let mut drawn_before_the_page = false;
        for _ in 0..5 {
            let lines = launch_in_order(stage, "userinfo").await?;
            ensure_eq(
                stage.provider.requests_to("token").await?.len(),
                0,
                "token requests",
            )?;
            ensure(
                lines.first(STORE_ASKED)? < lines.first(WINDOW_SHOWN)?,
                "the credential store must be asked while the window is made",
            )?;
            let told = lines.first(&format!("{DOCUMENT}true")).is_ok();
            let drawn = stage.app()?.page().execute(FIRST_FRAME).await?[0] == json!(true);
            ensure_eq(drawn, told, "whoever is in the document is drawn before the page")?;
            drawn_before_the_page |= drawn;
            if drawn_before_the_page {
                break;
            }
            stage.quit().await?;
        }
        ensure(
            drawn_before_the_page,
            "in none of five launches the store answered in time",
        )
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn an_old_token_is_renewed_after_the_first_frame() -> Result<()> {
    story("launch-order-old", in_detail(short_lived()), async |stage| {
        sign_in_and_let_expire(stage).await?;
        stage.provider.access_token_ttl(300).await?;
        launch_in_order(stage, "token").await.map(drop)
    })
    .await
}

/// Loads the page anew: then the shell surely knows the view before the document is asked for.
async fn load_anew(stage: &Stage, expected: &[(&str, &str)]) -> Result<(bool, Lines)> {
    let (app, logged) = (stage.app()?, log::text(&stage.world).len());
    app.page()
        .execute("document.body.dataset.state = 'before'; location.reload()")
        .await?;
    app.shows(expected).await?;
    let first = app.page().execute(FIRST_FRAME).await?;
    ensure_eq(
        &first[1],
        &json!(false),
        "the shell's data is left in the document",
    )?;
    Ok((first[0] == json!(true), Lines::since(&stage.world, logged)))
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn somebody_signed_in_is_in_the_document_and_drawn_before_the_page_runs() -> Result<()> {
    story(
        "launch-order-document",
        in_detail(Setting::default()),
        async |stage| {
            stage.launch().await?;
            stage.sign_in("ada").await?;
            let (drawn, lines) = load_anew(stage, &[("state", "signed-in")]).await?;
            ensure(drawn, "somebody signed in must be drawn before the page runs")?;
            let (sent, ready) = (lines.first(&format!("{DOCUMENT}true"))?, lines.first(PAGE_READY)?);
            ensure(
                sent < ready,
                "the document must have the view before the page asks for it",
            )?;
            ensure_eq(stage.app()?.heading().await?.as_str(), "Ada Park", "the heading")?;

            stage.app()?.page().press("Sign out").await?;
            stage.app()?.shows(&[("state", "signed-out")]).await?;
            let (drawn, lines) = load_anew(stage, &[("state", "signed-out")]).await?;
            ensure(!drawn, "nobody is signed in: the page alone draws")?;
            lines.first(&format!("{DOCUMENT}false")).map(drop)
        },
    )
    .await
}
