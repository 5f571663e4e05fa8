//! One device: a disk that outlives its processes, and a process that runs the turn loop of design.md section 3 on simulated time.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use sheaf_base::{DeviceId, DocumentId, Moment, Wall, limits};
use sheaf_document::{Answer, Document, FoldError, FoldJob, Here, Input, Output, RequestId, Role, Stored, Ticket, Turn, ViewId};
use sheaf_protocol::{Frame, Versions};

use crate::{chance::Chance, disk::Disk, plan::Failing, view::View};

/// Frames that wait for a process; the others wait on their wires.
pub const INBOX: usize = 256;

/// Records after which a new snapshot is made (issue 2; the engine's own number would never come about here).
const FOLD_AFTER: u64 = 20;

/// A device.
pub struct Device {
    /// Its place in the world.
    pub index: usize,
    /// Its secret key.
    pub key: [u8; 32],
    /// Its clock is this far off, in milliseconds, either way: nothing may be decided by it.
    pub clock_skew: i64,
    /// The versions of the protocol that its build speaks.
    pub speaks: Versions,
    /// It runs a patched program, or somebody else has its key: nothing is promised to it.
    pub hostile: bool,
    /// What a process of it does is written down, so that it can be lived through a second time.
    pub remembered: bool,
    /// Until then it gets a turn now and then only.
    pub slow_until: Duration,
    /// It stands still: since when, and until when.
    pub still: Option<(Duration, Duration)>,
    /// What survives.
    pub disk: Option<Disk>,
    /// How its disk will fail.
    pub failing: Option<Failing>,
    /// What it joined with, kept as the app keeps it, for as long as there is no first copy.
    pub ticket: Option<Ticket>,
    /// Which process run of which other gave the receipt that was heard here at this time, by this device's clock.
    pub heard: BTreeMap<(DeviceId, Wall), [u8; 16]>,
    /// What does not survive.
    pub process: Option<Process>,
}

/// A running process.
pub struct Process {
    /// How it began and what it has been told since, if that is remembered.
    pub memory: Option<Memory>,
    /// The document.
    pub document: Document,
    /// Heard and not yet handled, views first.
    pub from_views: VecDeque<Input>,
    /// See `from_views`.
    pub from_peers: VecDeque<Input>,
    /// The turn that is being written, and when the disk will answer.
    pub writing: Option<(Turn, Duration)>,
    /// Its windows.
    pub views: BTreeMap<ViewId, View>,
    /// A snapshot that is being made beside the turns, and when it will be done.
    folding: Option<(FoldJob, Duration)>,
    /// The journal row up to which folding has begun.
    folded: u64,
}

/// What a process tells the world after a step.
pub struct Told {
    /// To views and peers.
    pub outputs: Vec<Output>,
    /// To whoever asked.
    pub answers: Vec<Answer>,
    /// Records became durable.
    pub wrote: bool,
    /// The disk did not say that it wrote.
    pub refused: Option<Refusal>,
    /// A snapshot was made.
    pub folded: bool,
}

/// Why a disk did not say that it wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is full.
    Full,
    /// It failed, and nothing is written.
    Lost,
    /// It failed, and all is written.
    Unheard,
}

impl Device {
    /// Who this device is in a new process: the randomness is fresh for every one.
    pub fn here(&self, chance: &mut Chance) -> Here {
        Here { key: self.key, seed: chance.bytes(), name: format!("Person {}", self.index), colour: "teal".to_owned() }
    }

    /// What this device's clocks say.
    pub fn moment(&self, now: Duration) -> Moment {
        let wall = 1_790_000_000_000 + now.as_millis() as u64;
        Moment { wall: Wall(wall.saturating_add_signed(self.clock_skew)), elapsed: now }
    }

    /// Whether the journal says, or is about to say, that one suspected record meets yrs alone.
    pub fn is_trying_alone(&self) -> bool {
        let marked = |trying: Option<u64>| trying.is_some_and(|row| row > 0);
        let writing = self.process.as_ref().and_then(|process| process.writing.as_ref());
        self.disk.as_ref().is_some_and(|disk| marked(disk.stored().trying)) || writing.is_some_and(|(turn, _)| marked(turn.writes.trying))
    }

