//! The world: what happens, step by step, and what is carried from whom to whom.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use sheaf_base::{DeviceId, planted};
use sheaf_document::{Act, Announcement, Answer, Document, Done, Input, Output, RequestId, ReviewJob, Role, State, Status, ViewId};
use sheaf_protocol::Versions;
use sheaf_record::DeviceKey;

use crate::{
    chance::Chance,
    device::{Device, Refusal, Told, nobody},
    disk::Disk,
    eavesdrop::Overheard,
    hostile::Malice,
    invariants,
    ledger::Ledger,
    links::Link,
    plan::{Failure, Plan, Planted},
    quarrel::Quarrels,
    tally::Tally,
    trouble::Trouble,
    troubled::{Turnout, skew},
    view::{Booked, Edit, View},
    wire::Manners,
};

/// One tick of simulated time.
const TICK: Duration = Duration::from_millis(20);

/// After healing, everything must be calm within this much simulated time (issue 3).
const CALM_WITHIN: Duration = Duration::from_secs(60);

/// What the draw for other builds begins from.
const BUILDS: u64 = 0x6275_696c_6473;

/// Of a hundred worlds so many have seven or eight devices: they cost three times as much as others.
const CROWDS: u32 = 6;

/// In so many of a hundred steps a hostile device does something on purpose.
const CRIMES: u32 = 15;

/// What the draw for removals begins from.
const REMOVALS: u64 = 0x7265_6d6f_7665;
/// Of a hundred steps in which an admin could remove somebody so many are such.
const REMOVED: u32 = 25;

/// A world.
pub struct World {
    pub(crate) plan: Plan,
    pub(crate) chance: Chance,
    pub(crate) now: Duration,
    step: usize,
    pub(crate) devices: Vec<Device>,
    pub(crate) links: Vec<Link>,
    pub(crate) next_peer: u64,
    next_view: u64,
    /// Which side of a partition each device is on.
    pub(crate) sides: Vec<bool>,
    /// Links that are cut, whoever is on which side.
    pub(crate) cut: BTreeSet<(usize, usize)>,
    /// Links that are to be cut, or to come back.
    pub(crate) turnouts: Vec<Turnout>,
    pub(crate) manners: Manners,
    /// Frames are being altered.
    pub(crate) attacking: bool,
    /// What hostile devices are up to.
    pub(crate) malice: Malice,
    /// What honest ones are.
    pub(crate) quarrels: Quarrels,
    /// What goes over wires, and who has which keys.
    pub(crate) overheard: Overheard,
    /// How many devices there were at first.
    began_with: usize,
    /// Everything works again.
    pub(crate) healing: bool,
    /// What each device last said of the others.
    pub(crate) statuses: BTreeMap<usize, Status>,
    /// Devices that have met two histories of one chain.
    forks: BTreeSet<usize>,
    /// When each was last put back to a backup: what it said of itself before is not true any more.
    pub(crate) put_back: BTreeMap<usize, Duration>,
    /// When each process run has given its first receipt.
    pub(crate) runs: BTreeMap<[u8; 16], Duration>,
    backups: BTreeMap<usize, (Duration, Disk)>,
    pub(crate) mail: Vec<(Duration, usize, ViewId, sheaf_document::Item)>,
    pub(crate) pushes: BTreeMap<(usize, ViewId, u64), Edit>,
    pub(crate) ledger: Ledger,
    /// What happened.
    pub tally: Tally,
    pub(crate) transcript: Transcript,
}

/// A running digest of everything that happened, to compare two runs of one seed.
pub(crate) struct Transcript {
    digest: u64,
    print: bool,
}

