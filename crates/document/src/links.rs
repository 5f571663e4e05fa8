//! Talking with peers: who is let in, what is heard from them, what they are told.
//!
//! Everything said here speaks of what is durable: what a turn has not written yet is in none of these answers, so they can be told
//! while it is being written.

use std::time::Duration;

use sheaf_access::{Operation, TicketKind};
use sheaf_base::{ChainId, DeviceId};
use sheaf_protocol::{
    Ask, Bundle, Dismissal, Frame, Have, Hello, Lane, Packed, Receipt, RouteHint, Session, Stage, Versions, Welcome, Wish,
};

use crate::{
    Document,
    delivery::Outcome,
    evidence::Evidence,
    input::{LinkUp, PeerId},
    output::{Announcement, Output, State},
    receipts::Known,
};

/// How often a peer may send what does not fit, before nothing more is heard from it.
const DOUBTS: u32 = 8;

/// How long until somebody who did not know this device is asked again.
const KNOCK_AGAIN: Duration = Duration::from_secs(5);

/// How long until a device that has not got the document is asked again for the first copy: it may be waiting for it, too, as everybody in a folder
/// does who was away when something came into it.
const KNOCK_UNKNOWN: Duration = Duration::from_secs(15);

impl Document {
    // ------------------------------------------------------------------------------------------------------------ doors

    /// There is a link: whoever is a member is greeted, and whoever may know this device by its ticket is asked.
    pub(crate) fn link_up(&mut self, link: LinkUp) {
        let LinkUp { peer, device, exporter, settled } = link;
        self.peers.insert(peer, device, exporter, settled);
        self.status_changed = true;
        match self.state() {
            State::Waiting => self.ask(peer),
            State::Ready if self.is_member(&device) => self.begin_session(peer),
            State::Ready | State::Left => {}
        }
    }

    /// The link is gone, and with it everything that nothing vouches for.
    pub(crate) fn link_down(&mut self, peer: PeerId) {
        self.delivery.forget(peer);
        let Some(gone) = self.peers.remove(peer) else { return };
        self.cursors_changed |= gone.cursor.is_here();
        self.neighbours_changed |= gone.session.is_some();
        self.status_changed = true;
    }

    /// Shows this device's ticket.
    fn ask(&mut self, id: PeerId) {
        let (document, asking, expected) = (self.id(), self.asking(), self.ticket.as_ref().is_some_and(|it| it.kind == TicketKind::Added));
        let (Some(ticket), Some(peer)) = (&self.ticket, self.peers.get_mut(id)) else { return };
        if std::mem::replace(&mut peer.asked, true) {
            return;
        }
        if expected {
            // There is nothing to show: whoever knows of it speaks first.
            peer.knock_at = Some(self.now.elapsed + KNOCK_AGAIN);
            return;
        }
        let ask = Ask { ticket: ticket.seed.key(), proof: ticket.seed.ask(&document, &peer.exporter) };
        // An answer may be long in coming, or lost on a link that does not speak of requests yet.
        peer.knock_at = asking.is_some().then_some(self.now.elapsed + KNOCK_AGAIN);
        self.send_at_once(id, asking.unwrap_or(Frame::Ask(ask)));
    }

