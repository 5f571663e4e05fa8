//! The world: what happens, step by step, and what is carried from whom to whom.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    time::Duration,
};

use sheaf_base::{
    DeviceId,
    planted::{self, Bug},
};
use sheaf_document::{
    Act, Announcement, Answer, Document, Done, Input, Lane, LinkUp, Output, PeerId, RequestId, Role, Span, State, ViewId,
};
use sheaf_protocol::Frame;
use sheaf_record::DeviceKey;

use crate::{
    chance::Chance,
    device::{Device, Told, nobody},
    disk::Disk,
    invariants::{self, Ledger},
    tally::Tally,
    view::{Booked, Edit, View},
    wire::{Manners, Wire},
};

/// What kind of world a seed makes.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Everything follows from it.
    pub seed: u64,
    /// Happenings before everything heals.
    pub steps: usize,
    /// A bug to plant in every device, to show that the world would notice.
    pub planted: Option<Planted>,
    /// Somebody in the middle alters frames. (On a real link nobody can; a hostile member's own frames look like this.)
    pub attacked: bool,
}

/// A bug to plant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Planted {
    /// In the shell: what rests on a turn is told before the turn is durable.
    TellBeforeWrite,
    /// In the product.
    Product(Bug),
}

/// Why a world failed, with the line that reproduces it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Which world.
    pub seed: u64,
    /// At which step.
    pub step: usize,
    /// What did not hold.
    pub what: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "seed {} failed at step {}: {}\n  SHEAF_SIM_SEED={} cargo test -p sheaf-sim one_seed",
            self.seed, self.step, self.what, self.seed
        )
    }
}

/// One tick of simulated time.
const TICK: Duration = Duration::from_millis(20);

/// After healing, everything must be calm within this much simulated time.
const CALM_WITHIN: Duration = Duration::from_secs(240);

/// A world.
pub struct World {
    plan: Plan,
    chance: Chance,
    now: Duration,
    step: usize,
    pub(crate) devices: Vec<Device>,
    links: Vec<Link>,
    next_peer: u64,
    next_view: u64,
    /// Which side of a partition each device is on.
    sides: Vec<bool>,
    manners: Manners,
    /// Frames are being altered.
    attacking: bool,
    backups: BTreeMap<usize, (Duration, Disk)>,
    mail: Vec<(Duration, usize, ViewId, sheaf_document::Item)>,
    pushes: BTreeMap<(usize, ViewId, u64), Edit>,
    pub(crate) ledger: Ledger,
    /// What happened.
    pub tally: Tally,
    transcript: Transcript,
}

/// A link between two devices that are both running.
struct Link {
    ends: [usize; 2],
    peer: PeerId,
    /// `wires[0]` carries from `ends[0]` to `ends[1]`.
    wires: [Wire; 2],
    /// Frames of a Supply that wait for room, per direction.
    supply: [VecDeque<Frame>; 2],
    /// The sender was told that a lane is full, per direction.
    full: [bool; 2],
    /// An end has said that the other has no business here.
    dismissed: bool,
}

/// A running digest of everything that happened, to compare two runs of one seed.
struct Transcript {
    digest: u64,
    print: bool,
}

