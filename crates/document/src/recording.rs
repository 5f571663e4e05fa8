//! The flight recorder: how a document began in this process and everything it heard since, so that another process can live through the same.
//!
//! A document is a pure function of its beginning and its inputs, so this is all that a replay needs; what lies in the journal and in snapshots is
//! only named here and fetched when a [`Bundle`] is made. The recording is bounded: when it is full it is let go, and from then on only the last
//! inputs are remembered by kind and size. It never leaves this process by itself.

mod bundle;
mod codec;
mod replay;

use std::{collections::VecDeque, fmt, time::Duration};

use sheaf_access::Ticket;
use sheaf_base::{DocumentId, Moment};
use sheaf_record::{Malformed, Reader, Writer};

use crate::{
    Here,
    input::Input,
    turn::{Stored, Writes},
};

pub use bundle::{Bundle, Journal, NotABundle, Updates, Whole};
pub use replay::Replayed;

/// The most bytes of a recording. A keystroke takes about 200, so this is a long day's writing by several people.
const LONGEST: usize = 4 * 1024 * 1024;

/// How many of the last inputs are remembered by kind and size.
const RECENT: usize = 512;

/// Everything that a document heard in this process.
#[derive(Clone)]
pub struct Recording {
    pub(crate) document: DocumentId,
    pub(crate) beginning: Beginning,
    pub(crate) seed: [u8; 32],
    pub(crate) name: String,
    pub(crate) colour: String,
    pub(crate) began: Moment,
    /// As [`codec`] spells it. None once it was let go.
    events: Option<Writer>,
    recent: VecDeque<Heard>,
    heard: u64,
}

/// How a document began in this process.
#[derive(Clone)]
pub(crate) enum Beginning {
    /// It was made, with this title, as a folder or not.
    Created(String, bool),
    /// It was known by a ticket alone.
    Joining(Box<Ticket>),
    /// It was read from the store: everything but the records, of which there were so many.
    Opened(Box<Stored>, u64),
}

/// What is remembered of an input when the recording is gone, and what may be shown to anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// When, on the process's clock.
    pub at: Duration,
    /// The input's name.
    pub what: &'static str,
    /// From which link, if from one.
    pub peer: Option<u64>,
    /// How many bytes it took in the recording.
    pub bytes: usize,
}

/// What a recording consists of.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    /// [`crate::Document::handle`].
    Heard(Moment, Played),
    /// [`crate::Document::take_turn`], and the first bytes of a hash over the rows that came of it.
    Turn([u8; 8]),
    /// [`crate::Document::take_at_once`].
    AtOnce,
    /// [`crate::Document::apply_written`].
    Written,
}

/// An input, as it is played again.
#[derive(Debug, Clone)]
pub(crate) enum Played {
    /// As it was.
    Input(Box<Input>),
    /// A hydration, by the names of what was in it: the snapshot up to a row, and the body rows from there up to another.
    Hydrate { snapshot: Option<u64>, upto: u64 },
}

impl Recording {
    pub(crate) fn begin(document: DocumentId, here: &Here, beginning: Beginning, began: Moment) -> Recording {
        let Here { seed, name, colour, .. } = here.clone();
        Recording { document, beginning, seed, name, colour, began, events: Some(Writer::new()), recent: VecDeque::new(), heard: 0 }
    }

    /// Whether everything since the document began in this process is here.
    pub fn is_whole(&self) -> bool {
        self.events.is_some()
    }

    /// How many inputs there were.
    pub fn heard(&self) -> u64 {
        self.heard
    }

    /// The last inputs, the newest last.
    pub fn recent(&self) -> impl ExactSizeIterator<Item = &Heard> {
        self.recent.iter()
    }

    /// The rows up to which a snapshot was taken that this recording names: a bundle needs them.
    pub fn snapshots(&self) -> Vec<u64> {
        let hydrations = self.events().filter_map(|event| match event {
            Ok(Event::Heard(_, Played::Hydrate { snapshot, .. })) => snapshot,
            _ => None,
        });
        let mut rows: Vec<u64> = hydrations.collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    pub(crate) fn input(&mut self, input: &Input, now: Moment) {
        self.heard += 1;
        let before = self.length();
        self.write(|writer| codec::write_heard(writer, input, now));
        if self.recent.len() >= RECENT {
            self.recent.pop_front();
        }
        let bytes = self.length().saturating_sub(before);
        self.recent.push_back(Heard { at: now.elapsed, what: input.name(), peer: codec::peer(input), bytes });
    }

    pub(crate) fn turn(&mut self, writes: &Writes) {
        self.write(|writer| codec::write_turn(writer, digest(writes)));
    }

    pub(crate) fn at_once(&mut self) {
        self.write(codec::write_at_once);
    }

    pub(crate) fn written(&mut self) {
        self.write(codec::write_written);
    }

    fn length(&self) -> usize {
        self.events.as_ref().map_or(0, |writer| writer.as_slice().len())
    }

    fn write(&mut self, event: impl FnOnce(&mut Writer)) {
        let Some(writer) = &mut self.events else { return };
        event(writer);
        if writer.as_slice().len() > LONGEST {
            self.events = None;
        }
    }

    /// What is in it, in order, up to and with the first thing that cannot be read.
    fn events(&self) -> impl Iterator<Item = Result<Event, Malformed>> {
        let mut rest = Some(Reader::new(self.events.as_ref().map_or(&[], |writer| writer.as_slice())));
        std::iter::from_fn(move || {
            let mut reader = rest.take().filter(|reader| !reader.rest().is_empty())?;
            let event = codec::read_event(&mut reader);
            rest = event.is_ok().then_some(reader);
            Some(event)
        })
    }
}

/// Without what it holds: secrets, names and words are in there.
impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recording({} inputs, {} bytes)", self.heard, self.length())
    }
}

/// The first bytes of a hash over what a turn writes down for good.
pub(crate) fn digest(writes: &Writes) -> [u8; 8] {
    let mut hasher = blake3::Hasher::new_derive_key("sheaf 1 recorded turn");
    for record in &writes.records {
        hasher.update(&record.hash.0);
    }
    for seal in &writes.seals {
        hasher.update(&seal.signature);
    }
    let hash = hasher.finalize();
    std::array::from_fn(|index| hash.as_bytes()[index])
}
