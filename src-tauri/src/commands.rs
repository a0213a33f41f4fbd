//! What the page may ask, one command each. They translate and nothing more: no decision about the session is made here.
//!
//! Nothing secret goes through: the authorization URL goes from the core to the clipboard without passing the page, and no
//! command here takes a URL or a path. The one text a command takes is the name of a claim, which is compared and nothing else.
//! (`lane` takes what a person types on the way in: a pasted address, a provider's address and client identifier.)

use std::path::Path;

use latchkey_session::doctor::Report;
use latchkey_session::ports::{Clock as _, SystemClock};
use latchkey_session::timeline::Entry;
use latchkey_session::view::{How, View};
use latchkey_session::{Code, Error, Problem, Session, SignIn, Stage};
use tauri::ipc::Channel;
use tauri::{AppHandle, State};
use tauri_plugin_clipboard_manager::ClipboardExt as _;

use crate::claims::{self, ShownClaims};
use crate::info::AppInfo;
use crate::shell::Shell;
use crate::{details, opening, os, views, window};

pub(crate) type Answer<T = ()> = Result<T, Problem>;

/// Views from now on, the current one at once.
#[tauri::command]
pub(crate) fn subscribe(channel: Channel<View>, shell: State<'_, Shell>) {
    tracing::debug!("the page asks for views");
    shell.views.subscribe(channel);
}

/// The page has painted a frame; it shows somebody signed in, or not. Once that is what the session says, the session may ask the
/// provider.
#[tauri::command]
pub(crate) fn painted(
    signed_in: bool,
    app: AppHandle,
    shell: State<'_, Shell>,
    session: State<'_, Session>,
) -> Answer {
    let view = shell.views.current();
    tracing::debug!(signed_in, "painted");
    os::window_is_painted(&app);
    if views::is_shown(&view, signed_in) {
        session.shown();
    }
    window::name_after(&app, &shell.names.product, &view, signed_in).map_err(|_| internal("no window"))
}

/// Starts an attempt, with another account than the browser would bring back by itself when that is wanted; how it goes arrives as
/// views.
#[tauri::command]
pub(crate) async fn sign_in(
    how: Option<How>,
    another_account: Option<bool>,
    session: State<'_, Session>,
) -> Answer {
    let options = SignIn {
        how,
        another_account: another_account.unwrap_or_default(),
    };
    Ok(session.begin(options).await.map(drop)?)
}

/// Ends the attempt.
#[tauri::command]
pub(crate) async fn cancel_sign_in(session: State<'_, Session>) -> Answer {
    Ok(session.cancel().await?)
}

/// Opens the attempt's page again.
#[tauri::command]
pub(crate) async fn open_again(session: State<'_, Session>) -> Answer {
    Ok(session.open_again().await?)
}

/// Writes the attempt's address to the clipboard, for another browser.
#[tauri::command]
pub(crate) async fn copy_link(app: AppHandle, session: State<'_, Session>) -> Answer {
    let url = session.authorization_url().await?;
    copy(&app, url.secret())
}

/// Tries again what is blocked or stale.
#[tauri::command]
pub(crate) async fn retry(session: State<'_, Session>) -> Answer {
    Ok(session.retry().await?)
}

/// Goes on without the credential store, for this run.
#[tauri::command]
pub(crate) async fn use_this_run(session: State<'_, Session>) -> Answer {
    Ok(session.use_this_run().await?)
}

/// Signs out; what it reached arrives as views.
#[tauri::command]
pub(crate) async fn sign_out(session: State<'_, Session>) -> Answer {
    Ok(session.sign_out().await.map(drop)?)
}

/// Writes the current problem's technical text to the clipboard.
#[tauri::command(async)]
pub(crate) fn copy_details(app: AppHandle, shell: State<'_, Shell>) -> Answer {
    let view = shell.views.current();
    let problem = details::problem(&view).ok_or_else(|| internal("there is no problem to copy"))?;
    copy(
        &app,
        &details::text(problem, &shell.names.product, &SystemClock.now().to_string()),
    )
}

/// What happened to the session, the newest last.
#[tauri::command]
pub(crate) async fn timeline(session: State<'_, Session>) -> Answer<Vec<Entry>> {
    Ok(session.timeline().await)
}

/// Writes what happened to the clipboard, as text.
#[tauri::command]
pub(crate) async fn copy_timeline(
    app: AppHandle,
    session: State<'_, Session>,
    shell: State<'_, Shell>,
) -> Answer {
    let entries = session.timeline().await;
    copy(
        &app,
        &details::timeline(&entries, &shell.names.product, &SystemClock.now().to_string()),
    )
}

/// What the provider says about who is signed in.
#[tauri::command]
pub(crate) async fn claims(session: State<'_, Session>) -> Answer<ShownClaims> {
    Ok(claims::shown(session.claims().await?))
}

/// Writes one claim's value to the clipboard, whole.
#[tauri::command]
pub(crate) async fn copy_claim(name: String, app: AppHandle, session: State<'_, Session>) -> Answer {
    let claims = session.claims().await?;
    let claim = claims::named(&claims, &name).ok_or_else(|| internal("there is no such claim"))?;
    copy(&app, &claim.text)
}

/// Writes all claims to the clipboard, a line each.
#[tauri::command]
pub(crate) async fn copy_claims(app: AppHandle, session: State<'_, Session>) -> Answer {
    copy(&app, &claims::text(&session.claims().await?))
}

/// Writes what the app is to the clipboard, as text.
#[tauri::command(async)]
pub(crate) fn copy_about(app: AppHandle, shell: State<'_, Shell>) -> Answer {
    copy(
        &app,
        &details::about(&shell.info(), &SystemClock.now().to_string()),
    )
}

/// Looks at everything a sign-in depends on. It takes no words and gives none of a session's.
#[tauri::command]
pub(crate) async fn doctor(shell: State<'_, Shell>) -> Answer<Report> {
    Ok(shell.examine().await)
}

/// Writes what was found last to the clipboard, as `doctor` prints it.
#[tauri::command(async)]
pub(crate) fn copy_doctor(app: AppHandle, shell: State<'_, Shell>) -> Answer {
    let report = shell
        .last_report()
        .ok_or_else(|| internal("nothing was looked at yet"))?;
    copy(
        &app,
        &details::report(&report, &shell.names.product, &SystemClock.now().to_string()),
    )
}

/// Shows the folder of the configuration file.
#[tauri::command(async)]
pub(crate) fn open_config_folder(shell: State<'_, Shell>) -> Answer {
    open_folder(shell.places.config_dir())
}

/// Shows the folder of the logs.
#[tauri::command(async)]
pub(crate) fn open_logs_folder(shell: State<'_, Shell>) -> Answer {
    open_folder(&shell.places.logs)
}

/// What the app is.
#[tauri::command(async)]
pub(crate) fn app_info(shell: State<'_, Shell>) -> AppInfo {
    shell.info()
}

pub(crate) fn copy(app: &AppHandle, text: &str) -> Answer {
    app.clipboard()
        .write_text(text)
        .map_err(|_| internal("the clipboard could not be written"))
}

fn open_folder(folder: &Path) -> Answer {
    std::fs::create_dir_all(folder).map_err(|_| internal("the folder could not be made"))?;
    opening::folder(folder).map_err(|_| internal("the folder could not be opened"))
}

/// What should not have happened, as the page is told.
pub(crate) fn internal(detail: &str) -> Problem {
    Error::new(Stage::Configuration, Code::Internal)
        .with_detail(detail)
        .into()
}
