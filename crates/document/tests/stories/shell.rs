//! A shell around documents, as small as can be: writing is pushing rows, a wire is a queue, the clock is a number.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use sheaf_base::{
    DeviceId, DocumentId, Moment, Wall,
    planted::{self, Bug},
};
use sheaf_document::{
    Act, Announcement, Answer, Document, Done, Frame, Here, Input, LinkUp, Output, PeerId, Refused, RequestId, Review, Role, State, Ticket,
    ViewId,
};
use sheaf_protocol::Lane;
use sheaf_record::DeviceKey;
use sheaf_schema::Delta;

use crate::{disk::Disk, recorded, view::View};

/// Sees every frame with its sender and receiver, may change it, and says whether it arrives.
type Censor = dyn FnMut(usize, usize, &mut Frame) -> bool;

/// The world of one document.
pub(crate) struct World {
    pub(crate) now: Duration,
    pub(crate) devices: Vec<Device>,
    wires: Vec<Wire>,
    links: u64,
    /// What may still be lost or changed on its way: returns false to lose it.
    pub(crate) censor: Box<Censor>,
    /// Datagrams are lost.
    pub(crate) loses_datagrams: bool,
    /// Bytes that went over wires, and frames by kind.
    pub(crate) bytes: usize,
    pub(crate) frames: BTreeMap<&'static str, usize>,
    /// After every turn, views are compared with what the document holds.
    pub(crate) check_views: bool,
}

/// A device with its disk and, while it runs, its document.
pub(crate) struct Device {
    pub(crate) name: String,
    pub(crate) key: [u8; 32],
    pub(crate) runs: u8,
    pub(crate) document: Option<Document>,
    pub(crate) disk: Disk,
    pub(crate) id: Option<DocumentId>,
    pub(crate) views: BTreeMap<ViewId, View>,
    inputs: VecDeque<Input>,
    pub(crate) answers: Vec<Answer>,
    pub(crate) announcements: Vec<Announcement>,
    pub(crate) cursors: BTreeMap<ViewId, Vec<sheaf_document::Cursor>>,
    pub(crate) dismissed: Vec<String>,
    pub(crate) reviews: Vec<Review>,
    requests: u64,
    /// Writes fail while this is set.
    pub(crate) disk_fails: bool,
    /// A bug that its program has.
    pub(crate) planted: Option<Bug>,
    failed: Option<sheaf_document::Turn>,
}

/// A link between two devices, with a queue per direction and lane.
struct Wire {
    ends: [(usize, PeerId); 2],
    queues: [[VecDeque<Vec<u8>>; 2]; 2],
}

impl World {
    pub(crate) fn new() -> World {
        World {
            now: Duration::from_secs(1),
            devices: Vec::new(),
            wires: Vec::new(),
            links: 0,
            censor: Box::new(|_, _, _| true),
            loses_datagrams: false,
            bytes: 0,
            frames: BTreeMap::new(),
            check_views: true,
        }
    }

    /// A world in which `names` share a document that the first has made; everybody is linked with everybody.
    pub(crate) fn sharing(names: &[&str]) -> World {
        let mut world = World::new();
        for name in names {
            world.device(name);
        }
        world.share();
        world
    }

    /// The first device makes a document, and all others join.
    pub(crate) fn share(&mut self) {
        self.create(0, "Notes");
        for guest in 1..self.devices.len() {
            let ticket = self.invite(0, Role::Edit);
            self.join(guest, ticket);
            self.link(0, guest);
            self.settle();
            assert_eq!(self.document(guest).state(), State::Ready, "{} has joined", self.devices[guest].name);
            for other in 1..guest {
                self.link(other, guest);
            }
            self.pass(Duration::from_secs(1));
        }
    }

    pub(crate) fn device(&mut self, name: &str) -> usize {
        let key = *blake3::hash(name.as_bytes()).as_bytes();
        self.devices.push(Device {
            name: name.into(),
            key,
            runs: 0,
            document: None,
            disk: Disk::default(),
            id: None,
            views: BTreeMap::new(),
            inputs: VecDeque::new(),
            answers: Vec::new(),
            announcements: Vec::new(),
            cursors: BTreeMap::new(),
            dismissed: Vec::new(),
            reviews: Vec::new(),
            requests: 0,
            disk_fails: false,
            planted: None,
            failed: None,
        });
        self.devices.len() - 1
    }

