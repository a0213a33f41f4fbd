//! Links with the installed app: nobody has registered anything but the package.

use std::path::PathBuf;
use std::time::Duration;

use latchkey_e2e::app;
use latchkey_e2e::deadline::eventually;
use latchkey_e2e::failure::{Doing, Result, ensure, ensure_eq};
use latchkey_e2e::package::Packages;
use latchkey_e2e::pages;
use latchkey_e2e::screen::Screen;
use latchkey_e2e::stage::{Setting, Stage, story};

/// The desktop entries and defaults that were written for this person beyond what a world has from the start.
pub(crate) fn own_registrations(stage: &Stage) -> Result<Vec<PathBuf>> {
    let scheme = &stage.world.identity().scheme;
    let applications = std::fs::read_dir(stage.world.data().join("applications"));
    let mut files: Vec<PathBuf> = applications
        .doing("list the desktop entries")?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    files.push(stage.world.config().join("mimeapps.list"));
    files.retain(|file| std::fs::read_to_string(file).is_ok_and(|text| text.contains(scheme.as_str())));
    Ok(files)
}

/// Opens a link as a program of this desktop does.
pub(crate) async fn xdg_open(stage: &Stage, link: &str) -> Result<bool> {
    let opened = stage.world.command("xdg-open").arg(link).status();
    let opened = tokio::time::timeout(Duration::from_secs(30), opened).await;
    Ok(opened
        .doing("wait for xdg-open")?
        .doing("start xdg-open")?
        .success())
}

#[tokio::test]
#[ignore = "cargo xtask test package"]
async fn they_arrive_and_the_app_writes_no_registration() -> Result<()> {
    let packages = Packages::under_test()?;
    packages.install(&packages.deb).await?;
    let told = story("package-links", Setting::default(), async |stage| {
        // Through Chromium, which asks the portal: warm, then cold.
        stage.launch().await?;
        stage.sign_in("ada").await?;
        ensure_eq(own_registrations(stage)?, vec![], "own registrations")?;
        stage.app()?.page().press("Sign out").await?;
        stage
            .app()?
            .shows(&[("state", "signed-out"), ("why", "by-user")])
            .await?;
        stage.browser.next_url(&stage.world).await?;
        stage.begin_sign_in().await?;
        stage.browser.follow(&stage.world).await?;
        stage.quit().await?;
        pages::pass(&stage.browser, "ada").await?;
        let pid = started(stage).await?;
        titled(stage, pid).await?;
        // Through xdg-open: warm, to the app that the browser has started.
        let stranger = stage
            .world
            .identity()
            .link("/callback?code=foreign&state=of-somebody-else");
        ensure(xdg_open(stage, &stranger).await?, "xdg-open must find the app")?;
        stage.links_accepted(1).await?;
        refused(stage, 1).await?;
        ensure_eq(stage.world.apps(), vec![pid], "running apps")?;
        app::close(&stage.world, pid).await?;
        // And cold.
        ensure(xdg_open(stage, &stranger).await?, "xdg-open must start the app")?;
        let pid = started(stage).await?;
        titled(stage, pid).await?;
        refused(stage, 2).await?;
        app::close(&stage.world, pid).await?;
        ensure_eq(own_registrations(stage)?, vec![], "own registrations")
    })
    .await;
    packages.purge().await?;
    told
}

async fn started(stage: &Stage) -> Result<u32> {
    eventually("the link to start the app", async || {
        Ok(stage.world.apps().first().copied())
    })
    .await
}

/// Waits until the app shows who is signed in, in a window the desktop can tell as this app's.
async fn titled(stage: &Stage, pid: u32) -> Result<()> {
    let screen = Screen::of(&stage.world)?;
    let title = stage.world.identity().title("Ada Park");
    let window = eventually("the person's name in the window title", async || {
        Ok(screen.window_of(pid)?.filter(|window| window.title == title))
    })
    .await?;
    let names = screen.classes_of(window.id)?;
    ensure(
        names.contains(&stage.world.identity().program()),
        format_args!("the desktop entry's StartupWMClass is none of {names:?}"),
    )
}

/// Waits until the app has turned away so many links.
async fn refused(stage: &Stage, count: usize) -> Result<()> {
    eventually("a foreign link to be refused", async || {
        let times = latchkey_e2e::log::text(&stage.world)
            .matches("link refused")
            .count();
        Ok((times >= count).then_some(()))
    })
    .await
}

#[tokio::test]
#[ignore = "cargo xtask test package"]
async fn an_own_registration_gives_way_to_the_packages() -> Result<()> {
    let packages = Packages::under_test()?;
    packages.install(&packages.deb).await?;
    let told = story("package-own-registration", Setting::default(), async |stage| {
        // As an AppImage has left it that is no longer there.
        let identity = stage.world.identity();
        let applications = stage.world.data().join("applications");
        let own = applications.join(format!("{}-handler.desktop", identity.identifier));
        let entry = format!(
            "[Desktop Entry]\nType=Application\nName=x\nExec=/nowhere/x.AppImage %u\nNoDisplay=true\nMimeType=x-scheme-handler/{};\n",
            identity.scheme
        );
        std::fs::write(&own, entry).doing("write an own registration")?;
        let name = format!("{}-handler.desktop", identity.identifier);
        let kind = format!("x-scheme-handler/{}", identity.scheme);
        for words in [
            vec!["update-desktop-database".to_owned(), applications.display().to_string()],
            vec!["xdg-mime".to_owned(), "default".to_owned(), name, kind],
        ] {
            let done = stage.world.command(&words[0]).args(&words[1..]).status().await;
            ensure(done.doing("start a tool")?.success(), format_args!("{words:?} failed"))?;
        }
        stage.launch().await?;
        stage.sign_in("ada").await?;
        ensure_eq(own_registrations(stage)?, vec![], "own registrations")?;
        stage.quit().await
    })
    .await;
    packages.purge().await?;
    told
}