    /// Somebody shows a ticket.
    fn hear_ask(&mut self, id: PeerId, ask: &Ask) {
        if self.state() != State::Ready {
            return self.refuse(id, if self.state() == State::Left { Dismissal::Removed } else { Dismissal::Waiting });
        }
        let Some(peer) = self.peers.get_mut(id) else { return };
        let access = &self.history.access;
        // A member's device that has lost its copy, or was put back to before it had one, comes back by the ticket it came by, though that may
        // let in nobody else any more.
        let returns = || access.role(&peer.device).and_then(|_| access.invitation_of(&ask.ticket));
        let found = access.invitation(&ask.ticket).or_else(returns);
        let Some((record, invitation)) =
            found.filter(|_| ask.ticket.verify_ask(&self.history.document(), &peer.exporter, &ask.proof).is_ok())
        else {
            let device = peer.device;
            return self.refuse(id, self.unless_removed(&device, Dismissal::Ticket));
        };
        // The invitation is served from what is durable, as everything is.
        let (chain, number) = match self.history.graph.position(&record.position.hash) {
            Some(at) => self.history.named(&at.chain, at.number),
            None => return self.refuse(id, Dismissal::Ticket),
        };
        if self.history.durable.get(&chain).is_none_or(|held| held.number < number) {
            return self.refuse(id, Dismissal::Ticket);
        }
        // A member who shows one, because their own record crossed the answer, is no guest.
        peer.guest = Some(ask.ticket).filter(|_| access.role(&peer.device).is_none());
        let welcome = Welcome {
            record: record.position.hash,
            invitation: Operation::Invitation(invitation.clone()).encode(),
            bytes: self.history.bytes,
        };
        self.send_at_once(id, Frame::Welcome(welcome));
        self.tell_past(id);
        self.begin_session(id);
    }

    /// Why a device is not talked to: that it was removed, if it was and may not have heard of it; else what is given.
    pub(crate) fn unless_removed(&self, device: &DeviceId, otherwise: Dismissal) -> Dismissal {
        let gone = self.history.access.was_member(device) && !self.is_member(device);
        if gone { Dismissal::Removed } else { otherwise }
    }

    /// The ticket counts: now the key is here, and everything else can follow.
    fn hear_welcome(&mut self, id: PeerId, welcome: &Welcome) {
        let Some(peer) = self.peers.get(id).filter(|peer| peer.asked) else { return };
        let device = peer.device;
        if self.comes_anew() {
            let Some(ticket) = &self.ticket else { return };
            let opened = match Operation::decode(&welcome.invitation) {
                Ok(Operation::Invitation(invitation)) => invitation.open(&ticket.seed, &self.history.document()).ok(),
                _ => None,
            };
            let Some(secret) = opened else { return self.refuse(id, Dismissal::Invalid) };
            self.history.add_unproven(device, vec![secret]);
            self.advance();
            self.first_copy = Some((device, welcome.bytes));
        } else if !self.is_member(&device) && self.peers.get(id).is_none_or(|peer| peer.guest.is_none()) {
            // That they let this device in does not let them in: they may show a ticket, too.
            return self.refuse(id, Dismissal::Stranger);
        }
        self.begin_session(id);
    }

    /// They do not want to talk about this document.
    fn hear_refuse(&mut self, id: PeerId, reason: Dismissal) {
        let (waits, comes_anew) = (self.state() == State::Waiting, self.comes_anew());
        let Some(peer) = self.peers.get_mut(id) else { return };
        // Somebody who has not heard of this device's joining yet can be shown the ticket it joined by.
        // So can somebody who says that it was removed, if the ticket was made since.
        let shows = match reason {
            Dismissal::Stranger => self.ticket.is_some(),
            Dismissal::Removed => comes_anew,
            _ => false,
        };
        if shows && !peer.asked {
            peer.session = None;
            return self.ask(id);
        }
        peer.session = None;
        peer.refused = Some(reason);
        // What they do not know now they may know in a while.
        let later = matches!(reason, Dismissal::Waiting | Dismissal::Ticket | Dismissal::Stranger | Dismissal::Asked);
        peer.knock_at = later.then_some(self.now.elapsed + KNOCK_AGAIN);
        if reason == Dismissal::Unknown && waits {
            peer.knock_at = Some(self.now.elapsed + KNOCK_UNKNOWN);
        }
        let device = peer.device;
        // Whoever has said that this device was removed, and then does not know it, still says the same.
        let forgets = matches!(reason, Dismissal::Stranger | Dismissal::Ticket | Dismissal::Over);
        if !forgets || !self.peers.dismissed_by.contains(&device) {
            self.peers.refusals.insert(device, reason);
            self.peers.dismissed_by.remove(&device);
        }
        if reason == Dismissal::Removed {
            self.peers.dismissed_by.insert(device);
        }
        self.neighbours_changed = true;
        self.status_changed = true;
    }

