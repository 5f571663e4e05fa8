//! Who the members are, and what is known about their copies.

use sheaf_access::{Member as Membership, Profile, Role};
use sheaf_base::DeviceId;
use sheaf_protocol::{Dismissal, Session};

use crate::{
    Document, Member,
    output::{Announcement, Cursor, Output, State},
    status::{DeviceFact, DeviceState, Progress, Status},
};

impl Document {
    /// Everybody, for lists of people: the owner first.
    pub fn members(&self) -> &[Member] {
        &self.people
    }

    /// Reads the member records again: names, colours, roles.
    pub(crate) fn settle_people(&mut self) {
        self.members_changed = false;
        let me = self.device();
        let members = self.history.access.members();
        // A device may do less than its person: no more than the one could that added it.
        let role = |device: &DeviceId, member: &Membership| self.history.access.role(device).unwrap_or(member.role);
        let devices =
            members.iter().flat_map(|member| member.devices.iter().map(|device| (*device, member.since.hash, role(device, member))));
        let devices: Vec<_> = devices.collect();
        self.people = devices
            .into_iter()
            .map(|(device, membership, role)| {
                let Profile { name, colour } = self.profile_of(&device).unwrap_or_default();
                Member { device, membership: Some(membership), name, colour, role, mine: device == me }
            })
            .collect();
        self.tend_later();
        self.announce(Announcement::Members);
        self.status_changed = true;
        self.cursors_changed = true;
    }

    pub(crate) fn profile_of(&mut self, device: &DeviceId) -> Option<Profile> {
        let (position, previous, sealed) = self.history.access.profile(device)?;
        let sealed = sealed.clone();
        sealed.open(self.history.names_cipher(&position)?, &previous).ok()
    }

    fn member(&self, device: &DeviceId) -> Option<&Member> {
        self.people.iter().find(|member| member.device == *device)
    }

    /// Facts about everybody's copies. While nothing is here but a ticket, about the one device that it names.
    pub fn status(&self) -> Status {
        let inviter = self.inviter().filter(|inviter| self.member(&inviter.device).is_none());
        let others = self.people.iter().filter(|member| !member.mine).chain(&inviter);
        Status { devices: others.map(|member| self.fact(member)).collect(), first_copy: self.progress() }
    }

    /// Whom a document that waits is waiting for, by the ticket's own word.
    fn inviter(&self) -> Option<Member> {
        let ticket = self.ticket.as_ref().filter(|_| self.state() == State::Waiting)?;
        let (device, name) = (ticket.inviter, ticket.name.clone());
        Some(Member { device, membership: None, name, colour: String::new(), role: Role::Owner, mine: false })
    }

    fn fact(&self, member: &Member) -> DeviceFact {
        let device = member.device;
        let known = self.receipts.get(&device);
        let processes = self.peers.processes_of(&device);
        let edits = known.map(|known| known.lacks + self.history.edits_since(known.row, &device));
        // Who waits, too, refuses nothing.
        let refusal = self.peers.refusals.get(&device).filter(|reason| processes == 0 && **reason != Dismissal::Waiting);
        let state = match (refusal, edits) {
            (Some(reason), _) => DeviceState::Refused { reason: *reason },
            (None, None) => DeviceState::Unknown,
            (None, Some(0)) => DeviceState::HasAll,
            (None, Some(edits)) => DeviceState::Behind { edits },
        };
        DeviceFact {
            device,
            member: member.membership,
            person: member.name.clone(),
            colour: member.colour.clone(),
            linked: processes > 0,
            state,
            receipt_at: known.map(|known| known.heard),
            said_at: known.and_then(|known| known.said),
            ahead: self.ahead(&device),
            twice: processes > 1,
        }
    }

    /// How many records a device has that are not here yet.
    fn ahead(&self, device: &DeviceId) -> u64 {
        let sessions = self.peers.iter().filter(|(_, peer)| peer.device == *device).filter_map(|(_, peer)| peer.session.as_ref());
        let held = |chain| self.history.durable.get(&chain).map_or(0, |position| position.number);
        let ahead = |session: &Session| session.ahead().map(|(chain, number)| number.saturating_sub(held(chain))).sum();
        sessions.map(ahead).max().unwrap_or(0)
    }

    fn progress(&self) -> Option<Progress> {
        let (from, total) = self.first_copy.filter(|_| self.state() == State::Waiting)?;
        let bytes = self.history.bytes + self.delivery.waiting() as u64;
        Some(Progress { from, bytes: bytes.min(total), total })
    }

    /// Tells the library what is known about copies, if that has changed.
    pub(crate) fn announce_status(&mut self) {
        if !std::mem::take(&mut self.status_changed) {
            return;
        }
        let status = self.status();
        if self.told_status.as_ref() != Some(&status) {
            self.told_status = Some(status.clone());
            self.announce(Announcement::Status(status));
        }
    }

    /// Tells the views where everybody else is.
    pub(crate) fn tell_cursors(&mut self) {
        let Some(replica) = self.replica.get() else { return };
        if !std::mem::take(&mut self.cursors_changed) {
            return;
        }
        let here = self.peers.iter().filter(|(_, peer)| peer.cursor.is_here());
        let cursor = |(peer, it): (_, &crate::peers::Peer)| {
            let member = self.member(&it.device)?;
            Some(Cursor {
                peer,
                device: it.device,
                name: member.name.clone(),
                colour: member.colour.clone(),
                selection: it.cursor.selection(replica),
                typing: it.cursor.is_typing(),
            })
        };
        let cursors: Vec<Cursor> = here.filter_map(cursor).collect();
        // They say where they are once, and it is told again when what they stand beside comes.
        let is_anybody_nowhere = self.peers.iter().any(|(_, peer)| peer.cursor.is_nowhere(replica));
        let version = self.views.version();
        let views: Vec<_> = self.views.seen_by().cloned().collect();
        for view in views {
            self.outputs.push(Output::Presence { view, version, cursors: cursors.clone() });
        }
        self.peers.is_anybody_nowhere = is_anybody_nowhere;
    }
}
