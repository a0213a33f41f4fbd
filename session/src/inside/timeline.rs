//! A timeline of many events, for the benchmark.

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};

use super::{ISSUER, now};
use crate::error::{Code, Problem, Stage};
use crate::profile::Profile;
use crate::timeline::Timeline;
use crate::view::{Freshness, Kept, View};

/// A timeline, and views that tell it things: each one is an event, a failure or the end of one.
#[derive(Debug)]
pub struct Events {
    timeline: Timeline,
    view: View,
    told: Timestamp,
}

impl Events {
    /// With a file in this directory; without one in memory alone.
    pub fn new(directory: Option<PathBuf>) -> Self {
        let timeline = Timeline::new(directory);
        timeline.keep("timeline-bench.jsonl");
        let view = View::SignedIn {
            profile: Profile {
                issuer: ISSUER.to_owned(),
                sub: "ada".to_owned(),
                name: "Ada Park".to_owned(),
                preferred_username: None,
                email: None,
                email_verified: None,
                picture: None,
            },
            since: now(),
            freshness: Freshness::Fresh,
            kept: Kept::Stored,
            renews_at: None,
            ends_at: None,
            stray: false,
        };
        Self {
            timeline,
            view,
            told: now(),
        }
    }

    /// So many more events, one a second. It does not wait for the file.
    pub fn add(&mut self, count: usize) {
        for _ in 0..count {
            self.told += SignedDuration::from_secs(1);
            self.timeline.follow(self.told, &self.view);
            if let View::SignedIn { freshness, .. } = &mut self.view {
                *freshness = match freshness {
                    Freshness::Fresh | Freshness::Refreshing => Freshness::Stale {
                        since: self.told,
                        problem: Problem::new(Stage::Refresh, Code::Offline),
                        retry_at: None,
                    },
                    Freshness::Stale { .. } => Freshness::Fresh,
                };
            }
        }
    }

    /// How many entries there are now, of the file where there is one, and whether the newest is the last event.
    pub async fn read(&self) -> (usize, bool) {
        let entries = self.timeline.entries().await;
        let newest = entries.last().map(|entry| entry.at);
        (entries.len(), newest == Some(self.told))
    }
}