    /// Tries again where this device was not known a while ago.
    pub(crate) fn knock_again(&mut self) {
        for id in self.peers.ids() {
            let Some(peer) = self.peers.get_mut(id).filter(|peer| peer.knock_at.is_some_and(|at| at <= self.now.elapsed)) else { continue };
            (peer.knock_at, peer.asked, peer.refused) = (None, false, None);
            let device = peer.device;
            match self.state() {
                State::Waiting => self.ask(id),
                State::Ready if self.is_member(&device) => self.begin_session(id),
                State::Ready | State::Left => {}
            }
        }
    }

    /// Ends the conversation.
    pub(crate) fn refuse(&mut self, id: PeerId, reason: Dismissal) {
        let Some(peer) = self.peers.get_mut(id) else { return };
        (peer.session, peer.guest, peer.leaving) = (None, None, false);
        peer.refused = Some(reason);
        // Behind the last words, which may have gone that way.
        let (lane, device) = (peer.parting.take().map_or(Lane::Fast, |_| Lane::Bulk), peer.device);
        self.cursors_changed |= std::mem::take(&mut peer.cursor).is_here();
        self.delivery.forget(id);
        self.neighbours_changed = true;
        self.status_changed = true;
        self.at_once.push(Output::Send { peer: id, lane, frame: Frame::Refuse(reason) });
        // Somebody who is only not known yet may have a ticket to show, and stays.
        if matches!(reason, Dismissal::Removed | Dismissal::Invalid | Dismissal::Version) {
            self.peers.refusals.insert(device, reason);
            self.at_once.push(Output::Dismiss { peer: id, reason });
        }
    }

    /// Begins the conversation.
    pub(crate) fn begin_session(&mut self, id: PeerId) {
        self.introduce();
        let new = self.peers.get(id).filter(|peer| peer.session.is_none()).map(|peer| peer.device);
        if let Some(how) = new.and_then(|device| self.tell_unheard(&device)) {
            self.send_at_once(id, how);
            self.tell_past(id);
        }
        let (me, now) = (self.device(), self.now.elapsed);
        let Some(peer) = self.peers.get_mut(id).filter(|peer| peer.session.is_none()) else { return };
        let (device, digest) = (peer.device, self.history.durable.digest());
        let is_even = peer.settled.take() == Some(digest.0);
        let known = self.receipts.get(&device).filter(|known| is_even && known.receipt.frontier == digest);
        let settled = known.as_ref().map(|_| digest);
        if known.is_some() {
            // However much it lacked when that came, by its own count: both hold the same.
            self.receipts.recount(&device, 0, self.history.durable_row());
        }
        peer.session = Some(Session::new(me < peer.device, settled, now));
        (peer.refused, peer.knock_at, peer.leaving, peer.parting) = (None, None, false, None);
        peer.told_neighbours.clear();
        self.peers.refusals.remove(&device);
        self.peers.dismissed_by.remove(&device);
        self.neighbours_changed = true;
        self.status_changed = true;
        let mine = self.hello();
        let Some(session) = self.peers.session(id) else { return };
        let wishes = session.tick(&mine, &self.history.durable, now);
        self.grant(id, wishes);
        self.show_cursor(id);
        let receipts = self.receipts.others(&device);
        if !receipts.is_empty() {
            self.send_at_once(id, Frame::Receipts(receipts));
        }
        self.pass_routes_to(id);
        self.hand_over_requests(id);
    }

