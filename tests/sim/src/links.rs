//! Links between devices that are running: what is carried from whom to whom, and when there is room.

use std::collections::VecDeque;

use sheaf_document::{Input, Lane, LinkUp, PeerId, Span};
use sheaf_protocol::{Frame, Hello};

use crate::{device::INBOX, wire::Wire, world::World};

/// A link between two devices that are both running.
pub(crate) struct Link {
    pub(crate) ends: [usize; 2],
    pub(crate) peer: PeerId,
    /// `wires[0]` carries from `ends[0]` to `ends[1]`.
    wires: [Wire; 2],
    /// Frames of a Supply that wait for room, per direction.
    supply: [VecDeque<Frame>; 2],
    /// The sender was told that a lane is full, per direction.
    full: [bool; 2],
    /// An end has said that the other has no business here.
    pub(crate) dismissed: bool,
}

impl World {
    // ------------------------------------------------------------------------------------------------------- coming and going

    fn may_meet(&self, a: usize, b: usize) -> bool {
        let here = |who: usize| self.devices[who].process.is_some() && !self.is_silent(who);
        self.sides[a] == self.sides[b] && !self.cut.contains(&(a, b)) && here(a) && here(b)
    }

    /// Takes down links that must not be, and makes some of those that may.
    pub(crate) fn link_up(&mut self) {
        let sides = self.sides.clone();
        let forgiven = self.chance.percent(10);
        let cut = self.cut.clone();
        let silent: Vec<bool> = (0..self.devices.len()).map(|who| self.is_silent(who)).collect();
        self.unlink(|link| {
            let [a, b] = link.ends;
            sides[a] != sides[b] || cut.contains(&(a, b)) || silent[a] || silent[b] || (link.dismissed && forgiven)
        });
        for a in 0..self.devices.len() {
            for b in a + 1..self.devices.len() {
                let linked = self.links.iter().any(|link| link.ends == [a, b]);
                if !linked && self.may_meet(a, b) && self.chance.percent(20) {
                    self.link(a, b);
                }
            }
        }
    }

    fn link(&mut self, a: usize, b: usize) {
        let peer = PeerId(self.next_peer);
        self.next_peer += 1;
        let exporter = self.chance.bytes();
        // Discovery compares frontiers before documents speak.
        let frontier = |who: usize| self.devices[who].process.as_ref().map(|process| process.document.frontier_digest());
        let settled = frontier(a).filter(|one| frontier(b) == Some(*one) && self.chance.percent(50));
        self.tally.settled += u64::from(settled.is_some());
        self.transcript.say(self.now, format_args!("{a} and {b} are linked"));
        self.links.push(Link {
            ends: [a, b],
            peer,
            wires: Default::default(),
            supply: Default::default(),
            full: [false; 2],
            dismissed: false,
        });
        for (at, other) in [(a, b), (b, a)] {
            let device = self.device_id(other);
            self.hear_from_peer(at, Input::LinkUp(LinkUp { peer, device, exporter, settled }));
        }
    }

    /// Takes links down; what is on them is lost.
    pub(crate) fn unlink(&mut self, gone: impl Fn(&Link) -> bool) {
        for link in self.links.extract_if(.., |link| gone(link)).collect::<Vec<_>>() {
            for end in link.ends {
                self.hear_from_peer(end, Input::LinkDown { peer: link.peer });
            }
        }
    }

    /// One of the links fails by itself, in the middle of whatever it carries.
    pub(crate) fn hang_up(&mut self) {
        let gone = self.chance.pick(&self.links).map(|link| link.peer);
        self.unlink(|link| Some(link.peer) == gone);
    }

    // --------------------------------------------------------------------------------------------------------------- carrying

