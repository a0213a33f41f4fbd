//! The commands: each reaches the session in the order of its line, and is answered when it is done.

use std::future::Future;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use latchkey_session::config::ProviderConfig;
use latchkey_session::ports::SystemClock;
use latchkey_session::setup;
use latchkey_session::view::How;
use latchkey_session::{Error, Session, SignIn};
use tokio::task::JoinSet;

use crate::output::{Output, unknown};

/// How long the answers of commands that were cut short are waited for at the end.
const LAST_ANSWERS: Duration = Duration::from_millis(500);

/// A command at work.
type Work = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

/// Runs commands on a session.
#[derive(Debug)]
pub(crate) struct Commands {
    session: Session,
    output: Output,
    running: JoinSet<()>,
}

impl Commands {
    pub(crate) fn new(session: Session, output: Output) -> Self {
        Self {
            session,
            output,
            running: JoinSet::new(),
        }
    }

    /// Starts one line's command; `Break` when it was `quit`.
    pub(crate) async fn run(&mut self, line: &str) -> ControlFlow<()> {
        let line = line.trim();
        let (command, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let (session, rest) = (self.session.clone(), rest.trim().to_owned());
        let work: Work = match (command, rest.as_str()) {
            ("", _) => return ControlFlow::Continue(()),
            ("sign-in", words) => match options_of(words) {
                Ok(options) => Box::pin(async move { session.begin(options).await?.ended().await }),
                Err(error) => Box::pin(async { Err(error) }),
            },
            ("switch", how) => match how_of(how) {
                Ok(how) => Box::pin(async move { session.switch(how).await }),
                Err(error) => Box::pin(async { Err(error) }),
            },
            ("paste", _) => Box::pin(async move { session.paste(&rest).await }),
            ("probe", address) => {
                let (output, address) = (self.output.clone(), address.to_owned());
                Box::pin(async move {
                    output.probed(&setup::probe(&address, Arc::new(SystemClock)).await?);
                    Ok(())
                })
            }
            ("try", words) => match candidate_of(words) {
                Ok(provider) => Box::pin(async move { session.try_provider(provider).await?.ended().await }),
                Err(error) => Box::pin(async { Err(error) }),
            },
            ("take-another", "") => Box::pin(async move { session.take_another().await }),
            ("callback", _) => Box::pin(async move { session.callback(&rest).await }),
            ("cancel", "") => Box::pin(async move { session.cancel().await }),
            ("refresh", "") => Box::pin(async move { session.refresh().await }),
            ("sign-out", "") => Box::pin(async move { session.sign_out().await.map(|_| ()) }),
            ("status", "") => {
                let output = self.output.clone();
                Box::pin(async move {
                    output.state(&session.view());
                    Ok(())
                })
            }
            ("quit", "") => {
                self.close().await;
                self.output.answer("quit", Ok(()));
                return ControlFlow::Break(());
            }
            ("cancel" | "take-another" | "refresh" | "sign-out" | "status" | "quit", _) => {
                Box::pin(async { Err(unknown("this command takes no argument")) })
            }
            _ => Box::pin(async {
                Err(unknown(
                    "commands: sign-in [deep-link|loopback|device] [another-account], switch deep-link|loopback|device, \
                     callback URL, paste TEXT, take-another, cancel, refresh, status, sign-out, probe ADDRESS, \
                     try ISSUER CLIENT_ID [NAME], quit",
                ))
            }),
        };
        self.start(command.chars().take(64).collect(), work).await;
        ControlFlow::Continue(())
    }

    /// Polls the work once in line, so that commands reach the session in their order, and then leaves it to itself.
    async fn start(&mut self, command: String, mut work: Work) {
        let output = self.output.clone();
        tokio::select! {
            biased;
            result = &mut work => output.answer(&command, result),
            () = std::future::ready(()) => {
                self.running.spawn(async move {
                    let result = work.await;
                    output.answer(&command, result);
                });
            }
        }
        while self.running.try_join_next().is_some() {}
    }

    /// Ends the session and waits a moment for the answers of what was under way.
    pub(crate) async fn close(&mut self) {
        self.session.close().await;
        let _ = tokio::time::timeout(LAST_ANSWERS, async {
            while self.running.join_next().await.is_some() {}
        })
        .await;
    }
}

fn options_of(words: &str) -> Result<SignIn, Error> {
    let mut options = SignIn::default();
    for word in words.split_whitespace() {
        if word == "another-account" {
            options.another_account = true;
        } else {
            options.how = Some(how_of(word)?);
        }
    }
    Ok(options)
}

fn candidate_of(words: &str) -> Result<ProviderConfig, Error> {
    let mut words = words.splitn(3, char::is_whitespace);
    match (words.next(), words.next(), words.next()) {
        (Some(issuer), Some(client_id), name) => {
            setup::candidate(issuer, client_id, name.unwrap_or_default())
        }
        _ => Err(unknown(
            "try takes an issuer, a client identifier and, if you like, a name",
        )),
    }
}

fn how_of(word: &str) -> Result<How, Error> {
    match word {
        "deep-link" => Ok(How::DeepLink),
        "loopback" => Ok(How::Loopback),
        "device" => Ok(How::Device),
        _ => Err(unknown("a way is deep-link, loopback or device")),
    }
}