    /// Membership may have changed: new members are greeted, former ones are shown the door.
    pub(crate) fn doors_changed(&mut self) {
        self.weigh_again();
        self.notice_removal();
        for id in self.peers.ids() {
            let Some(device) = self.peers.get(id).map(|peer| peer.device) else { continue };
            // Whoever is just being let in is told so first. Who talks already, and is only let in to more, goes on talking.
            let talks = self.peers.session(id).is_some();
            let member = self.is_member(&device) && (talks || !self.is_granting(&device));
            let Some(peer) = self.peers.get_mut(id) else { continue };
            // A guest who has joined is one no more.
            peer.guest = peer.guest.filter(|_| !member);
            let (talking, guest, refused) = (peer.session.is_some(), peer.guest, peer.refused.is_some());
            let invited = guest.is_some_and(|ticket| self.history.access.invitation(&ticket).is_some());
            match (member, talking) {
                (true, false) if !refused && self.state() == State::Ready => self.begin_session(id),
                (false, true) if guest.is_none() && self.state() == State::Ready => self.see_off(id),
                (false, true) if !invited && self.state() == State::Ready => self.refuse(id, Dismissal::Ticket),
                _ => {}
            }
        }
    }

    // ------------------------------------------------------------------------------------------------------------ hearing

    /// A frame from a peer.
    pub(crate) fn receive(&mut self, id: PeerId, frame: Frame) {
        match frame {
            Frame::Ask(ask) => self.hear_ask(id, &ask),
            Frame::Welcome(welcome) => self.hear_welcome(id, &welcome),
            Frame::Request(asking) => self.hear_request(id, asking),
            Frame::Granted(granted) => self.hear_granted(id, &granted),
            Frame::Added(added) => self.hear_added(id, &added),
            Frame::Past(rotations) => self.hear_past(id, rotations),
            Frame::Refuse(reason) => self.hear_refuse(id, reason),
            Frame::Bye => self.hear_bye(id),
            frame if self.peers.session(id).is_some() => self.converse(id, frame),
            Frame::Hello(_) if self.is_expected() && self.peers.get(id).is_some_and(|peer| peer.asked) => {
                self.begin_session(id);
                self.converse(id, frame);
            }
            // Whoever was not known when they came, and is a member by now, comes in; who is none says more than a ticket.
            Frame::Hello(_) => {
                let Some((device, refused)) = self.peers.get(id).map(|peer| (peer.device, peer.refused)) else { return };
                // `Unknown`: they had put the document away, or had an older copy of their profile, and have it now.
                let was_unknown = refused
                    .is_none_or(|why| matches!(why, Dismissal::Stranger | Dismissal::Ticket | Dismissal::Waiting | Dismissal::Unknown));
                if was_unknown && self.state() == State::Ready && self.is_member(&device) && !self.is_granting(&device) {
                    self.begin_session(id);
                    return self.converse(id, frame);
                }
                let waiting = self.state() == State::Waiting;
                self.refuse(id, if waiting { Dismissal::Waiting } else { self.unless_removed(&device, Dismissal::Stranger) });
            }
            _ => {}
        }
    }

    fn hear_bye(&mut self, id: PeerId) {
        let Some(peer) = self.peers.get_mut(id) else { return };
        peer.session = None;
        self.cursors_changed |= std::mem::take(&mut peer.cursor).is_here();
        self.neighbours_changed = true;
        self.status_changed = true;
    }