    pub(crate) fn moment(&self) -> Moment {
        Moment { wall: Wall(1_700_000_000_000 + self.now.as_millis() as u64), elapsed: self.now }
    }

    pub(crate) fn create(&mut self, who: usize, title: &str) {
        self.begin(who, |here, now| Document::create(here, title, now).expect("a document is made"));
    }

    /// The same with a document that is made otherwise.
    pub(crate) fn begin(&mut self, who: usize, make: impl FnOnce(Here, Moment) -> Document) {
        let (here, now) = (self.devices[who].here(), self.moment());
        let document = make(here, now);
        self.devices[who].id = Some(document.id());
        self.devices[who].document = Some(document);
        self.run(who);
    }

    pub(crate) fn join(&mut self, who: usize, ticket: Ticket) {
        let (here, now) = (self.devices[who].here(), self.moment());
        self.devices[who].id = Some(ticket.document);
        self.devices[who].disk.ticket = Some(ticket.clone());
        self.devices[who].document = Some(Document::joining(here, ticket, now));
    }

    /// Whoever is out has another ticket, and the document is opened anew with it.
    pub(crate) fn comes_back(&mut self, who: usize, ticket: Ticket) {
        self.close(who);
        self.devices[who].disk.ticket = Some(ticket);
        self.start(who);
    }

    /// The process ends without a word: what is not on disk is gone. Links go down.
    pub(crate) fn crash(&mut self, who: usize) {
        self.part(who);
        let device = &mut self.devices[who];
        device.document = None;
        device.views.clear();
        device.inputs.clear();
        device.failed = None;
    }

    /// The process ends of itself.
    pub(crate) fn close(&mut self, who: usize) {
        let farewell = self.document(who).farewell();
        self.devices[who].disk.write(&farewell);
        self.crash(who);
    }

    /// The process starts again from its disk.
    pub(crate) fn start(&mut self, who: usize) {
        let (here, now) = (self.devices[who].here(), self.moment());
        let device = &mut self.devices[who];
        let stored = device.disk.stored(device.id.expect("a document that was there before"));
        device.document = Some(Document::open(here, stored, now).expect("it opens"));
        self.run(who);
    }

    pub(crate) fn document(&self, who: usize) -> &Document {
        self.devices[who].document.as_ref().expect("it runs")
    }

    pub(crate) fn device_id(&self, who: usize) -> DeviceId {
        DeviceKey::from_bytes(&self.devices[who].key).device()
    }

    /// Links two devices.
    pub(crate) fn link(&mut self, left: usize, right: usize) {
        self.link_settled(left, right, false);
    }

    pub(crate) fn link_settled(&mut self, left: usize, right: usize, settled: bool) {
        self.links += 1;
        let peer = PeerId(self.links);
        let exporter = *blake3::hash(&self.links.to_le_bytes()).as_bytes();
        self.wires.push(Wire { ends: [(left, peer), (right, peer)], queues: Default::default() });
        for (who, other) in [(left, right), (right, left)] {
            let device = self.device_id(other);
            let settled = settled.then(|| self.document(who).frontier_digest());
            self.input(who, Input::LinkUp(LinkUp { peer, device, exporter, settled }));
        }
    }

    pub(crate) fn are_linked(&self, who: usize, other: usize) -> bool {
        self.wires.iter().map(|wire| wire.ends.map(|(end, _)| end)).any(|ends| ends == [who, other] || ends == [other, who])
    }

    /// Takes all links of a device down; what is on the way is lost.
    pub(crate) fn part(&mut self, who: usize) {
        for wire in self.wires.extract_if(.., |wire| wire.ends.iter().any(|(end, _)| *end == who)).collect::<Vec<_>>() {
            for (end, peer) in wire.ends {
                if self.devices[end].document.is_some() {
                    self.input(end, Input::LinkDown { peer });
                }
            }
        }
    }

