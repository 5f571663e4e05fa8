//! Who is here and where: what is sent of one's own cursor, and what is kept of others'. Nothing of it is ever written down, and who
//! somebody is comes from the link and the member records, never from what they say.

use std::time::Duration;

use sheaf_protocol::{Frame, Lane, Presence};
use sheaf_replica::{Place, Replica, Stick};

use crate::{
    Document,
    input::{PeerId, Selection, ViewId},
    output::Output,
};

/// At most one message in this time.
pub(crate) const PACE: Duration = Duration::from_millis(50);

/// A message may be lost, and the last one says where somebody stays: it is said again after this time, and then every [`AGAIN`] for as long as
/// they are here. Who has heard it passes over it.
const SOON_AGAIN: Duration = Duration::from_secs(1);
const AGAIN: Duration = Duration::from_secs(10);

/// This device's cursor, as its views say: the one that moved last counts.
#[derive(Default)]
pub(crate) struct OwnCursor {
    view: Option<ViewId>,
    selection: Option<(Place, Place)>,
    typing: bool,
    gone: bool,
    counter: u64,
    changed: bool,
    free_at: Duration,
    /// When it is said again.
    again_at: Option<Duration>,
}

impl OwnCursor {
    /// A view says where its caret is.
    pub(crate) fn moved(&mut self, view: &ViewId, selection: Option<(Place, Place)>, typing: bool) {
        self.changed |= self.selection != selection || self.typing != typing || self.gone || self.counter == 0;
        self.view = Some(view.clone());
        (self.selection, self.typing, self.gone) = (selection, typing, false);
    }

    /// A view is gone; with the last one the cursor goes too.
    pub(crate) fn closed(&mut self, view: &ViewId, last: bool) {
        if last || self.view.as_ref() == Some(view) {
            self.changed |= !self.gone;
            (self.view, self.selection, self.typing, self.gone) = (None, None, false, last);
        }
    }

    /// What is to be sent to everybody now, if anything.
    pub(crate) fn take(&mut self, now: Duration) -> Option<Presence> {
        if self.changed && now >= self.free_at {
            self.changed = false;
            self.free_at = now + PACE;
            self.again_at = Some(now + SOON_AGAIN);
            self.counter += 1;
            return self.message();
        }
        self.again_at.filter(|at| *at <= now)?;
        self.again_at = (!self.gone).then_some(now + AGAIN);
        self.message()
    }

    /// What somebody who has just come is told.
    pub(crate) fn message(&self) -> Option<Presence> {
        let selection = self.selection.as_ref().map(|(anchor, head)| (anchor.0.clone(), head.0.clone()));
        (self.counter > 0).then_some(Presence { counter: self.counter, selection, typing: self.typing, gone: self.gone })
    }

    /// When the next message may go.
    pub(crate) fn next_timeout(&self) -> Option<Duration> {
        self.changed.then_some(self.free_at).into_iter().chain(self.again_at).min()
    }
}

/// What a peer has said about its cursor.
#[derive(Default)]
pub(crate) struct TheirCursor {
    counter: u64,
    here: bool,
    places: Option<(Place, Place)>,
    typing: bool,
}

impl TheirCursor {
    /// Hears a message; an old one that comes late is passed over. Says whether anything changed.
    pub(crate) fn hear(&mut self, presence: Presence) -> bool {
        if presence.counter <= self.counter {
            return false;
        }
        self.counter = presence.counter;
        self.here = !presence.gone;
        self.places = presence.selection.map(|(anchor, head)| (Place(anchor), Place(head)));
        self.typing = presence.typing;
        true
    }

    /// Whether they are looking at the document.
    pub(crate) fn is_here(&self) -> bool {
        self.here
    }

    /// Whether they are pressing keys.
    pub(crate) fn is_typing(&self) -> bool {
        self.typing
    }

    /// Whether they are here, at a place whose neighbour has not come yet.
    pub(crate) fn is_nowhere(&self, replica: &Replica) -> bool {
        self.here && self.places.is_some() && self.selection(replica).is_none()
    }

    /// Where they are now. A place whose neighbour has not come yet is nowhere until it has.
    pub(crate) fn selection(&self, replica: &Replica) -> Option<Selection> {
        let (anchor, head) = self.places.as_ref()?;
        let offset = |place: &Place| replica.resolve(place).and_then(|offset| u32::try_from(offset).ok());
        Some(Selection { anchor: offset(anchor)?, head: offset(head)? })
    }
}

impl Document {
    /// Sends this device's cursor to everybody, if it has moved and the pace allows it. A place in words that are not durable waits.
    pub(crate) fn send_cursor(&mut self) {
        if self.in_flight.is_some() || !self.views.all_told() {
            return;
        }
        let Some(presence) = self.cursor.take(self.now.elapsed) else { return };
        for id in self.peers.ids() {
            if self.peers.session(id).is_some() {
                self.at_once.push(sent(id, presence.clone()));
            }
        }
    }

    /// Says where this device's cursor is to somebody who has just come.
    pub(crate) fn show_cursor(&mut self, peer: PeerId) {
        self.at_once.extend(self.cursor.message().map(|presence| sent(peer, presence)));
    }
}

/// A place may be lost on its way, for the next message says as much. That somebody has gone is said by no later one, so it takes the lane on which
/// nothing is lost: else a caret that nobody is at would stay for as long as the link.
fn sent(peer: PeerId, presence: Presence) -> Output {
    let lane = if presence.gone { Lane::Fast } else { Lane::Presence };
    Output::Send { peer, lane, frame: Frame::Presence(presence) }
}

/// Both ends of a selection as places that stay with their neighbours: a caret keeps to the character before it.
pub(crate) fn places(replica: &Replica, anchor: usize, head: usize) -> Option<(Place, Place)> {
    Some((replica.place(anchor, Stick::Before)?, replica.place(head, Stick::Before)?))
}
