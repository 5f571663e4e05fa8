//! Being let in by a ticket that its maker grants.
//!
//! Whoever holds the ticket asks everybody they are linked with ([`Frame::Request`]); the device that made the invitation, and no other, lets in,
//! at once or when its person has looked; other members carry the request there, and the grant back as the record that it is. Nobody keeps
//! what a stranger says: requests that wait or are carried lie in memory, bounded, and are asked again.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use sheaf_access::{Grant, GrantError, Operation, Request, Role, Rotation, SealingSeed, Ticket, TicketKind};
use sheaf_base::{DeviceId, Hash, Wall};
use sheaf_protocol::{Asking, Dismissal, Frame, Granted};
use sheaf_record::DeviceKey;

use crate::{
    Document, Here,
    input::PeerId,
    output::{Announcement, Refused, State},
};

/// Requests that may wait for this device's person: more than anybody looks through. Who comes later asks again.
const WAITING: usize = 64;

/// Requests that are carried for others. The oldest makes room: it is asked again.
const CARRIED: usize = 32;

/// Bytes of a frame that tells a newcomer of older secrets: what fits besides the rest of its packet.
const PAST_FRAME: usize = sheaf_base::limits::FRAME - 1024;

/// Somebody who waits to be let in by this device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// What to admit or decline it by.
    pub id: Hash,
    /// The device.
    pub device: DeviceId,
    /// What they call themselves. Not proven.
    pub name: String,
    /// What they would be allowed to do.
    pub role: Role,
    /// The invitation.
    pub invitation: Hash,
    /// A number of twelve digits that both sides read aloud.
    pub spoken: u64,
    /// When they first asked, by this device's clock.
    pub asked: Wall,
}

/// What is asked of this device, and what it carries.
#[derive(Default)]
pub(crate) struct Requests {
    waiting: BTreeMap<Hash, (Request, Asked)>,
    /// Said no to, in this process.
    declined: BTreeSet<Hash>,
    /// By the device that asks.
    carried: VecDeque<(DeviceId, Asking)>,
    /// Let in by a record that is not durable yet: they are told when it is.
    granting: BTreeSet<DeviceId>,
}

impl Requests {
    /// What lets a device in is not durable yet: nobody speaks to it of that.
    pub(super) fn hold_back(&mut self, device: DeviceId) {
        self.granting.insert(device);
    }

    /// It was not written.
    pub(super) fn let_go(&mut self, device: &DeviceId) {
        self.granting.remove(device);
    }
}

impl Here {
    /// The number that this device's person reads aloud to whoever made a ticket that says they look at each who asks.
    pub fn spoken(&self, ticket: &Ticket) -> Option<u64> {
        let key = DeviceKey::from_bytes(&self.key);
        let sealing = SealingSeed::of_device(&key, &ticket.document);
        let request = || Request::new(&ticket.seed, &ticket.document, &key, &sealing);
        (ticket.kind == TicketKind::Approved).then(|| request().spoken(&ticket.document))
    }
}

impl Document {
    /// Who waits to be let in by this device, the first who asked first.
    pub fn requests(&self) -> Vec<Asked> {
        let mut asked: Vec<Asked> = self.requests.waiting.values().map(|(_, asked)| asked.clone()).collect();
        asked.sort_by_key(|asked| (asked.asked, asked.id));
        asked
    }

    // ------------------------------------------------------------------------------------------------------------ asking

    /// What this device asks with its ticket, if that is one whose maker grants.
    pub(crate) fn asking(&self) -> Option<Frame> {
        let ticket = self.ticket.as_ref().filter(|ticket| ticket.kind.is_granted())?;
        let request = Request::new(&ticket.seed, &self.id(), &self.key, &self.sealing_seed());
        Some(Frame::Request(Asking { request: Box::new(request), name: self.profile.name.clone() }))
    }

    /// Tells a newcomer what opens the secrets before the one that it has been given, in as few frames as it fits into.
    pub(crate) fn tell_past(&mut self, id: PeerId) {
        let mut frames: Vec<(usize, Vec<Rotation>)> = Vec::new();
        for (_, rotation) in self.history.access.rotations() {
            let rotation = rotation.before_alone();
            let length = rotation.encode().len() + 5;
            match frames.last_mut().filter(|(filled, _)| filled + length <= PAST_FRAME) {
                Some((filled, rotations)) => {
                    *filled += length;
                    rotations.push(rotation);
                }
                None => frames.push((length, vec![rotation])),
            }
        }
        frames.into_iter().for_each(|(_, rotations)| self.send_at_once(id, Frame::Past(rotations)));
    }

    /// A newcomer is told of the secrets before its own.
    pub(crate) fn hear_past(&mut self, id: PeerId, rotations: Vec<Rotation>) {
        if self.comes_anew() && self.peers.get(id).is_some_and(|peer| peer.asked) {
            self.history.add_past(rotations);
            self.advance();
        }
    }

    /// Whether this device has been let in and has not got its first copy yet. It has written nothing until then.
    pub(crate) fn is_arriving(&self) -> bool {
        let granted = self.ticket.as_ref().is_some_and(|ticket| ticket.kind != TicketKind::Open);
        granted && self.history.chains_of(&self.device()).next().is_none()
    }

