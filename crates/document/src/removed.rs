//! A device that is no member any more: what others do about it, and what it keeps.
//!
//! Whoever learns that a device was removed hears nothing more from it and shows its cursor to nobody. It is still told the turn in which that was
//! learned, the removal with it, so that it knows; nothing after that, and its link ends (`parting`). It keeps what it had, reads what counted, and can take out
//! what it wrote that did not.

use std::{collections::BTreeMap, ops::Range};

use sheaf_access::{Operation, Role, Standing, Ticket, TicketKind};
use sheaf_base::{ClientId, DeviceId, Hash};
use sheaf_replica::{
    Replica, Weighed,
    walk::{Id, Rules, walk},
};

use crate::{
    Document,
    hydration::Hydration,
    input::PeerId,
    output::{Announcement, State},
};

/// Why whoever is no member writes nothing.
pub(crate) const GONE: &str = "it has left the document, or was removed";

/// How a membership ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// By its person, on any of their devices.
    Left,
    /// By this device's person, or for them when the day came on which it was to end.
    Removed(DeviceId),
}

/// Any client will do: the replica writes nothing.
const READER: ClientId = ClientId(1);

impl Document {
    /// Whether this device was a member and is none, and has no ticket to become one again.
    pub(crate) fn has_gone(&self) -> bool {
        let (me, access) = (self.key.device(), &self.history.access);
        access.role(&me).is_none() && access.was_member(&me) && !self.ticket.as_ref().is_some_and(|ticket| self.comes_back_by(ticket))
    }

    /// Whether this device is to come in by its ticket: nothing is here yet, or it has heard that it was removed and the ticket was made since.
    pub(crate) fn comes_anew(&self) -> bool {
        // What stands in a ticket's place for an added device opens nothing.
        let is_later = |ticket: &Ticket| ticket.kind != TicketKind::Added && !self.history.access.knows_ticket(&ticket.seed.key());
        self.state() == State::Waiting || self.ticket.as_ref().is_some_and(is_later)
    }

    /// Whether a ticket lets in a device that was a member: one that is not known here yet was made later; of those that are known, one that is
    /// open and is not what it came by before.
    fn comes_back_by(&self, ticket: &Ticket) -> bool {
        let (me, access, key) = (self.key.device(), &self.history.access, ticket.seed.key());
        let came_by: Vec<Hash> = access.records().filter_map(|(record, _)| invitation(&record.operation, record.device, me)).collect();
        let is_its = |operation: &Operation| match operation {
            Operation::Invitation(open) => open.key == key,
            Operation::Counted(counted) => counted.key == key,
            _ => false,
        };
        let invitations = access.invitations();
        let opens =
            |it: &sheaf_access::Invited<'_>| it.is_open && is_its(&it.record.operation) && !came_by.contains(&it.record.position.hash);
        ticket.kind != TicketKind::Added && (!access.knows_ticket(&key) || invitations.iter().any(opens))
    }

    /// This device may have been removed, or be in again.
    pub(crate) fn notice_removal(&mut self) {
        let gone = self.has_gone();
        if gone && !std::mem::replace(&mut self.left, true) {
            self.announce(Announcement::State(State::Left));
        }
        if !gone && self.left && self.is_member(&self.device()) {
            self.left = false;
            // One that only read writes as nobody.
            self.rebuild();
            self.announce(Announcement::State(State::Ready));
        }
    }

    /// As whom the replica writes. Whoever is out has no secret to begin a chain with and writes nothing, but reads what they have.
    pub(crate) fn writes_as(&self) -> Option<ClientId> {
        self.own.client().or_else(|| (self.state() == State::Left).then_some(READER))
    }

    /// Whether this device was removed: it was a member, is none, and has not left by itself; or an admin says so of whom no record has come.
    pub fn is_removed(&self) -> bool {
        let me = self.device();
        if self.is_member(&me) {
            return self.dismissed_by().is_some();
        }
        self.has_gone() && self.ending() != Some(Ending::Left)
    }

    /// Who removed this device, as far as that is known: by the record that says so, else by the word of an admin who talks to it no more. (While
    /// that word stands, nothing more is written here: it would be lost words. It is taken back by talking.) None for whoever left by themselves.
    pub fn removed_by(&self) -> Option<DeviceId> {
        if self.is_member(&self.device()) {
            return self.dismissed_by();
        }
        match self.ending() {
            Some(Ending::Removed(by)) => Some(by),
            Some(Ending::Left) | None => None,
        }
    }

    /// Whether the device that removed this one is of the same person: one that they lost, and took out.
    pub fn removed_by_own(&self) -> bool {
        let mine = self.memberships_of(self.device());
        self.removed_by().is_some_and(|by| self.memberships_of(by).iter().any(|membership| mine.contains(membership)))
    }

