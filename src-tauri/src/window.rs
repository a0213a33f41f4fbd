//! The one window: how it is made, what its web view may not do, how it comes to the front, what it is called.

use latchkey_session::Session;
use latchkey_session::view::View;
use tauri::webview::{NewWindowResponse, PermissionResponse};
use tauri::window::Color;
use tauri::{
    AppHandle, Manager, Runtime, Theme, Url, UserAttentionType, WebviewUrl, WebviewWindow,
    WebviewWindowBuilder, WindowEvent,
};
use tauri_plugin_window_state::StateFlags;

use crate::{first, os};

/// The window's label, and the only one capabilities are given to.
pub(crate) const LABEL: &str = "main";

/// The page's own background (`--canvas`) in both themes: what is seen before its first frame.
const LIGHT: Color = Color(0xfa, 0xfa, 0xf9, 0xff);
const DARK: Color = Color(0x16, 0x19, 0x1a, 0xff);

/// Makes and shows the window. It is shown in the theme's background colour before the page has anything to say.
///
/// # Errors
/// The platform cannot make a window or a web view.
pub(crate) fn create(app: &AppHandle, title: &str) -> tauri::Result<()> {
    os::hold_the_theme();
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .title(title)
        .inner_size(420.0, 560.0)
        .min_inner_size(360.0, 480.0)
        .visible(false) // until the remembered size and the colour are set: nothing jumps, nothing flashes
        .devtools(cfg!(debug_assertions))
        .on_web_resource_request({
            let app = app.clone();
            move |request, response| first::complete(&app, &request, response)
        })
        .on_navigation(is_own_page)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, _| false)
        .on_permission_request(|_, _| PermissionResponse::Deny)
        .build()?;
    os::window_is_made();
    window.set_background_color(Some(background(window.theme().unwrap_or(Theme::Light))))?;
    let of_events = window.clone();
    window.on_window_event(move |event| follow(&of_events, event));
    window.show()
}

/// The plugin that remembers size and place. Visibility is ours: a window hidden while quitting must not stay hidden.
pub(crate) fn remembering<R: Runtime>() -> tauri::plugin::TauriPlugin<R> {
    let flags = StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED | StateFlags::FULLSCREEN;
    tauri_plugin_window_state::Builder::new()
        .with_state_flags(flags)
        .build()
}

/// Brings the window to the front; where the desktop refuses that, asks for attention until the window is looked at.
pub(crate) fn raise(app: &AppHandle) {
    let Some(window) = app.get_webview_window(LABEL) else {
        return;
    };
    let raised = window
        .show()
        .and_then(|()| window.unminimize())
        .and_then(|()| window.set_focus());
    let asked = match window.is_focused() {
        Ok(true) => Ok(()),
        Ok(false) | Err(_) => window.request_user_attention(Some(UserAttentionType::Informational)),
    };
    if let Err(error) = raised.and(asked) {
        tracing::warn!(%error, "the window could not be raised");
    }
}

/// Names the window after whom the page shows.
///
/// # Errors
/// The window is gone.
pub(crate) fn name_after(app: &AppHandle, product: &str, view: &View, signed_in: bool) -> tauri::Result<()> {
    app.get_webview_window(LABEL).map_or(Ok(()), |window| {
        window.set_title(&title(product, view, signed_in))
    })
}

/// "NAME – Latchkey" once the page shows somebody, else "Latchkey".
fn title(product: &str, view: &View, signed_in: bool) -> String {
    match view {
        View::SignedIn { profile, .. } if signed_in => format!("{} – {product}", profile.name),
        View::SignedIn { .. }
        | View::Unconfigured { .. }
        | View::Restoring
        | View::SignedOut { .. }
        | View::SigningIn { .. }
        | View::Blocked { .. } => product.to_owned(),
    }
}

fn follow<R: Runtime>(window: &WebviewWindow<R>, event: &WindowEvent) {
    let followed = if let WindowEvent::Focused(true) = event {
        if let Some(session) = window.try_state::<Session>() {
            session.look();
        }
        window.request_user_attention(None)
    } else if let WindowEvent::ThemeChanged(theme) = event {
        window.set_background_color(Some(background(*theme)))
    } else {
        Ok(())
    };
    if let Err(error) = followed {
        tracing::debug!(%error, "a window event could not be followed");
    }
}

fn background(theme: Theme) -> Color {
    if theme == Theme::Dark { DARK } else { LIGHT }
}

/// The web view shows our own page and nothing else.
fn is_own_page(url: &Url) -> bool {
    let origin = if cfg!(windows) {
        ("http", "tauri.localhost")
    } else {
        ("tauri", "localhost")
    };
    (url.scheme(), url.host_str().unwrap_or_default()) == origin && url.port().is_none()
}

#[cfg(test)]
mod tests {
    use tauri::Url;

    use super::{DARK, LIGHT, is_own_page};

    #[test]
    fn the_first_colour_is_the_pages_own() {
        let css = include_str!("../../ui/src/tokens.css");
        let canvases: Vec<_> = css
            .lines()
            .filter_map(|line| line.trim().strip_prefix("--canvas: "))
            .collect();
        let ours = [LIGHT, DARK].map(|color| format!("#{:02x}{:02x}{:02x};", color.0, color.1, color.2));
        assert_eq!(canvases, ours);
    }

    #[test]
    fn the_window_stays_on_its_own_page() {
        let own = if cfg!(windows) {
            "http://tauri.localhost/"
        } else {
            "tauri://localhost/"
        };
        assert!(is_own_page(&Url::parse(own).unwrap()));
        for stranger in [
            "https://example.com/",
            "https://tauri.localhost.example.com/",
            "tauri://localhost.example.com/",
            "tauri://other/",
            "about:blank",
            "file:///etc/passwd",
            "data:text/html,hello",
            "avatar://localhost/current",
            "dev.latchkey.desktop:/callback",
        ] {
            assert!(!is_own_page(&Url::parse(stranger).unwrap()), "{stranger}");
        }
    }
}
