//! One computer of a fleet under virtual time, for the benchmark: the real state with its schedule and its back-off, and the order
//! in which a renewal asks. What lies between is left out: the credential store takes everything at once, and a request takes the
//! same short time.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;

use super::ISSUER;
use crate::account::Consent;
use crate::config::SessionConfig;
use crate::error::{Code, Error, Stage};
use crate::exchange::Probe;
use crate::profile::Identity;
use crate::provider::{DOCUMENT_AGE, KEYS_AGE};
use crate::record::Record;
use crate::secret::{AccessToken, RefreshToken};
use crate::state::{Effect, Event, Generation, Moment, State, Stored, Wrote};
use crate::tokens::TokenSet;
use crate::view::{Freshness, How, View};

/// How long a request takes, in milliseconds.
const REQUEST: u64 = 150;
/// How many kinds of [`Endpoint`] there are.
pub const ENDPOINTS: usize = 4;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// The discovery document.
    Discovery,
    /// The key set.
    Keys,
    /// The token endpoint.
    Token,
    /// Userinfo.
    Userinfo,
}

/// What comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// What was asked for.
    Good,
    /// No connection.
    Unreachable,
    /// 503, with a `Retry-After` perhaps.
    Unavailable(Option<Duration>),
    /// The grant is over (`invalid_grant`, 401).
    Revoked,
}

/// The provider, as far as the fleet sees it. Times are milliseconds.
pub trait Provider {
    /// Answers a request, and counts it.
    fn answer(&mut self, endpoint: Endpoint, at: u64) -> Answer;
    /// When the keys that sign at this time were first used.
    fn keys_since(&self, at: u64) -> u64;
}

/// One computer with a session.
#[derive(Debug)]
pub struct Desktop {
    state: State,
    answers: VecDeque<(u64, Event)>,
    generation: u64,
    /// How long access tokens live.
    life: Duration,
    random: u64,
    /// When the discovery document was asked for; it is kept on disk.
    document_at: Option<u64>,
    /// When the keys were asked for, in this run.
    keys_at: Option<u64>,
}

impl Desktop {
    /// A computer whose app is launched at `now` (milliseconds) with a session renewed at `obtained`, which brought access tokens
    /// that live for `life`.
    pub fn launched(seed: u64, now: u64, obtained: u64, life: Duration) -> Self {
        let mut desktop = Self {
            state: State::Restoring,
            answers: VecDeque::new(),
            generation: 1,
            life,
            random: seed,
            document_at: Some(obtained),
            keys_at: None,
        };
        let stored = Stored {
            generation: 1,
            record: Some(Box::new(desktop.record(obtained))),
            ..Stored::default()
        };
        desktop.answers.push_back((now, Event::Read(stored)));
        desktop
    }

    /// When it does something next. `None`: never again by itself.
    pub fn next(&self) -> Option<u64> {
        let answer = self.answers.iter().map(|(at, _)| *at).min();
        let wake = self.state.wakes_at(&SessionConfig::default()).map(milliseconds);
        answer.into_iter().chain(wake).min()
    }

    /// Does what is due at `now`.
    pub fn step(&mut self, now: u64, provider: &mut impl Provider) {
        let due = self.answers.iter().position(|(at, _)| *at <= now);
        let event = due
            .and_then(|index| self.answers.remove(index))
            .map_or(Event::Tick, |(_, event)| event);
        let at = Moment {
            now: timestamp(now),
            jitter: self.draw(),
            rules: SessionConfig::default(),
        };
        let state = std::mem::replace(&mut self.state, State::Restoring);
        let (state, effects) = state.transition(event, at);
        self.state = state;
        for effect in effects {
            if let Some(answer) = self.run(effect, now, provider) {
                self.answers.push_back(answer);
            }
        }
    }

    /// Whether somebody is signed in here.
    pub fn is_signed_in(&self) -> bool {
        self.state.live().is_some()
    }

    /// Whether the access token is good at `now`.
    pub fn is_fresh(&self, now: u64) -> bool {
        self.state
            .live()
            .is_some_and(|live| !live.is_expired(timestamp(now)))
    }

    /// Whether somebody is signed in, the token is good, and nothing is in doubt.
    pub fn is_settled(&self, now: u64) -> bool {
        let view = self.state.view(&SessionConfig::default());
        let fresh = matches!(
            view,
            View::SignedIn {
                freshness: Freshness::Fresh,
                ..
            }
        );
        fresh && self.is_fresh(now)
    }

