//! Which links are open: at most one to each peer.
//!
//! When both sides dial at once there are two connections for a moment. Both sides keep the one that the device with the smaller
//! id dialed, so they agree without a word. Of two that the same side dialed the newer counts: nobody dials a peer it is linked
//! with, so the older is dead.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use sheaf_base::DeviceId;

use crate::{
    link::{Link, LinkId, Peer, Reason},
    lock::lock,
};

/// Links to devices that nobody vouched for, at once. One more, and the oldest goes.
const STRANGERS: usize = 32;
/// How long the caller has to vouch for an unknown device.
pub(crate) const STRANGER_TIME: Duration = Duration::from_secs(20);

/// All open links.
pub(crate) struct Links {
    me: DeviceId,
    open: std::sync::Mutex<BTreeMap<Peer, Link>>,
}

impl Links {
    pub(crate) fn new(me: DeviceId) -> Arc<Links> {
        Arc::new(Links { me, open: std::sync::Mutex::default() })
    }

    /// Takes a new link in, unless the peer's present one is to be kept; then, and for whom it replaces, the link is taken down.
    pub(crate) fn admit(&self, link: &Link) -> bool {
        let mut open = lock(&self.open);
        if let Some(present) = open.get(&link.peer())
            && is_alive(present)
            && !self.takes_the_place(link, present)
        {
            drop(open);
            link.close(Reason::Duplicate, "another link to this peer is kept");
            return false;
        }
        let replaced = open.insert(link.peer(), link.clone());
        drop(open);
        if let Some(replaced) = replaced {
            replaced.close(Reason::Duplicate, "a newer link to this peer is kept");
        }
        true
    }

    /// Forgets a link that has ended. A link that has taken its place stays.
    pub(crate) fn remove(&self, peer: Peer, id: LinkId) {
        let mut open = lock(&self.open);
        if open.get(&peer).is_some_and(|link| link.id() == id) {
            open.remove(&peer);
        }
    }

    /// Every open link.
    pub(crate) fn all(&self) -> Vec<Link> {
        lock(&self.open).values().cloned().collect()
    }

    /// The open links to a device: one for each of its running instances.
    pub(crate) fn of(&self, device: DeviceId) -> Vec<Link> {
        let first = Peer { device, instance: 0 };
        let last = Peer { device, instance: u64::MAX };
        lock(&self.open).range(first..=last).map(|(_, link)| link.clone()).filter(is_alive).collect()
    }

    /// Whether an open link to the device is one that no dial of ours would replace.
    pub(crate) fn settled(&self, device: DeviceId) -> bool {
        self.of(device).iter().any(|link| self.dialer(link) <= self.me)
    }

    /// Makes room among the strangers: takes down the oldest while there are too many.
    pub(crate) fn limit_strangers(&self) {
        let mut strangers: Vec<Link> = self.all().into_iter().filter(|link| !link.is_vouched() && is_alive(link)).collect();
        strangers.sort_by_key(Link::id);
        for link in strangers.iter().take(strangers.len().saturating_sub(STRANGERS)) {
            link.close(Reason::Stranger, "too many unknown devices at once");
        }
    }

    fn takes_the_place(&self, new: &Link, present: &Link) -> bool {
        self.dialer(new) <= self.dialer(present)
    }

    fn dialer(&self, link: &Link) -> DeviceId {
        if link.we_dialed() { self.me } else { link.peer().device }
    }
}

fn is_alive(link: &Link) -> bool {
    link.0.is_alive()
}