    /// The peer number under which `who` knows `other`.
    pub(crate) fn peer(&self, who: usize, other: usize) -> PeerId {
        let wire = self.wires.iter().find(|wire| {
            let ends = wire.ends.map(|(end, _)| end);
            ends == [who, other] || ends == [other, who]
        });
        wire.expect("they are linked").ends[0].1
    }

    pub(crate) fn input(&mut self, who: usize, input: Input) {
        self.devices[who].inputs.push_back(input);
    }

    // ---- asking

    /// Asks for something and lets the asker think; returns the answer.
    pub(crate) fn ask(&mut self, who: usize, ask: impl FnOnce(RequestId) -> Input) -> Result<Done, Refused> {
        self.devices[who].requests += 1;
        let request = RequestId(self.devices[who].requests);
        let input = ask(request);
        self.input(who, input);
        for _ in 0..500 {
            self.run(who);
            let answer = self.devices[who].answers.iter().find_map(|answer| match answer {
                Answer::Done { request: answered, result } if *answered == request => Some(result.clone()),
                _ => None,
            });
            if let Some(result) = answer {
                return result;
            }
        }
        panic!("no answer to {request:?}");
    }

    pub(crate) fn invite(&mut self, who: usize, role: Role) -> Ticket {
        self.links += 1;
        let seed = *blake3::hash(&[self.links as u8, 77]).as_bytes();
        match self.ask(who, |request| Input::Administer { request, act: Act::Invite { role, seed, label: "you".into() } }) {
            Ok(Done::Ticket(ticket, _)) => *ticket,
            other => panic!("no ticket: {other:?}"),
        }
    }

    /// The body as the document says it is.
    pub(crate) fn body(&mut self, who: usize) -> Delta {
        match self.ask(who, |request| Input::Read { request }) {
            Ok(Done::Body(opened)) => (*opened.delta).clone(),
            other => panic!("no body: {other:?}"),
        }
    }

    pub(crate) fn text(&mut self, who: usize) -> String {
        self.body(who).text()
    }

    // ---- views

    pub(crate) fn open(&mut self, who: usize, view: &str) {
        let view = View::new(view);
        self.input(who, Input::Open { view: view.id.clone() });
        self.devices[who].views.insert(view.id.clone(), view);
        for _ in 0..5 {
            self.run(who);
        }
    }

    pub(crate) fn view(&self, who: usize, view: &str) -> &View {
        &self.devices[who].views[&ViewId::from(view)]
    }

    /// A view's edit, made and sent, not yet heard.
    pub(crate) fn push(&mut self, who: usize, view: &str, delta: Delta) {
        let push = self.devices[who].views.get_mut(&ViewId::from(view)).expect("it is open").push(delta);
        self.input(who, Input::Push(push));
    }

    /// Types at the end of the text, in a view that is opened for it if need be.
    pub(crate) fn write(&mut self, who: usize, words: &str) {
        if !self.devices[who].views.contains_key(&ViewId::from("main")) {
            self.open(who, "main");
        }
        let end = self.view(who, "main").text.length();
        self.push(who, "main", crate::view::insert(end, words, &format!("{}{end}", self.devices[who].name)));
        self.run(who);
    }

    // ---- running

    /// Lets everything happen that can happen now.
    pub(crate) fn settle(&mut self) {
        for _ in 0..10_000 {
            let mut moved = false;
            for who in 0..self.devices.len() {
                moved |= self.run(who);
            }
            for wire in 0..self.wires.len() {
                moved |= self.deliver(wire);
            }
            if !moved {
                return;
            }
        }
        panic!("it never comes to rest");
    }