    /// Hands over what has arrived, as far as the receivers have room for it, and says where there is room again.
    pub(crate) fn deliver_frames(&mut self) {
        let now = self.now;
        let mut heard = Vec::new();
        for link in &mut self.links {
            for direction in 0..2 {
                let (from, to) = (link.ends[direction], link.ends[1 - direction]);
                let waiting = self.devices[to].process.as_ref().map_or(0, |process| process.from_peers.len());
                for frame in link.wires[direction].arrived(now, INBOX.saturating_sub(waiting)) {
                    heard.push((to, Input::Receive { peer: link.peer, frame }));
                }
                if link.full[direction] && link.supply[direction].is_empty() && link.wires[direction].has_room() {
                    link.full[direction] = false;
                    heard.push((from, Input::LinkFree { peer: link.peer }));
                }
            }
        }
        for (who, input) in heard {
            if let (Input::Receive { frame, .. }, Some(document)) = (&input, self.devices[who].document()) {
                self.ledger.reaches(who, &document, frame);
            }
            self.hear_from_peer(who, input);
        }
    }

    /// Puts a frame on its way, altered if this world is attacked or its sender hostile.
    pub(crate) fn send(&mut self, who: usize, peer: PeerId, lane: Lane, frame: Frame) {
        let Some(link) = self.links.iter().find(|link| link.peer == peer) else { return };
        let to = link.ends[usize::from(link.ends[0] == who)];
        let frame = match frame {
            // What its build puts into its greeting; that it is one this test could not compile, the others cannot see.
            Frame::Hello(hello) => Frame::Hello(Hello { versions: self.devices[who].speaks, ..hello }),
            frame => frame,
        };
        if let Some(frame) = self.tamper(who, to, frame) {
            self.put_on_wire(who, peer, lane, frame);
        }
    }

    /// Puts a frame on its way as it is.
    pub(crate) fn put_on_wire(&mut self, who: usize, peer: PeerId, lane: Lane, frame: Frame) {
        if let Frame::Have(have) = &frame {
            self.runs.entry(have.receipt.instance).or_insert(self.now);
        }
        if self.plan.listens() {
            self.overheard.frame(&frame);
        }
        let Some(link) = self.links.iter_mut().find(|link| link.peer == peer) else { return };
        let direction = usize::from(link.ends[1] == who);
        let sent = link.wires[direction].send(lane, frame, self.now, self.manners, &mut self.chance, &mut self.tally);
        if !sent {
            link.full[direction] = true;
            self.hear_from_peer(who, Input::LinkFull { peer });
        }
    }

    /// Reads stretches of the journal, to be put on the bulk lane frame by frame as there is room. Nobody asks for more before the
    /// last of it was handed over: that is what bounds this queue.
    pub(crate) fn supply(&mut self, who: usize, peer: PeerId, spans: &[Span]) -> Result<(), String> {
        let Some(disk) = &self.devices[who].disk else { return Ok(()) };
        let frames = disk.supply(spans);
        for frame in &frames {
            self.ledger.sent(who, frame).map_err(|what| format!("device {who}: {what}"))?;
        }
        let Some(link) = self.links.iter_mut().find(|link| link.peer == peer) else { return Ok(()) };
        let waiting = &mut link.supply[usize::from(link.ends[1] == who)];
        if !waiting.is_empty() {
            return Err(format!("device {who} supplies again while {} frames of the last supply wait", waiting.len()));
        }
        self.tally.packs += frames.iter().filter(|frame| matches!(frame, Frame::Packed(_))).count() as u64;
        waiting.extend(frames);
        Ok(())
    }

    /// Moves what waits for room onto the wires, and says when a supply has been handed over.
    pub(crate) fn push_supplies(&mut self) {
        let mut free = Vec::new();
        for at in 0..self.links.len() {
            for direction in 0..2 {
                if self.links[at].supply[direction].is_empty() {
                    continue;
                }
                let (from, to) = (self.links[at].ends[direction], self.links[at].ends[1 - direction]);
                while self.links[at].wires[direction].has_room() {
                    let Some(frame) = self.links[at].supply[direction].pop_front() else { break };
                    let Some(frame) = self.tamper(from, to, frame) else { continue };
                    if self.plan.listens() {
                        self.overheard.frame(&frame);
                    }
                    let wire = &mut self.links[at].wires[direction];
                    wire.send(Lane::Bulk, frame, self.now, self.manners, &mut self.chance, &mut self.tally);
                }
                let link = &self.links[at];
                if link.supply[direction].is_empty() && !link.full[direction] {
                    free.push((from, link.peer));
                }
            }
        }
        for (who, peer) in free {
            self.hear_from_peer(who, Input::LinkFree { peer });
        }
    }
}