impl Transcript {
    pub(crate) fn say(&mut self, now: Duration, what: fmt::Arguments<'_>) {
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

/// Runs one world from its seed to its end. The answer's second part is the digest of its transcript. A panic in it is a failure of this
/// world, like any other.
pub fn run(plan: Plan) -> Result<(Tally, u64), Failure> {
    planted::plant(match plan.planted {
        Some(Planted::Product(bug)) => Some(bug),
        Some(Planted::TellBeforeWrite) | None => None,
    });
    let mut world = World::new(plan);
    let lived = catch_unwind(AssertUnwindSafe(|| world.live().and_then(|()| world.heal())));
    let lived = lived.unwrap_or_else(|panic| Err(format!("a panic: {}", said_by(&*panic))));
    planted::plant(None);
    match lived {
        Ok(()) => Ok((world.tally, world.transcript.digest)),
        Err(what) => Err(Failure { plan, step: world.step, what }),
    }
}

/// What a panic said.
fn said_by(panic: &dyn std::any::Any) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a word")
}

/// Gives some devices another build: a later one that can do what this one can, or one that cannot any more.
fn other_builds(mut devices: Vec<Device>, plan: &Plan) -> Vec<Device> {
    // Drawn apart, so that a world is else the same with it and without.
    let mut chance = Chance::of(plan.seed ^ BUILDS);
    for device in devices.iter_mut().filter(|_| !plan.without.has(Trouble::Version)) {
        device.speaks = match chance.below(100) {
            0..10 => Versions { lowest: Versions::HERE.lowest, highest: Versions::HERE.highest + 1 },
            10..14 => Versions { lowest: Versions::HERE.highest + 1, highest: Versions::HERE.highest + 1 },
            _ => Versions::HERE,
        };
    }
    devices
}

impl World {
    /// A world with two to six devices, now and then eight, of which the first has made a document.
    pub fn new(plan: Plan) -> World {
        let mut chance = Chance::of(plan.seed);
        let drawn = if chance.percent(CROWDS) { 7 + chance.below(2) } else { 2 + chance.below(5) };
        // A hostile device is watched by two who are not.
        let count = drawn.max(if plan.hostile > 0 { 3 + plan.hostile } else { 2 }).min(plan.devices);
        let devices: Vec<Device> = (0..count)
            .map(|index| Device {
                index,
                key: chance.bytes(),
                clock_skew: Some(skew(&mut chance)).filter(|_| chance.percent(30) && !plan.without.has(Trouble::Skew)).unwrap_or(0),
                speaks: Versions::HERE,
                hostile: index >= 2 && index + plan.hostile >= count,
                remembered: index >= 2 && index + plan.hostile >= count && !plan.without.has(Trouble::Twin),
                slow_until: Duration::ZERO,
                still: None,
                disk: None,
                // The founder's begins to fail when there is a ticket: without one there is no world.
                failing: plan.failing.filter(|failing| failing.device == index && index > 0),
                ticket: None,
                heard: BTreeMap::new(),
                process: None,
            })
            .collect();
        let devices = other_builds(devices, &plan);
        let unruly = if chance.percent(30) && !plan.without.has(Trouble::Unruly) { 5 } else { 0 };
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
            cut: BTreeSet::new(),
            turnouts: Vec::new(),
            manners,
            attacking: plan.attacked,
            malice: Malice::default(),
            quarrels: Quarrels::default(),
            overheard: Overheard::default(),
            began_with: count,
            healing: false,
            statuses: BTreeMap::new(),
            forks: BTreeSet::new(),
            put_back: BTreeMap::new(),
            runs: BTreeMap::new(),
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
            self.chance = Chance::of_step(self.plan.seed, step);
            self.happen()?;
            let until = self.now + Duration::from_millis(self.chance.between(20, 400));
            self.pump(until)?;
            self.tally.facts += invariants::hold(self)?;
        }
        Ok(())
    }

    /// The first device makes the document and an invitation; the others keep the ticket.
    fn found(&mut self) -> Result<(), String> {
        self.count_clocks();
        self.tally.crowds = u64::from(self.devices.len() >= 7);
        self.tally.mixed = u64::from(self.devices.iter().any(|device| device.speaks != Versions::HERE));
        for hostile in self.devices.iter().filter(|device| device.hostile).map(|device| device.index).collect::<Vec<_>>() {
            self.ledger.expect_forks_of(self.device_id(hostile));
        }
        self.tally.accomplices = u64::from(self.devices.iter().filter(|device| device.hostile).count() > 1);
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
        if let (Some(failing), Some(disk)) = (self.plan.failing.filter(|failing| failing.device == 0), &mut self.devices[0].disk) {
            disk.begin_to_fail(Some(failing));
        }
        Ok(())
    }

    // ------------------------------------------------------------------------------------------------------------ happenings

