//! One device: a disk that outlives its processes, and a process that runs the turn loop of design.md section 3 on simulated time.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use sheaf_base::{DocumentId, Moment, Wall, limits};
use sheaf_document::{Answer, Document, FoldError, FoldJob, Here, Input, Output, RequestId, Role, Stored, Ticket, Turn, ViewId};

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
    /// Its clock is this far off, in milliseconds: nothing may be decided by it.
    pub clock_skew: u64,
    /// What survives.
    pub disk: Option<Disk>,
    /// How its disk will fail.
    pub failing: Option<Failing>,
    /// What it joined with, kept as the app keeps it, for as long as there is no first copy.
    pub ticket: Option<Ticket>,
    /// What does not.
    pub process: Option<Process>,
}

/// A running process.
pub struct Process {
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
    pub refused: bool,
    /// A snapshot was made.
    pub folded: bool,
}

impl Device {
    /// Who this device is in a new process: the randomness is fresh for every one.
    pub fn here(&self, chance: &mut Chance) -> Here {
        Here { key: self.key, seed: chance.bytes(), name: format!("Person {}", self.index), colour: "teal".to_owned() }
    }

    /// What this device's clocks say.
    pub fn moment(&self, now: Duration) -> Moment {
        let wall = 1_790_000_000_000 + now.as_millis() as u64;
        Moment { wall: Wall(wall.saturating_add(self.clock_skew)), elapsed: now }
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
        let document = match (&self.disk, &self.ticket) {
            (Some(disk), _) if !disk.is_empty() => {
                let stored = Stored { ticket: self.ticket.clone(), ..disk.stored().clone() };
                Document::open(here, stored, moment).map_err(|error| format!("device {}: {error}", self.index))?
            }
            (_, Some(ticket)) => Document::joining(here, ticket.clone(), moment),
            _ => return Ok(()),
        };
        self.run(document);
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
        let mut told = Told { outputs: Vec::new(), answers: Vec::new(), wrote: false, refused: false, folded: false };
        let (Some(process), Some(disk)) = (&mut self.process, &mut self.disk) else { return Ok(told) };
        if process.writing.is_some() {
            process.hear_meanwhile(moment, &mut told);
            process.finish_write(disk, now, write_takes, &mut told);
            told.folded = process.fold_now_and_then(disk, now, write_takes)?;
            return Ok(told);
        }
        if process.document.next_timeout().is_some_and(|at| at <= now) {
            process.document.handle(Input::Timeout, moment);
        }
        for _ in 0..limits::TURN_INPUTS {
            let Some(input) = process.from_views.pop_front().or_else(|| process.from_peers.pop_front()) else { break };
            process.document.handle(input, moment);
        }
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

    fn hear_meanwhile(&mut self, moment: Moment, told: &mut Told) {
        for queue in [&mut self.from_views, &mut self.from_peers] {
            let mut kept = VecDeque::new();
            for input in queue.drain(..) {
                if input.makes_no_record() {
                    self.document.handle(input, moment);
                } else {
                    kept.push_back(input);
                }
            }
            *queue = kept;
        }
        told.outputs.append(&mut self.document.take_at_once());
    }

    fn finish_write(&mut self, disk: &mut Disk, now: Duration, write_takes: Duration, told: &mut Told) {
        let Some((turn, done)) = self.writing.take_if(|(_, done)| *done <= now) else { return };
        if disk.commit(&turn.writes).is_err() {
            // The same bytes, until they are there.
            told.refused = true;
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
            self.folding = Some((self.document.fold(disk.hydration()), now + takes));
        }
        Ok(false)
    }

    fn tell(&mut self, answers: Vec<Answer>, told: &mut Told) {
        told.answers = answers;
        self.document.apply_written();
        told.outputs.append(&mut self.document.take_outputs());
    }
}

/// Numbers for requests that expect no particular answer.
pub fn nobody() -> RequestId {
    RequestId(0)
}