    /// Which document, once known.
    pub fn document(&self) -> Option<DocumentId> {
        self.process.as_ref().map(|process| process.document.id())
    }

    /// Starts a process on whatever the disk holds.
    pub fn start(&mut self, now: Duration, chance: &mut Chance) -> Result<(), String> {
        let here = self.here(chance);
        let moment = self.moment(now);
        let from = match (&self.disk, &self.ticket) {
            (Some(disk), _) if !disk.is_empty() => Origin::Disk(Box::new(Stored { ticket: self.ticket.clone(), ..disk.stored().clone() })),
            (_, Some(ticket)) => Origin::Ticket(ticket.clone()),
            _ => return Ok(()),
        };
        let memory = self.remembered.then(|| Memory { here: here.clone(), from: from.clone(), moment, calls: Vec::new() });
        let document = from.begin(here, moment).map_err(|what| format!("device {}: {what}", self.index))?;
        self.run(document);
        if let Some(process) = &mut self.process {
            process.memory = memory;
        }
        Ok(())
    }

    /// Runs a document.
    pub fn run(&mut self, document: Document) {
        let disk = self.disk.get_or_insert_with(|| {
            let mut disk = Disk::new(document.id());
            disk.begin_to_fail(self.failing);
            disk
        });
        let folded = disk.snapshot().map_or(0, |snapshot| snapshot.upto);
        self.process = Some(Process {
            memory: None,
            document,
            from_views: VecDeque::new(),
            from_peers: VecDeque::new(),
            writing: None,
            views: BTreeMap::new(),
            folding: None,
            folded,
        });
    }

    /// One step of the turn loop. `early` is a planted bug: it tells before the disk has answered.
    pub fn step(&mut self, now: Duration, write_takes: Duration, early: bool) -> Result<Told, FoldError> {
        let moment = self.moment(now);
        let mut told = Told { outputs: Vec::new(), answers: Vec::new(), wrote: false, refused: None, folded: false };
        let (Some(process), Some(disk)) = (&mut self.process, &mut self.disk) else { return Ok(told) };
        if process.writing.is_some() {
            process.hear_meanwhile(moment, &mut told);
            process.finish_write(disk, now, write_takes, &mut told);
            told.folded = process.fold_now_and_then(disk, now, write_takes)?;
            return Ok(told);
        }
        if process.document.next_timeout().is_some_and(|at| at <= now) {
            process.hear(Input::Timeout, moment);
        }
        for _ in 0..limits::TURN_INPUTS {
            let Some(input) = process.from_views.pop_front().or_else(|| process.from_peers.pop_front()) else { break };
            if let Input::Receive { frame: Frame::Have(have), .. } = &input {
                self.heard.insert((have.receipt.device, moment.wall), have.receipt.instance);
            }
            process.hear(input, moment);
        }
        process.remember(Call::Turn);
        let mut turn = process.document.take_turn();
        if early {
            process.tell(std::mem::take(&mut turn.answers), &mut told);
        }
        process.begin_write(turn, now, write_takes, &mut told);
        Ok(told)
    }
}

impl Process {
    /// Whether it has nothing to do before its next timeout.
    pub fn is_idle(&self) -> bool {
        self.from_views.is_empty() && self.from_peers.is_empty() && self.writing.is_none()
    }

    /// The role of this device.
    pub fn may_edit(&self) -> bool {
        self.document.role() >= Role::Edit
    }

    fn begin_write(&mut self, mut turn: Turn, now: Duration, write_takes: Duration, told: &mut Told) {
        told.outputs.append(&mut turn.at_once);
        if turn.writes.is_empty() {
            self.tell(turn.answers, told);
        } else {
            self.writing = Some((turn, now + write_takes));
        }
    }

    fn hear(&mut self, input: Input, moment: Moment) {
        if self.memory.is_some() {
            self.remember(Call::Hear(Box::new(input.clone()), moment));
        }
        self.document.handle(input, moment);
    }

    fn remember(&mut self, call: Call) {
        self.memory.iter_mut().for_each(|memory| memory.calls.push(call.clone()));
    }