    /// A random number of 0.0 up to 1.0 (splitmix64).
    pub fn draw(&mut self) -> f64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let upper = u32::try_from((mixed ^ (mixed >> 31)) >> 32).unwrap_or_default();
        f64::from(upper) / (f64::from(u32::MAX) + 1.0)
    }

    #[allow(clippy::wildcard_enum_match_arm, reason = "what asks nobody has no answer")]
    fn run(&mut self, effect: Effect, now: u64, provider: &mut impl Provider) -> Option<(u64, Event)> {
        Some(match effect {
            Effect::Renew {
                generation,
                record,
                wary,
                ..
            } => self.renew(generation, *record, wary, now, provider),
            Effect::Probe {
                generation, identity, ..
            } => {
                let (at, answer) = self.with_document(now, provider, Endpoint::Userinfo, Stage::Userinfo);
                let answer = match answer {
                    Ok(()) => Ok(Probe::Confirmed(*identity)),
                    Err(error) if error.code() == Code::InvalidGrant => Ok(Probe::Rejected),
                    Err(error) => Err(error),
                };
                (at, Event::Probed { generation, answer })
            }
            Effect::Save { generation, .. } => {
                self.generation += 1;
                let stored = self.generation;
                (now, Event::Saved { generation, stored })
            }
            Effect::Clear { .. } => {
                self.generation += 1;
                (now, Event::Cleared(Ok(self.generation)))
            }
            _ => return None,
        })
    }

    /// A renewal: the document, where it is due or the one before failed; the tokens; the keys of the new ID token.
    fn renew(
        &mut self,
        generation: Generation,
        record: Record,
        wary: bool,
        now: u64,
        provider: &mut impl Provider,
    ) -> (u64, Event) {
        let failed = |at, error| {
            let spent_at = None;
            (
                at,
                Event::RenewalFailed {
                    generation,
                    error,
                    spent_at,
                },
            )
        };
        let mut at = now;
        if wary {
            let answer = provider.answer(Endpoint::Discovery, at);
            at += REQUEST;
            match judge(answer, Stage::Refresh) {
                Ok(()) => self.document_at = Some(at),
                // Only without a way to the provider nothing more is asked.
                Err(error) if error.code() == Code::Offline => return failed(at, error),
                Err(_) => {}
            }
        }
        let (mut at, answer) = self.with_document(at, provider, Endpoint::Token, Stage::Refresh);
        if let Err(error) = answer {
            return failed(at, error);
        }
        let known = self.keys_at.is_some_and(|known| {
            at.saturating_sub(known) < limit(KEYS_AGE) && known >= provider.keys_since(at)
        });
        if !known {
            let answer = provider.answer(Endpoint::Keys, at);
            at += REQUEST;
            if let Err(error) = judge(answer, Stage::Refresh) {
                return failed(at, error);
            }
            self.keys_at = Some(at);
        }
        self.generation += 1;
        let tokens = self.record(now).tokens;
        let event = Event::Renewed {
            generation,
            record: Box::new(Record { tokens, ..record }),
            refused: None,
            wrote: Wrote::Done(self.generation),
        };
        (at, event)
    }

    /// A request to an endpoint that the document names, which is asked for first when it is a day old.
    fn with_document(
        &mut self,
        mut at: u64,
        provider: &mut impl Provider,
        endpoint: Endpoint,
        stage: Stage,
    ) -> (u64, Result<(), Error>) {
        if self
            .document_at
            .is_none_or(|known| at.saturating_sub(known) >= limit(DOCUMENT_AGE))
        {
            let answer = judge(provider.answer(Endpoint::Discovery, at), stage);
            at += REQUEST;
            if answer.is_err() {
                return (at, answer);
            }
            self.document_at = Some(at);
        }
        let answer = provider.answer(endpoint, at);
        (at + REQUEST, judge(answer, stage))
    }

    fn record(&self, obtained: u64) -> Record {
        let tokens = TokenSet {
            access_token: AccessToken::new("at"),
            expires_at: timestamp(obtained).checked_add(self.life).ok(),
            obtained_at: timestamp(obtained),
            refresh_token: Some(RefreshToken::new("rt")),
            id_token: None,
            scope: None,
        };
        Record {
            tokens,
            identity: Identity {
                issuer: ISSUER.to_owned(),
                sub: "ada".to_owned(),
                claims: serde_json::Map::new(),
                auth_time: None,
                nonce: None,
            },
            since: timestamp(obtained),
            how: How::DeepLink,
            consent: Consent::default(),
        }
    }
}

