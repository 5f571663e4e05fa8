//! The last words to a device that was removed: that it was.
//!
//! They mostly go at once, and the conversation is over. But what they stand on may be on its way on the bulk lane, and then so are they. Whoever ended
//! the conversation then would leave the removed device without the record: it would know of its removal by somebody's word alone, and only until it
//! is started again. So it ends when they have been handed over, or have taken long enough.

use std::time::Duration;

use sheaf_protocol::{Dismissal, Session, Wish};
use sheaf_record::Frontier;

use crate::{Document, input::PeerId};

/// How long last words may take. Within a second of a removal nothing goes to that device any more, and this is half of it.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// The last words to a peer, on their way.
pub(crate) struct Parting {
    session: Session,
    /// What was here when they were said: what is written after is not for this peer.
    upto: Frontier,
    until: Duration,
}

impl Parting {
    /// When they have taken long enough.
    pub(crate) fn until(&self) -> Duration {
        self.until
    }
}

impl Document {
    /// The turn that took somebody's membership has been told: that was the last thing they are told.
    pub(crate) fn end_leaving(&mut self) {
        let until = self.now.elapsed + LAST_WORDS;
        for id in self.peers.ids() {
            let Some(peer) = self.peers.get_mut(id).filter(|peer| peer.leaving && peer.parting.is_none()) else { continue };
            let Some(session) = peer.session.take().filter(Session::is_supplying) else {
                self.refuse(id, Dismissal::Removed);
                continue;
            };
            peer.parting = Some(Parting { session, upto: self.history.durable.clone(), until });
            self.neighbours_changed = true;
            self.status_changed = true;
        }
    }

    /// What was on its way to a peer has been handed over. The last words may come after it still.
    pub(crate) fn go_on_parting(&mut self, id: PeerId) {
        let (mine, now) = (self.hello(), self.now.elapsed);
        let Some(parting) = self.peers.get_mut(id).and_then(|peer| peer.parting.as_mut()) else { return };
        let mut wishes = parting.session.hear_free(&mine, &parting.upto, now);
        wishes.retain(|wish| matches!(wish, Wish::Supply(_)));
        if wishes.is_empty() {
            return self.refuse(id, Dismissal::Removed);
        }
        self.grant(id, wishes);
    }

    /// Whoever takes the last words too slowly goes without them.
    pub(crate) fn part_in_time(&mut self) {
        for id in self.peers.ids() {
            let is_late = |parting: &Parting| parting.until <= self.now.elapsed;
            if self.peers.get(id).and_then(|peer| peer.parting.as_ref()).is_some_and(is_late) {
                self.refuse(id, Dismissal::Removed);
            }
        }
    }
}