    /// A frame within a conversation.
    fn converse(&mut self, id: PeerId, frame: Frame) {
        let now = self.now.elapsed;
        let mine = self.hello();
        let Some(peer) = self.peers.get_mut(id).filter(|peer| !peer.leaving) else { return };
        let Some(session) = &mut peer.session else { return };
        let held = &self.history.durable;
        let greets = matches!(frame, Frame::Hello(_));
        let wishes = match frame {
            Frame::Hello(hello) => match session.hear_hello(hello, &mine, held, now) {
                Ok(wishes) => wishes,
                Err(reason) => return self.refuse(id, reason),
            },
            Frame::Compare(compare) => {
                let graph = &self.history.graph;
                let hash_at = |chain: &ChainId, number| graph.strand_place(chain, number).map(|position| position.hash);
                let wishes = session.hear_compare(&compare, held, &hash_at, now);
                self.count_lacking(id);
                wishes
            }
            Frame::Have(have) => return self.hear_have(id, &have),
            Frame::Records(bundle) | Frame::Live(bundle) => return self.hear_records(id, bundle),
            Frame::Packed(packed) => return self.hear_packed(id, packed),
            Frame::Supplied => {
                self.supplied = true;
                Vec::new()
            }
            Frame::Receipts(receipts) => return self.hear_receipts(receipts),
            Frame::Presence(presence) => {
                self.cursors_changed |= peer.cursor.hear(presence);
                Vec::new()
            }
            Frame::StateHash(theirs) => return self.hear_state_hash(id, &theirs),
            Frame::Routes(routes) => return self.hear_routes(id, routes),
            Frame::Neighbours(devices) => {
                session.hear_neighbours(devices);
                Vec::new()
            }
            Frame::Ask(_) | Frame::Welcome(_) | Frame::Request(_) | Frame::Granted(_) | Frame::Added(_) | Frame::Past(_) => Vec::new(),
            Frame::Refuse(_) | Frame::Bye => Vec::new(),
            // Files go past the document: their link has them.
            Frame::WantBlob(_) | Frame::Blob(_) | Frame::NoBlob(_) => Vec::new(),
        };
        self.grant(id, wishes);
        if greets {
            // What was said of the cursor when this side began may have come before the other had, or not at all.
            self.show_cursor(id);
        }
    }

    /// What a peer has made durable.
    fn hear_have(&mut self, id: PeerId, have: &Have) {
        let (document, now) = (self.id(), self.now.elapsed);
        let Some(peer) = self.peers.get_mut(id) else { return };
        let (device, Some(session)) = (peer.device, &mut peer.session) else { return };
        if have.receipt.device != device || have.receipt.document != document || have.receipt.verify().is_err() {
            return self.refuse(id, Dismissal::Invalid);
        }
        let wishes = session.hear_have(have, &self.history.durable, now);
        let (receipt, row) = (&have.receipt, self.history.row_of(&have.receipt.frontier));
        let begun = self.receipts.begun(receipt, self.history.durable_row());
        // Until the two have compared, nobody knows what the peer lacks; the least is believed that can be proven.
        let (lacks, row) = match (row, self.receipts.get(&device)) {
            (None, Some(known)) if known.receipt.instance == receipt.instance => (known.lacks, known.row),
            (row, _) => (self.history.edits_of(&device, row.unwrap_or(0), begun), row.unwrap_or(0)),
        };
        self.receipts.hear(receipt.clone(), self.now.wall, lacks, row, begun);
        self.count_lacking(id);
        self.status_changed = true;
        self.grant(id, wishes);
    }

    /// Counts what a peer lacks by its newest receipt, once the two have compared.
    fn count_lacking(&mut self, id: PeerId) {
        let Some(peer) = self.peers.get(id) else { return };
        let Some(session) = peer.session.as_ref().filter(|session| session.stage() == Stage::Live) else { return };
        let greeted = |known: &&Known| session.theirs().is_some_and(|hello| hello.instance == known.receipt.instance);
        let Some(known) = self.receipts.get(&peer.device).filter(greeted).cloned() else { return };
        // What it has said that it holds may be all that is here, though it came here by another way.
        let even = known.receipt.frontier == self.history.durable.digest();
        let behind = session.lacks().filter(|_| !even);
        let lacks: u64 = behind.map(|(chain, held)| self.history.edits_after_named(&chain, held)).sum();
        let row = self.history.durable_row();
        // What stands behind that row is counted whenever somebody asks.
        let lacks = lacks.saturating_sub(self.history.edits_since(row, &known.receipt.device));
        self.receipts.recount(&known.receipt.device, lacks, row);
        self.status_changed = true;
    }

