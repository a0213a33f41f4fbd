//! `sign-out` on the command line: the session leaves this computer and the provider withdraws its tokens, without a window. For the
//! time before the app is removed, and for scripts. An app that is running notices and shows it.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use latchkey_metadata::Drafts;
use latchkey_session::config::Config;
use latchkey_session::ports::Page;
use latchkey_session::view::{Receipt, Step, View};
use latchkey_session::{Code, Error, Redirects, Session, Stage};
use tokio::sync::watch;

use crate::names::Names;
use crate::places::Places;

/// How long the credential store may take; it may ask for its password.
const STORE_LIMIT: Duration = Duration::from_secs(120);

/// Signs out and says what was reached. 1 when the session is still there.
pub(crate) fn run(names: &Names) -> ExitCode {
    if !cfg!(debug_assertions) {
        crate::cores::off();
    }
    let Ok(places) = Places::of(names) else {
        crate::logs::complain(&format!("{}: there is no home directory", names.program));
        return ExitCode::FAILURE;
    };
    match tauri::async_runtime::block_on(sign_out(names, places)) {
        Ok(text) => crate::say(&text),
        Err(error) => {
            crate::logs::complain(&format!("{}: not signed out: {error}", names.program));
            ExitCode::FAILURE
        }
    }
}

async fn sign_out(names: &Names, places: Places) -> Result<String, Error> {
    let (show, mut shown) = watch::channel(View::Restoring);
    let (layers, data) = (places.layers.clone(), places.data.clone());
    let session = Session::builder(move || Config::load(&layers))
        .store(Arc::new(names.store()))
        .redirects(Redirects::of_scheme(&names.scheme))
        // The provider's page would open in whatever browser this terminal has.
        .browser(|_: &Page| Err(Error::new(Stage::Logout, Code::BrowserFailed)))
        .publisher(move |view: &View| {
            show.send_replace(view.clone());
        })
        .data_dir(places.data.clone())
        .cache_dir(places.cache)
        .start()?;
    let known = shown.wait_for(|view| !matches!(view, View::Restoring));
    let view = match tokio::time::timeout(STORE_LIMIT, known).await {
        Ok(Ok(view)) => view.clone(),
        Ok(Err(_)) | Err(_) => View::Restoring,
    };
    let done = leave(&session, view).await;
    session.close().await;
    if done.is_ok()
        && let Some(provider) = Config::load(&places.layers)?.provider
        && let Err(error) = Drafts::forget(&data, &provider.issuer, None)
    {
        let sentence = "changes of the person's details that were not saved could not be removed";
        crate::logs::complain(&format!("{}: {sentence}: {error}", names.program));
    }
    done
}

async fn leave(session: &Session, view: View) -> Result<String, Error> {
    // Whoever was signed in before a sign-in began still is.
    let view = if matches!(view, View::SigningIn { .. }) {
        session.cancel().await?;
        session.view()
    } else {
        view
    };
    match view {
        View::SignedIn { .. } => session.sign_out().await.map(|receipt| told(&receipt)),
        // Who was signed in before the provider or the clock ended it may still be known: that goes, too.
        View::SignedOut { .. } => session
            .sign_out()
            .await
            .map(|_| "Nobody is signed in.".to_owned()),
        View::Unconfigured { .. } => Err(Error::new(Stage::Configuration, Code::ConfigurationMissing)),
        View::Blocked { problem } => Err(Error::new(problem.stage, problem.code)),
        View::Restoring => Err(Error::new(Stage::Store, Code::StoreSilent)),
        View::SigningIn { .. } => Err(Error::new(Stage::Logout, Code::Busy)),
    }
}

/// What a receipt says, in sentences.
fn told(receipt: &Receipt) -> String {
    let device = match receipt.device {
        Step::Done | Step::Skipped => "Signed out: the session is no longer on this computer.",
        Step::Pending | Step::Failed => {
            "Signed out. The session is removed from the credential store as soon as that can be written."
        }
    };
    let tokens = match receipt.tokens {
        Step::Done => "The provider has withdrawn its tokens.",
        Step::Pending => "The provider could not be told; the app tells it when it runs again.",
        Step::Failed => "The provider refused to withdraw its tokens; they expire by themselves.",
        Step::Skipped => "The provider offers no way to withdraw its tokens; they expire by themselves.",
    };
    format!("{device}\n{tokens}\nIn the browser you may still be signed in at the provider.")
}

#[cfg(test)]
mod tests {
    use latchkey_session::view::{Receipt, Step};

    use super::told;

    #[test]
    fn what_was_not_reached_is_said() {
        let receipt = |device, tokens| Receipt {
            device,
            tokens,
            provider_session: Step::Failed,
        };
        assert!(told(&receipt(Step::Done, Step::Done)).contains("has withdrawn"));
        assert!(told(&receipt(Step::Pending, Step::Done)).contains("as soon as"));
        assert!(told(&receipt(Step::Done, Step::Pending)).contains("could not be told"));
        assert!(told(&receipt(Step::Done, Step::Skipped)).contains("expire"));
        assert!(told(&receipt(Step::Done, Step::Failed)).contains("refused"));
    }
}
