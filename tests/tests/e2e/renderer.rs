//! How the page is drawn: chosen by what the machine has, left alone where somebody has decided, and nobody else's business.

use std::fs;

use latchkey_e2e::deadline::eventually;
use latchkey_e2e::failure::{Doing, Result, ensure, ensure_eq};
use latchkey_e2e::log;
use latchkey_e2e::processes::{family, told};
use latchkey_e2e::stage::{Setting, Stage, story};
use serde_json::json;

const VARIABLE: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// Whether there is something to draw with. (Who runs the tests may use it, or the stories below say so.)
fn has_card() -> bool {
    let nodes = fs::read_dir("/dev/dri").into_iter().flatten().flatten();
    nodes
        .into_iter()
        .any(|node| node.file_name().to_string_lossy().starts_with("renderD"))
}

/// The variable in the environment of the process that draws the page.
async fn drawn_with(stage: &Stage) -> Result<Option<String>> {
    let pid = stage.app()?.pid();
    eventually("the web process", async || {
        let web = family(pid)
            .into_iter()
            .find(|it| it.name.starts_with("WebKitWebProces"));
        Ok(web.map(|web| {
            let environment = told(&web).into_iter().map(|(_, bytes)| bytes).next_back();
            let environment = environment.unwrap_or_default();
            environment
                .split(|byte| *byte == 0)
                .filter_map(|line| {
                    std::str::from_utf8(line)
                        .ok()?
                        .strip_prefix(VARIABLE)?
                        .strip_prefix('=')
                })
                .map(str::to_owned)
                .next()
        }))
    })
    .await
}

/// Launches, signs in, and tells what the log says, what the page is drawn with, and what the browser was given.
async fn launch_and_sign_in(stage: &mut Stage) -> Result<(String, Option<String>, Vec<String>)> {
    stage.launch().await?;
    let drawn = drawn_with(stage).await?;
    stage.sign_in("ada").await?;
    let text = log::text(&stage.world);
    let line = text
        .lines()
        .find(|line| line.contains(" drawing "))
        .unwrap_or_default();
    let given = stage.world.browser_environment();
    let given = given
        .into_iter()
        .filter(|line| line.starts_with(VARIABLE))
        .collect();
    Ok((line.to_owned(), drawn, given))
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn is_chosen_by_what_the_machine_has_and_the_browser_is_not_told() -> Result<()> {
    story("renderer", Setting::default(), async |stage| {
        let (line, drawn, given) = launch_and_sign_in(stage).await?;
        let (renderer, variable) = if has_card() {
            ("webkit", None)
        } else {
            ("plain", Some("1"))
        };
        ensure(line.contains(&format!("renderer=\"{renderer}\"")), &line)?;
        ensure_eq(drawn.as_deref(), variable, "the web process has it")?;
        ensure_eq(given, Vec::new(), "the browser does not")
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn is_left_alone_where_somebody_has_decided() -> Result<()> {
    let setting = Setting {
        machine: vec![(VARIABLE, "0")],
        ..Setting::default()
    };
    story("renderer-decided", setting, async |stage| {
        let (line, drawn, given) = launch_and_sign_in(stage).await?;
        ensure(
            line.contains("renderer=\"environment\"") && line.contains(VARIABLE),
            &line,
        )?;
        ensure_eq(drawn.as_deref(), Some("0"), "the web process has it as it was")?;
        ensure_eq(given, vec![format!("{VARIABLE}=0")], "and so has the browser")
    })
    .await
}

/// Whether the page knows.
async fn is_dark(stage: &Stage) -> Result<bool> {
    let app = stage.app()?;
    app.shows(&[("state", "signed-out")]).await?;
    let script = "return matchMedia('(prefers-color-scheme: dark)').matches";
    Ok(app.page().execute(script).await? == json!(true))
}

/// GTK's settings of the desktop.
fn desktop(stage: &Stage, line: &str) -> Result<()> {
    let folder = stage.world.config().join("gtk-3.0");
    fs::create_dir_all(&folder).doing("make the folder of GTK's settings")?;
    fs::write(folder.join("settings.ini"), format!("[Settings]\n{line}\n")).doing("write GTK's settings")
}

/// A dark desktop. However the page is drawn, it must hear of that: WebKit loses it with some of its variables.
#[tokio::test]
#[ignore = "cargo xtask test e2e"]
async fn the_page_knows_a_dark_desktop() -> Result<()> {
    story("renderer-dark", Setting::default(), async |stage| {
        desktop(stage, "gtk-theme-name = Adwaita-dark")?;
        stage.launch().await?;
        ensure(is_dark(stage).await?, "the page is dark")
    })
    .await
}
