//! macOS: whom links reach, and the menu bar.

use tauri::menu::{AboutMetadata, Menu, MenuItem, PredefinedMenuItem, Submenu, WINDOW_SUBMENU_ID};
use tauri::{AppHandle, Wry};

use crate::handler::Reached;

/// Our own "Quit".
const QUIT: &str = "quit";

/// A bundle's Info.plist names the release scheme and LaunchServices reads it; nothing can be written at run time. A bare
/// binary and a debug build (whose scheme no bundle names) are not reached.
pub(crate) fn reaches_us(_app: &AppHandle, _scheme: &str) -> bool {
    let bundled = tauri::utils::platform::current_exe()
        .is_ok_and(|exe| exe.parent().is_some_and(|dir| dir.ends_with("Contents/MacOS")));
    bundled && !cfg!(debug_assertions)
}

/// LaunchServices says nothing without an event loop; a link that is sent tells.
pub(crate) fn look(_scheme: &str) -> Reached {
    Reached::Unknown
}

/// The menu bar: what every app has, and nothing that this one does not do (no File, no View, no Help). Without "Edit" the usual
/// keys would not copy or paste in the page.
///
/// # Errors
/// The platform cannot make a menu.
pub(crate) fn menu(app: &AppHandle) -> tauri::Result<Menu<Wry>> {
    let product = app.package_info().name.clone();
    let about = AboutMetadata {
        name: Some(product.clone()),
        version: Some(app.package_info().version.to_string()),
        copyright: app.config().bundle.copyright.clone(),
        ..AboutMetadata::default()
    };
    let line = || PredefinedMenuItem::separator(app);
    let quit = MenuItem::with_id(app, QUIT, format!("Quit {product}"), true, Some("Cmd+Q"))?;
    let ours = Submenu::with_items(
        app,
        &product,
        true,
        &[
            &PredefinedMenuItem::about(app, None, Some(about))?,
            &line()?,
            &PredefinedMenuItem::hide(app, None)?,
            &PredefinedMenuItem::hide_others(app, None)?,
            &PredefinedMenuItem::show_all(app, None)?,
            &line()?,
            &quit,
        ],
    )?;
    let edit = Submenu::with_items(
        app,
        "Edit",
        true,
        &[
            &PredefinedMenuItem::undo(app, None)?,
            &PredefinedMenuItem::redo(app, None)?,
            &line()?,
            &PredefinedMenuItem::cut(app, None)?,
            &PredefinedMenuItem::copy(app, None)?,
            &PredefinedMenuItem::paste(app, None)?,
            &PredefinedMenuItem::select_all(app, None)?,
        ],
    )?;
    let window = Submenu::with_id_and_items(
        app,
        WINDOW_SUBMENU_ID, // macOS adds the open windows to it
        "Window",
        true,
        &[
            &PredefinedMenuItem::minimize(app, None)?,
            &PredefinedMenuItem::maximize(app, None)?,
            &line()?,
            &PredefinedMenuItem::close_window(app, None)?,
        ],
    )?;
    Menu::with_items(app, &[&ours, &edit, &window])
}

/// "Quit" of the menu goes the way of every other quit, so that what is in flight is saved. (The system's own item ends the event
/// loop without asking.)
pub(crate) fn on_menu(app: &AppHandle, id: &str) {
    if id == QUIT {
        app.exit(0);
    }
}
