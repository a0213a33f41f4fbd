//! What is owed to which provider. On a first run several may be tried one after the other, and what one of them has granted is
//! another one's never: it is given back where it came from, also when its answer comes after the next one is tried.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Actor, jitter};
use crate::effects::Engine;
use crate::outbox::Owing;
use crate::state::Event;

impl Actor {
    /// An answer of the provider that is configured, or being tried, is an event. One of a provider that was given up is not.
    pub(super) fn answered(&mut self, event: Event, engine: &Arc<Engine>) {
        if self.engine.as_ref().is_some_and(|ours| ours.is_at(engine)) {
            self.apply(event);
        } else if let Some(effect) = event.into_undoing() {
            self.running.run(engine, effect);
        }
    }

    /// So many revocations are still owed there.
    pub(super) fn owes(&mut self, left: usize, engine: Arc<Engine>) {
        let known = self.owing.iter().position(|(owed, _)| Arc::ptr_eq(owed, &engine));
        if left == 0 {
            if let Some(known) = known {
                self.owing.swap_remove(known);
            }
            return;
        }
        let now = self.world.clock.now();
        if let Some((_, owing)) = known.and_then(|known| self.owing.get_mut(known)) {
            owing.left(left, now, jitter());
        } else {
            let mut owing = Owing::default();
            owing.left(left, now, jitter());
            self.owing.push((engine, owing));
        }
    }

    /// Sends what is owed wherever a try is due.
    pub(super) fn send_what_is_due(&mut self, now: Timestamp) {
        for (engine, owing) in &mut self.owing {
            if owing.begin(now) {
                self.running.send_owed(engine);
            }
        }
    }
}
