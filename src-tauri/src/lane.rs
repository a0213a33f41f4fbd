//! The commands of the sign-in lane: another way, a pasted address, another account, and the first run.
//!
//! What a person pastes or types goes to the core, which judges it; nothing of it is kept, logged or opened here.

use std::sync::Arc;

use latchkey_session::doctor::Finding;
use latchkey_session::ports::SystemClock;
use latchkey_session::setup::{self, ProbedProvider};
use latchkey_session::view::{How, View};
use latchkey_session::{Code, Error, Redirects, Session, Stage};
use tauri::{AppHandle, State};

use crate::commands::{Answer, copy, internal};
use crate::shell::Shell;
use crate::{doctor, handler};

/// Lets the attempt go on another way.
#[tauri::command]
pub(crate) async fn switch_way(how: How, session: State<'_, Session>) -> Answer {
    Ok(session.switch(how).await?)
}

/// What the person copied from the browser's address bar. The gate lets 10,000 bytes of it through.
#[tauri::command]
pub(crate) async fn paste_address(text: String, session: State<'_, Session>) -> Answer {
    Ok(session.paste(&text).await?)
}

/// Writes the code for another device to the clipboard.
#[tauri::command]
pub(crate) async fn copy_code(app: AppHandle, session: State<'_, Session>) -> Answer {
    let View::SigningIn {
        device: Some(device), ..
    } = session.view()
    else {
        return Err(internal("there is no code to copy"));
    };
    copy(&app, &device.user_code)
}

/// Takes who came instead of who was expected.
#[tauri::command]
pub(crate) async fn take_another_account(session: State<'_, Session>) -> Answer {
    Ok(session.take_another().await?)
}

/// Registers the program for its links once more, and tells whether one arrives now, in `doctor`'s words.
#[tauri::command]
pub(crate) async fn repair_links(
    app: AppHandle,
    session: State<'_, Session>,
    shell: State<'_, Shell>,
) -> Answer<Finding> {
    if handler::register(&app, &shell.names.scheme) {
        session
            .set_redirects(Redirects::of_scheme(&shell.names.scheme))
            .await?;
    }
    let finding = doctor::links(&shell.names, &shell.places, None).await;
    Ok(doctor::without_home(finding))
}

/// Asks the provider at an address what it is and what it offers. At the first run alone, and one address at a time: a request to an
/// address of the page's choice would be a way out for what the page knows of a person.
#[tauri::command]
pub(crate) async fn probe_provider(
    address: String,
    session: State<'_, Session>,
    shell: State<'_, Shell>,
) -> Answer<ProbedProvider> {
    if !matches!(session.view(), View::Unconfigured { .. }) {
        return Err(Error::new(Stage::Configuration, Code::ConfigurationInvalid)
            .with_detail("a provider is configured already")
            .into());
    }
    let Ok(_turn) = shell.probing.try_lock() else {
        return Err(Error::new(Stage::Discovery, Code::Busy).into());
    };
    Ok(setup::probe(&address, Arc::new(SystemClock)).await?)
}

/// Starts a sign-in at a provider that was asked; when it succeeds, the provider is written into the person's configuration file. How
/// it goes arrives as views.
#[tauri::command]
pub(crate) async fn try_provider(
    issuer: String,
    client_id: String,
    name: String,
    session: State<'_, Session>,
) -> Answer {
    let provider = setup::candidate(&issuer, &client_id, &name)?;
    Ok(session.try_provider(provider).await.map(drop)?)
}
