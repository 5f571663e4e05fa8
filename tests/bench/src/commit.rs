//! What one durable commit costs: a keystroke's record and its seal in one transaction of the store, with the fsync.

use std::time::Duration;

use sheaf_base::{ChainId, DocumentId, Hash, Wall};
use sheaf_store::{Batch, Change, Entry, JournalChain, JournalRecord, JournalSeal, Store};

use crate::Outcome;
use crate::times::{Times, took};

const DOCUMENT: DocumentId = DocumentId([1; 32]);
const CHAIN: ChainId = ChainId([2; 32]);

/// As many bytes as a key's record has.
const RECORD: usize = 48;

/// A journal to which records can be added, in a folder that is gone with it.
pub(crate) struct Journal {
    store: Store,
    number: u64,
    _folder: tempfile::TempDir,
}

impl Journal {
    /// A new one, in the system's folder for temporary files, where the other devices of a benchmark are, too.
    pub(crate) fn begin() -> Outcome<Journal> {
        let folder = tempfile::tempdir().map_err(|error| format!("no temporary folder: {error}"))?;
        let store = Store::open(folder.path()).map_err(|error| error.to_string())?;
        let entry = Entry {
            document: DOCUMENT,
            title: "Measured".to_owned(),
            created: Wall(1),
            changed: Wall(1),
            opened: None,
            trashed: None,
            role: 5,
            state: 0,
            people: 1,
            placeholder: false,
            ticket: None,
            kind: 0,
            folder: None,
        };
        let head = JournalChain { chain: CHAIN, head: vec![0; 100], signature: vec![0; 64] };
        let begun = Batch::of(DOCUMENT).with(Change::Enter(entry)).with(Change::Chain(head));
        store.commit(begun).wait().map_err(|error| error.to_string())?;
        Ok(Journal { store, number: 0, _folder: folder })
    }

    /// Adds a record and waits until it is on the disk.
    pub(crate) fn add(&mut self) -> Outcome {
        self.number += 1;
        let hash = Hash(std::array::from_fn(|index| (self.number >> (index % 8 * 8)) as u8));
        let record = JournalRecord {
            chain: CHAIN,
            number: self.number,
            hash,
            kind: 1,
            clock: self.number - 1,
            clocks: 1,
            surrogates: Vec::new(),
            bytes: vec![7; RECORD],
        };
        let seal = JournalSeal { chain: CHAIN, number: self.number, signature: vec![0; 64] };
        let batch = Batch::of(DOCUMENT).with(Change::Record(record)).with(Change::Seal(seal));
        self.store.commit(batch).wait().map(drop).map_err(|error| error.to_string())
    }
}

/// Between two commits, as between the keys of pair.mjs: a disk that was idle answers otherwise than one that was not.
const PAUSE: Duration = Duration::from_millis(15);

/// So many of them, one after the other.
pub(crate) fn measure(count: usize) -> Outcome<Times> {
    let mut journal = Journal::begin()?;
    let times = (0..count).map(|_| {
        std::thread::sleep(PAUSE);
        let (added, time) = took(|| journal.add());
        added.map(|()| time)
    });
    Ok(Times::of(times.collect::<Outcome<Vec<f64>>>()?))
}