    fn happen(&mut self) -> Result<(), String> {
        let who = self.chance.below(self.devices.len());
        if self.plan.hostile > 0 && self.chance.percent(CRIMES) {
            self.commit_crime()?;
        }
        if self.plan.removing {
            self.take_away();
        }
        if self.plan.quarreling {
            self.quarrel()?;
        }
        match self.chance.below(104) {
            // Several people type in the same moment: that is what has to be merged.
            0..=56 => (0..self.devices.len()).for_each(|who| {
                if self.chance.percent(60) {
                    self.edit(who)
                }
            }),
            57..=66 => self.start(who)?,
            67..=76 => self.open_view(who),
            77 => self.close_view(who),
            78..=80 => {
                let who = self.somebody_writing().filter(|_| self.step.is_multiple_of(2)).unwrap_or(who);
                self.crash(who);
            }
            81..=82 if self.may(Trouble::Partition) => self.part(),
            83..=88 => self.sides = vec![false; self.devices.len()],
            89..=90 => self.back_up(who),
            91 if self.may(Trouble::Restore) => self.restore(who)?,
            92 if self.may(Trouble::FullDisk) => self.fill_disk(who),
            93..=95 => self.empty_disks(),
            96..=98 if self.may(Trouble::HangUp) => self.hang_up(),
            99 => self.rename(who),
            100..=103 => self.trouble(who),
            _ => {}
        }
        Ok(())
    }

    pub(crate) fn edit(&mut self, who: usize) {
        let word = self.ledger.new_word();
        let line = format!("line{:06}", self.ledger.words_made());
        let Some(process) = self.devices[who].process.as_mut().filter(|process| process.may_edit()) else { return };
        let Some(view) = process.views.values_mut().next() else { return };
        let Some((push, edit)) = view.edit(&mut self.chance, &word, &line) else { return };
        self.tally.edits += 1;
        self.transcript.say(self.now, format_args!("{who} edits: {:?}", edit.delta));
        self.ledger.pushed(&edit);
        self.pushes.insert((who, push.view.clone(), push.number), edit);
        process.from_views.push_back(Input::Push(push));
    }

