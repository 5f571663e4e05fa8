//! The links that this document is talked about on.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use sheaf_access::TicketKey;
use sheaf_base::DeviceId;
use sheaf_protocol::{Dismissal, Session};

use crate::{input::PeerId, parting::Parting, presence::TheirCursor};

/// One link, as far as this document goes.
pub(crate) struct Peer {
    pub(crate) device: DeviceId,
    pub(crate) exporter: [u8; 32],
    /// What both held when discovery compared them, until a session has begun.
    pub(crate) settled: Option<[u8; 32]>,
    /// They have shown this ticket, and it counts.
    pub(crate) guest: Option<TicketKey>,
    /// Their membership has ended in this turn, and with it ends the conversation.
    pub(crate) leaving: bool,
    /// The last words to them are on their way.
    pub(crate) parting: Option<Parting>,
    /// This device has shown its ticket there.
    pub(crate) asked: bool,
    /// Why there is no conversation, if it was ended or never begun.
    pub(crate) refused: Option<Dismissal>,
    /// How often it has sent seals that did not fit what is here.
    pub(crate) doubts: u32,
    /// Whom it has last been told to be linked with this device, besides itself.
    pub(crate) told_neighbours: Vec<DeviceId>,
    /// When to try again.
    pub(crate) knock_at: Option<Duration>,
    pub(crate) session: Option<Session>,
    pub(crate) cursor: TheirCursor,
}

/// All of them.
#[derive(Default)]
pub(crate) struct Peers {
    peers: BTreeMap<PeerId, Peer>,
    /// Devices that refused this one, or were refused, when they were last linked.
    pub(crate) refusals: BTreeMap<DeviceId, Dismissal>,
    /// Of these the ones that have said that this device was removed. (That this one has said so to them is another matter.)
    pub(crate) dismissed_by: BTreeSet<DeviceId>,
    /// When it was last told where everybody is, somebody stood beside words that have not come.
    pub(crate) is_anybody_nowhere: bool,
}

impl Peers {
    /// What has not fitted is understood now.
    pub(crate) fn forgive(&mut self) {
        self.peers.values_mut().for_each(|peer| peer.doubts = 0);
    }

    pub(crate) fn insert(&mut self, id: PeerId, device: DeviceId, exporter: [u8; 32], settled: Option<[u8; 32]>) {
        let cursor = TheirCursor::default();
        self.peers.insert(
            id,
            Peer {
                device,
                exporter,
                settled,
                guest: None,
                leaving: false,
                parting: None,
                asked: false,
                refused: None,
                doubts: 0,
                told_neighbours: Vec::new(),
                knock_at: None,
                session: None,
                cursor,
            },
        );
    }

    pub(crate) fn remove(&mut self, id: PeerId) -> Option<Peer> {
        self.peers.remove(&id)
    }

    pub(crate) fn get(&self, id: PeerId) -> Option<&Peer> {
        self.peers.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: PeerId) -> Option<&mut Peer> {
        self.peers.get_mut(&id)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (PeerId, &Peer)> {
        self.peers.iter().map(|(id, peer)| (*id, peer))
    }

    /// The links with a conversation.
    pub(crate) fn sessions(&mut self) -> impl Iterator<Item = (PeerId, &mut Session)> {
        self.peers.iter_mut().filter_map(|(id, peer)| Some((*id, peer.session.as_mut()?)))
    }

    pub(crate) fn session(&mut self, id: PeerId) -> Option<&mut Session> {
        self.peers.get_mut(&id)?.session.as_mut()
    }

    /// The devices that there is a conversation with.
    pub(crate) fn devices(&self) -> Vec<DeviceId> {
        let mut devices: Vec<_> = self.peers.values().filter(|peer| peer.session.is_some()).map(|peer| peer.device).collect();
        devices.sort_unstable();
        devices.dedup();
        devices
    }

    /// How many processes of a device there is a conversation with: two are a profile in use twice.
    pub(crate) fn processes_of(&self, device: &DeviceId) -> usize {
        let sessions = self.peers.values().filter(|peer| peer.device == *device).filter_map(|peer| peer.session.as_ref());
        // Who has not greeted yet may be anybody, and counts as the same.
        let greeted: BTreeSet<_> = sessions.clone().filter_map(|session| session.theirs()).map(|hello| hello.instance).collect();
        greeted.len().max(usize::from(sessions.count() > 0))
    }

    /// When somebody who did not know this device is to be asked again, or last words have taken long enough.
    pub(crate) fn next_timeout(&self) -> Option<Duration> {
        self.peers.values().flat_map(|peer| [peer.knock_at, peer.parting.as_ref().map(Parting::until)]).flatten().min()
    }

    pub(crate) fn ids(&self) -> Vec<PeerId> {
        self.peers.keys().copied().collect()
    }
}