    /// This device has been let in: now the keys are here, and everything else can follow.
    pub(crate) fn hear_granted(&mut self, id: PeerId, granted: &Granted) {
        let Some(device) = self.peers.get(id).filter(|peer| peer.asked).map(|peer| peer.device) else { return };
        if self.state() != State::Waiting {
            return;
        }
        let (me, ticket) = (self.device(), self.ticket.as_ref().map(|ticket| ticket.seed.key()));
        let ours = |grant: &Grant| grant.request.device == me && Some(grant.request.ticket) == ticket;
        let grant = match Operation::decode(&granted.grant) {
            Ok(Operation::Grant(grant)) if ours(&grant) => grant,
            _ => return self.refuse(id, Dismissal::Invalid),
        };
        let (secrets, _) = grant.open(&self.sealing_seed(), &self.id());
        // Which of them are right is known when the records are here that commit to them.
        self.history.add_unproven(device, secrets);
        self.advance();
        self.first_copy = Some((device, granted.bytes));
        self.begin_session(id);
    }

    // ------------------------------------------------------------------------------------------------------------ letting in

    /// Somebody asks to be let in, or a member carries what they ask.
    pub(crate) fn hear_request(&mut self, id: PeerId, asking: Asking) {
        let request = *asking.request;
        if self.state() != State::Ready {
            return self.turn_away(id, &request, if self.state() == State::Left { Dismissal::Removed } else { Dismissal::Waiting });
        }
        if self.is_member(&request.device) {
            return self.tell_granted(request.device);
        }
        match self.history.access.grantable(&request, &self.device(), self.now.wall) {
            Ok(invitation) => self.consider(id, asking, invitation),
            Err(GrantError::NotOurs) => self.carry(id, asking),
            Err(GrantError::Over(_)) => self.turn_away(id, &request, self.unless_removed(&request.device, Dismissal::Over)),
            Err(GrantError::Bad(_) | GrantError::Closed | GrantError::AlreadyThere) => {
                self.turn_away(id, &request, self.unless_removed(&request.device, Dismissal::Ticket));
            }
        }
    }

    /// Lets in at once, or keeps the request for this device's person.
    fn consider(&mut self, id: PeerId, asking: Asking, invitation: Hash) {
        let Asking { request, name } = asking;
        let request = *request;
        // Anybody's word, for terminals, too.
        let name = name.chars().filter(|letter| !letter.is_control()).collect();
        let invitations = self.history.access.invitations();
        let Some(invited) = invitations.into_iter().find(|it| it.record.position.hash == invitation) else { return };
        let (role, approved) = (invited.role, invited.counted.is_some_and(|counted| counted.approved));
        if !approved {
            // What cannot be written now is asked again.
            let _ = self.grant_request(invitation, request);
            return;
        }
        let key = name_of(&request);
        if self.requests.declined.contains(&key) {
            return self.turn_away(id, &request, Dismissal::Declined);
        }
        if self.requests.waiting.len() < WAITING && !self.requests.waiting.contains_key(&key) {
            let (device, spoken) = (request.device, request.spoken(&self.id()));
            let asked = Asked { id: key, device, name, role, invitation, spoken, asked: self.now.wall };
            self.requests.waiting.insert(key, (request, asked));
            self.announce(Announcement::Members);
        }
        self.turn_away(id, &request, Dismissal::Asked);
    }

    /// Lets in somebody whom this device's person has looked at.
    pub(super) fn admit(&mut self, id: Hash) -> Result<(), Refused> {
        let request = self.requests.waiting.get(&id).map(|(request, _)| *request).ok_or(Refused::NoRequest)?;
        let granted = match self.history.access.grantable(&request, &self.device(), self.now.wall) {
            Ok(invitation) => self.grant_request(invitation, request),
            Err(why) => Err(Refused::NotGranted(why)),
        };
        // One that cannot be granted any more is not asked again; one that could not be written is.
        if !matches!(granted, Err(Refused::NoKey)) {
            self.requests.waiting.remove(&id);
            self.announce(Announcement::Members);
        }
        granted
    }

    /// Does not let somebody in. They may ask another person.
    pub(super) fn decline(&mut self, id: Hash) -> Result<(), Refused> {
        let (request, _) = self.requests.waiting.remove(&id).ok_or(Refused::NoRequest)?;
        self.requests.declined.insert(id);
        self.announce(Announcement::Members);
        let theirs: Vec<PeerId> = self.peers.iter().filter(|(_, peer)| peer.device == request.device).map(|(id, _)| id).collect();
        theirs.into_iter().for_each(|id| self.turn_away(id, &request, Dismissal::Declined));
        Ok(())
    }