    /// Lets time pass, and everything happen that happens in it.
    pub(crate) fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        self.settle();
        loop {
            let next = self.devices.iter().filter_map(|device| device.document.as_ref()?.next_timeout()).min();
            let Some(next) = next.filter(|next| *next <= end) else { break };
            self.now = next.max(self.now + Duration::from_millis(1));
            for who in 0..self.devices.len() {
                let due = self.devices[who].document.as_ref().and_then(|document| document.next_timeout());
                if due.is_some_and(|due| due <= self.now) {
                    self.input(who, Input::Timeout);
                }
            }
            self.settle();
        }
        self.now = self.now.max(end);
    }

    /// One turn of a device. Says whether anything happened.
    pub(crate) fn run(&mut self, who: usize) -> bool {
        planted::plant(self.devices[who].planted);
        let moved = self.turn(who);
        planted::plant(None);
        moved
    }

    fn turn(&mut self, who: usize) -> bool {
        let now = self.moment();
        let device = &mut self.devices[who];
        let Some(document) = &mut device.document else { return false };
        if let Some(turn) = device.failed.take() {
            return self.finish(who, turn);
        }
        let asked = document.next_timeout().is_some_and(|next| next <= self.now);
        if device.inputs.is_empty() && !asked {
            return false;
        }
        if device.inputs.is_empty() {
            device.inputs.push_back(Input::Timeout);
        }
        for input in std::mem::take(&mut device.inputs) {
            document.handle(input, now);
        }
        let mut turn = document.take_turn();
        let at_once = std::mem::take(&mut turn.at_once);
        self.tell(who, at_once);
        self.finish(who, turn)
    }

    fn finish(&mut self, who: usize, turn: sheaf_document::Turn) -> bool {
        let device = &mut self.devices[who];
        let Some(document) = &mut device.document else { return false };
        if device.disk_fails && !turn.writes.is_empty() {
            device.failed = Some(turn);
            return false;
        }
        device.disk.write(&turn.writes);
        device.answers.extend(turn.answers);
        document.apply_written();
        assert!(!document.is_pending(), "yrs holds something back");
        let outputs = document.take_outputs();
        self.tell(who, outputs);
        if self.check_views {
            self.devices[who].compare_views();
        }
        true
    }

    fn tell(&mut self, who: usize, outputs: Vec<Output>) {
        let mut supplies = Vec::new();
        for output in outputs {
            let device = &mut self.devices[who];
            match output {
                Output::View { view, item } => {
                    let Some(view) = device.views.get_mut(&view) else { continue };
                    view.book(item);
                    let (view, version) = (view.id.clone(), view.version);
                    device.inputs.push_back(Input::Confirm { view, version });
                }
                Output::Presence { view, cursors, .. } => {
                    device.cursors.insert(view, cursors);
                }
                Output::Send { peer, lane, frame } => self.send(who, peer, lane, &frame),
                Output::Supply { peer, spans } => supplies.push((peer, spans)),
                Output::Dismiss { peer, reason } => {
                    device.dismissed.push(reason.to_string());
                    // Whoever is dismissed is sent nothing more, not even what had been planned.
                    supplies.retain(|(to, _)| *to != peer);
                }
                Output::Routes { .. } => {}
                Output::Announce(announcement) => {
                    if let Announcement::Title(title) = &announcement {
                        device.disk.title = title.clone();
                    }
                    if std::env::var("TRACE").is_ok() && matches!(announcement, Announcement::Quarantined { .. }) {
                        println!("{} {announcement:?}", device.name);
                    }
                    device.announcements.push(announcement);
                }
                Output::Hydrate { from_start } => {
                    let hydration = device.disk.hydration(from_start);
                    device.inputs.push_back(Input::Hydrate(hydration));
                }
                Output::Review => {
                    let hydration = device.disk.hydration(true);
                    let job =
                        device.document.as_mut().and_then(|document| document.review(hydration)).expect("there is something to review");
                    device.reviews.extend(Some(job.run().expect("a review")).filter(|review| !review.lines.is_empty()));
                }
            }
        }
        for (peer, spans) in supplies {
            for frame in self.devices[who].disk.supply(&spans) {
                self.send(who, peer, Lane::Bulk, &frame);
            }
            self.input(who, Input::LinkFree { peer });
        }
    }

    fn send(&mut self, who: usize, peer: PeerId, lane: Lane, frame: &Frame) {
        if lane == Lane::Presence && self.loses_datagrams {
            return;
        }
        let Some(wire) = self.wires.iter_mut().find(|wire| wire.ends.contains(&(who, peer))) else { return };
        let bytes = frame.encode();
        assert!(bytes.len() <= sheaf_base::limits::FRAME, "a frame of {} bytes", bytes.len());
        let to = usize::from(wire.ends[0] == (who, peer));
        let lane = usize::from(lane == Lane::Bulk);
        wire.queues[to][lane].push_back(bytes);
    }

    fn deliver(&mut self, wire: usize) -> bool {
        let mut moved = false;
        for to in 0..2 {
            for lane in 0..2 {
                let Some(bytes) = self.wires.get_mut(wire).and_then(|wire| wire.queues[to][lane].pop_front()) else { continue };
                let ((from, _), (who, peer)) = (self.wires[wire].ends[1 - to], self.wires[wire].ends[to]);
                moved = true;
                self.bytes += bytes.len();
                let mut frame = Frame::decode(&bytes).expect("what was encoded decodes");
                assert_eq!(frame.encode(), bytes, "one spelling");
                *self.frames.entry(frame.name()).or_default() += 1;
                if std::env::var("TRACE").is_ok() {
                    println!("{} -> {}: {frame:?}", self.devices[from].name, self.devices[who].name);
                }
                if (self.censor)(from, who, &mut frame) && self.devices[who].document.is_some() {
                    self.input(who, Input::Receive { peer, frame });
                }
            }
        }
        moved
    }

    /// All documents hold and show the same; returns the text.
    pub(crate) fn agree(&mut self) -> String {
        let running: Vec<usize> = (0..self.devices.len()).filter(|who| self.devices[*who].document.is_some()).collect();
        let bodies: Vec<Delta> = running.iter().map(|who| self.body(*who)).collect();
        let first = running[0];
        if std::env::var("TRACE").is_ok() {
            self.devices.iter().for_each(Device::print);
        }
        for (who, body) in running.iter().zip(&bodies) {
            let (shown, other) = (&bodies[0].ops, &body.ops);
            let same = shown == other;
            assert!(same, "{} shows {shown:.2000?}\n{} shows {other:.2000?}", self.devices[first].name, self.devices[*who].name);
            let (mine, theirs) = (self.document(first), self.document(*who));
            assert_eq!(mine.frontier_digest(), theirs.frontier_digest(), "{} holds other records", self.devices[*who].name);
            assert_eq!(mine.state_hash(), theirs.state_hash());
            assert!(!theirs.is_pending());
            for view in self.devices[*who].views.values() {
                assert_eq!(&view.text, body, "the view {:?} of {} shows something else", view.id, self.devices[*who].name);
            }
            let alarms =
                |announcement: &&Announcement| matches!(announcement, Announcement::Alarm { .. } | Announcement::Quarantined { .. });
            assert_eq!(self.devices[*who].announcements.iter().find(alarms), None, "{}", self.devices[*who].name);
            recorded::plays(&self.devices[*who]);
        }
        bodies[0].text()
    }
}