    /// What third devices have said.
    fn hear_receipts(&mut self, receipts: Vec<Receipt>) {
        let (document, me) = (self.id(), self.device());
        for receipt in receipts {
            let of_interest = receipt.document == document && receipt.device != me && self.is_member(&receipt.device);
            // A statement that fits no frontier of this process says less than what is known already.
            let Some(row) = self.history.row_of(&receipt.frontier).filter(|_| of_interest) else { continue };
            if self.peers.processes_of(&receipt.device) == 0 && receipt.verify().is_ok() {
                let begun = self.receipts.begun(&receipt, self.history.durable_row());
                let lacks = self.history.edits_of(&receipt.device, row, begun);
                self.receipts.carried(receipt, self.now.wall, lacks, row, begun);
                self.status_changed = true;
            }
        }
    }

    fn hear_routes(&mut self, id: PeerId, routes: Vec<RouteHint>) {
        let me = self.device();
        let routes: Vec<_> = routes.into_iter().filter(|hint| hint.device != me && self.is_member(&hint.device)).collect();
        if !routes.is_empty() {
            self.at_once.push(Output::Routes { peer: id, routes });
        }
    }

    /// Records: those that a seal vouches for and that stand on what is here are accepted into this turn.
    fn hear_records(&mut self, id: PeerId, bundle: Bundle) {
        let received = self.delivery.receive(&self.history, id, bundle);
        if received.doubtful > 0 && self.doubt(id, received.doubtful) {
            return self.refuse(id, Dismissal::Invalid);
        }
        if let Some(reason) = received.invalid {
            return self.refuse_invalid(id, reason);
        }
        let now = self.now.elapsed;
        if let Some(session) = self.peers.session(id) {
            for (chain, number) in received.holds {
                let (chain, number) = self.history.named(&chain, number);
                session.hear_records(chain, number, &self.history.durable, now);
            }
            if received.gap {
                session.hurry(now);
            }
        }
        self.advance();
    }

    /// Packed records, which are like others once they are unpacked.
    fn hear_packed(&mut self, id: PeerId, packed: Packed) {
        match self.delivery.unpack(&self.history, packed) {
            Ok(Some(bundle)) => self.hear_records(id, bundle),
            Ok(None) => {
                let now = self.now.elapsed;
                if let Some(session) = self.peers.session(id) {
                    session.hurry(now);
                }
            }
            Err(reason) => self.refuse_invalid(id, reason),
        }
    }

    /// No honest peer sends this.
    fn refuse_invalid(&mut self, id: PeerId, reason: String) {
        let Some(device) = self.peers.get(id).map(|peer| peer.device) else { return };
        self.announce(Announcement::Quarantined { device, reason });
        self.refuse(id, Dismissal::Invalid);
    }

    /// What a peer sends does not fit what is here. A forked chain looks like that to two honest devices until they have compared; more
    /// than that is no accident. Says whether it is too much.
    fn doubt(&mut self, id: PeerId, times: u32) -> bool {
        let Some(peer) = self.peers.get_mut(id) else { return false };
        peer.doubts += times;
        peer.doubts > DOUBTS
    }

    /// Accepts what can be accepted now.
    pub(crate) fn advance(&mut self) {
        let mut outcomes = self.delivery.advance(&mut self.history);
        while self.learn_secrets() {
            outcomes.extend(self.delivery.advance(&mut self.history));
        }
        for outcome in outcomes {
            match outcome {
                Outcome::Accepted(accepted) => {
                    self.members_changed |= accepted.access;
                    self.notice_twin(&accepted);
                    self.draft.record(*accepted);
                }
                Outcome::Sealed(seal) => self.draft.seal(seal),
                Outcome::Ended { position, device, bytes, from, reason } => {
                    self.quarantine(position.chain, position.number, reason.clone(), &Evidence::Invalid(bytes));
                    self.announce(Announcement::Quarantined { device, reason });
                    self.refuse(from, Dismissal::Invalid);
                }
                Outcome::Forked(device) => self.forked(device),
                Outcome::Alias => self.rebuild(),
            }
        }
        if self.members_changed {
            self.doors_changed();
        }
    }

