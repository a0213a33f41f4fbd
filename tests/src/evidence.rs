//! What a failed test leaves behind in `target/e2e/<test>/`: pictures, logs, the provider's record.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Doing, Result};
use crate::log;
use crate::paths;
use crate::screen::Screen;
use crate::stage::Stage;
use crate::webdriver::Page;
use crate::world::World;

/// Collects all it can; what cannot be had is said in `missing.txt`. Returns the folder.
pub async fn collect(test: &str, failure: &str, stage: &Stage) -> PathBuf {
    let folder = paths::evidence(test);
    let mut missing = Vec::new();
    let mut note = |what: &str, result: Result<()>| {
        if let Err(error) = result {
            missing.push(format!("{what}: {error}"));
        }
    };
    // Evidence of an earlier run would mislead; an error means that there is none.
    let _ = fs::remove_dir_all(&folder);
    note("folder", fs::create_dir_all(&folder).doing("make the folder"));
    note("failure", write(&folder, "failure.txt", failure));
    note(
        "screen",
        Screen::of(&stage.world).and_then(|screen| screen.picture(&folder.join("screen.png"))),
    );
    if let Ok(app) = stage.app() {
        note(
            "app",
            page(&folder, "app", app.page(), app.picture(&stage.world)).await,
        );
    }
    let browser = stage.browser.page();
    note(
        "browser",
        page(&folder, "browser", browser, browser.picture()).await,
    );
    note("requests", requests(&folder, stage).await);
    note(
        "views",
        write(&folder, "views.txt", &lines(&log::views(&stage.world))),
    );
    note(
        "opened",
        write(&folder, "opened.txt", &stage.world.opened().join("\n")),
    );
    note("windows", windows(&folder, &stage.world));
    note("log", write(&folder, "app.log", &log::text(&stage.world)));
    note("output", copy_output(&folder, &stage.world));
    if !missing.is_empty() {
        // The last resort is the test's own failure text; nothing more can be done about this one.
        let _ = write(&folder, "missing.txt", &missing.join("\n"));
    }
    folder
}

async fn page(
    folder: &Path,
    name: &str,
    page: &Page,
    picture: impl Future<Output = Result<Vec<u8>>>,
) -> Result<()> {
    write(folder, &format!("{name}.html"), &page.contents().await?)?;
    fs::write(folder.join(format!("{name}.png")), picture.await?).doing("write a picture")
}

async fn requests(folder: &Path, stage: &Stage) -> Result<()> {
    let requests = stage.provider.requests().await?;
    let text: Vec<String> = requests.iter().map(ToString::to_string).collect();
    write(folder, "provider-requests.jsonl", &text.join("\n"))
}

fn windows(folder: &Path, world: &World) -> Result<()> {
    write(folder, "windows.txt", &lines(&Screen::of(world)?.windows()?))
}

fn copy_output(folder: &Path, world: &World) -> Result<()> {
    for entry in fs::read_dir(world.output()).doing("list the output")?.flatten() {
        fs::copy(entry.path(), folder.join(entry.file_name())).doing("copy the output")?;
    }
    Ok(())
}

fn lines(items: &[impl std::fmt::Debug]) -> String {
    items.iter().map(|item| format!("{item:?}\n")).collect()
}

fn write(folder: &Path, name: &str, text: &str) -> Result<()> {
    fs::write(folder.join(name), text).doing(format_args!("write {name}"))
}
