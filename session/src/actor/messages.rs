//! What comes to the actor: commands of handles, and what effects bring back.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::claim::Claim;
use crate::config::ProviderConfig;
use crate::effects::Engine;
use crate::error::Result;
use crate::handle::SignIn;
use crate::loopback::{Arrival, Loopback};
use crate::redirects::Redirects;
use crate::secret::{AccessToken, SecretUrl, StateValue};
use crate::state::{AttemptId, Event};
use crate::view::{How, Receipt};
use crate::watch::Listener;

/// The answer to one command.
pub(crate) type Reply<T> = oneshot::Sender<Result<T>>;

/// What a handle can ask for.
#[derive(Debug)]
pub(crate) enum Command {
    Begin {
        options: SignIn,
        accepted: Reply<oneshot::Receiver<Result<()>>>,
    },
    TryProvider {
        provider: Box<ProviderConfig>,
        accepted: Reply<oneshot::Receiver<Result<()>>>,
    },
    Switch {
        how: How,
        reply: Reply<()>,
    },
    Paste {
        text: SecretUrl,
        reply: Reply<()>,
    },
    TakeAnother {
        reply: Reply<()>,
    },
    Redirects {
        redirects: Redirects,
        reply: Reply<()>,
    },
    Callback {
        url: SecretUrl,
        reply: Reply<()>,
    },
    Cancel {
        reply: Reply<()>,
    },
    OpenAgain {
        reply: Reply<()>,
    },
    AuthorizationUrl {
        reply: Reply<SecretUrl>,
    },
    Retry {
        reply: Reply<()>,
    },
    UseThisRun {
        reply: Reply<()>,
    },
    Refresh {
        reply: Reply<()>,
    },
    Token {
        min_ttl: Duration,
        reply: Reply<AccessToken>,
    },
    SignOut {
        reply: Reply<Receipt>,
    },
    Claims {
        reply: Reply<Vec<Claim>>,
    },
    Look,
}

/// What effects bring back.
#[derive(Debug)]
pub(crate) enum Message {
    /// An answer, and the provider it was asked for.
    Answer(Event, Arc<Engine>),
    /// The listener of an attempt is open.
    Listening(AttemptId, Loopback),
    /// A request for the callback path of an attempt's listener.
    Arrived(AttemptId, Arrival),
    /// The provider's sign-out page was opened and will send the browser back with this.
    AwaitReturn(StateValue),
    /// So many revocations are still owed to this provider.
    Owing(usize, Arc<Engine>),
    /// Changes by other processes will be told.
    Watching(Listener),
    /// Another process has changed the stored session.
    Changed,
    /// An effect that a close has to wait for has ended.
    Settled,
}