    /// What ended this device's last membership, by the order of events that all devices agree on. Whoever leaves does so with all their devices;
    /// whoever came back after that may have been removed since.
    fn ending(&self) -> Option<Ending> {
        let me = self.device();
        let mine = self.memberships_of(me);
        let ending = |event: &sheaf_access::Event<'_>| match &event.record.operation {
            _ if event.standing != Standing::Counts => None,
            Operation::Removal(removal) if removal.names(&me) && mine.contains(&removal.membership) => {
                Some(Ending::Removed(event.record.device))
            }
            Operation::Leave if self.memberships_of(event.record.device).iter().any(|left| mine.contains(left)) => Some(Ending::Left),
            _ => None,
        };
        self.history.access.audit().iter().rev().find_map(ending)
    }

    /// The memberships that a device has had, ended ones too.
    fn memberships_of(&self, device: DeviceId) -> Vec<Hash> {
        let records = self.history.access.records();
        records.filter_map(|(record, _)| membership(&record.operation, record.position.hash, record.device, device)).collect()
    }

    /// The admin who says that this device was removed, and talks to it no more. It is asked with every key, and nearly always nobody has said so.
    pub(crate) fn dismissed_by(&self) -> Option<DeviceId> {
        self.peers.dismissed_by.iter().copied().find(|device| self.history.access.role(device) >= Some(Role::Admin))
    }

    /// A member is none any more: from now on nothing is heard from them.
    pub(crate) fn see_off(&mut self, id: PeerId) {
        let Some(peer) = self.peers.get_mut(id) else { return };
        peer.leaving = true;
        self.cursors_changed |= std::mem::take(&mut peer.cursor).is_here();
        self.delivery.forget(id);
    }

    /// Prepares taking out what this device wrote and what does not count. `hydration` holds all body rows and no snapshot.
    pub fn unaccepted(&mut self, hydration: Hydration) -> UnacceptedJob {
        let me = self.device();
        let news = self.replica.open_rows(hydration, &mut self.history);
        let is_mine: Vec<bool> = news.iter().map(|news| news.author == me).collect();
        let mut updates = self.history.weighed(news);
        let mut mine: BTreeMap<ClientId, Vec<Range<u32>>> = BTreeMap::new();
        for (update, _) in updates.iter_mut().zip(is_mine).filter(|(update, is_mine)| *is_mine && update.void) {
            update.void = false;
            let Ok(walked) = walk(&update.update.0, Rules::Any) else { continue };
            walked.structs().for_each(|one| mine.entry(one.id.client).or_default().push(one.clocks()));
        }
        UnacceptedJob { updates, mine }
    }
}

/// The membership that a record begins for a device, or adds it to.
fn membership(operation: &Operation, hash: Hash, author: DeviceId, device: DeviceId) -> Option<Hash> {
    match operation {
        Operation::Genesis(_) | Operation::Join(_) => (author == device).then_some(hash),
        Operation::Grant(grant) => (grant.request.device == device).then_some(hash),
        Operation::AddDevice(added) => (added.device == device).then_some(added.membership),
        _ => None,
    }
}

/// The invitation by which a record lets a device in.
fn invitation(operation: &Operation, author: DeviceId, device: DeviceId) -> Option<Hash> {
    match operation {
        Operation::Join(join) => (author == device).then_some(join.invitation),
        Operation::Grant(grant) => (grant.request.device == device).then_some(grant.invitation),
        _ => None,
    }
}

/// Taking out what a device wrote in vain: run it where it disturbs nobody. Takes as long as the body and its history are large.
#[derive(Debug)]
pub struct UnacceptedJob {
    /// Everything, with this device's words as if they counted.
    updates: Vec<Weighed>,
    /// Which those are.
    mine: BTreeMap<ClientId, Vec<Range<u32>>>,
}

/// What was written cannot be built again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("what was written and not accepted cannot be read: {0}")]
pub struct UnacceptedError(String);

impl UnacceptedJob {
    /// The words, each piece as it stood in one place, in the order of the text.
    pub fn run(self) -> Result<Vec<String>, UnacceptedError> {
        if self.mine.is_empty() {
            return Ok(Vec::new());
        }
        let mut replica = Replica::empty(READER);
        replica.apply_weighed(&self.updates).map_err(|error| UnacceptedError(error.to_string()))?;
        let text = replica.delta();
        let is_mine = |id: Id| self.mine.get(&id.client).is_some_and(|ranges| ranges.iter().any(|range| range.contains(&id.clock)));
        let (mut pieces, mut start) = (Vec::new(), None);
        for at in 0..=replica.length() {
            match (start, replica.id_at(at).is_some_and(is_mine)) {
                (None, true) => start = Some(at),
                (Some(from), false) => {
                    pieces.push(text.slice(from, at).text());
                    start = None;
                }
                _ => {}
            }
        }
        pieces.retain(|piece| !piece.trim().is_empty());
        Ok(pieces)
    }
}
