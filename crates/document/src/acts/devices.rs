//! One person, several devices: adding one to the membership of another, and coming in by that.
//!
//! A device is added by another one of the same person, who has both in hand; the fold wants the new device's consent to just this, and gives it
//! at most what the adding one may do. Nobody is asked, so what comes with it has to be handed over at once: whoever greets a device that it
//! knows by such a record, and of which nothing has been heard, deals it the secrets of now first ([`Frame::Added`]).

use sheaf_access::{AddDevice, Operation, Role, SealingSeed, TicketKind, Wrap, limits};
use sheaf_base::{DeviceId, DocumentId, Hash};
use sheaf_protocol::{Added, Frame};
use sheaf_record::DeviceKey;

use crate::{
    Document, Here,
    input::PeerId,
    output::{Refused, State},
};

/// What a device may be added to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// The membership of this device's person.
    pub membership: Hash,
    /// What this device may do, and so the most that the other will.
    pub role: Role,
}

impl Here {
    /// What this device agrees to when another one of the same person, `by`, is to add it to a document.
    pub fn consent(&self, document: &DocumentId, opening: Opening, by: &DeviceId) -> AddDevice {
        let key = DeviceKey::from_bytes(&self.key);
        let sealing = SealingSeed::of_device(&key, document);
        AddDevice::consent(document, opening.membership, by, opening.role, &key, &sealing)
    }
}

impl Document {
    /// What another device of this person can be added to here. None: it is in already, and may do as much; or it was once, and somebody took it
    /// out; or there is no room; or this device cannot add anybody now.
    pub fn opening_for(&self, device: &DeviceId) -> Option<Opening> {
        let access = &self.history.access;
        let (mine, role) = (access.member(&self.device())?, access.role(&self.device())?);
        let opening = Opening { membership: mine.since.hash, role };
        let fits = match access.role(device) {
            Some(has) => has < role && mine.devices.contains(device),
            None => !access.was_member(device) && mine.devices.len() < limits::DEVICES,
        };
        (fits && self.state() == State::Ready && self.history.secrets_of_now().is_some()).then_some(opening)
    }

    /// Where another device of this person stands here, if it is in.
    pub fn place_of(&self, device: &DeviceId) -> Option<Opening> {
        let access = &self.history.access;
        let mine = access.member(&self.device()).filter(|mine| mine.devices.contains(device))?;
        Some(Opening { membership: mine.since.hash, role: access.role(device)?.min(self.role()) })
    }

    /// Whether this device, a member already, would be able to do more by being added so.
    pub fn gains_by(&self, opening: &Opening) -> bool {
        let me = self.device();
        let mine = self.history.access.member(&me).filter(|mine| mine.since.hash == opening.membership);
        self.state() == State::Ready && mine.is_some() && self.role() < opening.role
    }

    /// Adds a device of this person, and deals it the secrets of now. One that is in already is only told so again: it may have lost its copy.
    pub(super) fn add_device(&mut self, added: AddDevice) -> Result<(), Refused> {
        let device = added.device;
        if self.history.access.role(&device).is_some_and(|has| has >= added.role) {
            self.tell_added(&device);
            return Ok(());
        }
        // Without them it would be a member who can read nothing.
        self.history.secrets_of_now().ok_or(Refused::NoKey)?;
        self.requests.hold_back(device);
        let written = self.write_operation(|_, _| Operation::AddDevice(added)).map(drop);
        if written.is_err() {
            self.requests.let_go(&device);
            return written;
        }
        self.deal_to_missed();
        Ok(())
    }

    // ------------------------------------------------------------------------------------------------------------ coming in

    /// Whether this device waits to be added, or for its first copy after that: it asks nobody, and is greeted.
    pub(crate) fn is_expected(&self) -> bool {
        self.ticket.as_ref().is_some_and(|ticket| ticket.kind == TicketKind::Added) && self.state() == State::Waiting
    }

    /// This device has been added: here are the keys.
    pub(crate) fn hear_added(&mut self, id: PeerId, added: &Added) {
        let Some(device) = self.peers.get(id).filter(|peer| peer.asked).map(|peer| peer.device) else { return };
        if !self.is_expected() {
            return;
        }
        let (me, seed, document) = (self.device(), self.sealing_seed(), self.id());
        let open = |wrap: &Vec<u8>| match Operation::decode(wrap) {
            Ok(Operation::Wrap(wrap)) => wrap.open(&me, &seed, &document).ok(),
            _ => None,
        };
        // Which of them are right is known when the records are here that commit to them.
        let secrets = added.wraps.iter().filter_map(open).collect();
        self.history.add_unproven(device, secrets);
        self.advance();
        self.first_copy = Some((device, added.bytes));
        self.begin_session(id);
    }

    /// What is said first to a device that was added by another one of its person.
    pub(super) fn added_of(&mut self, device: &DeviceId) -> Option<Frame> {
        let was_added = |operation: &Operation| matches!(operation, Operation::AddDevice(added) if added.device == *device);
        if self.is_granting(device) || !self.is_member(device) || !self.history.access.records().any(|(it, _)| was_added(&it.operation)) {
            return None;
        }
        let key = self.history.access.sealing_key(device)?;
        let (secrets, document) = (self.history.secrets_of_now()?, self.id());
        let mut deal = |secret| Wrap::deal(&document, secret, &[(*device, key)], self.entropy.draw()).ok();
        let wraps = secrets.iter().filter_map(&mut deal).map(|wrap| Operation::Wrap(wrap).encode()).collect();
        Some(Frame::Added(Added { wraps, bytes: self.history.bytes }))
    }

    fn tell_added(&mut self, device: &DeviceId) {
        let Some(frame) = self.added_of(device) else { return };
        let theirs: Vec<PeerId> = self.peers.iter().filter(|(_, peer)| peer.device == *device).map(|(id, _)| id).collect();
        for id in theirs {
            self.send_at_once(id, frame.clone());
            self.tell_past(id);
            self.begin_session(id);
        }
    }
}