    /// The founder makes the second device an admin; then either of them, without asking the other, removes those who mean harm.
    fn take_away(&mut self) {
        // Drawn apart, so that a world is else the same with it and without.
        let mut chance = Chance::of_step(self.plan.seed ^ REMOVALS, self.step);
        let who = chance.below(2);
        let Some(process) = self.devices[who].process.as_ref().filter(|process| process.is_idle()) else { return };
        let memberships = process.document.memberships();
        let of = |device: DeviceId| memberships.iter().find(|membership| membership.devices.contains(&device)).cloned();
        let second = of(self.device_id(1)).filter(|second| who == 0 && second.role == Role::Edit);
        if let Some(second) = second {
            let act = Act::Role { member: second.id, role: Role::Admin };
            return self.tell_document(who, Input::Administer { request: nobody(), act });
        }
        // All have one ticket, and a removal closes that of the removed: whoever is honest must have come.
        let (hostile, honest): (Vec<usize>, Vec<usize>) = (0..self.devices.len()).partition(|who| self.devices[*who].hostile);
        if honest.iter().any(|who| of(self.device_id(*who)).is_none()) {
            return;
        }
        let Some(&whom) = chance.pick(&hostile).filter(|_| chance.percent(REMOVED)) else { return };
        if let Some(member) = of(self.device_id(whom)).filter(|_| process.document.role() >= Role::Admin) {
            self.tally.removals += 1;
            self.transcript.say(self.now, format_args!("{who} removes {whom}"));
            let act = Act::Remove { member: member.id, devices: Vec::new() };
            self.tell_document(who, Input::Administer { request: nobody(), act });
        }
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
            self.look_at_disk(who)?;
            self.devices[who].start(self.now, &mut self.chance)?;
        }
        Ok(())
    }

    pub(crate) fn open_view(&mut self, who: usize) {
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

    /// Somebody in the middle of a write, if there is one: that is where a crash hurts.
    fn somebody_writing(&self) -> Option<usize> {
        let writing = |device: &&Device| device.process.as_ref().is_some_and(|process| process.writing.is_some());
        self.devices.iter().find(writing).map(|device| device.index)
    }

    fn crash(&mut self, who: usize) {
        if !self.may(Trouble::Crash) {
            return;
        }
        // Dying here twice in a row is what a killing record looks like, and would put an innocent one aside (see docs/decisions).
        if self.devices[who].is_trying_alone() {
            return;
        }
        let Some(process) = self.devices[who].process.take() else { return };
        self.tally.crashes += 1;
        self.statuses.remove(&who);
        self.devices[who].still = None;
        self.transcript.say(self.now, format_args!("{who} crashes, writing: {}", process.writing.is_some()));
        if let Some((turn, _)) = &process.writing {
            // A transaction is on the disk wholly or not at all; of the former, too, nobody has heard.
            let reached = self.chance.percent(50) && self.devices[who].disk.as_mut().is_some_and(|disk| disk.commit(&turn.writes).is_ok());
            self.tally.unheard += u64::from(reached);
            self.tally.torn_tails += u64::from(!reached);
        }
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
        // To be put back to this moment later is to die in it, perhaps for the second time.
        if self.devices[who].is_trying_alone() {
            return;
        }
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
        self.put_back.insert(who, self.now);
        self.transcript.say(self.now, format_args!("{who} is restored to {} ms", when.as_millis()));
        if let Some(it) = &mut self.devices[who].disk {
            it.put_back(&disk);
        }
        self.ledger.restored(who, when, &disk)?;
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

    // ---------------------------------------------------------------------------------------------------------- time and wires

    /// Lets time pass.
    pub(crate) fn pump(&mut self, until: Duration) -> Result<(), String> {
        while self.now < until {
            self.now += TICK;
            self.turn_out();
            self.link_up();
            self.deliver_frames();
            self.push_supplies();
            self.deliver_mail();
            for who in 0..self.devices.len() {
                if self.is_held_up(who) {
                    continue;
                }
                let takes = Duration::from_millis(self.chance.between(0, 60));
                let early = self.plan.planted == Some(Planted::TellBeforeWrite);
                let told = self.devices[who].step(self.now, takes, early).map_err(|error| format!("device {who}: {error}"))?;
                self.carry(who, told)?;
            }
        }
        Ok(())
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
            self.look_at_disk(who)?;
        }
        let counts_less = told.outputs.iter().any(|output| matches!(output, Output::Hydrate { from_start: true }));
        self.tally.rebuilt += u64::from(counts_less && self.plan.removing && !self.devices[who].hostile);
        self.tally.full_disks += u64::from(told.refused == Some(Refusal::Full));
        self.tally.fsync_lost += u64::from(told.refused == Some(Refusal::Lost));
        self.tally.fsync_unheard += u64::from(told.refused == Some(Refusal::Unheard));
        self.tally.folds += u64::from(told.folded);
        invariants::told(told.outputs.len()).map_err(|what| format!("device {who}: {what}"))?;
        for answer in told.answers {
            self.answer(who, answer);
        }
        for output in told.outputs {
            self.output(who, output)?;
        }
        Ok(())
    }

    /// Books what has become durable on a device's disk.
    fn look_at_disk(&mut self, who: usize) -> Result<(), String> {
        let Some(disk) = &self.devices[who].disk else { return Ok(()) };
        self.ledger.written(who, disk).map_err(|what| format!("device {who}: {what}"))?;
        if self.plan.listens() {
            self.overheard.secrets(self.device_id(who), disk.stored().secrets.iter().map(|row| row.secret));
        }
        let newest = disk.stored().records.last().map(|row| (row.chain, row.number, row.hash));
        self.transcript.say(self.now, format_args!("{who} has {} rows, the last {newest:?}", disk.len()));
        Ok(())
    }

    /// Whether something is on its way to a window of this device.
    pub(crate) fn has_mail_to(&self, who: usize) -> bool {
        self.mail.iter().any(|(_, device, ..)| *device == who)
    }

    /// Whether something is on its way to this window.
    pub(crate) fn has_mail_for(&self, who: usize, window: &ViewId) -> bool {
        self.mail.iter().any(|(_, device, view, _)| *device == who && view == window)
    }

    /// Whether frames were altered in it.
    pub(crate) fn is_attacked(&self) -> bool {
        self.plan.attacked
    }

    /// How many devices it began with.
    pub(crate) fn plan_began_with(&self) -> usize {
        self.began_with
    }

    /// Which of its happenings it is at.
    pub(crate) fn step(&self) -> usize {
        self.step
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
            Answer::Done { result: Ok(Done::Ticket(ticket, _)), .. } => self.hand_out(&ticket),
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
            Output::Hydrate { from_start } => self.hydrate(who, from_start),
            Output::Review => self.review(who)?,
            Output::Announce(Announcement::Status(status)) => drop(self.statuses.insert(who, status)),
            Output::Announce(Announcement::Forked { device, .. }) => {
                if !self.is_hostile(&device) {
                    return Err(format!("device {who} says that {device:?} has forked a chain, which is honest"));
                }
                self.transcript.say(self.now, format_args!("{who} has met two histories of a chain"));
                self.forks.insert(who);
            }
            // A hostile device lies about its text, and hears lies.
            Output::Announce(Announcement::Alarm { device, evidence }) if !self.devices[who].hostile && !self.is_hostile(&device) => {
                return Err(format!("device {who} sees another text than {device:?} at the same frontier: {evidence}"));
            }
            Output::Announce(Announcement::Quarantined { device, reason })
                if !self.plan.attacked && !self.is_hostile(&device) && !self.devices[who].hostile =>
            {
                return Err(format!("device {who} put aside a record of {device:?}: {reason}"));
            }
            Output::Presence { .. } | Output::Announce(_) | Output::Routes { .. } => {}
        }
        Ok(())
    }

    fn hydrate(&mut self, who: usize, from_start: bool) {
        let Some(disk) = &self.devices[who].disk else { return };
        let hydration = if from_start { disk.hydration_from_start() } else { disk.hydration() };
        self.tell_document(who, Input::Hydrate(hydration));
    }

    /// What was written apart is looked at, now and then: it takes a replica of the whole text.
    fn review(&mut self, who: usize) -> Result<(), String> {
        let device = &mut self.devices[who];
        let (Some(disk), Some(process)) = (&device.disk, &mut device.process) else { return Ok(()) };
        let job = process.document.review(disk.hydration_from_start());
        match job.filter(|_| self.now.as_millis().is_multiple_of(8)).map(ReviewJob::run) {
            Some(Err(error)) if !device.hostile => Err(format!("device {who}: {error}")),
            _ => Ok(()),
        }
    }

    pub(crate) fn tell_document(&mut self, who: usize, input: Input) {
        if let Some(process) = &mut self.devices[who].process {
            process.from_views.push_back(input);
        }
    }

    pub(crate) fn hear_from_peer(&mut self, who: usize, input: Input) {
        if let Some(process) = &mut self.devices[who].process {
            process.from_peers.push_back(input);
        }
    }

    /// Whether this device is hostile, or there are two of it.
    pub(crate) fn is_hostile(&self, device: &DeviceId) -> bool {
        (0..self.devices.len()).any(|who| self.devices[who].hostile && self.device_id(who) == *device)
    }

    pub(crate) fn device_id(&self, who: usize) -> DeviceId {
        DeviceKey::from_bytes(&self.devices[who].key).device()
    }

    // ---------------------------------------------------------------------------------------------------------------- the end

    /// Everything works again. Then all must agree, and no saved word that nobody deleted may be missing.
    fn heal(&mut self) -> Result<(), String> {
        self.sides = vec![false; self.devices.len()];
        self.cut.clear();
        self.turnouts.clear();
        // A wire that has lost frames is no wire any more: a real link would have failed.
        if std::mem::take(&mut self.manners.unruly) > 0 {
            self.unlink(|_| true);
        }
        self.attacking = false;
        self.healing = true;
        self.update_builds();
        self.end_malice();
        for who in 0..self.devices.len() {
            (self.devices[who].still, self.devices[who].slow_until) = (None, Duration::ZERO);
            if let Some(disk) = &mut self.devices[who].disk {
                disk.full = false;
                disk.stumbles.clear();
                if disk.failing.take().is_some() {
                    self.tally.operations = disk.operations;
                    self.tally.failed_writes = disk.struck;
                }
            }
            self.start(who)?;
        }
        let deadline = self.now + CALM_WITHIN;
        loop {
            self.pump(self.now + Duration::from_secs(2))?;
            for who in 0..self.devices.len() {
                // Whoever has been given a ticket since, by a device that stood still when it was asked for one.
                self.start(who)?;
                if self.devices[who].process.as_ref().is_some_and(|process| process.views.is_empty()) {
                    self.open_view(who);
                }
            }
            match self.race_is_over().and_then(|()| invariants::calm(self)) {
                Ok(()) => {
                    self.tally.facts += invariants::hold(self)?;
                    invariants::agree(self)?;
                    self.look_at_quarrels()?;
                    self.tally.forks_seen =
                        u64::from(self.devices.iter().any(|device| !device.hostile && self.forks.contains(&device.index)));
                    return Ok(());
                }
                Err(_) if self.now < deadline => {}
                Err(what) => return Err(format!("not calm {} s after everything healed: {what}", CALM_WITHIN.as_secs())),
            }
        }
    }
}