    /// Handles what can be handled while a turn is being written. Nothing is moved unless there is something.
    fn hear_meanwhile(&mut self, moment: Moment, told: &mut Told) {
        let inputs = || self.from_views.iter().chain(&self.from_peers);
        if inputs().any(Input::makes_no_record) {
            let (views, peers) = (std::mem::take(&mut self.from_views), std::mem::take(&mut self.from_peers));
            let split = |queue: VecDeque<Input>| queue.into_iter().partition::<VecDeque<Input>, _>(Input::makes_no_record);
            let ((views, later_views), (peers, later_peers)) = (split(views), split(peers));
            (self.from_views, self.from_peers) = (later_views, later_peers);
            views.into_iter().chain(peers).for_each(|input| self.hear(input, moment));
        }
        self.remember(Call::AtOnce);
        told.outputs.append(&mut self.document.take_at_once());
    }

    /// The same process once more, as if the machine had been resumed a second time from one memory. `None`: it is not remembered, or it
    /// is in the middle of a write.
    pub fn again(&self) -> Option<Result<Process, String>> {
        let memory = self.memory.as_ref().filter(|_| self.writing.is_none())?;
        Some(memory.live_again().map(|document| Process {
            memory: None,
            document,
            from_views: self.from_views.clone(),
            from_peers: self.from_peers.clone(),
            writing: None,
            views: self.views.clone(),
            folding: None,
            folded: self.folded,
        }))
    }

    fn finish_write(&mut self, disk: &mut Disk, now: Duration, write_takes: Duration, told: &mut Told) {
        let Some((turn, done)) = self.writing.take_if(|(_, done)| *done <= now) else { return };
        if let Err(refusal) = disk.commit(&turn.writes) {
            // The same bytes, until they are there.
            told.refused = Some(refusal);
            self.writing = Some((turn, done + write_takes));
            return;
        }
        told.wrote = true;
        self.tell(turn.answers, told);
    }

    /// Folds what is durable into a snapshot, beside the turns, as the engine does. Says whether there is a new one.
    fn fold_now_and_then(&mut self, disk: &mut Disk, now: Duration, takes: Duration) -> Result<bool, FoldError> {
        if let Some((job, _)) = self.folding.take_if(|(_, done)| *done <= now) {
            disk.keep_snapshot(job.run()?);
            return Ok(true);
        }
        let rows = disk.len() as u64;
        if self.folding.is_none() && rows >= self.folded + FOLD_AFTER && self.writing.is_none() && !self.document.is_trying() {
            self.folded = rows;
            let mut job = self.document.fold(disk.hydration());
            if job.is_outdated() {
                job = self.document.fold(disk.hydration_from_start());
            }
            self.folding = Some((job, now + takes));
        }
        Ok(false)
    }

    fn tell(&mut self, answers: Vec<Answer>, told: &mut Told) {
        told.answers = answers;
        self.remember(Call::Written);
        self.document.apply_written();
        told.outputs.append(&mut self.document.take_outputs());
    }
}

/// How a process began, and what it has been told since: a document is a pure state machine, so this is all that it is.
#[derive(Clone)]
pub struct Memory {
    here: Here,
    from: Origin,
    moment: Moment,
    calls: Vec<Call>,
}

/// What a document is begun from.
#[derive(Clone)]
enum Origin {
    Disk(Box<Stored>),
    Ticket(Ticket),
}

/// One thing that a document was told.
#[derive(Clone)]
enum Call {
    Hear(Box<Input>, Moment),
    Turn,
    AtOnce,
    Written,
}

impl Origin {
    fn begin(self, here: Here, moment: Moment) -> Result<Document, String> {
        match self {
            Origin::Disk(stored) => Document::open(here, *stored, moment).map_err(|error| error.to_string()),
            Origin::Ticket(ticket) => Ok(Document::joining(here, ticket, moment)),
        }
    }
}

impl Memory {
    fn live_again(&self) -> Result<Document, String> {
        let mut document = self.from.clone().begin(self.here.clone(), self.moment)?;
        for call in &self.calls {
            match call {
                Call::Hear(input, moment) => document.handle((**input).clone(), *moment),
                Call::Turn => drop(document.take_turn()),
                Call::AtOnce => drop(document.take_at_once()),
                Call::Written => {
                    document.apply_written();
                    drop(document.take_outputs());
                }
            }
        }
        Ok(document)
    }
}

/// Numbers for requests that expect no particular answer.
pub fn nobody() -> RequestId {
    RequestId(0)
}
