//! The shell: a thin adapter between the operating system, the web view and the session.
//!
//! It knows windows, links, directories and the clipboard. It does not know OAuth: everything about signing in is in
//! `latchkey-session`, which in turn knows nothing of this crate. This file only puts the pieces together.

mod arguments;
mod avatar;
mod browser;
mod claims;
mod commands;
mod cores;
mod details;
mod doctor;
mod first;
mod gate;
mod handler;
mod info;
mod instance;
mod lane;
mod links;
mod log_file;
mod logs;
mod metadata;
mod names;
mod opening;
mod os;
mod places;
mod quit;
mod renderer;
mod self_test;
mod shell;
mod sign_out;
mod views;
mod window;

#[cfg(test)]
mod page_tests;

use std::error::Error;
use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use latchkey_session::secret::SecretUrl;
use tauri::plugin::TauriPlugin;
use tauri::{App, Context, Manager as _, Wry};

use arguments::Request;
use links::Links;
use names::Names;
use places::Places;
use shell::Shell;

/// Whether this is the app without its window. A machine that has no web view can then try all the rest (`cargo xtask cross`);
/// it is of no use to a person, so a release cannot be built like this.
const WINDOWLESS: bool = cfg!(feature = "windowless");

#[cfg(all(feature = "windowless", not(debug_assertions)))]
compile_error!("an app without its window is for tests: leave the feature `windowless` out of a release");

/// The whole program, from its arguments (without its name) to its exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let mut context = tauri::generate_context!();
    let names = Names::settle(&mut context);
    let request = arguments::read(arguments, &names.scheme);
    if !matches!(request, Request::Window(_)) {
        os::reach_the_terminal();
    }
    match request {
        Request::Window(link) => open(context, names, link.as_ref()),
        Request::Doctor { json } => doctor::run(&names, json),
        Request::SignOut => sign_out::run(&names),
        Request::Version => say(&format!("{} {}", names.product, env!("CARGO_PKG_VERSION"))),
        Request::Help => say(&arguments::usage(&names)),
        Request::Unknown => {
            logs::complain(&format!(
                "{}: unknown argument\n{}",
                names.program,
                arguments::usage(&names)
            ));
            ExitCode::from(2)
        }
    }
}

/// Opens the window, or hands our link to the process that has it.
fn open(context: Context<Wry>, names: Names, link: Option<&SecretUrl>) -> ExitCode {
    renderer::choose(); // the first of all: nobody else reads the environment yet
    logs::end_on_panic(names.program.clone());
    if !cfg!(debug_assertions) || WINDOWLESS {
        cores::off();
    }
    let links = Arc::new(Links::new(&names.scheme));
    // As it came, before anybody parses it.
    link.into_iter().for_each(|link| links.arrived(link.secret()));
    let program = names.program.clone();
    let builder = tauri::Builder::default();
    #[cfg(target_os = "macos")]
    let builder = builder
        .menu(os::macos::menu)
        .on_menu_event(|app, event| os::macos::on_menu(app, event.id().as_ref()));
    let app = builder
        .plugin(instance::one_alone(Arc::clone(&links), names.scheme.clone())) // the first: a second process ends here
        .plugin(log(names.clone()))
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_clipboard_manager::init())
        .plugin(window::remembering())
        .register_asynchronous_uri_scheme_protocol(avatar::SCHEME, avatar::serve)
        .invoke_handler(gate::before(tauri::generate_handler![
            commands::subscribe,
            commands::painted,
            commands::sign_in,
            lane::switch_way,
            lane::paste_address,
            lane::take_another_account,
            lane::repair_links,
            lane::probe_provider,
            lane::try_provider,
            commands::cancel_sign_in,
            commands::open_again,
            commands::copy_link,
            lane::copy_code,
            commands::retry,
            commands::use_this_run,
            commands::sign_out,
            commands::copy_details,
            commands::timeline,
            commands::copy_timeline,
            commands::claims,
            commands::copy_claim,
            commands::copy_claims,
            commands::copy_about,
            commands::doctor,
            commands::copy_doctor,
            commands::open_config_folder,
            commands::open_logs_folder,
            commands::app_info,
            metadata::metadata,
            metadata::save_metadata,
            metadata::keep_draft,
            metadata::discard_draft,
        ]))
        .manage(quit::Quit::default())
        .setup(move |app| start(app, names, links))
        .build(context);
    match app {
        Ok(app) => {
            app.run(|app, event| quit::on_event(app, &event));
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!(%error, "the app could not start");
            logs::complain(&format!("{program}: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// The session first: it asks the credential store on a thread of its own while the window is made here, and mostly has the answer by
/// the time the page's document is sent (`first`). Where our links have to be registered first, which may take a while, the window does
/// not wait for that.
fn start(app: &mut App, names: Names, links: Arc<Links>) -> Result<(), Box<dyn Error>> {
    let handle = app.handle().clone();
    let places = Places::of(&names)?;
    answer_a_self_test(&names, &places);
    let window = {
        let (handle, product) = (handle.clone(), names.product.clone());
        move || -> tauri::Result<()> {
            if !WINDOWLESS {
                window::create(&handle, &product)?;
                tracing::debug!("window shown");
            }
            Ok(())
        }
    };
    let ready = handler::look(&names.scheme) == handler::Reached::Us;
    if !ready {
        window()?;
    }
    let registered = handler::ensure(&handle, &names.scheme);
    let shell = Shell::new(names, places, registered);
    let session = shell.start_session()?;
    app.manage(shell);
    app.manage(session.clone());
    if ready {
        window()?;
    }
    links::listen(&handle, Arc::clone(&links));
    links::deliver(handle.clone(), session, links);
    quit::on_signals(handle);
    Ok(())
}

/// A process that was started for a self-test link, because the app is not running, answers it and ends: no window is wanted.
fn answer_a_self_test(names: &Names, places: &Places) {
    let link = std::env::args_os()
        .nth(1)
        .and_then(|link| link.into_string().ok());
    if let Some(nonce) = link
        .as_deref()
        .and_then(|link| self_test::nonce(link, &names.scheme))
    {
        self_test::answer(&places.data, nonce, self_test::By::Started);
        std::process::exit(0);
    }
}

/// Starts the log as soon as it is clear that this process stays.
fn log(names: Names) -> TauriPlugin<Wry> {
    tauri::plugin::Builder::new("log")
        .setup(move |_, _| {
            logs::start(&names, &Places::of(&names)?.logs);
            tracing::info!(
                version = env!("CARGO_PKG_VERSION"),
                identifier = names.identifier,
                "started"
            );
            renderer::log();
            Ok(())
        })
        .build()
}

/// Answers on standard output.
fn say(text: &str) -> ExitCode {
    match writeln!(std::io::stdout(), "{text}") {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
