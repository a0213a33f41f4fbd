//! `cargo xtask demo`: the app with the demo provider, on this desktop or, without one, as a guided tour.

mod app;
mod provider;

use std::fs;
use std::time::{Duration, Instant};

use crate::cargo;
use crate::environment;
use crate::failure::{Doing, Failure, Result};
use crate::interrupt::Interrupt;
use crate::print;
use crate::product::Product;
use crate::setup::{self, node};
use crate::task::Task;
use crate::workspace::Workspace;

use app::App;
use provider::Provider;

/// How often the app and the provider are looked at.
const TICK: Duration = Duration::from_millis(100);

/// Shows the app; returns when it was closed, or at Ctrl-C.
pub(crate) fn run(workspace: &Workspace, interrupt: &Interrupt, headless: bool) -> Result<()> {
    let folder = workspace.demo_output();
    fs::create_dir_all(&folder).doing(format_args!("make {}", folder.display()))?;
    if headless || !environment::has_display() {
        return tour(workspace, interrupt);
    }
    setup::desktop(workspace, interrupt)?;
    build(workspace, interrupt)?;
    desktop(workspace, interrupt)
}

fn build(workspace: &Workspace, interrupt: &Interrupt) -> Result<()> {
    node::npm(&workspace.ui()).args(["run", "build"]).run(interrupt)?;
    cargo::build_programs(workspace).run(interrupt)
}

fn tour(workspace: &Workspace, interrupt: &Interrupt) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Err(Failure::new("the guided tour runs on Linux only")
            .advise("Without --headless the app opens here."));
    }
    print::note("There is no display, so this is a guided tour in a virtual one.");
    let begun = Instant::now();
    setup::virtual_desktop(workspace, interrupt)?;
    build(workspace, interrupt)?;
    in_virtual_desktop(Task::new(workspace.debug_program("tour")), workspace)?
        .dir(workspace.root())
        .hint("Screenshots and logs are in target/demo/.")
        .run(interrupt)?;
    print::done("the demo; its screenshots are in target/demo/", begun.elapsed());
    Ok(())
}

/// Tells a command where the app and the programs that drive it are.
pub(crate) fn in_virtual_desktop(task: Task, workspace: &Workspace) -> Result<Task> {
    let program = Product::of(workspace.root())?.program;
    Ok(task
        .env("LATCHKEY_BIN", workspace.debug_program(&program))
        .env("TAURI_DRIVER", setup::tool::TAURI_DRIVER.path(workspace))
        .env("PATH", setup::browser::search_path(workspace)?))
}

fn desktop(workspace: &Workspace, interrupt: &Interrupt) -> Result<()> {
    let mut provider = Provider::start(workspace, interrupt)?;
    let product = Product::of(workspace.root())?;
    let config = configure(workspace, &product, &provider)?;
    if cfg!(target_os = "linux") && environment::session_bus().is_none() {
        print::note("There is no D-Bus session here: the app has no credential store and hears no link.");
    }
    let mut app = App::start(workspace, &product, &config, interrupt)?;
    print::step(format_args!("{} is open", product.name));
    print::note("Sign in as ada, benoit or chiyo; the password is: demo");
    print::note(format_args!(
        "Provider       {} (target/demo/provider.log)",
        provider.issuer()
    ));
    print::note(format_args!("Its controls   {}", provider.control()));
    print::note(format_args!(
        "Configuration  target/demo/{}.toml",
        product.program
    ));
    print::note("Close the window or press Ctrl-C to end.");
    while interrupt.times() == 0 {
        if let Some(status) = app.ended()? {
            return app.verdict(status);
        }
        provider.check()?;
        interrupt.wait(TICK);
    }
    print::note("Ending.");
    Ok(())
}

/// The app's configuration for the provider that was started.
fn configure(workspace: &Workspace, product: &Product, provider: &Provider) -> Result<std::path::PathBuf> {
    let file = workspace.demo_output().join(format!("{}.toml", product.program));
    let text = format!(
        "# Written by `cargo xtask demo` for the demo provider.\n[provider]\nname = \"Acme\"\nissuer = \"{}\"\nclient_id = \"{}\"\n\
         scopes = [\"openid\", \"profile\", \"email\", \"offline_access\", \"metadata\"]\n\
         [profile]\neditor = \"http\"\nurl = \"{}/me/metadata\"\n\
         [profile.fields]\nfirst_name = \"text\"\nlast_name = \"text\"\ncountry = \"country\"\nactive = \"yes-no\"\n\
         seats = {{ kind = \"number\", label = \"Seats\" }}\n",
        provider.issuer(),
        provider.client_id(),
        provider.issuer(),
    );
    fs::write(&file, text).doing(format_args!("write {}", file.display()))?;
    Ok(file)
}