fn judge(answer: Answer, stage: Stage) -> Result<(), Error> {
    match answer {
        Answer::Good => Ok(()),
        Answer::Unreachable => Err(Error::new(stage, Code::Offline)),
        Answer::Unavailable(wait) => Err(Error::new(stage, Code::ProviderFault).after(wait)),
        Answer::Revoked => Err(Error::new(stage, Code::InvalidGrant)),
    }
}

fn timestamp(milliseconds: u64) -> Timestamp {
    i64::try_from(milliseconds)
        .ok()
        .and_then(|at| Timestamp::from_millisecond(at).ok())
        .unwrap_or(Timestamp::MAX)
}

fn milliseconds(at: Timestamp) -> u64 {
    u64::try_from(at.as_millisecond()).unwrap_or_default()
}

fn limit(age: Duration) -> u64 {
    u64::try_from(age.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3_600_000;
    const LIFE: Duration = Duration::from_secs(3600);

    /// Answers well but for a time, and writes down when what was asked.
    struct Scripted {
        out: std::ops::Range<u64>,
        as_then: Answer,
        asked: Vec<(Endpoint, u64)>,
    }

    impl Provider for Scripted {
        fn answer(&mut self, endpoint: Endpoint, at: u64) -> Answer {
            self.asked.push((endpoint, at));
            if self.out.contains(&at) {
                self.as_then
            } else {
                Answer::Good
            }
        }
        fn keys_since(&self, _: u64) -> u64 {
            0
        }
    }

    impl Scripted {
        fn without_fault() -> Self {
            Self {
                out: 0..0,
                as_then: Answer::Good,
                asked: Vec::new(),
            }
        }
        fn count(&self, endpoint: Endpoint) -> usize {
            self.asked.iter().filter(|(asked, _)| *asked == endpoint).count()
        }
    }

    fn live_until(desktop: &mut Desktop, end: u64, provider: &mut Scripted) {
        while let Some(next) = desktop.next().filter(|next| *next < end) {
            desktop.step(next, provider);
        }
    }

    #[test]
    fn a_computer_renews_once_a_life_and_asks_for_keys_once_an_hour() {
        let mut provider = Scripted::without_fault();
        let mut desktop = Desktop::launched(1, 100 * HOUR, 99 * HOUR, LIFE);
        live_until(&mut desktop, 108 * HOUR, &mut provider);
        assert!(
            (9..=11).contains(&provider.count(Endpoint::Token)),
            "{:?}",
            provider.asked
        );
        assert!((4..=11).contains(&provider.count(Endpoint::Keys)));
        assert_eq!(provider.count(Endpoint::Discovery), 0);
        assert!(desktop.is_fresh(108 * HOUR));
    }

    #[test]
    fn while_the_provider_cannot_be_reached_no_token_is_sent_a_second_time() {
        let mut provider = Scripted {
            out: 100 * HOUR + HOUR / 2..101 * HOUR + HOUR / 2,
            as_then: Answer::Unreachable,
            asked: Vec::new(),
        };
        let mut desktop = Desktop::launched(2, 100 * HOUR, 99 * HOUR, LIFE);
        live_until(&mut desktop, 103 * HOUR, &mut provider);
        let during = |asked: &&(Endpoint, u64)| provider.out.contains(&asked.1);
        let tokens = provider
            .asked
            .iter()
            .filter(during)
            .filter(|(asked, _)| *asked == Endpoint::Token)
            .count();
        assert!(tokens <= 1, "{:?}", provider.asked);
        assert!(provider.count(Endpoint::Discovery) > 20);
        assert!(desktop.is_fresh(101 * HOUR + HOUR / 2 + 200_000));
    }

    #[test]
    fn a_revoked_session_asks_nothing_more() {
        let mut provider = Scripted {
            out: 101 * HOUR..200 * HOUR,
            as_then: Answer::Revoked,
            asked: Vec::new(),
        };
        let mut desktop = Desktop::launched(3, 100 * HOUR, 99 * HOUR, LIFE);
        live_until(&mut desktop, 150 * HOUR, &mut provider);
        assert!(!desktop.is_signed_in());
        assert_eq!(
            provider
                .asked
                .iter()
                .filter(|(_, at)| provider.out.contains(at))
                .count(),
            1
        );
    }
}