impl Transcript {
    fn say(&mut self, now: Duration, what: fmt::Arguments<'_>) {
        let line = format!("{:>8} ms  {what}", now.as_millis());
        if self.print {
            println!("{line}");
        }
        for byte in line.bytes() {
            // FNV-1a: cheap, and the same on every machine.
            self.digest = (self.digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// Runs one world from its seed to its end. The answer's second part is the digest of its transcript.
pub fn run(plan: Plan) -> Result<(Tally, u64), Failure> {
    planted::plant(match plan.planted {
        Some(Planted::Product(bug)) => Some(bug),
        Some(Planted::TellBeforeWrite) | None => None,
    });
    let mut world = World::new(plan);
    world.live().and_then(|()| world.heal()).map_err(|what| Failure { seed: plan.seed, step: world.step, what })?;
    Ok((world.tally, world.transcript.digest))
}

/// Alters a frame that carries records: a byte of one, the seals, a signature, or all of it.
fn attack(mut frame: Frame, chance: &mut Chance, tally: &mut Tally) -> Frame {
    let (Frame::Live(bundle) | Frame::Records(bundle)) = &mut frame else { return frame };
    tally.attacks += 1;
    match chance.below(5) {
        // Gone, so that what stands on it comes without it.
        3 | 4 => {
            bundle.runs.clear();
            bundle.seals.clear();
        }
        0 => {
            let records = bundle.runs.iter_mut().flat_map(|run| &mut run.records);
            if let Some(byte) = records.last().and_then(|record| record.last_mut()) {
                *byte ^= 1;
            }
        }
        1 => bundle.seals.clear(),
        _ => bundle.seals.iter_mut().for_each(|seal| seal.signature.0[0] ^= 1),
    }
    frame
}

impl World {
    /// A world with two to six devices, of which the first has made a document.
    pub fn new(plan: Plan) -> World {
        let mut chance = Chance::of(plan.seed);
        let count = 2 + chance.below(5);
        let year = 365 * 24 * 3600 * 1000;
        let devices: Vec<Device> = (0..count)
            .map(|index| Device {
                index,
                key: chance.bytes(),
                clock_skew: if chance.percent(20) { chance.between(0, 3 * year) } else { 0 },
                disk: None,
                ticket: None,
                process: None,
            })
            .collect();
        let unruly = if chance.percent(30) { 5 } else { 0 };
        let manners = Manners { quickest: 1, slowest: chance.between(5, 400), unruly };
        let print = std::env::var_os("SHEAF_SIM_PRINT").is_some();
        World {
            plan,
            now: Duration::from_secs(1),
            step: 0,
            sides: vec![false; count],
            devices,
            links: Vec::new(),
            next_peer: 1,
            next_view: 1,
            manners,
            attacking: plan.attacked,
            backups: BTreeMap::new(),
            mail: Vec::new(),
            pushes: BTreeMap::new(),
            ledger: Ledger::default(),
            tally: Tally::default(),
            transcript: Transcript { digest: 0xcbf2_9ce4_8422_2325, print },
            chance,
        }
    }

    /// What happens before everything heals.
    fn live(&mut self) -> Result<(), String> {
        self.found()?;
        for step in 0..self.plan.steps {
            self.step = step;
            self.happen()?;
            let until = self.now + Duration::from_millis(self.chance.between(20, 400));
            self.pump(until)?;
        }
        Ok(())
    }

    /// The first device makes the document and an invitation; the others keep the ticket.
    fn found(&mut self) -> Result<(), String> {
        let here = self.devices[0].here(&mut self.chance);
        let moment = self.devices[0].moment(self.now);
        let document = Document::create(here, "World", moment).map_err(|error| error.to_string())?;
        self.devices[0].run(document);
        let seed = self.chance.bytes();
        self.tell_document(0, Input::Administer { request: nobody(), act: Act::Invite { role: Role::Edit, seed, label: String::new() } });
        self.open_view(0);
        self.pump(self.now + Duration::from_secs(1))?;
        if self.devices[1].ticket.is_none() {
            return Err("the founder was not given a ticket".to_owned());
        }
        Ok(())
    }

    // ------------------------------------------------------------------------------------------------------------ happenings

    fn happen(&mut self) -> Result<(), String> {
        let who = self.chance.below(self.devices.len());
        match self.chance.below(100) {
            // Several people type in the same moment: that is what has to be merged.
            0..=56 => (0..self.devices.len()).for_each(|who| {
                if self.chance.percent(60) {
                    self.edit(who)
                }
            }),
            57..=66 => self.start(who)?,
            67..=76 => self.open_view(who),
            77 => self.close_view(who),
            78..=80 => self.crash(who),
            81..=82 => self.part(),
            83..=88 => self.sides = vec![false; self.devices.len()],
            89..=90 => self.back_up(who),
            91 => self.restore(who)?,
            92 => self.fill_disk(who),
            93..=95 => self.empty_disks(),
            96..=98 => self.fold(who)?,
            _ => self.rename(who),
        }
        Ok(())
    }

    fn edit(&mut self, who: usize) {
        let word = self.ledger.new_word();
        let line = format!("line{:06}", self.ledger.words_made());
        let Some(process) = self.devices[who].process.as_mut().filter(|process| process.may_edit()) else { return };
        let Some(view) = process.views.values_mut().next() else { return };
        let Some((push, edit)) = view.edit(&mut self.chance, &word, &line) else { return };
        self.tally.edits += 1;
        self.transcript.say(self.now, format_args!("{who} edits: {:?}", edit.delta));
        self.ledger.pushed(who, &edit);
        self.pushes.insert((who, push.view.clone(), push.number), edit);
        process.from_views.push_back(Input::Push(push));
    }

    fn rename(&mut self, who: usize) {
        let title = format!("World {}", self.step);
        let may = self.devices[who].process.as_ref().is_some_and(|process| process.may_edit());
        if may {
            self.tell_document(who, Input::Rename { request: nobody(), title });
        }
    }

    fn start(&mut self, who: usize) -> Result<(), String> {
        if self.devices[who].process.is_none() {
            self.transcript.say(self.now, format_args!("{who} starts"));
            self.devices[who].start(self.now, &mut self.chance)?;
        }
        Ok(())
    }

    fn open_view(&mut self, who: usize) {
        let Some(process) = &mut self.devices[who].process else { return };
        if process.document.state() != State::Ready || process.views.len() >= 2 {
            return;
        }
        let id = ViewId::from(format!("view{}", self.next_view).as_str());
        self.next_view += 1;
        process.views.insert(id.clone(), View::new(id.clone()));
        process.from_views.push_back(Input::Open { view: id });
    }

    fn close_view(&mut self, who: usize) {
        let Some(process) = &mut self.devices[who].process else { return };
        if let Some((id, _)) = process.views.pop_first() {
            process.from_views.push_back(Input::Close { view: id });
        }
    }

    fn crash(&mut self, who: usize) {
        // Dying here twice in a row is what a killing record looks like, and would put an innocent one aside (see docs/decisions).
        if self.devices[who].is_trying_alone() {
            return;
        }
        let Some(process) = self.devices[who].process.take() else { return };
        self.tally.crashes += 1;
        self.tally.torn_tails += u64::from(process.writing.is_some());
        self.transcript.say(self.now, format_args!("{who} crashes, writing: {}", process.writing.is_some()));
        self.unlink(|link| link.ends.contains(&who));
        self.mail.retain(|(_, device, _, _)| *device != who);
    }

    fn part(&mut self) {
        self.tally.partitions += 1;
        for side in &mut self.sides {
            *side = self.chance.percent(50);
        }
        self.transcript.say(self.now, format_args!("parted: {:?}", self.sides));
    }

    fn back_up(&mut self, who: usize) {
        if let Some(disk) = self.devices[who].disk.as_ref().filter(|disk| !disk.is_empty()) {
            self.backups.insert(who, (self.now, disk.clone()));
        }
    }

    fn restore(&mut self, who: usize) -> Result<(), String> {
        let Some((when, disk)) = self.backups.get(&who).cloned() else { return Ok(()) };
        self.crash(who);
        if self.devices[who].process.is_some() {
            return Ok(());
        }
        self.tally.restores += 1;
        self.transcript.say(self.now, format_args!("{who} is restored to {} ms", when.as_millis()));
        self.ledger.restored(who, when, &disk)?;
        self.devices[who].disk = Some(disk);
        Ok(())
    }

    fn fill_disk(&mut self, who: usize) {
        if let Some(disk) = &mut self.devices[who].disk {
            disk.full = true;
        }
    }

    fn empty_disks(&mut self) {
        self.devices.iter_mut().filter_map(|device| device.disk.as_mut()).for_each(|disk| disk.full = false);
    }

    /// Folds what is durable into a snapshot, as the engine does beside the turns.
    fn fold(&mut self, who: usize) -> Result<(), String> {
        let device = &mut self.devices[who];
        let (Some(process), Some(disk)) = (&mut device.process, &mut device.disk) else { return Ok(()) };
        if process.document.state() != State::Ready || process.writing.is_some() {
            return Ok(());
        }
        let snapshot = process.document.fold(disk.hydration()).run().map_err(|error| format!("device {who}: {error}"))?;
        self.tally.folds += 1;
        disk.keep_snapshot(snapshot);
        Ok(())
    }

    // ---------------------------------------------------------------------------------------------------------- time and wires

    /// Lets time pass.
    fn pump(&mut self, until: Duration) -> Result<(), String> {
        while self.now < until {
            self.now += TICK;
            self.link_up();
            self.deliver_frames();
            self.push_supplies();
            self.deliver_mail();
            for who in 0..self.devices.len() {
                let takes = Duration::from_millis(self.chance.between(0, 60));
                let early = self.plan.planted == Some(Planted::TellBeforeWrite);
                let told = self.devices[who].step(self.now, takes, early);
                self.carry(who, told)?;
            }
        }
        Ok(())
    }

    fn may_meet(&self, a: usize, b: usize) -> bool {
        self.sides[a] == self.sides[b] && self.devices[a].process.is_some() && self.devices[b].process.is_some()
    }

    fn link_up(&mut self) {
        let sides = self.sides.clone();
        let forgiven = self.chance.percent(10);
        self.unlink(|link| sides[link.ends[0]] != sides[link.ends[1]] || (link.dismissed && forgiven));
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
            self.hear_from_peer(at, Input::LinkUp(LinkUp { peer, device, exporter, settled: false }));
        }
    }

    fn unlink(&mut self, gone: impl Fn(&Link) -> bool) {
        let (down, up): (Vec<Link>, Vec<Link>) = std::mem::take(&mut self.links).into_iter().partition(|link| gone(link));
        self.links = up;
        for link in down {
            for end in link.ends {
                self.hear_from_peer(end, Input::LinkDown { peer: link.peer });
            }
        }
    }

    fn deliver_frames(&mut self) {
        let now = self.now;
        let mut heard = Vec::new();
        for link in &mut self.links {
            for direction in 0..2 {
                let (from, to) = (link.ends[direction], link.ends[1 - direction]);
                for frame in link.wires[direction].arrived(now) {
                    heard.push((to, Input::Receive { peer: link.peer, frame }));
                }
                if link.full[direction] && link.wires[direction].has_room() {
                    link.full[direction] = false;
                    heard.push((from, Input::LinkFree { peer: link.peer }));
                }
            }
        }
        for (who, input) in heard {
            self.hear_from_peer(who, input);
        }
    }

    fn deliver_mail(&mut self) {
        let now = self.now;
        let (due, later): (Vec<_>, Vec<_>) = std::mem::take(&mut self.mail).into_iter().partition(|(at, ..)| *at <= now);
        self.mail = later;
        for (_, who, id, item) in due {
            let Some(process) = &mut self.devices[who].process else { continue };
            let Some(view) = process.views.get_mut(&id) else { continue };
            if view.book(item) == Booked::Merged {
                self.tally.merges += 1;
            }
            process.from_views.push_back(Input::Confirm { view: id, version: view.version() });
        }
    }

    fn carry(&mut self, who: usize, told: Told) -> Result<(), String> {
        if told.wrote {
            let disk = self.devices[who].disk.as_ref().ok_or("a write without a disk")?;
            self.ledger.written(who, disk, self.plan.attacked).map_err(|what| format!("device {who}: {what}"))?;
        }
        self.tally.full_disks += u64::from(told.refused);
        for answer in told.answers {
            self.answer(who, answer);
        }
        for output in told.outputs {
            self.output(who, output)?;
        }
        Ok(())
    }

    /// Whether something is on its way to a window.
    pub(crate) fn has_mail(&self) -> bool {
        !self.mail.is_empty()
    }

    fn answer(&mut self, who: usize, answer: Answer) {
        match answer {
            Answer::Pushed { view, number, result } => {
                let edit = self.pushes.remove(&(who, view.clone(), number));
                let accepted = result.is_ok();
                if let (Some(edit), true) = (&edit, accepted) {
                    self.ledger.saved(who, edit, self.now);
                }
                if !accepted && let Some(process) = &mut self.devices[who].process {
                    process.views.get_mut(&view).into_iter().for_each(|view| view.refused(number));
                }
                self.transcript.say(self.now, format_args!("{who} push {number}: {result:?}"));
            }
            Answer::Done { result: Ok(Done::Ticket(ticket)), .. } => {
                for device in &mut self.devices[1..] {
                    device.ticket = Some((*ticket).clone());
                }
            }
            Answer::Done { request: RequestId(_), .. } => {}
        }
    }

    fn output(&mut self, who: usize, output: Output) -> Result<(), String> {
        match output {
            Output::View { view, item } => {
                // Messages to a window may overtake one another.
                let due = self.now + Duration::from_millis(self.chance.between(0, 60));
                self.mail.push((due, who, view, item));
            }
            Output::Send { peer, lane, frame } => {
                self.ledger.sent(who, &frame).map_err(|what| format!("device {who}: {what}"))?;
                self.send(who, peer, lane, frame);
            }
            Output::Supply { peer, spans } => self.supply(who, peer, &spans)?,
            Output::Dismiss { peer, reason } => {
                self.transcript.say(self.now, format_args!("{who} dismisses {peer:?}: {reason}"));
                self.links.iter_mut().filter(|link| link.peer == peer).for_each(|link| link.dismissed = true);
            }
            Output::Hydrate { .. } => self.hydrate(who),
            Output::Announce(Announcement::Alarm { device, evidence }) => {
                return Err(format!("device {who} sees another text than {device:?} at the same frontier: {evidence}"));
            }
            Output::Announce(Announcement::Quarantined { device, reason }) if !self.plan.attacked => {
                return Err(format!("device {who} put aside a record of {device:?}: {reason}"));
            }
            Output::Presence { .. } | Output::Announce(_) | Output::Routes { .. } => {}
        }
        Ok(())
    }

    fn send(&mut self, who: usize, peer: PeerId, lane: Lane, frame: Frame) {
        let Some(link) = self.links.iter_mut().find(|link| link.peer == peer) else { return };
        let direction = usize::from(link.ends[1] == who);
        let frame = if self.attacking && self.chance.percent(5) { attack(frame, &mut self.chance, &mut self.tally) } else { frame };
        let sent = link.wires[direction].send(lane, frame, self.now, self.manners, &mut self.chance, &mut self.tally);
        if !sent {
            link.full[direction] = true;
            self.hear_from_peer(who, Input::LinkFull { peer });
        }
    }

    /// Puts stretches of the journal on the bulk lane, frame by frame as there is room.
    fn supply(&mut self, who: usize, peer: PeerId, spans: &[Span]) -> Result<(), String> {
        let Some(disk) = &self.devices[who].disk else { return Ok(()) };
        let frames = disk.supply(spans);
        for frame in &frames {
            self.ledger.sent(who, frame).map_err(|what| format!("device {who}: {what}"))?;
        }
        if let Some(link) = self.links.iter_mut().find(|link| link.peer == peer) {
            link.supply[usize::from(link.ends[1] == who)].extend(frames);
        }
        Ok(())
    }

    /// Moves what waits for room onto the wires, and says when a supply has been handed over.
    fn push_supplies(&mut self) {
        let mut free = Vec::new();
        for link in &mut self.links {
            for direction in 0..2 {
                let waiting = &mut link.supply[direction];
                if waiting.is_empty() {
                    continue;
                }
                while link.wires[direction].has_room() {
                    let Some(frame) = waiting.pop_front() else { break };
                    link.wires[direction].send(Lane::Bulk, frame, self.now, self.manners, &mut self.chance, &mut self.tally);
                }
                if waiting.is_empty() {
                    free.push((link.ends[direction], link.peer));
                }
            }
        }
        for (who, peer) in free {
            self.hear_from_peer(who, Input::LinkFree { peer });
        }
    }

    fn hydrate(&mut self, who: usize) {
        let Some(disk) = &self.devices[who].disk else { return };
        let hydration = disk.hydration();
        self.tell_document(who, Input::Hydrate(hydration));
    }

    fn tell_document(&mut self, who: usize, input: Input) {
        if let Some(process) = &mut self.devices[who].process {
            process.from_views.push_back(input);
        }
    }

    fn hear_from_peer(&mut self, who: usize, input: Input) {
        if let Some(process) = &mut self.devices[who].process {
            process.from_peers.push_back(input);
        }
    }

    fn device_id(&self, who: usize) -> DeviceId {
        DeviceKey::from_bytes(&self.devices[who].key).device()
    }

    // ---------------------------------------------------------------------------------------------------------------- the end

    /// Everything works again. Then all must agree, and no saved word that nobody deleted may be missing.
    fn heal(&mut self) -> Result<(), String> {
        self.sides = vec![false; self.devices.len()];
        self.manners.unruly = 0;
        self.attacking = false;
        for who in 0..self.devices.len() {
            if let Some(disk) = &mut self.devices[who].disk {
                disk.full = false;
            }
            self.start(who)?;
        }
        let deadline = self.now + CALM_WITHIN;
        loop {
            self.pump(self.now + Duration::from_secs(2))?;
            for who in 0..self.devices.len() {
                if self.devices[who].process.as_ref().is_some_and(|process| process.views.is_empty()) {
                    self.open_view(who);
                }
            }
            match invariants::calm(self) {
                Ok(()) => return invariants::agree(self),
                Err(_) if self.now < deadline => {}
                Err(what) => return Err(format!("not calm {} s after everything healed: {what}", CALM_WITHIN.as_secs())),
            }
        }
    }
}