    /// Writes the record that makes whoever asked a member.
    fn grant_request(&mut self, invitation: Hash, request: Request) -> Result<(), Refused> {
        let secrets = self.history.secrets_of_now().ok_or(Refused::NoKey)?;
        let randomness = self.entropy.draw();
        let grant = Grant::new(invitation, request, &self.id(), &secrets, randomness).map_err(|_| Refused::NoKey)?;
        self.requests.hold_back(request.device);
        let written = self.write_operation(|_, _| Operation::Grant(grant)).map(drop);
        if written.is_err() {
            self.requests.let_go(&request.device);
        }
        written
    }

    /// Whether a device is let in by a record that is not durable yet.
    pub(crate) fn is_granting(&self, device: &DeviceId) -> bool {
        self.requests.granting.contains(device)
    }

    /// Whoever was let in by what is durable now is told.
    pub(crate) fn greet_granted(&mut self) {
        if !std::mem::take(&mut self.requests.granting).is_empty() {
            self.doors_changed();
        }
    }

    /// How a device came in, while nothing has been heard of it since: it may not know, and has no keys.
    pub(crate) fn tell_unheard(&mut self, device: &DeviceId) -> Option<Frame> {
        if self.history.chains_of(device).next().is_some() { None } else { self.grant_of(device).or_else(|| self.added_of(device)) }
    }

    fn grant_of(&self, device: &DeviceId) -> Option<Frame> {
        if self.is_granting(device) {
            return None;
        }
        let since = self.history.access.member(device)?.since.hash;
        let (record, _) = self.history.access.records().find(|(record, _)| record.position.hash == since)?;
        matches!(record.operation, Operation::Grant(_))
            .then(|| Frame::Granted(Granted { record: since, grant: record.operation.encode(), bytes: self.history.bytes }))
    }

    /// Tells a device again that it was let in.
    fn tell_granted(&mut self, device: DeviceId) {
        let Some(frame) = self.grant_of(&device) else { return };
        let theirs: Vec<PeerId> = self.peers.iter().filter(|(_, peer)| peer.device == device).map(|(id, _)| id).collect();
        for id in theirs {
            self.send_at_once(id, frame.clone());
            self.tell_past(id);
            self.begin_session(id);
        }
    }

    /// Says no, or not yet, to whoever asks themselves. Whoever carried the request is told nothing: the answer is a record, or none.
    fn turn_away(&mut self, id: PeerId, request: &Request, reason: Dismissal) {
        if self.peers.get(id).is_none_or(|peer| peer.device != request.device) {
            return;
        }
        match reason {
            // They stay, and are greeted when they have been let in.
            Dismissal::Asked => self.send_at_once(id, Frame::Refuse(reason)),
            reason => self.refuse(id, reason),
        }
    }

    // ------------------------------------------------------------------------------------------------------------ carrying

    /// Carries a request to the device that made the invitation, or to whoever may be linked with it.
    fn carry(&mut self, id: PeerId, asking: Asking) {
        let Some(maker) = self.maker_of(&asking.request).filter(|_| asking.request.verify(&self.id()).is_ok()) else {
            return self.turn_away(id, &asking.request, Dismissal::Ticket);
        };
        let device = asking.request.device;
        let is_news = !self.requests.carried.iter().any(|(carried, known)| *carried == device && *known == asking);
        if is_news {
            self.requests.carried.retain(|(carried, _)| *carried != device);
            if self.requests.carried.len() == CARRIED {
                self.requests.carried.pop_front();
            }
            self.requests.carried.push_back((device, asking.clone()));
        }
        let talking: Vec<(PeerId, DeviceId)> =
            self.peers.iter().filter(|(_, peer)| peer.session.is_some()).map(|(id, peer)| (id, peer.device)).collect();
        let to_maker = talking.iter().any(|(_, device)| *device == maker);
        for (to, other) in talking.into_iter().filter(|(to, _)| *to != id) {
            // The maker is asked as often as the guest asks; others, who may know the maker, once.
            if other == maker || is_news && !to_maker {
                self.send_at_once(to, Frame::Request(asking.clone()));
            }
        }
        self.turn_away(id, &asking.request, Dismissal::Asked);
    }

    /// Hands what is carried to somebody who has just come.
    pub(crate) fn hand_over_requests(&mut self, id: PeerId) {
        let carried = std::mem::take(&mut self.requests.carried);
        let waits = |(device, asking): &(DeviceId, Asking)| !self.is_member(device) && self.maker_of(&asking.request).is_some();
        let carried: VecDeque<_> = carried.into_iter().filter(waits).collect();
        for (_, asking) in &carried {
            self.send_at_once(id, Frame::Request(asking.clone()));
        }
        self.requests.carried = carried;
    }

    /// The device that made the invitation that a request names, if it lets somebody in still.
    fn maker_of(&self, request: &Request) -> Option<DeviceId> {
        let invitations = self.history.access.invitations();
        let named = |counted: &sheaf_access::Counted| counted.key == request.ticket;
        let mut named = invitations.into_iter().filter(|it| it.is_open && it.counted.is_some_and(named));
        named.next().map(|it| it.record.device)
    }
}

/// What a request is called. It is made of nothing that changes, so asking again makes the same.
fn name_of(request: &Request) -> Hash {
    Hash(*blake3::hash(&request.encode()).as_bytes())
}
