//! What happens to the fleet: when the apps are launched, and what the provider does.

use std::time::Duration;

use latchkey_session::inside::{Answer, Endpoint};

/// Milliseconds of a second, a minute, an hour.
pub(crate) const SECOND: u64 = 1_000;
pub(crate) const MINUTE: u64 = 60 * SECOND;
pub(crate) const HOUR: u64 = 60 * MINUTE;

/// The time is counted from a Monday's midnight, some weeks in, so that sessions can be older.
pub(crate) const MIDNIGHT: u64 = 1000 * HOUR;
/// How long access tokens live.
pub(crate) const LIFE: Duration = Duration::from_secs(3600);

/// One story.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Monday,
    Outage(Answer),
    /// 503, and everybody is told when it will be over.
    Maintenance,
    Rotation,
    Revocation,
}

/// From when until when requests are counted, and what the figures are called.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub(crate) name: &'static str,
    pub(crate) endpoint: Endpoint,
    pub(crate) from: u64,
    /// `None`: until the last computer is fresh again.
    pub(crate) until: Option<u64>,
}

const TEN: u64 = MIDNIGHT + 10 * HOUR;
const ELEVEN: u64 = MIDNIGHT + 11 * HOUR;

impl Scene {
    pub(crate) fn all() -> Vec<Self> {
        let scene = |name, what, kind| Self { name, what, kind };
        vec![
            scene(
                "Monday morning",
                "launched between 8:45 and 9:15, most at 9:00, with Friday's tokens",
                Kind::Monday,
            ),
            scene(
                "An hour without a way to the provider",
                "10:00 to 11:00, everybody running, no connection",
                Kind::Outage(Answer::Unreachable),
            ),
            scene(
                "An hour of 503",
                "10:00 to 11:00, every endpoint, no Retry-After",
                Kind::Outage(Answer::Unavailable(None)),
            ),
            scene(
                "An hour of 503 with Retry-After: 300",
                "the same, and everybody is told when to come back",
                Kind::Outage(Answer::Unavailable(Some(Duration::from_secs(300)))),
            ),
            scene(
                "An hour of 503 with Retry-After: 11:00",
                "everybody is told the same moment",
                Kind::Maintenance,
            ),
            scene(
                "New keys",
                "ID tokens are signed with another key from 10:00 on",
                Kind::Rotation,
            ),
            scene(
                "Everything revoked",
                "at 10:00 every grant is over",
                Kind::Revocation,
            ),
        ]
    }

    pub(crate) fn is_outage(&self) -> bool {
        matches!(self.kind, Kind::Outage(_) | Kind::Maintenance)
    }

    /// When this computer's app is launched, and when its tokens were got: both from one random number each.
    pub(crate) fn launch(&self, mut draw: impl FnMut() -> f64) -> (u64, u64) {
        match self.kind {
            // Two numbers added make a triangle with its top in the middle.
            Kind::Monday => {
                let at = MIDNIGHT + 8 * HOUR + 45 * MINUTE + share((draw() + draw()) / 2.0, 30 * MINUTE);
                (at, at - 64 * HOUR)
            }
            Kind::Outage(_) | Kind::Maintenance | Kind::Rotation | Kind::Revocation => {
                let at = MIDNIGHT + 7 * HOUR + share(draw(), HOUR);
                (at, at - 64 * HOUR)
            }
        }
    }

    /// What the provider answers.
    pub(crate) fn answer(&self, at: u64) -> Answer {
        match self.kind {
            Kind::Outage(answer) if (TEN..ELEVEN).contains(&at) => answer,
            Kind::Maintenance if (TEN..ELEVEN).contains(&at) => {
                Answer::Unavailable(Some(Duration::from_millis(ELEVEN - at)))
            }
            Kind::Revocation if at >= TEN => Answer::Revoked,
            Kind::Monday | Kind::Outage(_) | Kind::Maintenance | Kind::Rotation | Kind::Revocation => {
                Answer::Good
            }
        }
    }

    /// Since when the keys of this time sign.
    pub(crate) fn keys_since(&self, at: u64) -> u64 {
        if self.kind == Kind::Rotation && at >= TEN {
            TEN
        } else {
            0
        }
    }

    /// When the fault is over: from then on it is counted how long everybody takes to be fresh again.
    pub(crate) fn mended(&self) -> Option<u64> {
        self.is_outage().then_some(ELEVEN)
    }

    /// From when until when the story is told.
    pub(crate) fn span(&self) -> (u64, u64) {
        (MIDNIGHT + 7 * HOUR, MIDNIGHT + 15 * HOUR)
    }

    /// What is reported.
    pub(crate) fn windows(&self) -> Vec<Window> {
        let window = |name, endpoint, from, until| Window {
            name,
            endpoint,
            from,
            until,
        };
        let day = |hour: u64, minute: u64| MIDNIGHT + hour * HOUR + minute * MINUTE;
        match self.kind {
            Kind::Monday => vec![
                window(
                    "token, 8:45 to 9:15",
                    Endpoint::Token,
                    day(8, 45),
                    Some(day(9, 15)),
                ),
                window(
                    "discovery, 8:45 to 9:15",
                    Endpoint::Discovery,
                    day(8, 45),
                    Some(day(9, 15)),
                ),
                window("token, next hour", Endpoint::Token, day(9, 30), Some(day(10, 30))),
                window(
                    "token, 13:00 to 15:00",
                    Endpoint::Token,
                    day(13, 0),
                    Some(day(15, 0)),
                ),
            ],
            Kind::Outage(_) | Kind::Maintenance => vec![
                window("token, 9:00 to 10:00", Endpoint::Token, day(9, 0), Some(TEN)),
                window("token, in the outage", Endpoint::Token, TEN, Some(ELEVEN)),
                window("discovery, in the outage", Endpoint::Discovery, TEN, Some(ELEVEN)),
                window("token, until all are fresh", Endpoint::Token, ELEVEN, None),
                window(
                    "token, the two hours after",
                    Endpoint::Token,
                    day(11, 30),
                    Some(day(13, 30)),
                ),
            ],
            Kind::Rotation => vec![
                window("token, 9:00 to 10:00", Endpoint::Token, day(9, 0), Some(TEN)),
                window("keys, 9:00 to 10:00", Endpoint::Keys, day(9, 0), Some(TEN)),
                window("keys, 10:00 to 11:00", Endpoint::Keys, TEN, Some(ELEVEN)),
            ],
            Kind::Revocation => vec![
                window("token, 10:00 to 11:00", Endpoint::Token, TEN, Some(ELEVEN)),
                window("token, 11:00 to 15:00", Endpoint::Token, ELEVEN, Some(day(15, 0))),
            ],
        }
    }
}

/// A part of a length of time.
fn share(part: f64, whole: u64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "less than a day"
    )]
    let at = (part * whole as f64) as u64;
    at
}