    // ------------------------------------------------------------------------------------------------------------ telling

    /// What this device holds durably.
    pub(crate) fn hello(&self) -> Hello {
        Hello {
            versions: Versions::HERE,
            instance: self.receipts.instance(),
            frontier: self.history.durable.digest(),
            access: self.history.durable_access,
            chains: self.history.durable.chains(),
            bytes: self.history.bytes,
            back: false,
        }
    }

    /// How members were last reached. News of it goes to everybody who talks about this document.
    pub(crate) fn pass_on(&mut self, routes: Vec<RouteHint>) {
        if routes == self.routes {
            return;
        }
        self.routes = routes;
        let talking: Vec<_> = self.peers.sessions().map(|(id, _)| id).collect();
        talking.into_iter().for_each(|id| self.pass_routes_to(id));
    }

    /// Tells a peer how others were last reached. The way to itself it knows.
    fn pass_routes_to(&mut self, id: PeerId) {
        let Some(device) = self.peers.get(id).map(|peer| peer.device) else { return };
        let routes: Vec<_> = self.routes.iter().filter(|hint| hint.device != device).cloned().collect();
        if !routes.is_empty() {
            self.send_at_once(id, Frame::Routes(routes));
        }
    }

    /// Does what a session wants.
    pub(crate) fn grant(&mut self, peer: PeerId, wishes: Vec<Wish>) {
        for wish in wishes {
            self.at_once.push(match wish {
                Wish::Send(lane, frame) => Output::Send { peer, lane, frame },
                Wish::Supply(spans) => Output::Supply { peer, spans: self.journal_spans(spans) },
            });
        }
    }

    pub(crate) fn send_at_once(&mut self, peer: PeerId, frame: Frame) {
        self.at_once.push(Output::Send { peer, lane: Lane::Fast, frame });
    }

    /// Tells the peers of this document whom this device is linked with, if that has changed.
    pub(crate) fn tell_neighbours(&mut self) {
        if !std::mem::take(&mut self.neighbours_changed) {
            return;
        }
        let devices: Vec<DeviceId> = self.peers.devices();
        for id in self.peers.ids() {
            let Some(peer) = self.peers.get_mut(id).filter(|peer| peer.session.is_some()) else { continue };
            let others: Vec<DeviceId> = devices.iter().filter(|device| **device != peer.device).copied().collect();
            if peer.told_neighbours != others {
                peer.told_neighbours.clone_from(&others);
                self.send_at_once(id, Frame::Neighbours(others));
            }
        }
    }

    /// Gives receipts to the peers that are owed one.
    pub(crate) fn give_receipts(&mut self) {
        let digest = self.history.durable.digest();
        let (document, now) = (self.id(), self.now.elapsed);
        let owed: Vec<_> = self.peers.sessions().filter(|(_, session)| session.owes_have(&digest, now)).map(|(id, _)| id).collect();
        for id in owed {
            let receipt = self.receipts.mine(&self.key, document, digest);
            let Some(session) = self.peers.session(id) else { continue };
            let wish = session.give_have(receipt, &self.history.durable, now);
            self.grant(id, vec![wish]);
        }
    }

    /// What is due in the conversations by now.
    pub(crate) fn tick_sessions(&mut self) {
        let mine = self.hello();
        let now = self.now.elapsed;
        for id in self.peers.ids() {
            let Some(session) = self.peers.session(id) else { continue };
            let wishes = session.tick(&mine, &self.history.durable, now);
            self.grant(id, wishes);
        }
    }
}