impl Device {
    /// What is on its disk, chain by chain.
    fn print(&self) {
        println!("{}: applied {} of {}, trying {:?}", self.name, self.disk.applied, self.disk.records.len(), self.disk.trying);
        for (chain, head) in &self.disk.heads {
            let rows = self.disk.records.iter().filter(|row| row.chain == *chain).count();
            let sealed = self.disk.seals.iter().filter(|seal| seal.chain == *chain).map(|seal| seal.number).max();
            println!("  {} of {:02x?}: {rows} records, sealed {sealed:?}", chain.short(), &head.head[33..36]);
        }
    }

    /// A view that has nothing under way shows what the document holds.
    fn compare_views(&self) {
        let Some(body) = self.document.as_ref().and_then(Document::body) else { return };
        for view in self.views.values().filter(|view| view.open && view.is_settled() && view.version == body.version) {
            assert_eq!(view.text, *body.delta, "the view {:?} of {} shows something else", view.id, self.name);
        }
    }

    /// Another process run of this device.
    pub(crate) fn here(&mut self) -> Here {
        self.runs += 1;
        let seed = *blake3::hash(format!("{} {}", self.name, self.runs).as_bytes()).as_bytes();
        Here { key: self.key, seed, name: self.name.clone(), colour: "teal".into() }
    }
}
