//! One line of the table: what a provider does, what the standard says about it, and the reaction that is due.

use super::base::Scene;
use crate::secret::SecretUrl;
use crate::testing::TestProvider;

/// Something a provider may do.
pub(super) struct Behaviour {
    /// Its name; for a module of the OpenID Foundation's plans the module's.
    pub(super) name: &'static str,
    /// What it does, as a phrase with the provider as its subject.
    pub(super) does: &'static str,
    /// What the standard asks for, in our words, with its section.
    pub(super) standard: &'static str,
    /// The reaction that is due, in the words of [`act`](super::act).
    pub(super) due: &'static str,
    /// When it does it.
    pub(super) act: Act,
    /// Bends the base.
    pub(super) bend: fn(&mut Scene),
    /// What else is told of the reaction.
    pub(super) told: Option<fn(&Scene) -> String>,
    /// The path of the issuer.
    pub(super) path: &'static str,
}

/// The moment of a behaviour.
#[derive(Clone, Copy)]
pub(super) enum Act {
    /// From the first request of a sign-in on.
    SignIn,
    /// After one sign-in, for another.
    Again,
    /// In so many sign-ins in a row, all of which fail.
    Tries(usize),
    /// In a renewal.
    Renew,
    /// When a stored session is confirmed at the next launch.
    Launch,
    /// From a sign-in on, to the sign-out.
    SignOut,
    /// In a sign-out whose page sends the browser back: to the redirect URI and the `state` of the request.
    Return(fn(&str, &str) -> String),
    /// In a sign-in on another device, where the person decides like this.
    OnDevice(Result<(), &'static str>),
    /// In the authorization response: the callback for the authorization request.
    Callback(fn(&TestProvider, &SecretUrl) -> String),
}

/// A behaviour in the order of its line.
pub(super) fn row(
    name: &'static str,
    act: Act,
    does: &'static str,
    standard: &'static str,
    due: &'static str,
    bend: fn(&mut Scene),
) -> Behaviour {
    Behaviour {
        name,
        does,
        standard,
        due,
        act,
        bend,
        told: None,
        path: "",
    }
}

impl Behaviour {
    /// Tells this of the reaction, too.
    pub(super) fn telling(self, told: fn(&Scene) -> String) -> Self {
        Self {
            told: Some(told),
            ..self
        }
    }

    /// With an issuer that ends in this path.
    pub(super) fn at(self, path: &'static str) -> Self {
        Self { path, ..self }
    }
}
